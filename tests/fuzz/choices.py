"""
Bytes as a row of decisions: whoever gives the bytes (hypothesis, atheris, chance) decides what is drawn.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


class Choices:
    """
    Read decisions off bytes.

    When they are used up, chance goes on that hangs on the first eight of them: a short input is a whole case, and
    the same input is always the same case.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._then = random.Random(data[:8])

    def below(self, count: int) -> int:
        """Choose a number from 0 on, below `count`."""
        size = 1 if count <= 256 else 2 if count <= 65_536 else 4
        taken = self._data[self._at : self._at + size]
        self._at += size
        return (int.from_bytes(taken, "big") if len(taken) == size else self._then.getrandbits(8 * size)) % count

    def pick(self, things: Sequence[Thing]) -> Thing:
        """Choose one of several."""
        return things[self.below(len(things))]

    def chance(self, one_in: int) -> bool:
        """Say yes once in so many times."""
        return self.below(one_in) == one_in - 1
