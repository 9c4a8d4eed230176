"""
Rules over lists: every item through a record, and lists of tagged parts.

A list that holds only what we would write again leaves no residual. Otherwise the residual of
an item travels with it (`provider_metadata` of the item), and a list of parts leaves a
*skeleton*: one entry for each native item, `{"@": owner, ...}` for ours and the item itself for
a foreign one, so that order and neighbours survive. A key of the item that itself starts with
"@" has one more in the skeleton.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from imagetx.document import ABSENT, Json, Path, get, merge, pointer_of, pop, put
from imagetx.errors import Problem, RequestError, shorten
from imagetx.record import Record, gathered
from imagetx.rule import Mismatch, Notes, Rule
from imagetx.rules import Says, reader, writer

OWNER = "@"
LENGTH = "@length"


def encode_item(items: Record, item: Json, provider: str, pointer: str, notes: Notes, left: Json = ABSENT) -> Json:
    """Write one canonical item, its own carried keys (or `left`) over it; notes get the item's pointer."""
    _expect(dict, item, pointer)
    native: dict[str, Json] = {}
    own: Notes = []
    carried = get(item, ("provider_metadata", provider)) if left is ABSENT else left
    items.encode(item, native, own, carried if isinstance(carried, dict) else ABSENT)
    notes.extend(replace(note, pointer=pointer + note.pointer) for note in own)
    return native


def _expect(kind: type[list[Json] | dict[str, Json] | str], value: Json, pointer: str) -> None:
    """Refuse what a caller gives in the place of a list, an object or a text."""
    if not isinstance(value, kind):
        expected = {list: "a list", dict: "an object", str: "a text"}[kind]
        problem = Problem(pointer=pointer, message=f"expected {expected}, got {shorten(value)}", expected=expected)
        raise RequestError(problem)


def decode_item(items: Record, native: Json, provider: str) -> Json:
    """Read one native item; what no rule took goes to its provider_metadata."""
    item, rest = items.decode(native)
    if rest:
        item["provider_metadata"] = {provider: rest}
    return item


def objects(says: Says, source: Path, target: Path, items: Record, provider: str) -> Rule:
    """
    Move a list of objects, each through a record.

    Canonical: list of items. Native: list of objects of the same length and order.
    Law: as the record. Notes: those of the items, at their place.
    """
    read, pointer = reader(source), pointer_of(source)

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        given = read(canonical)
        if isinstance(given, list):
            written = [encode_item(items, item, provider, f"{pointer}/{i}", notes) for i, item in enumerate(given)]
            put(native, target, written)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        there = get(native, target)
        if isinstance(there, list) and all(isinstance(item, dict) for item in there):
            put(canonical, source, [decode_item(items, item, provider) for item in there])
            pop(rest, target)

    return Rule(fields=(source,), owns=(target,), encode=encode, decode=decode, idle=True, says=says)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    One owner of items in a list of parts.

    Attributes:
        name: The canonical field that owns the items.
        owns: Says whether a native item is one of its items.
        read: (item) -> (canonical value, what it leaves of the item).
        write: (canonical value, what is carried of the item, notes pointer, notes) -> item.
        join: Separator if the field is one text said by several items, else None: the field is a list.
        index: Decode gives each value its place in the native list as `index`.
        single: The field is one value, not a list; a second item like it is foreign.
    """

    name: str
    owns: Callable[[Json], bool]
    read: Callable[[Json], tuple[Json, Json]]
    write: Callable[[Json, Mapping[str, Json], str, Notes], Json]
    join: str | None = None
    index: bool = False
    single: bool = False


def text_part(name: str, at: Path, owns: Callable[[Json], bool], join: str | None, beside: Record) -> Part:
    """Own items that hold a text at a path: one of a list of texts, or a piece of one text; `beside` says the rest."""

    def read(item: Json) -> tuple[Json, Json]:
        _, rest = beside.decode(item)
        return pop(rest, at), rest

    def write(value: Json, left: Mapping[str, Json], pointer: str, notes: Notes) -> Json:
        _expect(str, value, pointer)
        item: dict[str, Json] = {}
        put(item, at, value)
        if beside.rules:
            beside.encode({}, item, notes, ABSENT)
        if left:
            merge(item, left, {})
            if get(item, at) is not value:
                message = f"expected no text of its own for {name}, got {shorten(left)} from provider_options"
                raise RequestError(Problem(pointer=pointer_of(at), message=message))
        return item

    return Part(
        name=name,
        owns=lambda item: isinstance(get(item, at), str) and owns(item),
        read=read,
        write=write,
        join=join,
    )


def record_part(name: str, items: Record, owns: Callable[[Json], bool], *, index: bool) -> Part:
    """Own items that go through a record; what the record does not take stays in the skeleton."""
    return Part(
        name=name,
        owns=lambda item: isinstance(item, dict) and owns(item),
        read=items.decode,
        write=lambda value, left, pointer, notes: encode_item(items, value, "", pointer, notes, left),
        index=index,
    )


def parts(says: Says, target: Path, owners: Sequence[Part]) -> Rule:
    """
    Move several fields to one list of tagged parts.

    Canonical: one field an owner. Native: a list; encode writes the owners in their order.
    Law: exact, order and foreign parts included, by the skeleton. Notes: those of the items.
    """
    write = writer(target)

    def given(canonical: Json, part: Part) -> list[Json]:
        value = canonical.get(part.name)
        if value is None:
            return []
        if part.single:
            return [value]
        _expect(str if part.join is not None else list, value, f"/{part.name}")
        return [value] if part.join is not None else list(value)

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        written = gathered(
            partial(part.write, value, {}, f"/{part.name}/{i}", notes)
            for part in owners
            for i, value in enumerate(given(canonical, part))
        )
        if written:
            write(native, written)

    def weave(canonical: Json, skeleton: Json) -> Json:
        values = {part.name: given(canonical, part) for part in owners}
        writes = {part.name: part.write for part in owners}
        for part in owners:
            if part.join is not None and values[part.name]:
                values[part.name] = _split(part, canonical[part.name], skeleton)
        woven = []
        for entry in skeleton:
            owner = entry.get(OWNER) if isinstance(entry, dict) else None
            if isinstance(owner, dict):
                woven.append(owner)  # a foreign item that itself has a key "@" travels as {"@": item}
            elif not isinstance(owner, str) or owner not in values:
                woven.append(entry)
            elif values[owner]:
                woven.append(writes[owner](values[owner].pop(0), _left(entry), "", []))
        return woven + [writes[name](value, {}, "", []) for name, rest in values.items() for value in rest]

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        there = get(native, target)
        if not isinstance(there, list):
            return
        said: dict[str, list[Json]] = {}
        skeleton: list[Json] = []
        for place, item in enumerate(there):
            owned = _owned(owners, item)
            if owned is None or (owned[0].single and owned[0].name in said):
                skeleton.append({OWNER: item} if isinstance(item, dict) and OWNER in item else item)
                continue
            part, value, left = owned
            left = {OWNER + key if key.startswith(OWNER) else key: inner for key, inner in left.items()}
            said.setdefault(part.name, []).append({"index": place, **value} if part.index else value)
            length = {LENGTH: len(value)} if part.join is not None else {}
            skeleton.append({OWNER: part.name, **length, **left})
        if there and not said:
            return  # nothing is ours: the list stands as it came
        for part in owners:
            if part.name in said:
                values = said[part.name]
                one = values[0] if part.single else values
                canonical[part.name] = one if part.join is None else part.join.join(values)
        pop(rest, target)
        if not _is_plain(skeleton, owners):
            put(rest, target, skeleton)

    first = sorted(owners, key=lambda part: part.join is None)  # the words are what a list that is required needs
    fields: tuple[Path, ...] = tuple((part.name,) for part in first)
    return Rule(fields=fields, owns=(target,), encode=encode, decode=decode, idle=True, weave=weave, says=says)


def _owned(owners: Sequence[Part], item: Json) -> tuple[Part, Json, Json] | None:
    """Return the owner of an item, its value and what that leaves; None for a foreign item."""
    for part in owners:
        if part.owns(item):
            try:
                return part, *part.read(item)
            except Mismatch:
                continue
    return None


def _left(entry: Mapping[str, Json]) -> dict[str, Json]:
    """Return what a skeleton's entry carries of its item."""
    return {key.removeprefix(OWNER): value for key, value in entry.items() if key not in (OWNER, LENGTH)}


def _is_plain(skeleton: Sequence[Json], owners: Sequence[Part]) -> bool:
    """Say whether a skeleton is what encode writes anyway: owners in order, nothing left, no text in pieces."""
    order = {part.name: place for place, part in enumerate(owners)}
    joined = {part.name for part in owners if part.join is not None}
    places = []
    for entry in skeleton:
        owner = entry.get(OWNER) if isinstance(entry, dict) else None
        if not isinstance(owner, str) or _left(entry):
            return False
        places.append(order[owner])
    once = all([entry[OWNER] for entry in skeleton].count(name) <= 1 for name in joined)
    return once and places == sorted(places)


def _split(part: Part, text: str, skeleton: Sequence[Json]) -> list[str]:
    """Cut one text into the pieces it came in; if it was edited since, the first piece has it all."""
    join = part.join or ""
    mine = [entry for entry in skeleton if isinstance(entry, Mapping) and entry.get(OWNER) == part.name]
    lengths = [entry.get(LENGTH) for entry in mine]
    start, pieces = 0, []
    for length in lengths:
        if not isinstance(length, int) or length < 0:
            return [text]
        pieces.append(text[start : start + length])
        start += length + len(join)
    return pieces if join.join(pieces) == text else [text]
