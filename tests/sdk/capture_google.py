"""
Capture what google-genai sends, with the version that is installed: `python -m tests.sdk.capture_google`.

Nothing goes out: a transport answers by itself. An older version runs in an environment of its own, with the
repository in PYTHONPATH; what a version cannot say (Interactions before 1.55, Imagen over the Gemini API from 2.0 on)
is left out of its file.
"""

from __future__ import annotations

import asyncio
import base64
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
from google import genai
from google.genai import types
from google.oauth2.credentials import Credentials

from tests.sdk import captures, google_calls

Json = Any
SDK = "google-genai"
IMAGES = {
    "red": "red-64.png",
    "grey": "grey-64.jpg",
    "green": "green-64.webp",
    "white": "mask-white-64.png",
}
_CANDIDATE = {"content": {"role": "model", "parts": [{"text": "no"}]}, "finishReason": "STOP", "index": 0}
_ANSWERS: dict[str, Json] = {
    ":predict": {"predictions": []},
    "/interactions": {"id": "v1_1", "object": "interaction", "status": "completed", "steps": []},
    ":generateContent": {"candidates": [_CANDIDATE]},
}
_STREAMS = {
    ":streamGenerateContent": b'data: {"candidates":[{"content":{"role":"model","parts":[{"text":"no"}]}}]}\n\n',
    "/interactions": b"event: done\ndata: [DONE]\n\n",
}


class Recorder:
    """A transport that answers enough for every call and keeps the last request."""

    def __init__(self) -> None:
        self.last: httpx.Request | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.last = request
        if request.url.path.endswith(":streamGenerateContent") or b'"stream":true' in request.read():
            end = next(end for end in _STREAMS if request.url.path.endswith(end))
            return httpx.Response(200, content=_STREAMS[end], headers={"content-type": "text/event-stream"})
        return httpx.Response(200, json=next(_ANSWERS[end] for end in _ANSWERS if request.url.path.endswith(end)))


def client(kind: str, recorder: Any) -> genai.Client:
    """
    Make a client over a transport.

    Args:
        kind: `gemini` (a key), `express` (Vertex with a key), or the location of a project of Vertex.
        recorder: what answers a request of httpx.
    """
    transport = httpx.MockTransport(recorder)
    options = types.HttpOptions(
        httpx_client=httpx.Client(transport=transport), httpx_async_client=httpx.AsyncClient(transport=transport)
    )
    if kind in ("gemini", "express"):
        return genai.Client(api_key=captures.SECRET, vertexai=kind == "express", http_options=options)
    token = Credentials(captures.SECRET)
    return genai.Client(vertexai=True, project="p", location=kind, credentials=token, http_options=options)


def capture() -> Iterator[Json]:
    """Make every call that the installed version has, and give what it sent."""
    names: dict[str, Json] = {key: (captures.IMAGES / file).read_bytes() for key, file in IMAGES.items()}
    names |= {"asyncio": asyncio, "types": types, "text": lambda data: base64.b64encode(data).decode()}
    recorder, clients = Recorder(), {}
    for name, kind, source, _ in google_calls.calls():
        recorder.last = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecated and experimental are said by the SDK, and known
            try:
                if kind not in clients:
                    clients[kind] = client(kind, recorder)
                eval(source, {**names, "client": clients[kind]})
            except (AttributeError, TypeError, ValueError) as error:
                if recorder.last is None:
                    print(f"{name}: {type(error).__name__} {str(error)[:100]}")
                    continue
                raise
        request = captures.from_httpx(recorder.last, genai.__version__)
        yield {"name": name, "call": source, "client": kind, "request": request}


if __name__ == "__main__":
    entries = list(capture())
    captures.told(captures.save(SDK, genai.__version__, entries), entries)
