"""What the OpenAI SDK sends is read as what was passed to it, and is written again as it came."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

import imagetx
from imagetx.canonical import document
from imagetx.document import equal
from tests.dialects import from_message, native_schema
from tests.images import pictured
from tests.normal import normal_request
from tests.sdk import captures

openai = pytest.importorskip("openai", reason="needs the extra `conformance`")

from tests.sdk import capture_openai  # noqa: E402 - imports the SDK

Json = Any
CASES = {case.name: case for case in capture_openai.CASES}
STORED = {version: captures.load("openai", version) for version in captures.versions("openai")}
every_capture = pytest.mark.parametrize(
    ("version", "name"),
    [pytest.param(version, name, id=f"{version}::{name}") for version, found in STORED.items() for name in found],
)
callable_now = [case for case in capture_openai.CASES if capture_openai.can_be_called(case)]


def request_of(version: str, name: str) -> imagetx.NativeRequest:
    return imagetx.NativeRequest.from_json(captures.expanded(STORED[version][name]["request"]))


def said(translation: Any) -> Json:
    return pictured(document(translation.value), by_content=True)


@every_capture
def test_decodes_to_what_was_passed(version: str, name: str) -> None:
    """Without a hint whose it is."""
    case = CASES[name]

    out = imagetx.decode_request(request_of(version, name))

    assert out.dialect == case.dialect
    assert said(out) == pictured(dict(case.says), by_content=True)
    assert tuple(f"{note.kind} {note.pointer}" for note in out.notes) == case.notes


@every_capture
def test_is_written_as_it_came(version: str, name: str) -> None:
    """L3 on traffic that nobody here wrote: the native normal form, and no loss."""
    case, native = CASES[name], request_of(version, name)
    decoded = imagetx.decode_request(native)

    out = imagetx.encode_request(decoded.value, decoded.target)

    assert sorted_query(out.value.url) == sorted_query(case.sent or native.url)
    found, expected = (native_document(case.dialect, each) for each in (out.value, sent_without_client(case, native)))
    assert equal(found, normal_request(case.dialect, expected))
    assert out.lossless


def sorted_query(url: str) -> tuple[str, list[tuple[str, str]]]:
    start, _, query = url.partition("?")
    return start, sorted(parse_qsl(query))


def native_document(dialect: str, native: imagetx.NativeRequest) -> Json:
    """Read a message as the native schema's object; what stands before the endpoint's own path is compared apart."""
    parts = urlsplit(native.url)
    own = urlsplit(native_schema(dialect)["endpoint"]).path.count("/")
    path = "/".join(["", *parts.path.split("/")[-own:]])
    url = parts._replace(path=path).geturl()
    return from_message(dialect, imagetx.NativeRequest(native.method, url, native.headers, native.body))


def sent_without_client(case: Any, native: imagetx.NativeRequest) -> imagetx.NativeRequest:
    """Leave out the headers that speak of credential, client and connection: by hand, what design.md says of them."""
    gone = ("authorization", "api-key", "host", "connection", "user-agent", "content-type")
    kept = {name: text for name, text in native.headers.items() if name not in gone and "stainless" not in name}
    _, body = native.document()
    return imagetx.NativeRequest(native.method, case.sent or native.url, kept, body)


@pytest.mark.parametrize("case", callable_now, ids=lambda case: case.name)
def test_wire_has_not_drifted(case: Any) -> None:
    """What is sent now is what is stored of this version, or of the one before; its bytes say what the parts say."""
    stored = STORED[captures.nearest("openai", capture_openai.VERSION)][case.name]
    sent = capture_openai.sent(case)

    now = captures.from_httpx(sent, capture_openai.VERSION)
    raw = imagetx.NativeRequest(sent.method, str(sent.url), dict(sent.headers), sent.content)

    drift = captures.drift({case.name: stored["request"]}, {case.name: now})
    assert drift == [], "the wire has changed: read it, then python -m tests.sdk.capture_openai"
    assert stored["passed"] == dict(case.passed)
    assert said(imagetx.decode_request(raw)) == pictured(dict(case.says), by_content=True)


@pytest.mark.parametrize("given", [{}, {"model": None}], ids=["absent", "null"])
def test_generate_without_a_model_is_told(given: Json) -> None:
    """The SDK lets it pass; no default is documented any more (openai.md 3.1, 10.9), so nothing is guessed."""
    case = replace(CASES["async"], client="OpenAI", passed={"prompt": "An owl", **given})
    sent = capture_openai.sent(case)

    with pytest.raises(imagetx.WireError) as caught:
        imagetx.decode_request(imagetx.NativeRequest(sent.method, str(sent.url), dict(sent.headers), sent.content))

    assert "/body/model" in [problem.pointer for problem in caught.value.problems]


@pytest.mark.parametrize("method", ["generate", "edit", "create_variation"])
def test_every_parameter_is_passed_once(method: str) -> None:
    """Also with an SDK that has new ones: they are told here, and in test_openai_drift.py."""
    known = set(inspect.signature(getattr(openai.resources.images.Images, method)).parameters) - {"self"}
    passed = {name for case in callable_now if case.call.endswith(method) for name in case.passed}

    assert known - passed - {"extra_body", "extra_headers", "extra_query", "timeout"} == set()


def test_each_case_is_stored() -> None:
    """A case that no version was captured with, or a capture without a case, judges nothing."""
    assert {name for found in STORED.values() for name in found} == set(CASES)
    assert len(CASES) == len(capture_openai.CASES)
