"""Normal forms of Reka."""

from __future__ import annotations

from typing import Any

Json = Any


def request(name: str, native: Json) -> None:
    """Leave the transport's accept out: an OpenAI client sends it, and the answer is JSON whatever it says."""
    native["headers"].pop("accept", None)
