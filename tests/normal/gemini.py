"""Normal forms of the Gemini API."""

from __future__ import annotations

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
]
OPAQUE = frozenset({"labels"})
EMPTY: tuple[Json, ...] = ({}, [], None)
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
    """
    body = native["body"]
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


def generate_content(native: Json) -> None:
    """Fold snake_case and drop what is empty or null in the place of an object that the dialect writes into."""
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
    if (
        isinstance(contents, list)
        and contents
        and isinstance(contents[-1], dict)
        and contents[-1].get("role", 0) is None
    ):
        del contents[-1]["role"]
