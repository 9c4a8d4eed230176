"""
Answers and images of any size: bytes that look like a PNG, in the shapes that three dialects have.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from typing import Any, Final

KB: Final = 1000
MB: Final = 1000 * KB
CHUNK: Final = 64 * 1024

OPENAI: Final = "openai/gpt-image-2"
GEMINI: Final = "gemini/gemini-3-pro-image"
STABILITY: Final = "stability/sd3.5-large"


def png(size: int) -> bytes:
    """Make a PNG of 1024x1024 whose pixels are noise that is always the same, and no picture."""
    header = struct.pack(">IIBBBBB", 1024, 1024, 8, 6, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header)
    noise = hashlib.shake_256(b"imagetx").digest(max(16, size - len(start) - 24))
    return start + _chunk(b"IDAT", noise) + _chunk(b"IEND", b"")


def base64_of(size: int) -> str:
    """Make the base64 of such a PNG, of so many characters."""
    return base64.b64encode(png(size * 3 // 4)).decode("ascii")


def answer(target: str, images: list[str]) -> bytes:
    """Make the body of an answer with these images, as the target's provider sends it."""
    body: dict[str, Any]
    if target == OPENAI:
        usage = {"input_tokens": 14, "output_tokens": 472, "total_tokens": 486}
        body = {"created": 1795305800, "data": [{"b64_json": image} for image in images], "usage": usage}
    elif target == GEMINI:
        parts = [{"inlineData": {"mimeType": "image/png", "data": image}} for image in images]
        usage = {"promptTokenCount": 14, "candidatesTokenCount": 472, "totalTokenCount": 486}
        content = {"role": "model", "parts": parts}
        body = {"candidates": [{"content": content, "finishReason": "STOP"}], "usageMetadata": usage}
    else:
        (image,) = images
        body = {"image": image, "finish_reason": "SUCCESS", "seed": 7}
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def stream(target: str, image: str) -> bytes:
    """Make the server-sent events of an answer with one image."""
    if target == OPENAI:
        usage = {"input_tokens": 14, "output_tokens": 472, "total_tokens": 486}
        event = {"type": "image_generation.completed", "b64_json": image, "created_at": 1795305803, "usage": usage}
        return b"event: image_generation.completed\ndata: " + json.dumps(event).encode("ascii") + b"\n\n"
    return b"data: " + answer(target, [image]) + b"\r\n\r\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Make a chunk of a PNG (RFC 2083 section 3.2)."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
