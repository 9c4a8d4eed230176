"""Normal forms of Stability AI."""

from __future__ import annotations

import re
from typing import Any

import imagetx
from tests.normal import shortest, weighted

Json = Any
V1 = "stability/v1-text-to-image"
V1_IMAGE = "stability/v1-image-to-image"
V1_MASKING = "stability/v1-masking"
V1_UPSCALE = "stability/v1-upscale"
ASYNC = {"stability/replace-background-and-relight", "stability/upscale-creative"}
NUMBERS = {"seed", "cfg_scale", "strength"}
V1_NUMBERS = {"seed", "cfg_scale", "samples", "steps", "image_strength", "step_schedule_start"}


def request(name: str, native: Json) -> None:
    """
    Drop the part that says nothing (stability dossier 1.4), and shorten the numbers.

    v1 answers JSON when Accept is absent (1.3); its defaults are in 3.7. The two services that
    answer with an id declare no Accept (1.3).
    """
    body = native["body"]
    if name == V1:
        native["headers"].setdefault("accept", "application/json")
        body.setdefault("samples", 1)
        weighted(body)
        return
    if name in (V1_IMAGE, V1_MASKING, V1_UPSCALE):
        native["headers"].setdefault("accept", "application/json")
        if name != V1_UPSCALE:
            v1_form(name, body)
        return
    body.pop("none", None)
    if name in ASYNC:
        native["headers"].pop("accept", None)
    for key in (NUMBERS if "image" in body else NUMBERS - {"strength"}) & body.keys():  # without one it means nothing
        if isinstance(body[key], str):
            body[key] = shortest(body[key])
    if name == "stability/sd3":
        body.setdefault("model", "sd3.5-large")


def v1_form(name: str, body: Json) -> None:
    """Fill the defaults of v1 (stability dossier 3.7) in bracketed part names: weight 1, one sample, the first mode."""
    body.setdefault("samples", "1")
    if name == V1_IMAGE:
        body.setdefault("init_image_mode", "IMAGE_STRENGTH")
    for key in [key for key in body if re.fullmatch(r"text_prompts\[[0-9]+\]\[text\]", key)]:
        body.setdefault(key.removesuffix("[text]") + "[weight]", "1")
    scheduled = body.get("init_image_mode") == "STEP_SCHEDULE"  # what the other mode says is carried as it is
    numbers = V1_NUMBERS - {"image_strength" if scheduled else "step_schedule_start"}
    for key, value in body.items():
        if isinstance(value, str) and (key in numbers or re.fullmatch(r"text_prompts\[[0-9]+\]\[weight\]", key)):
            body[key] = shortest(value)


def answer(name: str, native: imagetx.NativeResponse) -> imagetx.NativeResponse:
    """Make explicit that a 429 without the header means a lock-out of 60 s (stability dossier 6.2)."""
    if "/v1-" in name and _named(native) == "insufficient_balance":
        return native  # v1 says with a 429 that there is no money left
    if native.status == 429 and "retry-after" not in native.headers:
        return imagetx.NativeResponse(native.status, {**native.headers, "retry-after": "60"}, native.body)
    return native


def _named(native: imagetx.NativeResponse) -> Json:
    _, body = native.document()
    return body.get("name") if isinstance(body, dict) else None
