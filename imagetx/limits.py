"""
Limits of canonical fields: a predicate that also says what was expected, what came and where.

The predicate decides; only when it refuses does the slow half look for the words.  So a legal value
costs two calls, and no problem can be found without the predicate, or be missed by it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from imagetx.document import pointer_of
from imagetx.errors import DATA_LIMIT, Json, Problem, one_line
from imagetx.predicate import Table, Test, compile_predicate, compile_table, kind_of, no, type_names

MAX_PROBLEMS: Final = 100
"""Problems told of one value; a list of a million wrong items shall not become a report of them."""

_INSIDE: Final = frozenset({"items", "properties", "additionalProperties", "required", "allOf"})
_MAX_BITS: Final = 256  # larger integers are 78 digits or more, and slow to write
_ENDS: Final = (
    ("minimum", "at least"),
    ("exclusiveMinimum", "above"),
    ("maximum", "at most"),
    ("exclusiveMaximum", "below"),
)
_WORDS_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    "number": frozenset({"multipleOf", *(word for word, _ in _ENDS)}),
    "string": frozenset({"minLength", "maxLength", "pattern"}),
    "array": frozenset({"minItems", "maxItems", "items", "contains"}),
    "object": frozenset({"required", "properties", "additionalProperties", "minProperties", "maxProperties"}),
}


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
            problems.extend(islice(_refusals(self.schema, value, pointer), MAX_PROBLEMS))


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


def describe(schema: Json) -> str:
    """
    Say in English what a schema expects.

    Args:
        schema: a JSON Schema in the words of `imagetx.predicate`.

    Returns:
        A noun phrase: `an integer 1 to 5`, `one of 'a', 'b'`, `null or a string`.
    """
    if isinstance(schema, bool):
        return "any value" if schema else "nothing"
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        members = [_literal(member) for member in schema["enum"]]
        return members[0] if len(members) == 1 else "one of " + ", ".join(members)
    phrases = [_NOUNS[name](schema) for name in _types(schema)]
    said = [" or ".join(phrases)] if phrases else []
    said += [" or ".join(map(describe, schema[w])) for w in ("anyOf", "oneOf") if w in schema]
    said += map(describe, schema.get("allOf", ()))
    if "not" in schema:
        said.append(("but not " if said else "anything but ") + describe(schema["not"]))
    return ", ".join(said) if said else "any value"


def show(value: Json) -> str:
    """Show a value in at most 80 characters of data, long strings and containers by size."""
    if _is_brief(value):
        return _literal(value)
    match value:
        case str():
            return f"a string of {len(value)} characters"
        case int():
            return f"an integer of about {int(value.bit_length() * math.log10(2)) + 1} digits"
        case float():
            return json.dumps(value)  # NaN, Infinity or -Infinity
        case list():
            return f"a list of {_plural(len(value), 'item')}"
        case dict():
            return f"an object of {_plural(len(value), 'key')}"
        case bytes() | bytearray():
            return _plural(len(value), "byte")
        case _:
            return f"a Python {type(value).__name__}"


def _is_brief(value: Json) -> bool:
    """Tell whether a value is a finite scalar of at most 80 characters."""
    match value:
        case str():
            return len(value) <= DATA_LIMIT
        case int():
            return value.bit_length() <= _MAX_BITS
        case float():
            return math.isfinite(value)
        case _:
            return value is None


def _literal(value: Json) -> str:
    """Write a value out, as JSON but for the quotes of a string."""
    return str.__repr__(value) if isinstance(value, str) else json.dumps(value)


def _types(schema: Json) -> Sequence[str]:
    """List the type names a schema speaks about: those it names, else those its words imply."""
    if "type" in schema:
        return type_names(schema)
    return [name for name, words in _WORDS_OF_TYPE.items() if not words.isdisjoint(schema)]


def _number(schema: Json, noun: str = "number") -> str:
    """Say a number with both ends of its range: `an integer 1 to 5`."""
    article = "an" if noun == "integer" else "a"
    ends = [f"{words} {show(schema[word])}" for word, words in _ENDS if word in schema]
    of = " of " if ends and ends[0].startswith("at") else " " * bool(ends)
    said = f"{article} {noun}{of}{' and '.join(ends)}"
    if len(ends) == 2 and "minimum" in schema and "maximum" in schema:
        low, high = show(schema["minimum"]), show(schema["maximum"])
        said = f"the {noun} {low}" if low == high else f"{article} {noun} {low} to {high}"
    step = f", a multiple of {show(schema['multipleOf'])}" if "multipleOf" in schema else ""
    return said + step


def _string(schema: Json) -> str:
    if "x-noun" in schema:  # the pattern in words
        return str(schema["x-noun"])
    size = _size(schema.get("minLength"), schema.get("maxLength"), "character")
    pattern = f" that matches {one_line(schema['pattern'])}" if "pattern" in schema else ""
    return f"a string{size}{pattern}"


def _list(schema: Json) -> str:
    size = _size(schema.get("minItems"), schema.get("maxItems"), "item")
    items = f", each {describe(schema['items'])}" if "items" in schema else ""
    sought = f", one of them {describe(schema['contains'])}" if "contains" in schema else ""
    return f"a list{size}{items}{sought}"


def _object(schema: Json) -> str:
    size = _size(schema.get("minProperties"), schema.get("maxProperties"), "key")
    names = " and ".join(map(show, schema.get("required", ())))
    return f"an object{size} with {names}" if names else f"an object{size}"


def _size(low: Json, high: Json, unit: str) -> str:
    """Say a size with both ends: ` of 1 to 4 items`."""
    match low, high:
        case None, None:
            return ""
        case _, None:
            return f" of at least {_plural(low, unit)}"
        case None, _:
            return f" of at most {_plural(high, unit)}"
    return f" of {'' if low == high else f'{low} to '}{_plural(high, unit)}"


def _plural(count: Json, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


_NOUNS: Final[Mapping[str, Callable[[Json], str]]] = {
    "null": lambda _: "null",
    "boolean": lambda _: "true or false",
    "integer": lambda schema: _number(schema, "integer"),
    "number": _number,
    "string": _string,
    "array": _list,
    "object": _object,
}


def _finite(kind: type, test: Test) -> Test:
    """Let a test see only what holds no NaN and no Infinity."""
    if test is no or kind not in (float, list, dict):
        return test
    if kind is float:
        return lambda value: math.isfinite(value) and test(value)
    return lambda value: not any(_infinities(value)) and test(value)


def _infinities(value: Json) -> Iterator[tuple[Json, float]]:
    """Yield trail and number of every NaN and Infinity in a value, however deep it is nested."""
    waiting: list[tuple[Json, Json]] = [((), value)]  # a trail is (trail of the parent, key)
    while waiting:
        trail, item = waiting.pop()
        if isinstance(item, float) and not math.isfinite(item):
            yield trail, item
        elif isinstance(item, dict):
            waiting.extend(((trail, key), member) for key, member in item.items())
        elif isinstance(item, list):
            waiting.extend(((trail, index), member) for index, member in enumerate(item))


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
        given=value if _is_brief(value) else shown,
        expected=expected,
    )
