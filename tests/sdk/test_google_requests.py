"""What google-genai sends, of three versions and both backends, decodes to what was said, and comes back as it was."""

from __future__ import annotations

from typing import Any

import pytest

import imagetx
from imagetx.canonical import document
from tests.images import expanded, pictured
from tests.normal import normal_request
from tests.sdk import captures, google_calls
from tests.sdk.marks import unmarked

genai = pytest.importorskip("google.genai", reason="needs the extra `conformance`")

from tests.sdk import capture_google  # noqa: E402 - after the skip

Json = Any
SDK = capture_google.SDK
SAID = {name: said for name, _, _, said in google_calls.calls()}
STORED = {
    f"{version} {name}": entry
    for version in captures.versions(SDK)
    for name, entry in captures.load(SDK, version).items()
}
TAKEN = [pytest.param(entry, id=name) for name, entry in STORED.items() if "refused" not in name]
REFUSED = [pytest.param(entry, id=name) for name, entry in STORED.items() if "refused" in name]


def sent(entry: Json) -> imagetx.NativeRequest:
    return imagetx.NativeRequest.from_json(expanded(entry["request"]))


@pytest.mark.parametrize("entry", TAKEN)
def test_request_is_what_was_said(entry: Json) -> None:
    """Without a hint; nothing that the SDK adds for itself (who it is, its key) is left."""
    out = imagetx.decode_request(sent(entry))

    assert unmarked(pictured(document(out.value), by_content=True)) == SAID[entry["name"]]
    assert out.lossless


@pytest.mark.parametrize("entry", TAKEN)
def test_request_comes_back(entry: Json) -> None:
    """Said again it is the same request: its URL, its headers and its body in the native normal form."""
    message = sent(entry)
    out = imagetx.decode_request(message)

    back = imagetx.encode_request(out.value, out.target)

    assert back.value.url == message.url
    assert back.value.headers.items() <= message.headers.items()
    assert body(back.dialect, back.value) == body(out.dialect, message)
    assert back.lossless
    assert back.value.credential is not None
    assert back.value.credential.headers(captures.SECRET).items() <= message.headers.items()


def body(dialect: str, message: imagetx.NativeRequest) -> Json:
    return normal_request(dialect, {"headers": {}, "body": message.body})["body"]


@pytest.mark.parametrize("entry", REFUSED)
def test_request_of_no_dialect_is_refused(entry: Json) -> None:
    """What no dialect says is told by the error that the call's case names, never by another exception."""
    with pytest.raises(getattr(imagetx, SAID[entry["name"]])):
        imagetx.decode_request(sent(entry))


def test_installed_sends_what_is_stored() -> None:
    """A new google-genai that sends otherwise is told, place by place."""
    version = captures.nearest(SDK, genai.__version__)
    made = {entry["name"]: entry for entry in capture_google.capture()}

    assert captures.drift(captures.load(SDK, version), made) == []
