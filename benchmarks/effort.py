"""
How much a run measures: enough for figures, a little for a look, or next to nothing for a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """
    Say how much is measured.

    Attributes:
        rounds: How many turns each call has.
        turn_ns: How long a turn lasts at least.
        processes: How many fresh interpreters, where those are compared.
        scale: What sizes are divided by; 1 outside of tests.
        most: How many rows of a table that starts processes; None, all, outside of tests.
        portkey: Where npm installed Portkey's gateway.
    """

    rounds: int = clock.ROUNDS
    turn_ns: int = clock.TURN_NS
    processes: int = 15
    scale: int = 1
    most: int | None = None
    portkey: Path | None = None

    def few(self) -> int:
        """Give the rounds for calls that take milliseconds."""
        return max(1, self.rounds // 2)


FULL: Final = Effort()
QUICK: Final = Effort(rounds=8, turn_ns=1_000_000, processes=3)
