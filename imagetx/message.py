"""
Messages: HTTP values and the documents that dialects read and write, both ways.

A dialect sees `{"path", "query", "headers", "body"}` of a request and `{"status", "headers",
"kind", "body"}` of a response. Credentials and transport headers end here: they are recognised,
removed and never kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from imagetx.body import Body
from imagetx.ceilings import InputLimits
from imagetx.dialect import Answers, Dialect
from imagetx.document import Json
from imagetx.endpoint import Match
from imagetx.errors import Problem, RequestError, WireError, child, shorten
from imagetx.formdata import add, read_form, write_form
from imagetx.jsontext import render_json
from imagetx.secret import is_secret
from imagetx.wire import Credential, NativeRequest, NativeResponse

TRANSPORT: Final = re.compile(
    r"host|content-(type|length|md5)|user-agent|accept-(encoding|language|charset)|connection|keep-alive"
    r"|transfer-encoding|te|trailer|upgrade|expect|date|via|forwarded|x-forwarded-.*|x-real-ip|origin|referer"
    r"|sec-.*|x-stainless-.*|x-goog-api-client|x-amz-date|x-amz-content-sha256|amz-sdk-.*|priority|pragma|cache-control"
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
SECRET_QUERY: Final = re.compile(r"key|api[_-]?key|access_token|x-amz-.*", re.IGNORECASE)


def is_secret_query(name: str) -> bool:
    """Say whether a query parameter carries a credential or a signature."""
    return SECRET_QUERY.fullmatch(name) is not None


def write_request(
    dialect: Dialect, native: Mapping[str, Json], variables: Mapping[str, str], credential: Credential | None
) -> NativeRequest:
    """
    Give what a dialect wrote its URL, body and credential.

    Raises:
        RequestError: A carried value has no place in a header, query or form.
        ResolveError: A variable of the URL is missing.
    """
    request = dialect.request
    auth = None if credential is None else credential.scheme
    url, query = request.endpoint.fill(native["path"], variables, auth)
    if native["query"]:
        query = {**query, **native["query"]}
        pairs = [(name, text) for name, value in query.items() for text in _query_texts(name, value)]
        url += "?" + urlencode(pairs, quote_via=quote)
    elif query:
        url += _query_of_variables(tuple(query.items()))
    headers = native["headers"]
    if headers:
        headers = {key: _header_text(key, value) for key, value in headers.items() if value is not None}
    body = native["body"]
    if native["kind"] == "form":
        body = write_form(body, request.brackets)
    return NativeRequest(request.method, url, headers, body, credential, request.timeout_s)


@lru_cache(maxsize=256)
def _query_of_variables(pairs: tuple[tuple[str, str], ...]) -> str:
    """Write the query that a target's variables alone make: the same one in call after call."""
    return "?" + urlencode(
        [(name, text) for name, value in pairs for text in _query_texts(name, value)], quote_via=quote
    )


def _query_texts(name: str, value: Json) -> list[str]:
    """List the texts of a query parameter; null sends none."""
    texts = [] if value is None else value if isinstance(value, list) else [value]
    if not isinstance(name, str) or not all(isinstance(text, str) for text in texts):
        message = f"expected text for a query parameter, got {shorten(value if isinstance(name, str) else name)}"
        raise RequestError(Problem(pointer=child("/query", str(name)), message=message))
    if _SURROGATE.search("".join((name, *texts))) is not None:
        message = "expected text for a query parameter, got half a character (a lone surrogate)"
        raise RequestError(Problem(pointer=child("/query", name), message=message))
    return texts


def _header_text(name: str, value: Json) -> str:
    if isinstance(value, str):
        return value
    problem = Problem(pointer=f"/headers/{name}", message=f"expected text for a header, got {shorten(value)}")
    raise RequestError(problem)


class Received:
    """
    A native request as it came, parsed once, however many dialects look at it.

    Args:
        native: The message.
        query: The query of its URL.
        limits: How much is read.
    """

    __slots__ = ("_body", "_limits", "headers", "method", "native", "query")

    def __init__(self, native: NativeRequest, query: str, limits: InputLimits) -> None:
        self.native, self._limits = native, limits
        self.method = native.method
        self.headers = native.headers
        self.query = parse_qsl(query, keep_blank_values=True) if query else []
        self._body: Body | None = None

    def body(self) -> Body:
        """
        Parse the body.

        Raises:
            WireError: It is not what its content type says.
        """
        if self._body is None:
            self._body = self.native.document(self._limits)
        return self._body


def read_request(dialect: Dialect, received: Received, match: Match) -> dict[str, Json]:
    """
    Give a native request the form that a dialect reads.

    Args:
        dialect: Whose headers, spelling and body.
        received: The message.
        match: What the endpoint read in the URL.

    Raises:
        WireError: The body is not what its content type says.
    """
    request = dialect.request
    kind, body = received.body()
    if kind == "form":
        body = read_form(body, request.brackets)
    elif kind == "json" and request.fold is not None:
        body = request.fold(body)
    if isinstance(body, dict) and request.ignores:
        body = {key: value for key, value in body.items() if key not in request.ignores}
    if kind in ("form", "json") and not isinstance(body, dict):
        raise WireError(Problem(pointer="/body", message=f"expected an object, got {shorten(body)}"))
    return {
        "path": dict(match.holes),
        "query": _read_query(received.query, match) if received.query else {},
        "headers": _read_headers(received.headers, request.headers, request.secrets),
        "kind": "form" if kind == "none" and request.body == "form" else kind,
        "body": {} if kind == "none" else body,
    }


def _read_headers(headers: Mapping[str, str], owned: frozenset[str], secrets: frozenset[str]) -> dict[str, str]:
    kept = {}
    for name, value in headers.items():
        if name == "accept":
            # RFC 9110 12.5.1: a request without Accept takes any media type, as */* says
            if name in owned and value.strip() != "*/*":
                kept[name] = value
        elif name == "content-type" or name in secrets or (is_secret(name) and name not in owned):
            continue
        elif not TRANSPORT.fullmatch(name):
            kept[name] = value
    return kept


def _read_query(pairs: Sequence[tuple[str, str]], match: Match) -> dict[str, Json]:
    query: dict[str, Json] = {}
    for name, value in pairs:
        if name in match.query or is_secret_query(name) or is_secret(name):
            continue
        add(query, name, value)
    return query


def read_response(answers: Answers, native: NativeResponse, limits: InputLimits) -> dict[str, Json]:
    """
    Give a native response the form that a dialect reads.

    Raises:
        WireError: The body of a success says it is JSON and is not.
    """
    kind, body = native.document(limits)
    headers = {name: value for name, value in native.headers.items() if answers.keeps(name)}
    return {"status": native.status, "headers": headers, "kind": kind, "body": {} if kind == "none" else body}


def write_response(native: Mapping[str, Json]) -> NativeResponse:
    """Make a response of what a dialect wrote."""
    headers = {name: str(value) for name, value in native["headers"].items() if value is not None}
    body = native["body"]
    if isinstance(body, str) and native["kind"] != "text":
        body = render_json(body)
        headers.setdefault("content-type", "application/json")
    elif isinstance(body, str):
        headers.setdefault("content-type", "text/plain; charset=utf-8")
    elif body is not None and not isinstance(body, bytes):
        headers.setdefault("content-type", "application/json")
    return NativeResponse(native["status"], headers, body)
