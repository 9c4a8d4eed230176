"""
Who answers: the targets of a route in the order that suits the request, until one does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx

import imagetx
from examples.driver import NoAnswer, drive_at_once
from examples.gateway.asking import rejected
from examples.gateway.credentials import Vault
from examples.gateway.routes import Route
from examples.gateway.sending import opened, send, whole

MOST_S = 600.0
"""For an answer of any target, or the first event of one."""

STAYS = frozenset({"invalid_request", "content_policy"})
"""Errors that are about the request: what one provider has refused is not tried on the next."""

OURS = frozenset({"authentication", "permission", "quota"})
"""Errors that are about the gateway's account: told to the operator, in the log, and not to a client."""

log = logging.getLogger("imagetx.gateway")

Events = AsyncGenerator[imagetx.ImageEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """
    Hold a stream that has begun.

    Attributes:
        begun: The events that are there; the first is no error.
        rest: Those that are to come; to be closed, whatever happens.
    """

    begun: tuple[imagetx.ImageEvent, ...]
    rest: Events | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """
    Hold an answer.

    Attributes:
        value: Images, a stream of them, or a canonical error as a document.
        target: Who answered; None where nobody did.
        notes: What was changed on the way there.
    """

    value: imagetx.ImageResponse | Live | dict[str, Any]
    target: imagetx.Target | None = None
    notes: tuple[imagetx.Note, ...] = ()

    @property
    def category(self) -> str:
        """That of the error; "" where it is none."""
        return self.value["category"] if isinstance(self.value, dict) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Serve canonical requests over one HTTP client."""

    vault: Vault
    client: httpx.AsyncClient
    sleep: Callable[[float], Awaitable[None]]

    async def serve(self, route: Route, request: Mapping[str, Any]) -> Served:
        """
        Ask one target after the other, best first, until one answers; no other once an answer has begun.

        Raises:
            Rejected: None of them can say the request.
        """
        failed = []
        try:
            async with asyncio.timeout(MOST_S):
                for target in _in_order(route, request):
                    served = await self._ask(target, request, route.options)
                    if served.category in ("", *STAYS):
                        return served
                    log.warning("%s/%s: %s", target.provider, target.model, served.category)
                    failed.append(served)
        except TimeoutError:
            failed.append(Served(value=_error("timeout", "no provider answered in time")))
        return _told(next((served for served in failed if served.category not in OURS), failed[0]))

    async def _ask(self, target: imagetx.Target, request: Mapping[str, Any], options: Mapping[str, Any]) -> Served:
        """Ask one target: by a stream of its own where one is wanted and it has one, else by a plan."""
        sent = _streamed(target, request, options) if request.get("stream") is True else None
        if sent is not None:
            return await self._begin(sent, request)

        async def answer_to(step: imagetx.Step) -> imagetx.NativeResponse:
            secret = await self.vault.headers(step.request, target.provider) if step.credentials else {}
            return await send(self.client, step.request, secret)

        done = await drive_at_once(imagetx.plan(request, target, **options), answer_to, self.sleep)
        if isinstance(done.value, imagetx.ErrorResponse):
            return Served(value=_document(done.value), target=done.target, notes=done.notes)
        if request.get("stream") is not True:
            return Served(value=done.value, target=done.target, notes=done.notes)
        emulated = imagetx.stream_events(done.value, done.target)
        return Served(value=Live(begun=emulated.value), target=done.target, notes=(*done.notes, *emulated.notes))

    async def _begin(self, sent: imagetx.Translation[imagetx.NativeRequest], request: Mapping[str, Any]) -> Served:
        """Open a stream, and wait for its first event: until then it may fail like any other answer."""
        events = self._events(sent.value, sent.target, request)
        first = await anext(events)
        if first.type != "error":
            return Served(value=Live(begun=(first,), rest=events), target=sent.target, notes=sent.notes)
        await events.aclose()
        return Served(value=_document(first), target=sent.target, notes=sent.notes)

    async def _events(
        self, message: imagetx.NativeRequest, target: imagetx.Target, request: Mapping[str, Any]
    ) -> Events:
        """Yield the events of a stream as they come; what goes wrong is the last of them."""
        try:
            secret = await self.vault.headers(message, target.provider)
            async with opened(self.client, message, secret) as response:
                if response.status_code != 200:
                    said = imagetx.decode_response(await whole(response, secret), target, request=request).value
                    answer = _error("server_error", "no stream") if isinstance(said, imagetx.Pending) else said
                    for event in imagetx.stream_events(answer, target).value:
                        yield event
                    return
                decoder = imagetx.stream_decoder(target, request=request, headers=dict(response.headers))
                async for chunk in response.aiter_bytes():
                    for event in decoder.feed(chunk):
                        yield event
                for event in decoder.close():
                    yield event
                return
        except NoAnswer as none:
            error = _error(none.category, none.message)
        except imagetx.ImagetxError:
            error = _error("server_error", "the provider's answer cannot be read")
        yield imagetx.stream_events(error, target).value[0]


def _in_order(route: Route, request: Mapping[str, Any]) -> list[imagetx.Target]:
    """Give the targets that can serve a request, the one that changes least of it first."""
    ranked = imagetx.rank(request, route.targets, weights=route.weights, **route.options)
    if ranked[0].problems:  # those that refuse stand last
        raise rejected("invalid_request", ranked[0].problems)
    return [cast(imagetx.Target, one.target) for one in ranked if not one.problems]


def _streamed(
    target: imagetx.Target, request: Mapping[str, Any], options: Mapping[str, Any]
) -> imagetx.Translation[imagetx.NativeRequest] | None:
    """Say a request to a target that streams it; None where it does not, or needs more than one message."""
    try:
        sent = imagetx.encode_request(request, target, **options)
    except imagetx.RequestError:
        return None
    return None if any(note.pointer == "/stream" for note in sent.notes) else sent


def _told(served: Served) -> Served:
    """Tell a client of an error only what is its matter."""
    if served.category not in OURS:
        return served
    error = {**_error("server_error", "the provider did not let the gateway in"), "retryable": False}
    return Served(value=error, target=served.target, notes=served.notes)


def _error(category: str, message: str) -> dict[str, Any]:
    return {"category": category, "error": {"message": message}}


def _document(error: imagetx.ErrorResponse | imagetx.ImageEvent) -> dict[str, Any]:
    """
    Give the canonical document of an error.

    Without its native keys, with which an error in the client's language would be said again as it came, a login
    page for example; and without the status of a redirect.
    """
    document = error.model_dump(exclude={"type", "provider_metadata"}, exclude_unset=True, warnings=False)
    return {name: value for name, value in document.items() if name != "status" or value >= 400}
