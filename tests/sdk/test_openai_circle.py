"""The whole way: a call of the SDK as it was captured, served by another provider, answered to the SDK that asked."""

from __future__ import annotations

import base64
from typing import Any

import pytest

import imagetx
from tests.images import content
from tests.sdk import captures

openai = pytest.importorskip("openai", reason="needs the extra `conformance`")

from tests.sdk import capture_openai  # noqa: E402 - imports the SDK
from tests.sdk.openai_client import Answered  # noqa: E402 - imports the SDK

Json = Any
PNG = content("red-64.png")
TEXT = base64.b64encode(PNG).decode()
SERVED_BY = "stability/sd3.5-large"
SERVED = imagetx.NativeResponse(200, {"content-type": "application/json"}, {"image": TEXT, "finish_reason": "SUCCESS"})
STORED = captures.load("openai", captures.versions("openai")[-1])
CASES = [case for case in capture_openai.CASES if case.name in STORED]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def asked(case: Any) -> imagetx.NativeRequest:
    return imagetx.NativeRequest.from_json(captures.expanded(STORED[case.name]["request"]))


@every_case
def test_image_comes_as_asked(case: Any) -> None:
    """As base64; as a data URL where the caller said url, or said nothing to a model for which that means url."""
    native, is_url = asked(case), case.says["response_format"] == "url"
    target = imagetx.decode_request(native).target

    out = imagetx.translate_response(SERVED, SERVED_BY, target, caller_request=native)

    (image,) = Answered().generate(out.value).data
    assert image.b64_json == (None if is_url else TEXT)
    assert image.url == (f"data:image/png;base64,{TEXT}" if is_url else None)


@pytest.mark.parametrize("case", [case for case in CASES if case.says.get("stream")], ids=lambda case: case.name)
def test_stream_comes_as_asked(case: Any) -> None:
    """Who asked for an edit is told of an edit, also where the answer did not stream."""
    native = asked(case)
    decoded = imagetx.decode_request(native)
    answer = imagetx.decode_response(SERVED, SERVED_BY, request=decoded.value).value
    encoder = imagetx.stream_encoder(decoded.target, request=native, served_by=SERVED_BY)
    events = imagetx.stream_events(answer, decoded.target).value

    wire = b"".join([*map(encoder.feed, events), encoder.close()])

    is_edit = case.says["operation"] == "edit"
    (event,) = Answered().stream(wire, edit=is_edit)
    assert encoder.headers["content-type"] == "text/event-stream"
    assert event.type == ("image_edit.completed" if is_edit else "image_generation.completed")
    assert event.b64_json == TEXT
