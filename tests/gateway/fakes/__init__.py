"""
The nine providers, each as it is seen from outside: written from the dossiers, never from the library.
"""

from __future__ import annotations

from tests.gateway.fakes import azure, bedrock, fireworks, gemini, openai, reka, segmind, stability, vertex

ALL = tuple(module.FAKE for module in (openai, azure, bedrock, vertex, gemini, stability, segmind, fireworks, reka))
