"""
Keys in camelCase or snake_case are folded to what the spec writes, and nothing else is touched.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.errors import WireError
from imagetx.lines import compile_rule
from imagetx.spelling import compile_spelling, folded_words, snake
from tests.strategies import json_values

Json = Any

RULES = [
    {"from": "prompt", "to": "/body/contents/-1/fileData/mimeType"},
    {"from": ["size", "aspect_ratio", "resolution"], "to": ["/body/imageConfig/aspectRatio"], "via": "same"},
    {"from": "n", "to": "/body/n"},
]


def fold_of(**section: Json) -> Callable[[Json], Json]:
    rules = [compile_rule(RULES[0], "p"), compile_rule(RULES[2], "p")]
    words = folded_words({"spelling": "camel or snake", **section}, rules)
    fold = compile_spelling(words, frozenset(section.get("opaque", ())))
    assert fold is not None
    return fold


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("mimeType", "mime_type"),
        ("n", "n"),
        ("fileDataUri", "file_data_uri"),
        ("x2Y", "x2_y"),
        ("_a", "_a"),
        ("Abc", "Abc"),
    ],
)
def test_snake(word: str, expected: str) -> None:
    assert snake(word) == expected


def test_one_spelling_only() -> None:
    assert folded_words({}, [compile_rule(RULES[0], "p")]) == frozenset()
    assert compile_spelling(frozenset(), frozenset()) is None


def test_fold() -> None:
    """Words of the rules, of `words` and of `carries` are folded, at any depth, in lists too."""
    fold = fold_of(words=["topK"], carries=["/body/safetySettings"])
    given = {
        "file_data": [{"mime_type": 1, "fileData": 2}],
        "top_k": 3,
        "safety_settings": 4,
        "other_key": {"mime_type": 5},
    }
    expected = {
        "fileData": [{"mimeType": 1, "fileData": 2}],
        "topK": 3,
        "safetySettings": 4,
        "other_key": {"mimeType": 5},
    }

    assert fold(given) == expected


def test_words_of_conditions_and_lists() -> None:
    """Pointers within `parts` and `each` count as the spec's words."""
    parts = {"to": "/body/parts", "parts": [{"from": "prompt", "at": "/innerText", "join": ""}]}
    fold = compile_spelling(folded_words({"spelling": "camel or snake"}, [compile_rule(parts, "p")]), frozenset())

    assert fold is not None
    assert fold({"inner_text": 1}) == {"innerText": 1}


def test_opaque() -> None:
    """Objects under an opaque key keep their keys, the key itself is folded."""
    fold = fold_of(words=["userLabels"], opaque=["userLabels"])

    assert fold({"user_labels": {"mime_type": 1}, "x": {"mime_type": 1}}) == {
        "userLabels": {"mime_type": 1},
        "x": {"mimeType": 1},
    }


def test_both_spellings() -> None:
    """Where both stand, neither takes the other's place."""
    assert fold_of()({"mime_type": 1, "mimeType": 2}) == {"mime_type": 1, "mimeType": 2}
    assert fold_of()({"mimeType": 2, "mime_type": 1}) == {"mime_type": 1, "mimeType": 2}


@given(document=json_values(), key=st.sampled_from(["mime_type", "mimeType", "file_data"]))
def test_laws(document: Json, key: str) -> None:
    """Folding twice is folding once; nothing is mutated; no member is lost."""
    given = {key: document, "x": [{key: document}], "mimeType": 1}
    before = copy.deepcopy(given)
    fold = fold_of()

    folded = fold(given)

    assert given == before
    assert fold(folded) == folded
    assert len(folded) == len(given)


def test_depth() -> None:
    deep: Json = {}
    for _ in range(100_000):
        deep = {"a": [deep]}

    with pytest.raises(WireError, match="expected at most 100 levels of nesting, got more"):
        fold_of()(deep)
