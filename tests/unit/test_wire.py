"""Messages: checked when made, rendered when asked, the same after their JSON form."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from imagetx.errors import RequestError, WireError
from imagetx.wire import Credential, Headers, NativeRequest, NativeResponse, Part

URL = "https://api.example.org/v1/images"
PARTS = (Part("prompt", "é"), Part("image", b"\x89PNG", "a.png", "image/png"))
JSON_TYPE = {"content-type": "application/json"}
WEBP = b"RIFF\x1a\x00\x00\x00WEBP"


def test_json_request() -> None:
    request = NativeRequest("post", URL, {"Accept": "*/*"}, {"prompt": "é", "seed": 0, "user": None})

    assert request.method == "POST"
    assert request.headers == {"accept": "*/*", "content-type": "application/json"}
    assert request.content() == '{"prompt":"é","seed":0,"user":null}'.encode()
    assert request.document() == ("json", {"prompt": "é", "seed": 0, "user": None})


def test_stated_content_type_stays() -> None:
    assert NativeRequest("POST", URL, {"Content-Type": "application/x+json"}, {}).headers == {
        "content-type": "application/x+json"
    }


def test_form_request() -> None:
    request = NativeRequest("POST", URL, {}, PARTS)
    received = NativeRequest("POST", URL, request.headers, request.content())

    assert request.headers["content-type"].startswith("multipart/form-data; boundary=imagetx-")
    assert request == NativeRequest("POST", URL, {"content-type": "multipart/form-data"}, PARTS)
    assert request.document() == received.document() == ("form", PARTS)


def test_with_boundary() -> None:
    request = NativeRequest("POST", URL, {"accept": "*/*"}, PARTS, Credential("none"), 60)
    other = request.with_boundary("X B")

    assert other.headers == {"accept": "*/*", "content-type": 'multipart/form-data; boundary="X B"'}
    assert other.content().startswith(b"--X B\r\n")
    assert (other.credential, other.timeout_s) == (Credential("none"), 60)
    assert NativeRequest("POST", URL, other.headers, other.content()).document() == ("form", PARTS)
    for bad in ("", "PNG", "a\r\n"):
        with pytest.raises(RequestError):
            request.with_boundary(bad)
    with pytest.raises(RequestError):
        NativeRequest("POST", URL, {}, {}).with_boundary("XB")


BODIES: list[tuple[Any, dict[str, str], bytes, tuple[str, Any]]] = [
    (None, {}, b"", ("none", None)),
    (b"", {}, b"", ("none", None)),
    (b'{"a":1}', {}, b'{"a":1}', ("json", {"a": 1})),
    (b'{"a":1}', JSON_TYPE, b'{"a":1}', ("json", {"a": 1})),
    (b"hello", {}, b"hello", ("text", "hello")),
    (b"\xff", {}, b"\xff", ("bytes", b"\xff")),
    (bytearray(b"\xff"), {}, b"\xff", ("bytes", b"\xff")),
    ("text", {}, b'"text"', ("json", "text")),
    ([1], {}, b"[1]", ("json", [1])),
    (False, {}, b"false", ("json", False)),
]


@pytest.mark.parametrize(("body", "headers", "content", "document"), BODIES)
def test_request_bodies(body: Any, headers: dict[str, str], content: bytes, document: tuple[str, Any]) -> None:
    request = NativeRequest("POST", URL, headers, body)

    assert request.content() == content
    assert request.document() == document


@pytest.mark.parametrize("body", [b"{", b'{"a":NaN}', b'{"a":1e999}', b"[" * 300, b'{"a":"\xff"}', b'"\\ud800"'])
def test_malformed_json_request(body: bytes) -> None:
    with pytest.raises(WireError, match=r"JSON|finite"):
        NativeRequest("POST", URL, JSON_TYPE, body).document()


def test_duplicate_keys_and_byte_order_mark() -> None:
    assert NativeRequest("POST", URL, JSON_TYPE, b'\xef\xbb\xbf{"a":1,"a":2}').document() == ("json", {"a": 2})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"a": [float("inf")]}, "a finite number, got inf - at /a/0"),
        ({"a/b": {1: 2}}, "a key that is text, got 1 - at /a~1b"),
        ({"a": {1}}, 'a JSON value, got "set" - at /a'),
        ({"a": b"x"}, 'a JSON value, got "bytes" - at /a'),
        ({"a": "\ud800"}, "no text"),
    ],
)
def test_json_that_cannot_be_said(body: Any, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        NativeRequest("POST", URL, {}, body).content()


def test_json_too_deep() -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]

    with pytest.raises(RequestError, match="at most 200 deep"):
        NativeRequest("POST", URL, {}, deep).content()


MALFORMED: list[tuple[tuple[Any, ...], str]] = [
    (("PO ST", URL), "at /method"),
    ((1, URL), "at /method"),
    (([], URL), "at /method"),
    (("POST", ""), "at /url"),
    (("POST", "https://a/b c"), "at /url"),
    (("POST", "https://a/b\r\nx"), "at /url"),
    (("POST", b"https://a"), "at /url"),
    (("POST", URL, {"a\r\nb": "x"}), "at /headers"),
    (("POST", URL, {"": "x"}), "at /headers"),
    (("POST", URL, {"é": "x"}), "at /headers"),
    (("POST", URL, {"a": "x\r\nevil: y"}), "at /headers/a"),
    (("POST", URL, {"accept": "x\x00"}), "at /headers/accept"),
    (("POST", URL, {"a": "☃"}), "at /headers/a"),
    (("POST", URL, {"a": 1}), "at /headers/a"),
    (("POST", URL, {"A": "1", "a": "2"}), "twice - at /headers/a"),
    (("POST", URL, [("a", "b")]), "at /headers"),
    (("POST", URL, {}, object()), "at /body"),
    (("POST", URL, {}, ("a",)), "at /body"),
    (("POST", URL, {"content-type": "application/json"}, PARTS), "at /headers/content-type"),
    (("POST", URL, {"content-type": "multipart/form-data; boundary=PNG"}, PARTS), "does not occur"),
]


@pytest.mark.parametrize(("arguments", "said"), MALFORMED)
def test_malformed_request(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        NativeRequest(*arguments)


def test_no_secret_in_a_message() -> None:
    with pytest.raises(RequestError) as caught:
        NativeRequest("POST", URL, {"authorization": "Bearer s3cret\n"})

    assert "s3cret" not in str(caught.value)


def test_latin_1_and_tab_are_legal() -> None:
    assert NativeRequest("POST", URL, {"a": "é\tb"}).headers == {"a": "é\tb"}


RESPONSES: list[tuple[int, str | None, Any, tuple[str, Any]]] = [
    (200, "application/json", b'{"a":1}', ("json", {"a": 1})),
    (200, "Application/JSON; charset=utf-8", b'{"a":1}', ("json", {"a": 1})),
    (200, "application/problem+json", b'{"a":1}', ("json", {"a": 1})),
    (200, None, b'{"a":1}', ("json", {"a": 1})),
    (200, None, b'"a"', ("json", "a")),
    (200, None, "plain", ("text", "plain")),
    (200, None, '{"a":1}', ("json", {"a": 1})),
    (200, None, {"a": 1}, ("json", {"a": 1})),
    (200, None, [], ("json", [])),
    (200, None, None, ("none", None)),
    (200, "application/json", b"", ("none", None)),
    (200, "text/plain", b'{"a":1}', ("json", {"a": 1})),
    (200, "text/plain", b"123", ("text", "123")),
    (200, "text/plain", b"{a}", ("text", "{a}")),
    (200, "image/png", b'{"a":1}', ("bytes", b'{"a":1}')),
    (200, "image/svg+xml", b"<svg>", ("bytes", b"<svg>")),
    (200, "image/webp", WEBP, ("bytes", WEBP)),
    (200, None, WEBP, ("bytes", WEBP)),
    (200, "application/octet-stream", b"text", ("bytes", b"text")),
    (200, None, b"\xff\xd8\xff", ("bytes", b"\xff\xd8\xff")),
    (500, "application/json", b'{"a":', ("text", '{"a":')),
    (500, "application/json", b"\xff", ("bytes", b"\xff")),
    (502, "text/html", b"<html>", ("text", "<html>")),
    (429, None, b"slow down", ("text", "slow down")),
]


@pytest.mark.parametrize(("status", "kind", "body", "expected"), RESPONSES)
def test_response_document(status: int, kind: str | None, body: Any, expected: tuple[str, Any]) -> None:
    headers = {} if kind is None else {"Content-Type": kind}

    assert NativeResponse(status, headers, body).document() == expected


@pytest.mark.parametrize("body", [b'{"data":[{"b64_json":"iVBO', b"<html>", '{"a":', b"\xff"])
def test_cut_short(body: bytes | str) -> None:
    with pytest.raises(WireError, match="expected JSON"):
        NativeResponse(200, JSON_TYPE, body).document()


@pytest.mark.parametrize("arguments", [(99,), (600,), (True,), ("200",), (200, {}, object()), (200, {"a": 1})])
def test_malformed_response(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(RequestError):
        NativeResponse(*arguments)


@pytest.mark.parametrize(
    ("body", "expected"), [(None, b""), (b"a", b"a"), ("é", "é".encode()), ({"a": None}, b'{"a":null}')]
)
def test_response_content(body: Any, expected: bytes) -> None:
    assert NativeResponse(200, {}, body).content() == expected


MESSAGES: list[NativeRequest | NativeResponse] = [
    NativeRequest("POST", URL, {"Accept": "*/*"}, {"a": [1, None, "é"]}),
    NativeRequest("POST", URL, {}, PARTS),
    NativeRequest("POST", URL, {}, b"\xff"),
    NativeRequest("GET", URL),
    NativeResponse(200, {"X-Request-Id": "r"}, {"a": 1}),
    NativeResponse(200, {}, b"\x89PNG"),
    NativeResponse(200, {}, "text"),
    NativeResponse(204),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_values(message: NativeRequest | NativeResponse) -> None:
    """Equal after JSON, pickle and copies; never changed."""
    form = message.to_json()

    assert type(message).from_json(form) == message
    assert type(message).from_json(json.dumps(form)) == message
    assert pickle.loads(pickle.dumps(message)) == message
    assert copy.copy(message) == copy.deepcopy(message) == message
    assert message != message.to_json()
    with pytest.raises(AttributeError):
        message.body = None
    with pytest.raises(AttributeError):
        del message.headers
    with pytest.raises(TypeError):
        message.headers["a"] = "b"
    with pytest.raises(TypeError):
        message.headers.update(a="b")


def test_json_form() -> None:
    form = NativeRequest("POST", URL, {}, PARTS).with_boundary("XB").to_json()

    assert form == {
        "method": "POST",
        "url": URL,
        "headers": {"content-type": "multipart/form-data; boundary=XB"},
        "body": {
            "form": [
                {"name": "prompt", "value": "é"},
                {"name": "image", "filename": "a.png", "content_type": "image/png", "base64": "iVBORw=="},
            ]
        },
    }


def test_query_of_the_json_form_joins_the_url() -> None:
    form = {"method": "POST", "url": "/a?b=c#d", "query": {"key": "a&b", "é": " "}}

    assert NativeRequest.from_json(form).url == "/a?b=c&key=a%26b&%C3%A9=%20#d"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"json": "text"}, ("json", "text")),
        ({"json": None}, ("json", None)),
        ({"json": {"a": 1}}, ("json", {"a": 1})),
        ({"text": "hello"}, ("text", "hello")),
        ({"base64": "/w=="}, ("bytes", b"\xff")),
    ],
)
def test_json_forms_of_bodies(form: dict[str, Any], expected: tuple[str, Any]) -> None:
    assert NativeRequest.from_json({"method": "POST", "url": URL, "body": form}).document() == expected
    assert NativeResponse.from_json({"status": 200, "body": form}).document() == expected


BAD_FORMS: list[tuple[Any, list[str]]] = [
    ("{", ["expected JSON, got malformed text"]),
    ([], ["expected a message as an object, got []"]),
    ({}, ["expected a message with method", "expected a message with url"]),
    ({"method": "POST", "url": URL, "x": 1}, ["expected one of method, url, query, headers, body"]),
    ({"method": "POST", "url": URL, "headers": {"a": 1}, "query": []}, ["at /headers/a", "at /query"]),
    ({"method": "POST", "url": URL, "query": {"a": "\ud800"}}, ["at /query/a"]),
    ({"method": "POST", "url": 1}, ["at /url"]),
    ({"method": "POST", "url": URL, "body": {}}, ["exactly one of"]),
    ({"method": "POST", "url": URL, "body": {"json": 1, "text": "a"}}, ["exactly one of"]),
    ({"method": "POST", "url": URL, "body": {"json": {"a": {1}}}}, ["at /body/json/a"]),
    ({"method": "POST", "url": URL, "body": {"json": "\ud800"}}, ["at /body/json"]),
    ({"method": "POST", "url": URL, "body": {"base64": "!"}}, ["at /body/base64"]),
    ({"method": "POST", "url": URL, "body": {"text": 1}}, ["at /body/text"]),
    ({"method": "POST", "url": URL, "body": {"text": "\ud800"}}, ["at /body/text"]),
    ({"method": "POST", "url": URL, "body": {"form": {}}}, ["at /body/form"]),
    (
        {
            "method": "POST",
            "url": URL,
            "body": {
                "form": [
                    1,
                    {"name": "a"},
                    {"name": "a", "value": 1},
                    {"name": "a", "base64": 1},
                    {"name": 1, "value": ""},
                    {"name": "a", "value": "", "base64": ""},
                    {"name": "a", "value": "", "x": 1},
                    {1: 2},
                ]
            },
        },
        ["/form/0", "/form/1", "/form/2/value", "/form/3/base64", "/form/4/name", "/form/5", "/form/6", "/form/7"],
    ),
]


@pytest.mark.parametrize(("form", "said"), BAD_FORMS)
def test_malformed_json_form(form: Any, said: list[str]) -> None:
    with pytest.raises(WireError) as caught:
        NativeRequest.from_json(form)

    assert len(caught.value.problems) == len(said)
    for problem, words in zip(caught.value.problems, said, strict=True):
        assert words in str(problem)


@pytest.mark.parametrize(
    "form", [{}, {"status": "200"}, {"status": 200, "body": {"form": []}}, {"status": 200, "x": 1}]
)
def test_malformed_response_form(form: Any) -> None:
    with pytest.raises(WireError):
        NativeResponse.from_json(form)


def test_reprs() -> None:
    """At most 500 characters, data by its size, secrets masked."""
    headers = {"Authorization": "s3cret", "api-key": "s3cret", "Cookie": "s3cret", "x-goog-api-key": "s3cret"}
    request = NativeRequest("POST", "https://u:s3cret@a/b?key=s3cret&x=1&sig=s3cret#f", headers, {"i": "A" * 8388608})

    assert "s3cret" not in repr(request)
    assert "https://***@a/b?key=***&x=1&sig=***#f" in repr(request)
    assert "<6291456 bytes>" in repr(request)
    assert "s3cret" not in repr(request.headers)
    assert repr(NativeResponse(200, {}, b"x" * 9)) == "NativeResponse(status=200, headers={}, body=<9 bytes>)"
    assert len(repr(NativeRequest("POST", URL + "/a" * 999, {"a": "b " * 999}, {"c": "d " * 999}))) <= 500


def test_headers_are_a_dict() -> None:
    headers = Headers({"a": "b"})

    assert headers == {"a": "b"}
    assert {**headers} == {"a": "b"}
    assert type(pickle.loads(pickle.dumps(headers))) is Headers


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        (Credential("bearer", "authorization", "Bearer {secret}"), {"authorization": "Bearer k"}),
        (Credential("api_key", "x-goog-api-key"), {"x-goog-api-key": "k"}),
        (Credential("none"), {}),
    ],
)
def test_credential(credential: Credential, expected: dict[str, str]) -> None:
    assert credential.headers("k") == expected
    assert pickle.loads(pickle.dumps(credential)) == credential


def test_the_caller_signs() -> None:
    with pytest.raises(RequestError, match="service bedrock, region us-east-1"):
        Credential("sigv4", service="bedrock", region="us-east-1").headers("k")


@pytest.mark.parametrize("secret", ["a\r\nb", "é", 1, None])
def test_bad_secret(secret: Any) -> None:
    with pytest.raises(RequestError, match="printable ASCII"):
        Credential("bearer", "authorization").headers(secret)
