"""
Capture what the installed OpenAI SDK sends, over a transport that answers by itself: no network.

`python -m tests.sdk.capture_openai` writes `captured/openai-VERSION.json` of the version that is installed. An older
one is captured in an environment of its own, which needs nothing but that SDK.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import warnings
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

import httpx
import openai

from tests.sdk import captures
from tests.sdk.azure_cases import AZURE
from tests.sdk.openai_cases import EDIT, GENERATE, VARIATION, Case

Json = Any
CASES = [*GENERATE, *EDIT, *VARIATION, *AZURE]
VERSION = openai.__version__
_ANSWER = {"created": 1, "data": []}


def sent(case: Case) -> Any:
    """Make a call and return the one request that it sends."""
    seen: list[Any] = []

    def answer(request: Any) -> httpx.Response:
        request.read()
        seen.append(request)
        return httpx.Response(200, json=_ANSWER)

    transport = httpx.MockTransport(answer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # variations are, and are captured nevertheless
        if case.client.startswith("Async"):
            asyncio.run(_called_async(case, transport))
        else:
            with httpx.Client(transport=transport) as http:
                _method(_client(case, http), case.call)(**_arguments(case))
    (request,) = seen
    return request


async def _called_async(case: Case, transport: httpx.MockTransport) -> None:
    async with httpx.AsyncClient(transport=transport) as http:
        await _method(_client(case, http), case.call)(**_arguments(case))


def _client(case: Case, http: Any) -> Any:
    said = {"api_key": captures.SECRET, **captures.given(dict(case.options))}
    return getattr(openai, case.client)(http_client=http, max_retries=0, **said)


def _method(client: Any, name: str) -> Any:
    return reduce(getattr, name.split("."), client)


def _arguments(case: Case) -> dict[str, Json]:
    """Make the arguments of a call; `post` is told what it returns, which JSON cannot say."""
    given = captures.given(dict(case.passed))
    return {**given, "cast_to": openai.types.ImagesResponse} if case.call == "post" else given


def can_be_called(case: Case) -> bool:
    """Say whether the installed version has what a case uses."""
    if _numbers(VERSION) < _numbers(case.since):
        return False
    if case.call == "post":
        return True
    resource = openai.resources.images.Images
    return case.passed.keys() <= inspect.signature(getattr(resource, case.call.rpartition(".")[2])).parameters.keys()


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def entries() -> Iterator[Mapping[str, Json]]:
    """Capture every case that the installed version can be called with."""
    for case in filter(can_be_called, CASES):
        yield {
            "name": case.name,
            "call": captures.readable(f"{case.client}({_said(case)}).{case.call}", case.passed),
            "passed": dict(case.passed),
            "request": captures.from_httpx(sent(case), VERSION),
        }


def _said(case: Case) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in case.options.items())


if __name__ == "__main__":
    made = list(entries())
    captures.told(captures.save("openai", VERSION, made), made)
