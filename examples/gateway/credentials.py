"""
Secrets: where they come from, and the headers that carry them. They are never logged, and stand in no answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import imagetx
from examples.driver import NoAnswer

Token = Callable[[str], Awaitable[str]]
"""Give a fresh token for a provider, `vertex` or `azure`; whoever makes tokens also caches them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """
    Hold the gateway's own secrets.

    Attributes:
        secrets: By main name of the provider; for SigV4 `ACCESS:SECRET` or `ACCESS:SECRET:SESSION`.
        token: Asked where `secrets` has none.
    """

    secrets: Mapping[str, str] = field(repr=False)
    token: Token | None = field(repr=False, default=None)

    async def headers(self, request: imagetx.NativeRequest, provider: str) -> dict[str, str]:
        """
        Make the headers that let a request in.

        Raises:
            NoAnswer: There is no secret for the provider: it need not be asked.
        """
        if request.credential is None:
            return {}
        secret = self.secrets.get(provider)
        if secret is None and self.token is not None:
            try:
                secret = await self.token(provider)
            except (OSError, httpx.HTTPError) as error:
                raise NoAnswer("server_error", f"no token for {provider}: {type(error).__name__}") from None
        if not secret:
            raise NoAnswer("authentication", f"no secret for {provider}")
        return _signed(request, secret) if request.credential.scheme == "sigv4" else request.credential.headers(secret)


def _signed(request: imagetx.NativeRequest, secret: str) -> dict[str, str]:
    """Sign a request as AWS wants it; the signature covers every header that stands in it now."""
    assert request.credential is not None
    message = AWSRequest(request.method, request.url, dict(request.headers), request.content())
    keys = Credentials(*secret.split(":", 2))
    SigV4Auth(keys, request.credential.service, request.credential.region).add_auth(message)
    return dict(message.headers.items())
