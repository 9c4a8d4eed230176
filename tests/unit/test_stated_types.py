"""
The type stated beside a reference: read where it is one, else kept as it came, in a round without notes.

Dossiers of Gemini (3.2, 3.4) and Vertex (3.1): a reference is `uri` and `mime_type`, or `fileData` with `fileUri`
and `mimeType`; data is `data` and `mime_type`, or `inlineData`. What a broken message states there is its own.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import imagetx
from imagetx import NativeRequest, Target
from tests.images import text

Json = Any

FILE = "https://generativelanguage.googleapis.com/v1/files/0"
HOST = "https://generativelanguage.googleapis.com/v1beta"
DATA = text("red-64.png")
NO_TYPES: list[Json] = [[], {}, 0, False, ["image/png"], {"a": 1}]


def round_of(url: str, body: Json) -> tuple[Json, Json]:
    """Decode a Gemini request and encode it again: the document between, and the body that comes back."""
    decoded = imagetx.decode_request(NativeRequest("POST", HOST + url, {}, deepcopy(body)), "gemini")
    encoded = imagetx.encode_request(decoded.value, decoded.target)

    assert decoded.notes == ()
    assert encoded.notes == ()
    return decoded.value.model_dump(exclude_unset=True), encoded.value.body


@pytest.mark.parametrize("uri", [FILE, FILE + ".png"])
@pytest.mark.parametrize("stated", NO_TYPES, ids=repr)
def test_what_is_no_type_is_kept_beside_a_reference(uri: str, stated: Json) -> None:
    """Also where we would have written the type that the extension tells."""
    content = [{"type": "text", "text": "a fox"}, {"type": "image", "uri": uri, "mime_type": stated}]
    body = {"model": "gemini-nano-banana-2.1", "input": [{"type": "user_input", "content": content}]}

    between, again = round_of("/interactions", body)

    assert between["image"] == uri
    assert again == body


@pytest.mark.parametrize(
    "part",
    [
        {"inlineData": {"data": DATA, "mimeType": "image/png"}, "fileData": {"mimeType": "image/gif"}},
        {"inlineData": {"data": DATA, "mimeType": "image/png"}, "fileData": {"mimeType": None}},
        {"inlineData": {"mimeType": "image/gif"}, "fileData": {"fileUri": FILE, "mimeType": "image/png"}},
        {"inlineData": {"mimeType": []}, "fileData": {"fileUri": FILE, "mimeType": []}},
    ],
)
def test_a_type_without_its_source_is_kept(part: Json) -> None:
    """A type where the other form of a source would stand says nothing of the one that is there."""
    body = {"contents": [{"parts": [{"text": "a fox"}, part]}]}

    between, again = round_of("/models/gemini-nano-banana-2.1:generateContent", body)

    assert "image" in between
    assert again["contents"][-1]["parts"] == body["contents"][0]["parts"]


def test_null_beside_a_reference_is_silence() -> None:
    """As absent: the type that the extension tells is written."""
    content = [{"type": "text", "text": "a fox"}, {"type": "image", "uri": FILE + ".png", "mime_type": None}]
    body = {"model": "gemini-nano-banana-2.1", "input": [{"type": "user_input", "content": content}]}

    _, again = round_of("/interactions", body)

    assert again["input"][0]["content"][1]["mime_type"] == "image/png"


def test_another_image_takes_the_place_of_a_broken_reference() -> None:
    """What was carried beside the reference does not stand against the type of new bytes."""
    content = [{"type": "text", "text": "a fox"}, {"type": "image", "uri": FILE, "mime_type": []}]
    body = {"model": "gemini-nano-banana-2.1", "input": [{"type": "user_input", "content": content}]}
    between, _ = round_of("/interactions", body)

    target = Target("gemini", "gemini-nano-banana-2.1", surface="interactions")
    encoded = imagetx.encode_request({**between, "image": DATA}, target)

    assert encoded.value.body["input"][0]["content"][1]["mime_type"] == "image/png"
