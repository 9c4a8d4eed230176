"""
Compiled paths do what the walks of `document` do, whatever stands there or in the way.
"""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from imagetx.document import ABSENT, get, pop, put
from imagetx.paths import getter, putter, taker

Json = Any

NAMES = st.sampled_from(["body", "a", "b"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(tuple)
MIXED = st.tuples(NAMES, st.sampled_from([0, -1]), NAMES) | st.tuples(NAMES, NAMES, st.sampled_from([0, -1]), NAMES)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.binary(max_size=3)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


@given(document=DOCUMENTS, path=PATHS | MIXED)
@example(document={"body": b""}, path=("body", "a"))
@example(document={"body": {"a": None}}, path=("body", "a"))
def test_get(document: Json, path: tuple[Any, ...]) -> None:
    """A getter gives the same value, null and ABSENT told apart."""
    assert getter(path)(document) is get(document, path)


@given(document=st.dictionaries(NAMES, DOCUMENTS, max_size=3), path=PATHS | MIXED)
@example(document={"body": {"a": {"b": 1}}}, path=("body", "a", "b"))
@example(document={"body": {"a": {"b": 1}, "b": 2}}, path=("body", "a", "b"))
def test_take(document: Json, path: tuple[Any, ...]) -> None:
    """A taker leaves the same behind, emptied containers taken along."""
    left, other = copy.deepcopy(document), copy.deepcopy(document)
    pop(left, path)
    taker(path)(other)

    assert other == left
    assert get(other, path) is ABSENT or -1 in path or 0 in path


@given(path=PATHS, value=DOCUMENTS)
def test_put(path: tuple[str, ...], value: Json) -> None:
    """A putter writes at the same place, making the containers that are missing."""
    expected: Json = {}
    put(expected, path, value)
    written: Json = {}
    putter(path)(written, value)

    assert written == expected
