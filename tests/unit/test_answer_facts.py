"""What an answer means where its provider says it oddly: redirects, and images that are missing."""

from __future__ import annotations

import pytest

import imagetx
from imagetx import NativeResponse
from imagetx.canonical import document

PNG = "iVBORw0KGgo="
OPENAI = "openai/gpt-image-2"


@pytest.mark.parametrize("target", [OPENAI, "azure/gpt-image-2", "gemini/gemini-2.5-flash-image"])
@pytest.mark.parametrize("status", [302, 307, 399])
def test_redirect_is_no_status_for_a_client(target: str, status: int) -> None:
    """Nobody followed it: the client gets the status of its category, and the provider's own comes back natively."""
    back = imagetx.decode_response(NativeResponse(status, {"location": "https://elsewhere.example/"}, b""), target)
    error = document(back.value)

    assert (error["status"], error["category"], error["native_status"]) == (500, "server_error", status)
    again = imagetx.encode_response(back.value, target)
    assert (again.value.status, again.lossless) == (status, True)
    assert imagetx.encode_response(back.value, "stability/sd3.5-large").value.status == 500


@pytest.mark.parametrize("target", [OPENAI, "recraft/recraftv4_1", "reka/any"])
@pytest.mark.parametrize("empty", [{}, {"b64_json": None, "url": None}, {"revised_prompt": "p"}])
def test_missing_image_makes_an_answer_partial(target: str, empty: dict[str, object]) -> None:
    """An item that holds no image is one that is missing, also where nobody says how many were asked for."""
    came = NativeResponse(200, {}, {"created": 1, "data": [{"b64_json": PNG}, empty]})
    said = document(imagetx.decode_response(came, target).value)

    assert said["outcome"] == "partial"
    assert [item.get("b64_json") for item in said["data"]] == [PNG, None]


def test_missing_image_is_not_said() -> None:
    """What holds no image has nothing to say in any dialect: the images go, and notes tell the rest."""
    came = NativeResponse(200, {}, {"created": 1, "data": [{}, {"b64_json": PNG}]})
    out = imagetx.translate_response(came, OPENAI, "gemini/gemini-2.5-flash-image")

    parts = out.value.body["candidates"][0]["content"]["parts"]
    assert [part["inlineData"]["data"] for part in parts] == [PNG]
    assert ("dropped", "/data/0") in [(note.kind, note.pointer) for note in out.notes]


@pytest.mark.parametrize("body", [{"data": []}, {"data": [{}, {}]}, {"data": [{"b64_json": ""}]}])
def test_no_image_at_all_is_an_error(body: dict[str, object]) -> None:
    """A success without an image is the error that says so (design.md, errors)."""
    said = document(imagetx.decode_response(NativeResponse(200, {}, body), OPENAI).value)

    assert (said["category"], said["error"]["code"]) == ("server_error", "no_image_generated")


def test_retry_info_in_a_stream() -> None:
    """A stream has no headers for an error: a rate limit of Gemini says in the error when to try again (dossier 8)."""
    gemini = "gemini/gemini-2.5-flash-image"
    encoder = imagetx.stream_encoder(gemini)
    error = {"type": "error", "error": {"message": "slow down"}, "category": "rate_limit", "retry_after_s": 34}
    written = encoder.feed(error) + encoder.close()
    decoder = imagetx.stream_decoder(gemini, headers={"content-type": "text/event-stream"})
    (back,) = (*decoder.feed(written), *decoder.close())

    assert b'{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}' in written
    assert (document(back)["category"], document(back)["retry_after_s"], encoder.notes) == ("rate_limit", 34, ())
