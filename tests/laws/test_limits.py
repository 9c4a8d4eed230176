"""L8 *oracle*: limits and predicates agree with jsonschema on every finite JSON value."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from imagetx.describe import describe
from imagetx.errors import Problem
from imagetx.limits import compile_limits
from imagetx.predicate import compile_predicate
from tests.strategies import (
    from_schema,
    guard_families,
    json_documents,
    json_values,
    mutated,
    near,
    schemas_of_guards,
    validator,
)

Json = Any


def problems_of(schema: Json, value: Json) -> list[Problem]:
    """Check a value that stands at the pointer /v."""
    problems: list[Problem] = []
    compile_limits(schema)(value, "/v", problems)
    return problems


@given(st.data())
@pytest.mark.parametrize("family", guard_families())
def test_l8_predicates_and_limits_agree_with_jsonschema(family: str, data: st.DataObject) -> None:
    """A predicate accepts, and limits have no problem with, exactly what jsonschema accepts."""
    schema = data.draw(guard_families()[family])
    value = data.draw(near(schema) if data.draw(st.integers(0, 4)) else json_values())
    expected = validator(schema, whole_patterns=True).is_valid(value)

    assert compile_predicate(schema)(value) is expected
    assert (problems_of(schema, value) == []) is expected


@given(
    st.one_of(
        st.tuples(st.sampled_from([1, 2, 3, 16, 10**30]), st.integers()),
        st.tuples(
            st.sampled_from([1, 2, 5, 2.0, 0.5, 0.25]),
            st.integers(-(2**51), 2**51).map(lambda count: count / 4),
        ),
    )
)
def test_l8_multiple_of_agrees_with_jsonschema_where_floats_are_exact(
    pair: tuple[float, float],
) -> None:
    """Where binary and decimal fractions are the same, jsonschema's own multipleOf is right."""
    step, value = pair
    schema = {"multipleOf": step}

    assert compile_predicate(schema)(value) is Draft202012Validator(schema).is_valid(value)


@given(st.data())
def test_l8_infinities_are_refused_first(data: st.DataObject) -> None:
    """NaN or Infinity anywhere is one problem at its place, whatever else is wrong."""
    schema = data.draw(schemas_of_guards())
    infinite = data.draw(st.sampled_from([math.nan, math.inf, -math.inf]))
    inner = data.draw(json_documents())
    value = data.draw(st.sampled_from([infinite, [0, infinite], {**inner, "a/b": [infinite]}]))

    found = problems_of(schema, value)

    place = {float: "/v", list: "/v/1", dict: "/v/a~1b/0"}[type(value)]
    assert [(each.pointer, each.expected) for each in found] == [(place, "a finite number")]


@given(st.data())
def test_l8_predicates_and_limits_take_any_python_value(data: st.DataObject) -> None:
    """Nothing raises: NaN, huge integers, bytes, sets, whatever a caller puts in."""
    schema = data.draw(schemas_of_guards())
    strange = st.sampled_from([math.nan, math.inf, 10**5000, -(10**5000), b"x", (1,), {1, 2}, 1j])
    value = data.draw(st.one_of(strange, st.lists(strange), st.dictionaries(st.text(), strange)))

    assert compile_predicate(schema)(value) in (True, False)
    assert all(str(problem) for problem in problems_of(schema, value))


@given(st.data())
def test_l8_problems_say_what_stands_where(data: st.DataObject) -> None:
    """A problem's pointer leads to a value, or to a missing member; its words fit on a line."""
    schema = data.draw(schemas_of_guards())
    value = data.draw(near(schema) if data.draw(st.integers(0, 4)) else json_values())
    before = copy.deepcopy(value)

    for problem in problems_of(schema, value):
        assert problem.message.startswith(f"expected {problem.expected}, got ")
        assert "\n" not in str(problem)
        assert len(problem.message) - len(problem.expected or "") < 500
        path = [part.replace("~1", "/").replace("~0", "~") for part in problem.pointer.split("/")]
        holder = {"v": value}
        for part in path[1:-1]:
            holder = holder[int(part) if isinstance(holder, list) else part]
        assert isinstance(holder, dict | list)  # what stands in it, or is missing there
    assert value == before


@given(schemas_of_guards())
def test_l8_every_schema_is_described(schema: Json) -> None:
    """Whatever can be compiled can be said, in one line."""
    said = describe(schema)

    assert said != ""
    assert said.isprintable()


NATIVE: list[Json] = [
    {
        "type": "string",
        "x-size": {"multiple": 16, "max": 3840, "ratio": 3, "pixels": [655360, 8294400]},
    },
    {
        "type": "string",
        "x-size": {"multiple": 64, "min": 128, "max": 1536, "ratio": 2.5},
        "words": ["auto"],
    },
    {
        "type": "object",
        "properties": {
            "width": {"type": "integer", "minimum": 320, "maximum": 4096, "multipleOf": 16},
            "height": {"type": "integer", "minimum": 320, "maximum": 4096, "multipleOf": 16},
            "cfgScale": {"type": "number", "minimum": 1.1, "maximum": 10, "multipleOf": 0.1},
        },
        "required": ["width", "height"],
        "additionalProperties": False,
        "x-area": {"width": "width", "height": "height", "max": 4194304, "ratio": 4},
    },
    {
        "title": "an optional part beside alternatives",
        "type": "object",
        "properties": {"n": {"type": ["integer", "null"], "minimum": 1, "maximum": 10}},
        "anyOf": [
            {"properties": {"seed": {"type": "integer", "minimum": 0, "maximum": 4294967294}}},
            {
                "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 9}},
                "required": ["text"],
            },
        ],
    },
    {
        "oneOf": [
            {"type": "array", "items": {"const": 1}, "minItems": 1, "maxItems": 3},
            {"enum": ["a", None]},
        ]
    },
    {"type": "string", "pattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$", "maxLength": 20},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
]


@given(st.data())
@pytest.mark.parametrize("schema", NATIVE)
def test_strategies_draw_what_the_native_schema_accepts(schema: Json, data: st.DataObject) -> None:
    """Everything drawn from a native schema is valid under it."""
    assert validator(schema).is_valid(data.draw(from_schema(schema)))


@given(json_documents(), st.data())
def test_strategies_break_documents_without_touching_them(document: Json, data: st.DataObject) -> None:
    """A mutated object is an object, and the document it was made from is unchanged."""
    before = copy.deepcopy(document)

    assert isinstance(data.draw(mutated(document)), dict)
    assert document == before
