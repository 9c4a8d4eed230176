"""
The way back: an answer in the client's language, whole or as a stream.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

import imagetx
from examples.gateway.asking import Asked
from examples.gateway.leaving import unless_gone
from examples.gateway.serving import Live, Served

_PASSED = frozenset({"content-type", "retry-after", "retry-after-ms", "x-should-retry", "seed", "finish-reason"})
"""Headers for the client; a provider's others are about the gateway's account there."""

_INSIDE: dict[str, Any] = {
    "provider_metadata": True,
    "data": {"__all__": {"provider_metadata"}},
    "drafts": {"__all__": {"provider_metadata"}},
    "errors": {"__all__": {"provider_metadata", "error", "request_id", "native_status"}},
}
"""What an answer says of the gateway's account, or may."""

UNSAYABLE = {"category": "server_error", "error": {"message": "the provider's answer cannot be said here"}}
"""The error that it is when an answer has no form in the client's language."""

_MOST_NOTES = 4000
"""Characters of a header; proxies take 8 KiB of all of them."""


class Stream(StreamingResponse):
    """Say events as they come, and close where they come from when the client has all of them, or goes."""

    def __init__(self, live: Live, asked: Asked, served: Served) -> None:
        encoder = imagetx.stream_encoder(asked.language, request=asked.received, served_by=served.target)
        unbuffered = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        super().__init__(_said(live, encoder), headers={**encoder.headers, **unbuffered, **_about(asked, served)})
        self.rest = live.rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a client that goes is seen at once, and not when the provider says the next word."""
        try:
            await unless_gone(receive, self.stream_response(send))
        except (ClientDisconnect, OSError):
            pass  # nobody is there to be told
        finally:
            if self.rest is not None:
                await self.rest.aclose()


async def _said(live: Live, encoder: imagetx.StreamEncoder) -> AsyncGenerator[bytes]:
    try:
        for event in live.begun:
            yield encoder.feed(event)
        if live.rest is not None:
            async for event in live.rest:
                yield encoder.feed(event)
    except imagetx.RequestError:  # an image behind a URL, where only bytes can be said
        yield encoder.feed({"type": "error", **UNSAYABLE})
    yield encoder.close()


def answer(served: Served, asked: Asked) -> Response:
    """Answer in the language of the question."""
    match served.value:
        case Live() as live:
            return Stream(live, asked, served)
        case imagetx.ImageResponse() as images if asked.language == "openai":
            # OpenAI's clients read past what they do not know: they get seeds and what was filtered, too.
            body = images.model_dump_json(exclude_unset=True, exclude=_INSIDE, warnings=False)
            return Response(body, media_type="application/json", headers=_about(asked, served))
        case value:
            try:
                said = imagetx.encode_response(value, asked.language, request=asked.received)
            except imagetx.RequestError:
                said = imagetx.encode_response(UNSAYABLE, asked.language)
            notes = (note for note in said.notes if note.kind != "assumed")  # the model's name is the gateway's own
            return _response(said.value, _about(asked, served, notes))


def refusal(error: Mapping[str, Any], language: str) -> Response:
    """Say an error of the gateway's own."""
    return _response(imagetx.encode_response(error, language).value, {})


def _response(native: imagetx.NativeResponse, about: Mapping[str, str]) -> Response:
    headers = {name: value for name, value in native.headers.items() if name in _PASSED}
    return Response(native.content(), native.status, {**headers, **about})


def _about(asked: Asked, served: Served, notes: Iterable[imagetx.Note] = ()) -> dict[str, str]:
    """Say who answered, and what was changed on the way, in headers of limited length."""
    if served.target is None:
        return {}
    by = f"{served.target.provider}/{served.target.model}"
    rows: list[str] = []
    room = _MOST_NOTES
    for note in islice(chain(asked.notes, _left(asked, served.target), served.notes, notes), 100):
        shown = {"kind": note.kind, "pointer": note.pointer, "note": str(note)}  # 80 characters of data, and no secret
        row = json.dumps(shown)
        if len(row) + 2 <= room:
            rows.append(row)
            room -= len(row) + 2
    return {"x-imagetx-served-by": by, "x-imagetx-notes": f"[{', '.join(rows)}]"}


def _left(asked: Asked, target: imagetx.Target) -> Iterator[imagetx.Note]:
    """Note the native keys of a client's language that another provider was not told."""
    if isinstance(asked.language, str) or asked.language.provider == target.provider:
        return
    provider = asked.language.provider
    options = asked.request.get("provider_options", {}).get(provider)
    for pointer, value in _leaves(f"/provider_options/{provider}", options):
        yield imagetx.Note(pointer=pointer, kind="dropped", given=value, reason=f"{target.provider} has no such key")


def _leaves(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what says something: null is what the client did not send."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(f"{pointer}/{key}", item)
    elif value is not None:
        yield pointer, value
