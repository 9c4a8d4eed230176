"""
Cases as they are kept and as they live: JSON in a file, Python's own values in a call.

A kept case is plain JSON, so that it can be read and mended by hand. What JSON has not stands in it as an object with
one key: `{"$bytes": base64}`, `{"$tuple": [...]}`, `{"$set": [...]}`, `{"$pairs": [[key, value], ...]}` for keys that
are no text, `{"$deep": levels}`, `{"$cycle": 0}`, `{"$object": 0}`, `{"$date": "2026-11-23"}`; NaN and halves of
characters as Python's json writes them, images as `{{red-64.png}}`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.images import FOLDER, expanded

Json = Any


class Thing:
    """What no document holds."""

    def __repr__(self) -> str:
        return "a thing"


THING = Thing()


def kept(case: Json) -> bytes:
    """Write a case."""
    return json.dumps(case, indent=1, ensure_ascii=True).encode() + b"\n"


def read_kept(content: bytes) -> Json:
    """Read a case."""
    return json.loads(content)


def short_name(content: bytes) -> str:
    """Name a case by its content."""
    return hashlib.sha256(content).hexdigest()[:8]


def alive(kept_value: Json) -> Json:
    """Make the values that a kept case means; new ones each time."""
    if isinstance(kept_value, str):
        return _with_images(kept_value)
    if isinstance(kept_value, list):
        return [alive(item) for item in kept_value]
    if not isinstance(kept_value, dict):
        return kept_value
    if len(kept_value) == 1:
        ((name, said),) = kept_value.items()
        if name in _MEANT:
            try:
                return _MEANT[name](said)
            except (AttributeError, OSError, TypeError, ValueError):  # a word that was mutated means itself
                pass
    return {key: alive(item) for key, item in kept_value.items()}


def _with_images(text: str) -> str:
    try:
        return str(expanded(text)) if "{{" in text else text
    except OSError:  # the name of no image
        return text


def _deep(levels: int) -> Json:
    value: Json = []
    for _ in range(min(levels, 100_000)):
        value = [value]
    return value


def _cycle(_: Json) -> Json:
    value: list[Json] = []
    value.append(value)
    return value


def _bytes(said: str) -> bytes:
    return base64.b64decode(str(expanded(said)) if (FOLDER / said.strip("{}")).exists() else said)


_MEANT: Mapping[str, Callable[[Json], Json]] = {
    "$bytes": _bytes,
    "$tuple": lambda said: tuple(alive(item) for item in said),
    "$set": lambda said: {alive(item) for item in said},
    "$pairs": lambda said: {alive(key): alive(item) for key, item in said},
    "$deep": _deep,
    "$cycle": _cycle,
    "$object": lambda _: THING,
    "$date": date.fromisoformat,
}


def fingerprint(value: Json) -> str:
    """
    Give a short text that is the same for the same values: types count, NaN is itself, depth and cycles are no matter.
    """
    digest = hashlib.sha256()
    rest = [value]
    for _ in range(500_000):
        if not rest:
            break
        item = rest.pop()
        if isinstance(item, Mapping):
            digest.update(f"{{{len(item)}".encode())
            for key, inner in item.items():
                rest += [inner, key]
        elif isinstance(item, list | tuple):
            digest.update(f"{type(item).__name__[0]}{len(item)}".encode())
            rest += item
        elif isinstance(item, set | frozenset):
            digest.update(f"s{sorted(map(repr, item))}".encode(errors="backslashreplace"))
        elif isinstance(item, int) and item.bit_length() > 10_000:
            digest.update(hex(item).encode())
        else:
            digest.update(f"{type(item).__name__}{item!r},".encode(errors="backslashreplace"))
    return digest.hexdigest()
