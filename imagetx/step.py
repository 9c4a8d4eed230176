"""Steps: what an exchange wants to be sent."""

from __future__ import annotations

from dataclasses import dataclass

from imagetx.errors import Json, bounded_repr
from imagetx.wire import NativeRequest


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Step:
    """
    Hold one request of an exchange that is to be sent.

    Attributes:
        branch: Which strand it is of: `0`, `1` ... are calls, `0/data/1` fetches image 1 of call 0, `image/0` and
            `mask` fetch an input.
        request: What to send. To try it again after an answer that is worth that, send it again and do not feed.
        after_s: Seconds to wait before.
        credentials: Whether it goes to the target itself: only then the caller's secret belongs to it, and
            `request.credential` says where.
    """

    branch: str
    request: NativeRequest
    after_s: float
    credentials: bool

    def __repr__(self) -> str:
        """Give at most 500 characters."""
        names = ("branch", "request", "after_s", "credentials")
        return bounded_repr("Step", ((name, getattr(self, name)) for name in names))

    def to_json(self) -> dict[str, Json]:
        """Give it as a JSON document."""
        return {
            "branch": self.branch,
            "request": self.request.to_json(),
            "after_s": self.after_s,
            "credentials": self.credentials,
        }
