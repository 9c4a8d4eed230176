"""
What a mask edits, read by its pixels, by the rule of who reads it.
"""

from __future__ import annotations

import io

from PIL import Image


def edited(mask: bytes) -> list[bool]:
    """Say of each pixel of a mask of Stability whether it is edited: white is."""
    return [level == 255 for level in Image.open(io.BytesIO(mask)).convert("L").tobytes()]


def transparent(mask: bytes) -> list[bool]:
    """Say of each pixel of a mask of OpenAI whether it is edited: transparent is."""
    return [level == 0 for level in Image.open(io.BytesIO(mask)).convert("RGBA").getchannel("A").tobytes()]
