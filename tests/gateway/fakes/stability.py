"""
Stability AI as it is seen from outside: v2beta, where the route is the model, and v1.

Source: dossier stability.md 1 (endpoints, headers, forms), 4.4 (masks), 5 (answers), 6 (errors), 7 (jobs).
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import httpx
from PIL import Image

from tests.gateway.call import Call
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, only

Json = Any
V2 = ("core", "erase", "inpaint", "outpaint", "remove-background", "replace-background-and-relight", "sd3")
V2 += ("search-and-recolor", "search-and-replace", "sketch", "structure", "style", "style-transfer", "ultra")
V2 += ("upscale-conservative", "upscale-creative", "upscale-fast")
V1 = ("v1-text-to-image", "v1-image-to-image", "v1-masking", "v1-upscale")
HEADERS = {"x-request-id": "5f0c-1"}
POLL_S = 10


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the credential (1.3)."""
    yield from only(call, "authorization", f"Bearer {secret}")


def error(status: int, name: str, *messages: str) -> httpx.Response:
    """Say an error in the shape of v2beta (6.1)."""
    return httpx.Response(status, json={"id": "9d1e-1", "name": name, "errors": list(messages)}, headers=HEADERS)


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter."""
    return error(status, {401: "unauthorized", 404: "not_found"}.get(status, "bad_request"), complaint)


def moderated(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Block a prompt (6.2, 8.3)."""
    return error(403, "content_moderation", "Request blocked by moderation; nothing was charged.")


def broke(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that no credits are left (6.2)."""
    return error(402, "payment_required", "Not enough credits for this call.")


def rate_limited(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that the pace is too high, and no time (6.2)."""
    body = {"id": "rate_limit_exceeded", "name": "rate_limit_exceeded", "errors": ["150 requests in 10 seconds."]}
    return httpx.Response(429, json=body, headers=HEADERS)


def blurred(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Give a blurred image: 200, and the reason beside it (5.5)."""
    return _image(call, said, studio, "CONTENT_FILTERED")


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request."""
    route = said.dialect.partition("/")[2]
    if route.startswith("v1-"):
        return _artifacts(call, said, studio)
    if "mask" in said.body and (wrong := _mask_fault(said.body["mask"])):
        studio.complaints.append(f"stability: {wrong}")
        return error(400, "bad_request", f"mask: {wrong}")
    if route not in ("upscale-creative", "replace-background-and-relight"):
        return _image(call, said, studio, "SUCCESS")
    name = studio.begin(lambda: _image(call, said, studio, "SUCCESS"))
    return httpx.Response(200, json={"id": name}, headers=HEADERS)


def _mask_fault(mask: Json) -> str | None:
    """Tell what is wrong with a mask: grey and opaque, white where the image changes (4.4)."""
    image = Image.open(io.BytesIO(base64.b64decode(mask["base64"])))
    if image.has_transparency_data:
        return "the mask has alpha, which is not read"
    red, green, blue = image.convert("RGB").split()
    return None if red.tobytes() == green.tobytes() == blue.tobytes() else "the mask is not grey"


def _image(call: Call, said: Said, studio: Studio, reason: str) -> httpx.Response:
    """Give one image, as JSON or as bytes (5.1, 5.2)."""
    mime = f"image/{said.body.get('output_format', 'png')}"
    seed = int(said.body.get("seed") or 0) or 2118930045
    if "application/json" in (call.header("accept") or ""):
        body = {"image": studio.draw_text(mime), "finish_reason": reason, "seed": seed}
        headers = {**HEADERS, "content-type": f"application/json; type={mime}"}
        return httpx.Response(200, json=body, headers=headers)
    headers = {**HEADERS, "content-type": mime, "finish-reason": reason, "seed": str(seed)}
    return httpx.Response(200, content=studio.draw(mime), headers=headers)


def _artifacts(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer as v1 does (5.4)."""
    seed, count = int(said.body.get("seed") or 0) or 77, int(said.body.get("samples") or 1)
    if call.header("accept") == "image/png":
        return httpx.Response(
            200, content=studio.draw(), headers={"content-type": "image/png", "Finish-Reason": "SUCCESS", "Seed": "77"}
        )
    made = [{"base64": studio.draw_text(), "seed": seed + at, "finishReason": "SUCCESS"} for at in range(count)]
    return httpx.Response(200, json={"artifacts": made}, headers=HEADERS)


def visit(call: Call, studio: Studio) -> httpx.Response | None:
    """Answer who asks for a job (7)."""
    found = re.fullmatch(r"/v2beta/results/([A-Za-z0-9_-]{1,128})", call.path)
    if found is None or call.method != "GET":
        return None
    if call.header("accept") not in ("application/json", "*/*", "image/*"):
        studio.complaints.append(f"stability: results with accept {call.header('accept')}")
    if found[1] not in studio.jobs:
        return error(404, "generation_not_found", "id: no generation under this id")
    done = studio.ask(found[1], every_s=POLL_S)
    if done is not None:
        return done
    return httpx.Response(202, json={"id": found[1], "status": "in-progress"}, headers=HEADERS)


FAKE = Fake(
    name="stability",
    hosts=frozenset({"api.stability.ai"}),
    schemas=tuple(f"stability/{name}" for name in (*V2, *V1)),
    unlock=unlock,
    refuse=refuse,
    answer=answer,
    visit=visit,
    patience_s=180,
)
