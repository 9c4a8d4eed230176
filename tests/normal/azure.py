"""Normal forms of Azure: those of OpenAI; under a deployment's path the body's model says nothing (1.1)."""

from __future__ import annotations

from typing import Any

from tests.normal import openai

Json = Any


def request(name: str, native: Json) -> None:
    openai.request(name, native)
    if name == "azure/deployment-generations":
        native["body"].pop("model", None)
