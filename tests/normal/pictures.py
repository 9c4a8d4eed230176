"""Normal forms of image data: what the bytes are, said in one way; by hand, and without imagetx."""

from __future__ import annotations

import base64
import re
from typing import Any

Json = Any
_DATA_URL = re.compile(r"data:[^,]*?;base64,(.*)", re.DOTALL | re.IGNORECASE)
_REFERENCE = re.compile(r"(?:https?|gs|s3)://", re.IGNORECASE)
_STARTS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp", b"GIF8": "image/gif"}
FILES = {"image", "mask", "subject_image", "init_image", "style_image", "mask_image", "control_image"}
"""Parts that are canonical images or masks; others (markup, background_reference ...) keep the name they came with."""
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


def standard(text: str) -> str:
    """Give base64 of either alphabet, padded or not, as standard base64."""
    text = text.translate(str.maketrans("-_", "+/"))
    return text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)


def type_of(text: str) -> str | None:
    """Tell the media type of base64 data by its first bytes; None when it is none of the four that we draw."""
    head = base64.b64decode(standard(text)[:16])
    return next((kind for start, kind in _STARTS.items() if head.startswith(start)), None)


def bare(text: str) -> str:
    """Give an image text as bare base64; a reference stays."""
    if _REFERENCE.match(text):
        return text
    found = _DATA_URL.fullmatch(text)
    return standard(text if found is None else found[1])


def data_url(text: str) -> str:
    """Give an image text as a data URL that says what the bytes are; a reference stays."""
    if _REFERENCE.match(text):
        return text
    content = bare(text)
    kind = type_of(content)
    return text if kind is None else f"data:{kind};base64,{content}"


def file(part: str, value: Json) -> Json:
    """
    Name the file of an image by its part and what its bytes are: `init_image.png`, image/png.

    What a client called it says nothing (openai dossier 1.1). Files that are no canonical image or mask are carried
    as they came.
    """
    if isinstance(value, list):
        return [file(part, item) for item in value]
    name = part.partition("[")[0]
    if name not in FILES or not isinstance(value, dict) or "base64" not in value:
        return value
    kind = type_of(value["base64"])
    if kind is None:
        return value
    return {"filename": f"{name}.{_EXTENSIONS[kind]}", "content_type": kind, "base64": standard(value["base64"])}
