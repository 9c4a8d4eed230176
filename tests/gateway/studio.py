"""
Where the fakes draw: every image is another one, jobs that are not ready wait here, and time passes only by `sleep`.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

Json = Any
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


@dataclass(slots=True, kw_only=True)
class Job:
    """Hold a job: how often it is yet to be asked in vain, when it was asked last, and what comes then."""

    left: int
    ready: Callable[[], httpx.Response]
    asked_s: float


@dataclass(slots=True)
class Studio:
    """
    Hold what the fakes remember in one test.

    `waits`: how often a job is asked in vain. `gate`: a stream stops before its last event until it is set.
    """

    drawn: list[bytes] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    waits: int = 2
    gate: asyncio.Event | None = None

    @property
    def clock_s(self) -> float:
        """Give the seconds that were slept."""
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        """Let time pass without waiting, and others go on."""
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def draw(self, mime: str = "image/png") -> bytes:
        """Draw the next image."""
        shade = 7 * len(self.drawn) % 256
        out = io.BytesIO()
        Image.new("RGB", (64, 64), (shade, 255 - shade, 90)).save(out, FORMATS[mime])
        self.drawn.append(out.getvalue())
        return out.getvalue()

    def draw_text(self, mime: str = "image/png") -> str:
        """Draw the next image and give it as base64."""
        return base64.b64encode(self.draw(mime)).decode()

    def hang(self, host: str, mime: str) -> str:
        """Draw the next image and hang it out under a URL that needs no credential."""
        path = f"/made/{len(self.drawn)}.{FORMATS[mime].lower()}"
        self.files[f"{host}{path}"] = self.draw(mime)
        return f"https://{host}{path}?sig=1"

    def begin(self, ready: Callable[[], httpx.Response]) -> str:
        """Begin a job and give its id, 64 hexadecimal digits."""
        name = f"{len(self.jobs) + 1:064x}"
        self.jobs[name] = Job(left=self.waits, ready=ready, asked_s=self.clock_s)
        return name

    def ask(self, name: str, every_s: float) -> httpx.Response | None:
        """
        Ask for a job: None while it is not ready.

        Args:
            name: Its id.
            every_s: How often a client may ask, in seconds; sooner is a complaint.
        """
        job = self.jobs[name]
        if self.clock_s - job.asked_s < every_s:
            self.complaints.append(f"job {name[-4:]} asked {self.clock_s - job.asked_s} s after, {every_s} s are due")
        job.asked_s = self.clock_s
        job.left -= 1
        return None if job.left >= 0 else job.ready()
