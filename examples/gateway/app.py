"""
The gateway as an ASGI application.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from examples.gateway.answers import answer, refusal
from examples.gateway.asking import OPERATIONS, Rejected, asked
from examples.gateway.credentials import Token, Vault
from examples.gateway.leaving import unless_gone
from examples.gateway.routes import Route, read_routes
from examples.gateway.serving import Gateway

LANGUAGES = {"/v1beta/": "gemini", "/v2beta/": "stability"}
"""Whose language is spoken below a path; everywhere else it is OpenAI's."""


def create_app(
    routes: Mapping[str, Any],
    *,
    secrets: Mapping[str, str],
    client: httpx.AsyncClient,
    token: Token | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> FastAPI:
    """
    Make the gateway.

    Args:
        routes: The routing table (`examples.gateway.routes`).
        secrets: The gateway's own, by main name of the provider (`examples.gateway.credentials`).
        client: Sends everything; the caller closes it.
        token: Gives a fresh token for a provider that has no entry in `secrets`.
        sleep: Waits between polls.

    Raises:
        imagetx.ResolveError: A route names no target that there is.
    """
    table = read_routes(routes)
    gateway = Gateway(vault=Vault(secrets=secrets, token=token), client=client, sleep=sleep)
    app = FastAPI(title="imagetx gateway", openapi_url=None)

    async def images(request: Request) -> Response:
        asks = await asked(request, _language(request))
        served = await unless_gone(request.receive, gateway.serve(_route(table, asks.request), asks.request))
        return answer(served, asks)

    for path in (*(f"/v1/images/{name}" for name in OPERATIONS), "/v1beta/models/{call}", "/v2beta/{service:path}"):
        app.post(path)(images)

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        rows = [{"id": name, "object": "model", "created": 0, "owned_by": "gateway"} for name in table]
        return {"object": "list", "data": rows}

    _explain_errors(app)
    return app


def _language(request: Request) -> str:
    return next((name for start, name in LANGUAGES.items() if request.url.path.startswith(start)), "openai")


def _route(table: Mapping[str, Route], request: Mapping[str, Any]) -> Route:
    model = request.get("model")
    if not isinstance(model, str):
        raise Rejected("invalid_request", "expected the name of a model", param="model")
    if model not in table:
        raise Rejected("not_found", f"expected one of {', '.join(table)}, got {model[:80]!r}", param="model")
    return table[model]


def _explain_errors(app: FastAPI) -> None:
    """Answer in the client's language, and with nothing of the inside, whatever goes wrong."""

    @app.exception_handler(Rejected)
    async def rejected(request: Request, error: Rejected) -> Response:
        return refusal(error.error, _language(request))

    @app.exception_handler(HTTPException)
    async def no_such_place(request: Request, error: HTTPException) -> Response:
        said = {"category": "not_found", "status": error.status_code, "error": {"message": error.detail, "code": None}}
        return refusal(said, _language(request))

    @app.exception_handler(ClientDisconnect)
    async def left(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=499)  # for the access log: nobody reads it

    @app.exception_handler(Exception)
    async def broken(request: Request, _: Exception) -> Response:
        said = {"category": "server_error", "error": {"message": "the gateway failed"}}
        return refusal(said, _language(request))
