"""
Bodies of messages: what bytes mean, and the one JSON form of a body, both directions.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, Literal, TypeAlias

from imagetx.boundary import boundary_for, check_boundary
from imagetx.ceilings import InputLimits
from imagetx.errors import Json, Problem, RequestError, WireError, child, shorten
from imagetx.image import base64_of, sniff_mime
from imagetx.jsontext import json_faults, parse_json, render_json
from imagetx.multipart import boundary_of
from imagetx.part import Part

BodyKind: TypeAlias = Literal["json", "form", "text", "bytes", "none"]
Body: TypeAlias = tuple[BodyKind, Json]

NONE: Final[Body] = ("none", None)

_FORMS: Final = ("json", "form", "base64", "text")
_BARE_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'+_.-]+")  # others are written in quotes
_PART_KEYS: Final = frozenset({"name", "value", "base64", "filename", "content_type"})


def read_body(content: bytes | str, media_type: str, limits: InputLimits, *, strict: bool, answer: bool) -> Body:
    """
    Tell what a body is and parse it.

    JSON is what says so, what says nothing and parses, and what says something else but is an
    object or an array (error bodies under text/plain).  Images stay bytes, whatever they hold.

    Args:
        content: the body.
        media_type: lower case, without parameters; "" when the message states none.
        limits: how much JSON is read.
        strict: whether text that should be JSON and is not is an error; else it is text.
        answer: it comes from a provider; see `parse_json`.

    Returns:
        A kind and a value: a document, text, bytes or None.

    Raises:
        WireError: The body should be JSON and is not, and `strict` is set.
    """
    if len(content) == 0:
        return NONE
    stated = media_type in {"application/json", "text/json"} or media_type.endswith("+json")
    if not stated and media_type.startswith(("image/", "audio/", "video/")):
        return _text_or_bytes(content, binary=True)
    if stated or media_type == "" or _opens_container(content):
        try:
            return "json", parse_json(content, limits, answer=answer)
        except WireError:
            if stated and strict:
                raise
    return _text_or_bytes(content, binary=media_type == "application/octet-stream")


def write_body(body: Json) -> dict[str, Json]:
    """
    Give the JSON form of a body.

    Args:
        body: a tuple of parts, bytes, or a JSON document.

    Returns:
        `{"form": [...]}`, `{"base64": ...}` or `{"json": ...}`.
    """
    if isinstance(body, bytes):
        return {"base64": base64_of(body)}
    if isinstance(body, tuple):
        return {"form": [_write_part(part) for part in body]}
    return {"json": body}


def parse_body(form: Json, problems: list[Problem]) -> Json:
    """
    Read the JSON form of a body.

    Args:
        form: an object with exactly one of `json`, `form`, `base64` and `text`.
        problems: what is wrong is appended here.

    Returns:
        A document, a tuple of parts, bytes, or the text in bytes.  A JSON text or null is given as
        the bytes of its JSON, because a plain str or None means something else to messages.
    """
    if not isinstance(form, Mapping) or len(form) != 1 or next(iter(form)) not in _FORMS:
        problems.append(_fault("/body", f"exactly one of {', '.join(_FORMS)}", form))
        return None
    ((kind, value),) = form.items()
    match kind:
        case "json":
            faults = json_faults(value)
            problems += [Problem(pointer=f"/body/json{fault.pointer}", message=fault.message) for fault in faults]
            if faults or not (value is None or isinstance(value, str)):
                return value
            return _attempt(lambda: render_json(value), "/body/json", problems)
        case "form" if isinstance(value, list):
            parts = [_parse_part(part, at, problems) for at, part in enumerate(value)]
            return tuple(part for part in parts if part is not None)
        case "base64" if isinstance(value, str):
            return _attempt(lambda: _unbase64(value), "/body/base64", problems)
        case "text" if isinstance(value, str):
            return _attempt(value.encode, "/body/text", problems)
    problems.append(_fault(f"/body/{kind}", "a list" if kind == "form" else "text", value))
    return None


def check_body(body: Json, headers: dict[str, str]) -> Json:
    """
    Check a request body that is neither a container nor bytes.

    Args:
        body: anything.
        headers: content-type is set here if absent.

    Returns:
        The body, other buffers as bytes.

    Raises:
        RequestError: The body is nothing that can be sent, or contradicts its content-type.
    """
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    if isinstance(body, tuple) and all(isinstance(part, Part) for part in body):
        headers["content-type"] = _checked_form_type(body, headers.get("content-type"))
        return body
    if isinstance(body, dict | list | str | int | float):
        headers.setdefault("content-type", "application/json")
        return body
    message = f"expected a JSON document, a tuple of Part or bytes, got {type(body).__name__}"
    raise RequestError(Problem(pointer="/body", message=message))


def _checked_form_type(parts: tuple[Part, ...], given: str | None) -> str:
    """Fix the boundary of a form: the one in the header, else one made of the content."""
    if given is None or given.strip().lower() == "multipart/form-data":
        return form_type(boundary_for(parts))
    boundary = boundary_of(given)
    pointer = "/headers/content-type"
    if boundary is None:
        message = f"expected multipart/form-data with a boundary, got {shorten(given)}"
        raise RequestError(Problem(pointer=pointer, message=message, given=given))
    check_boundary(boundary, parts)
    return given


def form_type(boundary: str) -> str:
    """Give the content-type of a form."""
    quoted = boundary if _BARE_BOUNDARY.fullmatch(boundary) is not None else f'"{boundary}"'
    return f"multipart/form-data; boundary={quoted}"


def _write_part(part: Part) -> dict[str, Json]:
    """Give the JSON form of a part."""
    text = isinstance(part.data, str)
    form = {
        "name": part.name,
        "value": part.data if text else None,
        "filename": part.filename,
        "content_type": part.content_type,
        "base64": base64_of(part.data) if isinstance(part.data, bytes) else None,
    }
    return {key: value for key, value in form.items() if value is not None}


def _parse_part(form: Json, at: int, problems: list[Problem]) -> Part | None:
    """Read the JSON form of a part."""
    pointer = child("/body/form", at)
    if not isinstance(form, Mapping) or not all(isinstance(key, str) for key in form):
        problems.append(_fault(pointer, "an object", form))
        return None
    unknown = [key for key in form if key not in _PART_KEYS]
    if unknown or "name" not in form or ("value" in form) == ("base64" in form):
        problems.append(_fault(pointer, "a name, and one of value and base64", list(form)))
        return None
    data = form.get("value")
    if "base64" in form:
        data = _attempt(lambda: _unbase64(form["base64"]), f"{pointer}/base64", problems)
        if data is None:
            return None
    elif not isinstance(data, str):
        problems.append(_fault(f"{pointer}/value", "text", data))
        return None
    try:
        return Part(form["name"], data, form.get("filename"), form.get("content_type"))
    except RequestError as error:
        problems += [Problem(pointer=pointer + fault.pointer, message=fault.message) for fault in error.problems]
        return None


def _attempt(action: Callable[[], bytes], pointer: str, problems: list[Problem]) -> bytes | None:
    """Do what may refuse a text, and say where."""
    try:
        return action()
    except (ValueError, TypeError):  # bad base64, no text, or half a character
        expected = "base64 text" if pointer.endswith("base64") else "text with whole characters"
        problems.append(Problem(pointer=pointer, message=f"expected {expected}"))
        return None


def _opens_container(content: bytes | str) -> bool:
    """Tell whether a text begins like a JSON object or array."""
    start = content[:64].lstrip()[:1]
    return start in ({"{", "["} if isinstance(start, str) else {b"{", b"["})


def _text_or_bytes(content: bytes | str, *, binary: bool) -> Body:
    """Give text where it is text: bytes that begin like an image are none."""
    if isinstance(content, str):
        return "text", content
    if not binary and sniff_mime(content) in {None, "image/svg+xml"}:
        with suppress(UnicodeDecodeError):
            return "text", content.decode()
    return "bytes", content


def _unbase64(text: str) -> bytes:
    """Read standard base64, strictly."""
    return binascii.a2b_base64(text, strict_mode=True)


def _fault(pointer: str, expected: str, given: Json) -> Problem:
    """Say what stands where something else should."""
    return Problem(
        pointer=pointer,
        message=f"expected {expected}, got {shorten(given)}",
        given=given,
        expected=expected,
    )
