"""Normal forms of OpenAI and of those that copy it."""

from __future__ import annotations

from typing import Any

Json = Any


def request(name: str, native: Json) -> None:
    """Make the default of the DALL-E models explicit, and leave the transport's accept out."""
    native["headers"].pop("accept", None)  # transport: these speak JSON whatever it says
    model = native["path"].get("deployment", native["body"].get("model"))
    if model in ("dall-e-2", "dall-e-3"):
        native["body"].setdefault("response_format", "url")
