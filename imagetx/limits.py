"""
Limits of canonical fields: a predicate that also says what was expected, what came and where.

The predicate decides; only when it refuses does the slow half look for the words.  So a legal value
costs two calls, and no problem can be found without the predicate, or be missed by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from imagetx.ceilings import MOST_PROBLEMS
from imagetx.describe import describe, is_brief, show
from imagetx.document import pointer_of
from imagetx.errors import Json, Problem
from imagetx.predicate import Table, Test, compile_predicate, compile_table, kind_of, no

_INSIDE: Final = frozenset({"items", "properties", "additionalProperties", "required", "allOf"})


@dataclass(frozen=True, slots=True)
class Limit:
    """
    A compiled schema: tells what a value breaks.

    Attributes:
        schema: The schema itself, which the words of a problem come from.
        table: One test for each Python type of a JSON value.
    """

    schema: Json
    table: Table

    def __call__(self, value: Json, pointer: str, problems: list[Problem]) -> None:
        """Append a Problem for everything that a value breaks; `pointer` is where the value stands."""
        test = self.table.get(type(value))
        if test is None:
            test = self.table[kind_of(value)]
        if not test(value):
            problems.extend(islice(_refusals(self.schema, value, pointer), MOST_PROBLEMS))


def compile_limits(schema: Json) -> Limit:
    """
    Compile a schema to what appends a Problem for everything that a value breaks.

    NaN and Infinity, at any depth, are refused before anything else: JSON has no such numbers.
    A scalar gets one problem that states the whole expectation; items and properties get theirs
    under their own pointers.

    Args:
        schema: a JSON Schema in the words of `imagetx.predicate`.

    Returns:
        What is called with (value, pointer, problems), and never raises.

    Raises:
        SpecError: The schema has an unknown word or a wrong argument.
    """
    return Limit(schema, {kind: _finite(kind, test) for kind, test in compile_table(schema).items()})


def _finite(kind: type, test: Test) -> Test:
    """Let a test see only what holds no NaN and no Infinity."""
    if test is no or kind not in (float, list, dict):
        return test
    if kind is float:
        return lambda value: math.isfinite(value) and test(value)
    return lambda value: not any(_infinities(value)) and test(value)


def _infinities(value: Json) -> Iterator[tuple[Json, float]]:
    """Yield trail and number of every NaN and Infinity in a value, however deep it is, though it holds itself."""
    waiting: list[tuple[Json, Json]] = [((), value)]  # a trail is (trail of the parent, key)
    seen: set[int] = set()
    while waiting:
        trail, item = waiting.pop()
        if isinstance(item, float) and not math.isfinite(item):
            yield trail, item
        elif isinstance(item, dict | list) and id(item) not in seen:
            seen.add(id(item))
            members = item.items() if isinstance(item, dict) else enumerate(item)
            waiting.extend(((trail, key), member) for key, member in members)


def _refusals(schema: Json, value: Json, pointer: str) -> Iterator[Problem]:
    """Yield the problems of a value that was refused: its infinities, else what it breaks."""
    finite = True
    for trail, number in _infinities(value):
        finite, path = False, []
        while trail:
            trail, key = trail
            path.append(key)
        yield _problem("a finite number", number, pointer + pointer_of(tuple(reversed(path))))
    if finite:
        yield from _explain(schema, value, pointer)


def _explain(schema: Json, value: Json, pointer: str) -> Iterator[Problem]:
    """Yield the problems of a value that the schema's predicate refuses; at least one."""
    kind = kind_of(value)
    if isinstance(schema, bool) or kind not in (list, dict):
        yield _problem(describe(schema), value, pointer)
        return
    own = {word: argument for word, argument in schema.items() if word not in _INSIDE}
    if compile_predicate(own)(value):
        yield from _explain_items(schema, value, pointer)
        yield from _explain_members(schema, value, pointer)
        for branch in schema.get("allOf", ()):
            if not compile_predicate(branch)(value):
                yield from _explain(branch, value, pointer)
        return
    branches = [branch for word in ("anyOf", "oneOf") for branch in own.get(word, ())]
    likely = [branch for branch in branches if compile_table(branch)[kind] is not no]
    if len(likely) == 1 and not compile_predicate(likely[0])(value):
        yield from _explain(likely[0], value, pointer)  # the only branch for this type
    else:
        yield _problem(describe(schema), value, pointer)


def _explain_items(schema: Json, value: Json, pointer: str) -> Iterator[Problem]:
    if isinstance(value, list) and "items" in schema:
        test = compile_predicate(schema["items"])
        for index, item in enumerate(value):
            if not test(item):
                yield from _explain(schema["items"], item, f"{pointer}/{index}")


def _explain_members(schema: Json, value: Json, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            expected = describe(known.get(name, other))
            yield Problem(
                pointer=pointer + pointer_of((name,)),
                message=f"expected {expected}, got nothing",
                expected=expected,
            )
    names = "one of the keys " + ", ".join(map(show, known)) if known else "no keys"
    for name, member in value.items():
        inner = pointer + pointer_of((name,))
        child = known.get(name, other)
        if name not in known and other is False:
            yield _problem(names, name, inner)
        elif not compile_predicate(child)(member):
            yield from _explain(child, member, inner)


def _problem(expected: str, value: Json, pointer: str) -> Problem:
    shown = show(value)
    return Problem(
        pointer=pointer,
        message=f"expected {expected}, got {shown}",
        given=value if is_brief(value) else shown,
        expected=expected,
    )
