"""
Columns: a list of objects that the native form holds as parallel lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imagetx.document import ABSENT, Json, Path, equal, get, pointer_of, pop, put
from imagetx.listing import encode_item
from imagetx.notes import Note
from imagetx.record import Record
from imagetx.rule import Notes, Rule
from imagetx.rules import Says, reader


def columns(
    says: Says, source: Path, target: Path, items: Record, names: Sequence[str], shared: frozenset[str] = frozenset()
) -> Rule:
    """
    Move a list of objects that the native form holds as parallel lists.

    Canonical: list of items. Native: `{"images": [..], "seeds": [..]}` with item i at place i of each.
    A column of another length, or with a value that the record would not write again, stays as it came.
    Law: exact for columns of one length. Notes: those of the items, at their place.

    Args:
        says: The spec's line.
        source: Canonical path of the list.
        target: Native path of the object that holds the columns.
        items: The record of one item, over `{column: value}`.
        names: The columns; the first says how many items there are.
        shared: Columns that hold one value for all items, that of the first.
    """
    read, pointer = reader(source), pointer_of(source)
    paths = {name: (*target, name) for name in names}

    def transpose(written: Sequence[Json]) -> dict[str, Json]:
        present = [name for name in names if any(name in item for item in written)]
        return {
            name: written[0].get(name) if name in shared else [item.get(name) for item in written] for name in present
        }

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        given = read(canonical)
        if isinstance(given, list):
            written = [encode_item(items, item, "", f"{pointer}/{i}", notes) for i, item in enumerate(given)]
            for name, column in transpose(written).items():
                put(native, paths[name], column)
            if shared:
                notes.extend(differing(given, written, {note.pointer for note in notes}))

    def differing(given: Sequence[Json], written: Sequence[Json], noted: set[str]) -> Iterator[Note]:
        """Note what an item says otherwise than the first, where one value holds for all."""
        for i, item in enumerate(given):
            alike = {name: value for name, value in written[i].items() if name not in shared}
            alike |= {name: written[0][name] for name in shared if name in written[0]}
            if not equal(alike, written[i]):
                back = items.decode(alike)[0]
                for key, value in item.items():
                    where = f"{pointer}/{i}/{key}"
                    if not equal(back.get(key), value) and where not in noted:
                        reason = "one value holds for all, that of the first"
                        yield Note(pointer=where, kind="approximated", given=value, used=back.get(key), reason=reason)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        there = {name: column for name in names if isinstance(column := get(native, paths[name]), list)}
        first = there.get(names[0])
        if not first:
            return
        spread = {name: value for name in shared if (value := get(native, paths[name])) is not ABSENT}
        there |= {name: [value] * len(first) for name, value in spread.items()}
        usable = {name: column for name, column in there.items() if len(column) == len(first)}
        native_items = [{name: column[i] for name, column in usable.items()} for i in range(len(first))]
        said = [items.decode(item)[0] for item in native_items]
        put(canonical, source, said)
        again = transpose([encode_item(items, item, "", "", []) for item in said])
        for name, column in {**usable, **spread}.items():
            if equal(again.get(name, ABSENT), column):
                pop(rest, paths[name])

    return Rule(fields=(source,), owns=tuple(paths.values()), encode=encode, decode=decode, idle=True, says=says)
