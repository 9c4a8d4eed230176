"""
The nine providers, each as it is seen from outside: written from the dossiers, never from the library.

`web` is anybody's host with images on it.
"""

from __future__ import annotations

import httpx

from tests.gateway.fakes import azure, bedrock, fireworks, gemini, openai, reka, segmind, stability, vertex
from tests.gateway.world import Fake

_WEB = Fake(
    name="web",
    hosts=frozenset(),
    schemas=(),
    unlock=lambda call, secret: iter(()),
    refuse=lambda status, complaint: httpx.Response(status),
    answer=lambda call, said, studio: httpx.Response(404),
    open_hosts=frozenset({"img.example"}),
)
ALL = (
    openai.FAKE,
    azure.FAKE,
    bedrock.FAKE,
    vertex.FAKE,
    gemini.FAKE,
    stability.FAKE,
    segmind.FAKE,
    fireworks.FAKE,
    reka.FAKE,
    _WEB,
)
