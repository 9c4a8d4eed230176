"""
Headers of image files: type, pixel size, alpha and whether the file is whole, without decoding a pixel.

Works on bytes and on base64 text alike: of a text only the few characters that are asked for are decoded.
Formats: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), WebP (RFC 9649), GIF (89a), HEIC and AVIF (ISO/IEC 23008-12).
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from imagetx.image import base64_start, sniff_mime

Peek = Callable[[int, int], bytes]
"""(offset, count) -> bytes; fewer where the file ends."""

_URL_SAFE: Final = str.maketrans("-_", "+/")
_MOST_BLOCKS: Final = 65_536  # chunks, segments or boxes that are walked; a file with more is not judged
_WITH_ALPHA: Final = frozenset({4, 6})  # PNG colour types with an alpha channel
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG markers that hold the size
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length
_CONTAINERS: Final = {b"meta": 4, b"iprp": 0, b"ipco": 0}  # boxes on the way to the size, and what precedes their boxes
_ESSENTIAL: Final = frozenset({b"ftyp", b"mdat", b"ispe", *_CONTAINERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """
    What the header of an image file says.

    Attributes:
        mime: Media type by magic bytes, or None for what is no image we know.
        size_px: (width, height), or None where the header has none.
        alpha: Whether pixels may be transparent; None where the header does not say.
        whole: False where the file ends before it should.
        length: Bytes of the file.
    """

    mime: str | None
    size_px: tuple[int, int] | None = None
    alpha: bool | None = None
    whole: bool = True
    length: int


def read_header(data: bytes | str) -> Header:
    """
    Read the header of an image.

    Args:
        data: The file as bytes, base64 text (standard alphabet or URL-safe), or a base64 data URL.

    Returns:
        What is known; a file that breaks off has `whole` False.
    """
    peek, length = _peek_text(data) if isinstance(data, str) else (_peek_bytes(data), len(data))
    mime = sniff_mime(data)
    read = _READERS.get(mime or "")
    if read is None:
        return Header(mime=mime, length=length)
    size_px, alpha, whole = read(peek, length)
    return Header(mime=mime, size_px=size_px, alpha=alpha, whole=whole, length=length)


def _peek_bytes(data: bytes) -> Peek:
    return lambda offset, count: data[offset : offset + count]


def _peek_text(text: str) -> tuple[Peek, int]:
    """Read bytes out of base64 text where they stand; four characters are three bytes."""
    start = base64_start(text)
    end = len(text)
    while end > start and text[end - 1] == "=":
        end -= 1

    def peek(offset: int, count: int) -> bytes:
        first = offset // 3
        characters = text[start + 4 * first : min(end, start + 4 * -(-(offset + count) // 3))]
        if len(characters) % 4 == 1:
            characters = characters[:-1]
        padded = characters.translate(_URL_SAFE) + "=" * (-len(characters) % 4)
        try:
            found = binascii.a2b_base64(padded)
        except ValueError:  # binascii.Error, or text that is not ASCII
            return b""
        return found[offset - 3 * first : offset - 3 * first + count]

    return peek, (end - start) * 3 // 4


Facts = tuple[tuple[int, int] | None, bool | None, bool]


def _png(peek: Peek, length: int) -> Facts:
    head = peek(8, 25)
    if len(head) < 25 or head[4:8] != b"IHDR":
        return None, None, False
    size_px = int.from_bytes(head[8:12]), int.from_bytes(head[12:16])
    alpha = head[17] in _WITH_ALPHA
    at = 8
    for _ in range(_MOST_BLOCKS):
        chunk = peek(at, 8)
        at += 12 + int.from_bytes(chunk[:4])
        if len(chunk) < 8 or at > length:
            return size_px, alpha, False
        alpha = alpha or chunk[4:] == b"tRNS"
        if chunk[4:] == b"IEND":
            break
    return size_px, alpha, True


def _jpeg(peek: Peek, length: int) -> Facts:
    at = 2
    for _ in range(_MOST_BLOCKS):
        marker = peek(at, 9)
        if len(marker) < 4 or marker[0] != 0xFF:
            return None, False, False
        if marker[1] == 0xFF:  # a fill byte
            at += 1
        elif marker[1] in _BARE:
            at += 2
        elif marker[1] in _FRAMES:
            size_px = int.from_bytes(marker[7:9]), int.from_bytes(marker[5:7])
            return (size_px, False, True) if len(marker) == 9 else (None, False, False)
        else:
            at += 2 + int.from_bytes(marker[2:4])
    return None, False, True


def _webp(peek: Peek, length: int) -> Facts:
    head = peek(0, 30)
    whole = length >= 8 + int.from_bytes(head[4:8], "little")
    kind, body = head[12:16], head[20:]
    size_px, alpha = None, None
    if kind == b"VP8X" and len(body) == 10:
        size_px = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
        alpha = bool(body[0] & 0x10)
    elif kind == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        size_px, alpha = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> 28 & 1)
    elif kind == b"VP8 " and len(body) == 10:
        size_px = int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
        alpha = False
    return size_px, alpha, whole and size_px is not None


def _gif(peek: Peek, length: int) -> Facts:
    head = peek(6, 7)
    if len(head) < 7:
        return None, None, False
    return (int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "little")), None, True


def _heif(peek: Peek, length: int) -> Facts:
    """Take the largest of the sizes that the properties name: the others are those of tiles and thumbnails."""
    sizes: list[tuple[int, int]] = []
    at, whole = 0, True
    for _ in range(_MOST_BLOCKS):
        head = peek(at, 20)
        size, kind, start = int.from_bytes(head[:4]), head[4:8], 8
        if size == 1:  # the size is in the eight bytes that follow
            size, start = int.from_bytes(head[8:16]), 16
        elif size == 0:  # to the end
            size = length - at
        if len(head) < 8 or size < start:
            break
        if kind == b"ispe" and len(head) == 20 and start == 8:
            sizes.append((int.from_bytes(head[12:16]), int.from_bytes(head[16:20])))
        whole = whole and (at + size <= length or kind not in _ESSENTIAL)  # what follows the image may be anything
        at += start + _CONTAINERS[kind] if kind in _CONTAINERS else size  # what is in a container follows its head
    return max(sizes, key=lambda size: size[0] * size[1], default=None), None, whole and at >= 8


_READERS: Final[dict[str, Callable[[Peek, int], Facts]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/gif": _gif,
    "image/heic": _heif,
    "image/avif": _heif,
}
