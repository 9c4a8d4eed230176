"""
One model of each family of each provider: what goes out through the gateway is to the letter, however much is asked.

Law L6 once more, as HTTP: URLs, credentials, content types and forms on the wire are judged by the fakes.
"""

from __future__ import annotations

from typing import Any

import pytest

for _name in ("httpx", "httpx2", "botocore", "fastapi", "openai", "google.genai"):
    pytest.importorskip(_name, reason="the gateway and its clients need the extra `conformance`")

import imagetx
from tests.gateway.clients import Gateway
from tests.gateway.fakes import ALL
from tests.gateway.world import World
from tests.images import text

Json = Any
pytestmark = pytest.mark.anyio
VARIABLES = {"azure": {"resource": "acme"}, "bedrock": {"region": "us-west-2"}, "vertex": {"project": "p1"}}
PROVIDERS = [fake.name for fake in ALL if fake.name in imagetx.providers()]
IMAGE = "data:image/png;base64," + text("red-320.png")
MASK = "data:image/png;base64," + text("mask-transparent-320.png")
PLAIN = {"prompt": "a red fox in snow"}
SAID = {
    "size": "1536x1024",
    "quality": "high",
    "style": "photographic",
    "background": "transparent",
    "moderation": "low",
    "output_format": "webp",
    "output_compression": 80,
    "user": "u-1",
    "response_format": "b64_json",
    "input_fidelity": "high",
    "negative_prompt": "fog",
    "seed": 7,
    "steps": 30,
    "guidance_scale": 5.5,
    "strength": 0.6,
    "sampler": "euler",
    "person_generation": "allow_adult",
    "safety_level": "permissive",
    "watermark": False,
    "enhance_prompt": True,
    "language": "en",
}
ASKED: dict[str, tuple[str, Json]] = {
    "generate": ("generations", PLAIN),
    "generate-in-full": ("generations", {**PLAIN, **SAID}),
    "generate-wide": ("generations", {**PLAIN, "aspect_ratio": "21:9", "resolution": "2K", "seed": 0, "n": 2}),
    "generate-streamed": ("generations", {**PLAIN, "stream": True, "partial_images": 1}),
    "edit": ("edits", {**PLAIN, "images": [{"image_url": IMAGE}]}),
    "edit-in-full": ("edits", {**PLAIN, **SAID, "images": [{"image_url": IMAGE}]}),
    "edit-masked": ("edits", {**PLAIN, "strength": 0.6, "images": [{"image_url": IMAGE}], "mask": {"image_url": MASK}}),
    "variation": ("variations", {"images": [{"image_url": IMAGE}], "n": 2}),
    "edit-of-two": ("edits", {**PLAIN, "images": [{"image_url": IMAGE}, {"image_url": IMAGE}]}),
}


NEEDS: dict[str, Json] = {
    "search-recolor": {"select_prompt": "the sofa"},
    "search-and-recolor": {"select_prompt": "the sofa"},
    "search-replace": {"search_prompt": "the dog"},
    "search-and-replace": {"search_prompt": "the dog"},
    "stable-image-outpaint": {"left": 200},
    "stable-outpaint": {"left": 200},
    "upscale-preview": {"parameters": {"upscaleConfig": {"upscaleFactor": "x2"}}},
}
"""Native keys without which a model has nothing to do, by what its name contains."""


def targets(provider: str) -> dict[str, Json]:
    """Give the first model of each family of a provider, by names that say nothing of it, with what else it needs."""
    rows = imagetx.models(provider) or [{"id": "m1", "family": "any", "status": "active"}]
    chosen = {row["family"]: row for row in reversed(rows)}
    return {
        f"fox-{at}": {
            "target": {"provider": provider, "model": row["id"], "variables": VARIABLES.get(provider, {})},
            "active": row["status"] == "active",
            "needs": next((options for part, options in NEEDS.items() if part in row["id"]), None),
        }
        for at, row in enumerate(chosen.values())
    }


def asked_of(provider: str, needs: Json, body: Json) -> Json:
    """Add what a model needs; a style is a word of OpenAI's where OpenAI's words are sent as they stand."""
    style = {"style": "vivid"} if provider in ("openai", "azure", "reka") and "style" in body else {}
    return {**body, **style, **({"provider_options": {provider: needs}} if needs else {})}


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_to_the_letter(provider: str, world: World) -> None:
    """
    A model answers, or refuses before anything is sent, or is off; nothing that is sent is complained of.

    Every model that is not off answers to some request of the list.
    """
    each = targets(provider)
    client = Gateway(world, {name: [says["target"]] for name, says in each.items()}).plain()
    odd, served = [], set()

    for name, says in each.items():
        for asked, (path, body) in ASKED.items():
            before = len(world.heard)
            sent = {**asked_of(provider, says["needs"], body), "model": name}
            response = await client.post(f"/v1/images/{path}", json=sent)

            if response.status_code == 200 and b"b64_json" in response.content:
                served.add(name)
            elif response.status_code not in (400, 404) or (says["active"] and len(world.heard) > before):
                odd.append((says["target"]["model"], asked, response.status_code, response.text[:300]))
            odd += [(says["target"]["model"], asked, complaint) for complaint in world.complaints]
            world.complaints.clear()

    assert odd == []
    assert [says["target"]["model"] for name, says in each.items() if says["active"] and name not in served] == []
