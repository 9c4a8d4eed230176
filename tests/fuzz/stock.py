"""
What is mutated: the vectors of fixtures/, what stands in them by its key, and the built-in specs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import imagetx
from imagetx.errors import ImagetxError
from tests.fuzz.choices import Choices
from tests.images import expanded

Json = Any
ROOT = Path(__file__).parents[2]
_MOST = 40
SECTIONS = ("requests", "responses", "errors", "pending", "streams", "exchanges", "refused")


@cache
def _read() -> dict[str, dict[str, list[Json]]]:
    """Read the vectors by section and dialect."""
    found: dict[str, dict[str, list[Json]]] = {name: {} for name in SECTIONS}
    for path in sorted((ROOT / "fixtures").glob("*/*.json")):
        content = json.loads(path.read_text())
        for name in SECTIONS:
            if path.parent.name != "canonical" and content.get(name):
                found[name][content["dialect"]] = content[name]
    return found


def vector(section: str, choices: Choices, provider: str | None = None) -> Json:
    """Choose a dialect, then a vector of it."""
    lists = [each for name, each in _read()[section].items() if provider in (None, name.partition("/")[0])]
    return choices.pick(choices.pick(lists or list(_read()[section].values())))


def vectors_of(section: str, dialect: str) -> list[Json]:
    """List the vectors of one dialect."""
    return _read()[section].get(dialect, [])


@cache
def targets() -> list[Json]:
    """List the targets of all vectors, once each."""
    found = {
        json.dumps(each["target"]): each["target"] for lists in _read().values() for v in lists.values() for each in v
    }
    return list(found.values())


@cache
def messages() -> Mapping[str, list[Json]]:
    """Collect what stands in the vectors by its key."""
    pool = _Pool()
    for lists in _read().values():
        for vectors in lists.values():
            for each in vectors:
                for name in ("canonical", "native", "target", "request", "events", "steps"):
                    pool.gather(each.get(name), name)
    return pool.by_key


@cache
def spec_parts() -> Mapping[str, list[Json]]:
    """Collect what stands in the specs by its key."""
    pool = _Pool()
    for name in providers():
        pool.gather(spec(name), "")
    return pool.by_key


class _Pool:
    """Gather values by key, some of each."""

    def __init__(self) -> None:
        self.by_key: dict[str, list[Json]] = {"": []}
        self._seen: set[tuple[str, str]] = set()

    def gather(self, document: Json, key: str) -> None:
        shown = json.dumps(document)
        known = self.by_key.setdefault(key, [])
        if (key, shown) not in self._seen and len(known) < _MOST and len(shown) < 3000:
            self._seen.add((key, shown))
            known.append(document)
            if len(known) < 4:
                self.by_key[""].append(document)
        if isinstance(document, dict):
            for name, value in document.items():
                self.gather(value, name)
        elif isinstance(document, list):
            for value in document[:8]:
                self.gather(value, key)


@cache
def providers() -> tuple[str, ...]:
    return tuple(sorted(path.name for path in (ROOT / "schemas" / "providers").iterdir()))


@cache
def spec(name: str) -> Json:
    """Read a built-in spec as a caller would give it."""
    files = {
        path.stem: json.loads(path.read_text())
        for path in sorted((ROOT / "schemas" / "providers" / name).glob("*.json"))
    }
    return {"provider": files.pop("provider"), "dialects": files}


@cache
def states() -> list[Json]:
    """Collect exchanges in every state that the vectors bring them to, as JSON."""
    found: list[Json] = []
    for lists in _read()["exchanges"].values():
        for each in lists[:6]:
            try:
                exchange = imagetx.plan(expanded(each["request"]), imagetx.Target(**each["target"]))
                found.append(exchange.to_json())
                for step in each["steps"]:
                    answer = imagetx.NativeResponse.from_json(expanded(step["answer"]))
                    exchange = exchange.feed(step["branch"], answer)
                    found.append(exchange.to_json())
            except (ImagetxError, KeyError):  # a step that fails its branch has no answer
                continue
    return [state for state in found if len(json.dumps(state)) < 8000]
