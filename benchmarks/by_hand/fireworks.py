"""
Requests of Fireworks' FLUX workflow (text to image) by hand, both ways.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from benchmarks.by_hand.checks import (
    Json,
    Notes,
    Problems,
    bytes_only,
    clamped,
    document,
    finished,
    known,
    model_of,
    prompt_of,
    rest,
    unstreamed,
    whole,
    word,
)
from benchmarks.by_hand.reading import body_of, canonical, fail, opened, read, take_number, take_prompt, take_word
from benchmarks.by_hand.shapes import SHAPES, Ratios
from imagetx import ImageRequest, NativeRequest, Note, RequestError, Target, Translation
from imagetx.wire import Credential

MODELS: Final[dict[str, tuple[Note, ...]]] = {"flux-1-schnell-fp8": ()}
LISTED: Final = ("1:1", "21:9", "16:9", "3:2", "5:4", "4:5", "2:3", "9:16", "9:21", "4:3", "3:4")
RATIOS: Final = Ratios(LISTED)
RATIOS_BACK: Final = {ratio: ratio for ratio in LISTED}
CHECKED: Final = {"strict": True, "medium": True, "permissive": False, "off": False}
CHECKED_BACK: Final = {True: "strict", False: "permissive"}
ACCEPTS: Final = {"jpeg": "image/jpeg", **dict.fromkeys(("png", "webp", "gif", "svg"), "image/png")}
ACCEPTS_BACK: Final = {"image/jpeg": "jpeg", "image/png": "png"}
BEARER: Final = Credential("bearer", "authorization", "Bearer {secret}")
URL: Final = re.compile(r".*/inference/v1/workflows/accounts/(?P<account>[^/]+)/models/(?P<model>[^/]+)/text_to_image")
SAID: Final = frozenset(
    [
        *SHAPES,
        *"prompt model n seed steps guidance_scale safety_level moderation output_format output_compression".split(),
        *"response_format stream".split(),
    ]
)


def _checked(request: Json, problems: Problems, notes: Notes) -> bool | None:
    """Read the safety level, which moderation low asks for in other words."""
    checked: bool | None = word(request, "safety_level", CHECKED, CHECKED_BACK, problems, notes)
    moderation = request.get("moderation")
    if moderation is None:
        return checked
    if type(moderation) is not str:
        word(request, "moderation", {}, {}, problems, notes)
    elif moderation == "low" and request.get("safety_level") is None:
        checked = False
        reason = "the least moderation is no safety check"
        notes.append(Note(pointer="/moderation", kind="approximated", given="low", used=False, reason=reason))
        notes.append(Note(pointer="/safety_level", kind="defaulted", used="permissive", reason=reason))
    elif moderation != "auto":
        reason = "fireworks has no moderation here"
        notes.append(Note(pointer="/moderation", kind="dropped", given=moderation, reason=reason))
    return checked


def encode(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as Fireworks wants it."""
    request = document(request)
    problems: Problems = []
    model, notes = model_of(request, target, MODELS)
    known(target, ("base_url",))
    body: dict[str, Json] = {"prompt": prompt_of(request, problems)}
    whole(request, "n", problems, 1, 1)
    ratio, _ = RATIOS.read(request, problems, notes)
    for key, value in (
        ("aspect_ratio", ratio),
        ("guidance_scale", clamped(request, "guidance_scale", problems, notes)),
        ("num_inference_steps", clamped(request, "steps", problems, notes, 1)),
        ("seed", whole(request, "seed", problems, 0, 10**18)),
        ("safety_check", _checked(request, problems, notes)),
    ):
        if value is not None:
            body[key] = value
    headers = {"accept": "application/json"}
    accept = word(request, "output_format", ACCEPTS, ACCEPTS_BACK, problems, notes)
    if accept is not None:
        headers["accept"] = accept
    compression = clamped(request, "output_compression", problems, notes, 0, 100)
    if compression is not None and accept == "image/jpeg":
        headers["jpeg-quality"] = str(compression)
    elif compression is not None:
        reason = "fireworks has no output_compression here"
        notes.append(Note(pointer="/output_compression", kind="dropped", given=compression, reason=reason))
    bytes_only(request, problems, notes)
    unstreamed(request, problems, notes)
    rest(request, SAID, "fireworks", problems, notes)
    if problems:
        raise RequestError(problems)
    base = target.variables.get("base_url", "https://api.fireworks.ai/inference/v1")
    name = quote(target.deployment or model, safe="")
    url = f"{base}/workflows/accounts/fireworks/models/{name}/text_to_image"
    meant = Target("fireworks", model, operation="generate", surface="workflow_sync", variables=target.variables)
    value = NativeRequest("POST", url, headers, body, BEARER, 600)
    return finished(value, notes, meant, "fireworks/workflow", policy)


def decode(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to Fireworks."""
    holes, query = opened(native, URL)
    body = body_of(native)
    if holes["account"] != "fireworks" or holes["model"] not in MODELS:
        raise fail("/path/model", "a model of this endpoint", holes["model"])
    checked = body.get("safety_check")
    if type(checked) is bool:
        del body["safety_check"]
    accept = native.headers.get("accept")
    quality = native.headers.get("jpeg-quality") if accept == "image/jpeg" else None
    pairs = {
        "prompt": take_prompt(body),
        "model": holes["model"],
        "aspect_ratio": take_word(body, "aspect_ratio", RATIOS_BACK),
        "guidance_scale": take_number(body, "guidance_scale", -1e308, 1e308, whole=False),
        "steps": take_number(body, "num_inference_steps", 1, 10**18),
        "seed": take_number(body, "seed", 0, 10**18),
        "safety_level": CHECKED_BACK[checked] if type(checked) is bool else None,
        "output_format": ACCEPTS_BACK.get(accept or ""),
        "output_compression": int(quality) if quality is not None and quality.isdecimal() else None,
        "response_format": "b64_json",
    }
    doc, kept = canonical(native, pairs, query, body)
    if quality is not None:
        kept.get("extra_headers", {}).pop("jpeg-quality", None)
    target = Target("fireworks", holes["model"], operation="generate", surface="workflow_sync")
    return read(doc, kept, target, "fireworks/workflow")
