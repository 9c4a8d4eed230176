"""
A gateway in front of the fakes, and the clients that talk to it: the SDKs of OpenAI and Google, and plain httpx.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import httpx2
import openai
from google import genai
from google.genai import types

from examples.gateway.app import create_app
from tests.gateway import bridge
from tests.gateway.world import CALLER, World

Json = Any
AZURE = {"provider": "azure", "model": "gpt-image-2", "variables": {"resource": "acme"}}
FLEX = {"provider": "azure", "model": "FLUX.2-flex", "variables": {"resource": "acme"}}
IMAGEN = {"provider": "vertex", "model": "imagen-4.0-generate-001", "variables": {"project": "p1"}}
BEDROCK = {
    "provider": "bedrock",
    "model": "stability.sd3-5-large-v1:0",
    "variables": {"region": "us-west-2"},
}
INPAINT = {
    "provider": "bedrock",
    "model": "us.stability.stable-image-inpaint-v1:0",
    "variables": {"region": "us-west-2"},
}


class Gateway:
    """Hold a gateway, by its routing table."""

    def __init__(self, world: World, routes: Mapping[str, Json]) -> None:
        """Make the application over the fakes."""
        self.app = create_app(
            routes,
            secrets=world.given,
            client=httpx.AsyncClient(transport=httpx.MockTransport(world)),
            token=world.token,
            sleep=world.studio.sleep,
        )

    def openai(self) -> openai.AsyncOpenAI:
        """Give the asynchronous client of the OpenAI SDK."""
        client = httpx2.AsyncClient(transport=bridge.transport(httpx2, self.app))
        return openai.AsyncOpenAI(api_key=CALLER, base_url="http://gateway/v1", http_client=client, max_retries=0)

    def openai_waiting(self) -> openai.OpenAI:
        """Give the client of the OpenAI SDK that waits for each answer."""
        client = httpx2.Client(transport=bridge.blocking_transport(httpx2, self.app))
        return openai.OpenAI(api_key=CALLER, base_url="http://gateway/v1", http_client=client, max_retries=0)

    def google(self) -> genai.Client:
        """Give the client of the Google Gen AI SDK."""
        options = types.HttpOptions(
            base_url="http://gateway",
            api_version="v1beta",
            httpx_client=httpx.Client(transport=bridge.blocking_transport(httpx, self.app)),
            httpx_async_client=httpx.AsyncClient(transport=bridge.transport(httpx, self.app)),
        )
        return genai.Client(api_key=CALLER, http_options=options)

    def plain(self) -> httpx.AsyncClient:
        """Give a client without an SDK."""
        return httpx.AsyncClient(transport=bridge.transport(httpx, self.app), base_url="http://gateway")


def notes(headers: Mapping[str, str]) -> set[tuple[str, str]]:
    """Read what was changed: the kind and pointer of each note in an answer's header."""
    found = headers["x-imagetx-notes"]
    assert found.isascii()
    return {(each["kind"], each["pointer"]) for each in json.loads(found)}
