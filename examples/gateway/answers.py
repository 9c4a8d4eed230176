"""
The way back: an answer in the client's language, whole or as a stream.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import Any

import imagetx
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from examples.gateway.asking import Asked
from examples.gateway.serving import Events, Served

_PASSED = frozenset({"content-type", "retry-after", "retry-after-ms", "x-should-retry"})
"""Headers for the client; others of a provider are about the gateway's account there."""

_MOST_NOTES = 4000
"""Characters of a header; proxies take 8 KiB of all of them."""


class Stream(StreamingResponse):
    """Stream a generator, and close it when the client has all of it or goes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        assert isinstance(self.body_iterator, AsyncGenerator)
        async with aclosing(self.body_iterator):
            await super().__call__(scope, receive, send)


def answer(served: Served, asked: Asked) -> Response:
    """Answer in the language of the question."""
    if served.events is not None:
        return _stream(served, asked, served.events)
    if asked.request.get("stream") is True and isinstance(served.value, imagetx.ImageResponse):
        assert served.target is not None
        emulated = imagetx.stream_events(served.value, served.target)
        return _stream(served, asked, _each(emulated.value), emulated.notes)
    said = imagetx.encode_response(served.value or {}, asked.language, request=asked.received)
    return _response(said.value, _about(served, said.notes))


def refusal(error: Mapping[str, Any], language: str | imagetx.Target) -> Response:
    """Say an error of our own."""
    return _response(imagetx.encode_response(error, language).value, {})


def _stream(served: Served, asked: Asked, events: Events, notes: Iterable[imagetx.Note] = ()) -> Response:
    encoder = imagetx.stream_encoder(asked.language, request=asked.received, served_by=served.target)

    async def body() -> AsyncGenerator[bytes]:
        async with aclosing(events):
            async for event in events:
                yield encoder.feed(event)
            yield encoder.close()

    headers = {**encoder.headers, "cache-control": "no-cache", **_about(served, notes)}
    return Stream(body(), headers=headers)


async def _each(events: Iterable[imagetx.ImageEvent]) -> Events:
    for event in events:
        yield event


def _response(native: imagetx.NativeResponse, about: Mapping[str, str]) -> Response:
    headers = {name: value for name, value in native.headers.items() if name in _PASSED}
    return Response(native.content(), native.status, {**headers, **about})


def _about(served: Served, notes: Iterable[imagetx.Note] = ()) -> dict[str, str]:
    """Say who answered, and what was changed on the way, in headers of limited length."""
    if served.target is None:
        return {}
    by = f"{served.target.provider}/{served.target.model}"
    return {"x-imagetx-served-by": by, "x-imagetx-notes": _listed((*served.notes, *notes))}


def _listed(notes: Iterable[imagetx.Note]) -> str:
    """List notes as JSON, as many as the header takes; a note shows at most 80 characters of data, and no secret."""
    length, rows = 2, []
    for note in notes:
        row = json.dumps({"kind": note.kind, "pointer": note.pointer, "note": str(note)})
        length += len(row) + 2
        if length > _MOST_NOTES:
            break
        rows.append(row)
    return f"[{', '.join(rows)}]"
