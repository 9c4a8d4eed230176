"""
Outlines: what the names of a request's fields decide, before any value is looked at.

Callers send many values and few shapes. Which limits there are to ask, and which clauses and variants
can hold, is found out once for each shape.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imagetx.clause import Clause
from imagetx.document import Json
from imagetx.limits import Limit
from imagetx.predicate import IGNORED, Test, compile_predicate, yes
from imagetx.variant import Variant

_WHOLE: Final = ("n", "seed", "steps", "output_compression", "partial_images")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """
    What the names of a request's fields decide.

    Attributes:
        limits: By name: gives the test of a field for the type of its value, None for a type that JSON has not.
        whole: Those fields that are whole numbers on every wire.
        clamps: (low, high) by preference, either may be None.
        clauses: The numbers of those that can hold.
        variants: Those that can be chosen, in order, each with what is still to be asked of values.
    """

    limits: tuple[tuple[str, Callable[[type], Test | None]], ...]
    whole: tuple[str, ...]
    clamps: tuple[tuple[str, tuple[Json, Json]], ...]
    clauses: frozenset[int]
    variants: tuple[tuple[Variant, Test], ...]


def outline_of(
    request: Mapping[str, Json],
    limits: Mapping[str, Limit],
    clamps: Mapping[str, tuple[Json, Json]],
    clauses: Sequence[Clause],
    variants: Iterable[Variant],
) -> Outline:
    """Find out what the names in a request decide; of values, only the operation is known."""
    known = {"operation": request["operation"]} if "operation" in request else {}
    possible = (
        (variant, yes if verdict else variant.when)
        for variant in variants
        if (verdict := foretold(variant.says.get("if", True), request.keys(), known)) is not False
    )
    return Outline(
        limits=tuple((name, limits[name].table.get) for name in request if name in limits),
        whole=tuple(name for name in _WHOLE if name in request),
        clamps=tuple((name, bounds) for name, bounds in clamps.items() if name in request),
        clauses=frozenset(
            number
            for number, clause in enumerate(clauses)
            if foretold(clause.condition, request.keys(), known) is not False
        ),
        variants=tuple(possible),
    )


def foretold(schema: Json, names: Collection[str], known: Mapping[str, Json]) -> bool | None:
    """
    Tell whether a condition holds of every object with these names, of none (False), or of some (None).

    Args:
        schema: The condition, in the words of `imagetx.predicate`.
        names: The names that the object has.
        known: Those values of it that are known.
    """
    if isinstance(schema, bool):
        return schema
    verdicts = [_foretold(word, argument, names, known) for word, argument in schema.items()]
    return False if False in verdicts else None if None in verdicts else True


def _foretold(word: str, argument: Json, names: Collection[str], known: Mapping[str, Json]) -> bool | None:
    """Tell what one word of a condition decides."""
    match word:
        case "required":
            return all(name in names for name in argument)
        case "properties":
            there = [(name, schema) for name, schema in argument.items() if name in names and schema is not True]
            if all(name in known for name, _ in there):
                return all(compile_predicate(schema)(known[name]) for name, schema in there)
            return None
        case "not":
            verdict = foretold(argument, names, known)
            return None if verdict is None else not verdict
        case "allOf" | "anyOf":
            verdicts = [foretold(branch, names, known) for branch in argument]
            decisive = word == "anyOf"  # one such branch decides alone
            return decisive if decisive in verdicts else None if None in verdicts else not decisive
        case "type":
            return True if argument == "object" else None
        case _:
            return True if word in IGNORED else None
