"""
Requests of Bedrock's Nova Canvas (TEXT_IMAGE) by hand, both ways.
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
    flag,
    known,
    model_of,
    prompt_of,
    rest,
    text,
    unstreamed,
    variable,
    whole,
    word,
)
from benchmarks.by_hand.reading import (
    SIGNED,
    body_of,
    canonical,
    fail,
    inner,
    opened,
    put_back,
    read,
    take_number,
    take_text,
    take_word,
)
from benchmarks.by_hand.shapes import SHAPES, Grid
from imagetx import ImageRequest, NativeRequest, Note, RequestError, Target, Translation
from imagetx.wire import Credential

MODEL: Final = "amazon.nova-canvas-v1:0"
RETIRED: Final = Note(
    pointer="/model", kind="retired", given=MODEL, reason="retired since 2026-09-30", source="bedrock dossier 2.1"
)
MODELS: Final = {MODEL: (RETIRED,)}
QUALITY: Final = {
    "auto": None,
    **dict.fromkeys(("standard", "low", "medium"), "standard"),
    **dict.fromkeys(("hd", "high", "xhigh", "max"), "premium"),
}
QUALITY_BACK: Final = {"standard": "standard", "premium": "hd"}
PNG: Final = dict.fromkeys(("png", "jpeg", "webp", "gif", "svg"), "png")
PNG_BACK: Final = {"png": "png"}
GRID: Final = Grid(16, 320, 4096, area=(0, 4194304), widest=4)
REGION: Final = re.compile(r"[a-z0-9-]{1,63}")
HEADERS: Final = {"accept": "application/json"}
URL: Final = re.compile(r"https://bedrock-runtime\.(?P<region>[^/.]+)\.amazonaws\.com/model/(?P<model>[^/]+)/invoke")
SAID: Final = frozenset(
    [
        *SHAPES,
        *"prompt model n quality guidance_scale seed negative_prompt output_format response_format stream".split(),
        "watermark",
    ]
)


def encode(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as Nova Canvas wants it."""
    request = document(request)
    problems: Problems = []
    model, notes = model_of(request, target, MODELS)
    known(target, ("base_url", "region"))
    region = variable(target, "region", REGION)
    params: dict[str, Json] = {"text": prompt_of(request, problems, 1024)}
    negative = text(request, "negative_prompt", problems, 1, 1024)
    if negative is not None:
        params["negativeText"] = negative
    config: dict[str, Json] = {}
    size = GRID.read(request, problems, notes)
    if size is not None:
        config["width"], config["height"] = size
    quality = word(request, "quality", QUALITY, QUALITY_BACK, problems, notes)
    if quality is not None:
        config["quality"] = quality
    scale = clamped(request, "guidance_scale", problems, notes, 1.1, 10)
    if scale is not None:
        config["cfgScale"] = scale
    n = whole(request, "n", problems, 1, 5)
    if n is not None:
        config["numberOfImages"] = n
    seed = whole(request, "seed", problems, 0, 2147483646)
    if seed is not None:
        config["seed"] = seed
    else:
        notes.append(Note(pointer="/seed", kind="defaulted", used=12, reason="silence means 12 there"))
    word(request, "output_format", PNG, PNG_BACK, problems, notes)
    bytes_only(request, problems, notes)
    unstreamed(request, problems, notes)
    if flag(request, "watermark", problems) is False:
        notes.append(Note(pointer="/watermark", kind="approximated", given=False, used=True, reason="always there"))
    rest(request, SAID, "bedrock", problems, notes)
    if problems:
        raise RequestError(problems)
    body: dict[str, Json] = {"taskType": "TEXT_IMAGE", "textToImageParams": params}
    if config:
        body["imageGenerationConfig"] = config
    base = target.variables.get("base_url", f"https://bedrock-runtime.{region}.amazonaws.com")
    url = f"{base}/model/{quote(target.deployment or model, safe='')}/invoke"
    credential = Credential("sigv4", None, None, "bedrock", region)
    meant = Target(
        "bedrock",
        model,
        operation="generate",
        surface="invoke",
        deployment=target.deployment,
        variables=target.variables,
    )
    value = NativeRequest("POST", url, HEADERS, body, credential, 300)
    return finished(value, notes, meant, "bedrock/nova-canvas", policy)


def decode(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to Nova Canvas."""
    holes, query = opened(native, URL)
    body = body_of(native)
    model = holes["model"]
    if model not in MODELS:
        raise fail("/path/model", "a model of this endpoint", model)
    if body.get("taskType") != "TEXT_IMAGE":
        raise fail("/body/taskType", "TEXT_IMAGE", body.get("taskType"))
    del body["taskType"]
    config, params = inner(body, "imageGenerationConfig"), inner(body, "textToImageParams")
    size = None
    if type(config.get("width")) is int and type(config.get("height")) is int:
        width, height = config["width"], config["height"]
        size = f"{width}x{height}"
        if GRID.legal(width, height):
            del config["width"], config["height"]
    pairs = {
        "prompt": take_text(params, "text", 1, 1024),
        "negative_prompt": take_text(params, "negativeText", 1, 1024),
        "model": model,
        "n": take_number(config, "numberOfImages", 1, 5) if "numberOfImages" in config else 1,
        "size": size,
        "quality": take_word(config, "quality", QUALITY_BACK),
        "seed": take_number(config, "seed", 0, 2147483646) if "seed" in config else 12,
        "guidance_scale": take_number(config, "cfgScale", 1.1, 10, whole=False),
        "response_format": "b64_json",
    }
    put_back(body, "imageGenerationConfig", config)
    put_back(body, "textToImageParams", params)
    doc, kept = canonical(native, pairs, query, body)
    signed = SIGNED.match(native.headers.get("authorization", ""))
    bearer = signed is None and native.headers.get("authorization", "").startswith("Bearer ")
    region = holes["region"] if signed is None else signed[1]
    target = Target(
        "bedrock",
        model,
        operation="generate",
        surface="invoke",
        auth="bearer" if bearer else None,
        variables={"region": region},
    )
    return read(doc, kept, target, "bedrock/nova-canvas")
