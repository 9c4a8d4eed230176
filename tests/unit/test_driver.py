"""
The loops of the README drive exchanges: their text as it stands there, one after the other and all at once.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

import imagetx
from tests.server import Answer, Seen, serving

ROOT = Path(__file__).parents[2]
RED = (ROOT / "fixtures" / "images" / "red-320.png").read_bytes()
RED_TEXT = base64.b64encode(RED).decode()
AT = "/workflows/accounts/fireworks/models/flux-kontext-pro"
JOB = "a" * 64

Drive = Callable[[imagetx.Exchange], Any]


def said(status: int, body: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


PAINTED = said(
    200,
    {
        "candidates": [
            {
                "content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": RED_TEXT}}]},
                "finishReason": "STOP",
            }
        ],
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 1290, "totalTokenCount": 1295},
    },
)
SLOWER = said(429, {"error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"}})

ANSWERS: dict[str, list[Answer]] = {
    "POST /v1beta/models/gemini-nano-banana-2.1:generateContent": [PAINTED, SLOWER, PAINTED],
    f"POST {AT}": [said(200, {"request_id": "k1"})],
    f"POST {AT}/get_result": [
        said(200, {"id": "k1", "status": "Pending"}),
        said(200, {"id": "k1", "status": "Pending"}),
        said(200, {"id": "k1", "status": "Ready", "result": {"sample": "http://pictures.example.com/k1.png?sig=x"}}),
    ],
    "GET /k1.png?sig=x": [(302, {"Location": "/there.png"}, b"")],
    "GET /there.png": [(200, {"Content-Type": "image/png"}, RED)],
    "POST /v2beta/stable-image/upscale/creative": [said(200, {"id": JOB})],
    f"GET /v2beta/results/{JOB}": [
        said(202, {"id": JOB, "status": "in-progress"}),
        said(200, {"image": RED_TEXT, "finish_reason": "SUCCESS", "seed": 5}),
    ],
}


def of_the_readme() -> dict[str, Any]:
    """Run the functions of the sections on plans and gateways, and nothing else of them."""
    text = (ROOT / "README.md").read_text("utf-8")
    section = text[text.index("\n## More than one message\n") :].partition("\n## Off")[0]
    blocks = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    defining = [block for block in blocks if re.search("^(?:async )?def ", block, re.MULTILINE)]
    namespace: dict[str, Any] = {"imagetx": imagetx}
    for block in defining:
        exec(compile(block, "README.md", "exec"), namespace)
    return namespace


@pytest.fixture
def played() -> Iterator[tuple[str, list[Seen]]]:
    with serving(ANSWERS) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the driver would have waited."""
    return []


@pytest.fixture(params=["drive", "drive_at_once"])
def drive(request: pytest.FixtureRequest, played: tuple[str, list[Seen]], waits: list[float]) -> Drive:
    """A loop of the README with its own `send`; whatever host it asks, the server is there."""
    readme, here = of_the_readme(), played[0].removeprefix("http://")
    readme["HTTPConnection"] = lambda netloc, timeout: HTTPConnection(here, timeout=timeout)
    readme["api_key"] = "sk-1"
    if request.param == "drive":
        return lambda exchange: readme["drive"](exchange, readme["send"], waits.append).value

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    return lambda exchange: asyncio.run(readme["drive_at_once"](exchange, readme["send"], wait)).value


def target(name: str, url: str) -> imagetx.Target:
    provider, model = name.split("/")
    return imagetx.Target(provider, model, variables={"base_url": url})


def test_one_of_three_calls_fails(drive: Drive, played: tuple[str, list[Seen]], waits: list[float]) -> None:
    """The others are the result, and their usage is summed."""
    exchange = imagetx.plan({"prompt": "a fox", "n": 3}, target("gemini/gemini-nano-banana-2.1", played[0]))

    result = drive(exchange)

    assert isinstance(result, imagetx.ImageResponse)
    assert result.outcome == "partial"
    assert [item.b64_json for item in result.data] == [RED_TEXT] * 2
    assert [(error.category, error.n) for error in result.errors or ()] == [("rate_limit", 1)]
    assert result.usage is not None
    assert result.usage.total_tokens == 2590
    assert [seen.headers["x-goog-api-key"] for seen in played[1]] == ["sk-1"] * 3
    assert waits == [0] * 3


def test_a_job_is_followed_and_its_image_fetched(
    drive: Drive, played: tuple[str, list[Seen]], waits: list[float]
) -> None:
    """The secret goes to the provider, and to nobody else."""
    exchange = imagetx.plan({"prompt": "a fox"}, target("fireworks/flux-kontext-pro", played[0]))

    result = drive(exchange)

    assert isinstance(result, imagetx.ImageResponse)
    assert (result.outcome, result.data[0].b64_json) == ("complete", RED_TEXT)
    assert [(seen.path, seen.headers.get("authorization")) for seen in played[1]] == [
        (AT, "Bearer sk-1"),
        *([(f"{AT}/get_result", "Bearer sk-1")] * 3),
        ("/k1.png?sig=x", None),
        ("/there.png", None),
    ]
    assert waits == [0, 1, 1, 1, 0, 0]


def test_a_job_that_answers_202_first(drive: Drive, played: tuple[str, list[Seen]], waits: list[float]) -> None:
    request = {"prompt": "a fox", "image": RED}
    exchange = imagetx.plan(request, target("stability/stable-image-upscale-creative", played[0]))

    result = drive(exchange)

    assert isinstance(result, imagetx.ImageResponse)
    assert [(item.b64_json, item.seed) for item in result.data] == [(RED_TEXT, 5)]
    assert [seen.method for seen in played[1]] == ["POST", "GET", "GET"]
    assert RED in played[1][0].body
    assert {seen.headers["authorization"] for seen in played[1]} == {"Bearer sk-1"}
    assert waits == [0, 10, 10]


@pytest.mark.parametrize("image", [None, RED])
@pytest.mark.parametrize("stream", [True, False])
def test_a_gateway(image: bytes | None, stream: bool, played: tuple[str, list[Seen]]) -> None:
    """What the README serves is an answer of OpenAI's, or its stream, whether images are made or edited."""
    readme = of_the_readme()
    readme["api_key"] = "sk-1"
    request = {"prompt": "a fox", "n": 2, "stream": stream, **({} if image is None else {"image": image})}
    route, family = ("generations", "image_generation") if image is None else ("edits", "image_edit")
    received = imagetx.NativeRequest("POST", f"/v1/images/{route}", {}, {"prompt": "a fox", "model": "fox"})

    answer = readme["serve"](received, request, target("gemini/gemini-nano-banana-2.1", played[0]))

    assert answer.status == 200
    if stream:
        lines = answer.content().decode().splitlines()
        assert [line for line in lines if line.startswith("event:")] == [f"event: {family}.completed"]
    else:
        assert [item["b64_json"] for item in answer.body["data"]] == [RED_TEXT]  # the second one is refused
