"""
Boundaries of forms: made of the content, so that nothing is random, and never in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from imagetx.errors import RequestError, shorten
from imagetx.part import Part, bytes_of, values_of

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")  # RFC 2046
_SHORT: Final = 4096  # bytes
_SAMPLE: Final = 32 * 1024


def boundary_for(parts: Iterable[Part]) -> str:
    """
    Make the boundary of a form: 40 characters, a hash of its content that is not in it.

    Of a file, size and ends are hashed, which is quick. Only a file made for it could hold that hash:
    then all of it is hashed, and nobody can make one that holds the hash of itself.
    """
    parts = tuple(parts)
    boundary = _named(_hashed(parts, _SAMPLE))
    if not occurs(boundary, parts):
        return boundary
    digest = _hashed(parts, None)
    while occurs(boundary, parts):
        digest.update(b"again")
        boundary = _named(digest)
    return boundary


def _named(digest: Hash) -> str:
    return "imagetx-" + digest.hexdigest()[:32]


def _hashed(parts: Iterable[Part], sample: int | None) -> Hash:
    """Hash the members of parts: all of them, or of long ones the size and a sample of each end."""
    digest, short = sha256(), []
    for part in parts:
        for member in values_of(part):
            if member is None:
                short.append(b"1:\x00")
                continue
            content = bytes_of(member)
            short.append(b"%d:\x01" % (len(content) + 1))
            if len(content) <= _SHORT:  # hashed together, which is quicker; the data of a file is not copied for it
                short.append(content)
                continue
            digest.update(b"".join(short))
            short.clear()
            if sample is None or len(content) <= 2 * sample:
                digest.update(content)
            else:
                digest.update(content[:sample])
                digest.update(content[-sample:])
    digest.update(b"".join(short))
    return digest


def occurs(boundary: str, parts: Iterable[Part]) -> bool:
    """Tell whether a boundary stands in the data of a part, where it would end it."""
    mark = boundary.encode()
    return any(mark in bytes_of(part.data) for part in parts)


def is_boundary(text: str) -> bool:
    """Say whether a text may be a boundary."""
    return _BOUNDARY.fullmatch(text) is not None


def check_boundary(boundary: str, parts: Iterable[Part]) -> None:
    """Refuse a boundary that is not of RFC 2046 section 5.1.1, or stands in the content."""
    if not isinstance(boundary, str) or not is_boundary(boundary):
        raise RequestError(f"expected a boundary of RFC 2046, got {shorten(boundary)}")
    if occurs(boundary, parts):
        raise RequestError("expected a boundary that does not occur in the form")
