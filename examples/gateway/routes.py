"""
The routing table: a model's name at this gateway, and the targets that can serve it, best first.

    {"fox": ["openai/gpt-image-2", {"provider": "azure", "model": "gpt-image-2", "deployment": "art",
                                    "variables": {"resource": "contoso"}}],
     "owl": {"targets": ["stability/sd3.5-large", "bedrock/..."], "weights": {"size": 4, "seed": 0}}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import imagetx


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    Say who serves a model of the gateway.

    Attributes:
        targets: Who can; among equals, the first counts.
        weights: How much a change of a field matters, 1 where nothing stands (`imagetx.rank`).
    """

    targets: tuple[imagetx.Target, ...]
    weights: Mapping[str, float] = field(default_factory=dict)


def read_routes(table: Mapping[str, Any]) -> dict[str, Route]:
    """
    Read a routing table, and ask imagetx about every target: what is wrong is told at the start.

    Args:
        table: Names to lists of targets, or to `{"targets": [...], "weights": {...}}`. A target is
            `provider/model`, or an object with the members of `imagetx.Target`.

    Raises:
        imagetx.ResolveError: There is no such target, or a variable of its URL is missing.
    """
    routes = {}
    for name, row in table.items():
        said = row if isinstance(row, Mapping) else {"targets": row}
        targets = tuple(map(_target, said["targets"]))
        routes[name] = Route(targets=targets, weights=said.get("weights", {}))
    return routes


def provider_of(target: imagetx.Target) -> str:
    """Give the main name of a target's provider, which may be named by an alias."""
    return str(imagetx.explain(target)["provider"])


def _target(said: str | Mapping[str, Any] | imagetx.Target) -> imagetx.Target:
    """Read a target, and try it."""
    if isinstance(said, str):
        provider, _, model = said.partition("/")
        target = imagetx.Target(provider, model or None)
    else:
        target = said if isinstance(said, imagetx.Target) else imagetx.Target(**said)
    imagetx.explain(target)
    return target
