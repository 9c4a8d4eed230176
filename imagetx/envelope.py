"""
What both HTTP messages share: being immutable values, and the outside of their one JSON form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn
from urllib.parse import quote

from imagetx.body import write_body
from imagetx.errors import Json, Problem, WireError, bounded_repr, child, shorten
from imagetx.jsontext import parse_json


class Message:
    """Be an immutable value of slots, written by hand because making one must cost little."""

    __slots__: tuple[str, ...] = ()
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # bodies are documents

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        """Refuse to change."""
        message = f"{type(self).__name__} cannot be changed"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse to change."""
        message = f"{type(self).__name__} cannot be changed"
        raise AttributeError(message)

    def _members(self) -> tuple[Any, ...]:
        """Give the arguments that would make this value again."""
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        """Compare all members."""
        if not isinstance(other, Message):
            return NotImplemented
        return type(self) is type(other) and self._members() == other._members()

    def __reduce__(self) -> tuple[type[Any], tuple[Any, ...]]:
        """Pickle as a call of the constructor."""
        return type(self), self._members()

    def __repr__(self) -> str:
        """Give at most 500 characters, secrets masked and data by its size."""
        members = zip(self.__slots__, self._members(), strict=True)
        return bounded_repr(type(self).__name__, members)


def write_message(start: dict[str, Json], headers: Mapping[str, str], body: Json) -> dict[str, Json]:
    """
    Give the JSON form of a message.

    Args:
        start: method and url, or status.
        headers: the headers.
        body: as `write_body` takes it; None is left out.

    Returns:
        A new object.
    """
    form = {**start, "headers": dict(headers)}
    return form if body is None else {**form, "body": write_body(body)}


def parse_message(given: Json, known: Sequence[str], needed: Iterable[str], problems: list[Problem]) -> dict[str, Json]:
    """
    Read the outer object of a message's JSON form.

    Args:
        given: the object, or its JSON text.
        known: keys it may have.
        needed: keys it must have.
        problems: missing and unknown keys, and maps that are not of text, are appended here.

    Returns:
        The object, where `headers` and `query` are maps of text.

    Raises:
        WireError: The text is no JSON, or no object.
    """
    parsed = parse_json(given) if isinstance(given, bytes | str) else given
    if not isinstance(parsed, Mapping):
        message = f"expected a message as an object, got {shorten(parsed)}"
        raise WireError(Problem(pointer="", message=message, given=parsed))
    faults = [f"expected a message with {key}, got none" for key in needed if key not in parsed]
    said = f"expected one of {', '.join(known)}"
    faults += [f"{said}, got {shorten(key)}" for key in parsed if key not in known]
    problems += [Problem(pointer="", message=fault) for fault in faults]
    headers = _text_map(parsed.get("headers", {}), "/headers", problems)
    query = _text_map(parsed.get("query", {}), "/query", problems)
    return {**parsed, "headers": headers, "query": query}


def with_query(url: Json, query: Mapping[str, str]) -> Json:
    """Append a map of text to a URL, percent-encoded; what is no text is left to be refused."""
    if not isinstance(url, str) or len(query) == 0:
        return url
    pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items())
    start, mark, fragment = url.partition("#")
    return f"{start}{'&' if '?' in start else '?'}{pairs}{mark}{fragment}"


def _text_map(given: Json, pointer: str, problems: list[Problem]) -> dict[str, str]:
    """Read a map of text; what is none is left out and told."""
    if not isinstance(given, Mapping):
        problems.append(_not_text(pointer, "an object of texts", given))
        return {}
    kept: dict[str, str] = {}
    for name, value in given.items():
        if isinstance(name, str) and isinstance(value, str) and _has_bytes(name + value):
            kept[name] = value
        else:
            at = child(pointer, name) if isinstance(name, str) else pointer
            problems.append(_not_text(at, "text", value))
    return kept


def _has_bytes(text: str) -> bool:
    """Tell whether a text has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_text(pointer: str, expected: str, given: Json) -> Problem:
    """Say what stands where text should; only its type, for a header may be secret."""
    message = f"expected {expected}, got {type(given).__name__}"
    return Problem(pointer=pointer, message=message, expected=expected)
