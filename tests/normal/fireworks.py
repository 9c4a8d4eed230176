"""Normal forms of Fireworks."""

from __future__ import annotations

from typing import Any

Json = Any


def request(name: str, native: Json) -> None:
    """Leave the transport's accept out where it chooses nothing (fireworks dossier 1: it does on the other routes)."""
    if name == "fireworks/kontext":
        native["headers"].pop("accept", None)
