"""
What goes wrong: one exception family, each error with all of its problems.

`SpecError` and `ResolveError` and `RequestError` are the caller's fault (a bad spec, no such
target, a request that cannot be said); `WireError` is the peer's.  Everything that shows data to a
human goes through `shorten`, so that no message holds a secret or more than 80 characters of data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from imagetx.secret import MASK, is_secret, masked, shown_text

Json: TypeAlias = Any
"""A JSON value; the one place where types end."""

DATA_LIMIT: Final = 80
REPR_LIMIT: Final = 500

_DATA_URL: Final = re.compile(r"\s*data:[^,]{0,100};base64,", re.IGNORECASE)
_BASE64_START: Final = re.compile(r"\s*(?:[A-Za-z0-9+/_-][\r\n]{0,2}){64}")  # perhaps broken into lines


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Problem:
    """
    Say one thing that is wrong: what was expected, what came, and where.

    Attributes:
        pointer: JSON Pointer into the document that went in; "" is all of it.
        message: one sentence without the pointer, `expected an integer 1 to 5, got 9`.
        given: the value that stood there, secrets masked; None when nothing did.
        expected: what would have been right, in words, when it can be said apart.
        source: the document that says so, when there is one.
    """

    pointer: str
    message: str
    given: Json = field(default=None, hash=False)  # may be a list or an object
    expected: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        """Mask what is known for a secret in what stood there."""
        shown = masked(self.given, self.pointer)
        if shown is not self.given:
            object.__setattr__(self, "given", shown)

    def __str__(self) -> str:
        """Give the problem as one line."""
        message = one_line(self.message)
        return message if self.pointer == "" else f"{message} - at {one_line(self.pointer, 160)}"

    def __repr__(self) -> str:
        """Give at most 500 characters, data shortened."""
        names = ("pointer", "message", "given", "expected", "source")
        return bounded_repr("Problem", ((name, getattr(self, name)) for name in names))


class ImagetxError(Exception):
    """
    Carry every problem that was found; the base of all errors imagetx raises.

    Errors are equal when their types and problems are, and can be pickled.

    Args:
        problems: all problems, one problem, or the message of one without a place.
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            found: tuple[Problem, ...] = (Problem(pointer="", message=problems),)
        elif isinstance(problems, Problem):
            found = (problems,)
        else:
            found = tuple(problems)
        super().__init__(found)  # the one argument pickle gives back to us
        self.problems = found

    def __str__(self) -> str:
        """Give the problems, one a line."""
        return "\n".join(map(str, self.problems))

    def __repr__(self) -> str:
        """Give at most 500 characters."""
        shown = "; ".join(map(str, self.problems))
        return cut(f"{type(self).__name__}({shown!r})", REPR_LIMIT)

    def __eq__(self, other: object) -> bool:
        """Compare type and problems."""
        if not isinstance(other, ImagetxError):
            return NotImplemented
        return type(self) is type(other) and self.problems == other.problems

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((type(self), self.problems))


class SpecError(ImagetxError):
    """Say that a provider's spec is wrong."""


class ResolveError(ImagetxError, LookupError):
    """Say that there is no such target, or that a variable of it is missing."""


class RequestError(ImagetxError, ValueError):
    """Say that you asked for what is impossible or what the dialect cannot say."""


class WireError(ImagetxError, ValueError):
    """Say that the peer sent what is malformed or what the dialect does not know."""


class Unsayable(Exception):
    """
    Tell from inside a codec that it cannot say a value; never leaves the engine.

    `record` turns it into a note or a problem.

    Args:
        reason: why, half a sentence: `Nova knows only standard and premium`.
        expected: what could be said instead, in words, when that is known.
    """

    def __init__(self, *, reason: str, expected: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.expected = expected


def shorten(value: Json, limit: int = DATA_LIMIT) -> str:
    """
    Show a value in at most `limit` characters, image data as `<6291456 bytes>`.

    Long base64 text counts as image data and is shown by its decoded size.  Values of
    credential-like keys are shown as `***`.  The work done is bounded by `limit`, not by the value.

    Args:
        value: any value; JSON is shown as JSON.
        limit: characters, 8 or more.

    Returns:
        One printable line.
    """
    shown = ""
    for piece in _pieces(value, limit):
        shown += piece
        if len(shown) > limit:
            break
    return cut(shown, limit)


def bounded_repr(name: str, members: Iterable[tuple[str, Json]]) -> str:
    """
    Write the repr of a value: members that are None left out, at most 500 characters.

    Args:
        name: the type's name.
        members: pairs of a member's name and its value.

    Returns:
        `Name(member=..., member=...)`.
    """
    shown = ", ".join(f"{key}={shorten(item, 160)}" for key, item in members if item is not None)
    if len(name) + len(shown) + 2 > REPR_LIMIT:
        shown = cut(shown, REPR_LIMIT - len(name) - 2)
    return f"{name}({shown})"


def child(pointer: str, key: str | int) -> str:
    """Give the JSON Pointer of a member or an item."""
    return f"{pointer}/{key}" if isinstance(key, int) else f"{pointer}/{_escaped(key)}"


def cut(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, the last three being dots when something is lost."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def one_line(text: str, limit: int = 1000) -> str:
    """Make a text printable on one line of at most `limit` characters."""
    text = cut(text, limit)
    return text if text.isprintable() else "".join(map(_printable, text))


def data_size(text: str) -> int | None:
    """
    Tell the decoded size of a text that looks like image data.

    Only the first characters are looked at, so a long prompt of one 64-letter word is mistaken;
    that is why this serves display only.

    Args:
        text: any text.

    Returns:
        Bytes, or None when the text is short or does not look like base64 or a data URL.
    """
    if len(text) <= DATA_LIMIT:
        return None
    url = _DATA_URL.match(text)
    if url is None and _BASE64_START.match(text) is None:
        return None
    length = len(text) - (0 if url is None else url.end())
    padding = 2 if text.endswith("==") else 1 if text.endswith("=") else 0
    return max(0, length * 3 // 4 - padding)


def _pieces(value: Json, limit: int) -> Iterator[str]:
    """Yield the JSON text of a value in pieces of bounded length."""
    match value:
        case str():
            size = data_size(value)
            yield _quoted(shown_text(value)[: limit + 1]) if size is None else f"<{size} bytes>"
        case bytes() | bytearray() | memoryview():
            yield f"<{len(value)} bytes>"
        case bool() | None:
            yield {True: "true", False: "false", None: "null"}[value]
        case int() if value.bit_length() > 4 * limit:  # int to text is quadratic and has a limit
            yield f"<integer of {value.bit_length()} bits>"
        case int() | float():
            yield repr(value)
        case Mapping():
            yield from _members(value, limit)
        case Collection():  # a set and a view, too: their repr would show what is in them
            yield "["
            for index, item in enumerate(value):
                yield ", " if index else ""
                yield from _pieces(item, limit)
            yield "]"
        case _:
            yield one_line(repr(value), limit)


def _members(value: Mapping[Any, Json], limit: int) -> Iterator[str]:
    """Yield the members of an object, credential-like ones masked."""
    yield "{"
    for index, (key, item) in enumerate(value.items()):
        yield ", " if index else ""
        yield from _pieces(key, limit)
        yield ": "
        if isinstance(key, str) and is_secret(key):
            yield MASK
        else:
            yield from _pieces(item, limit)
    yield "}"


def _escaped(key: str) -> str:
    """Escape a key as RFC 6901 section 3 says."""
    return key.replace("~", "~0").replace("/", "~1") if "/" in key or "~" in key else key


def _quoted(text: str) -> str:
    """Quote a text as JSON does, everything that does not print escaped."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _printable(character: str) -> str:
    """Escape one character that does not print."""
    return character if character.isprintable() else json.dumps(character)[1:-1]
