"""google-genai as the user of our answers: it asks, and whatever it asks is answered alike."""

from __future__ import annotations

import json
import warnings
from functools import cache
from typing import Any

import httpx

import imagetx
from tests.images import pictured
from tests.sdk import capture_google

Json = Any
PRO, IMAGEN = "gemini-3-pro-image", "imagen-4.0-generate-001"
GEMINI, VERTEX = imagetx.Target("gemini", PRO), imagetx.Target("vertex", PRO)
INTERACTIONS = imagetx.Target("gemini", PRO, surface="interactions")
PREDICT = imagetx.Target("vertex", IMAGEN)


class Answering:
    """A transport that gives one answer to everything."""

    response: httpx.Response

    def __call__(self, _: httpx.Request) -> httpx.Response:
        return self.response


@cache
def client(provider: str) -> tuple[Any, Answering]:
    """Make a client of a provider, once: it reads certificates when it is made."""
    answering = Answering()
    return capture_google.client({"gemini": "gemini", "vertex": "us-central1"}[provider], answering), answering


def asked(target: imagetx.Target, status: int, headers: Any, content: bytes, *, stream: bool = False) -> Json:
    """Ask where everybody answers alike, and give what the user gets, of a stream its iterator."""
    made, answering = client(target.provider)
    answering.response = httpx.Response(status, headers=dict(headers), content=content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if target.surface == "interactions":
            return made.interactions.create(model=PRO, input="a", stream=stream, timeout=9)
        if target is PREDICT:
            return made.models.generate_images(model=IMAGEN, prompt="a")
        if stream:
            return made.models.generate_content_stream(model=PRO, contents="a")
        return made.models.generate_content(model=PRO, contents="a")


def answered(response: Json, target: imagetx.Target) -> Json:
    native = imagetx.encode_response(response, target).value
    return asked(target, native.status, native.headers, native.content())


def dumped(found: Json) -> Json:
    """Give an object of the SDK as JSON, with images by name, without the objects that it makes of nothing."""
    document = pictured(found.model_dump(exclude_none=True, exclude={"sdk_http_response"}), by_content=True)
    return full(json.loads(json.dumps(document, default=lambda value: value.isoformat())))


def full(value: Json) -> Json:
    if isinstance(value, list):
        return [full(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: full(item) for key, item in value.items() if item not in ({}, [], None, "")}
