"""
Errors: OpenAI's client raises what it would raise for OpenAI, whoever failed behind the gateway and however.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

import httpx
import openai as sdk

from tests.gateway.call import Call
from tests.gateway.clients import AZURE, BEDROCK, IMAGEN, Gateway
from tests.gateway.fakes import azure, bedrock, fireworks, gemini, openai, reka, segmind, stability, vertex
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Turn, World

Json = Any
pytestmark = pytest.mark.anyio
PROMPT = "a red fox in snow"
KONTEXT = "fireworks/flux-kontext-pro"

BLOCKED: dict[str, tuple[Json, Turn]] = {
    "openai": ("openai/gpt-image-2", openai.moderated),
    "azure": (AZURE, azure.filtered),
    "bedrock": (BEDROCK, bedrock.blocked),
    "vertex": (IMAGEN, vertex.blocked),
    "gemini": ("gemini/gemini-3-pro-image", gemini.blocked),
    "stability": ("stability/sd3.5-large", stability.moderated),
    "fireworks": (KONTEXT, fireworks.moderated_later),
}


@pytest.mark.parametrize("name", BLOCKED)
async def test_a_blocked_prompt(name: str, world: World) -> None:
    """Never tried elsewhere: what one provider has refused, another one is not asked for."""
    target, turn = BLOCKED[name]
    world.say(name, turn)
    client = Gateway(world, {"fox": [target, target]}).openai()

    with pytest.raises(sdk.BadRequestError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT)

    own = {"azure": "content_policy_violation"}  # an OpenAI-shaped provider keeps its code
    assert caught.value.code == own.get(name, "moderation_blocked")
    assert [provider for provider, _ in world.heard] == [name]


async def test_a_blurred_image_is_an_answer(world: World) -> None:
    """Stability bills it: 200 and CONTENT_FILTERED (stability.md 5.5)."""
    world.say("stability", stability.blurred)
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT)

    assert [image.model_dump()["finish_reason"] for image in answer.data or ()] == ["content_filter"]
    assert answer.model_dump()["outcome"] == "filtered"


LIMITED: dict[str, tuple[Json, Turn, str | None]] = {
    "openai": ("openai/gpt-image-2", openai.rate_limited("7"), "7"),
    "gemini": ("gemini/gemini-3-pro-image", gemini.exhausted, "34"),
    "bedrock": (BEDROCK, bedrock.throttled, None),
    "stability": ("stability/sd3.5-large", stability.rate_limited, "60"),  # it says none and means that
}


@pytest.mark.parametrize("name", LIMITED)
async def test_a_rate_limit(name: str, world: World) -> None:
    target, turn, after = LIMITED[name]
    world.say(name, turn)
    client = Gateway(world, {"fox": [target]}).openai()

    with pytest.raises(sdk.RateLimitError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT)

    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.response.headers.get("retry-after") == after
    assert caught.value.response.headers.get("x-should-retry") == "true"


BROKE: dict[str, tuple[Json, Turn]] = {
    "stability": ("stability/sd3.5-large", stability.broke),
    "segmind": ("segmind/sdxl1.0-txt2img", segmind.broke),
    "fireworks": ("fireworks/flux-1-schnell-fp8", fireworks.suspended),
}


@pytest.mark.parametrize("name", BROKE)
async def test_an_empty_account_of_the_gateway_is_not_the_clients_matter(name: str, world: World) -> None:
    target, turn = BROKE[name]
    world.say(name, turn)
    client = Gateway(world, {"fox": [target]}).openai()

    with pytest.raises(sdk.APIStatusError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT)

    assert not isinstance(caught.value, sdk.AuthenticationError | sdk.PermissionDeniedError)
    assert not {"credits", "acme-1", "Balance"} & set(str(caught.value).replace(".", " ").split())
    assert caught.value.response.headers.get("x-should-retry") != "true"


@pytest.mark.parametrize("provider", ["openai", "stability", "bedrock", "vertex"])
async def test_a_secret_that_a_provider_refuses(provider: str, world: World) -> None:
    """The gateway's key is wrong, not the client's: no AuthenticationError, and no word of the key."""
    targets = {"bedrock": BEDROCK, "vertex": IMAGEN, "stability": "stability/sd3.5-large"}
    world.given[provider] = "AKIAFAKE3:another-secret" if provider == "bedrock" else "another-secret"
    client = Gateway(world, {"fox": [targets.get(provider, "openai/gpt-image-2")]}).openai()

    with pytest.raises(sdk.APIStatusError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT)

    assert len(world.complaints) == 1
    world.complaints.clear()
    assert not isinstance(caught.value, sdk.AuthenticationError | sdk.PermissionDeniedError)


BAD: dict[str, tuple[dict[str, Json], str]] = {
    "no-prompt": ({"model": "fox"}, "prompt"),
    "an-empty-prompt": ({"model": "fox", "prompt": ""}, "prompt"),
    "a-prompt-of-a-number": ({"model": "fox", "prompt": 7}, "prompt"),
    "a-long-prompt": ({"model": "fox", "prompt": "x" * 32001}, "prompt"),
    "n-of-zero": ({"model": "fox", "prompt": PROMPT, "n": 0}, "n"),
    "n-of-a-text": ({"model": "fox", "prompt": PROMPT, "n": "3"}, "n"),
    "n-of-a-thousand": ({"model": "fox", "prompt": PROMPT, "n": 1000}, "n"),
    "n-of-true": ({"model": "fox", "prompt": PROMPT, "n": True}, "n"),
    "a-size-of-no-size": ({"model": "fox", "prompt": PROMPT, "size": "large"}, "size"),
    "a-size-of-a-number": ({"model": "fox", "prompt": PROMPT, "size": 1024}, "size"),
    "two-geometries": ({"model": "fox", "prompt": PROMPT, "size": "1024x1024", "aspect_ratio": "16:9"}, "size"),
    "no-model": ({"prompt": PROMPT}, "model"),
    "another-model": ({"model": "wolf", "prompt": PROMPT}, "model"),
    "a-model-of-a-list": ({"model": ["fox"], "prompt": PROMPT}, "model"),
    "a-seed-of-a-text": ({"model": "fox", "prompt": PROMPT, "seed": "7"}, "seed"),
    "a-seed-below-zero": ({"model": "fox", "prompt": PROMPT, "seed": -4}, "seed"),
    "a-stream-of-a-text": ({"model": "fox", "prompt": PROMPT, "stream": "yes"}, "stream"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_request_names_its_field(name: str, world: World) -> None:
    """Before anything is sent, and in OpenAI's words."""
    asked, param = BAD[name]
    gateway = Gateway(world, {"fox": ["stability/sd3.5-large", "openai/gpt-image-2"]})

    response = await gateway.plain().post("/v1/images/generations", json=asked)

    assert world.calls == []
    error = response.json()["error"]
    assert response.status_code in (400, 404)
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert error["message"]


async def test_the_sdk_raises_for_a_bad_request(world: World) -> None:
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    with pytest.raises(sdk.BadRequestError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT, n=0)

    assert caught.value.param == "n"
    assert "integer" in str(caught.value)


async def test_the_sdk_raises_for_an_unknown_model(world: World) -> None:
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    with pytest.raises(sdk.NotFoundError) as caught:
        await client.images.generate(model="wolf", prompt=PROMPT)

    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"", {"content-type": "application/json"}),
        (b"{", {"content-type": "application/json"}),
        (b"[]", {"content-type": "application/json"}),
        (b"null", {"content-type": "application/json"}),
        (b'"fox"', {"content-type": "application/json"}),
        (b"[" * 100_000, {"content-type": "application/json"}),
        (b'{"model": "fox", "prompt": "\xff"}', {"content-type": "application/json"}),
        (b'{"model": "fox", "prompt": "x", "n": NaN}', {"content-type": "application/json"}),
        (b'{"model": "fox", "prompt": "\\ud800"}', {"content-type": "application/json"}),
        (b"prompt=x", {"content-type": "application/x-www-form-urlencoded"}),
        (b"--x\r\n", {"content-type": "multipart/form-data; boundary=x"}),
        (b"--x\r\n", {"content-type": "multipart/form-data"}),
        (b"x", {}),
    ],
    ids=range(13),
)
@pytest.mark.parametrize("path", ["/v1/images/generations", "/v1/images/edits"])
async def test_garbage_is_a_bad_request(content: bytes, headers: dict[str, str], path: str, world: World) -> None:
    gateway = Gateway(world, {"fox": ["openai/gpt-image-2"]})

    response = await gateway.plain().post(path, content=content, headers=headers)

    assert world.calls == []
    assert response.status_code in (400, 404), response.text
    assert response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("status", "headers", "content"),
    [
        (200, {"content-type": "text/html"}, b"<html>login</html>"),
        (200, {"content-type": "application/json"}, b"{"),
        (200, {"content-type": "application/json"}, b"{}"),
        (200, {"content-type": "application/json"}, b'{"data": []}'),
        (200, {"content-type": "application/json"}, b'{"data": [{"b64_json": "!!"}]}'),
        (302, {"location": "https://elsewhere.example/"}, b""),
        (500, {}, b""),
        (502, {"content-type": "text/html"}, b"<html>502 Bad Gateway</html>"),
        (504, {"content-type": "text/html"}, b"<html>504</html>"),
        (418, {}, b"teapot"),
    ],
    ids=range(10),
)
async def test_garbage_of_a_provider_is_an_error_of_a_server(
    status: int, headers: dict[str, str], content: bytes, world: World
) -> None:
    """Nothing of it reaches the client as an image, and no answer is without the shape of OpenAI's errors."""

    def turn(call: Call, said: Said, studio: Studio) -> httpx.Response:
        return httpx.Response(status, headers=headers, content=content)

    world.say("openai", turn)
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    with pytest.raises(sdk.APIStatusError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT)

    assert json.loads(caught.value.response.content)["error"]["message"]
    assert caught.value.status_code >= 500 or (status == 418 and caught.value.status_code >= 400)


@pytest.mark.parametrize("fault", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError])
async def test_a_provider_that_cannot_be_reached(fault: type[httpx.TransportError], world: World) -> None:
    def turn(call: Call, said: Said, studio: Studio) -> httpx.Response:
        raise fault("10.0.0.7:443")

    world.say("openai", turn)
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    with pytest.raises(sdk.InternalServerError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT)

    assert caught.value.status_code == (504 if fault is httpx.ReadTimeout else 500)
    assert "10.0.0.7" not in str(caught.value)


async def test_reka_has_no_images(world: World) -> None:
    """What is expected of the real one today (reka.md 0): a 404."""
    world.say("reka", reka.not_found)
    client = Gateway(world, {"fox": ["reka/m1"]}).openai()

    with pytest.raises(sdk.NotFoundError):
        await client.images.generate(model="fox", prompt=PROMPT)


@pytest.mark.parametrize("path", ["/", "/v1/images", "/v1/images/upscales", "/v1/chat/completions"])
async def test_another_place_is_not_found(path: str, world: World) -> None:
    response = await Gateway(world, {"fox": ["openai/gpt-image-2"]}).plain().post(path, json={})

    assert response.status_code == 404
    assert response.json()["error"]["type"] == "invalid_request_error"


async def test_no_secret_stands_in_an_answer(world: World) -> None:
    """Nor in its headers, where a provider repeats the key that it refuses (stability.md 6.2)."""
    key = world.secrets["stability"]
    world.say("stability", lambda call, said, studio: stability.error(400, "bad_request", f"key {key} is odd"))
    gateway = Gateway(world, {"fox": ["stability/sd3.5-large"]})

    response = await gateway.plain().post("/v1/images/generations", json={"model": "fox", "prompt": PROMPT})

    assert response.status_code == 400
    assert key not in response.text + str(response.headers)
