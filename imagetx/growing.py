"""
Lists that grow item by item, where a text may come in pieces: what partial answers and deltas share.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

from imagetx.document import Json

_MOST: Final = 128
"""Values that are read with every piece of an answer; providers say a dozen."""


class Growing:
    """
    A list that grows: an item which continues the text of the one before it becomes one with it.

    Args:
        join: Member of an item that holds its text, or None where no text comes in pieces.
    """

    __slots__ = ("_items", "_join", "_texts")

    def __init__(self, join: str | None) -> None:
        self._join = join
        self._items: list[Json] = []
        self._texts: list[str] = []  # pieces of the last item's text: joined once, not with every piece

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Json, *, whole: bool = False) -> None:
        """Take an item; a whole one stands for itself although it could continue the last."""
        if not whole and self._items and continues(self._items[-1], item, self._join):
            self._texts.append(item[self._join])
            return
        self._settle()
        self._items.append(item)

    def items(self) -> list[Json]:
        """Return the list as it is now."""
        self._settle()
        return list(self._items)

    def _settle(self) -> None:
        """Join the pieces of the last text; the item itself may be held elsewhere and stays as it is."""
        if self._texts:
            last = self._items[-1]
            self._items[-1] = {**last, self._join: "".join((last[self._join], *self._texts))}
            self._texts = []


def beside(document: Mapping[str, Json], without: Container[str | int] = ()) -> dict[str, Json]:
    """
    Take what stands beside the piece that has come, to be read with it.

    At most 128 values are taken, the first, so that a stream that says something new with every piece is read
    in linear time; the whole is read at the end.

    Args:
        document: What has come so far.
        without: Keys that are not taken.
    """
    taken: dict[str, Json] = {}
    left = _MOST
    for key, value in document.items():
        if key in without:
            continue
        left -= _weight(value, left)
        if left <= 0:
            break
        taken[key] = value
    return taken


def _weight(value: Json, most: int) -> int:
    """Count the values in a value, itself included, up to a few more than `most`."""
    weight, below = 1, [value]
    while below and weight <= most:
        item = below.pop()
        if isinstance(item, dict | list):
            weight += len(item)
            below += (item.values() if isinstance(item, dict) else item) if weight <= most else ()
    return weight


def continues(last: Json, item: Json, join: str | None) -> bool:
    """Say whether an item continues the text of the last: both hold one, and differ in nothing else."""
    if not isinstance(last, dict) or not isinstance(item, dict) or last.keys() != item.keys():
        return False
    if not isinstance(last.get(join), str) or not isinstance(item[join], str):
        return False
    return all(last[key] == item[key] and type(last[key]) is type(item[key]) for key in last if key != join)
