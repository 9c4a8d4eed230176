"""A client of the OpenAI SDK that is answered by the caller: no network, no key, no waiting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import openai

import imagetx

Json = Any


class Answered:
    """
    Hold a client and what it is answered with.

    Args:
        client: Class of the SDK.
        says: What the client is made with.

    Attributes:
        asked: Requests that it sent.
    """

    def __init__(self, client: type = openai.OpenAI, **says: Json) -> None:
        self.asked: list[httpx.Request] = []
        self._answer: tuple[int, Mapping[str, str], bytes] = (500, {}, b"")
        http = httpx.Client(transport=httpx.MockTransport(self._respond))
        self.client = client(**{"api_key": "k", "max_retries": 0, **says}, http_client=http)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status, headers, content = self._answer
        return httpx.Response(status, headers=dict(headers), content=content)

    def generate(self, answer: imagetx.NativeResponse, **says: Json) -> Any:
        """Ask for an image and return what the SDK makes of an answer."""
        self.asked.clear()
        content = answer.content()
        headers = {"content-type": "application/json", **answer.headers} if content else answer.headers
        self._answer = (answer.status, headers, content)
        return self.client.images.generate(**{"model": "gpt-image-2", "prompt": "x", **says})

    def stream(self, content: bytes, *, edit: bool = False) -> Any:
        """Ask for a stream of images and return the SDK's iterator over one."""
        self._answer = (200, {"content-type": "text/event-stream"}, content)
        asked = {"model": "gpt-image-2", "prompt": "x", "stream": True}
        images = self.client.images
        return images.edit(**asked, image=b"x") if edit else images.generate(**asked)
