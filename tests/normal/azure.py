"""Normal forms of Azure: those of OpenAI."""

from __future__ import annotations

from tests.normal.openai import request

__all__ = ["request"]
