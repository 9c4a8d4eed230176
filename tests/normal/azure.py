"""Normal forms of Azure: those of OpenAI; under a deployment's path the body's model says nothing (1.1)."""

from __future__ import annotations

from typing import Any

from tests.normal import openai, shortest

Json = Any


def request(name: str, native: Json) -> None:
    """Leave the model out of what a deployment's path carries; a form as OpenAI's, but MAI repeats `image` (8.6)."""
    openai.request(name, native)
    body = native["body"]
    if name in ("azure/deployment-generations", "azure/deployment-edits"):
        body.pop("model", None)
    if name in ("azure/deployment-edits", "azure/v1-edits"):
        openai.form(body)
    if name == "azure/mai-edits":
        mai(body)


def mai(body: Json) -> None:
    """Write pixels shortest, and a list of one image as one part."""
    for key in ("width", "height"):
        if isinstance(body.get(key), str):
            body[key] = shortest(body[key])
    if isinstance(body.get("image"), list) and len(body["image"]) == 1:
        body["image"] = body["image"][0]
