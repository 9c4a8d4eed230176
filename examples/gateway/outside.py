"""
Keeping outside: clients name URLs of images, and a public name may stand for a private address.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import httpx


class Outside(httpx.AsyncBaseTransport):
    """
    Send only to public addresses: a name is looked up once, and its address is where the message goes.

    imagetx fetches nothing from a private address that stands in a URL; what a name means it cannot know. A gateway
    whose own targets are inside needs another transport for those.

    Args:
        inner: What sends.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the address that was looked at; host and certificate stay those of the name."""
        name, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(name, port)
        except OSError as error:
            raise httpx.ConnectError("no such host") from error
        address = found[0][4][0]
        if not ip_address(address).is_global:
            raise httpx.ConnectError("no public address")
        request.extensions = {**request.extensions, "sni_hostname": name}
        request.url = request.url.copy_with(host=address)
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what sends."""
        await self.inner.aclose()
