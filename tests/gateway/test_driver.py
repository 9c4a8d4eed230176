"""
The loop that sends: every step once, at its time, what comes fed, what does not come failed.
"""

from __future__ import annotations

import asyncio

import pytest

import imagetx
from examples.driver import NoAnswer, drive, drive_at_once

PNG = "iVBORw0KGgo="
REQUEST = {"prompt": "a fox", "n": 3}
TARGET = "stability/sd3.5-large"


def said(step: imagetx.Step) -> imagetx.NativeResponse:
    """Answer with an image, but for the second call."""
    if step.branch == "1":
        raise NoAnswer("overloaded", "nobody is there")
    return imagetx.NativeResponse(200, {}, {"image": PNG, "seed": int(step.branch), "finish_reason": "SUCCESS"})


def check(result: imagetx.Translation[imagetx.ImageResponse | imagetx.ErrorResponse]) -> None:
    value = result.value
    assert isinstance(value, imagetx.ImageResponse)
    assert (value.outcome, [item.seed for item in value.data]) == ("partial", [0, 2])
    assert value.errors is not None
    assert [(error.category, error.error.message) for error in value.errors] == [("overloaded", "nobody is there")]


def test_one_after_the_other() -> None:
    check(drive(imagetx.plan(REQUEST, TARGET), said))


def test_at_once() -> None:
    """All three are under way before one is answered."""
    begun: list[str] = []

    async def send(step: imagetx.Step) -> imagetx.NativeResponse:
        begun.append(step.branch)
        while len(begun) < 3:
            await asyncio.sleep(0)
        return said(step)

    check(asyncio.run(drive_at_once(imagetx.plan(REQUEST, TARGET), send)))


def test_waits_as_long_as_a_step_says() -> None:
    """A job that has begun is asked for after the seconds that the dialect says."""
    exchange = imagetx.plan({"prompt": "a fox"}, "fireworks/flux-kontext-pro")
    waited: list[float] = []
    answers = [{"request_id": "6a1c"}, {"id": "6a1c", "status": "Pending"}]

    def send(step: imagetx.Step) -> imagetx.NativeResponse:
        if not answers:
            raise NoAnswer
        return imagetx.NativeResponse(200, {}, answers.pop(0))

    result = drive(exchange, send, waited.append)

    assert isinstance(result.value, imagetx.ErrorResponse)
    assert result.value.category == "timeout"
    assert waited[0] == 0
    assert all(seconds > 0 for seconds in waited[1:])
    assert len(waited) == 3


def test_cancelling_ends_what_is_under_way() -> None:
    ended: list[str] = []

    async def send(step: imagetx.Step) -> imagetx.NativeResponse:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(step.branch)
        raise NoAnswer

    async def main() -> None:
        async with asyncio.timeout(0.01):
            await drive_at_once(imagetx.plan(REQUEST, TARGET), send)

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert sorted(ended) == ["0", "1", "2"]
