"""Normal forms of Recraft."""

from __future__ import annotations

from typing import Any

from tests.normal import shortest
from tests.normal.pictures import data_url, file

Json = Any
NUMBERS = ("n", "random_seed", "strength")


def request(name: str, native: Json) -> None:
    """
    Say the defaults (endpoints.md): the model, which null asks for too, and url; data URLs by their bytes.

    In a form numbers are shortest; its image is called `file` where no mask goes along.
    """
    body = native["body"]
    if name not in ("recraft/process", "recraft/redraw") and body.get("model") in (None, ""):
        styled = isinstance(body.get("style"), str)  # then V3 is meant (styles page), which alone inpaints
        body["model"] = "recraftv3" if styled or name == "recraft/inpaint" else "recraftv4_1"
    body.setdefault("response_format", "url")
    for key in ("image_url", "mask_url"):
        if isinstance(body.get(key), str):
            body[key] = data_url(body[key])
    if native.get("kind") != "form":
        return
    for key in NUMBERS:
        if isinstance(body.get(key), str):
            body[key] = shortest(body[key])
    if name == "recraft/process" and isinstance(body.get("file"), dict):
        named = file("image", body["file"])
        body["file"] = {**named, "filename": named["filename"].replace("image.", "file.")}
