"""
JSON Schema words that choose a variant or guard a rule, compiled to closures.

A schema becomes a *table*: one test for each Python type of a JSON value, so `true` is never 1.
The words are those of draft 2020-12, but a pattern matches the whole string, `multipleOf` is exact
(0.3 is a multiple of 0.1), and an unknown word is refused when compiled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from types import NoneType
from typing import Final, TypeAlias

from imagetx.document import equal, parse_pattern, pointer_of
from imagetx.errors import Json, Problem, SpecError, shorten
from imagetx.once import once
from imagetx.pattern import MOST_CHARACTERS, power_of

Test: TypeAlias = Callable[[Json], bool]
Table: TypeAlias = Mapping[type, Test]  # one test for each of KINDS
_Part: TypeAlias = tuple[tuple[type, ...], Test]

KINDS: Final[tuple[type, ...]] = (NoneType, bool, int, float, str, list, dict, object)
"""The Python types of JSON; `object` stands for everything else, as bytes."""
_NUMBER: Final = (int, float)
TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "null": (NoneType,),
    "boolean": (bool,),
    "integer": _NUMBER,  # 2.0 is an integer (JSON Schema core 4.2.3)
    "number": _NUMBER,
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}
IGNORED: Final = frozenset({"title", "description", "source", "$schema", "default", "examples"})


def compile_predicate(schema: Json) -> Test:
    """
    Compile a schema to a function that tells whether a value satisfies it.

    Args:
        schema: a JSON Schema: an object, or true or false.

    Returns:
        A function that never raises, whatever the value.

    Raises:
        SpecError: The schema has an unknown word or a wrong argument; all of them are listed.
    """
    return _dispatch(compile_table(schema))


test_of: Final = once(compile_predicate)
"""The predicate of a schema that a spec holds: compiled for the first dialect and kept for the others."""


def compile_table(schema: Json) -> Table:
    """Compile a schema as `compile_predicate` does, to one test for each of KINDS."""
    problems = tuple(schema_problems(schema))
    if problems:
        raise SpecError(problems)
    return _table(schema)


def kind_of(value: Json) -> type:
    """Tell which of KINDS a value is, subclasses included (a str enum is a str)."""
    return next(kind for kind in KINDS if isinstance(value, kind))


def type_names(schema: Mapping[str, Json]) -> Sequence[str]:
    """List the types a schema names, in its order."""
    named: str | list[str] = schema["type"]
    return [named] if isinstance(named, str) else named


def schema_problems(schema: Json, pointer: str = "") -> Iterator[Problem]:
    """Yield what is wrong with a schema itself: unknown words and wrong arguments."""
    if not isinstance(schema, dict | bool):
        yield _fault("a schema (an object, true or false)", schema, pointer)
    for word, argument in schema.items() if isinstance(schema, dict) else ():
        place = pointer + pointer_of((word,))
        if word in _SCHEMA_INSIDE:
            yield from schema_problems(argument, place)
        elif word in _ARGUMENTS:
            is_legal, expected = _ARGUMENTS[word]
            if not is_legal(argument):
                yield _fault(expected, argument, place)
            elif word in _SCHEMAS_INSIDE:
                inner = argument.items() if isinstance(argument, dict) else enumerate(argument)
                for name, child in inner:
                    yield from schema_problems(child, place + pointer_of((name,)))
        elif word not in IGNORED and not word.startswith("x-"):
            yield _fault("a known schema keyword", word, place)


def _fault(expected: str, given: Json, pointer: str) -> Problem:
    said = f"expected {expected}, got {shorten(given)}"
    return Problem(pointer=pointer, message=said, expected=expected, given=given)


def yes(_: Json) -> bool:
    """Accept everything."""
    return True


def no(_: Json) -> bool:
    """Accept nothing; known by identity, so that hopeless branches are never called."""
    return False


def _table(schema: Json) -> Table:
    if isinstance(schema, bool):
        return dict.fromkeys(KINDS, yes if schema else no)
    tests: dict[type, list[Test]] = {kind: [] for kind in KINDS}
    for group in (_typed, _listed, _numbers, _strings, _lists, _objects, _combined):
        for kinds, test in group(schema):
            for kind in kinds:
                tests[kind].append(test)
    return {kind: _every(found) for kind, found in tests.items()}


def _dispatch(table: Table) -> Test:
    first = table[NoneType]
    if all(test is first for test in table.values()):
        return first
    get = table.get

    def accepts(value: Json) -> bool:
        test = get(type(value))
        if test is None:
            test = table[kind_of(value)]
        return test(value)

    return accepts


def _every(tests: Sequence[Test]) -> Test:
    return _join(tests, no, lambda one, two: lambda value: one(value) and two(value))


def _some(tests: Sequence[Test]) -> Test:
    return _join(tests, yes, lambda one, two: lambda value: one(value) or two(value))


def _join(tests: Sequence[Test], final: Test, pair: Callable[[Test, Test], Test]) -> Test:
    """Join tests of which `final` (yes or no) decides alone and its opposite says nothing."""
    telling = [test for test in tests if test is not _opposite(final)]
    if final in telling:
        return final
    if len(telling) < 2:
        return telling[0] if telling else _opposite(final)
    half = len(telling) // 2  # halves, so that a thousand tests nest only ten deep
    return pair(_join(telling[:half], final, pair), _join(telling[half:], final, pair))


def _only_one(tests: Sequence[Test]) -> Test:
    hopeful = [test for test in tests if test is not no]
    if len(hopeful) < 2:
        return _some(hopeful)
    return lambda value: sum(test(value) for test in hopeful) == 1


def _opposite(test: Test) -> Test:
    return no if test is yes else yes if test is no else lambda value: not test(value)


def _typed(schema: Json) -> Iterator[_Part]:
    if "type" not in schema:
        return
    names = type_names(schema)
    allowed = {kind for name in names for kind in TYPES[name]}
    yield tuple(kind for kind in KINDS if kind not in allowed), no
    if "integer" in names and "number" not in names:
        yield (float,), float.is_integer


def _listed(schema: Json) -> Iterator[_Part]:
    lists = [schema["enum"]] if "enum" in schema else []
    lists += [[schema["const"]]] if "const" in schema else []
    yield from (((kind,), _member(kind, members)) for members in lists for kind in KINDS)


def _member(kind: type, members: Sequence[Json]) -> Test:
    """Test membership among the members of one type only, so that true is not found as 1."""
    kinds = _NUMBER if kind in _NUMBER else (kind,)
    mine = [member for member in members if type(member) in kinds]
    if not mine:
        return no
    if kind in (list, dict):
        return lambda value: any(equal(member, value) for member in mine)
    return frozenset(mine).__contains__


def _numbers(schema: Json) -> Iterator[_Part]:
    if "minimum" in schema or "maximum" in schema:
        low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        yield _NUMBER, lambda value: low <= value <= high
    if "exclusiveMinimum" in schema:
        below = schema["exclusiveMinimum"]
        yield _NUMBER, lambda value: below < value
    if "exclusiveMaximum" in schema:
        above = schema["exclusiveMaximum"]
        yield _NUMBER, lambda value: value < above
    if "multipleOf" in schema:
        step = _exact(schema["multipleOf"])
        yield (int,), lambda value: value * step.denominator % step.numerator == 0
        yield (
            (float,),
            lambda value: math.isfinite(value) and (_exact(value) / step).denominator == 1,
        )


def _exact(number: float) -> Fraction:
    """Take a number as it is written: 0.1 is a tenth, not the nearest binary fraction."""
    return Fraction(float.__repr__(number) if isinstance(number, float) else number)


def _strings(schema: Json) -> Iterator[_Part]:
    yield from _sized(str, schema, "minLength", "maxLength")
    if "pattern" in schema:
        match = parse_pattern(schema["pattern"]).fullmatch
        if power_of(schema["pattern"]) > 1:  # its time may grow with the square
            yield (str,), lambda value: len(value) <= MOST_CHARACTERS and match(value) is not None
        else:
            yield (str,), lambda value: match(value) is not None


def _lists(schema: Json) -> Iterator[_Part]:
    yield from _sized(list, schema, "minItems", "maxItems")
    if "items" in schema:
        item = _dispatch(_table(schema["items"]))
        yield (list,), lambda value: all(map(item, value))
    if "contains" in schema:
        sought = _dispatch(_table(schema["contains"]))
        yield (list,), lambda value: any(map(sought, value))


def _sized(kind: type, schema: Json, least: str, most: str) -> Iterator[_Part]:
    if least in schema or most in schema:
        low, high = schema.get(least, 0), schema.get(most, math.inf)
        yield (kind,), lambda value: low <= len(value) <= high


def _objects(schema: Json) -> Iterator[_Part]:
    yield from _sized(dict, schema, "minProperties", "maxProperties")
    if "required" in schema:
        names = tuple(schema["required"])
        yield (dict,), lambda value: all(map(value.__contains__, names))
    known = {name: _dispatch(_table(child)) for name, child in schema.get("properties", {}).items()}
    other = _dispatch(_table(schema.get("additionalProperties", True)))
    if other is not yes:
        get = known.get
        yield (dict,), lambda value: all(get(name, other)(value[name]) for name in value)
    elif known:
        rules = tuple(known.items())
        yield (dict,), lambda value: all(test(value[key]) for key, test in rules if key in value)


def _combined(schema: Json) -> Iterator[_Part]:
    for word, join in (("allOf", _every), ("anyOf", _some), ("oneOf", _only_one)):
        if word in schema:
            tables = [_table(branch) for branch in schema[word]]
            yield from (((kind,), join([table[kind] for table in tables])) for kind in KINDS)
    if "not" in schema:
        yield from (((kind,), _opposite(test)) for kind, test in _table(schema["not"]).items())


def _is_number(value: Json) -> bool:
    kind = kind_of(value)  # an int may be too large for isfinite
    return kind is int or (kind is float and math.isfinite(value))


def _is_type(value: Json) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and _is_names(names) and TYPES.keys() >= set(names)


def _is_pattern(value: Json) -> bool:
    with suppress(SpecError):
        return isinstance(value, str) and parse_pattern(value) is not None
    return False


_is_names: Final = _dispatch(_table({"type": "array", "items": {"type": "string"}}))
_is_count: Final = _dispatch(_table({"type": "integer", "minimum": 0}))

_SCHEMA_INSIDE: Final = frozenset({"items", "contains", "additionalProperties", "not"})
_SCHEMAS_INSIDE: Final = frozenset({"properties", "anyOf", "allOf", "oneOf"})
_ROWS: Final[Sequence[tuple[str, Test, str]]] = (
    ("type", _is_type, "a type name or a list of type names"),
    ("enum", _dispatch(_table({"type": "array"})), "a list"),
    ("const", yes, "any value"),
    ("minimum maximum exclusiveMinimum exclusiveMaximum", _is_number, "a finite number"),
    ("multipleOf", lambda step: _is_number(step) and step > 0, "a finite number above 0"),
    ("minLength maxLength minItems maxItems", _is_count, "an integer, 0 or more"),
    ("minProperties maxProperties", _is_count, "an integer, 0 or more"),
    ("pattern", _is_pattern, "a regular expression"),
    ("required", _is_names, "a list of strings"),
    ("properties", _dispatch(_table({"type": "object"})), "an object of schemas"),
    ("anyOf allOf oneOf", _dispatch(_table({"type": "array", "minItems": 1})), "a list of schemas"),
)
_ARGUMENTS: Final = {word: (test, text) for words, test, text in _ROWS for word in words.split()}
"""For each word with an argument of its own: what is legal there, in code and in English."""
