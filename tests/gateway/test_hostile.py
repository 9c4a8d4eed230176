"""
Strangers: what a client says stays in its place, and what a provider says stays with the gateway's account.

That no secret, and not the client's own key, goes where it does not belong is asked of every message by the fakes.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from typing import Any

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

import httpx
import openai as sdk

from tests.gateway.call import Call
from tests.gateway.clients import BEDROCK, Gateway, notes
from tests.gateway.fakes import fireworks, openai
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import CALLER, World
from tests.images import content

Json = Any
pytestmark = pytest.mark.anyio
PROMPT = "a red fox in snow"
SD3 = "stability/sd3.5-large"
RED = content("red-64.png")


@pytest.mark.parametrize("target", ["openai/gpt-image-2", SD3, BEDROCK, "gemini/gemini-3-pro-image"], ids=str)
async def test_headers_of_a_client_go_no_further(target: Json, world: World) -> None:
    """The SDK's own, its credential, and those that it is told to send or to have sent."""
    client = Gateway(world, {"fox": [target]}).openai()

    await client.images.generate(
        model="fox",
        prompt=PROMPT,
        extra_headers={
            "x-goog-api-key": CALLER,
            "api-key": CALLER,
            "cookie": f"session={CALLER}",
            "x-forwarded-for": "10.0.0.7",
            "stability-client-id": "me",
            "x-amzn-bedrock-trace": "ENABLED",
            "openai-organization": "org-other",
        },
        extra_query={"key": CALLER, "api-version": "preview"},
    )

    headers = world.calls[0].native_headers()
    assert not headers.keys() & {"cookie", "x-forwarded-for", "stability-client-id", "x-amzn-bedrock-trace"}
    assert "openai-organization" not in headers
    assert "key" not in dict(world.calls[0].query)


@pytest.mark.parametrize("provider", ["openai", "stability"])
async def test_options_of_a_client_write_no_header_and_no_query(provider: str, world: World) -> None:
    target = {"openai": "openai/gpt-image-2", "stability": SD3}[provider]
    options = {provider: {"extra_headers": {"authorization": "Bearer x", "host": "evil"}, "extra_query": {"a": "1"}}}
    gateway = Gateway(world, {"fox": [target]})

    await gateway.plain().post(
        "/v1/images/generations", json={"model": "fox", "prompt": PROMPT, "provider_options": options}
    )

    assert {call.query for call in world.calls} <= {()}
    assert {call.header("host") for call in world.calls} <= {"api.openai.com", "api.stability.ai"}


LINES = "me\r\nx-evil: 1\r\n\r\n"


@pytest.mark.parametrize("field", ["user", "prompt", "negative_prompt", "style"])
@pytest.mark.parametrize("target", [SD3, "openai/gpt-image-2", "stability/stable-image-core"])
async def test_lines_in_a_text_write_no_header(field: str, target: str, world: World) -> None:
    """Stability takes the user in a header: it is refused or left out there, never a line of its own."""
    gateway = Gateway(world, {"fox": [target]})
    asked = {"model": "fox", "prompt": PROMPT, field: LINES}

    response = await gateway.plain().post("/v1/images/generations", json=asked)

    assert response.status_code in (200, 400)
    assert "x-evil" not in response.headers
    assert all("x-evil" not in call.headers for call in world.calls)
    assert world.studio.complaints == []


async def test_notes_stay_in_their_header(world: World) -> None:
    """Any text may stand in a note: another alphabet, lines, a lone surrogate's neighbour, a thousand of them."""
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()
    odd = {f"ключ-{at}": "значение 🦊\r\nx-evil: 1 " * 40 for at in range(300)}

    raw = await client.images.with_raw_response.generate(
        model="fox", prompt="🦊", extra_body={"negative_prompt": "туман\r\nx-evil: 1", "sampler": "é" * 9000, **odd}
    )

    assert "x-evil" not in raw.headers
    assert len(raw.headers["x-imagetx-notes"]) <= 8000
    assert {kind for kind, _ in notes(raw.headers)} == {"dropped"}


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.png',
        "a\r\nx-evil: 1\r\n.png",
        "../../etc/passwd",
        "фокс.png",
        "a" * 5000 + ".png",
        "",
        "\x00.png",
    ],
    ids=range(7),
)
async def test_names_of_files_are_nothing_but_names(name: str, world: World) -> None:
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    await client.images.edit(model="fox", prompt=PROMPT, image=(name or "a.png", RED, "image/png"))

    part = world.bodies("openai")[0]["image"]
    assert base64.b64decode(part["base64"]) == RED
    assert part["content_type"] == "image/png"


@pytest.mark.parametrize(
    "path",
    [
        "/v1beta/models/..%2F..%2Fx:generateContent",
        "/v1beta/models/%2e%2e:generateContent",
        "/v1beta/models/fox%3FgenerateContent",
        "/v1beta/models/:generateContent",
        "/v1beta/models/gemini-3-pro-image:countTokens",
        "/v2beta/stable-image/generate/..%2Fcore",
        "/v2beta/results/abc",
        "/v2beta/3d/stable-fast-3d",
    ],
)
async def test_paths_lead_nowhere_else(path: str, world: World) -> None:
    gateway = Gateway(world, {"fox": ["openai/gpt-image-2"], "gemini-3-pro-image": ["openai/gpt-image-2"]})
    body = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}

    response = await gateway.plain().post(path, json=body)

    assert response.status_code in (400, 404, 405), response.text
    assert world.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/a.png",
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://10.0.0.7/a.png",
        "https://0x7f000001/a.png",
        "https://2130706433/a.png",
        "file:///etc/passwd",
        "https://user:pass@img.example/a.png",
        "gopher://img.example/a.png",
    ],
)
async def test_no_image_is_fetched_from_inside(url: str, world: World) -> None:
    """A gateway stands where clients do not: what they name must not be asked from there."""
    gateway = Gateway(world, {"fox": [SD3]})
    asked = {"model": "fox", "prompt": PROMPT, "strength": 0.5, "images": [{"image_url": url}]}

    response = await gateway.plain().post("/v1/images/edits", json=asked)

    assert response.status_code in (400, 404), response.text
    assert [call.url for call in world.calls if call.host != "img.example"] == []


async def test_an_image_that_is_not_there(world: World) -> None:
    """The client's URL is the client's matter: nothing is sent on, and no retry would help."""
    gateway = Gateway(world, {"fox": [SD3]})
    images = [{"image_url": "https://img.example/none.png"}]

    response = await gateway.plain().post(
        "/v1/images/edits", json={"model": "fox", "prompt": PROMPT, "strength": 0.5, "images": images}
    )

    assert [call.host for call in world.calls] == ["img.example"]
    assert response.status_code >= 400
    assert response.json()["error"]["message"]


async def test_a_compressed_answer(world: World) -> None:
    def turn(call: Call, said: Said, studio: Studio) -> httpx.Response:
        plain = openai.answer(call, said, studio)
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        return httpx.Response(200, headers=headers, content=gzip.compress(plain.content))

    world.say("openai", turn)
    gateway = Gateway(world, {"fox": ["openai/gpt-image-2"]})

    response = await gateway.plain().post("/v1/images/generations", json={"model": "fox", "prompt": PROMPT})

    assert base64.b64decode(response.json()["data"][0]["b64_json"]) == world.studio.drawn[0]
    assert "content-encoding" not in response.headers
    assert int(response.headers["content-length"]) == len(response.content)


async def test_a_job_that_never_ends_ends(world: World) -> None:
    """Two minutes of Kontext (fireworks.md 7), in no time; told as a timeout."""
    world.studio.waits = 1_000_000
    client = Gateway(world, {"fox": ["fireworks/flux-kontext-pro"]}).openai()

    with pytest.raises(sdk.APIStatusError) as caught:
        async with asyncio.timeout(20):
            await client.images.generate(model="fox", prompt=PROMPT)

    assert caught.value.status_code in (404, 504)
    assert world.studio.clock_s <= 1000


async def test_a_job_that_is_lost_is_told(world: World) -> None:
    def turn(call: Call, said: Said, studio: Studio) -> httpx.Response:
        answer = fireworks.answer(call, said, studio)
        studio.jobs[json.loads(answer.content)["request_id"]].ready = lambda: httpx.Response(500, text="oops")
        return answer

    world.say("fireworks", turn)
    client = Gateway(world, {"fox": ["fireworks/flux-kontext-pro"]}).openai()

    with pytest.raises(sdk.APIStatusError) as caught:
        async with asyncio.timeout(20):
            await client.images.generate(model="fox", prompt=PROMPT)

    assert caught.value.status_code >= 500


async def test_many_clients_at_once_get_their_own(world: World) -> None:
    """Twenty requests through one gateway, each for its own seed, all under way together."""
    world.together = asyncio.Barrier(20)
    gateway = Gateway(world, {"fox": [SD3]})

    async def one(seed: int) -> bytes:
        raw = await gateway.plain().post(
            "/v1/images/generations", json={"model": "fox", "prompt": f"{PROMPT} {seed}", "seed": seed}
        )
        return base64.b64decode(raw.json()["data"][0]["b64_json"])

    answers = await asyncio.gather(*map(one, range(1, 21)))

    asked = [(body["prompt"], int(body["seed"])) for body in world.bodies("stability")]
    drawn = dict(zip((seed for _, seed in asked), world.studio.drawn, strict=True))
    assert [prompt for prompt, _ in asked] == [f"{PROMPT} {seed}" for _, seed in asked]
    assert answers == [drawn[seed] for seed in range(1, 21)]


async def test_calls_without_end_are_not_made(world: World) -> None:
    """Where each image is a call of its own, a number is money."""
    gateway = Gateway(world, {"fox": [SD3]})

    response = await gateway.plain().post(
        "/v1/images/generations", json={"model": "fox", "prompt": PROMPT, "n": 1_000_000_000}
    )

    assert (response.status_code, response.json()["error"]["param"]) == (400, "n")
    assert world.calls == []
