"""Derived fields: filled where unsaid, and taken out only where they would be filled again."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.derived import (
    DERIVED,
    DERIVED_OF_ERROR,
    bare_error,
    bare_response,
    complete_error,
    complete_response,
    seconds_of_date,
)
from imagetx.words import CATEGORIES

PNG, JPEG, OTHER = "iVBORw0KGgo=", "/9j/4A==", "AAAA"


def item(data: str, index: int, **members: Any) -> dict[str, Any]:
    return {"b64_json": data, "index": index, "finish_reason": "stop", **members}


RESPONSES = [
    (  # DALL-E, Nova: nothing but the image
        {"data": [{"b64_json": PNG}]},
        {"created": 0, "outcome": "complete", "data": [item(PNG, 0, mime_type="image/png")]},
    ),
    (  # GPT image says the format
        {"created": 5, "output_format": "webp", "data": [{"b64_json": OTHER}]},
        {
            "created": 5,
            "output_format": "webp",
            "outcome": "complete",
            "data": [item(OTHER, 0, mime_type="image/webp")],
        },
    ),
    (  # Gemini says the media type
        {"data": [{"b64_json": OTHER, "mime_type": "image/jpeg"}]},
        {
            "created": 0,
            "output_format": "jpeg",
            "outcome": "complete",
            "data": [item(OTHER, 0, mime_type="image/jpeg")],
        },
    ),
    (
        {"data": [{"b64_json": PNG, "mime_type": "image/png"}, {"b64_json": JPEG, "mime_type": "image/jpeg"}]},
        {
            "created": 0,
            "outcome": "complete",
            "data": [item(PNG, 0, mime_type="image/png"), item(JPEG, 1, mime_type="image/jpeg")],
        },
    ),
    (
        {"data": [{"url": "https://a/b"}], "usage": {"input_tokens": 2, "output_tokens": 3}},
        {
            "created": 0,
            "outcome": "complete",
            "data": [{"url": "https://a/b", "index": 0, "finish_reason": "stop"}],
            "usage": {"input_tokens": 2, "output_tokens": 3, "total_tokens": 5},
        },
    ),
]


@pytest.mark.parametrize(("bare", "full"), RESPONSES)
def test_complete_response(bare: dict[str, Any], full: dict[str, Any]) -> None:
    given_doc = copy.deepcopy(bare)

    assert complete_response(bare) == full
    assert bare == given_doc


@pytest.mark.parametrize(
    ("bare", "full", "says"),
    [(*pair, set()) for pair in RESPONSES if "mime_type" not in str(pair[0])]
    + [(*pair, {"mime_type"}) for pair in RESPONSES if "mime_type" in str(pair[0])],
)
def test_bare_response(bare: dict[str, Any], full: dict[str, Any], says: set[str]) -> None:
    assert bare_response(full, says=says) == bare


def test_format_and_media_type_follow_from_each_other() -> None:
    full = complete_response({"data": [{"b64_json": PNG, "mime_type": "image/png"}]})

    assert bare_response(full) == {"output_format": "png", "data": [{"b64_json": PNG}]}
    assert bare_response(full, says={"output_format"}) == bare_response(full)
    assert bare_response(full, says=DERIVED) == full


@pytest.mark.parametrize(
    ("doc", "asked", "expected"),
    [
        ({"data": [{}]}, None, "complete"),
        ({"data": [{}]}, {"n": 2}, "partial"),
        ({"data": [{}, {}]}, {"n": 2}, "complete"),
        ({"data": [{}]}, {}, "complete"),
        ({"data": [{}], "filtered": [{"reason": "r"}]}, None, "partial"),
        ({"data": [{"finish_reason": "content_filter"}, {}]}, None, "partial"),
        ({"data": [{"finish_reason": "content_filter"}]}, None, "filtered"),
        ({"data": [], "drafts": [{}]}, {}, "partial"),
        ({"data": [{}], "outcome": "partial"}, None, "partial"),
    ],
)
def test_outcome(doc: dict[str, Any], asked: dict[str, Any] | None, expected: str) -> None:
    assert complete_response(doc, asked=asked)["outcome"] == expected


def test_created() -> None:
    date = "Sun, 22 Nov 2026 08:49:37 GMT"

    assert complete_response({"created": 7}, created=8, date=date)["created"] == 7
    assert complete_response({}, created=8, date=date)["created"] == 8
    assert complete_response({}, date=date)["created"] == 1795337377
    assert complete_response({})["created"] == 0


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 01 Jan 1970 00:00:01 GMT", 1),
        ("Tue, 29 Feb 2028 23:59:59 GMT", 1835481599),
        ("Mon, 31 Feb 2028 23:59:59 GMT", 0),
        ("Mon, 01 Foo 2028 23:59:59 GMT", 0),
        ("2026-11-22", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_date(date: str | None, expected: int) -> None:
    assert seconds_of_date(date) == expected


def test_total_only_of_both_parts() -> None:
    assert complete_response({"usage": {"input_tokens": 1}})["usage"] == {"input_tokens": 1}
    assert complete_response({"usage": {"input_tokens": 1, "output_tokens": 0, "total_tokens": 9}})["usage"] == {
        "input_tokens": 1,
        "output_tokens": 0,
        "total_tokens": 9,
    }


def test_error_of_a_category() -> None:
    expected = {
        "status": 429,
        "error": {"message": "slow", "type": "rate_limit_error", "code": "rate_limit_exceeded", "param": None},
        "category": "rate_limit",
        "retryable": True,
    }
    bare = {"category": "rate_limit", "error": {"message": "slow"}}

    assert complete_error(bare) == expected
    assert bare_error(expected) == bare


def test_error_of_a_status() -> None:
    full = complete_error({"native_status": 404})

    assert (full["category"], full["status"], full["error"]["code"]) == ("not_found", 404, "model_not_found")


def test_native_words_of_an_error_stay() -> None:
    native = {"status": 400, "error": {"message": "m", "type": "t", "code": None, "param": "n"}}
    full = complete_error({**native, "category": "not_found"})

    assert full == {**native, "category": "not_found", "retryable": False}
    assert bare_error(full) == {
        "category": "not_found",
        "status": 400,
        "error": {"message": "m", "type": "t", "code": None, "param": "n"},
    }
    assert bare_error(full, says=DERIVED_OF_ERROR) == full


# Laws -----------------------------------------------------------------------------------------

odd = st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "png", "stop", "image/png", "x"])


def members(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={key: value | odd for key, value in known.items()})


mimes = st.sampled_from(["image/png", "image/jpeg", "image/webp", "image/heic"])
items = members(
    b64_json=st.sampled_from([PNG, JPEG, OTHER]),
    mime_type=mimes,
    index=st.integers(0, 2),
    finish_reason=st.sampled_from(["stop", "content_filter"]),
    seed=st.integers(0, 5),
)
responses = members(
    created=st.integers(0, 2),
    data=st.lists(items | odd, max_size=3),
    output_format=st.sampled_from(["png", "jpeg", "webp"]),
    outcome=st.sampled_from(["complete", "partial", "filtered"]),
    filtered=st.lists(st.just({"reason": "r"}), max_size=1),
    usage=members(input_tokens=st.integers(0, 3), output_tokens=st.integers(0, 3), total_tokens=st.integers(0, 6)),
)
codes = st.sampled_from([category.code for category in CATEGORIES.values()])
types = st.sampled_from([category.type for category in CATEGORIES.values()])
errors = members(
    status=st.sampled_from([200, 400, 401, 404, 429, 500, 503]),
    native_status=st.sampled_from([400, 500]),
    category=st.sampled_from([*CATEGORIES, "new_word"]),
    retryable=st.booleans(),
    error=members(message=st.just("m"), type=types, code=codes, param=st.just("n")),
)
asks = st.none() | members(n=st.integers(1, 3))
says_of_response = st.sets(st.sampled_from(sorted(DERIVED)))
says_of_error = st.sets(st.sampled_from(sorted(DERIVED_OF_ERROR)))


def same(left: Any, right: Any) -> bool:
    """JSON equality: true is not 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)


def within(part: Any, whole: Any) -> bool:
    """Everything that part says, whole says too."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and within(value, whole[key]) for key, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(within, part, whole))
    return same(part, whole)


@given(responses, asks, says_of_response)
def test_bare_response_loses_nothing(doc: dict[str, Any], asked: dict[str, Any] | None, says: set[str]) -> None:
    bare = bare_response(doc, says=says, asked=asked)

    assert within(bare, doc)
    assert within(doc, complete_response(bare, asked=asked))
    assert same(bare_response(bare, says=says, asked=asked), bare)


@given(responses, asks)
def test_complete_response_undoes_bare(doc: dict[str, Any], asked: dict[str, Any] | None) -> None:
    full = complete_response(doc, asked=asked)

    assert within(doc, full)
    assert same(complete_response(bare_response(full, asked=asked), asked=asked), full)


@given(errors, says_of_error)
def test_bare_error_loses_nothing(doc: dict[str, Any], says: set[str]) -> None:
    full = complete_error(doc)
    bare = bare_error(full, says=says)

    assert within(bare, full)
    assert same(complete_error(bare), full)
    assert same(bare_error(bare, says=says), bare)
