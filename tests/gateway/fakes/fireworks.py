"""
Fireworks AI as it is seen from outside: three protocols on one host.

Source: dossier fireworks.md 1 (endpoints, Accept is the switch), 5 (answers), 6 (errors), 7 (Kontext).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx

from tests.gateway.call import Call, Unreadable, parsed
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, only

Json = Any
DELIVERY = "delivery.example"
POLL = re.compile(r"/inference/v1/workflows/accounts/fireworks/models/(flux-kontext-(?:pro|max))/get_result")
POLL_S = 0.5
MODELS = {"flux-1-schnell-fp8", "flux-1-dev-fp8", "flux-kontext-pro", "flux-kontext-max", "SSD-1B"}
MODELS |= {"stable-diffusion-xl-1024-v1-0", "playground-v2-5-1024px-aesthetic", "playground-v2-1024px-aesthetic"}
MODELS |= {"japanese-stable-diffusion-xl"}


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the credential (1)."""
    yield from only(call, "authorization", f"Bearer {secret}")


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter (6.2)."""
    kind = "invalid_request_error"
    return httpx.Response(status, json={"error": {"object": "error", "type": kind, "message": complaint}})


def suspended(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that the month's money is spent: 412 (6.2)."""
    what = {"message": "Account acme-1 is suspended: monthly spending limit reached", "param": None}
    body = {"error": {**what, "code": "PRECONDITION_FAILED", "type": "error"}, "request_id": "3d2c-1"}
    return httpx.Response(412, json=body)


def moderated_later(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Take a job of Kontext and refuse its prompt when it is asked for (6.3, 8 E2)."""
    why = {"Moderation Reasons": ["Safety Filter"]}

    def ready() -> httpx.Response:
        body = {"id": name, "status": "Request Moderated", "result": None, "progress": None, "details": why}
        return httpx.Response(200, json=body)

    name = studio.begin(ready)
    return httpx.Response(200, json={"request_id": name})


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request by its family (1); what is not in the list of models is a 404 (2)."""
    if said.path["account"] != "fireworks" or said.path["model"] not in MODELS:
        return refuse(404, "Model not found, inaccessible, and/or not deployed")
    if said.dialect == "fireworks/kontext":
        return _submitted(said, studio)
    accept = call.header("accept") or "*/*"
    seed, count = int(said.body.get("seed") or 0) or 905113, int(said.body.get("samples") or 1)
    if accept != "application/json":
        mime = "image/jpeg" if accept == "image/jpeg" else "image/png"
        headers = {"content-type": mime, "finish-reason": "SUCCESS", "seed": str(seed)}
        return httpx.Response(200, content=studio.draw(mime), headers=headers)
    if said.dialect == "fireworks/workflow":
        mime = call.header("json-return-image-accept") or "image/png"
        made = {"id": "8a1d-1", "base64": [studio.draw_text(mime)], "finishReason": "SUCCESS", "seed": seed}
        return httpx.Response(200, json=made)
    made = [{"base64": studio.draw_text(), "finishReason": "SUCCESS", "seed": seed + at} for at in range(count)]
    return httpx.Response(200, json=made)


def _submitted(said: Said, studio: Studio) -> httpx.Response:
    """Take a job of Kontext (7)."""
    mime = f"image/{said.body.get('output_format', 'png')}"

    def ready() -> httpx.Response:
        result = {"sample": studio.hang(DELIVERY, mime)}
        return httpx.Response(
            200, json={"id": name, "status": "Ready", "result": result, "progress": None, "details": None}
        )

    name = studio.begin(ready)
    return httpx.Response(200, json={"request_id": name})


def visit(call: Call, studio: Studio) -> httpx.Response | None:
    """Answer who asks for a job, by POST with its id in the body; at first it is not even found (3.7, 7)."""
    if POLL.fullmatch(call.path) is None:
        return None
    try:
        body = parsed(call.content)
    except Unreadable:
        body = None
    name = body.get("id") if isinstance(body, dict) else None
    if call.method != "POST" or not isinstance(body, dict) or body.keys() != {"id"} or name not in studio.jobs:
        studio.complaints.append(f"fireworks: {call.method} {call.path} with {body}")
        return refuse(400, "no such task")
    first = studio.jobs[name].left == studio.waits
    done = studio.ask(name, every_s=POLL_S)
    state = {"id": name, "status": "Task not found" if first else "Pending", "result": None}
    return done or httpx.Response(200, json={**state, "progress": None if first else 0.4, "details": None})


FAKE = Fake(
    name="fireworks",
    hosts=frozenset({"api.fireworks.ai"}),
    schemas=(
        "fireworks/workflow",
        "fireworks/kontext",
        "fireworks/image-generation",
        "fireworks/image-to-image",
        "fireworks/control-net",
    ),
    unlock=unlock,
    refuse=refuse,
    answer=answer,
    visit=visit,
    open_hosts=frozenset({DELIVERY}),
)
