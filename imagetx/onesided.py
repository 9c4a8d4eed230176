"""
Rules with one side: constants that only the native document has, fields that only the canonical one has.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from imagetx.document import ABSENT, Json, Path, equal, fresh, put, walk
from imagetx.errors import Problem, RequestError, shorten
from imagetx.notes import Note
from imagetx.paths import getter, taker
from imagetx.rule import Mismatch, Notes, Rule
from imagetx.rules import Says, mark, writer
from imagetx.words import SILENCE


def const(says: Says, target: Path, value: Json, *, optional: bool = False, absent: bool = False) -> Rule:
    """
    Write a native constant.

    Args:
        says: The spec's line.
        target: Native path.
        value: The constant. Unless `optional` or `absent`, decode demands it: it discriminates.
        optional: Decode accepts silence, which is kept as null, or another value, which is kept.
        absent: Native silence means the constant.
    """
    write, find, take = writer(target), getter(target), taker(target)
    pinned = not (optional or absent)
    again = fresh(value)  # what is sent is the caller's own, the spec is not

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        write(native, again())

    def fits(native: Json) -> None:
        there = find(native)
        if there is not value and not equal(there, value):
            raise Mismatch(target, partial(shorten, value), there)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        there = find(native)
        if equal(there, value):
            take(rest)
        elif there is ABSENT and optional:
            mark(native, rest, target)

    return Rule(
        fields=(),
        owns=(target,),
        encode=encode,
        decode=decode,
        always=True,
        idle=absent and not optional,
        pinned=pinned,
        fits=fits if pinned else None,
        says=says,
    )


def _nothing(native: Json, rest: Json, canonical: Json) -> None:
    """Read nothing: the dialect has no place for the field."""


def fixed(says: Says, name: str, value: Json) -> Rule:
    """Note that a field is asked to be other than what the dialect always does."""
    kind = "emulated" if name == "stream" else "approximated"
    reason = "the dialect always does this"

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        given = canonical.get(name)
        if given is not None and not equal(given, value) and not equal(given, SILENCE.get(name, ABSENT)):
            notes.append(Note(pointer=f"/{name}", kind=kind, given=given, used=value, reason=reason))

    return Rule(fields=((name,),), owns=(), encode=encode, decode=_nothing, idle=True, says=says)


def drop(says: Says, name: str, reason: str) -> Rule:
    """Note that the dialect cannot say a field, unless it is given as what silence means."""

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        given = canonical.get(name)
        if given is not None and not equal(given, SILENCE.get(name, ABSENT)):
            notes.append(Note(pointer=f"/{name}", kind="dropped", given=given, reason=reason))

    return Rule(fields=((name,),), owns=(), encode=encode, decode=_nothing, idle=True, says=says)


def refuse(says: Says, name: str, reason: str) -> Rule:
    """Refuse a request that gives a field which may not be dropped (images, masks), unless as what silence means."""

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        given = canonical.get(name)
        if given is not None and not equal(given, SILENCE.get(name, ABSENT)):
            problem = Problem(pointer=f"/{name}", message=f"expected no {name}: {reason}", expected=f"no {name}")
            raise RequestError(problem)

    return Rule(fields=((name,),), owns=(), encode=encode, decode=_nothing, idle=True, says=says)


def infer(says: Says, source: Path, test: Callable[[Json], bool], value: Json) -> Rule:
    """
    Read a field from a condition of the native document that has no place of its own for it.

    Encode writes nothing: what is carried shows it, or it cannot be said.

    Args:
        says: The spec's line.
        source: Canonical path.
        test: The condition, over the native document.
        value: What the field is where the condition holds.
    """

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        if test(native):
            put(canonical, source, value)

    return Rule(fields=(source,), owns=(), encode=_write_nothing, decode=decode, says=says)


def find(
    says: Says,
    source: Path,
    path: Path,
    test: Callable[[Json], bool],
    read: Callable[[Json], Json],
    gather: Callable[[list[Json]], Json],
) -> Rule:
    """
    Read a field from wherever it stands in lists whose order means nothing.

    What is read stays native as well: encode writes nothing, and what is carried comes back as it came.

    Args:
        says: The spec's line.
        source: Canonical path.
        path: Native path in which `*` stands for every item of a list.
        test: Which items fit.
        read: Reads an item; ABSENT where there is nothing in it.
        gather: Makes the field of what was read: all of it, the first, or the texts joined.
    """

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        found = [value for item in walk(native, path) if test(item) and (value := read(item)) is not ABSENT]
        if found:
            put(canonical, source, gather(found))

    return Rule(fields=(source,), owns=(), encode=_write_nothing, decode=decode, says=says)


def _write_nothing(canonical: Json, native: Json, notes: Notes) -> None:
    """Write nothing."""
