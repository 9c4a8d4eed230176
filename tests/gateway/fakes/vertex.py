"""
Vertex AI as it is seen from outside.

Source: dossier vertex.md 1 (URLs, token), 5 (answers), 6 (errors), 7 (streams).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from tests.gateway.call import Call
from tests.gateway.fakes import gemini
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, only

Json = Any


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the token (1.2)."""
    yield from only(call, "authorization", f"Bearer {secret}")


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter (6)."""
    names = {401: "UNAUTHENTICATED", 404: "NOT_FOUND"}
    return gemini.error(status, names.get(status, "INVALID_ARGUMENT"), complaint)


def blocked(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Block a prompt as Imagen does (8.5)."""
    message = "Image generation failed with the following error: The prompt could not be submitted. This prompt "
    return gemini.error(400, "INVALID_ARGUMENT", message + "contains sensitive words. Support codes: 42876398")


def half_filtered(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Give one image and withhold another (5.1)."""
    kept = {"mimeType": "image/png", "bytesBase64Encoded": studio.draw_text()}
    reason = "Unable to show generated images. All images were filtered out. Support codes: 63429089"
    return httpx.Response(200, json={"predictions": [kept, {"raiFilteredReason": reason}]})


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request: Imagen by `predict`, Gemini by `generateContent`."""
    if said.path["verb"] != "predict":
        found = [{**each, "createTime": "2026-11-20T10:00:00.1Z"} for each in gemini.chunks(said, studio)]
        found[-1]["usageMetadata"]["trafficType"] = "ON_DEMAND"
        if said.path["verb"] == "streamGenerateContent":
            return gemini.streamed(found, studio)
        return httpx.Response(200, json=gemini.whole(found))
    parameters = said.body.get("parameters", {})
    mime = parameters.get("outputOptions", {}).get("mimeType", "image/png")
    count = parameters.get("sampleCount", 4)
    prompt = said.body["instances"][0].get("prompt", "")
    enhanced = {"prompt": f"{prompt}, studio light"} if parameters.get("enhancePrompt", True) and prompt else {}
    made = [{"mimeType": mime, "bytesBase64Encoded": studio.draw_text(mime), **enhanced} for _ in range(count)]
    return httpx.Response(200, json={"predictions": made, "deployedModelId": "d-1"})


FAKE = Fake(
    name="vertex",
    hosts=frozenset({"aiplatform.googleapis.com", "us-central1-aiplatform.googleapis.com"}),
    schemas=("vertex/generate-content", "vertex/predict", "vertex/predict-edit", "vertex/predict-upscale"),
    unlock=unlock,
    refuse=refuse,
    answer=answer,
)
