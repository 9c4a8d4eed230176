"""
Reka as an OpenAI-shaped image server on its base would be: a convention, for Reka publishes no image API.

Source: dossier reka.md 1.2, 3.5, 5.2 (proposed), 6.1 (errors, known).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from tests.gateway.call import Call
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, only

Json = Any
HEADERS = {"X-Request-ID": "r-1"}


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the credential (1.1): one of its two places."""
    name = "x-api-key" if "x-api-key" in call.headers else "authorization"
    yield from only(call, name, secret if name == "x-api-key" else f"Bearer {secret}")


def error(status: int, kind: str, message: str) -> httpx.Response:
    """Say an error: there is no code (6.1)."""
    return httpx.Response(status, json={"error": {"type": kind, "message": message}}, headers=HEADERS)


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter."""
    return error(
        status, {401: "authentication_error", 404: "not_found_error"}.get(status, "validation_error"), complaint
    )


def not_found(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say what is expected of the real one today (1.2)."""
    return error(404, "not_found_error", "The requested resource was not found")


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request (5.2)."""
    mime = f"image/{said.body.get('output_format', 'png')}"
    data = [{"b64_json": studio.draw_text(mime)} for _ in range(said.body.get("n", 1))]
    usage = {"input_tokens": 9, "output_tokens": 1024}
    return httpx.Response(200, json={"created": 1795305600, "data": data, "usage": usage}, headers=HEADERS)


FAKE = Fake(
    name="reka",
    hosts=frozenset({"api.reka.ai"}),
    schemas=("reka/generations",),
    unlock=unlock,
    refuse=refuse,
    answer=answer,
)
