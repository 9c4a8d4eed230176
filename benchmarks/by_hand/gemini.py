"""
Requests of Gemini's generateContent by hand, both ways, without input images.
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
    document,
    finished,
    flag,
    known,
    model_of,
    prompt_of,
    rest,
    variable,
    whole,
    word,
)
from benchmarks.by_hand.reading import (
    body_of,
    camel,
    canonical,
    fail,
    inner,
    opened,
    put_back,
    read,
    take_number,
    take_word,
)
from benchmarks.by_hand.shapes import SHAPES, Ratios
from imagetx import ImageRequest, NativeRequest, Note, RequestError, Target, Translation
from imagetx.wire import Credential

MODELS: Final[dict[str, tuple[Note, ...]]] = {"gemini-3-pro-image": ()}
HARMS: Final = tuple(
    f"HARM_CATEGORY_{harm}" for harm in ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
)
LEVELS: Final = {
    "strict": "BLOCK_LOW_AND_ABOVE",
    "medium": "BLOCK_MEDIUM_AND_ABOVE",
    "permissive": "BLOCK_ONLY_HIGH",
    "off": "OFF",
}
LEVELS_BACK: Final = {**{native: level for level, native in LEVELS.items()}, "BLOCK_NONE": "off"}
EDGES: Final = {  # of 1K; 2K and 4K are twice and four times of it
    "1:1": (1024, 1024),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
}
PIXELS: Final = {
    f"{ratio} {times}K": f"{width * times}x{height * times}"
    for ratio, (width, height) in EDGES.items()
    for times in (1, 2, 4)
}
RATIOS: Final = Ratios(EDGES, ("1K", "2K", "4K"), PIXELS)
RATIOS_BACK: Final = {ratio: ratio for ratio in EDGES}
TIERS_BACK: Final = {tier: tier for tier in ("1K", "2K", "4K")}
SNAKE: Final = {
    re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), key): key
    for key in "generationConfig responseModalities imageConfig aspectRatio imageSize safetySettings"
    " inlineData mimeType fileData fileUri systemInstruction toolConfig cachedContent maxOutputTokens"
    " stopSequences topP topK".split()
}
CREDENTIAL: Final = Credential("api_key", "x-goog-api-key", "{secret}")
API_VERSION: Final = re.compile(r"v[0-9][a-z0-9]*")
URL: Final = re.compile(
    r"https://generativelanguage\.googleapis\.com/(?P<version>v[0-9][a-z0-9]*)/models/(?P<model>[^/:]+)"
    r":(?P<verb>generateContent|streamGenerateContent)"
)
SAID: Final = frozenset(
    [*SHAPES, *"prompt model n seed safety_level moderation response_format stream watermark".split()]
)


def _level(request: Json, problems: Problems, notes: Notes) -> str | None:
    """Read the safety level, which moderation low asks for in other words."""
    level: str | None = word(request, "safety_level", LEVELS, LEVELS_BACK, problems, notes)
    moderation = request.get("moderation")
    if moderation is None:
        return level
    if type(moderation) is not str:
        word(request, "moderation", {}, {}, problems, notes)
    elif moderation == "low" and request.get("safety_level") is None:
        level = "BLOCK_ONLY_HIGH"
        reason = "the most permissive that keeps filters on"
        notes.append(Note(pointer="/moderation", kind="approximated", given="low", used=level, reason=reason))
        notes.append(Note(pointer="/safety_level", kind="defaulted", used="permissive", reason=reason))
    elif moderation != "auto":
        reason = "gemini has no moderation here"
        notes.append(Note(pointer="/moderation", kind="dropped", given=moderation, reason=reason))
    return level


def encode(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as Gemini wants it."""
    request = document(request)
    problems: Problems = []
    model, notes = model_of(request, target, MODELS)
    known(target, ("base_url", "api_version"))
    version = variable(target, "api_version", API_VERSION, "v1beta")
    prompt = prompt_of(request, problems)
    config: dict[str, Json] = {"responseModalities": ["IMAGE"]}
    whole(request, "n", problems, 1, 1)
    seed = whole(request, "seed", problems, 0, 2147483647)
    if seed is not None:
        config["seed"] = seed
    ratio, tier = RATIOS.read(request, problems, notes)
    if ratio is not None or tier is not None:
        config["imageConfig"] = image = {}
        if ratio is not None:
            image["aspectRatio"] = ratio
        if tier is not None:
            image["imageSize"] = tier
    level = _level(request, problems, notes)
    bytes_only(request, problems, notes)
    stream = flag(request, "stream", problems)
    if flag(request, "watermark", problems) is False:
        notes.append(Note(pointer="/watermark", kind="approximated", given=False, used=True, reason="always there"))
    rest(request, SAID, "gemini", problems, notes)
    if problems:
        raise RequestError(problems)
    body: dict[str, Json] = {"contents": [{"role": "user", "parts": [{"text": prompt}]}], "generationConfig": config}
    if level is not None:
        body["safetySettings"] = [{"category": harm, "threshold": level} for harm in HARMS]
    base = target.variables.get("base_url", "https://generativelanguage.googleapis.com")
    verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
    url = f"{base}/{version}/models/{quote(target.deployment or model, safe='')}:{verb}"
    meant = Target("gemini", model, operation="generate", surface="generate_content", variables=target.variables)
    value = NativeRequest("POST", url, {}, body, CREDENTIAL)
    return finished(value, notes, meant, "gemini/generate-content", policy)


def decode(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to Gemini."""
    holes, query = opened(native, URL)
    body = camel(body_of(native), SNAKE)
    if holes["model"] not in MODELS:
        raise fail("/path/model", "a model of this endpoint", holes["model"])
    contents = body.pop("contents", None)
    match contents:
        case [{"parts": [{"text": str(prompt), **part}], **content}] if not part and content in ({}, {"role": "user"}):
            pass
        case _:
            raise fail("/body/contents", "one text of the user", contents)
    config = inner(body, "generationConfig")
    if config.get("responseModalities") == ["IMAGE"]:
        del config["responseModalities"]
    image = inner(config, "imageConfig")
    pairs = {
        "prompt": prompt,
        "model": holes["model"],
        "aspect_ratio": take_word(image, "aspectRatio", RATIOS_BACK),
        "resolution": take_word(image, "imageSize", TIERS_BACK),
        "seed": take_number(config, "seed", 0, 2147483647),
        "safety_level": _level_of(body),
        "stream": True if holes["verb"] == "streamGenerateContent" else None,
        "response_format": "b64_json",
    }
    query.pop("alt", None)
    put_back(config, "imageConfig", image)
    put_back(body, "generationConfig", config)
    doc, kept = canonical(native, pairs, query, body)
    auth = "bearer" if "authorization" in native.headers else None
    target = Target("gemini", holes["model"], operation="generate", surface="generate_content", auth=auth)
    return read(doc, kept, target, "gemini/generate-content")


def _level_of(body: dict[str, Json]) -> str | None:
    """Take out the one level of all four harms; leave settings that differ."""
    settings = body.get("safetySettings")
    if type(settings) is not list or len(settings) != len(HARMS):
        return None
    levels = {
        setting["category"]: setting["threshold"]
        for setting in settings
        if isinstance(setting, dict) and setting.keys() == {"category", "threshold"}
    }
    thresholds = set(levels.values())
    if levels.keys() != set(HARMS) or len(thresholds) != 1:
        return None
    level = LEVELS_BACK.get(thresholds.pop())
    if level is not None:
        del body["safetySettings"]
    return level
