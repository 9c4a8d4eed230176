"""Normal form of vertex/generate-content."""

from __future__ import annotations

from typing import Any

from tests.normal import camel

Json = Any

WORDS = [
    "generationConfig",
    "responseModalities",
    "imageConfig",
    "aspectRatio",
    "imageSize",
    "personGeneration",
    "prominentPeople",
    "imageOutputOptions",
    "mimeType",
    "compressionQuality",
    "safetySettings",
    "systemInstruction",
    "modelArmorConfig",
    "outputConfig",
    "continuationToken",
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


def request(name: str, native: Json) -> None:
    """Fold snake_case and drop what is empty or null in the place of an object that the dialect writes into."""
    native["headers"].pop("accept", None)  # transport: it answers JSON whatever it says
    body = native["body"] = camel(native["body"], WORDS, OPAQUE)
    config = body.get("generationConfig")
    if isinstance(config, dict):
        image = config.get("imageConfig")
        if isinstance(image, dict):
            _drop_empty(image, "imageOutputOptions")
        _drop_empty(config, "imageConfig")
        if config.get("responseModalities", 0) is None:
            del config["responseModalities"]
    _drop_empty(body, "generationConfig")
    contents = body.get("contents")
    if (
        isinstance(contents, list)
        and contents
        and isinstance(contents[-1], dict)
        and contents[-1].get("role", 0) is None
    ):
        del contents[-1]["role"]


def _drop_empty(holder: dict[str, Json], key: str) -> None:
    if holder.get(key, 0) in ({}, [], None):
        holder.pop(key, None)
