"""
Streams: OpenAI's client reads events, whether the provider streams as OpenAI does, in its own way, or not at all.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

import httpx
import openai as sdk

from tests.gateway.call import Call
from tests.gateway.clients import AZURE, Gateway, notes
from tests.gateway.fakes import gemini, openai, stability
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import World
from tests.images import content

Json = Any
pytestmark = pytest.mark.anyio
PROMPT = "a red fox in snow"
VERTEX = {"provider": "vertex", "model": "gemini-3-pro-image", "variables": {"project": "p1"}}


def drawn(event: Json) -> bytes:
    return base64.b64decode(event.b64_json)


@pytest.mark.parametrize("target", ["openai/gpt-image-2", AZURE], ids=["openai", "azure"])
async def test_openais_stream(target: Json, world: World) -> None:
    client = Gateway(world, {"fox": [target]}).openai()

    stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True, partial_images=2, size="1536x1024")
    events = [event async for event in stream]

    assert {key: world.heard[0][1].body[key] for key in ("stream", "partial_images")} == {
        "stream": True,
        "partial_images": 2,
    }
    assert [event.type.partition(".")[2] for event in events] == ["partial_image", "partial_image", "completed"]
    assert [event.partial_image_index for event in events[:2]] == [0, 1]
    assert [drawn(event) for event in events] == world.studio.drawn
    assert (events[-1].created_at, events[-1].size, events[-1].usage.total_tokens) == (1795305600, "1536x1024", 277)


async def test_what_comes_is_passed_on_at_once(world: World) -> None:
    """The provider finishes only after the client has seen the first partial image."""
    world.studio.gate = asyncio.Event()
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    types = []
    async with asyncio.timeout(5):
        stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True, partial_images=1)
        async for event in stream:
            types.append(event.type)
            world.studio.gate.set()

    assert types == ["image_generation.partial_image", "image_generation.completed"]


async def test_an_edit_streams_events_of_an_edit(world: World) -> None:
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    stream = await client.images.edit(
        model="fox", prompt=PROMPT, image=content("red-64.png"), stream=True, partial_images=1
    )
    events = [event async for event in stream]

    assert [event.type for event in events] == ["image_edit.partial_image", "image_edit.completed"]
    assert world.bodies("openai")[0]["stream"] == "true"
    assert [drawn(event) for event in events] == world.studio.drawn


@pytest.mark.parametrize("target", ["gemini/gemini-3-pro-image", VERTEX], ids=["gemini", "vertex"])
async def test_geminis_stream(target: Json, world: World) -> None:
    """The draft is no result; the image is, and what it cost comes with it."""
    client = Gateway(world, {"fox": [target]}).openai()

    stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True)
    events = [event async for event in stream]

    assert world.calls[0].path.endswith(":streamGenerateContent")
    assert dict(world.calls[0].query) == {"alt": "sse"}
    last = [event for event in events if event.type == "image_generation.completed"]
    assert [drawn(event) for event in last] == world.studio.drawn[1:]
    assert (last[0].usage.input_tokens, last[0].usage.output_tokens) == (9, 1181)


async def test_a_stream_where_there_is_none(world: World) -> None:
    """Stability answers whole; the client gets one legal stream of it, and is told."""
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    raw = await client.images.with_raw_response.generate(
        model="fox", prompt=PROMPT, stream=True, partial_images=2, size="1536x1024"
    )
    stream = raw.parse()
    events = [event async for event in stream]

    assert raw.headers["content-type"].startswith("text/event-stream")
    assert [event.type for event in events] == ["image_generation.completed"]
    assert drawn(events[0]) == world.studio.drawn[0]
    assert ("emulated", "/stream") in notes(raw.headers)


async def test_three_images_of_a_stream_where_there_is_none(world: World) -> None:
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True, n=3)
    events = [event async for event in stream]

    assert [event.type for event in events] == ["image_generation.completed"] * 3
    assert sorted(drawn(event) for event in events) == sorted(world.studio.drawn)


@pytest.mark.parametrize("target", ["openai/gpt-image-2", "gemini/gemini-3-pro-image"])
async def test_two_images_of_a_stream(target: str, world: World) -> None:
    """OpenAI streams both in one answer; Gemini makes one a call, so that two are asked for and told as they are."""
    client = Gateway(world, {"fox": [target]}).openai()

    stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True, n=2)
    events = [event async for event in stream]

    completed = [drawn(event) for event in events if event.type == "image_generation.completed"]
    assert len(completed) == 2
    assert set(completed) <= set(world.studio.drawn)


async def test_an_edit_where_there_is_no_stream(world: World) -> None:
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    stream = await client.images.edit(
        model="fox", prompt=PROMPT, image=content("red-64.png"), stream=True, extra_body={"strength": 0.5}
    )
    events = [event async for event in stream]

    assert [event.type for event in events] == ["image_edit.completed"]


async def test_an_error_before_the_first_event_is_no_stream(world: World) -> None:
    world.say("openai", openai.rate_limited("7"))
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    with pytest.raises(sdk.RateLimitError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT, stream=True)

    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.code == "rate_limit_exceeded"


async def test_another_target_takes_over_before_the_first_event(world: World) -> None:
    world.say("openai", openai.overloaded)
    client = Gateway(world, {"fox": ["openai/gpt-image-2", "gemini/gemini-3-pro-image"]}).openai()

    raw = await client.images.with_raw_response.generate(model="fox", prompt=PROMPT, stream=True)
    events = [event async for event in raw.parse()]

    assert raw.headers["x-imagetx-served-by"] == "gemini/gemini-3-pro-image"
    assert events[-1].type == "image_generation.completed"


async def test_an_error_in_a_stream_of_openai(world: World) -> None:
    """What came before it is kept, then the SDK raises."""
    world.say("openai", openai.failing_stream)
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True, partial_images=1)
    events = []
    with pytest.raises(sdk.APIError) as caught:
        events += [event.type async for event in stream]

    assert caught.value.code == "moderation_blocked"


async def test_an_error_in_a_stream_of_gemini(world: World) -> None:
    """Google breaks off with raw JSON; OpenAI's client is told in OpenAI's way."""
    world.say("gemini", gemini.failing_stream)
    client = Gateway(world, {"fox": ["gemini/gemini-3-pro-image"]}).openai()

    with pytest.raises(sdk.APIError) as caught:
        stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True)
        [event async for event in stream]

    assert "overloaded" in str(caught.value)


async def test_a_stream_that_just_ends(world: World) -> None:
    """Neither completed nor an error: a server_error (openai.md 7), never a silence that looks like success."""

    def turn(call: Call, said: Said, studio: Studio) -> httpx.Response:
        return openai.streamed(openai.events(said, studio)[:-1], studio)

    world.say("openai", turn)
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    with pytest.raises(sdk.APIError):
        stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True, partial_images=1)
        [event async for event in stream]


async def test_a_client_that_leaves_ends_the_providers_stream(world: World) -> None:
    ended = asyncio.Event()

    def turn(call: Call, said: Said, studio: Studio) -> httpx.Response:
        first = openai.streamed(openai.events(said, studio)[:1], studio)

        async def content() -> AsyncIterator[bytes]:
            try:
                async for chunk in first.aiter_raw():
                    yield chunk
                await asyncio.Event().wait()
            finally:
                ended.set()

        return httpx.Response(200, headers=first.headers, content=content())

    world.say("openai", turn)
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    async with asyncio.timeout(5):
        stream = await client.images.generate(model="fox", prompt=PROMPT, stream=True, partial_images=1)
        async for _ in stream:
            break
        await stream.close()
        await ended.wait()

    assert ended.is_set()


def test_a_stream_for_a_client_that_waits(world: World) -> None:
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai_waiting()

    events = list(client.images.generate(model="fox", prompt=PROMPT, stream=True, partial_images=3))

    assert [event.type.partition(".")[2] for event in events] == ["partial_image"] * 3 + ["completed"]


async def test_a_blocked_prompt_is_an_error_where_there_is_no_stream(world: World) -> None:
    world.say("stability", stability.moderated)
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    with pytest.raises(sdk.BadRequestError) as caught:
        await client.images.generate(model="fox", prompt=PROMPT, stream=True)

    assert caught.value.code == "moderation_blocked"
