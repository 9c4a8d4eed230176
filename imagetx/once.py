"""Compile once: a schema that many dialects share is compiled for the first and kept for the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from imagetx.errors import Json

T = TypeVar("T")
_MOST: Final = 4096


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
