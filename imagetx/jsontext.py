"""
JSON text and back: the one place that parses and renders, with its limits.

Duplicate keys: the last wins, as in every JSON parser of the field (RFC 8259 section 4 leaves it open).  What
is written says each key once, so whoever checks what we read has checked what we send.  Finding them would
take a second parser, ten times as slow.  NaN and Infinity are refused both ways, also as `1e999`, and so are
integers of more than 4,300 digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from pydantic_core import from_json, to_json

from imagetx.ceilings import MOST_DEPTH, MOST_WRITTEN, OWN, InputLimits, is_more
from imagetx.errors import Json, Problem, RequestError, WireError, child, one_line, shorten

MAX_DEPTH: Final = MOST_DEPTH

_AT_ONCE: Final = 16 * 1024 * 1024  # of what is counted only when it is parsed: 700 MB are made of it at most
_MOST_OPEN: Final = MOST_DEPTH  # between two commas no more containers open
_TEXT: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # unclosed, it is all that is left: no second look
_TEXT_BYTES: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)

_FIELD_DEPTH: Final = 120  # a carried field has 100 levels; the JSON form of an exchange adds a few to it

_MOST_BITS: Final = 13_287  # 4,000 digits; Python writes no number of more than 4,300

_HALF: Final = re.compile("[\ud800-\udfff]")
_SCALARS: Final = frozenset({str, int, bool, type(None)})


def parse_json(text: bytes | str, limits: InputLimits | None = None, *, answer: bool = False) -> Json:
    """
    Parse JSON text that somebody sent.

    Args:
        text: UTF-8 bytes or text; a byte order mark is skipped.
        limits: how long it may be, how many values it may have and how deep; for what is ours by itself (a
            message's JSON form, an exchange) 256 MiB, 2 million and 200.
        answer: it comes from a provider, whom the caller chose: 16 MiB of it are parsed before they are counted.

    Returns:
        The value, made of dict, list, str, int, float, bool and None.

    Raises:
        WireError: The text is malformed, cut short, more than the limits allow or has a number
            that is not finite.
    """
    most, depth = (OWN, MAX_DEPTH) if limits is None else (limits, limits.depth)
    if len(text) > most.body_bytes:
        raise WireError(f"expected JSON of at most {most.body_bytes} bytes, got {len(text)}")
    if len(text) > 2 * most.values and not (answer and len(text) <= _AT_ONCE):  # [] is 2 bytes
        _count(text, most.values)
    if isinstance(text, bytes) and text.startswith(b"\xef\xbb\xbf"):
        text = text[3:]
    try:
        value = from_json(text, allow_inf_nan=False)
    except (ValueError, TypeError) as error:  # also UnicodeEncodeError: a str with half a character
        raise WireError(f"expected JSON, got malformed text: {one_line(str(error), 120)}") from None
    if not is_json(value, most.values, depth):
        raise WireError(json_faults(value, values=most.values, depth=depth))
    return value


def _count(text: bytes | str, most: int) -> None:
    """
    Refuse JSON text of too many values before anything is made of them.

    Image data has no commas, and a search for them costs a thirtieth of a nanosecond a byte.

    Raises:
        WireError: There are more.
    """
    comma: Any = "," if isinstance(text, str) else b","
    at = -1
    for _ in range(most // _MOST_OPEN):
        at = text.find(comma, at + 1)
        if at < 0:
            return
    if _signs(text) > most:
        bare = _TEXT.sub("", text) if isinstance(text, str) else _TEXT_BYTES.sub(b"", text)
        if _signs(bare) > most:
            raise WireError(f"expected JSON of at most {most} values, got more")


def _signs(text: bytes | str) -> int:
    """Count what a value stands behind: a comma, or the start of what holds it."""
    if isinstance(text, str):
        return text.count(",") + text.count("[") + text.count("{")
    return text.count(b",") + text.count(b"[") + text.count(b"{")


def render_json(value: Json) -> bytes:
    """
    Render a JSON document as UTF-8 bytes, without white space.

    Args:
        value: a JSON document; tuples count as lists.

    Returns:
        The text.

    Raises:
        RequestError: The document has a value, key or depth that JSON has not.
    """
    if not is_json(value):
        faults = json_faults(value)
        if faults:
            raise RequestError(faults)
    try:
        return to_json(value)
    except ValueError as error:  # half a character in a text
        said = f"expected JSON, got what has no text: {one_line(str(error), 120)}"
        raise RequestError(said) from None


def is_json(value: Json, values: int = MOST_WRITTEN, depth: int = MAX_DEPTH) -> bool:
    """
    Tell whether a value is plain JSON: finite, not too deep and not too much, of exact types.

    Visits members, never the characters of texts, so image data costs nothing.

    Args:
        value: any value.
        values: members and items in all, at most.
        depth: levels, at most.

    Returns:
        False also for a document that is too deep.
    """
    level, count = [value], 0
    for _ in range(depth + 1):
        below: list[Json] = []
        for item in level:
            kind = type(item)
            if kind in _SCALARS:
                continue
            if kind is dict:
                if any(type(key) is not str for key in item):
                    return False
                below += item.values()
            elif kind is list or kind is tuple:
                below += item
            elif kind is not float or not isfinite(item):
                return False
            if len(below) > values:  # of one level: what holds itself twice has twice as many on each
                return False
        if not below:
            return True
        count += len(below)
        if count > values:
            return False
        level = below
    return False


def json_faults(
    value: Json, *, kept: bool = False, values: int = MOST_WRITTEN, depth: int = MAX_DEPTH
) -> list[Problem]:
    """
    Find what is not JSON; the slow half of `is_json`, and laxer: subclasses are let pass.

    Args:
        value: any value.
        kept: It will be written and read again: bytes pass, for they become base64; half a character does not,
            nor a number that nobody writes.
        values: members and items in all, at most.
        depth: levels, at most.

    Returns:
        Problems with their pointers, about 20 at most.
    """
    if is_more(value, values):
        return [Problem(pointer="", message=f"expected JSON of at most {values} values, got more")]
    problems: list[Problem] = []
    level: list[tuple[str, Json]] = [("", value)]
    for _ in range(depth + 1):
        below: list[tuple[str, Json]] = []
        for pointer, item in level:
            if len(problems) > 20:
                return problems
            if isinstance(item, float) and not isfinite(item):
                problems.append(_fault(pointer, item, "a finite number"))
            elif kept and isinstance(item, str | bytes):
                if isinstance(item, str) and _is_torn(item):
                    problems.append(_fault(pointer, item, "text of whole characters"))
            elif kept and isinstance(item, int) and item.bit_length() > _MOST_BITS:
                problems.append(_fault(pointer, item, "a number of at most 4,000 digits"))
            elif isinstance(item, dict):
                for key, inner in item.items():
                    if isinstance(key, str) and not (kept and _is_torn(key)):
                        below.append((child(pointer, key), inner))
                    else:
                        problems.append(_fault(pointer, key, "a key that is text"))
            elif isinstance(item, list | tuple):
                below += [(child(pointer, at), inner) for at, inner in enumerate(item)]
            elif not (item is None or isinstance(item, str | int | float)):
                problems.append(_fault(pointer, type(item).__name__, "a JSON value"))
        if not below or len(problems) > 20:
            return problems
        level = below
    return [_fault(level[0][0], "more", f"JSON at most {depth} deep")]


def _is_torn(text: str) -> bool:
    """Say whether half of a surrogate pair stands in a text: it has no UTF-8."""
    return not text.isascii() and _HALF.search(text) is not None


def _fault(pointer: str, given: Json, expected: str) -> Problem:
    """Say what stands where something else should."""
    return Problem(
        pointer=pointer,
        message=f"expected {expected}, got {shorten(given)}",
        given=given,
        expected=expected,
    )


def copied(value: Json, name: Json, depth: int = 0) -> Json:
    """
    Copy the document in a field, so that nobody can change it from outside.

    Image data is not copied, but for buffers that can change.

    Args:
        value: what stands in the field.
        name: the field's name.
        depth: levels above the value.

    Raises:
        RequestError: It is nested deeper than 120 levels.
    """
    if depth > _FIELD_DEPTH:
        message = f"expected at most {_FIELD_DEPTH} levels of nesting, got more"
        raise RequestError(Problem(pointer=child("", str(name)), message=message))
    if isinstance(value, Mapping):
        return {key: copied(item, name, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [copied(item, name, depth + 1) for item in value]
    return bytes(value) if isinstance(value, bytearray | memoryview) else value
