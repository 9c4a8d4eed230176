"""
N: the native normal form of every dialect, by hand (style.md section 5, law L3).

What a native request says may be written in several ways; N is the one that encode writes. It is
not derived from the specs: derived from the codec it would make L3 say nothing.
"""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

import imagetx
from tests.dialects import FORMS

Json = Any

_GEMINI_WORDS = [
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
_GEMINI_OPAQUE = {"labels"}
_NUMBERS = {"seed", "cfg_scale"}
_SHORTEST = 40


def normal_request(name: str, native: Json) -> Json:
    """Return the normal form of an object that a native schema describes."""
    normal = deepcopy(native)
    normal["headers"] = {key.lower(): value for key, value in normal.get("headers", {}).items()}
    normal.setdefault("path", {})
    normal.setdefault("query", {})
    if normal["headers"].get("accept") == "*/*":
        del normal["headers"]["accept"]
    if name.split("/")[0] in ("openai", "azure", "gemini"):
        normal["headers"].pop("accept", None)  # transport: these speak JSON whatever it says
    provider = name.split("/")[0]
    body = normal["body"]
    if provider == "gemini":
        normal["body"] = _gemini(_camel(body))
    elif name == "bedrock/nova-canvas":
        _nova(normal)
    elif name == "bedrock/stable-image":
        normal["headers"].setdefault("accept", "application/json")
    elif name in FORMS:
        _form(name, body)
    elif body.get("model") in ("dall-e-2", "dall-e-3") or normal["path"].get("deployment") in ("dall-e-2", "dall-e-3"):
        body.setdefault("response_format", "url")
    return normal


def _camel(value: Json) -> Json:
    snake = {"".join("_" + c.lower() if c.isupper() else c for c in word): word for word in _GEMINI_WORDS}
    if isinstance(value, dict):
        folded = {}
        for key, item in value.items():
            to = snake.get(key, key)
            to = key if to != key and to in value else to
            folded[to] = item if to in _GEMINI_OPAQUE else _camel(item)
        return folded
    return [_camel(item) for item in value] if isinstance(value, list) else value


def _gemini(body: Json) -> Json:
    """Drop what is empty or null in the place of an object that the dialect writes into."""
    config = body.get("generationConfig")
    if isinstance(config, dict):
        if config.get("imageConfig", 0) in ({}, [], None):
            config.pop("imageConfig", None)
        if config.get("responseModalities", 0) is None:
            del config["responseModalities"]
    if body.get("generationConfig", 0) in ({}, [], None):
        body.pop("generationConfig", None)
    contents = body.get("contents")
    if (
        isinstance(contents, list)
        and contents
        and isinstance(contents[-1], dict)
        and contents[-1].get("role", 0) is None
    ):
        del contents[-1]["role"]
    return body


def _nova(native: Json) -> None:
    native["headers"].setdefault("accept", "application/json")
    body = native["body"]
    config = body.get("imageGenerationConfig")
    if config in ({}, [], None):
        config = body["imageGenerationConfig"] = {}
    if isinstance(config, dict):
        config.setdefault("numberOfImages", 1)  # bedrock dossier 3.2: documented defaults
        config.setdefault("seed", 12)


def _form(name: str, body: Json) -> None:
    body.pop("none", None)  # stability dossier 1.4
    for key in _NUMBERS & body.keys():
        if isinstance(body[key], str):
            body[key] = _shortest(body[key])
    if name == "stability/sd3":
        body.setdefault("model", "sd3.5-large")


def _shortest(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if (
        not number.is_finite()
        or len(text) > _SHORTEST
        or text.strip() != text
        or "_" in text
        or text.startswith(("+", "."))
    ):
        return text
    plain = format(number.normalize(), "f")
    return "0" if plain == "-0" else plain


def normal_answer(name: str, answer: imagetx.NativeResponse) -> imagetx.NativeResponse:
    """Return the normal form of an answer."""
    if name.startswith("stability/") and answer.status == 429 and "retry-after" not in answer.headers:
        # stability dossier 6.2: a 429 without the header means a lock-out of 60 s
        return imagetx.NativeResponse(answer.status, {**answer.headers, "retry-after": "60"}, answer.body)
    return answer
