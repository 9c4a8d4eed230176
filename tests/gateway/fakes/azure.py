"""
Azure OpenAI and Foundry as they are seen from outside: five wire protocols on one resource.

Source: dossier azure.md 1 (endpoints, credentials), 1.1 (no `model` in the body of a deployment route), 5 to 7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx

from tests.gateway.call import Call
from tests.gateway.fakes import openai
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, only

Json = Any
HEADERS = {"apim-request-id": "a7c0-1", "x-ms-region": "East US 2", "x-ms-deployment-name": "img"}
SAFE = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}
BLOBS = "blob.example"


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the credential: a key in `api-key`, or a token of Entra, never both (1)."""
    if "authorization" in call.headers and secret.startswith("eyJ"):
        yield from only(call, "authorization", f"Bearer {secret}")
    else:
        yield from only(call, "api-key", secret)


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter (6)."""
    if status == 401:
        return httpx.Response(401, json={"error": {"code": "401", "message": complaint}}, headers=HEADERS)
    return httpx.Response(status, json={"error": {"code": "BadRequest", "message": complaint}}, headers=HEADERS)


def filtered(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Block a prompt (6, 8.8)."""
    results = {"violence": {"filtered": True, "severity": "high"}, "jailbreak": {"detected": False, "filtered": False}}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_results": results}
    what = {"code": "content_policy_violation", "type": "invalid_request_error", "param": None}
    body = {"error": {**what, "message": "Rejected by the safety system.", "inner_error": inner}}
    return httpx.Response(400, json=body, headers=HEADERS)


def no_deployment(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that nothing is deployed under that name (6, 8.8)."""
    body = {"error": {"code": "DeploymentNotFound", "message": "The API deployment for this resource does not exist."}}
    return httpx.Response(404, json=body, headers=HEADERS)


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request of any surface."""
    surface = said.dialect.partition("/")[2]
    if surface.startswith("mai"):
        return _mai(said, studio)
    if surface == "blackforestlabs":
        return _flux(said, studio)
    if surface == "legacy-submit":
        return _submitted(call, said, studio)
    if said.body.get("stream") in (True, "true"):
        return openai.streamed(openai.events(said, studio), studio)
    made = openai.images(said.body, studio)
    for each in made["data"]:
        each["content_filter_results"] = SAFE
        each["prompt_filter_results"] = {**SAFE, "jailbreak": {"detected": False, "filtered": False}}
    return httpx.Response(200, json=made, headers=HEADERS)


def _mai(said: Said, studio: Studio) -> httpx.Response:
    """Answer as MAI does: always one PNG, and usage in its own words (5.3)."""
    size = f"{said.body.get('width', 1024)}x{said.body.get('height', 1024)}"
    usage = {"num_input_text_tokens": 8, "num_input_image_tokens": 0, "num_output_tokens": 2304}
    made = {"created": openai.CREATED, "size": size, "data": [{"b64_json": studio.draw_text()}], "usage": usage}
    return httpx.Response(200, json=made, headers=HEADERS)


def _flux(said: Said, studio: Studio) -> httpx.Response:
    """Answer as the Black Forest Labs route does: JPEG unless png was asked for (5.2)."""
    mime = f"image/{said.body.get('output_format', 'jpeg')}"
    made = {"created": openai.CREATED, "data": [{"b64_json": studio.draw_text(mime)}]}
    return httpx.Response(200, json=made, headers={**HEADERS, "x-request-id": "bfl-1"})


def _submitted(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Take a job of DALL-E 2: 202, and where to ask (7.2)."""
    count = said.body.get("n", 1)

    def ready() -> httpx.Response:
        data = [{"url": studio.hang(BLOBS, "image/png")} for _ in range(count)]
        result = {"created": openai.CREATED, "data": data}
        done = {"id": name, "status": "succeeded", "created": openai.CREATED, "expires": openai.CREATED + 86400}
        return httpx.Response(200, json={**done, "result": result}, headers=HEADERS)

    name = studio.begin(ready)
    where = f"https://{call.host}/openai/operations/images/{name}?api-version={dict(call.query)['api-version']}"
    headers = {**HEADERS, "operation-location": where, "retry-after": "3"}
    return httpx.Response(202, json={"id": name, "status": "notRunning"}, headers=headers)


def visit(call: Call, studio: Studio) -> httpx.Response | None:
    """Answer who asks for a job (7.2)."""
    found = re.fullmatch(r"/openai/operations/images/([0-9a-f]+)", call.path)
    if found is None or call.method != "GET":
        return None
    if found[1] not in studio.jobs or "api-version" not in dict(call.query):
        return refuse(404, "Resource not found")
    ready = studio.ask(found[1], every_s=1)
    running = {"id": found[1], "status": "running"}
    return ready or httpx.Response(200, json=running, headers={**HEADERS, "retry-after": "3"})


FAKE = Fake(
    name="azure",
    hosts=frozenset({"acme.openai.azure.com", "acme.services.ai.azure.com"}),
    schemas=(
        "azure/deployment-generations",
        "azure/deployment-edits",
        "azure/v1-generations",
        "azure/v1-edits",
        "azure/blackforestlabs",
        "azure/mai-generations",
        "azure/mai-edits",
        "azure/legacy-submit",
    ),
    unlock=unlock,
    refuse=refuse,
    answer=answer,
    visit=visit,
    open_hosts=frozenset({BLOBS}),
)
