"""
Requests of Stability's SD3 (text to image, a form) by hand, both ways.
"""

from __future__ import annotations

import re
from typing import Final

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
    wrong,
)
from benchmarks.by_hand.reading import canonical, fail, opened, read, take_prompt, take_text, take_word
from benchmarks.by_hand.shapes import SHAPES, Ratios
from imagetx import ImageRequest, NativeRequest, Note, Part, RequestError, Target, Translation
from imagetx.wire import Credential

MODELS: Final[dict[str, tuple[Note, ...]]] = {"sd3.5-large": ()}
LISTED: Final = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")
RATIOS: Final = Ratios(LISTED, only="1K")
RATIOS_BACK: Final = {ratio: ratio for ratio in LISTED}
FORMATS: Final = {"png": "png", "jpeg": "jpeg", "webp": "webp", "gif": "png", "svg": "png"}
FORMATS_BACK: Final = {"png": "png", "jpeg": "jpeg", "webp": "webp"}
PRESETS: Final = (
    "3d-model analog-film anime cinematic comic-book digital-art enhance fantasy-art isometric line-art low-poly"
    " modeling-compound neon-punk origami photographic pixel-art tile-texture"
).split()
STYLES: Final = {"vivid": None, "natural": None, **{name: name for name in PRESETS}}
STYLES_BACK: Final = {name: name for name in PRESETS}
USER: Final = re.compile(r"([!-~]([ -~]*[!-~])?)?")
BEARER: Final = Credential("bearer", "authorization", "Bearer {secret}")
WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,9}")
URL: Final = re.compile(r".*/v2beta/stable-image/generate/sd3")
SAID: Final = frozenset(
    [
        *SHAPES,
        *"prompt model n negative_prompt seed output_format style user guidance_scale response_format stream".split(),
    ]
)


def encode(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as Stability wants it."""
    request = document(request)
    problems: Problems = []
    model, notes = model_of(request, target, MODELS)
    known(target, ("base_url",))
    headers = {"accept": "application/json"}
    prompt = prompt_of(request, problems, 10000)
    negative = text(request, "negative_prompt", problems, 0, 10000)
    seed = whole(request, "seed", problems, 0, 4294967294)
    whole(request, "n", problems, 1, 1)
    output_format = word(request, "output_format", FORMATS, FORMATS_BACK, problems, notes)
    style = word(request, "style", STYLES, STYLES_BACK, problems, notes)
    scale = clamped(request, "guidance_scale", problems, notes, 1, 10)
    ratio, _ = RATIOS.read(request, problems, notes)
    user = text(request, "user", problems, 0, 256)
    if user is not None and USER.fullmatch(user) is None:
        wrong(problems, "/user", "a string that can stand in a header", user)
    elif user is not None:
        headers["stability-client-user-id"] = user
    bytes_only(request, problems, notes)
    unstreamed(request, problems, notes)
    rest(request, SAID, "stability", problems, notes)
    if problems:
        raise RequestError(problems)
    parts = [Part("prompt", prompt or "")]
    if negative is not None:
        parts.append(Part("negative_prompt", negative))
    if seed is not None:
        parts.append(Part("seed", str(seed)))
    if output_format is not None:
        parts.append(Part("output_format", output_format))
    if style is not None:
        parts.append(Part("style_preset", style))
    parts.append(Part("model", model))
    if scale is not None:
        parts.append(Part("cfg_scale", repr(scale)))
    if ratio is not None:
        parts.append(Part("aspect_ratio", ratio))
    url = target.variables.get("base_url", "https://api.stability.ai") + "/v2beta/stable-image/generate/sd3"
    meant = Target("stability", model, operation="generate", surface="v2beta", variables=target.variables)
    value = NativeRequest("POST", url, headers, tuple(parts), BEARER, 180)
    return finished(value, notes, meant, "stability/sd3", policy)


def decode(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to Stability."""
    _, query = opened(native, URL)
    kind, parts = native.document()
    if kind != "form":
        raise fail("/body", "a form", native.body)
    body: dict[str, Json] = {}
    for part in parts:
        if part.name in body or part.name == "image":
            raise fail(f"/body/{part.name}", "one text of a name, and no image", part)
        if part.name != "none":
            body[part.name] = part.data
    model = body.pop("model", "sd3.5-large")
    if model not in MODELS:
        raise fail("/body/model", "a model of this endpoint", model)
    seed = body.get("seed")
    seeded = type(seed) is str and WHOLE.fullmatch(seed) is not None and int(seed) <= 4294967294
    scale = _number(body.get("cfg_scale"))
    pairs = {
        "prompt": take_prompt(body),
        "negative_prompt": take_text(body, "negative_prompt", 0, 10000),
        "model": model,
        "aspect_ratio": take_word(body, "aspect_ratio", RATIOS_BACK),
        "seed": int(body.pop("seed")) if seeded else None,
        "output_format": take_word(body, "output_format", FORMATS_BACK),
        "style": take_word(body, "style_preset", STYLES_BACK),
        "guidance_scale": scale,
        "user": native.headers.get("stability-client-user-id"),
        "response_format": "b64_json",
    }
    if scale is not None:
        del body["cfg_scale"]
    doc, kept = canonical(native, pairs, query, body)
    if "user" in pairs and "extra_headers" in kept:
        kept["extra_headers"].pop("stability-client-user-id", None)
        if not kept["extra_headers"]:
            del kept["extra_headers"]
    target = Target("stability", model, operation="generate", surface="v2beta")
    return read(doc, kept, target, "stability/sd3")


def _number(text: Json) -> int | float | None:
    """Read the guidance scale of a form, 1 to 10."""
    if type(text) is not str or len(text) > 20 or re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) is None:
        return None
    value = float(text) if "." in text else int(text)
    return value if 1 <= value <= 10 else None
