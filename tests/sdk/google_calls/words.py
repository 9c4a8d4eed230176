"""The words in which the calls of google-genai are written down."""

from __future__ import annotations

from typing import Any

Json = Any
Call = tuple[str, Json] | tuple[str, Json, str]
NANO, PRO, LITE, OLD = (
    "gemini-nano-banana-2.1",
    "gemini-3-pro-image",
    "gemini-3.1-flash-lite-image",
    "gemini-2.5-flash-image",
)
CAPABLE = "imagen-3.0-capability-001"
RAW = "types.RawReferenceImage(reference_id=1, reference_image=types.Image(image_bytes=red, mime_type='image/png'))"
WORDS_TOO: Json = {"responseModalities": None}
"""What is carried of a call that does not name the modalities."""


def generate(model: str, prompt: str, **rest: Json) -> Json:
    return {"operation": "generate", "response_format": "b64_json", "model": model, "prompt": prompt, **rest}


def edit(model: str, prompt: str, image: Json, **rest: Json) -> Json:
    return {**generate(model, prompt, **rest), "operation": "edit", "image": image}
