"""Normal forms of Stability AI."""

from __future__ import annotations

from typing import Any

import imagetx
from tests.normal import shortest

Json = Any
NUMBERS = {"seed", "cfg_scale"}


def request(name: str, native: Json) -> None:
    """Drop the part that says nothing (stability dossier 1.4), and shorten the numbers."""
    body = native["body"]
    body.pop("none", None)
    for key in NUMBERS & body.keys():
        if isinstance(body[key], str):
            body[key] = shortest(body[key])
    if name == "stability/sd3":
        body.setdefault("model", "sd3.5-large")


def answer(name: str, native: imagetx.NativeResponse) -> imagetx.NativeResponse:
    """Make explicit that a 429 without the header means a lock-out of 60 s (stability dossier 6.2)."""
    if native.status == 429 and "retry-after" not in native.headers:
        return imagetx.NativeResponse(native.status, {**native.headers, "retry-after": "60"}, native.body)
    return native
