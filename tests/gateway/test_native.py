"""
Native surfaces: a client of Gemini and one of Stability, kept alive on whatever is behind the gateway.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

from google.genai import errors, types

from tests.gateway.clients import BEDROCK, Gateway
from tests.gateway.fakes import gemini, openai, stability
from tests.gateway.regions import edited, transparent
from tests.gateway.world import Turn, World
from tests.images import content

Json = Any
pytestmark = pytest.mark.anyio
MODEL = "gemini-3-pro-image"
PROMPT = "a red fox in snow"
SD3, CORE = "stability/sd3.5-large", "/v2beta/stable-image/generate/core"
WIDE = types.GenerateContentConfig(
    response_modalities=["IMAGE"], image_config=types.ImageConfig(aspect_ratio="16:9"), seed=7
)


def images(answer: types.GenerateContentResponse) -> list[bytes]:
    """Give the images of an answer, as the SDK has them."""
    parts = [part for each in answer.candidates or () if each.content for part in each.content.parts or ()]
    return [part.inline_data.data for part in parts if part.inline_data and part.inline_data.data]


@pytest.mark.parametrize("target", [SD3, "openai/gpt-image-2", BEDROCK, "fireworks/flux-kontext-pro"], ids=str)
def test_googles_client_is_served(target: Json, world: World) -> None:
    client = Gateway(world, {MODEL: [target]}).google()

    answer = client.models.generate_content(model=MODEL, contents=PROMPT, config=WIDE)

    assert images(answer) == world.studio.drawn
    assert [each.finish_reason for each in answer.candidates or ()] == [types.FinishReason.STOP]
    body = world.heard[0][1].body
    assert body["prompt"] == PROMPT
    width, height = map(int, body.get("size", "16x9").split("x"))
    assert body.get("aspect_ratio", "16:9") == "16:9"
    assert abs(width / height - 16 / 9) < 0.01


def test_tokens_of_openai_are_counted_as_google_counts(world: World) -> None:
    client = Gateway(world, {MODEL: ["openai/gpt-image-2"]}).google()

    answer = client.models.generate_content(model=MODEL, contents=PROMPT)

    assert answer.usage_metadata is not None
    counts = answer.usage_metadata.prompt_token_count, answer.usage_metadata.candidates_token_count
    assert (*counts, answer.usage_metadata.total_token_count) == (5, 272, 277)


def test_googles_client_edits(world: World) -> None:
    client = Gateway(world, {MODEL: ["openai/gpt-image-2"]}).google()
    image = types.Part.from_bytes(data=content("red-64.png"), mime_type="image/png")

    answer = client.models.generate_content(model=MODEL, contents=[image, "at dusk"])

    body = world.bodies("openai")[0]
    assert base64.b64decode(body["image"]["base64"]) == content("red-64.png")
    assert body["prompt"] == "at dusk"
    assert images(answer) == world.studio.drawn


def test_googles_client_streams_from_openai(world: World) -> None:
    client = Gateway(world, {MODEL: ["openai/gpt-image-2"]}).google()

    chunks = list(client.models.generate_content_stream(model=MODEL, contents=PROMPT))

    assert world.bodies("openai")[0]["stream"] is True
    assert [image for chunk in chunks for image in images(chunk)] == world.studio.drawn
    assert chunks[-1].usage_metadata is not None


def test_googles_client_streams_where_there_is_no_stream(world: World) -> None:
    client = Gateway(world, {MODEL: [SD3]}).google()

    chunks = list(client.models.generate_content_stream(model=MODEL, contents=PROMPT))

    assert [image for chunk in chunks for image in images(chunk)] == world.studio.drawn
    reasons = [each.finish_reason for chunk in chunks for each in chunk.candidates or () if each.finish_reason]
    assert reasons == [types.FinishReason.STOP]


async def test_googles_asynchronous_client(world: World) -> None:
    client = Gateway(world, {MODEL: ["openai/gpt-image-2"]}).google()

    answer = await client.aio.models.generate_content(model=MODEL, contents=PROMPT)
    stream = await client.aio.models.generate_content_stream(model=MODEL, contents=PROMPT)
    streamed = [image async for chunk in stream for image in images(chunk)]

    assert images(answer) + streamed == world.studio.drawn


def test_googles_client_is_served_by_gemini_itself(world: World) -> None:
    """The thought that the model drew on the way comes back as a thought, and no loss of the way shows."""
    client = Gateway(world, {MODEL: [f"gemini/{MODEL}"]}).google()

    answer = client.models.generate_content(model=MODEL, contents=PROMPT, config=WIDE)

    sent = world.bodies("gemini")[0]["generationConfig"]
    assert (sent["imageConfig"], sent["seed"]) == ({"aspectRatio": "16:9"}, 7)
    assert images(answer)[-1] == world.studio.drawn[-1]


@pytest.mark.parametrize(
    ("target", "turn", "code", "status"),
    [
        (SD3, stability.rate_limited, 429, "RESOURCE_EXHAUSTED"),
        ("openai/gpt-image-2", openai.rate_limited("7"), 429, "RESOURCE_EXHAUSTED"),
    ],
    ids=["stability", "openai"],
)
def test_an_error_arrives_as_googles(target: Json, turn: Turn, code: int, status: str, world: World) -> None:
    world.say(target.partition("/")[0], turn)
    client = Gateway(world, {MODEL: [target]}).google()

    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model=MODEL, contents=PROMPT)

    assert (caught.value.code, caught.value.status) == (code, status)


def test_a_server_that_is_overloaded_arrives_as_googles(world: World) -> None:
    world.say("openai", openai.overloaded)
    client = Gateway(world, {MODEL: ["openai/gpt-image-2"]}).google()

    with pytest.raises(errors.ServerError) as caught:
        client.models.generate_content(model=MODEL, contents=PROMPT)

    assert (caught.value.code, caught.value.status) == (503, "UNAVAILABLE")


def test_a_blocked_prompt_arrives_as_googles(world: World) -> None:
    """200 with a block reason, or 400: Google says it in both ways; never an image."""
    world.say("stability", stability.moderated)
    client = Gateway(world, {MODEL: [SD3]}).google()

    try:
        answer = client.models.generate_content(model=MODEL, contents=PROMPT)
    except errors.ClientError as error:
        assert error.code == 400
    else:
        blocked = answer.prompt_feedback is not None and answer.prompt_feedback.block_reason is not None
        assert blocked or [each.finish_reason for each in answer.candidates or ()] == [types.FinishReason.IMAGE_SAFETY]
        assert images(answer) == []


def test_a_request_that_nobody_can_serve_arrives_as_googles(world: World) -> None:
    client = Gateway(world, {MODEL: ["stability/stable-image-core"]}).google()
    image = types.Part.from_bytes(data=content("red-64.png"), mime_type="image/png")

    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model=MODEL, contents=[image, "at dusk"])

    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")
    assert world.calls == []


def test_an_unknown_model_arrives_as_googles(world: World) -> None:
    client = Gateway(world, {MODEL: [SD3]}).google()

    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model="gemini-2.5-flash-image", contents=PROMPT)

    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")


# Stability's language: a form in; bytes or JSON out, as Accept says (stability.md 5). --------------------------------


def form(**fields: str) -> Json:
    """Make a form of texts."""
    return [(name, (None, value)) for name, value in fields.items()]


@pytest.mark.parametrize("accept", ["image/*", None])
async def test_stabilitys_client_gets_bytes(accept: str | None, world: World) -> None:
    client = Gateway(world, {"stable-image-core": ["openai/gpt-image-2"]}).plain()
    headers = {"authorization": "Bearer caller-key-1", **({"accept": accept} if accept else {})}

    response = await client.post(CORE, files=form(prompt=PROMPT, aspect_ratio="3:2"), headers=headers)

    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/png"
    assert response.content == world.studio.drawn[0]
    assert response.headers["finish-reason"] == "SUCCESS"
    assert world.bodies("openai")[0]["size"] == "1248x832"  # 3:2 at 1K (design.md): a ratio says no pixels


async def test_stabilitys_client_gets_json(world: World) -> None:
    client = Gateway(world, {"stable-image-core": [BEDROCK]}).plain()

    response = await client.post(
        CORE, files=form(prompt=PROMPT, seed="7", output_format="webp"), headers={"accept": "application/json"}
    )

    assert response.headers["content-type"] == "application/json; type=image/webp"
    body = response.json()
    assert base64.b64decode(body["image"]) == world.studio.drawn[0]
    assert (body["finish_reason"], body["seed"]) == ("SUCCESS", 7)
    assert {name: world.bodies("bedrock")[0][name] for name in ("seed", "output_format")} == {
        "seed": 7,
        "output_format": "webp",
    }


async def test_stabilitys_client_gets_jpeg_as_it_asked(world: World) -> None:
    client = Gateway(world, {"sd3.5-large": ["openai/gpt-image-2"]}).plain()
    fields = form(prompt=PROMPT, model="sd3.5-large", output_format="jpeg")

    response = await client.post("/v2beta/stable-image/generate/sd3", files=fields, headers={"accept": "image/*"})

    assert response.headers["content-type"] == "image/jpeg"
    assert world.bodies("openai")[0]["output_format"] == "jpeg"


async def test_a_blocked_prompt_arrives_as_stabilitys(world: World) -> None:
    world.say("openai", openai.moderated)
    client = Gateway(world, {"stable-image-core": ["openai/gpt-image-2"]}).plain()

    response = await client.post(CORE, files=form(prompt=PROMPT), headers={"accept": "image/*"})

    assert (response.status_code, response.json()["name"]) == (403, "content_moderation")
    assert response.json()["errors"]


async def test_a_rate_limit_arrives_as_stabilitys(world: World) -> None:
    world.say("gemini", gemini.exhausted)
    client = Gateway(world, {"stable-image-core": ["gemini/gemini-3-pro-image"]}).plain()

    response = await client.post(CORE, files=form(prompt=PROMPT), headers={"accept": "image/*"})

    assert (response.status_code, response.json()["name"]) == (429, "rate_limit_exceeded")
    assert response.headers["retry-after"] == "34"


async def test_a_bad_form_arrives_as_stabilitys(world: World) -> None:
    client = Gateway(world, {"stable-image-core": ["openai/gpt-image-2"]}).plain()

    response = await client.post(CORE, files=form(seed="7"), headers={"accept": "image/*"})

    assert (response.status_code, response.json()["name"]) == (400, "bad_request")
    assert "prompt" in json.dumps(response.json()["errors"])
    assert world.calls == []


@pytest.mark.parametrize("part", ["seed", "style_presets"])
async def test_what_cannot_be_read_is_told(part: str, world: World) -> None:
    """A seed of letters, a part that nobody knows: refused, or told as lost; never lost in silence."""
    client = Gateway(world, {"stable-image-core": ["openai/gpt-image-2"]}).plain()

    response = await client.post(CORE, files=form(prompt=PROMPT, **{part: "many"}), headers={"accept": "image/*"})

    assert response.status_code == 400 or part in response.headers["x-imagetx-notes"]


async def test_an_inpaint_of_stability_by_openai(world: World) -> None:
    """White means edit there, transparent here: the same pixels change."""
    client = Gateway(world, {"stable-image-inpaint": ["openai/gpt-image-2"]}).plain()
    files = [
        *form(prompt=PROMPT),
        ("image", ("image.png", content("red-64.png"), "image/png")),
        ("mask", ("mask.png", content("mask-white-64.png"), "image/png")),
    ]

    response = await client.post("/v2beta/stable-image/edit/inpaint", files=files, headers={"accept": "image/*"})

    assert response.status_code == 200, response.text
    body = world.bodies("openai")[0]
    assert base64.b64decode(body["image"]["base64"]) == content("red-64.png")
    assert transparent(base64.b64decode(body["mask"]["base64"])) == edited(content("mask-white-64.png"))
