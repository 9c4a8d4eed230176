"""
What came to a fake provider, read without the library: the URL, headers, and the body as the native schemas see it.

Forms are taken apart by the email package of Python, JSON by its json.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import httpx

Json = Any
TRANSPORT = {"host", "connection", "accept-encoding", "user-agent", "content-length", "transfer-encoding"}
"""Headers that an HTTP client writes by itself."""

CREDENTIALS = {"authorization", "api-key", "x-api-key", "x-goog-api-key", "x-amz-date", "x-amz-security-token"}
CREDENTIALS |= {"x-amz-content-sha256"}
"""Headers that the rule of a provider's credential judges, and no schema."""


class Unreadable(ValueError):
    """Say that a body is not what its content type promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    Hold an HTTP request that came.

    `path` is still percent-encoded; `headers` have lower-case names, and all values of each; `timeout` is
    httpx's own, by phase, in seconds.
    """

    method: str
    scheme: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, list[str]]
    content: bytes
    timeout: dict[str, float | None] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Give the URL without its query."""
        return f"{self.scheme}://{self.host}{self.path}"

    def header(self, name: str) -> str | None:
        """Give the first value of a header."""
        return self.headers.get(name, [None])[0]

    def native_headers(self) -> dict[str, str]:
        """
        Give the headers that a native schema judges.

        httpx sends `accept: */*` where nobody says what is accepted: that counts as silence.
        """
        left = self.headers.keys() - TRANSPORT - CREDENTIALS - {"content-type"}
        kept = {name: self.headers[name][0] for name in sorted(left)}
        return {name: value for name, value in kept.items() if (name, value) != ("accept", "*/*")}

    def faults(self) -> Iterator[str]:
        """Find what is wrong with any HTTP request, whoever it is for."""
        if self.scheme != "https":
            yield f"{self.url} is not https"
        for name, values in self.headers.items():
            if len(values) > 1:
                yield f"header {name} stands {len(values)} times"
        names = [name for name, _ in self.query]
        yield from (f"query key {name} stands twice" for name in sorted(set(names)) if names.count(name) > 1)
        said = self.header("content-length")
        if said is not None and int(said) != len(self.content):
            yield f"content-length {said} of {len(self.content)} bytes"
        if self.method == "GET" and (self.content or self.header("content-type")):
            yield "GET with a body or a content type"


async def read(request: httpx.Request) -> Call:
    """Read a request of httpx."""
    content = await request.aread()
    raw_path, _, query = request.url.raw_path.decode("ascii").partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.raw:
        headers.setdefault(name.decode("ascii").lower(), []).append(value.decode("latin-1"))
    return Call(
        method=request.method,
        scheme=request.url.scheme,
        host=request.url.host if request.url.port is None else f"{request.url.host}:{request.url.port}",
        path=raw_path,
        query=tuple((unquote(key), unquote(value)) for key, _, value in pairs),
        headers=headers,
        content=content,
        timeout=dict(request.extensions.get("timeout", {})),
    )


def is_form(call: Call) -> bool:
    """Say whether the body says that it is a form."""
    return (call.header("content-type") or "").startswith("multipart/form-data")


def body(call: Call) -> Json:
    """
    Read the body as the native schemas describe it: JSON, or the parts of a form by their names.

    Raises:
        Unreadable: it is neither, or not as its content type says.
    """
    if is_form(call):
        return _parts(call)
    if call.header("content-type") != "application/json":
        raise Unreadable(f"content-type {call.header('content-type')!r} is neither JSON nor a form")
    return parsed(call.content)


def parsed(content: bytes) -> Json:
    """
    Parse strict JSON: one value for a key, finite numbers, UTF-8.

    Raises:
        Unreadable: it is not.
    """
    try:
        return json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_infinite, parse_float=_finite)
    except ValueError as error:
        raise Unreadable(f"body is not JSON: {error}") from error


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise Unreadable(f"a key stands twice among {[key for key, _ in pairs]}")
    return dict(pairs)


def _infinite(word: str) -> Json:
    raise Unreadable(f"{word} is not JSON")


def _finite(text: str) -> float:
    if not math.isfinite(float(text)):
        raise Unreadable(f"{text} is out of range")
    return float(text)


def _parts(call: Call) -> dict[str, Json]:
    """Take a form apart; a name that stands several times is a list."""
    said = call.header("content-type") or ""
    boundary = re.fullmatch(r"multipart/form-data; ?boundary=(\"?)([0-9A-Za-z'()+_,./:=?-]{1,70})\1", said)
    if boundary is None:
        raise Unreadable(f"no boundary in {said!r}")
    mark = b"--" + boundary[2].encode()
    if not call.content.startswith(mark + b"\r\n") or not call.content.rstrip(b"\r\n").endswith(b"\r\n" + mark + b"--"):
        raise Unreadable("the form is not between its boundaries")
    whole = BytesParser(policy=compat32).parsebytes(b"Content-Type: " + said.encode() + b"\r\n\r\n" + call.content)
    found = whole.get_payload()
    if whole.defects or not isinstance(found, list):
        raise Unreadable(f"no form: {whole.defects}")
    named: dict[str, Json] = {}
    for part in found:
        name, value = _part(part)
        before = named.get(name)
        named[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return named


def _part(part: Message) -> tuple[str, Json]:
    """Read one part: its name, and a text, or a file as `x-image` has it."""
    name = part.get_param("name", header="content-disposition")
    if part.defects or part.get_content_disposition() != "form-data" or not isinstance(name, str):
        raise Unreadable(f"a part without a name: {part.items()}")
    data = part.get_payload(decode=True)
    filename = part.get_param("filename", header="content-disposition")
    if not isinstance(data, bytes):
        raise Unreadable(f"part {name} holds parts")
    if filename is None:
        if "content-type" in part:
            raise Unreadable(f"a text part {name} says {part['content-type']}")
        return _unescaped(name), data.decode()
    if "content-type" not in part:
        raise Unreadable(f"file part {name} says no content type")
    image = {"filename": _unescaped(str(filename)), "content_type": part["content-type"]}
    return _unescaped(name), {**image, "base64": base64.b64encode(data).decode()}


def _unescaped(text: str) -> str:
    """Undo what HTML does to names in a form: %22, %0D, %0A; the rest stands in raw UTF-8."""
    raw = text.encode("utf-8", "surrogateescape")
    return re.sub(rb"%(22|0D|0A)", lambda found: unquote_to_bytes(found[0]), raw).decode()
