"""
Circumstances: what else a request may say that decides what becomes of a field.

A dialect's conditions (the `if` of its forms and of its rules among fields) are JSON Schemas over the request. A
circumstance is a request's part that makes one of them hold, or what it negates: enough to reach every form and
every rule that a canonical request can reach. Conditions on what is carried in provider_options are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from imagetx.dialect import Dialect
from imagetx.document import Json, equal
from imagetx.words import WORDS

Circumstance = dict[str, Json]
"""Fields with their values; None: the field is absent."""

PIXEL: Final = b"\x89PNG\r\n\x1a\n"
"""Stands for an image in what is asked; nothing looks into it."""

_ASIDE: Final = frozenset({"model", "provider_options"})
_MOST: Final = 64

PLAIN: Final[Mapping[str, Json]] = {
    "prompt": "a fox",
    "negative_prompt": "rain",
    "n": 2,
    "size": "1024x1024",
    "aspect_ratio": "1:1",
    "resolution": "1K",
    "user": "u1",
    "safety_identifier": "u1",
    "sampler": "ddim",
    "language": "en",
    "seed": 1,
    "steps": 30,
    "guidance_scale": 5,
    "strength": 0.5,
    "output_compression": 50,
    "partial_images": 1,
    "stream": True,
    "watermark": True,
    "enhance_prompt": True,
    "image": [{"bytes": PIXEL}],
    "mask": {"bytes": PIXEL},
    **{name: words[-1] for name, words in WORDS.items()},
}
"""A value of each field: what stands for "it is given" where a condition asks no more."""


def circumstances(dialect: Dialect, operation: str, settled: Collection[str]) -> list[Circumstance]:
    """
    List the circumstances of a dialect in one operation, the plain one first; at most 64.

    Args:
        dialect: Whose conditions are met.
        operation: `generate`, `edit` or `variation`.
        settled: Fields that may not vary: they decide between dialects.
    """
    conditions = [
        variant.says.get("if", True)
        for variant in dialect.request.choice.variants
        if variant.says.get("match") is not False  # one that the family has not
    ]
    conditions += [says["if"] for says in dialect.says["request"].get("when", ())]
    unvaried = {*_ASIDE, *settled, *(["image"] if operation == "generate" else [])}
    found: list[Circumstance] = [{}]
    for condition in conditions:
        for wish in _wishes(condition):
            if wish.pop("operation", operation) != operation or not unvaried.isdisjoint(wish):
                continue
            if wish not in found and len(found) < _MOST:
                found.append(wish)
    return found


def _wishes(condition: Json) -> Iterator[Circumstance]:
    """Yield what makes a condition hold, one for each of its alternatives, and what makes hold that it negates."""
    if not isinstance(condition, dict):
        return
    own: Circumstance = {name: PLAIN.get(name) for name in condition.get("required", ())}
    others: list[Circumstance] = []
    for name, says in condition.get("properties", {}).items():
        values = list(_values(name, says))
        if values:
            own[name] = values[0]
        others += [{name: value} for value in values[1:]]
    yield from _joined(own, condition)
    yield from ({**own, **other} for other in others)
    if "not" in condition:
        absent = {name: None for name in _named(condition["not"]) if name not in own and name != "image"}
        if absent:
            yield {**own, **absent}
        for wish in _wishes(condition["not"]):
            yield {**own, **wish}


def _joined(own: Circumstance, condition: Mapping[str, Any]) -> Iterable[Circumstance]:
    """Join what a condition says itself with each of its alternatives."""
    joined = [own]
    for word in ("anyOf", "oneOf"):
        if word in condition:
            joined = [{**one, **wish} for one in joined for branch in condition[word] for wish in _wishes(branch)][
                :_MOST
            ]
    for branch in condition.get("allOf", ()):
        joined = [{**one, **wish} for one in joined for wish in _wishes(branch)][:_MOST]
    return joined


def _named(condition: Json) -> list[str]:
    """Name the fields of which the mere presence makes a condition, or an alternative of it, hold."""
    if not isinstance(condition, dict):
        return []
    inside = [name for branch in condition.get("anyOf", ()) for name in _named(branch)]
    return inside if "properties" in condition else [*condition.get("required", ()), *inside]


def _values(name: str, says: Json) -> Iterator[Json]:
    """Yield values of a field that a condition on it takes, the plainest first, and those that it negates."""
    plain = PLAIN.get(name)
    if not isinstance(says, dict):
        return
    if "const" in says:
        yield says["const"]
    elif "enum" in says:
        yield from says["enum"]
    elif "minimum" in says:
        yield says["minimum"]
    elif "minItems" in says:
        yield [{"bytes": PIXEL}] * says["minItems"]
    elif "not" in says:
        refused = list(_values(name, says["not"]))
        if not any(equal(plain, value) for value in refused):
            yield plain
        yield from (value for value in WORDS.get(name, ()) if value not in refused)
        yield from refused
    elif plain is not None:
        yield plain
