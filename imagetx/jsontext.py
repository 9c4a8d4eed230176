"""
JSON text and back: the one place that parses and renders, with its limits.

Duplicate keys: the last wins.  NaN and Infinity are refused both ways, also as `1e999`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Final

from pydantic_core import from_json, to_json

from imagetx.errors import Json, Problem, RequestError, WireError, child, one_line, shorten

MAX_DEPTH: Final = 200
MAX_BYTES: Final = 256 * 1024 * 1024

_FIELD_DEPTH: Final = 120  # a carried field has 100 levels; the JSON form of an exchange adds a few to it

_MOST_BITS: Final = 13_287  # 4,000 digits; Python writes no number of more than 4,300

_HALF: Final = re.compile("[\ud800-\udfff]")
_SCALARS: Final = frozenset({str, int, bool, type(None)})


def parse_json(text: bytes | str) -> Json:
    """
    Parse JSON text that somebody sent.

    Args:
        text: UTF-8 bytes or text, at most 256 MiB; a byte order mark is skipped.

    Returns:
        The value, made of dict, list, str, int, float, bool and None.

    Raises:
        WireError: The text is malformed, cut short, too long, nested deeper than 200 or has a
            number that is not finite.
    """
    if len(text) > MAX_BYTES:
        raise WireError(f"expected JSON of at most {MAX_BYTES} bytes, got {len(text)}")
    if isinstance(text, bytes) and text.startswith(b"\xef\xbb\xbf"):
        text = text[3:]
    try:
        value = from_json(text, allow_inf_nan=False)
    except (ValueError, TypeError) as error:  # also UnicodeEncodeError: a str with half a character
        raise WireError(f"expected JSON, got malformed text: {one_line(str(error), 120)}") from None
    if not is_json(value):
        raise WireError(json_faults(value))
    return value


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


def is_json(value: Json) -> bool:
    """
    Tell whether a value is plain JSON: finite, at most 200 deep, of exact types.

    Visits members, never the characters of texts, so image data costs nothing.

    Args:
        value: any value.

    Returns:
        False also for a document that is too deep.
    """
    level = [value]
    for _ in range(MAX_DEPTH + 1):
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
        if not below:
            return True
        level = below
    return False


def depth_faults(value: Json) -> list[Problem]:
    """
    Find out whether a value is nested deeper than JSON may be, or holds itself; what else it is is no matter.

    A container that stands in several places is visited once a level, so the time is bounded.
    """
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        below: dict[int, Json] = {}
        for item in level:
            members = item.values() if isinstance(item, Mapping) else item if isinstance(item, list | tuple) else ()
            below |= {id(inner): inner for inner in members if isinstance(inner, Mapping | list | tuple)}
        if not below:
            return []
        level = list(below.values())
    return [_fault("", "more", f"JSON at most {MAX_DEPTH} deep")]


def json_faults(value: Json, *, kept: bool = False) -> list[Problem]:
    """
    Find what is not JSON; the slow half of `is_json`, and laxer: subclasses are let pass.

    Args:
        value: any value.
        kept: It will be written and read again: bytes pass, for they become base64; half a character does not,
            nor a number that nobody writes.

    Returns:
        Problems with their pointers, about 20 at most.
    """
    problems: list[Problem] = []
    level: list[tuple[str, Json]] = [("", value)]
    for _ in range(MAX_DEPTH + 1):
        below: list[tuple[str, Json]] = []
        for pointer, item in level:
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
    return [_fault(level[0][0], "more", f"JSON at most {MAX_DEPTH} deep")]


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
