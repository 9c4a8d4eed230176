"""
Segmind as it is seen from outside.

Source: dossier segmind.md 1 (endpoints, key), 5 (answers), 6 (errors), 7 (jobs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx

from tests.gateway.call import Call
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, only

Json = Any
HOST = "api.segmind.com"
IMAGES = "images.segmind.com"
HEADERS = {"x-request-id": "6d0c-1", "x-remaining-credits": "7.31", "x-cost": "0.04", "x-generation-time": "3.2"}
LISTS = ("samples", "batch_size", "num_outputs", "max_images")


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the credential: `x-api-key` only, a bearer is refused (1)."""
    yield from only(call, "x-api-key", secret)


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter (6)."""
    if status == 401:
        body = {"error": "invalid_api_key", "error_description": "API key is invalid", "status_code": 401}
        return httpx.Response(401, json=body)
    return httpx.Response(status, json={"error": complaint})


def broke(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that no credits are left: 406 (6)."""
    return httpx.Response(406, json={"error": "Insufficient credits. Balance 0.01, required 0.04"})


def retired(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that a model is off: 410 (6)."""
    return httpx.Response(410, json={"error": f"Model {said.path['model']} has been retired"})


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request: bytes, JSON where it was asked for, or a job (5)."""
    count = next((int(said.body[name]) for name in LISTS if name in said.body), 1)
    word = said.body.get("output_format") or said.body.get("image_format") or "jpeg"
    mime = "image/" + {"jpg": "jpeg"}.get(word, word)
    if said.dialect == "segmind/v2":
        return _queued(said, studio, mime, count)
    if said.body.get("base64") is True:
        made = [studio.draw_text(mime) for _ in range(count)]
        return httpx.Response(200, json={"status": "Success", "image": made if count > 1 else made[0]}, headers=HEADERS)
    if count > 1:
        studio.complaints.append("segmind: bytes of several samples are not documented")
    seed = said.body.get("seed", -1)
    headers = {**HEADERS, "content-type": mime, "x-seed-value": str(seed if seed != -1 else 4242)}
    return httpx.Response(200, content=studio.draw(mime), headers=headers)


def _queued(said: Said, studio: Studio, mime: str, count: int) -> httpx.Response:
    """Take a job (7)."""

    def ready() -> httpx.Response:
        hung = [studio.hang(IMAGES, mime) for _ in range(count)]
        images = [{"url": url, "content_type": mime, "file_name": "cd", "file_size": "183422"} for url in hung]
        metrics = {"cost": 0.04, "remaining_credits": 7.31, "inference_time": 9.8, "queue_time": 0.4}
        done = {"status": "COMPLETED", "request_id": name, "output": hung[0], "images": images, "seed": "123"}
        return httpx.Response(200, json={**done, "metrics": metrics})

    name = studio.begin(ready)
    return httpx.Response(200, json={"request_id": name, "status": "QUEUED", **_urls(name)})


def _urls(name: str) -> dict[str, str]:
    base = f"https://{HOST}"
    status = f"{base}/v2/requests/{name}/status"
    return {
        "poll_url": f"{base}/v1/requests/{name}",
        "status_url": status,
        "response_url": f"{base}/v2/requests/{name}",
    }


def visit(call: Call, studio: Studio) -> httpx.Response | None:
    """Answer who asks for a job: its state at one URL, its result at another (7)."""
    found = re.fullmatch(r"/v2/requests/([0-9a-f]+)(/status)?", call.path)
    if found is None or call.method != "GET":
        return None
    job = studio.jobs.get(found[1])
    if job is None:
        return httpx.Response(404, json={"error": f"Request {found[1]} not found"})
    if found[2] is None:
        if job.left >= 0:
            return httpx.Response(200, json={"request_id": found[1], "status": "PROCESSING", "metrics": {}})
        return job.ready()
    if job.left >= 0:
        job.left -= 1
    state = "PROCESSING" if job.left >= 0 else "COMPLETED"
    return httpx.Response(200, json={"request_id": found[1], "status": state, **_urls(found[1]), "metrics": {}})


FAKE = Fake(
    name="segmind",
    hosts=frozenset({HOST}),
    schemas=("segmind/v1", "segmind/v2"),
    unlock=unlock,
    refuse=refuse,
    answer=answer,
    visit=visit,
    open_hosts=frozenset({IMAGES}),
)
