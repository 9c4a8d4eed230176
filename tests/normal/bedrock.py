"""Normal forms of Bedrock."""

from __future__ import annotations

from typing import Any

Json = Any


def request(name: str, native: Json) -> None:
    """Make the documented defaults explicit (bedrock dossier 3.2)."""
    native["headers"].setdefault("accept", "application/json")
    if name == "bedrock/nova-canvas":
        body = native["body"]
        config = body.get("imageGenerationConfig")
        if config in ({}, [], None):
            config = body["imageGenerationConfig"] = {}
        if isinstance(config, dict):
            config.setdefault("numberOfImages", 1)
            config.setdefault("seed", 12)
