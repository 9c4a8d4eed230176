"""
No name and no value of a header leaves its line, and nobody overrides what a message is carried by.

RFC 9110 sections 5.1 and 5.5: a name is a token; a value has no CR, LF or NUL.
"""

from __future__ import annotations

import email.parser
import email.policy
import shlex
from typing import Any

import pytest

import imagetx
from imagetx.curl import read_curl, render_curl
from tests.hostile.asks import CASES, plain_request

Json = Any
OPENAI = "openai/gpt-image-2"
PROVIDERS = sorted({case.dialect.provider for case in CASES})
NO_NAMES: list[Any] = [
    "",
    " ",
    "a b",
    " a",
    "a ",
    "a:",
    ":a",
    "a\r\nb",
    "a\n",
    "a\x00",
    "a\t",
    'a"b',
    "a(b)",
    "a,b",
    "a;b",
    "a=b",
    "a/b",
    "a@b",
    "a\\b",
    "{a}",
    "\u00e9",
    "\u212aelvin",
    "a\u200b",
    "\ud800",
    5,
    None,
    b"a",
]
NO_VALUES: list[Any] = [
    "a\r\nx-evil: 1",
    "a\nx-evil: 1",
    "a\rx-evil: 1",
    "a\n",
    "\r",
    "a\x00b",
    "a\x0bb",
    "a\x1bb",
    "a\x7f",
    "\u0100",
    "\u010a",
    "\u560a\u560d",
    "\u2028",
    "\U0001f98a",
    "\ud800",
    5,
    ["a"],
    {"a": "b"},
    b"a",
    True,
]
VALUES = ["", "a", " a ", "a\tb", 'a"b\\c', "a;b,c", "\u00e9", "a: b", "\x80", "a" * 100_000, "{secret}", "%0d%0ax: y"]


@pytest.mark.parametrize("name", NO_NAMES, ids=repr)
def test_names(name: Any) -> None:
    for make in (
        lambda: imagetx.NativeRequest("POST", "https://h.example", {name: "x"}),
        lambda: imagetx.NativeResponse(200, {name: "x"}),
        lambda: imagetx.stream_decoder(OPENAI, headers={name: "x"}),
        lambda: imagetx.encode_request(with_headers({name: "x"}), OPENAI),
    ):
        with pytest.raises(imagetx.RequestError):
            make()


@pytest.mark.parametrize("value", NO_VALUES, ids=repr)
def test_values(value: Any) -> None:
    for make in (
        lambda: imagetx.NativeRequest("POST", "https://h.example", {"x-a": value}),
        lambda: imagetx.NativeResponse(200, {"x-a": value}),
        lambda: imagetx.stream_decoder(OPENAI, headers={"x-a": value}),
        lambda: imagetx.encode_request(with_headers({"x-a": value}), OPENAI),
    ):
        with pytest.raises(imagetx.RequestError):
            make()


def with_headers(headers: Json, provider: str = "openai") -> Json:
    return {"prompt": "a fox", "provider_options": {provider: {"extra_headers": headers}}}


def wire(headers: Json) -> str:
    """Write headers as HTTP/1.1 does."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_lines(value: str) -> None:
    """A foreign parser reads as many headers as were given, by their names, and their values."""
    request = imagetx.encode_request(with_headers({"X-A": value, "x-b": "end"}), OPENAI).value
    read = email.parser.Parser(policy=email.policy.compat32).parsestr(wire(request.headers), headersonly=True)

    assert [name for name, _ in read.items()] == list(request.headers)
    assert request.headers["x-a"] == value
    assert read["x-b"] == "end"
    assert "\n" not in "".join(request.headers.values())


CARRYING = ["Host", "CONTENT-LENGTH", "Transfer-Encoding", "Content-Type", "connection"]
CREDENTIALS = [
    "Authorization",
    "authorization",
    "API-Key",
    "x-api-key",
    "X-Goog-Api-Key",
    "Cookie",
    "x-amz-security-token",
]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", [*CARRYING, *CREDENTIALS])
def test_what_a_caller_may_not_say(name: str, provider: str) -> None:
    """Framing and credentials are the HTTP client's, in whatever letter case, for every provider."""
    case = next(case for case in CASES if case.dialect.provider == provider)
    request = plain_request(case)
    own = {**request.get("provider_options", {}).get(provider, {}), "extra_headers": {name: "x"}}

    with pytest.raises(imagetx.RequestError) as caught:
        imagetx.encode_request({**request, "provider_options": {provider: own}}, case.target)

    assert [problem.pointer for problem in caught.value.problems] == [
        f"/provider_options/{provider}/extra_headers/{name.lower()}"
    ]


def test_a_name_stands_once() -> None:
    """Two spellings of a name would be two headers, of which each reader takes another."""
    for headers in ({"X-A": "1", "x-a": "2"}, {"x-a": "1", "X-a": "1"}):
        with pytest.raises(imagetx.RequestError):
            imagetx.NativeRequest("POST", "https://h.example", headers)
        with pytest.raises(imagetx.RequestError):
            imagetx.encode_request(with_headers(headers), OPENAI)


@pytest.mark.parametrize("text", [value for value in NO_VALUES if isinstance(value, str)], ids=repr)
def test_texts_that_go_into_headers(text: str) -> None:
    """A field that a dialect says in a header is refused or left out; no provider gets a line of its own."""
    for case in CASES[::7]:
        request = {**plain_request(case), "user": text, "language": text}
        try:
            sent = imagetx.encode_request(request, case.target).value
        except imagetx.ImagetxError:
            continue
        assert all(value.isprintable() or "\t" in value for value in sent.headers.values())


@pytest.mark.parametrize("text", ["a\r\nx-evil: 1", "a\x00b", "\u010a", "\ud800", "req-\u00e9"])
def test_ids_that_answers_give(text: str) -> None:
    """What an answer says of itself may become a header of another answer: it is one line, or it is not there."""
    said = {"data": [{"b64_json": "iVBORw0KGgo="}], "request_id": text, "provider_metadata": {"openai": {"x": text}}}
    failed = {"error": {"message": text}, "category": "rate_limit", "request_id": text, "retry_after_s": 3}
    for case in CASES[::7]:
        for value in (said, failed):
            try:
                native = imagetx.encode_response(value, case.target).value
            except imagetx.ImagetxError:
                continue
            assert all("\n" not in header and "\0" not in header for header in native.headers.values())


def test_secrets_stay_in_their_header() -> None:
    for secret in ("a\r\nx-evil: 1", "a\n", "a\x00", "\u00e9", "a\tb", "\u2028"):
        with pytest.raises(imagetx.RequestError):
            imagetx.Credential("bearer", "authorization", "Bearer {secret}").headers(secret)
    assert imagetx.Credential("key", "x-key").headers("{secret} ${HOME}") == {"x-key": "{secret} ${HOME}"}


@pytest.mark.parametrize("value", [*VALUES[:8], "$(id)", "`id`", "'; id; '", "$HOME", "!!", "-x", "@/etc/passwd"])
def test_commands_of_a_shell(value: str) -> None:
    """In a curl command everything is one argument, whatever stands in it."""
    if value.strip() != value:
        value = f"x{value}x"
    body = {"prompt": value, "a": [value]}
    request = imagetx.NativeRequest("POST", "https://h.example/a'b;c$d", {"x-a": value}, body)

    arguments = shlex.split(render_curl(request).text.replace("\\\n", " "))

    assert arguments[:2] == ["curl", "https://h.example/a'b;c$d"]
    assert (f"x-a: {value}" if value else "x-a;") in arguments
    assert arguments.count("--header") == 2
    assert arguments[arguments.index("--data-raw") + 1].encode() == request.content()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nx\x00y: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: a\x00b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx y: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: 1\r\n y\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n",
        b"HTTP/9.9 200\r\n",
        b"HTTP/1.1 999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: 1",
    ],
)
def test_answers_of_curl(head: bytes) -> None:
    """A head that is none is an error of the wire, not a header somewhere else."""
    with pytest.raises(imagetx.WireError):
        read_curl(head)
