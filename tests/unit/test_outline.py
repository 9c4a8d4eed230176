"""What the names of a request decide of a condition is what the condition says of every request with these names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.outline import foretold
from imagetx.predicate import compile_predicate
from tests.dialects import cases

Json = Any
NAMES = ["operation", "image", "size", "stream"]
VALUES = st.sampled_from(["edit", "generate", "auto", True, 1])
requests = st.dictionaries(st.sampled_from(NAMES), VALUES)
plain = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["object", "string"]),
        "required": st.lists(st.sampled_from(NAMES), max_size=2),
        "properties": st.dictionaries(st.sampled_from(NAMES), st.booleans() | VALUES.map(lambda each: {"const": each})),
        "minProperties": st.integers(0, 2),
    },
)
conditions = st.recursive(
    st.booleans() | plain,
    lambda inner: (
        st.fixed_dictionaries({"not": inner})
        | st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)})
        | st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)})
    ),
    max_leaves=4,
)


@given(conditions, requests)
def test_agrees_with_the_condition(condition: Json, request: dict[str, Json]) -> None:
    known = {"operation": request["operation"]} if "operation" in request else {}
    verdict = foretold(condition, request.keys(), known)

    assert verdict in (None, compile_predicate(condition)(request))


@pytest.mark.parametrize(
    ("condition", "names", "expected"),
    [
        ({"required": ["image"]}, {"prompt"}, False),
        ({"required": ["image"]}, {"image"}, True),
        ({"not": {"required": ["image"]}}, {"prompt"}, True),
        ({"properties": {"size": {"const": "auto"}}}, {"prompt"}, True),
        ({"properties": {"size": {"const": "auto"}}}, {"size"}, None),
        ({"properties": {"operation": {"const": "edit"}}, "required": ["operation"]}, {"operation"}, True),
        ({"properties": {"operation": {"const": "variation"}}}, {"operation"}, False),
        ({"anyOf": [{"required": ["image"]}, {"properties": {"size": {"const": "auto"}}}]}, {"size"}, None),
        ({"anyOf": [{"required": ["image"]}, {"properties": {"size": {"const": "auto"}}}]}, {"size", "image"}, True),
        ({"allOf": [{"required": ["image"]}, {"properties": {"size": {"const": "auto"}}}]}, {"size"}, False),
        ({"minProperties": 1}, {"size"}, None),
    ],
)
def test_cases(condition: Json, names: set[str], expected: bool | None) -> None:
    assert foretold(condition, names, {"operation": "edit"} if "operation" in names else {}) is expected


def test_a_shape_is_found_out_once() -> None:
    """The same names in the same order are the same outline, whatever the values; another operation is another."""
    dialect = next(case.dialect for case in cases() if case.name == "openai/generations")
    one, two = {"prompt": "a", "n": 1, "operation": "generate"}, {"prompt": "b", "n": 7, "operation": "generate"}
    for request in (one, two):
        dialect.check(dict(request), [], [])

    assert sum(key == ("generate", "prompt", "n", "operation") for key in dialect._outlines) == 1
