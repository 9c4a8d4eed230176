"""
Following: the request that asks how far a provider is, made from the answer that it has begun.

Where the answer names a URL of the target itself, that is asked; else the dialect's own template, its holes filled by
the model and the id: behind a proxy, answers name the provider's host, which is a stranger there. A stranger is
asked only where the template cannot be, and never gets the credential.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from imagetx.address import is_followed, is_own
from imagetx.document import Json, with_texts
from imagetx.endpoint import Endpoint
from imagetx.errors import ImagetxError
from imagetx.wire import Credential, NativeRequest

_ID = "{id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """
    How an answer that work has begun is followed.

    Attributes:
        method: HTTP method.
        endpoint: The URL template, or None where only the answer can name it.
        headers: What is sent with it.
        body: A JSON document in which the text "{id}" stands for the id; None sends no body.
        after_s: The least number of seconds to wait, or None; a longer wait that the answer asks for wins.
        attempts: So many answers of this variant in a row are taken, the next one is too many; None sets no bound.
        deadline_s: So many seconds are waited in all, through whatever variants; None sets no bound.
        then: Category of the error when a bound is passed.
    """

    method: str
    endpoint: Endpoint | None
    headers: Mapping[str, str]
    body: Json
    after_s: float | None
    attempts: int | None = None
    deadline_s: float | None = None
    then: str = "timeout"

    def request(
        self,
        said: Mapping[str, Json],
        asked: Endpoint,
        holes: Mapping[str, str],
        variables: Mapping[str, str],
        credential: Credential | None,
    ) -> NativeRequest | None:
        """
        Make the request that asks again, or None where nothing tells whom to ask.

        Args:
            said: What the dialect read in the answer: `id`, and `poll` where it names a URL.
            asked: Where the request went: the credential goes nowhere else.
            holes: What the path of the request held (the model).
            variables: The variables of the target.
            credential: Where the target's secret goes.
        """
        auth = None if credential is None else credential.scheme
        url, named = said.get("poll"), said.get("id")
        try:
            start = asked.start(variables, auth)
            if isinstance(url, str) and is_own(url, start):
                return NativeRequest(self.method, url, self.headers, None, credential)
            if self.endpoint is not None and isinstance(named, str) and named:
                filled, query = self.endpoint.fill({**holes, "id": named}, variables, auth)
                filled += "?" + urlencode(query, quote_via=quote) if query else ""
                body = with_texts(self.body, lambda text: named if text == _ID else text)
                return NativeRequest(self.method, filled, self.headers, body, credential)
        except ImagetxError:  # the target does not say where the provider is, or what came has no place in a URL
            return None
        if isinstance(url, str) and is_followed(url, start):
            return NativeRequest(self.method, url, self.headers)
        return None
