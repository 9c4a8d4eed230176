"""Streams of all providers, written as Google's, give google-genai the images and the errors that they have."""

from __future__ import annotations

import base64
from typing import Any

import pytest

import imagetx
from tests.conformance.test_event_schemas import streams
from tests.conformance.test_streams import decoded, encoded
from tests.images import expanded

pytest.importorskip("google.genai", reason="needs the extra `conformance`")

from google.genai import errors

from tests.sdk.google_asked import GEMINI, INTERACTIONS, VERTEX, asked

Json = Any


def heard(target: imagetx.Target, headers: Any, content: bytes) -> tuple[list[bytes], str | None]:
    """Read a stream as the SDK's user does: the images, and the message of what ended it."""
    images: list[bytes] = []
    try:
        for each in asked(target, 200, headers, content, stream=True):
            if target is INTERACTIONS and each.event_type == "error":
                return images, each.error.message
            images += delta(each) if target is INTERACTIONS else parts(each)
    except errors.APIError as error:
        return images, error.message
    return images, None


def parts(chunk: Any) -> list[bytes]:
    contents = [each.content for each in chunk.candidates or () if each.content is not None]
    found = [part for content in contents for part in content.parts or ()]
    return [part.inline_data.data for part in found if part.inline_data is not None and not part.thought]


def delta(event: Any) -> list[bytes]:
    found = getattr(event, "delta", None)
    if getattr(found, "type", None) != "image" or not found.data:
        return []
    return [base64.b64decode(found.data.replace("-", "+").replace("_", "/"))]


OWN = {"gemini/generate-content": GEMINI, "vertex/generate-content": VERTEX, "gemini/interactions": INTERACTIONS}
CUT = "The stream ended before an image was complete."
"""What we say of a stream that ends too early, where the SDK says nothing."""
OTHERS = ("openai/generations", "gemini/generate-content")
PAIRS = [*((name, name) for name in OWN), *((other, name) for other in OTHERS for name in OWN if other != name)]


def is_read(vector: Json) -> bool:
    """Say whether a native stream is one that the SDK reads: no JSON array, nothing odd, no comments."""
    events = vector.get("headers", {}).get("content-type", "").startswith("text/event-stream")
    return events and not vector.get("odd", False) and "\n:" not in f"\n{vector['text']}"


@pytest.mark.parametrize(("dialect", "name"), PAIRS)
def test_stream_is_heard(dialect: str, name: str) -> None:
    """What another provider said is an exception where it failed; a dialect's own is heard as when it was said."""
    target, wrong = OWN[name], []
    for vector in streams(dialect):
        if name == dialect and not is_read(vector):
            continue
        events = decoded(vector)
        text, encoder = encoded(map(expanded, events), target, imagetx.Target(**vector["target"]))
        finished = [event for event in events if event["type"].endswith("completed")]
        images = [base64.b64decode(expanded(event["b64_json"])) for event in finished if "b64_json" in event]
        messages = [event["error"]["message"] for event in events if event["type"] == "error"]
        expected = images, messages[0] if messages else None
        if name == dialect and CUT not in messages:
            expected = heard(target, vector.get("headers", {}), expanded(vector["text"]).encode())

        found = heard(target, encoder.headers, text.encode())

        if found != expected:
            wrong.append((vector["name"], len(found[0]), len(expected[0]), found[1], expected[1], text[:300]))

    assert wrong == []
