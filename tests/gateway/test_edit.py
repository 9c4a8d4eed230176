"""
Edits: images and masks go where they belong, as each provider wants them, and not a byte of an image changes.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

import openai

from tests.gateway.clients import AZURE, INPAINT, Gateway, notes
from tests.gateway.regions import edited, transparent
from tests.gateway.world import World
from tests.images import content, text

Json = Any
pytestmark = pytest.mark.anyio
RED, GREY, MASK = content("red-64.png"), content("grey-64.jpg"), content("mask-transparent-64.png")
PROMPT = "the same room at dusk"


def file_of(part: Json) -> bytes:
    """Give the bytes of a file part, as a fake read it."""
    return base64.b64decode(part["base64"])


@pytest.mark.parametrize("target", ["openai/gpt-image-2", AZURE], ids=["openai", "azure"])
async def test_images_and_a_mask(target: Json, world: World) -> None:
    client = Gateway(world, {"fox": [target]}).openai()

    answer = await client.images.edit(
        model="fox",
        prompt=PROMPT,
        image=[("a.png", RED, "image/png"), ("b.jpg", GREY, "image/jpeg")],
        mask=("m.png", MASK, "image/png"),
        size="1536x1024",
    )

    body = world.heard[0][1].body
    assert [file_of(part) for part in body["image[]"]] == [RED, GREY]
    assert [part["content_type"] for part in body["image[]"]] == ["image/png", "image/jpeg"]
    assert file_of(body["mask"]) == MASK
    assert (body["prompt"], body["size"]) == (PROMPT, "1536x1024")
    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn


async def test_an_image_without_a_name_gets_its_type(world: World) -> None:
    """The SDK says application/octet-stream of raw bytes, which OpenAI's servers would refuse (openai.md 1.1)."""
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).openai()

    await client.images.edit(model="fox", prompt=PROMPT, image=RED)

    assert world.bodies("openai")[0]["image"]["content_type"] == "image/png"
    assert file_of(world.bodies("openai")[0]["image"]) == RED


async def test_a_mask_is_white_where_stability_edits(world: World) -> None:
    client = Gateway(world, {"fox": ["stability/inpaint"]}).openai()

    await client.images.edit(model="fox", prompt=PROMPT, image=RED, mask=MASK, extra_body={"seed": 0})

    body = world.bodies("stability")[0]
    assert file_of(body["image"]) == RED
    assert edited(file_of(body["mask"])) == transparent(MASK)
    assert True in transparent(MASK)
    assert body["seed"] == "0"


async def test_a_mask_is_white_where_a_service_on_bedrock_edits(world: World) -> None:
    client = Gateway(world, {"fox": [INPAINT]}).openai()

    await client.images.edit(model="fox", prompt=PROMPT, image=RED, mask=MASK)

    body = world.bodies("bedrock")[0]
    assert base64.b64decode(body["image"]) == RED
    assert edited(base64.b64decode(body["mask"])) == transparent(MASK)


async def test_fields_that_openai_lacks_are_read_out_of_a_form(world: World) -> None:
    """In a form all is text: 0.6 arrives as a number, and the negative prompt at all."""
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    raw = await client.images.with_raw_response.edit(
        model="fox",
        prompt=PROMPT,
        image=RED,
        extra_body={"strength": 0.6, "seed": 11, "negative_prompt": "fog", "guidance_scale": 5},
    )

    body = world.bodies("stability")[0]
    assert {name: body[name] for name in ("strength", "seed", "negative_prompt", "cfg_scale", "mode")} == {
        "strength": "0.6",
        "seed": "11",
        "negative_prompt": "fog",
        "cfg_scale": "5",
        "mode": "image-to-image",
    }
    assert not {pointer for _, pointer in notes(raw.headers)} & {"/strength", "/seed", "/negative_prompt"}


async def test_gemini_gets_the_images_before_the_words(world: World) -> None:
    client = Gateway(world, {"fox": ["gemini/gemini-2.5-flash-image"]}).openai()

    await client.images.edit(model="fox", prompt=PROMPT, image=[RED, GREY])

    parts = world.bodies("gemini")[0]["contents"][-1]["parts"]
    assert [base64.urlsafe_b64decode(part["inlineData"]["data"]) for part in parts[:2]] == [RED, GREY]
    assert parts[2] == {"text": PROMPT}


async def test_json_edits_with_data_urls(world: World) -> None:
    """OpenAI's other body of edits: references instead of files; what has bytes only goes as a form."""
    image = {"image_url": "data:image/png;base64," + text("red-64.png")}
    asked = {"model": "fox", "prompt": PROMPT, "images": [image], "n": 1}
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).plain()

    response = await client.post("/v1/images/edits", json=asked)

    assert response.status_code == 200
    body = world.bodies("openai")[0]
    found = file_of(body["image"]) if "image" in body else base64.b64decode(body["images"][0]["image_url"][22:])
    assert found == RED


async def test_an_image_behind_a_url_goes_on_as_a_url(world: World) -> None:
    asked = {"model": "fox", "prompt": PROMPT, "images": [{"image_url": "https://img.example/a.png"}]}
    client = Gateway(world, {"fox": ["openai/gpt-image-2"]}).plain()

    response = await client.post("/v1/images/edits", json=asked)

    assert response.status_code == 200
    assert world.bodies("openai")[0]["images"] == [{"image_url": "https://img.example/a.png"}]


async def test_an_image_behind_a_url_is_fetched_for_who_takes_bytes_only(world: World) -> None:
    """By the gateway, from a foreign host, and without the key of the provider it is for."""
    world.studio.files["img.example/a.png"] = RED
    asked = {"model": "fox", "prompt": PROMPT, "strength": 0.5, "images": [{"image_url": "https://img.example/a.png"}]}
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).plain()

    response = await client.post("/v1/images/edits", json=asked)

    assert response.status_code == 200, response.text
    assert [call.host for call in world.calls] == ["img.example", "api.stability.ai"]
    assert file_of(world.bodies("stability")[0]["image"]) == RED


async def test_an_upscale_is_waited_for(world: World) -> None:
    """A job of Stability: asked every 10 s, by GET, with the same key."""
    client = Gateway(world, {"fox": ["stability/stable-image-upscale-creative"]}).openai()

    answer = await client.images.edit(model="fox", prompt=PROMPT, image=RED)

    assert [base64.b64decode(image.b64_json or "") for image in answer.data or ()] == world.studio.drawn
    assert [call.method for call in world.calls] == ["POST", "GET", "GET", "GET"]
    assert world.studio.clock_s >= 30


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # the SDK says so of variations
async def test_a_variation_where_there_is_none(world: World) -> None:
    """OpenAI's own is retired; a target without one refuses it before anything is sent."""
    client = Gateway(world, {"fox": ["stability/sd3.5-large"]}).openai()

    with pytest.raises(openai.BadRequestError) as caught:
        await client.images.create_variation(model="fox", image=RED)

    assert world.calls == []
    assert "variation" in str(caught.value)


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # the SDK says so of variations
async def test_a_retired_variation_is_asked_and_told(world: World) -> None:
    client = Gateway(world, {"fox": ["openai/dall-e-2"]}).openai()

    with pytest.raises(openai.BadRequestError) as caught:
        await client.images.create_variation(model="fox", image=RED, n=3, size="512x512", response_format="b64_json")

    assert {name: world.bodies("openai")[0][name] for name in ("model", "n", "size", "response_format")} == {
        "model": "dall-e-2",
        "n": "3",
        "size": "512x512",
        "response_format": "b64_json",
    }
    assert "does not exist" in str(caught.value)


async def test_a_mask_that_nobody_behind_takes_is_refused(world: World) -> None:
    """Images are never dropped: a refusal names the mask."""
    client = Gateway(world, {"fox": ["gemini/gemini-2.5-flash-image"]}).openai()

    with pytest.raises(openai.BadRequestError) as caught:
        await client.images.edit(model="fox", prompt=PROMPT, image=RED, mask=MASK)

    assert world.calls == []
    assert caught.value.param == "mask"
    assert json.dumps(caught.value.body)
