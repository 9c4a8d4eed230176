"""
Requests of Vertex's Imagen 4 (predict) by hand, both ways.
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
    flag,
    known,
    model_of,
    prompt_of,
    rest,
    unstreamed,
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
    take_flag,
    take_number,
    take_prompt,
    take_word,
)
from benchmarks.by_hand.shapes import SHAPES, Ratios
from imagetx import ImageRequest, NativeRequest, Note, RequestError, Target, Translation
from imagetx.wire import Credential

MODEL: Final = "imagen-4.0-generate-001"
RETIRED: Final = Note(
    pointer="/model",
    kind="retired",
    given=MODEL,
    used="gemini-3.1-flash-image",
    reason="retired since 2026-08-17; the provider names gemini-3.1-flash-image instead",
    source="vertex dossier 2.1",
)
MODELS: Final = {MODEL: (RETIRED,)}
EDGES: Final = {"1:1": (1024, 1024), "3:4": (896, 1280), "4:3": (1280, 896), "9:16": (768, 1408), "16:9": (1408, 768)}
PIXELS: Final = {f"{ratio} {times}K": f"{w * times}x{h * times}" for ratio, (w, h) in EDGES.items() for times in (1, 2)}
RATIOS: Final = Ratios(EDGES, ("1K", "2K"), PIXELS)
RATIOS_BACK: Final = {ratio: ratio for ratio in EDGES}
TIERS_BACK: Final = {"1K": "1K", "2K": "2K"}
PERSONS: Final = {name: name for name in ("allow_all", "allow_adult", "dont_allow")}
LEVELS: Final = {
    "strict": "block_low_and_above",
    "medium": "block_medium_and_above",
    "permissive": "block_only_high",
    "off": "block_none",
}
LEVELS_BACK: Final = {
    **{native: level for level, native in LEVELS.items()},
    "block_most": "strict",
    "block_some": "medium",
    "block_few": "permissive",
    "block_fewest": "off",
}
LANGUAGES: Final = {name: name for name in "auto en zh zh-CN zh-TW hi ja ko pt es".split()}
FORMATS: Final = {"png": "image/png", "jpeg": "image/jpeg", **dict.fromkeys(("webp", "gif", "svg"), "image/png")}
FORMATS_BACK: Final = {"image/png": "png", "image/jpeg": "jpeg"}
SNAKE: Final = {
    re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), key): key
    for key in "sampleCount addWatermark personGeneration safetySetting outputOptions mimeType compressionQuality"
    " aspectRatio sampleImageSize enhancePrompt negativePrompt guidanceScale storageUri".split()
}
BEARER: Final = Credential("bearer", "authorization", "Bearer {secret}")
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,62}")
API_VERSION: Final = re.compile(r"v[0-9][a-z0-9]*")
URL: Final = re.compile(
    r"https://(?:(?P<host>[a-z0-9-]+)-)?aiplatform\.googleapis\.com/(?P<version>v[0-9][a-z0-9]*)"
    r"/projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)/publishers/google/models/(?P<model>[^/:]+):predict"
)
SAID: Final = frozenset(
    [
        *SHAPES,
        *"prompt model n seed watermark enhance_prompt person_generation safety_level language output_format".split(),
        *"output_compression moderation response_format stream".split(),
    ]
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
        level = "block_only_high"
        reason = "the most permissive that keeps filters on"
        notes.append(Note(pointer="/moderation", kind="approximated", given="low", used=level, reason=reason))
        notes.append(Note(pointer="/safety_level", kind="defaulted", used="permissive", reason=reason))
    elif moderation != "auto":
        reason = "vertex has no moderation here"
        notes.append(Note(pointer="/moderation", kind="dropped", given=moderation, reason=reason))
    return level


def _seeded(request: Json, parameters: dict[str, Json], problems: Problems, notes: Notes) -> None:
    """Say seed, watermark and rewriting, which go together: a seed needs both others off."""
    watermark, enhance = flag(request, "watermark", problems), flag(request, "enhance_prompt", problems)
    seed = whole(request, "seed", problems, 1, 2147483647)
    if seed is not None and (watermark or enhance):
        reason = "a seed needs the watermark and the rewriting off"
        notes.append(Note(pointer="/seed", kind="dropped", given=seed, reason=reason))
        seed = None
    if seed is not None:
        parameters["seed"] = seed
        for name, value in (("watermark", watermark), ("enhance_prompt", enhance)):
            if value is None:
                notes.append(Note(pointer=f"/{name}", kind="defaulted", used=False, reason="a seed needs it off"))
        watermark, enhance = False, False
    if watermark is not None:
        parameters["addWatermark"] = watermark
    if enhance is not None:
        parameters["enhancePrompt"] = enhance


def encode(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as Imagen wants it."""
    request = document(request)
    problems: Problems = []
    model, notes = model_of(request, target, MODELS)
    known(target, ("base_url", "api_version", "project", "location"))
    version = variable(target, "api_version", API_VERSION, "v1")
    project, location = variable(target, "project", NAME), variable(target, "location", NAME, "us-central1")
    prompt = prompt_of(request, problems)
    parameters: dict[str, Json] = {}
    n = whole(request, "n", problems, 1, 4)
    if n is None:
        notes.append(Note(pointer="/n", kind="defaulted", used=1, reason="silence means 4 there"))
    parameters["sampleCount"] = 1 if n is None else n
    _seeded(request, parameters, problems, notes)
    ratio, tier = RATIOS.read(request, problems, notes)
    person = word(request, "person_generation", PERSONS, PERSONS, problems, notes)
    language = word(request, "language", LANGUAGES, LANGUAGES, problems, notes)
    level = _level(request, problems, notes)
    for key, value in (
        ("aspectRatio", ratio),
        ("sampleImageSize", tier),
        ("personGeneration", person),
        ("safetySetting", level),
        ("language", language),
    ):
        if value is not None:
            parameters[key] = value
    output: dict[str, Json] = {}
    output_format = word(request, "output_format", FORMATS, FORMATS_BACK, problems, notes)
    if output_format is not None:
        output["mimeType"] = output_format
    compression = clamped(request, "output_compression", problems, notes, 0, 100)
    if compression is not None and output_format == "image/jpeg":
        output["compressionQuality"] = compression
    elif compression is not None:
        reason = "only JPEG has a compression quality"
        notes.append(Note(pointer="/output_compression", kind="dropped", given=compression, reason=reason))
    if output:
        parameters["outputOptions"] = output
    bytes_only(request, problems, notes)
    unstreamed(request, problems, notes)
    rest(request, SAID, "vertex", problems, notes)
    if problems:
        raise RequestError(problems)
    host = "aiplatform.googleapis.com" if location == "global" else f"{location}-aiplatform.googleapis.com"
    base = f"https://{host}/{version}/projects/{quote(project, safe='')}/locations/{quote(location, safe='')}"
    base = target.variables.get("base_url", base)
    url = f"{base}/publishers/google/models/{quote(target.deployment or model, safe='')}:predict"
    body = {"instances": [{"prompt": prompt}], "parameters": parameters}
    meant = Target("vertex", model, operation="generate", surface="predict", variables=target.variables)
    return finished(NativeRequest("POST", url, {}, body, BEARER), notes, meant, "vertex/predict", policy)


def decode(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to Imagen."""
    holes, query = opened(native, URL)
    body = camel(body_of(native), SNAKE)
    if holes["model"] not in MODELS:
        raise fail("/path/model", "a model of this endpoint", holes["model"])
    instances = body.pop("instances", None)
    if type(instances) is not list or len(instances) != 1 or type(instances[0]) is not dict:
        raise fail("/body/instances", "one instance", instances)
    instance, parameters = instances[0], inner(body, "parameters")
    if not instance.keys().isdisjoint(("image", "mask", "referenceImages", "personImage", "productImages")):
        raise fail("/body/instances/0", "an instance without an image", instance)
    output = inner(parameters, "outputOptions")
    pairs = {
        "prompt": take_prompt(instance, pointer="/body/instances/0/prompt"),
        "model": holes["model"],
        "n": take_number(parameters, "sampleCount", 1, 4) if "sampleCount" in parameters else 4,
        "seed": take_number(parameters, "seed", 1, 2147483647),
        "watermark": take_flag(parameters, "addWatermark"),
        "enhance_prompt": take_flag(parameters, "enhancePrompt"),
        "aspect_ratio": take_word(parameters, "aspectRatio", RATIOS_BACK),
        "resolution": take_word(parameters, "sampleImageSize", TIERS_BACK),
        "person_generation": take_word(parameters, "personGeneration", PERSONS),
        "safety_level": take_word(parameters, "safetySetting", LEVELS_BACK),
        "language": take_word(parameters, "language", LANGUAGES),
        "output_format": take_word(output, "mimeType", FORMATS_BACK),
        "output_compression": take_number(output, "compressionQuality", 0, 100),
        "response_format": "b64_json",
    }
    put_back(parameters, "outputOptions", output)
    put_back(body, "parameters", parameters)
    if instance:
        body["instances"] = [instance]
    doc, kept = canonical(native, pairs, query, body)
    variables = {"project": holes["project"]}
    if holes["location"] != "us-central1":
        variables["location"] = holes["location"]
    if holes["version"] != "v1":
        variables["api_version"] = holes["version"]
    auth = "api_key" if "x-goog-api-key" in native.headers else None
    target = Target("vertex", holes["model"], operation="generate", surface="predict", auth=auth, variables=variables)
    return read(doc, kept, target, "vertex/predict")
