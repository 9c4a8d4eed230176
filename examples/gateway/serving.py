"""
Who answers: the targets of a route in the order that suits the request, until one does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx
import imagetx

from examples.driver import NoAnswer, drive_at_once
from examples.gateway.asking import rejected
from examples.gateway.credentials import Vault
from examples.gateway.routes import Route, provider_of
from examples.gateway.sending import opened, send, whole

MOST_S = 600.0
"""For an answer of any target, or the first event of it."""

STAYS = frozenset({"invalid_request", "content_policy"})
"""Errors that are about the request: another provider is not asked to do what one has refused."""

OURS = frozenset({"authentication", "permission", "quota"})
"""Errors that are about the gateway's own account: the operator's matter, told in the log and not to a client."""

log = logging.getLogger("imagetx.gateway")

Events = AsyncGenerator[imagetx.ImageEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """
    Hold an answer.

    Attributes:
        value: Images, or a canonical error as a document; None while it streams.
        events: The stream, whose first event has come and is no error; to be closed.
        target: Who answered; None where nobody was asked.
        notes: What was changed on the way there.
    """

    value: imagetx.ImageResponse | Mapping[str, Any] | None
    events: Events | None = None
    target: imagetx.Target | None = None
    notes: tuple[imagetx.Note, ...] = ()

    @property
    def error(self) -> Mapping[str, Any] | None:
        """The error, if it is one."""
        return self.value if isinstance(self.value, Mapping) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Serve canonical requests over one HTTP client."""

    vault: Vault
    client: httpx.AsyncClient
    sleep: Callable[[float], Awaitable[None]]

    async def serve(self, route: Route, request: Mapping[str, Any]) -> Served:
        """
        Ask one target after the other, best first, until one answers; never a second once an answer has begun.

        Raises:
            Rejected: None of them can say the request.
        """
        failed: list[Served] = []
        try:
            async with asyncio.timeout(MOST_S):
                for target in _in_order(route, request):
                    served = await self._ask(target, request)
                    if served.error is None or served.error["category"] in STAYS:
                        return served
                    log.warning("%s/%s: %s", target.provider, target.model, served.error["category"])
                    failed.append(served)
        except TimeoutError:
            failed.append(Served(value=_error("timeout", "no provider answered in time")))
        return _told(next((served for served in failed if served.error["category"] not in OURS), failed[0]))

    async def _ask(self, target: imagetx.Target, request: Mapping[str, Any]) -> Served:
        """Ask one target: by its own stream where it has one, else by a plan."""
        sent = _streamed(target, request) if request.get("stream") is True else None
        if sent is not None:
            return await self._stream(sent, target, request)
        provider = provider_of(target)

        async def answer_to(step: imagetx.Step) -> imagetx.NativeResponse:
            secret = await self.vault.headers(step.request, provider) if step.credentials else {}
            return await send(self.client, step.request, secret)

        done = await drive_at_once(imagetx.plan(request, target), answer_to, self.sleep)
        value = _document(done.value) if isinstance(done.value, imagetx.ErrorResponse) else done.value
        return Served(value=value, target=done.target, notes=done.notes)

    async def _stream(
        self, sent: imagetx.Translation[imagetx.NativeRequest], target: imagetx.Target, request: Mapping[str, Any]
    ) -> Served:
        """Open a stream, and wait for its first event: until then it may fail like any other answer."""
        events = self._events(sent.value, target, request)
        first = await anext(events)
        if first.type == "error":
            await events.aclose()
            return Served(value=_document(first), target=sent.target, notes=sent.notes)
        return Served(value=None, events=_after(first, events), target=sent.target, notes=sent.notes)

    async def _events(
        self, message: imagetx.NativeRequest, target: imagetx.Target, request: Mapping[str, Any]
    ) -> Events:
        """Yield the events of a stream as they come; what goes wrong is the last of them."""
        try:
            secret = await self.vault.headers(message, provider_of(target))
            async with opened(self.client, message, secret) as response:
                if response.status_code != 200:
                    said = imagetx.decode_response(await whole(response), target, request=request).value
                    yield _event(_document(said))
                    return
                decoder = imagetx.stream_decoder(target, request=request, headers=dict(response.headers))
                async for chunk in response.aiter_bytes():
                    for event in decoder.feed(chunk):
                        yield event
                for event in decoder.close():
                    yield event
        except NoAnswer as none:
            yield _event(_error(none.category, none.message))
        except imagetx.WireError as error:
            yield _event(_error("server_error", str(error)))


def _in_order(route: Route, request: Mapping[str, Any]) -> list[imagetx.Target]:
    """Give the targets that can serve a request, the one that changes least of it first."""
    refused: list[imagetx.Problem] = []
    served = []
    for target in route.targets:  # until there is imagetx.rank
        try:
            imagetx.plan(request, target)
            served.append(target)
        except imagetx.ImagetxError as error:
            refused = refused or list(error.problems)
    if not served:
        raise rejected("invalid_request", refused)
    return served


def _streamed(
    target: imagetx.Target, request: Mapping[str, Any]
) -> imagetx.Translation[imagetx.NativeRequest] | None:
    """Say a request to a target that streams it; None where it does not, or needs more than one message."""
    try:
        sent = imagetx.encode_request(request, target)
    except imagetx.RequestError:
        return None
    return None if any(note.pointer == "/stream" for note in sent.notes) else sent


async def _after(first: imagetx.ImageEvent, events: Events) -> Events:
    async with aclosing(events):
        yield first
        async for event in events:
            yield event


def _told(served: Served) -> Served:
    """Tell a client of an error only what is its matter."""
    assert served.error is not None
    if served.error["category"] not in OURS:
        return served
    error = {**_error("server_error", "the provider did not let the gateway in"), "retryable": False}
    return Served(value=error, target=served.target, notes=served.notes)


def _error(category: str, message: str) -> dict[str, Any]:
    return {"category": category, "error": {"message": message}}


def _event(error: Mapping[str, Any]) -> imagetx.ImageEvent:
    return imagetx.ImageEvent.model_validate({"type": "error", **error})


def _document(value: Any) -> dict[str, Any]:
    """Give the canonical document of an error."""
    document: dict[str, Any] = value.model_dump(exclude_unset=True)
    document.pop("type", None)
    return document
