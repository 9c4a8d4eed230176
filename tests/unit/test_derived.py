"""Derived fields: filled where unsaid, never changed where said."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from imagetx.derived import complete_error, complete_response, seconds_of_date

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
    assert complete_error(expected) == expected


@pytest.mark.parametrize(
    ("doc", "category", "status"),
    [
        ({"error": {"code": "moderation_blocked"}}, "content_policy", 400),
        ({"error": {"code": "rate_limit_exceeded"}, "native_status": 200}, "rate_limit", 429),
        ({"error": {"code": "insufficient_quota"}, "status": 429}, "quota", 429),
        ({"error": {"code": "of_tomorrow"}, "status": 503}, "overloaded", 503),
        ({"error": {"code": "moderation_blocked"}, "category": "timeout"}, "timeout", 504),
        ({"error": {"code": 7}}, "server_error", 500),
    ],
)
def test_code_tells_the_category(doc: dict[str, Any], category: str, status: int) -> None:
    """An error event as OpenAI writes it, or as a caller does, has neither category nor status."""
    full = complete_error(doc)

    assert (full["category"], full["status"]) == (category, status)


def test_error_of_a_status() -> None:
    full = complete_error({"native_status": 404})

    assert (full["category"], full["status"], full["error"]["code"]) == ("not_found", 404, "model_not_found")


def test_native_words_of_an_error_stay() -> None:
    native = {"status": 400, "error": {"message": "m", "type": "t", "code": None, "param": "n"}}
    full = complete_error({**native, "category": "not_found"})

    assert full == {**native, "category": "not_found", "retryable": False}
