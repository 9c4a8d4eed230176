"""
OpenAI's client generates an image, whoever is behind the gateway.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

import httpx
import openai

from tests.gateway.call import Call
from tests.gateway.clients import AZURE, BEDROCK, FLEX, IMAGEN, Gateway, notes
from tests.gateway.fakes import stability, vertex
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import DATE_S, World

Json = Any
pytestmark = pytest.mark.anyio
PROMPT = "a red fox in snow"
KONTEXT = "fireworks/flux-kontext-pro"

# What arrives of prompt, size 1536x1024 and seed 7, by hand from the dossiers; None: must not stand there.
EACH: dict[str, tuple[Json, dict[str, Json]]] = {
    "openai": ("openai/gpt-image-2", {"model": "gpt-image-2", "prompt": PROMPT, "size": "1536x1024", "seed": None}),
    "azure": (AZURE, {"model": None, "prompt": PROMPT, "size": "1536x1024", "seed": None}),
    "azure-flux": (FLEX, {"model": "FLUX.2-flex", "width": 1536, "height": 1024, "seed": 7}),
    "bedrock": (BEDROCK, {"prompt": PROMPT, "aspect_ratio": "3:2", "seed": 7, "size": None}),
    "vertex": (
        IMAGEN,
        {
            "instances.0.prompt": PROMPT,
            "parameters.sampleCount": 1,
            "parameters.seed": 7,
            "parameters.addWatermark": False,
            "parameters.enhancePrompt": False,
        },
    ),
    "gemini": (
        "gemini/gemini-3-pro-image",
        {
            "contents.0.parts.0.text": PROMPT,
            "generationConfig.imageConfig.aspectRatio": "3:2",
            "generationConfig.seed": 7,
        },
    ),
    "stability": (
        "stability/sd3.5-large",
        {"model": "sd3.5-large", "prompt": PROMPT, "aspect_ratio": "3:2", "seed": "7"},
    ),
    "stability-v1": (
        "stability/stable-diffusion-xl-1024-v1-0",
        {"text_prompts.0.text": PROMPT, "width": 1216, "height": 832, "seed": 7},
    ),
    "segmind": (
        "segmind/sdxl1.0-txt2img",
        {"prompt": PROMPT, "img_width": 1536, "img_height": 1024, "seed": 7, "base64": True},
    ),
    "segmind-bytes": ("segmind/flux-schnell", {"prompt": PROMPT, "width": 1536, "height": 1024, "base64": None}),
    "fireworks": (
        "fireworks/flux-1-schnell-fp8",
        {"prompt": PROMPT, "aspect_ratio": "3:2", "seed": 7, "width": None},
    ),
    "fireworks-sdxl": ("fireworks/stable-diffusion-xl-1024-v1-0", {"prompt": PROMPT, "width": 1216, "height": 832}),
    "reka": ("reka/m1", {"model": "m1", "prompt": PROMPT, "size": "1536x1024", "seed": 7}),
}


def found(body: Json, path: str) -> Json:
    """Give what stands at a place of a body, None where nothing does."""
    for step in path.split("."):
        if isinstance(body, list):
            body = body[int(step)]
        elif isinstance(body, Mapping):
            body = body.get(step)
    return body


@pytest.mark.parametrize("name", EACH)
async def test_one_image(name: str, world: World) -> None:
    target, expected = EACH[name]
    client = Gateway(world, {"fox": [target]}).openai()

    raw = await client.images.with_raw_response.generate(
        model="fox", prompt=PROMPT, size="1536x1024", extra_body={"seed": 7}
    )
    answer = raw.parse()

    provider = name.partition("-")[0]
    assert len(world.heard) == 1
    assert {path: found(world.bodies(provider)[0], path) for path in expected} == expected
    assert [base64.b64decode(image.b64_json or "") for image in answer.data] == world.studio.drawn[-1:]
    created = {"openai": 1795305600, "azure": 1795305600, "reka": 1795305600}
    assert answer.created == created.get(provider, DATE_S)  # the provider's own, else its clock
    assert raw.headers["x-imagetx-served-by"].startswith(provider + "/")
    dropped = ("dropped", "/seed") in notes(raw.headers)
    assert dropped == (found(expected, "seed") is None and "seed" in expected)


@pytest.mark.parametrize("name", ["openai", "vertex", "stability", "fireworks"])
def test_one_image_for_a_client_that_waits(name: str, world: World) -> None:
    client = Gateway(world, {"fox": [EACH[name][0]]}).openai_waiting()

    answer = client.images.generate(model="fox", prompt=PROMPT)

    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn[-1:]


async def test_what_openai_says_beside_the_image_arrives(world: World) -> None:
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, n=2, quality="high", output_format="webp")

    assert len(world.heard) == 1
    assert (answer.created, answer.quality, answer.output_format, answer.size) == (
        1795305600,
        "high",
        "webp",
        "1024x1024",
    )
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (5, 544, 549)
    assert answer.usage.input_tokens_details.text_tokens == 5
    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn


async def test_tokens_of_gemini_are_counted_as_openai_counts(world: World) -> None:
    """Thoughts are output: 1120 and 61 (gemini.md 5.1); the draft that was thought of is no result."""
    client = Gateway(world, {"fox": ["gemini/gemini-3-pro-image"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT)

    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (9, 1181, 1190)
    assert len(world.studio.drawn) == 2
    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn[1:]


async def test_three_images_by_three_calls_at_once(world: World) -> None:
    """Stability makes one a call: all three are under way together, and each has its own seed."""
    world.together = asyncio.Barrier(3)
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, n=3, extra_body={"seed": 7})

    seeds = [body["seed"] for body in world.bodies("stability")]
    assert sorted(seeds) == ["7", "8", "9"]
    drawn = dict(zip(seeds, world.studio.drawn, strict=True))
    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == [drawn[seed] for seed in "789"]


async def test_the_order_of_answers_does_not_matter(world: World) -> None:
    """The first call is answered last; its image is the first all the same."""
    later = asyncio.Event()

    async def turn(call: Call, said: Said, studio: Studio) -> httpx.Response:
        if said.body["seed"] == "7":
            await asyncio.wait_for(later.wait(), 5)
        elif said.body["seed"] == "9":
            later.set()
        return stability.answer(call, said, studio)

    world.say("stability", turn, turn, turn)
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, n=3, extra_body={"seed": 7})

    assert [image.model_dump()["seed"] for image in answer.data or ()] == [7, 8, 9]
    assert base64.b64decode((answer.data or ())[0].b64_json or "") == world.studio.drawn[-1]


async def test_one_of_three_is_blocked(world: World) -> None:
    """What came is the answer, for it was paid for; that it is not all is said."""
    world.say("stability", stability.answer, stability.moderated, stability.answer)
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, n=3)

    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn
    assert answer.model_dump()["outcome"] == "partial"


@pytest.mark.parametrize("waits", [0, 1, 4])
async def test_kontext_is_asked_until_it_is_ready(waits: int, world: World) -> None:
    """Submitted, polled, and fetched from a foreign host without the key; nobody waits in truth."""
    world.studio.waits = waits
    client = Gateway(world, {"fox": [KONTEXT]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, size="1536x1024")

    assert world.bodies("fireworks")[0]["aspect_ratio"] == "3:2"
    assert len(world.calls) == 1 + (waits + 1) + 1
    assert world.calls[-1].host == "delivery.example"
    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn
    assert world.studio.clock_s >= 0.5 * waits


async def test_kontext_gives_its_url_where_one_was_asked_for(world: World) -> None:
    client = Gateway(world, {"fox": [KONTEXT]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, response_format="url")

    assert [image.url for image in answer.data or ()] == ["https://delivery.example/made/0.png?sig=1"]
    assert world.calls[-1].path.endswith("/get_result")


async def test_segmind_v2_is_asked_at_two_urls(world: World) -> None:
    target = {"provider": "segmind", "model": "seedream-4.5", "surface": "v2"}
    client = Gateway(world, {"fox": [target]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, n=2, extra_body={"resolution": "4K"})

    assert world.bodies("segmind")[0]["max_images"] == 2
    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn


async def test_azures_old_jobs(world: World) -> None:
    variables = {"resource": "acme", "api_version": "2023-08-01-preview"}
    target = {"provider": "azure", "model": "dall-e-2", "surface": "legacy", "variables": variables}
    client = Gateway(world, {"fox": [target]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, n=2, size="512x512", response_format="b64_json")

    assert world.bodies("azure") == [{"prompt": PROMPT, "n": 2, "size": "512x512"}]
    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn
    assert 3 in world.studio.slept


async def test_an_azure_deployment_is_not_the_model(world: World) -> None:
    client = Gateway(world, {"fox": [{**AZURE, "deployment": "img2-prod"}]}).openai()

    await client.images.generate(model="fox", prompt=PROMPT)

    assert world.heard[0][1].path == {"deployment": "img2-prod"}


async def test_a_token_is_minted_where_there_is_no_secret(world: World) -> None:
    world.secrets = {**world.secrets, "vertex": "ya29.minted-now"}
    client = Gateway(world, {"fox": [IMAGEN]}).openai()

    await client.images.generate(model="fox", prompt=PROMPT)

    assert world.calls[0].header("authorization") == "Bearer ya29.minted-now"


async def test_an_arn_is_one_segment_of_the_path(world: World) -> None:
    """Signed as it stands on the wire: `:` and `/` percent-encoded, in the signature twice (bedrock.md 1.1)."""
    arn = "arn:aws:bedrock:us-west-2::foundation-model/stability.sd3-5-large-v1:0"
    client = Gateway(world, {"fox": [{**BEDROCK, "deployment": arn}]}).openai()

    await client.images.generate(model="fox", prompt=PROMPT)

    encoded = "arn%3Aaws%3Abedrock%3Aus-west-2%3A%3Afoundation-model%2Fstability.sd3-5-large-v1%3A0"
    assert world.calls[0].path == f"/model/{encoded}/invoke"


async def test_an_api_key_of_bedrock(world: World) -> None:
    """Instead of a signature (bedrock.md 1.4)."""
    world.secrets = world.given = {**world.given, "bedrock": "bedrock-api-key-1", "vertex": "ya29.vertex-4"}
    client = Gateway(world, {"fox": [{**BEDROCK, "auth": "bearer"}]}).openai()

    await client.images.generate(model="fox", prompt=PROMPT)

    assert world.calls[0].header("authorization") == "Bearer bedrock-api-key-1"


async def test_a_token_of_entra_is_minted(world: World) -> None:
    """Azure by a token instead of a key (azure.md 1)."""
    world.secrets = {**world.secrets, "azure": "eyJhbGciOi.minted"}
    del world.given["azure"]
    client = Gateway(world, {"fox": [{**AZURE, "auth": "bearer"}]}).openai()

    await client.images.generate(model="fox", prompt=PROMPT)

    assert world.calls[0].header("authorization") == "Bearer eyJhbGciOi.minted"


async def test_a_url_of_what_came_as_bytes(world: World) -> None:
    """A client that wants a URL gets one that holds the image (the gateway's option)."""
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, response_format="url")

    mark, _, data = ((answer.data or ())[0].url or "").partition(",")
    assert mark == "data:image/png;base64"
    assert base64.b64decode(data) == world.studio.drawn[0]


async def test_half_of_what_imagen_made_is_told(world: World) -> None:
    world.say("vertex", vertex.half_filtered)
    client = Gateway(world, {"fox": [IMAGEN]}).openai()

    raw = await client.images.with_raw_response.generate(model="fox", prompt=PROMPT, n=2)

    body = json.loads(raw.content)
    assert [base64.b64decode(image["b64_json"]) for image in body["data"]] == world.studio.drawn
    assert body["outcome"] == "partial"
    assert [(each["index"], each["reason"][-8:]) for each in body["filtered"]] == [(1, "63429089")]


async def test_a_revised_prompt_of_imagen_arrives(world: World) -> None:
    client = Gateway(world, {"fox": [IMAGEN]}).openai()

    answer = await client.images.generate(model="fox", prompt=PROMPT, n=2)

    assert [image.revised_prompt for image in answer.data or ()] == [f"{PROMPT}, studio light"] * 2


async def test_models_are_listed(world: World) -> None:
    client = Gateway(world, {"fox": ["openai/gpt-image-2"], "owl": ["stability/sd3.5-large"]}).openai()

    listed = [model.id async for model in client.models.list()]

    assert listed == ["fox", "owl"]
    assert isinstance(client, openai.AsyncOpenAI)
