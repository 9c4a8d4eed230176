"""Answers that come in pieces: what is read with each piece is bounded, and the whole is read at its end."""

from __future__ import annotations

import json

import imagetx
from imagetx.canonical import document
from imagetx.growing import beside

PNG = "iVBORw0KGgo="
GEMINI = "gemini/gemini-2.5-flash-image"


def test_beside_is_bounded() -> None:
    """However much has come, no more than 128 values are read with a piece; a value that is too large ends it."""
    many = {f"k{at}": at for at in range(10_000)}
    deep = {"a": 1, "b": {"c": many}, "d": 2}

    assert beside(many) == {f"k{at}": at for at in range(127)}
    assert beside(deep) == {"a": 1}
    assert beside(deep, {"b"}) == {"a": 1, "d": 2}
    assert beside({"a": {"b": [1, 2]}, "c": None}) == {"a": {"b": [1, 2]}, "c": None}


def test_stream_with_a_new_key_in_every_part() -> None:
    """A part says what it likes: the image is given, and every key stands in what the whole says."""
    parts = [{"candidates": [{"content": {"parts": [{"text": "a"}]}}], f"k{at}": at} for at in range(400)]
    image = {"inlineData": {"mimeType": "image/png", "data": PNG}}
    parts.append({"candidates": [{"content": {"parts": [image]}, "finishReason": "STOP"}]})
    decoder = imagetx.stream_decoder(GEMINI, headers={"content-type": "text/event-stream"})

    events = [event for part in parts for event in decoder.feed(b"data: " + json.dumps(part).encode() + b"\n\n")]
    (last,) = [document(event) for event in (*events, *decoder.close())]
    assert last["b64_json"] == PNG
    assert last["text"] == ["a" * 400]
    assert {f"k{at}": at for at in range(400)}.items() <= last["provider_metadata"]["gemini"].items()
