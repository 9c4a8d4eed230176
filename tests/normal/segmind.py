"""Normal forms of Segmind."""

from __future__ import annotations

from typing import Any

Json = Any


def request(name: str, native: Json) -> None:
    """Make the seed explicit that FLUX schnell has when nobody gives one (segmind dossier 3.5); it is not random."""
    if native["path"].get("model") == "flux-schnell":
        native["body"].setdefault("seed", 123456789)
