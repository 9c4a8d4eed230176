"""Normal forms of Segmind."""

from __future__ import annotations

from typing import Any

from tests.normal.pictures import bare, data_url

Json = Any
IMAGES = ("image", "mask", "input_image", "input_image_1", "input_image_2", "redux_image")
LISTS = ("image_urls", "image_input")
# Their pages say URL or base64 (segmind dossier 3.3); those of the others want a URI, which a data URL is (10).
BASE64 = ("sdxl-img2img", "sd1.5-img2img", "ssd-img2img", "sdxl-inpaint", "sd1.5-inpainting", "sd1.5-outpaint")
CONTROLNETS = ("sd1.5-controlnet-", "sdxl-controlnet", "sdxl-openpose")
GPT_EDITS = ("gpt-image-1-edit", "gpt-image-1-edit-mini", "gpt-image-1.5-edit")


def request(name: str, native: Json) -> None:
    """
    Say images in the one form that the model documents, and what silence means.

    The seed that FLUX schnell has when nobody gives one (segmind dossier 3.5) is not random; the mask
    of a gpt-image edit is required, null where there is none (3.6, 8.4).
    """
    model, body = native["path"].get("model"), native["body"]
    if model == "flux-schnell":
        body.setdefault("seed", 123456789)
    if model in GPT_EDITS:
        body.setdefault("mask", None)
    say = bare if model in BASE64 or str(model).startswith(CONTROLNETS) else data_url
    for key in IMAGES:
        if isinstance(body.get(key), str):
            body[key] = say(body[key])
    for key in LISTS:
        if isinstance(body.get(key), list):
            body[key] = [say(item) if isinstance(item, str) else item for item in body[key]]
