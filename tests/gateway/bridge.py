"""
An ASGI application as a transport of httpx and of httpx2 (the OpenAI SDK's), without a network.

httpx's own ASGITransport gives nothing before the application has finished: a stream could not be told from a
heap. Here what is sent arrives at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any

Json = Any
App = Callable[[Any, Any, Any], Awaitable[None]]


def _scope(request: Any) -> dict[str, Json]:
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }


class _Exchange:
    """One request that the application serves; what it sends goes through a queue."""

    def __init__(self, app: App, request: Any, content: bytes) -> None:
        self._left: list[bytes] = [content]
        self._gone = asyncio.Event()
        self._sent: asyncio.Queue[Json] = asyncio.Queue()
        self._task = asyncio.ensure_future(self._serve(app, _scope(request)))

    async def _serve(self, app: App, scope: Json) -> None:
        try:
            await app(scope, self._receive, self._sent.put)
        except Exception as error:
            await self._sent.put(error)
        else:
            await self._sent.put(EOFError("the application ended before its answer"))

    async def _receive(self) -> Json:
        if self._left:
            return {"type": "http.request", "body": self._left.pop(), "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def start(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        message = await self._next()
        assert message["type"] == "http.response.start"
        return message["status"], list(message.get("headers", []))

    async def _next(self) -> Json:
        message = await self._sent.get()
        if isinstance(message, Exception):
            raise message
        return message

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._next()
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]

    async def close(self) -> None:
        self._gone.set()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


def transport(library: ModuleType, app: App) -> Any:
    """
    Make an asynchronous transport.

    Args:
        library: httpx or httpx2.
        app: The application.
    """

    class Stream(library.AsyncByteStream):  # type: ignore[name-defined, misc]
        def __init__(self, exchange: _Exchange) -> None:
            self._exchange = exchange

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in self._exchange.chunks():
                yield chunk

        async def aclose(self) -> None:
            await self._exchange.close()

    class Bridge(library.AsyncBaseTransport):  # type: ignore[name-defined, misc]
        async def handle_async_request(self, request: Any) -> Any:
            exchange = _Exchange(app, request, await request.aread())
            status, headers = await exchange.start()
            return library.Response(status, headers=headers, stream=Stream(exchange), request=request)

    return Bridge()


def blocking_transport(library: ModuleType, app: App) -> Any:
    """
    Make a transport for a client that waits: it reads the whole answer.

    Args:
        library: httpx or httpx2.
        app: The application.
    """

    async def served(request: Any, content: bytes) -> tuple[int, list[tuple[bytes, bytes]], list[bytes]]:
        exchange = _Exchange(app, request, content)
        try:
            status, headers = await exchange.start()
            return status, headers, [chunk async for chunk in exchange.chunks()]
        finally:
            await exchange.close()

    class Stream(library.SyncByteStream):  # type: ignore[name-defined, misc]
        def __init__(self, chunks: list[bytes]) -> None:
            self._chunks = chunks

        def __iter__(self) -> Iterator[bytes]:
            return iter(self._chunks)

    class Bridge(library.BaseTransport):  # type: ignore[name-defined, misc]
        def handle_request(self, request: Any) -> Any:
            status, headers, chunks = asyncio.run(served(request, request.read()))
            return library.Response(status, headers=headers, stream=Stream(chunks), request=request)

    return Bridge()
