"""
Lists of parts and parallel columns, case by case; their laws are in tests/laws/test_lists.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx.errors import RequestError
from tests.laws.test_lists import encode, record_of

Json = Any

PARTS: Json = [
    {"text": "Put"},
    {"data": "AA==", "thought": True, "mark": 1},
    {"text": "hat on"},
    {"call": {"name": "x"}},
]


def parts_of(native: Json) -> Json:
    return native["body"]["contents"][-1]["parts"]


def test_skeleton() -> None:
    """One entry for each native item; no text and no base64 is copied into it."""
    expected = [{"@": "prompt", "@length": 3}, {"@": "drafts", "mark": 1}, {"@": "prompt", "@length": 6}, PARTS[3]]

    canonical, rest = record_of("parts").decode({"body": {"contents": [{"parts": PARTS}]}})

    assert canonical == {"prompt": "Put\nhat on", "drafts": [{"b64_json": "AA=="}]}
    assert parts_of(rest) == expected


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        ({"prompt": "New"}, [{"text": "New"}, *PARTS[1::2]]),
        ({"drafts": []}, [PARTS[0], *PARTS[2:]]),
        ({"drafts": [{"b64_json": "AA=="}, {"b64_json": "BB=="}]}, [*PARTS, {"data": "BB==", "thought": True}]),
        ({"text": ["n"]}, [*PARTS, {"note": "n"}]),
    ],
)
def test_edited(edited: Json, expected: Json) -> None:
    """An edited prompt stands whole in its first place, items taken out vanish, new ones follow."""
    record = record_of("parts")
    canonical, rest = record.decode({"body": {"contents": [{"parts": PARTS}]}})

    again, notes = encode(record, {**canonical, **edited}, rest)

    assert parts_of(again) == expected
    assert notes == []


def test_turns_before_ours() -> None:
    record = record_of("parts")
    native = {"body": {"contents": [{"parts": PARTS}, {"parts": [{"text": "b"}]}]}}

    canonical, rest = record.decode(native)

    assert canonical == {"prompt": "b"}
    assert encode(record, {"prompt": "c"}, rest)[0]["body"]["contents"] == [
        {"parts": PARTS},
        {"parts": [{"text": "c"}]},
    ]


def test_carried_text_in_our_place() -> None:
    """What is carried of an item cannot take the place of its text."""
    carried = {"body": {"contents": [{"parts": [{"@": "prompt", "text": "other"}]}]}}

    with pytest.raises(RequestError, match=r"got .*other.* from provider_options - at /text"):
        encode(record_of("parts"), {"prompt": "mine"}, carried)


@pytest.mark.parametrize(
    ("columns", "data", "left"),
    [
        (
            {"images": ["a", "b"], "seeds": [1, None]},
            [{"b64_json": "a", "seed": 1}, {"b64_json": "b"}],
            {},
        ),
        ({"images": ["a", "b"], "seeds": [1]}, [{"b64_json": "a"}, {"b64_json": "b"}], {"seeds": [1]}),
        ({"images": ["a"], "reasons": ["?"]}, [{"b64_json": "a"}], {"reasons": ["?"]}),
        ({"images": [], "seeds": [1]}, None, {"images": [], "seeds": [1]}),
        ({"seeds": [1]}, None, {"seeds": [1]}),
    ],
)
def test_columns(columns: Json, data: Json, left: Json) -> None:
    """Columns of another length, or with what has no word, stay as they came."""
    canonical, rest = record_of("columns").decode({"body": {"all": columns}})

    assert canonical == ({} if data is None else {"data": data})
    assert rest == ({"body": {"all": left}} if left else {})


@pytest.mark.parametrize(
    ("kind", "canonical", "expected"),
    [
        ("objects", {"data": [5]}, "expected an object, got 5 - at /data/0"),
        ("columns", {"data": [{}, "a"]}, 'expected an object, got "a" - at /data/1'),
        ("parts", {"drafts": [None]}, "expected an object, got null - at /drafts/0"),
        ("parts", {"text": 5}, "expected a list, got 5 - at /text"),
        ("parts", {"text": [{}]}, "expected a text, got {} - at /text/0"),
        ("parts", {"prompt": ["a"]}, 'expected a text, got ["a"] - at /prompt'),
    ],
)
def test_wrong_type(kind: str, canonical: Json, expected: str) -> None:
    with pytest.raises(RequestError) as caught:
        encode(record_of(kind), canonical)

    assert str(caught.value) == expected
