"""Media types are read off the first bytes, of data or of its base64."""

from __future__ import annotations

import base64
import time

import pytest

from imagetx.image import sniff_mime

STARTS = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"RIFF\x1a\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"GIF89a\x01\x00", "image/gif"),
    (b"\x00\x00\x00\x1cftypavif\x00\x00", "image/avif"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
    (b'<svg xmlns="http://www.w3.org/2000/svg">', "image/svg+xml"),
    (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg>', "image/svg+xml"),
    (b"RIFF\x1a\x00\x00\x00WAVE", None),
    (b"\x00\x00\x00\x18ftypmp42", None),
    (b"<?xml version='1.0'?><html>", None),
    (b"<svgx>", None),
    (b"hello", None),
    (b"", None),
]


@pytest.mark.parametrize(("data", "expected"), STARTS)
def test_sniff(data: bytes, expected: str | None) -> None:
    text = base64.b64encode(data).decode()

    assert sniff_mime(data) == expected
    assert sniff_mime(data + b"\x00" * 5000) == expected
    assert sniff_mime(text) == expected
    assert sniff_mime(text.rstrip("=")) == expected
    assert sniff_mime(base64.urlsafe_b64encode(data).decode()) == expected
    assert sniff_mime("data:text/plain;base64," + text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("iVBORw0KGgo=", "image/png"),
        ("/9j/", "image/jpeg"),
        ("_9j_", "image/jpeg"),
        ("/9j/4A==", "image/jpeg"),
        ("UklGRhoAAABXRUJQ", "image/webp"),
        ("iVBORw", None),
        ("not base64!", None),
        ("é", None),
        ("https://example.org/a.png", None),
    ],
)
def test_sniff_text(text: str, expected: str | None) -> None:
    assert sniff_mime(text) == expected


@pytest.mark.parametrize("start", [b"<!---->" * 110, b"<!--" * 190, b"<?xml>" + b"<!DOCTYPE svg>" * 50, b" " * 768])
def test_what_begins_almost_like_svg_is_told_at_once(start: bytes) -> None:
    """A head full of comments is read once, not in every way in which it could be cut into comments."""
    begun = time.perf_counter()

    assert sniff_mime(start) is None
    assert time.perf_counter() - begun < 1
