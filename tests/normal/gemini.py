"""Normal forms of the Gemini API."""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.normal import camel

Json = Any

WORDS = [
    "generationConfig",
    "responseModalities",
    "imageConfig",
    "aspectRatio",
    "imageSize",
    "safetySettings",
    "systemInstruction",
    "thinkingConfig",
    "thinkingLevel",
    "includeThoughts",
    "thinkingBudget",
    "candidateCount",
    "topP",
    "topK",
    "maxOutputTokens",
    "stopSequences",
    "responseFormat",
    "toolConfig",
    "cachedContent",
    "thoughtSignature",
    "responseLogprobs",
    "inlineData",
    "fileData",
    "mimeType",
    "fileUri",
]
OPAQUE = frozenset({"labels"})
EMPTY: tuple[Json, ...] = ({}, [], None)
TYPE_OF_EXTENSION = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "avif": "image/avif",
}
TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/heic"})
HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
FILES = re.compile(r"https://generativelanguage\.googleapis\.com/v1(beta)?/files/[^/?#]+")
SEEDED = re.compile(
    r"(models/)*(gemini-(3(\.[0-9]+)?-(pro|flash|flash-lite)|2(\.[0-9]+)?-flash)-image.*|nano-banana-pro-preview)"
)
PREDICT_WORDS = [
    "sampleCount",
    "aspectRatio",
    "sampleImageSize",
    "personGeneration",
    "safetySetting",
    "guidanceScale",
    "includeRaiReason",
    "includeSafetyAttributes",
    "outputOptions",
    "mimeType",
    "compressionQuality",
]
CASELESS = {
    "personGeneration": {"dont_allow", "allow_adult", "allow_all"},
    "safetySetting": {"block_low_and_above", "block_medium_and_above", "block_only_high", "block_none"},
}


def request(name: str, native: Json) -> None:
    """Give the normal form of the dialect; of all of them Accept is transport."""
    native["headers"].pop("accept", None)  # it answers JSON whatever it says, or events where the body or the verb asks
    if name == "gemini/generate-content":
        generate_content(native)
    elif name == "gemini/interactions":
        _interactions(native)
    elif name == "gemini/openai-generations":
        _openai_generations(native)
    elif name == "gemini/predict":
        predict(native)


def _interactions(native: Json) -> None:
    """
    Drop what is empty or null in the place of an object that the dialect writes into (dossier 3.4).

    Into generation_config it writes the seed alone, which nano-banana-2.1 does not take (dossier 2).
    Images are those of a list of contents, or of the last step.
    """
    body = native["body"]
    contents = body.get("input")
    last = contents[-1] if isinstance(contents, list) and contents else None
    if isinstance(last, dict) and "content" in last:
        contents = last["content"]
    for content in contents if isinstance(contents, list) else ():
        if isinstance(content, dict) and content.get("type") == "image":
            typed(content, "data", "mime_type", TYPES | {"image/gif"})
            named(content, "uri", "mime_type", FILES)
    seeded = isinstance(model := body.get("model"), str) and SEEDED.fullmatch(model) is not None
    for key in ("response_format", "generation_config") if seeded else ("response_format",):
        if body.get(key, 0) in EMPTY:
            body.pop(key, None)
    form = body.get("response_format")
    if isinstance(form, dict) and form.get("type", 0) is None:
        del form["type"]
        if form == {}:
            del body["response_format"]


def _openai_generations(native: Json) -> None:
    """Say the form of the answer (dossier 3.3: base64 comes), and drop an extra_body that says nothing."""
    body = native["body"]
    body.setdefault("response_format", "b64_json")
    extra = body.get("extra_body")
    if isinstance(extra, dict) and extra.get("google", 0) in EMPTY:
        extra.pop("google", None)
    if body.get("extra_body", 0) in EMPTY:
        body.pop("extra_body", None)


def predict(native: Json) -> None:
    """
    Fold snake_case and the case of the enums, and make the default of four images explicit.

    Imagen, here and on Vertex (vertex dossier 3.2): its enums are case-insensitive, the SDK writes upper
    case and encode lower case; proto3 JSON reads null as silence.
    """
    body = native["body"] = camel(native["body"], PREDICT_WORDS, OPAQUE)
    if body.get("parameters") in EMPTY:
        body["parameters"] = {}
    parameters = body["parameters"]
    if not isinstance(parameters, dict):
        return
    if parameters.get("sampleCount") is None:
        parameters["sampleCount"] = 4
    if parameters.get("outputOptions", 0) in EMPTY:
        parameters.pop("outputOptions", None)
    for key, words in CASELESS.items():
        value = parameters.get(key)
        if isinstance(value, str) and value.lower() in words:
            parameters[key] = value.lower()


def typed(holder: Json, data: str, mime: str, types: frozenset[str]) -> None:
    """Say in standard base64 what an image is, and beside it the type that its bytes have (design of edits)."""
    text = holder.get(data)
    if not isinstance(text, str):
        return
    standard = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        whole = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError:
        return
    found = _type_of(whole)
    if found in types:
        holder[data] = base64.b64encode(whole).decode()
        holder[mime] = found


def _type_of(data: bytes) -> str | None:
    starts = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    for start, name in starts.items():
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if data[4:8] == b"ftyp" and data[8:12] in HEIC else None


def named(holder: Json, uri: str, mime: str, uris: re.Pattern[str]) -> None:
    """Say the type of a reference that says none where its extension tells it, if it is one that the dialect reads."""
    name = holder.get(uri)
    if isinstance(name, str) and uris.fullmatch(name) and holder.get(mime) is None:
        holder.pop(mime, None)
        _, dot, extension = name.rpartition("/")[2].rpartition(".")
        if dot and extension.lower() in TYPE_OF_EXTENSION:
            holder[mime] = TYPE_OF_EXTENSION[extension.lower()]


def generate_content(native: Json, uris: re.Pattern[str] = FILES) -> None:
    """
    Fold snake_case and drop what is empty or null in the place of an object that the dialect writes into.

    Images of the last turn are said as encode says them; those of earlier turns are carried as they came.
    """
    body = native["body"] = camel(native["body"], WORDS, OPAQUE)
    config = body.get("generationConfig")
    if isinstance(config, dict):
        if config.get("imageConfig", 0) in EMPTY:
            config.pop("imageConfig", None)
        if config.get("responseModalities", 0) is None:
            del config["responseModalities"]
    if body.get("generationConfig", 0) in EMPTY:
        body.pop("generationConfig", None)
    contents = body.get("contents")
    last = contents[-1] if isinstance(contents, list) and contents else None
    if not isinstance(last, dict):
        return
    if last.get("role", 0) is None:
        del last["role"]
    for part in parts if isinstance(parts := last.get("parts"), list) else ():
        inline, file = (part.get("inlineData"), part.get("fileData")) if isinstance(part, dict) else (None, None)
        if isinstance(inline, dict):
            typed(inline, "data", "mimeType", TYPES)
        if isinstance(file, dict):
            named(file, "fileUri", "mimeType", uris)
