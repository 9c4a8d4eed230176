"""
The routing table: a model's name at this gateway, and the targets that can serve it, best first.

    {"fox": ["openai/gpt-image-2", {"provider": "azure", "model": "gpt-image-2", "deployment": "art",
                                    "variables": {"resource": "contoso"}}],
     "owl": {"targets": ["stability/sd3.5-large", "openai/gpt-image-2"], "weights": {"size": 4, "quality": 0},
             "options": {"policy": {"seed": "strict", "*": "adapt"}, "emulate": ["negative_prompt"]}}}
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import imagetx


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    Say who serves a model of the gateway.

    Attributes:
        targets: Who can; among equals, the first counts.
        weights: How much a change of a field matters, 1 where nothing stands (`imagetx.rank`).
        options: Of `imagetx.encode_request`: what is refused instead of changed, what is emulated.
    """

    targets: tuple[imagetx.Target, ...]
    weights: Mapping[str, float]
    options: Mapping[str, Any]


def read_routes(table: Mapping[str, Any]) -> dict[str, Route]:
    """
    Read a routing table, and ask imagetx about every target: what is wrong is told at the start.

    Args:
        table: Names to lists of targets, or to `{"targets": [...], "weights": {...}, "options": {...}}`. A target is
            `provider/model`, or an object with the members of `imagetx.Target`.

    Raises:
        imagetx.ImagetxError: No such target, a variable of its URL is missing, or a weight or an option is none.
    """
    routes = {}
    for name, row in table.items():
        said = row if isinstance(row, Mapping) else {"targets": row}
        route = Route(
            targets=tuple(map(_target, said["targets"])),
            weights=said.get("weights", {}),
            options={"url_as": "data_url", **said.get("options", {})},  # a client that wants a URL gets one
        )
        if not imagetx.rank({}, route.targets, weights=route.weights, **route.options):
            raise imagetx.ResolveError(f"expected a target for {name}")
        routes[name] = route
    return routes


def _target(said: str | Mapping[str, Any]) -> imagetx.Target:
    """Read a target, and give it the main name of its provider: secrets stand under that."""
    members = dict(zip(("provider", "model"), said.split("/", 1), strict=False)) if isinstance(said, str) else said
    target = imagetx.Target(**members)
    with suppress(imagetx.RequestError):  # whether it needs an image, say; its URL is tried before
        imagetx.encode_request({"prompt": "a fox"}, target)
    return replace(target, provider=imagetx.explain(target)["provider"])
