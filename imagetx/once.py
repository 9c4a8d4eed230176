"""Done once: a schema that many dialects share is compiled for the first, short values are read once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from imagetx.errors import Json

T = TypeVar("T")
_MOST: Final = 4096
_MOST_READ: Final = 256
_LONGEST_READ: Final = 64


def once(compile_schema: Callable[[Json], T]) -> Callable[[Json], T]:
    """
    Keep what a schema was compiled to, by the identity of the schema.

    The schema is kept too, so that its identity stays its own; at most 4,096 are.
    """
    known: dict[int, tuple[Json, T]] = {}

    def compiled(schema: Json) -> T:
        found = known.get(id(schema))
        if found is not None:
            return found[1]
        made = compile_schema(schema)
        if len(known) < _MOST:
            known[id(schema)] = (schema, made)
        return made

    return compiled


def remembered(read: Callable[[Sequence[Json]], T]) -> Callable[[Sequence[Json]], T]:
    """
    Keep what a pure function makes of short scalars; 1, 1.0 and true are three.

    At most 256 answers are kept; long texts, lists and objects are read anew each time.
    """
    known: dict[tuple[Json, ...], T] = {}

    def reading(values: Sequence[Json]) -> T:
        key = (*values, *map(type, values))
        try:
            found = known.get(key)
        except TypeError:  # a list or an object
            return read(values)
        if found is None:
            found = read(values)
            if len(known) < _MOST_READ and all(
                len(value) <= _LONGEST_READ for value in values if isinstance(value, str)
            ):
                known[key] = found
        return found

    return reading
