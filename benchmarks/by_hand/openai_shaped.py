"""
Requests of OpenAI and Azure by hand, both ways: one body, two places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    text,
    variable,
    whole,
    word,
)
from benchmarks.by_hand.reading import (
    body_of,
    canonical,
    fail,
    opened,
    read,
    take_flag,
    take_number,
    take_prompt,
    take_text,
    take_word,
)
from benchmarks.by_hand.shapes import SHAPES, SIZE, Grid
from imagetx import ImageRequest, NativeRequest, Note, RequestError, Target, Translation
from imagetx.wire import Credential

QUALITY: Final = {
    **{name: name for name in ("auto", "low", "medium", "high")},
    "standard": "medium",
    "hd": "high",
    "xhigh": "high",
    "max": "high",
}
QUALITY_BACK: Final = {name: name for name in ("auto", "low", "medium", "high")}
BACKGROUND: Final = {name: name for name in ("auto", "transparent", "opaque")}
MODERATION: Final = {"auto": "auto", "low": "low"}
FORMAT: Final = {"png": "png", "jpeg": "jpeg", "webp": "webp", "gif": "png", "svg": "png"}
FORMAT_BACK: Final = {name: name for name in ("png", "jpeg", "webp")}
AZURE_FORMAT: Final = {"png": "png", "jpeg": "jpeg", "webp": "jpeg", "gif": "png", "svg": "png"}
AZURE_FORMAT_BACK: Final = {"png": "png", "jpeg": "jpeg"}
GRID: Final = Grid(16, 16, 3840, area=(655360, 8294400), widest=3)

BEARER: Final = Credential("bearer", "authorization", "Bearer {secret}")
KEY: Final = Credential("api_key", "api-key", "{secret}")
NULLABLE: Final = "n size quality background output_format output_compression stream partial_images user".split()
OPENAI_NULLABLE: Final = (*NULLABLE, "moderation", "safety_identifier")
SHARED: Final = (
    "model prompt n quality background output_format output_compression stream partial_images user response_format"
).split()
SAID: Final = frozenset([*SHARED, *SHAPES, "moderation", "safety_identifier", "safety_level"])
AZURE_SAID: Final = frozenset([*SHARED, *SHAPES])
MODELS: Final[dict[str, tuple[Note, ...]]] = {"gpt-image-2": ()}
RESOURCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
API_VERSION: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?")


def _said(
    request: Json, problems: Problems, notes: Notes, formats: Json, formats_back: Json, nullable: Iterable[str]
) -> dict[str, Json]:
    """Say what gpt-image-2 takes wherever it is served."""
    body: dict[str, Json] = {}
    if None in request.values():
        body = {name: None for name in nullable if name in request and request[name] is None}
    prompt = prompt_of(request, problems, 32000)
    if prompt is not None:
        body["prompt"] = prompt
    n = whole(request, "n", problems, 1, 10)
    if n is not None:
        body["n"] = n
    size = GRID.read(request, problems, notes)
    if size is not None:
        body["size"] = f"{size[0]}x{size[1]}"
    elif request.get("size") == "auto":
        body["size"] = "auto"
    quality = word(request, "quality", QUALITY, QUALITY_BACK, problems, notes, passes=True)
    if quality is not None:
        body["quality"] = quality
    background = word(request, "background", BACKGROUND, BACKGROUND, problems, notes, passes=True)
    if background == "transparent":
        reason = "gpt-image-2 has no transparent background"
        notes.append(Note(pointer="/background", kind="dropped", given=background, reason=reason))
    elif background is not None:
        body["background"] = background
    output_format = word(request, "output_format", formats, formats_back, problems, notes, passes=True)
    if output_format is not None:
        body["output_format"] = output_format
    compression = clamped(request, "output_compression", problems, notes, 0, 100)
    if compression is not None:
        if output_format in ("jpeg", "webp"):
            body["output_compression"] = compression
        else:
            reason = "only jpeg and webp are compressed by a level"
            notes.append(Note(pointer="/output_compression", kind="dropped", given=compression, reason=reason))
    stream = flag(request, "stream", problems)
    if stream is not None:
        body["stream"] = stream
    partial = whole(request, "partial_images", problems, 0, 3)
    if partial is not None:
        if stream:
            body["partial_images"] = partial
        else:
            notes.append(Note(pointer="/partial_images", kind="dropped", given=partial, reason="only with stream"))
    user = text(request, "user", problems)
    if user is not None:
        body["user"] = user
    bytes_only(request, problems, notes)
    return body


def _level(level: str, body: dict[str, Json], notes: Notes) -> None:
    """Say a safety level, of which OpenAI has the most permissive, as moderation low."""
    if level in ("permissive", "off") and "moderation" not in body:
        body["moderation"] = "low"
        reason = "the most permissive that there is"
        notes.append(Note(pointer="/safety_level", kind="approximated", given=level, used="low", reason=reason))
        notes.append(Note(pointer="/moderation", kind="defaulted", used="low", reason=reason))
    else:
        reason = "openai has no safety_level here"
        notes.append(Note(pointer="/safety_level", kind="dropped", given=level, reason=reason))


def encode_openai(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as OpenAI wants it."""
    request = document(request)
    problems: Problems = []
    model, notes = model_of(request, target, MODELS)
    known(target, ("base_url",))
    body = {"model": model, **_said(request, problems, notes, FORMAT, FORMAT_BACK, OPENAI_NULLABLE)}
    moderation = word(request, "moderation", MODERATION, MODERATION, problems, notes, passes=True)
    if moderation is not None:
        body["moderation"] = moderation
    level = text(request, "safety_level", problems)
    if level is not None:
        _level(level, body, notes)
    identifier = text(request, "safety_identifier", problems, 0, 128)
    if identifier is not None:
        body["safety_identifier"] = identifier
    rest(request, SAID, "openai", problems, notes)
    if problems:
        raise RequestError(problems)
    url = target.variables.get("base_url", "https://api.openai.com/v1") + "/images/generations"
    meant = Target("openai", model, operation="generate", surface="images", variables=target.variables)
    value = NativeRequest("POST", url, {}, body, BEARER, 300)
    return finished(value, notes, meant, "openai/generations", policy)


def encode_azure(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as Azure wants it."""
    request = document(request)
    problems: Problems = []
    model, notes = model_of(request, target, MODELS)
    known(target, ("base_url", "resource", "api_version"))
    resource = variable(target, "resource", RESOURCE)
    version = variable(target, "api_version", API_VERSION, "2025-04-01-preview")
    body = _said(request, problems, notes, AZURE_FORMAT, AZURE_FORMAT_BACK, NULLABLE)
    rest(request, AZURE_SAID, "azure", problems, notes)
    if problems:
        raise RequestError(problems)
    base = target.variables.get("base_url", f"https://{resource}.openai.azure.com")
    deployment = quote(target.deployment or model, safe="")
    url = f"{base}/openai/deployments/{deployment}/images/generations?api-version={quote(version, safe='')}"
    meant = Target(
        "azure",
        model,
        operation="generate",
        surface="deployment",
        deployment=target.deployment,
        variables=target.variables,
    )
    value = NativeRequest("POST", url, {}, body, KEY, 300)
    return finished(value, notes, meant, "azure/deployment-generations", policy)


OPENAI_URL: Final = re.compile(r".*/v1/images/generations")
AZURE_URL: Final = re.compile(
    r"https://(?P<resource>[^/.?#]+)\.openai\.azure\.com/openai/deployments/(?P<model>[^/]+)/images/generations"
)


def _read(body: dict[str, Json], formats: Json, nullable: Iterable[str]) -> dict[str, Json]:
    """Read what gpt-image-2 takes wherever it is served; nulls stay."""
    nulls = [name for name in nullable if name in body and body[name] is None] if None in body.values() else []
    for name in nulls:
        del body[name]
    size = body.get("size")
    sized = type(size) is str and (size == "auto" or SIZE.fullmatch(size) is not None)
    doc = {
        "prompt": take_prompt(body),
        "n": take_number(body, "n", 1, 10**9),
        "size": body.pop("size") if sized else None,
        "quality": take_word(body, "quality", QUALITY_BACK, passes=True),
        "background": take_word(body, "background", BACKGROUND, passes=True),
        "output_format": take_word(body, "output_format", formats, passes=True),
        "output_compression": take_number(body, "output_compression", 0, 100),
        "stream": take_flag(body, "stream"),
        "partial_images": take_number(body, "partial_images", 0, 3),
        "user": take_text(body, "user"),
        "response_format": "b64_json",
    }
    doc = {name: value for name, value in doc.items() if value is not None}
    return doc | dict.fromkeys(nulls)


def decode_openai(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to OpenAI."""
    _, query = opened(native, OPENAI_URL)
    body = body_of(native)
    model = body.pop("model", None)
    if type(model) is not str or model not in MODELS:
        raise fail("/body/model", "the model", model)
    doc = _read(body, FORMAT_BACK, OPENAI_NULLABLE)
    if "moderation" in body:
        doc["moderation"] = take_word(body, "moderation", MODERATION, passes=True)
    if "safety_identifier" in body:
        doc["safety_identifier"] = take_text(body, "safety_identifier", 0, 128)
    doc, kept = canonical(native, doc, query, body)
    doc["model"] = model
    target = Target("openai", model, operation="generate", surface="images")
    return read(doc, kept, target, "openai/generations")


def decode_azure(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to Azure."""
    holes, query = opened(native, AZURE_URL)
    body = body_of(native)
    body.pop("model", None)
    version = query.pop("api-version", "2025-04-01-preview")
    if holes["model"] not in MODELS:
        raise fail("/path/deployment", "a deployment named after its model", holes["model"])
    doc, kept = canonical(native, _read(body, AZURE_FORMAT_BACK, NULLABLE), query, body)
    doc["model"] = holes["model"]
    variables = {"resource": holes["resource"]}
    if version != "2025-04-01-preview":
        variables["api_version"] = version
    auth = "bearer" if "authorization" in native.headers else None
    target = Target("azure", holes["model"], operation="generate", surface="deployment", auth=auth, variables=variables)
    return read(doc, kept, target, "azure/deployment-generations")
