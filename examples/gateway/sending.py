"""
Messages on the wire: one request, its limits of time and size, and whatever comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

import imagetx
from examples.driver import NoAnswer

MOST_BYTES = 128 * 1024 * 1024
"""Of an answer: ten large images as base64; who sends more is not read on."""

WAIT_S = 60.0
"""For an answer, where imagetx knows no advice of the provider."""

CONNECT_S = 10.0


async def send(
    client: httpx.AsyncClient, request: imagetx.NativeRequest, secret: Mapping[str, str]
) -> imagetx.NativeResponse:
    """
    Send a request and read the whole answer, errors too.

    Raises:
        NoAnswer: None came in time, or it is too large, or none at all.
    """
    try:
        async with asyncio.timeout(request.timeout_s or WAIT_S), opened(client, request, secret) as response:
            return await whole(response, secret)
    except TimeoutError:
        raise NoAnswer("timeout", "the provider did not answer in time") from None


@asynccontextmanager
async def opened(
    client: httpx.AsyncClient, request: imagetx.NativeRequest, secret: Mapping[str, str]
) -> AsyncIterator[httpx.Response]:
    """
    Send a request and give the answer with its body unread; the connection is let go at the end, however it comes.

    Raises:
        NoAnswer: None came, or it breaks off.
    """
    limits = httpx.Timeout(request.timeout_s or WAIT_S, connect=CONNECT_S)
    headers = {**request.headers, **secret}
    message = client.build_request(
        request.method, request.url, headers=headers, content=request.content(), timeout=limits
    )
    try:
        # A redirect is an answer like another: a plan goes there itself, and without the secret.
        response = await client.send(message, stream=True, follow_redirects=False)
        try:
            yield response
        finally:
            await response.aclose()
    except httpx.TimeoutException:
        raise NoAnswer("timeout", "the provider did not answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer("server_error", f"the connection to the provider failed: {type(error).__name__}") from None


async def whole(response: httpx.Response, secret: Mapping[str, str]) -> imagetx.NativeResponse:
    """Read an answer to its end, and nothing in it of the secret: some repeat the key that they refuse."""
    body = await read(response.aiter_bytes(), MOST_BYTES)
    if body is None:
        raise NoAnswer("server_error", f"the provider sent more than {MOST_BYTES} bytes")
    for value in secret.values() if response.status_code >= 400 else ():
        body = body.replace(value.rpartition(" ")[2].encode(), b"***")
    try:
        return imagetx.NativeResponse(response.status_code, dict(response.headers), body)
    except imagetx.RequestError:
        raise NoAnswer("server_error", "the provider's answer is no HTTP response") from None


async def read(chunks: AsyncIterable[bytes], most: int) -> bytes | None:
    """Gather chunks; None when there are more than `most` bytes, and then no more are taken."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
