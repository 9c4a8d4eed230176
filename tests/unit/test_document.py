"""
JSON documents: pointers, places, copies, equality, and the merge of what was carried.
"""

from __future__ import annotations

import copy as library
from typing import Any

import pytest
from hypothesis import given

from imagetx.document import ABSENT, MAX_DEPTH, copy, equal, get, leaves, merge, parse_pointer, pointer_of, pop, put
from imagetx.errors import SpecError, WireError
from tests.strategies import json_documents, json_values

Json = Any

POINTERS = {
    "": (),
    "/": ("",),
    "/body/contents/-1/role": ("body", "contents", -1, "role"),
    "/images/0": ("images", 0),
    "/a~1b/~0/~01": ("a/b", "~", "~1"),
    "/1/00/-2": ("1", "00", "-2"),
}


@pytest.mark.parametrize(("text", "path"), POINTERS.items())
def test_pointer(text: str, path: tuple[str | int, ...]) -> None:
    """Only 0 and -1 are places of list items; everything else is a key (RFC 6901 for the rest)."""
    assert parse_pointer(text) == path
    assert pointer_of(path) == text


def test_no_pointer() -> None:
    with pytest.raises(SpecError, match="expected a JSON Pointer, got 'body'"):
        parse_pointer("body")


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", {"a": {"b": [1, None]}, "": 2}),
        ("/a/b", [1, None]),
        ("/a/b/0", 1),
        ("/a/b/-1", None),
        ("/", 2),
        ("/a/c", ABSENT),
        ("/a/0", ABSENT),
        ("/a/b/0/c", ABSENT),
        ("/a/b/x", ABSENT),
        ("/x/-1/y", ABSENT),
    ],
)
def test_get(pointer: str, expected: Json) -> None:
    """What is not there is ABSENT, whatever stands in the way; null is there."""
    document = {"a": {"b": [1, None]}, "": 2}

    assert get(document, parse_pointer(pointer)) == expected


@pytest.mark.parametrize(
    ("before", "pointer", "after"),
    [
        ({}, "/a", {"a": 7}),
        ({}, "/a/b/c", {"a": {"b": {"c": 7}}}),
        ({"a": {"x": 1}}, "/a/b", {"a": {"x": 1, "b": 7}}),
        ({}, "/a/-1/b", {"a": [{"b": 7}]}),
        ({"a": [{}, {"x": 1}]}, "/a/-1/b", {"a": [{}, {"x": 1, "b": 7}]}),
        ({"a": [{}, {"x": 1}]}, "/a/0/b", {"a": [{"b": 7}, {"x": 1}]}),
        ({}, "/a/0", {"a": [7]}),
        ({"a": [1, 2]}, "/a/-1", {"a": [1, 7]}),
        ({"a": None}, "/a", {"a": 7}),
    ],
)
def test_put(before: Json, pointer: str, after: Json) -> None:
    put(before, parse_pointer(pointer), 7)

    assert before == after


@pytest.mark.parametrize(
    ("before", "pointer", "value", "after"),
    [
        ({"a": 1, "b": 2}, "/a", 1, {"b": 2}),
        ({"a": {"b": {"c": 1}}}, "/a/b/c", 1, {}),
        ({"a": {"b": {"c": 1}, "d": 0}}, "/a/b/c", 1, {"a": {"d": 0}}),
        ({"a": {"b": None}}, "/a/b", None, {}),
        ({"a": [{"b": 1}]}, "/a/-1/b", 1, {}),
        ({"a": [{"b": 1, "c": 2}]}, "/a/-1/b", 1, {"a": [{"c": 2}]}),
        ({"a": [{"x": 1}, {"b": 1}]}, "/a/-1/b", 1, {"a": [{"x": 1}, {}]}),
        ({"a": [{"b": 1}, {"x": 1}]}, "/a/0/b", 1, {"a": [{}, {"x": 1}]}),
        ({"a": [5]}, "/a/0", 5, {}),
        ({"a": []}, "/a/0", ABSENT, {"a": []}),
        ({"a": 5}, "/a/b", ABSENT, {"a": 5}),
        ({"a": {"0": 5}}, "/a/0", ABSENT, {"a": {"0": 5}}),
    ],
)
def test_pop(before: Json, pointer: str, value: Json, after: Json) -> None:
    """A value goes with the containers that this empties; an item with neighbours leaves its place behind."""
    assert pop(before, parse_pointer(pointer)) == value
    assert before == after


@given(json_values(20))
def test_copy(document: Json) -> None:
    """Containers are new ones, all of them; the strings in them are the same."""
    twin = copy(document)

    assert twin == document
    for (path, value), (_, other) in zip(leaves(document), leaves(twin), strict=True):
        assert path is not None
        assert (value is other) == (not isinstance(value, dict | list))


def nested(depth: int) -> Json:
    document: Json = 1
    for _ in range(depth):
        document = [document]
    return document


def test_depth() -> None:
    assert copy(nested(MAX_DEPTH)) == nested(MAX_DEPTH)
    for deep in (nested(MAX_DEPTH + 1), {"a": nested(MAX_DEPTH)}, nested(100_000)):
        with pytest.raises(WireError, match="expected at most 100 levels of nesting, got more"):
            copy(deep)


UNEQUAL = [(1, True), (0, False), (1.0, True), ("1", 1), (None, False), (None, 0), ("", None), (b"a", "a"), ([], {})]


@pytest.mark.parametrize(("left", "right"), UNEQUAL)
def test_unequal(left: Json, right: Json) -> None:
    for one, other in ((left, right), (right, left)):
        assert not equal(one, other)
        assert not equal([one], [other])
        assert not equal({"a": {"b": one}}, {"a": {"b": other}})


def test_equal() -> None:
    assert equal(1, 1.0)
    assert equal({"a": 1, "b": [0.0]}, {"b": [0], "a": 1.0})
    assert not equal([1, 2], [2, 1])
    assert not equal({"a": 1}, {"a": 1, "b": None})
    assert not equal([1], [1, 1])
    assert equal(ABSENT, ABSENT)
    assert not equal(ABSENT, None)


@given(json_values(), json_values())
def test_equality_is_of_json(left: Json, right: Json) -> None:
    """Equal to a copy; and where equal, Python finds it equal too."""
    assert equal(left, library.deepcopy(left))
    assert equal(left, right) == equal(right, left)
    assert not equal(left, right) or left == right


LISTS = {("body", "contents"): -1, ("body", "prompts"): 0}


@pytest.mark.parametrize(
    ("mine", "carried", "expected"),
    [
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": [1]}, {"a": [2, 3]}, {"a": [2, 3]}),
        ({"contents": [{"x": 1}]}, {"contents": [{"p": 0}, {}]}, {"contents": [{"p": 0}, {"x": 1}]}),
        ({"contents": [{"x": 1}]}, {"contents": [{"p": 0}, {"y": 2}]}, {"contents": [{"p": 0}, {"x": 1, "y": 2}]}),
        ({"prompts": [{"x": 1}]}, {"prompts": [{}, {"p": 0}]}, {"prompts": [{"x": 1}, {"p": 0}]}),
        ({"contents": [{"x": 1}]}, {"contents": []}, {"contents": [{"x": 1}]}),
        ({"contents": [{"x": 1}]}, {"contents": [{"p": 0}, 5]}, {"contents": [{"p": 0}, {"x": 1}]}),
        ({}, {"contents": [{}, 5]}, {"contents": [{}, 5]}),
    ],
)
def test_merge(mine: Json, carried: Json, expected: Json) -> None:
    """Objects are merged deeply, our item of a list keeps its neighbours, anything else stands as carried."""
    before, out = library.deepcopy(carried), {"body": mine}

    merge(out, {"body": carried}, LISTS)

    assert out == {"body": expected}
    assert carried == before


@given(json_documents())
def test_leaves(document: Json) -> None:
    """The leaves are a document's values with their places, empty objects among them."""
    again: Json = {}
    for path, value in leaves(document):
        if path:
            put(again, path, value)

    assert again == document
