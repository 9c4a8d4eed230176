"""Normal forms of Stability AI."""

from __future__ import annotations

from typing import Any

import imagetx
from tests.normal import shortest, weighted

Json = Any
NUMBERS = {"seed", "cfg_scale"}
V1 = "stability/v1-text-to-image"


def request(name: str, native: Json) -> None:
    """
    Drop the part that says nothing (stability dossier 1.4), and shorten the numbers.

    v1 speaks JSON, and answers JSON when Accept is absent (1.3); its defaults are in 3.7.
    """
    body = native["body"]
    if name == V1:
        native["headers"].setdefault("accept", "application/json")
        body.setdefault("samples", 1)
        weighted(body)
        return
    body.pop("none", None)
    for key in NUMBERS & body.keys():
        if isinstance(body[key], str):
            body[key] = shortest(body[key])
    if name == "stability/sd3":
        body.setdefault("model", "sd3.5-large")


def answer(name: str, native: imagetx.NativeResponse) -> imagetx.NativeResponse:
    """Make explicit that a 429 without the header means a lock-out of 60 s (stability dossier 6.2)."""
    if name == V1 and _named(native) == "insufficient_balance":
        return native  # v1 says with a 429 that there is no money left
    if native.status == 429 and "retry-after" not in native.headers:
        return imagetx.NativeResponse(native.status, {**native.headers, "retry-after": "60"}, native.body)
    return native


def _named(native: imagetx.NativeResponse) -> Json:
    _, body = native.document()
    return body.get("name") if isinstance(body, dict) else None
