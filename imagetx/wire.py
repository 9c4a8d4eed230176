"""
HTTP messages as values: what the caller sends and what came back, never the secret itself.

Headers and URLs are checked at construction, so that nothing leaves its place later.  A JSON body
belongs to the message from then on and must not be changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from imagetx.body import NONE, Body, check_body, form_type, parse_body, read_body
from imagetx.boundary import check_boundary
from imagetx.ceilings import DEFAULT, InputLimits, excess
from imagetx.credential import Credential
from imagetx.envelope import Message, parse_message, with_query, write_message
from imagetx.errors import Json, Problem, RequestError, WireError, shorten
from imagetx.headers import Headers, fold_headers, media_type
from imagetx.jsontext import render_json
from imagetx.multipart import boundary_of, checked_count, decode_form, encode_form
from imagetx.part import Part

__all__ = ["Credential", "Headers", "NativeRequest", "NativeResponse", "Part"]

_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
_TOKEN: Final = re.compile(r"[A-Za-z]{1,32}")
_NO_HEADERS: Final = Headers()
_REQUEST_KEYS: Final = ("method", "url", "query", "headers", "body")
_RESPONSE_KEYS: Final = ("status", "headers", "body")

_put = object.__setattr__


class NativeRequest(Message):
    """
    Hold one HTTP request to a provider.

    Args:
        method: HTTP method.
        url: absolute URL, or the path where a server received it.
        headers: names in any case; content-type is set if absent: for JSON `application/json`, for
            a form `multipart/form-data` with a boundary made of the content.
        body: a JSON document (dict, list, text, number, boolean), a tuple of `Part`, bytes, or None
            for no body.
        credential: where the caller's secret goes.
        timeout_s: how long to wait at least, as the provider advises.

    Raises:
        RequestError: A member is malformed; all problems at once.
    """

    __slots__ = ("method", "url", "headers", "body", "credential", "timeout_s")  # noqa: RUF023 (as __init__)
    method: str
    url: str
    headers: Headers
    body: Json
    credential: Credential | None
    timeout_s: float | None

    def __init__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] = _NO_HEADERS,
        body: Json = None,
        credential: Credential | None = None,
        timeout_s: float | None = None,
    ) -> None:
        folded = fold_headers(headers)
        if type(method) is not str or method not in _METHODS:
            method = _checked_method(method)
        if type(url) is not str or not url.isprintable() or " " in url or url == "":
            message = f"expected a URL, got {shorten(url)}"
            raise RequestError(Problem(pointer="/url", message=message))
        kind = type(body)
        if kind is dict or kind is list:
            if "content-type" not in folded:
                folded["content-type"] = "application/json"
        elif kind is not bytes and body is not None:
            body = check_body(body, folded)
        _put(self, "method", method)
        _put(self, "url", url)
        _put(self, "headers", Headers(folded))
        _put(self, "body", body)
        _put(self, "credential", credential)
        _put(self, "timeout_s", timeout_s)

    def content(self) -> bytes:
        """
        Render the body as it goes on the wire.

        Returns:
            The bytes; empty when there is no body.

        Raises:
            RequestError: The JSON document holds what JSON has not, NaN for example.
        """
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, tuple):
            return encode_form(self.body, boundary_of(self.headers["content-type"]) or "")
        return render_json(self.body)

    def document(self, limits: InputLimits = DEFAULT) -> Body:
        """
        Parse the body.

        Args:
            limits: how much of it is read.

        Returns:
            `("json", document)`, `("form", parts)`, `("text", str)`, `("bytes", bytes)` or
            `("none", None)`.

        Raises:
            WireError: The body is not what its content-type says, or is more than the limits allow.
        """
        body = self.body
        if body is None:
            return NONE
        if isinstance(body, tuple):
            return "form", checked_count(body, limits)
        if not isinstance(body, bytes):
            return "json", _within(body, limits)
        kind = media_type(self.headers)
        if kind == "multipart/form-data":
            return "form", decode_form(body, self.headers["content-type"], limits)
        return read_body(body, kind, limits, strict=True, answer=False)

    def with_boundary(self, text: str) -> NativeRequest:
        """
        Give a copy of a form request with another boundary.

        Args:
            text: 1..70 characters of RFC 2046 that do not stand in the content.

        Returns:
            The copy.

        Raises:
            RequestError: The body is no tuple of parts, or the boundary is illegal.
        """
        if not isinstance(self.body, tuple):
            raise RequestError("expected a request with a form body")
        check_boundary(text, self.body)
        headers = {**self.headers, "content-type": form_type(text)}
        return NativeRequest(self.method, self.url, headers, self.body, self.credential, self.timeout_s)

    def to_json(self) -> dict[str, Json]:
        """Give the JSON form; credential and timeout_s are not part of a message."""
        return write_message({"method": self.method, "url": self.url}, self.headers, self.body)

    @classmethod
    def from_json(cls, document: Json) -> NativeRequest:
        """
        Read the JSON form.

        Args:
            document: an object with `method` and `url`, and perhaps `headers`, `body`, and `query`
                (a map of text to append to the URL); or its JSON text.

        Returns:
            The request, without credential and timeout_s.

        Raises:
            WireError: The message is malformed; all problems at once.
        """
        problems: list[Problem] = []
        parsed = parse_message(document, _REQUEST_KEYS, ("method", "url"), problems)
        form = parsed.get("body")
        body = None if form is None else parse_body(form, problems)
        if problems:
            raise WireError(problems)
        try:
            url = with_query(parsed["url"], parsed["query"])
            return cls(parsed["method"], url, parsed["headers"], body)
        except RequestError as error:  # the peer's fault here
            raise WireError(error.problems) from None


class NativeResponse(Message):
    """
    Hold one HTTP response of a provider.

    Args:
        status: HTTP status, 100..599.
        headers: names in any case.
        body: bytes or text as received, a parsed JSON document (dict, list, number, boolean), or
            None for no body.

    Raises:
        RequestError: A member is malformed.
    """

    __slots__ = ("status", "headers", "body")  # noqa: RUF023 (as __init__)
    status: int
    headers: Headers
    body: Json

    def __init__(self, status: int, headers: Mapping[str, str] = _NO_HEADERS, body: Json = None) -> None:
        if type(status) is not int or not 100 <= status <= 599:
            message = f"expected an integer 100 to 599, got {shorten(status)}"
            raise RequestError(Problem(pointer="/status", message=message, given=status))
        if isinstance(body, bytearray | memoryview):
            body = bytes(body)
        elif not (body is None or isinstance(body, bytes | str | dict | list | int | float)):
            message = f"expected bytes or a JSON document, got {type(body).__name__}"
            raise RequestError(Problem(pointer="/body", message=message))
        _put(self, "status", status)
        _put(self, "headers", Headers(fold_headers(headers)))
        _put(self, "body", body)

    def content(self) -> bytes:
        """
        Render the body as it goes on the wire.

        Returns:
            The bytes; empty when there is no body.

        Raises:
            RequestError: The JSON document holds what JSON has not, NaN for example.
        """
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return _utf8(self.body) if isinstance(self.body, str) else render_json(self.body)

    def document(self, limits: InputLimits = DEFAULT) -> Body:
        """
        Parse the body.

        Args:
            limits: how much of it is read.

        Returns:
            `("json", document)`, `("text", str)`, `("bytes", bytes)` or `("none", None)`.  Under an
            error status, a body that is not what its content-type says is text or bytes.

        Raises:
            WireError: The body of a success says it is JSON and is not, is cut short, or is more than
                the limits allow.
        """
        if self.body is None:
            return NONE
        if not isinstance(self.body, bytes | str):
            return "json", _within(self.body, limits)
        return read_body(self.body, media_type(self.headers), limits, strict=self.status < 400, answer=True)

    def to_json(self) -> dict[str, Json]:
        """Give the JSON form."""
        if isinstance(self.body, str):
            form = write_message({"status": self.status}, self.headers, None)
            return {**form, "body": {"text": self.body}}
        return write_message({"status": self.status}, self.headers, self.body)

    @classmethod
    def from_json(cls, document: Json) -> NativeResponse:
        """
        Read the JSON form.

        Args:
            document: an object with `status`, and perhaps `headers` and `body`; or its JSON text.

        Returns:
            The response.

        Raises:
            WireError: The message is malformed; all problems at once.
        """
        problems: list[Problem] = []
        parsed = parse_message(document, _RESPONSE_KEYS, ("status",), problems)
        form = parsed.get("body")
        body = None if form is None else parse_body(form, problems)
        if isinstance(body, tuple):
            problems.append(Problem(pointer="/body/form", message="expected no form in a response"))
        if problems:
            raise WireError(problems)
        if isinstance(form, Mapping) and "text" in form:
            body = form["text"]
        try:
            return cls(parsed["status"], parsed["headers"], body)
        except RequestError as error:  # the peer's fault here
            raise WireError(error.problems) from None


def _within(body: Json, limits: InputLimits) -> Json:
    """Let a parsed body in, unless it is too much to be looked at."""
    problem = excess(body, limits)
    if problem is not None:
        raise WireError(replace(problem, pointer="/body"))
    return body


def _checked_method(method: Json) -> str:
    """Check a method that is none of the usual ones."""
    if not isinstance(method, str) or _TOKEN.fullmatch(method) is None:
        message = f"expected an HTTP method, got {shorten(method)}"
        raise RequestError(Problem(pointer="/method", message=message, given=method))
    return method.upper()


def _utf8(text: str) -> bytes:
    """Encode the text of a response."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        message = "expected text with whole characters, got a lone surrogate"
        raise RequestError(Problem(pointer="/body", message=message)) from None
