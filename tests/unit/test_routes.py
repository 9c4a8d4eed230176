"""
A URL is compared with the endpoints that its own segments name, and with no others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import imagetx
from imagetx import NativeRequest, ResolveError
from imagetx.catalog import Catalog, builtin_catalog
from imagetx.dialect import Dialect
from imagetx.recognise import recognise

OPENAI = "https://api.openai.com/v1/images/generations"
BODY = {"model": "gpt-image-2", "prompt": "x"}


class Counting(Catalog):
    """A catalog that counts which dialects are asked for."""

    asked: list[tuple[str, str]]

    def dialect(self, provider: str, name: str, family: str) -> Dialect:
        """Count, and return the dialect."""
        self.asked.append((provider, name))
        return super().dialect(provider, name, family)


def counting(providers: Any) -> Counting:
    catalog = Counting(providers)
    catalog.asked = []
    return catalog


def test_only_endpoints_of_the_same_end_are_compared() -> None:
    """The images API is shaped as others are; Bedrock, say, has no part in it."""
    catalog = counting(builtin_catalog().providers)
    found = recognise(catalog, NativeRequest("POST", OPENAI, {}, BODY), None)

    assert found.resolved.target.provider == "openai"
    assert {provider for provider, _ in catalog.asked}.isdisjoint({"bedrock", "stability", "vertex", "fireworks"})


def test_a_look_up_is_kept() -> None:
    """The second time no dialect is asked for but the one that reads."""
    catalog = counting(builtin_catalog().providers)
    native = NativeRequest("POST", OPENAI, {}, BODY)
    first = recognise(catalog, native, None)
    catalog.asked.clear()

    assert recognise(catalog, native, None) == first
    assert catalog.asked == []


def test_more_providers_cost_no_more() -> None:
    """A hundred providers with other endpoints are not looked at."""
    providers = dict(builtin_catalog().providers)
    others = {f"p{at}": replace(providers["bedrock"], name=f"p{at}") for at in range(100)}
    catalog = counting({**providers, **others})
    recognise(catalog, NativeRequest("POST", OPENAI, {}, BODY), None)

    assert not [provider for provider, _ in catalog.asked if provider in others]


@pytest.mark.parametrize("url", ["https://a.example/", "https://a.example", "/", "https://a.example/images/other/"])
def test_an_end_that_nobody_has(url: str) -> None:
    """It is nobody's request, with a provider or without."""
    native = NativeRequest("POST", url, {}, BODY)

    for source in (None, "openai", "bedrock"):
        with pytest.raises(ResolveError, match="expected the URL of a request"):
            imagetx.decode_request(native, source)


def test_the_own_host_is_asked_first() -> None:
    """What is broken at its own host is told of that dialect alone, whoever else has such a path."""
    native = NativeRequest("POST", "https://external.api.recraft.ai/v1/images/generations", {}, {"model": "recraftv3"})
    with pytest.raises(imagetx.WireError) as caught:
        imagetx.decode_request(native)

    assert "openai" not in str(caught.value)
