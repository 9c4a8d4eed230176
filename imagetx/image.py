"""
Image data: what can be read off its first bytes, and its base64; beyond that it is never copied.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

_BYTES_SEEN: Final = 768
_CHARACTERS_SEEN: Final = _BYTES_SEEN // 3 * 4
_URL_SAFE: Final = str.maketrans("-_", "+/")
_DATA_URL: Final = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_SVG: Final = re.compile(
    # atomic: what was read as a comment is never read again as two of them, which would take for ever
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?+(?>(?><!--.*?-->)\s*+|<!DOCTYPE svg[^>]*+>\s*+)*+<svg[\s>]",
    re.DOTALL | re.IGNORECASE,
)
# Brands of ISO base media files, at byte 8 after "ftyp" (HEIF: ISO/IEC 23008-12; AVIF: AOM).
_MIME_OF_BRAND: Final = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
}


def sniff_mime(data: bytes | str) -> str | None:
    """
    Tell the media type of an image from how it begins.

    Args:
        data: the image as bytes, base64 text in either alphabet, or a base64 data URL (whose own
            statement is not looked at).

    Returns:
        `image/png`, `image/jpeg`, `image/webp`, `image/gif`, `image/heic`, `image/avif`,
        `image/svg+xml`, or None when it begins like none of them.
    """
    head = _decoded_start(data) if isinstance(data, str) else bytes(data[:_BYTES_SEEN])
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[4:8] == b"ftyp":
        return _MIME_OF_BRAND.get(head[8:12])
    return "image/svg+xml" if _SVG.match(head) is not None else None


def base64_of(data: bytes) -> str:
    """
    Write bytes as standard base64.

    A text that grows piece by piece takes less by Python's count, and more of the machine: what it left lies about.
    """
    return str(binascii.b2a_base64(data, newline=False), "ascii")


def base64_start(text: str) -> int:
    """Say where the base64 of a data URL begins; 0 for a text that is none."""
    url = _DATA_URL.match(text)
    return 0 if url is None else url.end()


def _decoded_start(text: str) -> bytes:
    """Decode the beginning of base64 text; empty when it is none."""
    start = base64_start(text)
    head = text[start : start + _CHARACTERS_SEEN].translate(_URL_SAFE).rstrip("=")
    if len(head) % 4 == 1:  # cut short inside a byte
        head = head[:-1]
    try:
        return binascii.a2b_base64(head + "=" * (-len(head) % 4), strict_mode=True)
    except ValueError:  # binascii.Error, or text that is not ASCII
        return b""
