"""
Parsers and writers of JSON of others, those that are installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import pydantic_core

Parse = Callable[[bytes], Any]
Dump = Callable[[Any], bytes]

NAMES: Final = ("pydantic_core", "json", "orjson", "msgspec")


def installed() -> dict[str, tuple[Parse, Dump]]:
    """Give parse and dump of each library that is there."""
    found: dict[str, tuple[Parse, Dump]] = {
        "pydantic_core": (pydantic_core.from_json, pydantic_core.to_json),
        "json": (json.loads, lambda document: json.dumps(document, separators=(",", ":")).encode("ascii")),
    }
    orjson, msgspec = _module("orjson"), _module("msgspec.json")
    if orjson is not None:
        found["orjson"] = (orjson.loads, orjson.dumps)
    if msgspec is not None:
        found["msgspec"] = (msgspec.decode, msgspec.encode)
    return found


def versions() -> str:
    """Say which are measured."""
    said = []
    for name in NAMES:
        try:
            said.append(name if name == "json" else f"{name} {version(name)}")
        except PackageNotFoundError:
            said.append(f"{name}: not installed (extra `benchmarks`)")
    return ", ".join(said)


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None
