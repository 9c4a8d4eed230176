"""
Canonical requests that the pages try on every target; they say what people ask for and nothing of any provider.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from imagetx.document import Json

_EDGE = 1024
"""Edge of the sample images, px: legal wherever an input image is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    A canonical request.

    Attributes:
        name: A word for it, in addresses.
        title: What it is about.
        request: The document.
    """

    name: str
    title: str
    request: Mapping[str, Any]


@cache
def samples() -> tuple[Sample, ...]:
    """Return the sample requests, simple ones first."""
    image, mask = _white(), _hole()
    fox = {"prompt": "a red fox in fresh snow"}
    night = {"prompt": "the same fox, at night"}
    return tuple(
        Sample(name=name, title=title, request=request)
        for name, title, request in (
            ("prompt", "A prompt alone", fox),
            ("dall-e-3", "What DALL-E 3 code sends", {**fox, "size": "1792x1024", "quality": "hd", "style": "vivid"}),
            (
                "pixels",
                "Pixels, quality and a file format",
                {**fox, "size": "1920x1080", "quality": "high", "output_format": "jpeg", "output_compression": 80},
            ),
            ("ratio", "A ratio and a tier", {**fox, "aspect_ratio": "16:9", "resolution": "2K"}),
            ("several", "Two images from one seed", {**fox, "n": 2, "seed": 42}),
            (
                "diffusion",
                "What diffusion code sends",
                {**fox, "negative_prompt": "people", "seed": 7, "steps": 30, "guidance_scale": 6.5},
            ),
            ("transparent", "A transparent background", {**fox, "background": "transparent", "output_format": "png"}),
            ("url", "An address instead of bytes", {**fox, "response_format": "url"}),
            (
                "safety",
                "Safety, people and the user",
                {**fox, "safety_level": "strict", "person_generation": "dont_allow", "watermark": True, "user": "u-7"},
            ),
            ("stream", "A stream with unfinished images", {**fox, "stream": True, "partial_images": 2}),
            ("edit", "An edit of one image", {**night, "image": image, "strength": 0.6}),
            ("mask", "An edit inside a mask", {**night, "image": image, "mask": mask}),
            ("variation", "A variation", {"operation": "variation", "image": image}),
        )
    )


def shown(value: Json) -> Json:
    """Give a document for reading: images by their length, all else as it is."""
    if isinstance(value, Mapping):
        return {key: shown(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [shown(inner) for inner in value]
    if isinstance(value, bytes):
        return f"<PNG, {_EDGE}x{_EDGE}>"
    if isinstance(value, str) and len(value) > 200:
        head, comma, _ = value.partition(",") if value.startswith("data:") else ("", "", "")
        return f"{head}{comma}<PNG, {_EDGE}x{_EDGE}, base64>"
    return value


def _white() -> bytes:
    return _png([b"\xff" * (_EDGE // 8)] * _EDGE, b"\xff\xff\xff\xff\xff\xff", b"\xff\xff")


def _hole() -> bytes:
    """Draw a mask: the middle quarter is transparent, which means edit."""
    solid, holed = b"\xff" * (_EDGE // 8), b"\xff" * 32 + b"\x00" * 64 + b"\xff" * 32
    rows = [holed if _EDGE // 4 <= row < _EDGE * 3 // 4 else solid for row in range(_EDGE)]
    return _png(rows, b"\x00\x00\x00\x00\x00\x00", b"\x00\xff")


def _png(rows: Iterable[bytes], palette: bytes, alpha: bytes) -> bytes:
    """Write rows of one bit a pixel as a PNG with two colours."""
    header = _EDGE.to_bytes(4, "big") * 2 + b"\x01\x03\x00\x00\x00"
    pixels = zlib.compress(b"".join(b"\x00" + row for row in rows), 9)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"tRNS", alpha), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big") for kind, body in chunks
    )
