"""
Type, size, alpha and wholeness of images are read off their headers, of bytes and of base64 alike.
"""

from __future__ import annotations

import base64
import io
import struct
import time
from typing import Any
from zlib import crc32

import pytest
from PIL import Image

from imagetx.header import Header, read_header


def saved(mode: str, kind: str, size: tuple[int, int] = (7, 5), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc32(kind + content))


def png(colour: int, *chunks: bytes, interlaced: int = 0, end: bytes = b"IEND") -> bytes:
    head = struct.pack(">IIBBBBB", 7, 5, 8, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + chunk(end)


def box(kind: bytes, *contents: bytes, wide: bool = False) -> bytes:
    content = b"".join(contents)
    if wide:
        return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content
    return struct.pack(">I", 8 + len(content)) + kind + content


def heif(brand: bytes, *edges: tuple[int, int], wide: bool = False, after: bytes = b"") -> bytes:
    sizes = [box(b"ispe", struct.pack(">III", 0, *edge)) for edge in edges]
    properties = box(b"iprp", box(b"ipco", box(b"hvcC", b"\0" * 9), *sizes), wide=wide)
    meta = box(b"meta", b"\0" * 4, box(b"hdlr", b"\0" * 24), properties, box(b"iinf", b"\0" * 3))
    return box(b"ftyp", brand, b"\0" * 8) + meta + box(b"mdat", b"data", wide=wide) + after


def webp(kind: bytes, body: bytes) -> bytes:
    content = b"WEBP" + kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(content)) + content


EXIF = Image.Exif()
EXIF[274] = 6
THUMBNAIL = b"\xff\xe1" + struct.pack(">H", 2 + 40) + b"Exif\0\0" + b"\xff\xd8\xff\xc0\0\x11\x08\0\x10\0\x10".ljust(34)
JPEG = saved("RGB", "JPEG")

FILES: dict[str, tuple[bytes, str, tuple[int, int] | None, bool | None]] = {
    "png": (saved("RGB", "PNG"), "image/png", (7, 5), False),
    "png rgba": (saved("RGBA", "PNG"), "image/png", (7, 5), True),
    "png grey alpha": (saved("LA", "PNG"), "image/png", (7, 5), True),
    "png 16 bit": (saved("I;16", "PNG"), "image/png", (7, 5), False),
    "png tRNS": (saved("P", "PNG", transparency=0), "image/png", (7, 5), True),
    "png tRNS of rgb": (png(2, chunk(b"tRNS", b"\0" * 6), chunk(b"IDAT")), "image/png", (7, 5), True),
    "png interlaced": (png(0, chunk(b"IDAT"), interlaced=1), "image/png", (7, 5), False),
    "png and more": (saved("L", "PNG") + b"trailer", "image/png", (7, 5), False),
    "jpeg": (JPEG, "image/jpeg", (7, 5), False),
    "jpeg progressive": (saved("RGB", "JPEG", progressive=True), "image/jpeg", (7, 5), False),
    "jpeg cmyk": (saved("CMYK", "JPEG"), "image/jpeg", (7, 5), False),
    "jpeg exif": (saved("L", "JPEG", exif=EXIF), "image/jpeg", (7, 5), False),
    "jpeg thumbnail": (JPEG[:2] + THUMBNAIL + JPEG[2:], "image/jpeg", (7, 5), False),
    "jpeg fill bytes": (JPEG[:2] + b"\xff" * 9 + JPEG[2:], "image/jpeg", (7, 5), False),
    "webp": (saved("RGB", "WEBP"), "image/webp", (7, 5), False),
    "webp lossless": (saved("RGBA", "WEBP", lossless=True), "image/webp", (7, 5), True),
    "webp extended": (saved("RGB", "WEBP", exif=EXIF), "image/webp", (7, 5), False),
    "webp extended alpha": (webp(b"VP8X", b"\x10\0\0\0\x06\0\0\x04\0\0"), "image/webp", (7, 5), True),
    "webp of 26 bytes": (webp(b"VP8L", b"\x2f\x06\0\x01\x10\0"), "image/webp", (7, 5), True),
    "gif": (saved("P", "GIF"), "image/gif", (7, 5), None),
    "heic": (heif(b"heic", (7, 5)), "image/heic", (7, 5), None),
    "heic tiles": (heif(b"mif1", (4, 4), (7, 5), (2, 3)), "image/heic", (7, 5), None),
    "heic wide boxes": (heif(b"heix", (7, 5), wide=True), "image/heic", (7, 5), None),
    "heic and more": (heif(b"heic", (7, 5), after=b"\0\xff\xff\xffsefd"), "image/heic", (7, 5), None),
    "avif": (heif(b"avif", (7, 5)), "image/avif", (7, 5), None),
    "avif to the end": (heif(b"avis", (7, 5), after=b"\0\0\0\0mdatmore"), "image/avif", (7, 5), None),
    "avif without size": (heif(b"avif"), "image/avif", None, None),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", None, None),
}
each_file = pytest.mark.parametrize(("data", "mime", "size_px", "alpha"), FILES.values(), ids=FILES)


@each_file
def test_read(data: bytes, mime: str, size_px: tuple[int, int] | None, alpha: bool | None) -> None:
    """Bytes, base64 in both alphabets, with and without padding, and a data URL say the same."""
    text = base64.b64encode(data).decode()
    url_safe = text.translate(str.maketrans("+/", "-_"))
    expected = Header(mime=mime, size_px=size_px, alpha=alpha, whole=True, length=len(data))

    for form in (data, text, text.rstrip("="), url_safe, f"data:image/png;base64,{text}", f"data:;base64,{url_safe}"):
        assert read_header(form) == expected


@each_file
def test_cut_short(data: bytes, mime: str, size_px: tuple[int, int] | None, alpha: bool | None) -> None:
    """At whatever byte a file ends, nothing is raised, nothing is made up, and bytes and base64 agree."""
    for end in range(len(data)):
        cut = data[:end]

        found = read_header(cut)

        assert read_header(base64.b64encode(cut).decode()) == found
        assert found.length == end
        assert found.mime in (mime, None)
        assert found.size_px in (size_px, (4, 4), None)


@pytest.mark.parametrize("name", ["png", "png tRNS", "png interlaced", "webp", "webp lossless", "webp extended alpha"])
def test_a_file_that_breaks_off_is_not_whole(name: str) -> None:
    """Of files that state their length, every part is told from the whole."""
    data = FILES[name][0]

    assert [end for end in range(12, len(data)) if read_header(data[:end]).whole] == []


@pytest.mark.parametrize("name", ["heic", "heic wide boxes", "avif"])
def test_boxes_that_break_off_are_not_whole(name: str) -> None:
    """Between two boxes nothing tells that one is missing."""
    data = FILES[name][0]

    assert [read_header(data[:end]).whole for end in (16, 60, len(data) - 1, len(data))] == [False, False, False, True]


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG", b"%PDF-1.7", "", "?", "data:image/png;base64,"])
def test_what_is_no_image(data: bytes | str) -> None:
    found = read_header(data)

    assert (found.mime, found.size_px, found.alpha, found.whole) == (None, None, None, True)


META = b"\0\0\0\0meta\0\0\0\0"
HOSTILE = {
    "png, a chunk of 4 GiB": png(2)[:-12] + b"\xff\xff\xff\xffIDAT",
    "png, a million chunks": png(2, chunk(b"tEXt") * 1_000_000),
    "jpeg, segments of no length": b"\xff\xd8" + b"\xff\xe1\0\0" * 1_000_000,
    "jpeg, fill bytes alone": b"\xff\xd8" + b"\xff" * 1_000_000,
    "jpeg, restarts alone": b"\xff\xd8\xff\xd0" + b"\xff\xd0" * 1_000_000,
    "webp, of 4 GiB": b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\0" * 14,
    "heic, a box of no length": heif(b"heic")[:20] + b"\0\0\0\x01meta" + b"\0" * 8,
    "heic, boxes that point back": heif(b"heic")[:20] + b"\0\0\0\x03free" * 1_000_000,
    "heic, a million boxes": heif(b"heic")[:20] + b"\0\0\0\x08free" * 1_000_000,
    "heic, boxes in boxes": heif(b"heic")[:20] + META * 100_000,
    "heic, containers full of boxes": heif(b"heic")[:20] + box(b"meta", b"\0" * 4, b"\0\0\0\x08free" * 99) * 9_999,
    "heic, beyond 64 bits": heif(b"heic")[:20] + b"\0\0\0\x01mdat" + b"\xff" * 8,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile(data: bytes) -> None:
    """Whatever stands in a file, reading its header ends soon; 2 s is a hundred times what it takes."""
    text = base64.b64encode(data).decode()
    start = time.perf_counter()

    found = read_header(data), read_header(text)

    assert time.perf_counter() - start < 2
    assert found[0] == found[1]
    assert found[0].size_px in (None, (7, 5), (1, 1), (0, 0))
