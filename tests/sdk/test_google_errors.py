"""Our errors and streams as Gemini and Vertex AI are, for google-genai, the exceptions and chunks they should be."""

from __future__ import annotations

from typing import Any

import pytest

import imagetx
from tests.images import expanded

pytest.importorskip("google.genai", reason="needs the extra `conformance`")

from google.genai import errors

from tests.sdk.google_asked import GEMINI, INTERACTIONS, PREDICT, VERTEX, answered, asked, dumped

Json = Any
IMAGE = {"data": "{{red-64.png}}", "mime_type": "image/png"}


# Errors ---------------------------------------------------------------------------------------

CATEGORIES = {
    "invalid_request": (errors.ClientError, 400, "INVALID_ARGUMENT"),
    "content_policy": (errors.ClientError, 400, "INVALID_ARGUMENT"),
    "permission": (errors.ClientError, 403, "PERMISSION_DENIED"),
    "not_found": (errors.ClientError, 404, "NOT_FOUND"),
    "rate_limit": (errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
    "quota": (errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
    "timeout": (errors.ServerError, 504, "DEADLINE_EXCEEDED"),
    "overloaded": (errors.ServerError, 503, "UNAVAILABLE"),
    "server_error": (errors.ServerError, 500, "INTERNAL"),
}
KEY_OF = {"gemini": (400, "INVALID_ARGUMENT"), "vertex": (401, "UNAUTHENTICATED")}


def error(category: str) -> Json:
    """Make an error as a caller of ours would: the category decides, not what the status says."""
    said = {"message": "no fox", "type": "x", "code": "x", "param": None}
    return {"status": 400, "error": said, "category": category, "retryable": False}


@pytest.mark.parametrize("target", [GEMINI, VERTEX, PREDICT], ids=["gemini", "vertex", "predict"])
@pytest.mark.parametrize("category", [*CATEGORIES, "authentication"])
def test_error_is_an_exception(category: str, target: imagetx.Target) -> None:
    """Its class, code, status and message are those that Google's own error of the kind has (dossiers 6)."""
    kind, code, status = CATEGORIES.get(category, (errors.ClientError, *KEY_OF[target.provider]))

    with pytest.raises(errors.APIError) as caught:
        answered(error(category), target)

    found = caught.value
    assert (type(found), found.code, found.status, found.message) == (kind, code, status, "no fox")


def test_wrong_key_is_told_as_google_tells_it() -> None:
    """A key that is wrong is a 400 of Gemini's; only the reason in its details says what it is."""
    with pytest.raises(errors.ClientError) as caught:
        answered(error("authentication"), GEMINI)

    (detail,) = caught.value.details["error"]["details"]
    assert detail["reason"] == "API_KEY_INVALID"


OTHERS = {
    "openai/gpt-image-2": (
        400,
        {},
        {
            "error": {
                "message": "no",
                "type": "image_generation_user_error",
                "code": "moderation_blocked",
                "param": None,
            }
        },
        (errors.ClientError, 400, "INVALID_ARGUMENT", "no"),
    ),
    "stability/sd3.5-large": (
        429,
        {"retry-after": "7"},
        {"id": "1", "name": "rate_limit_exceeded", "errors": ["slow"]},
        (errors.ClientError, 429, "RESOURCE_EXHAUSTED", "slow"),
    ),
    "bedrock/amazon.nova-canvas-v1:0": (
        503,
        {"x-amzn-errortype": "ServiceUnavailableException"},
        {"message": "too many"},
        (errors.ServerError, 503, "UNAVAILABLE", "too many"),
    ),
}


@pytest.mark.parametrize("target", [GEMINI, VERTEX], ids=["gemini", "vertex"])
@pytest.mark.parametrize("served_by", OTHERS)
def test_error_of_another_is_an_exception(served_by: str, target: imagetx.Target) -> None:
    status, headers, body, expected = OTHERS[served_by]

    out = imagetx.translate_response(imagetx.NativeResponse(status, headers, body), served_by, target).value
    with pytest.raises(errors.APIError) as caught:
        asked(target, out.status, out.headers, out.content())

    found = caught.value
    assert (type(found), found.code, found.status, found.message) == expected
    assert found.response.headers.get("retry-after") == headers.get("retry-after")


@pytest.mark.parametrize(
    ("category", "name", "code"),
    [
        ("invalid_request", "BadRequestError", 400),
        ("permission", "PermissionDeniedError", 403),
        ("not_found", "NotFoundError", 404),
    ],
)
def test_error_of_interactions_is_an_exception(category: str, name: str, code: int) -> None:
    """Those that its client would retry are left out: it sleeps between."""
    with pytest.raises(Exception, match="no fox") as caught:
        answered(error(category), INTERACTIONS)

    assert (type(caught.value).__name__, caught.value.status_code) == (name, code)


# Streams --------------------------------------------------------------------------------------

USAGE = {"input_tokens": 9, "output_tokens": 1120, "total_tokens": 1129}
COMPLETED = {
    "type": "image_generation.completed",
    "b64_json": "{{red-64.png}}",
    "created_at": 1795168800,
    "output_format": "png",
    "usage": USAGE,
}
PARTIAL = {**COMPLETED, "type": "image_generation.partial_image", "partial_image_index": 0}
SPENT = {"prompt_token_count": 9, "candidates_token_count": 1120, "total_token_count": 1129}


def streamed(events: list[Json], target: imagetx.Target) -> list[Json]:
    encoder = imagetx.stream_encoder(target)
    content = b"".join(encoder.feed(expanded(event)) for event in events) + encoder.close()
    return list(asked(target, 200, encoder.headers, content, stream=True))


@pytest.mark.parametrize("target", [GEMINI, VERTEX], ids=["gemini", "vertex"])
def test_stream_is_chunks(target: imagetx.Target) -> None:
    """An image a chunk, then why it ended and what was used; unfinished images are not for this dialect."""
    image = {"content": {"role": "model", "parts": [{"inline_data": IMAGE}]}, "index": 0}
    more = {"create_time": "2026-11-20T10:00:00+00:00"} if target is VERTEX else {}
    expected = [
        {"candidates": [image], **more},
        {"candidates": [{"finish_reason": "STOP", "index": 0}], "usage_metadata": SPENT},
    ]

    assert [dumped(chunk) for chunk in streamed([PARTIAL, COMPLETED], target)] == expected


def test_stream_of_interactions_is_events() -> None:
    expected = ["interaction.created", "step.start", "step.delta", "step.stop", "interaction.completed"]

    found = streamed([PARTIAL, COMPLETED], INTERACTIONS)

    assert [event.event_type for event in found] == expected
    assert dumped(found[2])["delta"] == {"type": "image", **IMAGE}
    assert dumped(found[4])["interaction"]["usage"]["total_tokens"] == 1129


@pytest.mark.parametrize("target", [GEMINI, VERTEX], ids=["gemini", "vertex"])
@pytest.mark.parametrize("before", [[], [COMPLETED]], ids=["at once", "after an image"])
def test_error_in_a_stream_is_an_exception(before: list[Json], target: imagetx.Target) -> None:
    refused = {"type": "error", **error("rate_limit"), "status": 429}

    with pytest.raises(errors.ClientError) as caught:
        streamed([*before, refused], target)

    assert (caught.value.code, caught.value.status, caught.value.message) == (429, "RESOURCE_EXHAUSTED", "no fox")


@pytest.mark.parametrize("target", [GEMINI, VERTEX], ids=["gemini", "vertex"])
def test_error_of_openai_in_a_stream_is_told_by_its_code(target: imagetx.Target) -> None:
    """As a caller makes it of the SDK's own event: what was blocked is no failure of the server, to be tried again."""
    said = {"message": "no fox", "type": "image_generation_user_error", "code": "moderation_blocked", "param": None}

    with pytest.raises(errors.ClientError) as caught:
        streamed([{"type": "error", "error": said}], target)

    assert (caught.value.code, caught.value.message) == (400, "no fox")
