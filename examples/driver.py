"""
The loop that sends what a plan wants sent, once for threads and once for asyncio.

imagetx makes and reads messages; how they travel is yours: `send` is a function of your own over any HTTP client.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import imagetx

Result = imagetx.Translation[imagetx.ImageResponse | imagetx.ErrorResponse]


class NoAnswer(Exception):
    """
    Tell that a message got no answer, and none will come; `send` raises it.

    Args:
        category: Of the error that it is: `timeout`, `server_error` ...
        message: For the one who asked; never a secret.
    """

    def __init__(self, category: str = "timeout", message: str = "") -> None:
        super().__init__(category, message)
        self.category, self.message = category, message


def drive(
    exchange: imagetx.Exchange,
    send: Callable[[imagetx.Step], imagetx.NativeResponse],
    wait: Callable[[float], None] = time.sleep,
) -> Result:
    """Send one step after the other until there is a result."""
    while exchange.result is None:
        for step in exchange.pending:
            wait(step.after_s)
            try:
                exchange = exchange.feed(step.branch, send(step))
            except NoAnswer as none:
                exchange = exchange.fail(step.branch, none.category, none.message)
    return exchange.result


async def drive_at_once(
    exchange: imagetx.Exchange,
    send: Callable[[imagetx.Step], Awaitable[imagetx.NativeResponse]],
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Result:
    """Send all steps that are pending at once, and feed what comes; when this is cancelled, so is what is under way."""

    async def answer_to(step: imagetx.Step) -> imagetx.NativeResponse | NoAnswer:
        await wait(step.after_s)
        try:
            return await send(step)
        except NoAnswer as none:
            return none

    while exchange.result is None:
        steps = exchange.pending
        async with asyncio.TaskGroup() as group:  # what goes wrong in one ends the others, too
            tasks = [group.create_task(answer_to(step)) for step in steps]
        for step, task in zip(steps, tasks, strict=True):
            match task.result():
                case NoAnswer() as none:
                    exchange = exchange.fail(step.branch, none.category, none.message)
                case answer:
                    exchange = exchange.feed(step.branch, answer)
    return exchange.result
