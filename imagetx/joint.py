"""
Joint codecs: several canonical values said together by several native ones.

`encode` goes from canonical to native, `decode` back. ABSENT stands for what is not given or
not written. What decode cannot say stays native, which the rule that uses the codec finds by encoding again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from imagetx.document import ABSENT, Json, equal
from imagetx.geometry import MEMO_MAX, compile_frame

_EDGE: Final = re.compile("[1-9][0-9]{0,8}")
_LONG: Final = 100  # characters


@dataclass(frozen=True, slots=True)
class Loss:
    """What a joint codec could not say of its value number `index`; `used` is ABSENT if nothing of it."""

    index: int
    used: Json
    reason: str


Said: TypeAlias = tuple[tuple[Json, ...], tuple[Loss, ...]]
"""Native values, and what could not be said by them."""


@dataclass(frozen=True, slots=True)
class Joint:
    """
    A pair of functions over tuples: several canonical values, several native ones.

    ABSENT stands for what is not given or not written. `encode` also returns the losses;
    `decode` gives ABSENT for what is not said. Both take and give tuples of fixed length:
    `takes` canonical values, `gives` native ones.
    """

    name: str
    takes: int
    gives: int
    encode: Callable[[Sequence[Json]], Said]
    decode: Callable[[Sequence[Json]], tuple[Json, ...]]


def frame(spec: Json) -> Joint:
    """
    Say size, aspect_ratio and resolution together.

    Canonical: (size, aspect_ratio, resolution). Native: pixels, listed pairs, or ratio and tier,
    as geometry.compile_frame describes; `texts` are the pair of a form, which has no numbers.
    Law: exact where the achieved pixels, ratio and tier are those asked for.
    Notes: approximated or dropped for each of the three that is not met.
    """
    texts = spec.get("as") == "texts"
    geometry = compile_frame({**spec, "as": "pair"} if texts else spec)
    fields = ("size", "aspect_ratio", "resolution")
    ours = ":" if spec["form"] == "ratio" else "x"
    theirs = spec.get("separator", ours)

    def spelled(native: Json) -> Json:
        if texts and native is not None:
            return str(native)
        return native.replace(ours, theirs) if isinstance(native, str) else ABSENT if native is None else native

    def folded(native: Json) -> Json:
        if texts and isinstance(native, str):
            return int(native) if _EDGE.fullmatch(native) else None
        if isinstance(native, str) and theirs != ours:
            return None if ours in native else native.replace(theirs, ours)
        return None if native is ABSENT else native

    memo: dict[tuple[Json, ...], Said] = {}  # of texts only: nothing else has an answer

    def encode(values: Sequence[Json]) -> Said:
        key = tuple(values)
        try:
            found = memo.get(key)
        except TypeError:  # a list or an object
            found = None
        if found is not None:
            return found
        framed = geometry.encode(*(None if value is ABSENT else value for value in values))
        natives = tuple(map(spelled, framed.natives))
        losses = tuple(
            Loss(fields.index(loss.field), ABSENT if loss.used is None else loss.used, loss.reason)
            for loss in framed.losses
        )
        if len(memo) < MEMO_MAX and all(
            isinstance(each, str) and len(each) < _LONG for each in key if each is not ABSENT
        ):
            memo[key] = natives, losses
        return natives, losses

    def decode(natives: Sequence[Json]) -> tuple[Json, ...]:
        said, _ = geometry.decode(tuple(map(folded, natives)))
        return tuple(said.get(field, ABSENT) for field in fields)

    gives = 2 if spec.get("as") in ("pair", "texts") or "tiers" in spec else 1
    return Joint("frame", len(fields), gives, encode, decode)


def rows(table: Sequence[Sequence[Json]]) -> Joint:
    """
    Say one word by several native values at once.

    Canonical: (word,). Native: one value a column, null for absent:
    `[[false, ["generateContent", null]], [true, ["streamGenerateContent", "sse"]]]`.
    Law: exact. Decode goes by the first column, which must differ in every row. Notes: dropped for other words.
    """
    natives_of = [(word, tuple(ABSENT if value is None else value for value in natives)) for word, natives in table]
    nothing: Said = ((ABSENT,) * len(natives_of[0][1]), ())

    def encode(values: Sequence[Json]) -> Said:
        if values[0] is ABSENT:
            return nothing
        for word, natives in natives_of:
            if equal(word, values[0]):
                return natives, ()
        return nothing[0], (Loss(0, ABSENT, "the dialect has no word for it"),)

    def decode(natives: Sequence[Json]) -> tuple[Json, ...]:
        return (next((word for word, known in natives_of if equal(known[0], natives[0])), ABSENT),)

    return Joint("rows", 1, len(natives_of[0][1]), encode, decode)


def split(spec: Json) -> Joint:
    """
    Say one text by the pieces that stand at the places of {} in a template.

    Canonical: (text,): `accounts/acme/models/sdxl`, or with `short` the last piece alone, which then
    stands for a text whose other pieces are those of `short`. Native: one text a piece, without slashes.
    Law: exact, but a text that could be said shorter comes back so. Notes: approximated for that one,
    dropped for a text of another form.
    """
    literals = spec["template"].split("{}")
    pattern = re.compile("([^/]+)".join(re.escape(text) for text in literals))
    width, short = len(literals) - 1, tuple(spec.get("short", ()))

    def encode(values: Sequence[Json]) -> Said:
        text = values[0]
        found = pattern.fullmatch(text) if isinstance(text, str) else None
        if found is not None:
            said = decode(found.groups())[0]
            return found.groups(), () if said == text else (Loss(0, said, "the short form of the same"),)
        if short and isinstance(text, str) and text and "/" not in text:
            return (*short, text), ()
        lost = () if text is ABSENT else (Loss(0, ABSENT, f"the dialect takes names like {spec['template']}"),)
        return (ABSENT,) * width, lost

    def decode(natives: Sequence[Json]) -> tuple[Json, ...]:
        if not all(isinstance(piece, str) and piece and "/" not in piece for piece in natives):
            return (ABSENT,)
        if short and tuple(natives[:-1]) == short:
            return (natives[-1],)
        pairs = zip(literals, [*natives, ""], strict=True)
        return ("".join(literal + piece for literal, piece in pairs),)

    return Joint("split", 1, width, encode, decode)


def sum_of_parts(width: int) -> Joint:
    """
    Say a total and its named parts as disjoint counts.

    Canonical: (total, part, ...). Native: (rest, part, ...) with total = rest + parts.
    Law: exact for counts (whole numbers from 0 on) with total at least the parts.
    Notes: dropped for what is no count, for parts without a total, and for parts that exceed it.
    """

    def count(value: Json) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0

    def lost(values: Sequence[Json], kept: Sequence[Json], reason: str) -> tuple[Loss, ...]:
        pairs = enumerate(zip(values, kept, strict=True))
        return tuple(Loss(i, ABSENT, reason) for i, (given, used) in pairs if given is not used)

    def encode(values: Sequence[Json]) -> Said:
        total, *parts = counts = [value if count(value) else ABSENT for value in values]
        losses = lost(values, counts, "expected a whole number from 0 on")
        alone = (total, *(ABSENT for _ in parts))
        if total is ABSENT:
            return alone, (*losses, *lost(counts, alone, "there is no total"))
        rest = total - sum(part for part in parts if part is not ABSENT)
        if rest < 0:
            return alone, (*losses, *lost(counts, alone, "more than the total"))
        return (rest, *parts), losses

    def decode(natives: Sequence[Json]) -> tuple[Json, ...]:
        if not count(natives[0]) or any(part is not ABSENT and not count(part) for part in natives):
            return (ABSENT,) * width
        return (sum(part for part in natives if part is not ABSENT), *natives[1:])

    return Joint("sum", width, width, encode, decode)
