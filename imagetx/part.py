"""
Part: one part of a form, checked when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final

from imagetx.errors import Problem, RequestError, bounded_repr, shorten

_MEDIA_TYPE: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[\x20-\x7e]+")
_MEMBERS: Final = ("name", "data", "filename", "content_type")
_OTHER_TYPES: Final[dict[str, Any]] = {
    "name": (),
    "data": bytes,
    "filename": NoneType,
    "content_type": NoneType,
}  # beside text


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """
    Hold one part of a form.

    Attributes:
        name: the field's name.
        data: text of a scalar, or bytes of a file.
        filename: None for a scalar; "" is a file without a name.
        content_type: media type; None writes no Content-Type line, as scalars want it.

    Raises:
        RequestError: A member has the wrong type, or text that has no bytes or no place.
    """

    name: str
    data: bytes | str
    filename: str | None = None
    content_type: str | None = None

    def __post_init__(self) -> None:
        """Check once, so that writing never fails; a scalar of plain text cannot be wrong."""
        name, data = self.name, self.data
        plain = type(data) is bytes or (type(data) is str and data.isascii())
        if plain and type(name) is str and name.isascii() and self.filename is None and self.content_type is None:
            return
        if problems := [Problem(pointer=f"/{at}", message=m) for at, m in _part_faults(self)]:
            raise RequestError(problems)

    def __repr__(self) -> str:
        """Give at most 500 characters, data by its size."""
        return bounded_repr("Part", zip(_MEMBERS, values_of(self), strict=True))


def values_of(part: Part) -> tuple[bytes | str | None, ...]:
    """Give the members of a part, as `_MEMBERS` names them."""
    return part.name, part.data, part.filename, part.content_type


def bytes_of(data: bytes | str) -> bytes:
    """Give the bytes of a member that `Part` has checked."""
    return data.encode() if isinstance(data, str) else data


def _part_faults(part: Part) -> Iterator[tuple[str, str]]:
    """Say what is wrong with a part: pairs of a member and a message."""
    for member, value in zip(_MEMBERS, values_of(part), strict=True):
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError:
                yield member, "expected text, got half a character (a lone surrogate)"
        elif not isinstance(value, _OTHER_TYPES[member]):
            yield member, f"expected text, got {type(value).__name__}"
    kind = part.content_type
    if isinstance(kind, str) and _MEDIA_TYPE.fullmatch(kind) is None:
        yield "content_type", f"expected a media type, got {shorten(kind)}"
