"""
N: the native normal form of every dialect, by hand (style.md section 5, law L3).

What a native request says may be written in several ways; N is the one that encode writes. It is
not derived from the specs: derived from the codec it would make L3 say nothing. A provider whose
dialects have more than one way to say a thing has a module of its name here, with `request`
and `answer` where they are needed.
"""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal, InvalidOperation
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import imagetx
from tests.normal.pictures import file

Json = Any
_SHORTEST = 40


def _of(name: str) -> ModuleType | None:
    module = f"{__name__}.{name.partition('/')[0]}"
    return None if find_spec(module) is None else import_module(module)


def normal_request(name: str, native: Json) -> Json:
    """Return the normal form of an object that a native schema describes."""
    normal = deepcopy(native)
    normal["headers"] = {key.lower(): value for key, value in normal.get("headers", {}).items()}
    normal.setdefault("path", {})
    normal.setdefault("query", {})
    if normal["headers"].get("accept") == "*/*":
        del normal["headers"]["accept"]
    if isinstance(normal.get("body"), dict):
        normal["body"] = {key: file(key, value) for key, value in normal["body"].items()}
    provider = _of(name)
    if hasattr(provider, "request"):
        provider.request(name, normal)
    return normal


def normal_answer(name: str, answer: imagetx.NativeResponse) -> imagetx.NativeResponse:
    """Return the normal form of an answer."""
    provider = _of(name)
    return provider.answer(name, answer) if hasattr(provider, "answer") else answer


def shortest(text: str) -> str:
    """Return the shortest spelling of a number in a form; what is no plain number stays."""
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


def weighted(body: Json) -> None:
    """Say the weight of the texts that have none: it is 1 (stability dossier 3.7, bedrock dossier 3.3)."""
    prompts = body.get("text_prompts")
    for item in prompts if isinstance(prompts, list) else ():
        if isinstance(item, dict) and isinstance(item.get("text"), str):
            item.setdefault("weight", 1)


def camel(value: Json, words: list[str], opaque: frozenset[str]) -> Json:
    """Fold the snake_case spelling of camelCase words, except below opaque keys."""
    snake = {"".join("_" + c.lower() if c.isupper() else c for c in word): word for word in words}
    if isinstance(value, dict):
        folded = {}
        for key, item in value.items():
            to = snake.get(key, key)
            to = key if to != key and to in value else to
            folded[to] = item if to in opaque else camel(item, words, opaque)
        return folded
    return [camel(item, words, opaque) for item in value] if isinstance(value, list) else value
