"""
Who serves: the target that says most of the request, and the next one when it cannot.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

import httpx
import openai as sdk

from tests.gateway.call import Call
from tests.gateway.clients import BEDROCK, Gateway, notes
from tests.gateway.fakes import bedrock, gemini, openai, stability
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Turn, World
from tests.images import content

Json = Any
pytestmark = pytest.mark.anyio
PROMPT = "a red fox in snow"
BOTH = ["openai/gpt-image-2", "stability/sd3.5-large"]


def unreachable(call: Call, said: Said, studio: Studio) -> httpx.Response:
    raise httpx.ConnectError("no route to host")


def broken(call: Call, said: Said, studio: Studio) -> httpx.Response:
    return httpx.Response(502, headers={"content-type": "text/html"}, text="<html>502</html>")


@pytest.mark.parametrize("turn", [openai.overloaded, openai.rate_limited("7"), unreachable, broken])
async def test_the_next_target_serves(turn: Turn, world: World) -> None:
    """The client is told who it was, and what that cost of its request."""
    world.say("openai", turn)
    client = Gateway(world, {"fox": BOTH}).openai()

    raw = await client.images.with_raw_response.generate(model="fox", prompt=PROMPT, quality="high")

    assert [provider for provider, _ in world.heard] == ["openai", "stability"]
    assert raw.headers["x-imagetx-served-by"] == "stability/sd3.5-large"
    assert ("dropped", "/quality") in notes(raw.headers)
    assert [base64.b64decode(image.b64_json or "") for image in raw.parse().data or ()] == world.studio.drawn


async def test_a_target_that_cannot_say_it_is_passed_over(world: World) -> None:
    """Nothing is sent to it: a mask is never dropped."""
    client = Gateway(world, {"fox": ["gemini/gemini-2.5-flash-image", "openai/gpt-image-2"]}).openai()

    await client.images.edit(
        model="fox", prompt=PROMPT, image=content("red-64.png"), mask=content("mask-transparent-64.png")
    )

    assert [provider for provider, _ in world.heard] == ["openai"]


async def test_all_fail(world: World) -> None:
    """The first that failed is told of: it was the best."""
    world.say("openai", openai.rate_limited("7"))
    world.say("stability", stability.rate_limited)
    client = Gateway(world, {"fox": BOTH}).openai()

    with pytest.raises(sdk.RateLimitError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT)

    assert [provider for provider, _ in world.heard] == ["openai", "stability"]
    assert caught.value.response.headers["retry-after"] == "7"


async def test_three_fail_and_the_fourth_serves(world: World) -> None:
    world.say("openai", openai.overloaded)
    world.say("gemini", gemini.overloaded)
    world.say("bedrock", bedrock.throttled)
    targets = ["openai/gpt-image-2", "gemini/gemini-3-pro-image", BEDROCK, "fireworks/flux-1-schnell-fp8"]
    client = Gateway(world, {"fox": targets}).openai()

    raw = await client.images.with_raw_response.generate(model="fox", prompt=PROMPT)

    assert raw.headers["x-imagetx-served-by"] == "fireworks/flux-1-schnell-fp8"
    assert len(world.heard) == 4


async def test_a_refused_prompt_goes_nowhere_else(world: World) -> None:
    world.say("stability", stability.moderated)
    client = Gateway(world, {"fox": ["stability/sd3.5-large", "openai/gpt-image-2"]}).openai()

    with pytest.raises(sdk.BadRequestError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT)

    assert caught.value.code == "moderation_blocked"
    assert len(world.heard) == 1


async def test_a_model_that_is_off_is_passed_over(world: World) -> None:
    """Nova reached its end of life: 404; a gateway with another target behind it goes on."""
    nova = {"provider": "bedrock", "model": "amazon.nova-canvas-v1:0", "variables": {"region": "us-west-2"}}
    client = Gateway(world, {"fox": [nova, "openai/gpt-image-2"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT)

    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn
    assert world.heard[-1][0] == "openai"


async def test_a_provider_without_a_secret_is_passed_over(world: World) -> None:
    """The operator's matter: a message without a credential is never sent."""
    del world.given["openai"]
    client = Gateway(world, {"fox": BOTH}).openai()

    await client.images.generate(model="fox", prompt=PROMPT)

    assert [call.host for call in world.calls] == ["api.stability.ai"]


@pytest.mark.parametrize(
    ("extra", "first"),
    [
        ({"seed": 7}, "stability"),
        ({"negative_prompt": "fog"}, "stability"),
        ({"quality": "high"}, "openai"),
        ({}, "openai"),
        ({"seed": 7, "aspect_ratio": "21:9"}, "stability"),
    ],
    ids=str,
)
async def test_the_target_that_loses_least_is_asked_first(extra: dict[str, Json], first: str, world: World) -> None:
    """By hand: a field that is dropped weighs 8; ties go by the order of the table."""
    client = Gateway(world, {"fox": BOTH}).openai()

    await client.images.generate(model="fox", prompt=PROMPT, extra_body=extra)

    assert [provider for provider, _ in world.heard] == [first]


async def test_weights_decide(world: World) -> None:
    """A seed that does not matter does not matter."""
    table = {"fox": {"targets": BOTH, "weights": {"seed": 0}}}
    client = Gateway(world, table).openai()

    await client.images.generate(model="fox", prompt=PROMPT, extra_body={"seed": 7})

    assert [provider for provider, _ in world.heard] == ["openai"]


async def test_what_three_calls_bought_is_not_bought_again(world: World) -> None:
    """Two of three came: an answer, and no second target."""
    world.say("stability", stability.answer, stability.rate_limited, stability.answer)
    client = Gateway(world, {"fox": ["stability/sd3.5-large", "openai/gpt-image-2"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, n=3, extra_body={"seed": 7})

    assert len(answer.data or ()) == 2
    assert {provider for provider, _ in world.heard} == {"stability"}
