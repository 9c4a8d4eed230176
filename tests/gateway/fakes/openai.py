"""
OpenAI as it is seen from outside.

Source: dossier openai.md 1 (endpoints, headers), 1.1 (forms), 2 (models that are off), 5 to 7 (answers).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from tests.gateway.call import Call
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, Turn, only

Json = Any
SCHEMAS = ("openai/generations", "openai/edits", "openai/variations")
OFF = {"dall-e-2", "dall-e-3", "gpt-image-1"}
HEADERS = {"x-request-id": "req_0001", "openai-processing-ms": "9120", "x-ratelimit-remaining-requests": "99"}
CREATED = 1795305600
CHUNK = 700
"""Bytes of a stream that come at once: events are cut anywhere."""


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the credential (1)."""
    yield from only(call, "authorization", f"Bearer {secret}")


def error(
    status: int, kind: str, code: str | None, message: str, param: str | None = None, **more: Json
) -> httpx.Response:
    """Say an error in OpenAI's shape (6)."""
    body = {"error": {"message": message, "type": kind, "param": param, "code": code, **more}}
    return httpx.Response(status, json=body, headers=HEADERS)


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter."""
    code = "invalid_api_key" if status == 401 else "unknown_parameter"
    return error(status, "invalid_request_error", code, complaint)


def moderated(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Block a prompt (6, 8.9)."""
    details = {"moderation_details": {"moderation_stage": "input", "categories": ["violence"]}}
    message = "Request rejected by the safety system. Request id req_0001."
    return error(400, "image_generation_user_error", "moderation_blocked", message, **details)


def rate_limited(after_s: str) -> Turn:
    """Say that the pace is too high (6)."""

    def turn(call: Call, said: Said, studio: Studio) -> httpx.Response:
        message = "Rate limit reached for gpt-image-2 on images per min: Limit 20, Used 20, Requested 1."
        answer = error(429, "images", "rate_limit_exceeded", message)
        answer.headers["retry-after"] = after_s
        return answer

    return turn


def overloaded(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that nobody is free (6)."""
    return error(503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded.")


def _echoes(body: Json) -> dict[str, str]:
    """Give what was resolved: never `auto` in a JSON answer (5.1)."""
    given = {name: body.get(name) or "auto" for name in ("background", "output_format", "quality", "size")}
    resolved = {"background": "opaque", "output_format": "png", "quality": "medium", "size": "1024x1024"}
    return {name: resolved[name] if value == "auto" else value for name, value in given.items()}


def usage(body: Json, images: int) -> Json:
    """Count tokens: a text of one token a word, 272 an image that is made, 323 one that came."""
    came = body.get("image[]") or body.get("images") or ([body["image"]] if "image" in body else [])
    text, seen, made = len(body.get("prompt", "").split()), 323 * len(came), 272 * images
    return {
        "input_tokens": text + seen,
        "output_tokens": made,
        "total_tokens": text + seen + made,
        "input_tokens_details": {"text_tokens": text, "image_tokens": seen},
    }


def images(body: Json, studio: Studio) -> Json:
    """Make the body of an answer (5.1)."""
    echoes, count = _echoes(body), int(body.get("n") or 1)
    data = [{"b64_json": studio.draw_text(f"image/{echoes['output_format']}")} for _ in range(count)]
    return {"created": CREATED, **echoes, "data": data, "usage": usage(body, count)}


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request."""
    body = said.body
    if body.get("model") in OFF or said.dialect == "openai/variations":
        message = f"The model '{body.get('model')}' does not exist."
        return error(400, "image_generation_user_error", "invalid_value", message, "model")
    if body.get("stream") in (True, "true"):
        return streamed(events(said, studio), studio)
    return httpx.Response(200, json=images(body, studio), headers=HEADERS)


def events(said: Said, studio: Studio) -> list[Json]:
    """List the events of a stream: partial images, then a completed event an image (7)."""
    body, kind = said.body, "image_edit" if said.dialect.endswith("edits") else "image_generation"
    given = {name: body.get(name) or "auto" for name in ("background", "quality", "size")}
    shared = {"created_at": CREATED, **given, "output_format": body.get("output_format") or "png"}
    mime = f"image/{shared['output_format']}"
    found: list[Json] = []
    for _ in range(int(body.get("n") or 1)):
        for index in range(int(body.get("partial_images") or 0)):
            partial = {"b64_json": studio.draw_text(mime), "partial_image_index": index}
            found.append({"type": f"{kind}.partial_image", **partial, **shared})
        last = {"b64_json": studio.draw_text(mime), "usage": usage(body, 1)}
        found.append({"type": f"{kind}.completed", **last, **shared})
    return found


def streamed(found: list[Json], studio: Studio) -> httpx.Response:
    """Send events as server-sent events with an `event:` line each; the last waits for the gate (7)."""
    frames = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in found]
    headers = {**HEADERS, "content-type": "text/event-stream; charset=utf-8"}
    return httpx.Response(200, headers=headers, content=cut(frames, studio))


async def cut(frames: list[bytes], studio: Studio) -> AsyncIterator[bytes]:
    """Cut frames anywhere; before the last one, wait for the gate."""
    for number, frame in enumerate(frames, 1):
        if number == len(frames) and studio.gate is not None:
            await studio.gate.wait()
        for start in range(0, len(frame), CHUNK):
            yield frame[start : start + CHUNK]


def failing_stream(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Send what was drawn so far, then an error inside of the stream (7)."""
    details = {"moderation_stage": "output", "categories": ["violence"]}
    what = {"type": "image_generation_user_error", "code": "moderation_blocked", "message": "Rejected.", "param": None}
    last = {"type": "error", "error": {**what, "moderation_details": details}, "sequence_number": 1}
    return streamed([*events(said, studio)[:-1], last], studio)


FAKE = Fake(
    name="openai",
    hosts=frozenset({"api.openai.com"}),
    schemas=SCHEMAS,
    unlock=unlock,
    refuse=refuse,
    answer=answer,
    patience_s=120,
)
