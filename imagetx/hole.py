"""
Holes of URL templates, and the variables that fill them.

A hole is one percent-encoded piece of a segment: nothing a caller gives can change host or query
or leave its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

from imagetx.document import parse_pattern
from imagetx.errors import Problem, ResolveError, shorten

HOLE: Final = re.compile(r"\{([a-z_]+)\}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")


def encode_segment(name: str, value: str) -> str:
    """
    Percent-encode a value as one path segment.

    Raises:
        ResolveError: The value is empty, `.` or `..`, or cannot be encoded.
    """
    if _UNRESERVED.fullmatch(value):
        return value
    if value in {"", ".", ".."} or any(ord(char) < 32 or ord(char) == 127 for char in value):
        problem = Problem(
            pointer="", message=f"expected a name for {name} in the URL, got {shorten(value)}", given=value
        )
        raise ResolveError(problem)
    try:
        return quote(value, safe="")
    except UnicodeEncodeError as error:
        problem = Problem(pointer="", message=f"expected text that UTF-8 can carry for {name}, got {shorten(value)}")
        raise ResolveError(problem) from error


def read_segment(name: str, text: str) -> str | None:
    """Read a percent-encoded piece of a path, or return None for what `encode_segment` would not write."""
    try:
        value = unquote(text, errors="strict")
        encode_segment(name, value)
    except (UnicodeDecodeError, ResolveError):
        return None
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable of an endpoint: its default, whether its query parameter may be left out, and its form."""

    default: str | None = None
    optional: bool = False
    pattern: str | None = None

    def takes(self, value: str) -> bool:
        """Say whether a value has the variable's form."""
        return self.pattern is None or parse_pattern(self.pattern, most=1).fullmatch(value) is not None


_PLAIN: Final = Variable()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """
    The variables that an endpoint declares, and the template that is named where one is missing.
    """

    known: Mapping[str, Variable]
    template: str

    def declared(self, name: str) -> Variable:
        """Return a variable as it is declared; one that is only named in a template has no default."""
        return self.known.get(name, _PLAIN)

    def value(self, name: str, given: Mapping[str, str]) -> str:
        """
        Return what fills a hole: what is given, else the default.

        Raises:
            ResolveError: Neither is there, or what is given has another form.
        """
        declared = self.declared(name)
        value: Any = given.get(name, declared.default)
        if isinstance(value, str) and value and declared.takes(value):
            return value
        if name in given:
            form = "a text" if declared.pattern is None else f"a text like {declared.pattern}"
            message = f"expected the variable {name!r} as {form}, got {shorten(value)}"
            raise ResolveError(Problem(pointer="", message=message, given=value))
        message = f"expected the variable {name!r}, which {self.template} needs"
        raise ResolveError(Problem(pointer="", message=message, expected=f"variable {name}"))

    def said(self, found: Mapping[str, str]) -> dict[str, str]:
        """Leave out of what a URL says what is the default anyway."""
        return {name: value for name, value in found.items() if value != self.declared(name).default}
