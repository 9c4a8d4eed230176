"""
Header maps: lower-case names, no value that could leave its line, never changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from imagetx.errors import Problem, RequestError, child, shorten
from imagetx.frozen import FrozenMap

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # RFC 9110 section 5.5
_USUAL: Final = frozenset(
    {
        "accept",
        "authorization",
        "content-length",
        "content-type",
        "date",
        "user-agent",
        "x-amzn-requestid",
        "x-request-id",
    }
)
"""Names that need no check, because they are legal and lower-case."""


class Headers(FrozenMap):
    """
    Map lower-case header names to values; a dict that cannot be changed.

    Args:
        headers: a map that `fold_headers` has passed.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Give at most 160 characters, credential-like values masked."""
        return shorten(self, 160)


def fold_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """
    Check headers and write their names in lower case.

    Args:
        headers: names and values as text.

    Returns:
        A new dict.

    Raises:
        RequestError: A name is no token or stands twice, or a value has CR, LF, NUL, another
            control character or a character beyond Latin-1.
    """
    folded: dict[str, str] = {}
    try:
        pairs = headers.items()
    except AttributeError:
        given = type(headers).__name__
        problem = Problem(pointer="/headers", message=f"expected a map of text, got {given}")
        raise RequestError(problem) from None
    for name, value in pairs:
        if name in _USUAL and type(value) is str and value.isascii() and value.isprintable():
            folded[name] = value
        else:
            return _checked(headers)
    return folded


def media_type(headers: Mapping[str, str]) -> str:
    """Give the lower-case media type of a message without parameters; "" when it states none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _checked(headers: Mapping[Any, Any]) -> dict[str, str]:
    """Check every header, the slow and exact way."""
    folded: dict[str, str] = {}
    problems: list[Problem] = []
    for name, value in headers.items():
        if not isinstance(name, str) or _TOKEN.fullmatch(name) is None:
            said = f"expected a header name, got {shorten(name)}"
            problems.append(Problem(pointer="/headers", message=said))
            continue
        pointer = child("/headers", name.lower())
        if name.lower() in folded:
            said = "expected a header once, got it twice"
            problems.append(Problem(pointer=pointer, message=said))
        elif not isinstance(value, str):
            said = f"expected text, got {type(value).__name__}"  # never the value: it may be secret
            problems.append(Problem(pointer=pointer, message=said))
        elif _VALUE.fullmatch(value) is None:
            said = "expected a header value, got a control character or one beyond Latin-1"
            problems.append(Problem(pointer=pointer, message=said))
        else:
            folded[name.lower()] = value
    if problems:
        raise RequestError(problems)
    return folded
