"""
Any request, to any model: an image, or an error in the client's language; nothing is sent that is not to the letter.
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

from hypothesis import given, settings
from hypothesis import strategies as st

import imagetx
from tests.dialects import native_schema
from tests.gateway.clients import Gateway
from tests.gateway.fakes import ALL
from tests.gateway.world import World
from tests.images import FOLDER, mime, text
from tests.strategies import from_schema

Json = Any
VARIABLES = {"azure": {"resource": "acme"}, "bedrock": {"region": "us-west-2"}, "vertex": {"project": "p1"}}


def _targets() -> list[Json]:
    """List one model of each family of all providers."""
    found: dict[tuple[str, str], Json] = {("reka", "any"): {"provider": "reka", "model": "m1"}}
    for provider in (fake.name for fake in ALL if fake.name in imagetx.providers()):
        for row in imagetx.models(provider):
            target = {"provider": provider, "model": row["id"], "variables": VARIABLES.get(provider, {})}
            found.setdefault((provider, row["family"]), target)
    return list(found.values())


TABLE = {f"fox-{at}": [target] for at, target in enumerate(_targets())}
WORDS = st.text(max_size=12)
JUNK = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS, st.just([]), st.just({}))
EDGES = st.integers(1, 400).map(lambda edge: edge * 16)
URLS = [f"data:{mime(path.name)};base64,{text(path.name)}" for path in sorted(FOLDER.iterdir())]
IMAGES = st.sampled_from([*URLS, "https://img.example/none.png", "data:image/png;base64,AAAA", "file-7"])
ODD = st.sampled_from(['"', "\\", "\r\n", "\x00", "🦊", "é", "%22", "--", "a", " "])
"""What leaves its place where a place is not guarded."""

FIELDS: dict[str, st.SearchStrategy[Json]] = {
    "n": st.integers(1, 5),
    "size": st.one_of(
        st.sampled_from(["auto", "1024x1024", "1536x1024", "1024x1792", "512x512", "1920x1080", "4096x4096"]),
        st.builds(lambda width, height: f"{width}x{height}", EDGES, EDGES),
    ),
    "aspect_ratio": st.sampled_from(["1:1", "3:2", "16:9", "9:21", "4:3", "1:8", "auto"]),
    "resolution": st.sampled_from(["512", "1K", "2K", "4K"]),
    "quality": st.sampled_from(["auto", "low", "medium", "standard", "high", "hd", "xhigh", "max"]),
    "style": st.sampled_from(["vivid", "natural"]),
    "background": st.sampled_from(["auto", "transparent", "opaque"]),
    "moderation": st.sampled_from(["auto", "low"]),
    "output_format": st.sampled_from(["png", "jpeg", "webp"]),
    "output_compression": st.integers(0, 100),
    "response_format": st.sampled_from(["b64_json", "url"]),
    "user": st.lists(ODD, min_size=1, max_size=9).map("".join),
    "stream": st.booleans(),
    "partial_images": st.integers(0, 3),
    "input_fidelity": st.sampled_from(["low", "high"]),
    "negative_prompt": st.lists(ODD, max_size=9).map("".join),
    "seed": st.integers(0, 2**32),
    "steps": st.integers(1, 200),
    "guidance_scale": st.integers(0, 600).map(lambda tenths: tenths / 10),
    "strength": st.integers(0, 100).map(lambda hundredths: hundredths / 100),
    "sampler": st.sampled_from(["euler", "ddim", "unipc"]),
    "person_generation": st.sampled_from(["allow_all", "allow_adult", "dont_allow"]),
    "safety_level": st.sampled_from(["strict", "medium", "permissive", "off"]),
    "watermark": st.booleans(),
    "enhance_prompt": st.booleans(),
    "language": st.sampled_from(["en", "ja", "auto"]),
}
PROMPTS = st.one_of(st.lists(ODD, min_size=1, max_size=9).map("".join), st.just("a red fox in snow"))


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Json]:
    """Draw a path and a body: some fields, now and then one of a value that it cannot have."""
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=8, unique=True))
    body = {"model": draw(st.sampled_from(sorted(TABLE))), "prompt": draw(PROMPTS)}
    body |= {name: draw(FIELDS[name]) for name in names}
    if draw(st.integers(0, 9)) == 0:
        body[draw(st.sampled_from(["prompt", *sorted(FIELDS), "image", "mask", "fox"]))] = draw(JUNK)
    if not draw(st.booleans()):
        return "generations", body
    body["images"] = [{"image_url": url} for url in draw(st.lists(IMAGES, min_size=1, max_size=3))]
    if draw(st.integers(0, 3)) == 0:
        body["mask"] = {"image_url": draw(IMAGES)}
    return "edits", body


@settings(max_examples=max(settings.default.max_examples // 4, 20) if settings.default else 20)
@given(asked=requests())
def test_an_image_or_an_error(asked: tuple[str, Json]) -> None:
    path, body = asked
    world = World(ALL)

    async def post() -> Any:
        return (
            await Gateway(world, {body["model"]: TABLE[body["model"]]})
            .plain()
            .post(f"/v1/images/{path}", content=json.dumps(body), headers={"content-type": "application/json"})
        )

    response = asyncio.run(post())

    assert world.complaints == []
    if response.status_code != 200:
        assert {"message", "type", "param", "code"} <= response.json()["error"].keys()
        assert response.status_code < 500 or any(call.host == "img.example" for call in world.calls)
    elif not response.headers["content-type"].startswith("text/event-stream"):
        assert response.json()["data"]
    else:
        assert "completed" in response.text


NATIVE = ["gemini/generate-content", *(f"stability/{name}" for name in ("core", "ultra", "sd3", "inpaint", "erase"))]
LEGAL = {name: from_schema(native_schema(name)) for name in NATIVE}


@st.composite
def native_requests(draw: st.DrawFn) -> tuple[str, dict[str, Json], Json]:
    """
    Draw a legal request of a native language, as a client of httpx sends it: its path, how, and who serves it.

    It is another provider: native keys without a canonical name go to any dialect of their own one as they stand.
    """
    name = draw(st.sampled_from(NATIVE))
    said = draw(LEGAL[name])
    path = urlsplit(native_schema(name)["endpoint"].format(**said["path"])).path
    sent: dict[str, Json] = {"params": said.get("query", {}), "headers": said.get("headers", {})}
    if native_schema(name).get("form"):
        sent["files"] = [(key, _part(one)) for key, one in said["body"].items()]
    else:
        sent["json"] = said["body"]
    others = [target for target in TABLE.values() if target[0]["provider"] != name.partition("/")[0]]
    return path, sent, draw(st.sampled_from(others))


def _part(value: Json) -> Json:
    """Make a part of a form, a text or a file."""
    if isinstance(value, str):
        return None, value.encode("utf-8", "surrogatepass")
    return value["filename"], base64.b64decode(value["base64"]), value["content_type"]


@settings(max_examples=max(settings.default.max_examples // 4, 20) if settings.default else 20)
@given(asked=native_requests())
def test_a_native_answer_or_a_native_error(asked: tuple[str, dict[str, Json], Json]) -> None:
    """Gemini's errors are Google's, Stability's its own, and no client sees a status of 500 for what it said."""
    path, sent, target = asked
    world = World(ALL)
    names = {"stable-image-core", "stable-image-ultra", "stable-image-inpaint", "stable-image-erase"}
    names |= {"sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "sd3.5-flash"}
    if path.startswith("/v1beta"):
        names = {path.rpartition("/")[2].partition(":")[0]}

    async def post() -> Any:
        return await Gateway(world, dict.fromkeys(names, target)).plain().post(path, **sent)

    response = asyncio.run(post())

    assert world.complaints == []
    assert response.status_code < 500, response.text
    if response.status_code != 200 and path.startswith("/v1beta"):
        assert {"code", "message", "status"} <= response.json()["error"].keys()
    elif response.status_code != 200:
        assert {"name", "errors"} <= response.json().keys()
