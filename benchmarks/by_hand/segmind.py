"""
Requests of Segmind's SDXL by hand, both ways.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from benchmarks.by_hand.checks import (
    Json,
    Problems,
    bytes_only,
    clamped,
    document,
    finished,
    known,
    model_of,
    prompt_of,
    rest,
    text,
    unstreamed,
    whole,
    word,
)
from benchmarks.by_hand.reading import (
    body_of,
    canonical,
    fail,
    opened,
    read,
    take_number,
    take_prompt,
    take_text,
    take_word,
)
from benchmarks.by_hand.shapes import SHAPES, Grid
from imagetx import ImageRequest, NativeRequest, Note, RequestError, Target, Translation
from imagetx.wire import Credential

MODELS: Final[dict[str, tuple[Note, ...]]] = {"sdxl1.0-txt2img": ()}
GRID: Final = Grid(8, 512, 2048)
SAMPLERS: Final = {
    "ddim": "DDIM",
    "ddpm": "DDPM",
    "euler": "Euler",
    "euler_a": "Euler a",
    "heun": "Heun",
    "dpm2_karras": "DPM2 Karras",
    "dpm2_a_karras": "DPM2 a Karras",
    "dpmpp_2m": "DPM Multi",
    "dpmpp_sde": "DPM Single",
    "dpm_single": "DPM Single",
    "lms": "LMS",
    "pndm": "PNDM",
    "unipc": "UniPC",
}
SAMPLERS_BACK: Final = {native: name for name, native in reversed(SAMPLERS.items())}
STYLES: Final = {"vivid": None, "natural": None, "base": "base"}
STYLES_BACK: Final = {"base": "base"}
CREDENTIAL: Final = Credential("api_key", "x-api-key", "{secret}")
URL: Final = re.compile(r"https://api\.segmind\.com/v1/(?P<model>[^/]+)")
SAID: Final = frozenset(
    [
        *SHAPES,
        *"prompt model n negative_prompt seed steps guidance_scale sampler style response_format stream".split(),
    ]
)


def encode(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as Segmind wants it."""
    request = document(request)
    problems: Problems = []
    model, notes = model_of(request, target, MODELS)
    known(target, ("base_url",))
    body: dict[str, Json] = {"prompt": prompt_of(request, problems), "base64": True}
    for key, value in (
        ("negative_prompt", text(request, "negative_prompt", problems)),
        ("samples", whole(request, "n", problems, 1, 4)),
        ("num_inference_steps", clamped(request, "steps", problems, notes, 20, 100)),
        ("guidance_scale", clamped(request, "guidance_scale", problems, notes, 1, 25)),
        ("seed", whole(request, "seed", problems, 0, 999999999999999)),
        ("scheduler", word(request, "sampler", SAMPLERS, SAMPLERS_BACK, problems, notes)),
        ("style", word(request, "style", STYLES, STYLES_BACK, problems, notes)),
    ):
        if value is not None:
            body[key] = value
    size = GRID.read(request, problems, notes)
    if size is not None:
        body["img_width"], body["img_height"] = size
    bytes_only(request, problems, notes)
    unstreamed(request, problems, notes)
    rest(request, SAID, "segmind", problems, notes)
    if problems:
        raise RequestError(problems)
    base = target.variables.get("base_url", "https://api.segmind.com")
    url = f"{base}/v1/{quote(target.deployment or model, safe='')}"
    meant = Target("segmind", model, operation="generate", surface="v1", variables=target.variables)
    return finished(NativeRequest("POST", url, {}, body, CREDENTIAL), notes, meant, "segmind/v1", policy)


def decode(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to Segmind."""
    holes, query = opened(native, URL)
    body = body_of(native)
    if holes["model"] not in MODELS:
        raise fail("/path/model", "a model of this endpoint", holes["model"])
    if body.get("base64") is True:
        del body["base64"]
    size = None
    if type(body.get("img_width")) is int and type(body.get("img_height")) is int:
        width, height = body["img_width"], body["img_height"]
        size = f"{width}x{height}"
        if GRID.legal(width, height):
            del body["img_width"], body["img_height"]
    pairs = {
        "prompt": take_prompt(body),
        "negative_prompt": take_text(body, "negative_prompt"),
        "model": holes["model"],
        "n": take_number(body, "samples", 1, 4),
        "size": size,
        "seed": take_number(body, "seed", 0, 999999999999999),
        "steps": take_number(body, "num_inference_steps", 20, 100),
        "guidance_scale": take_number(body, "guidance_scale", 1, 25, whole=False),
        "sampler": take_word(body, "scheduler", SAMPLERS_BACK),
        "style": take_word(body, "style", STYLES_BACK),
        "response_format": "b64_json",
    }
    doc, kept = canonical(native, pairs, query, body)
    target = Target("segmind", holes["model"], operation="generate", surface="v1")
    return read(doc, kept, target, "segmind/v1")
