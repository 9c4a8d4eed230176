"""Normal forms of OpenAI and of those that copy it."""

from __future__ import annotations

from typing import Any

from tests.normal import shortest

Json = Any
NUMBERS = ("n", "output_compression", "partial_images", "frame_count", "frame_duration_ms")

SILENT_MODELS = {"openai/edits": "gpt-image-1.5", "openai/variations": "dall-e-2"}


def request(name: str, native: Json) -> None:
    """Make defaults explicit (model, response_format), leave the transport's accept and an empty mask out."""
    native["headers"].pop("accept", None)  # transport: these speak JSON whatever it says
    if name in SILENT_MODELS and native["body"].get("model") in (None, ""):
        native["body"]["model"] = SILENT_MODELS[name]
    model = native["path"].get("deployment", native["body"].get("model"))
    if model in ("dall-e-2", "dall-e-3"):
        native["body"].setdefault("response_format", "url")
    if native["body"].get("mask") in ({}, [], None):
        native["body"].pop("mask", None)  # an empty place of an object that the dialect writes into
    if name == "openai/variations" or native.get("kind") == "form":
        form(native["body"])


def form(body: Json) -> None:
    """Write the numbers of a form shortest, one image as `image` and several as `image[]` (openai dossier 1.1)."""
    for key in NUMBERS:
        if isinstance(body.get(key), str):
            body[key] = shortest(body[key])
    given = [body.pop(key) for key in ("image", "image[]") if key in body]
    images = [image for value in given for image in (value if isinstance(value, list) else [value])]
    if images:
        body["image" if len(images) == 1 else "image[]"] = images[0] if len(images) == 1 else images
