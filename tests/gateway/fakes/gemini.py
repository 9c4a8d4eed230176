"""
The Gemini Developer API as it is seen from outside.

Source: dossier gemini.md 1 (endpoints, key), 2 (what is off), 5 (answers), 6 (errors), 7 (streams).
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from tests.gateway.call import Call
from tests.gateway.fakes.openai import cut
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, only

Json = Any
MIMES = {"gemini-2.5-flash-image": "image/png"}
"""What the models draw; jpeg where nothing stands (2, output MIME reported)."""


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the credential; the OpenAI-compatible route takes a bearer key (1)."""
    if "/openai/" in call.path:
        yield from only(call, "authorization", f"Bearer {secret}")
    else:
        yield from only(call, "x-goog-api-key", secret)


def error(code: int, status: str, message: str, *details: Json) -> httpx.Response:
    """Say an error in Google's shape (6)."""
    body = {"code": code, "message": message, "status": status}
    return httpx.Response(code, json={"error": {**body, "details": list(details)} if details else body})


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter; a bad key is a 400 here."""
    if status == 401:
        about = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
        about |= {"domain": "googleapis.com", "metadata": {"service": "generativelanguage.googleapis.com"}}
        return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", about)
    if status == 404:
        return error(404, "NOT_FOUND", complaint)
    return error(400, "INVALID_ARGUMENT", complaint)


def exhausted(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that the pace is too high, and when it will not be (6)."""
    kind = "type.googleapis.com/google.rpc."
    quota = {"quotaId": "GenerateRequestsPerMinutePerProjectPerModel", "quotaValue": "10"}
    retry = {"@type": kind + "RetryInfo", "retryDelay": "34s"}
    message = "You exceeded your current quota"
    return error(429, "RESOURCE_EXHAUSTED", message, {"@type": kind + "QuotaFailure", "violations": [quota]}, retry)


def overloaded(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that nobody is free (6)."""
    return error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")


def blocked(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Block a prompt: 200 and no candidate (5.1)."""
    usage = {"promptTokenCount": 8, "totalTokenCount": 8}
    body = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": usage}
    return httpx.Response(200, json={**body, "modelVersion": said.path["model"], "responseId": "r-1"})


def chunks(said: Said, studio: Studio) -> list[Json]:
    """List what a stream says: a text, a draft that is no result, the image, the end and what it cost (5.1, 7)."""
    model = said.path["model"]
    mime = MIMES.get(model, "image/jpeg")
    parts: list[Json] = [{"text": "Drawing."}]
    if model not in MIMES:
        parts.append({"inlineData": {"mimeType": mime, "data": studio.draw_text(mime)}, "thought": True})
    last = {"inlineData": {"mimeType": mime, "data": studio.draw_text(mime)}, "thoughtSignature": "c2ln"}
    found = [_candidate(model, part) for part in (*parts, last)]
    end = _candidate(model, {"text": ""})
    end["candidates"][0]["finishReason"] = "STOP"
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 1120, "thoughtsTokenCount": 61, "totalTokenCount": 1190}
    return [*found, {**end, "usageMetadata": usage}]


def _candidate(model: str, part: Json) -> Json:
    content = {"role": "model", "parts": [part]}
    return {"candidates": [{"content": content, "index": 0}], "modelVersion": model, "responseId": "r-1"}


def whole(found: list[Json]) -> Json:
    """Put what a stream would say into one answer."""
    parts = [part for each in found for part in each["candidates"][0]["content"]["parts"] if part != {"text": ""}]
    last = found[-1]
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
    return {**last, "candidates": [candidate]}


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request of any mode."""
    if said.dialect == "gemini/interactions":
        return _interaction(said, studio)
    if said.dialect == "gemini/openai-generations":
        data = [{"b64_json": studio.draw_text()}]
        return httpx.Response(200, json={"data": data, "model": said.body["model"]})
    if said.path["verb"] == "predict":
        gone = f"models/{said.path['model']} is not found for API version v1beta, or is not supported for predict."
        return error(404, "NOT_FOUND", gone)
    found = chunks(said, studio)
    if said.path["verb"] == "streamGenerateContent":
        return streamed(found, studio)
    return httpx.Response(200, json=whole(found))


def streamed(found: list[Json], studio: Studio) -> httpx.Response:
    """Send `data:` lines without names and without an end mark (7)."""
    frames = [f"data: {json.dumps(each)}\r\n\r\n".encode() for each in found]
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=cut(frames, studio))


def failing_stream(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Break a stream off: an error over several lines without `data:` (7)."""
    first = f"data: {json.dumps(chunks(said, studio)[0])}\r\n\r\n"
    what = {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}

    async def content() -> AsyncIterator[bytes]:
        yield first.encode()
        yield json.dumps({"error": what}, indent=2).encode()

    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=content())


def _interaction(said: Said, studio: Studio) -> httpx.Response:
    """Answer as Interactions do (5.2); in the background it is a job."""
    usage = {"total_input_tokens": 12, "total_output_tokens": 1262, "total_thought_tokens": 223, "total_tokens": 1497}
    named = {"object": "interaction", "model": said.body["model"], "created": "2026-10-01T09:00:00Z"}

    def ready() -> httpx.Response:
        image = {"type": "image", "mime_type": "image/jpeg", "data": studio.draw_text("image/jpeg")}
        steps = [{"type": "thought", "signature": "c2ln"}, {"type": "model_output", "content": [image]}]
        return httpx.Response(200, json={**named, "id": name, "status": "completed", "steps": steps, "usage": usage})

    name = "v1_1"
    if not said.body.get("background"):
        return ready()
    name = studio.begin(ready)
    return httpx.Response(200, json={**named, "id": name, "status": "in_progress"})


def visit(call: Call, studio: Studio) -> httpx.Response | None:
    """Answer who asks for an interaction (7)."""
    found = re.fullmatch(r"/v1(?:beta)?/interactions/(\w+)", call.path)
    if found is None or call.method != "GET":
        return None
    if found[1] not in studio.jobs:
        return refuse(404, f"interaction {found[1]} is not found")
    running = {"object": "interaction", "id": found[1], "status": "in_progress"}
    return studio.ask(found[1], every_s=0.5) or httpx.Response(200, json=running)


FAKE = Fake(
    name="gemini",
    hosts=frozenset({"generativelanguage.googleapis.com"}),
    schemas=("gemini/generate-content", "gemini/interactions", "gemini/openai-generations", "gemini/predict"),
    unlock=unlock,
    refuse=refuse,
    answer=answer,
    visit=visit,
)
