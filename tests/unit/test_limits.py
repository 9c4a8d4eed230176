"""Limits say what was expected, what came and where; each row is one line a user may read."""

from __future__ import annotations

import math
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from imagetx.ceilings import MOST_PROBLEMS
from imagetx.describe import describe
from imagetx.errors import Problem, SpecError
from imagetx.limits import compile_limits
from imagetx.predicate import compile_predicate

Json = Any


def problems_of(schema: Json, value: Json, pointer: str = "/x") -> list[Problem]:
    """Check a value that stands at a pointer."""
    problems: list[Problem] = []
    compile_limits(schema)(value, pointer, problems)
    return problems


@pytest.mark.parametrize(
    ("expected", "schema"),
    [
        ("any value", {}),
        ("any value", True),
        ("nothing", False),
        ("an integer", {"type": "integer"}),
        ("an integer 1 to 5", {"type": "integer", "minimum": 1, "maximum": 5}),
        ("the integer 1", {"type": "integer", "minimum": 1, "maximum": 1}),
        ("an integer of at least 0", {"type": "integer", "minimum": 0}),
        ("a number 0 to 1", {"type": "number", "minimum": 0, "maximum": 1}),
        ("a number above 0 and at most 1", {"exclusiveMinimum": 0, "maximum": 1}),
        ("a number of at least 0 and below 1", {"minimum": 0, "exclusiveMaximum": 1}),
        (
            "an integer 64 to 1024, a multiple of 64",
            {"type": "integer", "minimum": 64, "maximum": 1024, "multipleOf": 64},
        ),
        ("a string", {"type": "string"}),
        ("a string of at most 1000 characters", {"type": "string", "maxLength": 1000}),
        ("a string of 1 to 9 characters", {"type": "string", "minLength": 1, "maxLength": 9}),
        ("a string of 1 character", {"type": "string", "minLength": 1, "maxLength": 1}),
        ("a string that matches [a-z]+", {"type": "string", "pattern": "[a-z]+"}),
        ("true or false", {"type": "boolean"}),
        ("null or a string", {"type": ["null", "string"]}),
        ("null or an integer 1 to 5", {"type": ["null", "integer"], "minimum": 1, "maximum": 5}),
        ("one of 'a', 'b'", {"type": "string", "enum": ["a", "b"]}),
        ("one of 1, null, true", {"enum": [1, None, True]}),
        ("'only'", {"const": "only"}),
        ('{"a": [1]}', {"const": {"a": [1]}}),
        ("null or a string", {"anyOf": [{"type": "null"}, {"type": "string"}]}),
        ("a string, but not 'a'", {"type": "string", "not": {"const": "a"}}),
        ("anything but null", {"not": {"type": "null"}}),
        (
            "a list of 1 to 4 items, each a string",
            {"type": "array", "minItems": 1, "maxItems": 4, "items": {"type": "string"}},
        ),
        ("a list, one of them 1", {"type": "array", "contains": {"const": 1}}),
        ("an object with 'a' and 'b'", {"type": "object", "required": ["a", "b"]}),
        ("an object of at least 1 key", {"minProperties": 1}),
    ],
)
def test_describe_says_the_whole_expectation(expected: str, schema: Json) -> None:
    """A schema is said as a noun phrase, ranges with both ends."""
    assert describe(schema) == expected


N = {"type": "integer", "minimum": 1, "maximum": 5}
DOCUMENT = {
    "type": "object",
    "properties": {"a/b": {"type": "string"}, "list": {"type": "array", "items": N}},
    "required": ["a/b"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("expected", "schema", "value"),
    [
        (["expected an integer 1 to 5, got 9 - at /x"], N, 9),
        (["expected an integer 1 to 5, got true - at /x"], N, True),
        (["expected an integer 1 to 5, got 1.5 - at /x"], N, 1.5),
        (["expected an integer 1 to 5, got null - at /x"], N, None),
        (["expected an integer 1 to 5, got '9' - at /x"], N, "9"),
        pytest.param(
            ["expected an integer 1 to 5, got a string of 40000 characters - at /x"],
            N,
            "9" * 40000,
            id="long",
        ),
        pytest.param(
            ["expected an integer 1 to 5, got an integer of about 5001 digits - at /x"],
            N,
            10**5000,
            id="huge",
        ),
        (["expected an integer 1 to 5, got a list of 1 item - at /x"], N, [1]),
        (["expected an integer 1 to 5, got an object of 2 keys - at /x"], N, {"a": 1, "b": 2}),
        (["expected an integer 1 to 5, got 3 bytes - at /x"], N, b"abc"),
        (["expected an integer 1 to 5, got a Python tuple - at /x"], N, (1,)),
        (["expected a finite number, got NaN - at /x"], N, math.nan),
        (["expected a finite number, got -Infinity - at /x/a~1b/0"], {}, {"a/b": [-math.inf]}),
        (["expected a finite number, got Infinity - at /x"], {"type": "string"}, math.inf),
        (["expected nothing, got 1 - at /x"], False, 1),
        (
            ["expected a string of at most 2 characters, got 'a\\nb' - at /x"],
            {"maxLength": 2},
            "a\nb",
        ),
        ([], DOCUMENT, {"a/b": "", "list": [1, 5.0]}),
        (
            [
                "expected a string, got nothing - at /x/a~1b",
                "expected an integer 1 to 5, got 0 - at /x/list/0",
                "expected an integer 1 to 5, got 'c' - at /x/list/2",
                "expected one of the keys 'a/b', 'list', got 'z' - at /x/z",
            ],
            DOCUMENT,
            {"list": [0, 1, "c"], "z": 1},
        ),
        (
            ["expected a string, got 1 - at /x/1"],
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            ["a", 1],
        ),
        (
            ["expected an integer 1 to 5, got 6 - at /x/n"],
            {"type": "object", "allOf": [{"properties": {"n": N}}, {"required": ["n"]}]},
            {"n": 6},
        ),
        (
            ["expected a list of at most 1 item, got a list of 2 items - at /x"],
            {"type": "array", "maxItems": 1},
            [1, 2],
        ),
    ],
)
def test_limits_say_what_was_expected_what_came_and_where(expected: list[str], schema: Json, value: Json) -> None:
    """A scalar has one problem; items and properties have theirs at their own pointers."""
    assert [str(problem) for problem in problems_of(schema, value)] == expected


def test_a_problem_holds_its_parts() -> None:
    """`given` is the value when it is short, else the words for it."""
    said = "an integer 1 to 5"
    long = "a string of 81 characters"

    assert problems_of(N, 9, "/n") == [Problem(pointer="/n", message=f"expected {said}, got 9", given=9, expected=said)]
    assert problems_of(N, "a" * 81, "/n") == [
        Problem(pointer="/n", message=f"expected {said}, got {long}", given=long, expected=said)
    ]


def test_problems_of_one_value_are_bounded() -> None:
    """A long list of wrong items gives a hundred problems, not a million."""
    found = problems_of({"type": "array", "items": N}, ["x"] * 100_000)

    assert len(found) == MOST_PROBLEMS


@pytest.mark.parametrize(
    ("step", "value", "expected"),
    [
        (0.1, 0.3, True),  # 0.3 / 0.1 is 2.9999999999999996 in floats
        (0.01, 4.35, True),
        (0.01, 4.355, False),
        (10, 1e23, True),
        (16, 1024.0, True),
        (0.5, 10**400, True),
        (10**400, 10**401, True),
        (10**400, 1.5, False),
        (5e-324, 1e308, True),
        (3, math.inf, False),
    ],
)
def test_multiple_of_is_exact_on_the_number_as_written(step: float, value: float, expected: bool) -> None:
    """A tenth is a tenth: decimal fractions, not the nearest binary ones."""
    assert compile_predicate({"multipleOf": step})(value) is expected


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({"const": 1}, [1, 1.0], [True, "1", [1], 2]),
        ({"const": True}, [True], [1, 1.0, "true"]),
        ({"enum": [0, None, "a", [1], {"a": False}]}, [0, 0.0, None, [1.0], {"a": False}], [False, [True], {"a": 0}]),
        ({"type": "integer"}, [2, 2.0, 10**400], [2.5, True, "2", math.nan, math.inf]),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 1}, [0.5, "0", None, True], [0, 1, -1, 2.0]),
        ({"minimum": 0, "maximum": 1}, [0, 1, 0.5, "2"], [-1, 1.1, 10**400]),
        ({"pattern": "[a-z]+|x"}, ["abc", "x", 1], ["", "ab1", "1ab", "ab\n"]),
        ({"minLength": 1, "maxLength": 2}, ["a", "ab", "\U0001f98a", [], 0], ["", "abc"]),
        ({"contains": {"const": 1}}, [[0, 1], "1"], [[], [0, True]]),
        ({"items": {"type": "string"}}, [[], ["a"], {}], [["a", 1]]),
        ({"properties": {"a": {"type": "null"}}}, [{}, {"a": None}, {"b": 1}, []], [{"a": 1}]),
        ({"properties": {"a": {}}, "additionalProperties": {"type": "null"}}, [{"a": 1, "b": None}], [{"b": 1}]),
        ({"required": ["a", "b"]}, [{"a": None, "b": 0}, []], [{}, {"a": 1}]),
        ({"minProperties": 1, "maxProperties": 1}, [{"a": 1}, []], [{}, {"a": 1, "b": 2}]),
        ({"anyOf": [{"type": "string"}, {"minimum": 3}]}, ["a", 3, None], [2]),
        ({"allOf": [{"minimum": 1}, {"maximum": 2}, {"multipleOf": 1}]}, [1, 2.0, "a"], [0, 3, 1.5]),
        ({"oneOf": [{"minimum": 1}, {"maximum": 2}]}, [0, 3], [1, 2, "a"]),
        ({"not": {"type": ["string", "null"]}}, [1, [], {}], ["a", None]),
        ({"title": "", "source": "", "x-size": {}, "$schema": "", "default": 1}, [None, 1, b""], []),
    ],
)
def test_predicates_read_the_words_as_json_schema_does(schema: Json, accepted: list[Json], refused: list[Json]) -> None:
    """Each word speaks about one type and says nothing about the others; true is not 1."""
    test = compile_predicate(schema)

    assert [value for value in accepted if not test(value)] == []
    assert [value for value in refused if test(value)] == []


class Word(StrEnum):
    """A str enum, as callers use them for words of a request."""

    HIGH = "high"


class Count(IntEnum):
    """An int enum."""

    TWO = 2


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "enum": ["high"]}, Word.HIGH),
        ({"type": "integer", "minimum": 1, "maximum": 3, "multipleOf": 2}, Count.TWO),
        ({"type": "object", "required": ["a"]}, type("Subclass", (dict,), {})(a=1)),
    ],
)
def test_subclasses_are_what_they_derive_from(schema: Json, value: Json) -> None:
    """An enum member or a dict subclass is judged as the JSON value it is written as."""
    assert compile_predicate(schema)(value)
    assert problems_of(schema, value) == []


def test_values_nested_too_deep_for_recursion_are_judged() -> None:
    """A hundred thousand nested lists are a value like any other."""
    deep: Json = math.nan
    for _ in range(100_000):
        deep = [deep]

    assert compile_predicate({"type": "array", "items": {"type": "array"}})(deep)
    assert not compile_predicate({"const": [[[1]]]})(deep)
    assert [problem.expected for problem in problems_of({}, deep)] == ["a finite number"]


@pytest.mark.parametrize(
    ("expected", "schema"),
    [
        ('expected a known schema keyword, got "minimun" - at /minimun', {"minimun": 1}),
        ('expected a known schema keyword, got "$ref" - at /items/$ref', {"items": {"$ref": "#"}}),
        ('expected a finite number, got "1" - at /minimum', {"minimum": "1"}),
        ("expected a finite number, got nan - at /maximum", {"maximum": math.nan}),
        ("expected a finite number above 0, got 0 - at /multipleOf", {"multipleOf": 0}),
        ("expected an integer, 0 or more, got -1 - at /maxLength", {"maxLength": -1}),
        ('expected a regular expression, got "(" - at /pattern', {"pattern": "("}),
        (
            'expected a type name or a list of type names, got "int" - at /anyOf/0/type',
            {"anyOf": [{"type": "int"}]},
        ),
        (
            'expected a schema (an object, true or false), got "a" - at /properties/b~1c',
            {"properties": {"b/c": "a"}},
        ),
        ("expected a list of schemas, got [] - at /anyOf", {"anyOf": []}),
        ("expected a schema (an object, true or false), got null", None),
    ],
)
def test_a_wrong_schema_is_refused_when_compiled(expected: str, schema: Json) -> None:
    """Unknown words and wrong arguments are found before any value is seen."""
    with pytest.raises(SpecError) as caught:
        compile_predicate(schema)

    assert str(caught.value) == expected


def test_all_faults_of_a_schema_are_told() -> None:
    """Every problem is listed, not the first."""
    with pytest.raises(SpecError) as caught:
        compile_limits({"type": "x", "enum": 1, "x-size": {}, "title": "", "properties": {"a": 1}})

    assert [problem.pointer for problem in caught.value.problems] == [
        "/type",
        "/enum",
        "/properties/a",
    ]
