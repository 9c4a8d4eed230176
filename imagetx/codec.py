"""
Value codecs: the closed list of ways in which one value is said in another form.

Each maker returns a `Codec` over one value; `joint.py` has those over several at once.
`encode` goes from canonical to native, `decode` back; both raise Unsayable for a value that
the other side has no word for. A codec that is not `exact` may lose something: the rule that
uses it compares with the way back, which yields the notes (encode) and what stays native (decode).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from imagetx.document import ABSENT, Json, equal, fresh
from imagetx.errors import Unsayable, shorten


@dataclass(frozen=True, slots=True)
class Codec:
    """
    A pair of functions over one value; `exact` if nothing can be lost either way.

    `words` are the texts that it has words for, where they are a closed list, and `both` native texts with the
    words that say them again: what becomes of each is known when a rule is compiled, so that a call need not
    look. `fold` gives a native value its normal spelling, where the provider takes several for one.
    """

    name: str
    encode: Callable[[Json], Json]
    decode: Callable[[Json], Json]
    exact: bool = True
    words: frozenset[str] = frozenset()
    both: Mapping[str, Json] = field(default_factory=dict)
    fold: Callable[[Json], Json] = lambda native: native


def expect_text(value: Json, expected: str) -> str:
    """Return a text as it is; anything else cannot be said."""
    if isinstance(value, str):
        return value
    raise Unsayable(reason=f"expected {expected}, got {shorten(value)}", expected=expected)


def _identity(value: Json) -> Json:
    return value


same: Final = Codec("same", _identity, _identity)
"""
Canonical: any value. Native: the same value, only moved.

Law: exact. Notes: none.
"""


def _key(value: Json) -> tuple[bool, Json]:
    """Give a scalar as a key of a table, in which true is not 1."""
    return isinstance(value, bool), value


def enum(spec: Json) -> Codec:
    """
    Say words by a table.

    Canonical: a word of the table. Native: a text, number or boolean; null in the table means that
    the dialect has no word for it. `{"enum": {word: native}, "read": {native: word}, "open": true}`;
    `read` lists further native spellings, `open` sends a word outside the table as it is,
    `null` names the word that is said as JSON's null, and `caseless` reads native texts in any
    case, the table's being the normal form.

    Law: exact if the table is one to one; else decode takes the first word listed.
    Notes: approximated where another word comes back, dropped where there is none, assumed for an open word.
    """
    rows = spec["enum"].items() if isinstance(spec["enum"], dict) else spec["enum"]
    table = {_key(word): native for word, native in rows}
    said = [(native, word) for word, native in rows if native is not None]
    of_text = {word: native for native, word in said if isinstance(word, str) and not equal(word, spec.get("null"))}
    back: dict[tuple[bool, Json], Json] = {}
    for native, word in [*said, *spec.get("read", {}).items()]:
        back.setdefault(_key(native), word)
    is_open, nothing = spec.get("open", False), spec.get("null", ABSENT)
    words = ", ".join(str(word) for _, word in said)
    known = [*(native for native, _ in said), *spec.get("read", ())] if spec.get("caseless") else []
    spellings = {native.lower(): native for native in reversed(known) if isinstance(native, str)}

    def fold(value: Json) -> Json:
        return spellings.get(value.lower(), value) if isinstance(value, str) else value

    def encode(value: Json) -> Json:
        if type(value) is str and value in of_text:
            return of_text[value]
        if nothing is not ABSENT and equal(value, nothing):
            return None
        native = table.get(_key(value), ABSENT) if isinstance(value, str | int | float) else ABSENT
        if native is ABSENT and is_open and isinstance(value, str):
            return value
        if native is ABSENT or native is None:
            raise Unsayable(reason=f"the dialect has no word for it; it has {words}", expected=f"one of {words}")
        return native

    def decode(value: Json) -> Json:
        if value is None and nothing is not ABSENT:
            return nothing
        value = fold(value)
        word = back.get(_key(value), ABSENT) if isinstance(value, str | int | float) else ABSENT
        if word is ABSENT:
            raise Unsayable(reason=f"{shorten(value)} has no canonical word", expected=f"one of {words}")
        return word

    exact = not is_open and "read" not in spec and len(back) == len(said)
    closed = frozenset(word for _, word in said if isinstance(word, str))
    texts = [native for native, _ in said if isinstance(native, str) and fold(native) == native]
    pairs = [(native, back[_key(native)]) for native in texts]
    both = {native: word for native, word in pairs if table.get(_key(word)) == native and not equal(word, nothing)}
    return Codec("enum", encode, decode, exact and not spellings, closed, both, fold)


_EXACT: Final = Context(prec=100)  # our own: the caller's thread may have another


def scale(spec: Json) -> Codec:
    """
    Say a number on another scale: v·by + add, clamped, rounded to `digits` decimals.

    Canonical and native: numbers; all arithmetic in Decimal, because 1 - 0.9 in floats is not 0.1.
    `{"scale": {"by": -1, "add": 1, "minimum": 0, "maximum": 1, "digits": 6}}`.

    Law: not exact. Decode reads only what encode writes again (engine.md 8, trap 10).
    Notes: approximated where clamping or rounding changed the value.
    """
    by, add = Decimal(str(spec.get("by", 1))), Decimal(str(spec.get("add", 0)))
    if by == 0:
        raise Unsayable(reason="a scale by 0 has no way back")
    low, high = (Decimal(str(spec[key])) if key in spec else None for key in ("minimum", "maximum"))
    step = Decimal(1).scaleb(-spec.get("digits", 6))
    finer = step.scaleb(-1 - max(0, by.adjusted()))  # so that what comes back is rounded to where it came from

    def plain(value: Decimal, step: Decimal) -> int | float:
        rounded = value.quantize(step, rounding=ROUND_HALF_EVEN, context=_EXACT)
        return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)

    def decimal(value: Json) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**15:
            raise Unsayable(reason=f"expected a number, got {shorten(value)}", expected="a number")
        return Decimal(repr(value))

    def encode(value: Json) -> Json:
        scaled = _EXACT.add(_EXACT.multiply(decimal(value), by), add)
        scaled = scaled if low is None else max(low, scaled)
        return plain(scaled if high is None else min(high, scaled), step)

    def decode(value: Json) -> Json:
        said = plain(_EXACT.divide(_EXACT.subtract(decimal(value), add), by), finer)
        if not equal(encode(said), value):
            raise Unsayable(reason=f"{shorten(value)} is none of the values there are", expected="a number")
        return said

    return Codec("scale", encode, decode, exact=False)


def nearest(choices: Sequence[int | float]) -> Codec:
    """
    Say a number by the nearest of a list; ties go to the smaller.

    Canonical: a number. Native: a number of the list.
    Law: exact on the list's numbers, the only ones that are read. Notes: approximated for every other.
    """
    ordered = sorted(choices)

    def encode(value: Json) -> Json:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Unsayable(reason=f"expected a number, got {shorten(value)}", expected="a number")
        within = min(max(value, ordered[0]), ordered[-1])  # first, because a huge int has no float
        return min(ordered, key=lambda choice: abs(choice - within))

    def decode(value: Json) -> Json:
        if not any(equal(choice, value) for choice in ordered):
            raise Unsayable(reason=f"{shorten(value)} is none of the values there are", expected="a number")
        return value

    return Codec("nearest", encode, decode, exact=False)


def one(inner: Codec) -> Codec:
    """
    Say x as the list [x].

    Canonical: a value. Native: a list of one. Law: as the inner codec. Notes: as the inner codec.
    """

    def encode(value: Json) -> Json:
        return [inner.encode(value)]

    def decode(value: Json) -> Json:
        if not isinstance(value, list) or len(value) != 1:
            raise Unsayable(reason="expected a list of one item", expected="a list of one item")
        return inner.decode(value[0])

    return Codec("one", encode, decode, inner.exact)


def each(inner: Codec) -> Codec:
    """
    Say every item of a list by another codec.

    Canonical and native: lists of the same length. Law and notes: as the inner codec.
    """

    def through(convert: Callable[[Json], Json]) -> Callable[[Json], Json]:
        def convert_all(value: Json) -> Json:
            if not isinstance(value, list):
                raise Unsayable(reason=f"expected a list, got {shorten(value)}", expected="a list")
            return [convert(item) for item in value]

        return convert_all

    return Codec("each", through(inner.encode), through(inner.decode), inner.exact)


def entries(spec: Json) -> Codec:
    """
    Say an object as a list of {key, value} records.

    Canonical: `{name: value}`. Native: `[{"modality": "TEXT", "tokenCount": 9}]`.
    `{"entries": {"key": "modality", "value": "tokenCount", "names": {"text_tokens": "TEXT"}}}`;
    records of other keys are not read and stay native.

    Law: not exact (foreign records, order). Notes: dropped for an object with unknown names only.
    """
    key, content, names = spec["key"], spec["value"], spec["names"]
    back = {native: name for name, native in names.items()}

    def encode(value: Json) -> Json:
        given = value if isinstance(value, dict) else {}
        known = [{key: names[name], content: given[name]} for name in names if name in given]
        if not known:
            raise Unsayable(reason=f"expected one of {', '.join(names)}", expected="an object")
        return known

    def decode(value: Json) -> Json:
        if not isinstance(value, list):
            raise Unsayable(reason=f"expected a list, got {shorten(value)}", expected="a list of records")
        said = {
            back[item[key]]: item[content]
            for item in value
            if isinstance(item, dict) and isinstance(item.get(key), str) and item[key] in back and content in item
        }
        if not said:
            raise Unsayable(reason="no record of a known key", expected="a list of records")
        return said

    return Codec("entries", encode, decode, exact=False)


def spread(names: Sequence[str]) -> Codec:
    """
    Say one value for all of several names.

    Canonical: a value. Native: `{name: value}` for every name. Mixed values have no canonical word.
    Law: exact. Notes: none.
    """

    def decode(value: Json) -> Json:
        if not isinstance(value, dict) or value.keys() != set(names):
            raise Unsayable(reason=f"expected all of {', '.join(names)}", expected="one value for all")
        first = value[names[0]]
        if not all(equal(item, first) for item in value.values()):
            raise Unsayable(reason="expected the same value for all", expected="one value for all")
        return first

    return Codec("spread", lambda value: dict.fromkeys(names, value), decode)


def chain(codecs: Sequence[Codec]) -> Codec:
    """Apply codecs from left to right on encode and from right to left on decode."""
    encoders = [codec.encode for codec in codecs]
    decoders = [codec.decode for codec in reversed(codecs)]

    def apply(value: Json) -> Json:
        for each_encode in encoders:
            value = each_encode(value)
        return value

    known = {word: fresh(apply(word)) for word in codecs[0].words}

    def encode(value: Json) -> Json:
        made = known.get(value) if known and isinstance(value, str) else None  # a look-up reads all of a text
        return apply(value) if made is None else made()

    def decode(value: Json) -> Json:
        for each_decode in decoders:
            value = each_decode(value)
        return value

    last = codecs[-1]  # an exact one, as a number in a form, has one spelling of its own for each value

    def fold(native: Json) -> Json:
        return last.encode(last.decode(native)) if last.exact else last.fold(native)

    name = " ".join(codec.name for codec in codecs)
    return Codec(name, encode, decode, all(codec.exact for codec in codecs), codecs[0].words, fold=fold)
