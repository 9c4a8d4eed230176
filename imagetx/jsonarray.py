"""
The items of a JSON array, found while its bytes come in, and put together again.

Only brackets, strings and commas are looked for, each byte once; what an item holds is read later,
by somebody else.  What stands between the items is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from imagetx.errors import Problem, shorten

_SOLID: Final = re.compile(rb"[^ \t\r\n]")  # white space is that of RFC 8259 section 2
_SCALAR_END: Final = re.compile(rb'[ \t\r\n,\[\]{}"]')
_STRING: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+(["\\])?', re.DOTALL)  # a backslash last: it is cut there
_TOKEN: Final = re.compile(rb'"|[\[{]++|[\]}]++')
_QUOTE, _COMMA, _CLOSES = b'",]'


class ItemReader:
    """
    Read an array bit by bit: the same items wherever its bytes are cut.

    Args:
        max_item_bytes: the longest item.
    """

    __slots__ = ("_begun", "_depth", "_escaped", "_found", "_item", "_max", "_state")

    def __init__(self, max_item_bytes: int) -> None:
        self._max = max_item_bytes
        self._state: State | None = ItemReader._opening  # what is expected; None: it is over
        self._item = bytearray()  # what earlier chunks had of the item
        self._begun: int | None = None  # where in this chunk the item begins or goes on
        self._depth = 0  # brackets open in the item
        self._escaped = False  # the string is cut after a backslash
        self._found: list[bytes | Problem] = []

    def feed(self, chunk: bytes) -> list[bytes | Problem]:
        """
        Take the next bytes.

        Args:
            chunk: any number of bytes; the first of all is the bracket that opens the array.

        Returns:
            The items that are complete now, without white space around them; a Problem is the last
            thing that comes, what follows is ignored.
        """
        at = 0
        while at < len(chunk) and self._state is not None:
            at = self._state(self, chunk, at)
        if self._begun is not None and self._fits(len(chunk)):
            self._item += memoryview(chunk)[self._begun :]
            self._begun = 0
        return self._take()

    def close(self) -> list[bytes | Problem]:
        """
        Take the end.

        Returns:
            A Problem if the array is still open.
        """
        if self._state not in {None, ItemReader._closed}:
            self._refuse("the array to be closed", "the end of the body")
        self._state = None
        return self._take()

    def _take(self) -> list[bytes | Problem]:
        """Hand over what was found."""
        found, self._found = self._found, []
        return found

    def _opening(self, chunk: bytes, at: int) -> int:
        """Step over the bracket that tells an array."""
        self._state = ItemReader._first
        return at + 1

    def _first(self, chunk: bytes, at: int) -> int:
        """Expect an item, or the end of an empty array."""
        at = _skip(chunk, at)
        if at == len(chunk) or chunk[at] != _CLOSES:
            return self._next(chunk, at)
        self._state = ItemReader._closed
        return at + 1

    def _next(self, chunk: bytes, at: int) -> int:
        """Expect an item."""
        at = _skip(chunk, at)
        if at == len(chunk):
            return at
        if chunk[at] in b",]}":
            self._refuse("an item of the array", shorten(chr(chunk[at])))
            return at
        self._begun = at
        if chunk[at] in b"[{":
            self._state = ItemReader._inside
            return at
        self._state = ItemReader._string if chunk[at] == _QUOTE else ItemReader._scalar
        return at + 1

    def _inside(self, chunk: bytes, at: int) -> int:
        """Go on in an object or a list, to the bracket that closes it."""
        while (token := _TOKEN.search(chunk, at)) is not None:
            start, at = token.span()
            end = at
            if chunk[start] == _QUOTE:
                at, last = _string_end(chunk, at)
                if last != b'"':
                    return self._cut(chunk, last)
            elif chunk[start] in b"[{":
                self._depth += end - start
            elif end - start < self._depth:
                self._depth -= end - start
            else:
                start, self._depth = start + self._depth, 0
                return self._complete(chunk, start)
        return len(chunk)

    def _string(self, chunk: bytes, at: int) -> int:
        """Go on in a string."""
        end, last = _string_end(chunk, at + self._escaped)
        if last != b'"':
            return self._cut(chunk, last)
        self._escaped = False
        if self._depth == 0:
            return self._complete(chunk, end)
        self._state = ItemReader._inside
        return end

    def _cut(self, chunk: bytes, last: bytes | None) -> int:
        """Leave a string that goes on in the next chunk."""
        self._escaped = last is not None
        self._state = ItemReader._string
        return len(chunk)

    def _scalar(self, chunk: bytes, at: int) -> int:
        """Go on in a number or a literal, to what can be in none."""
        found = _SCALAR_END.search(chunk, at)
        return len(chunk) if found is None else self._complete(chunk, found.start())

    def _between(self, chunk: bytes, at: int) -> int:
        """Expect a comma or the end of the array."""
        at = _skip(chunk, at)
        if at < len(chunk):
            self._state = ItemReader._next if chunk[at] == _COMMA else ItemReader._closed
            if chunk[at] not in b",]":
                self._refuse("a comma or the end of the array", shorten(chr(chunk[at])))
        return at + 1

    def _closed(self, chunk: bytes, at: int) -> int:
        """Expect nothing more."""
        at = _skip(chunk, at)
        if at < len(chunk):
            self._refuse("nothing after the array", shorten(chr(chunk[at])))
        return at

    def _complete(self, chunk: bytes, end: int) -> int:
        """Give the item that ends here."""
        if self._fits(end):
            self._found.append(b"".join((self._item, memoryview(chunk)[self._begun : end])))
            self._item = bytearray()
            self._begun, self._state = None, ItemReader._between
        return end

    def _fits(self, end: int) -> bool:
        """Tell whether the item is short enough up to a place in this chunk; refuse it if it is not."""
        fits = len(self._item) + end - (self._begun or 0) <= self._max
        if not fits:
            self._refuse(f"an item of at most {self._max} bytes", "more")
        return fits

    def _refuse(self, expected: str, given: str) -> None:
        """Say what is wrong, and let go what is kept."""
        self._found.append(Problem(pointer="", message=f"expected {expected}, got {given}"))
        self._item = bytearray()
        self._begun = self._state = None


State: TypeAlias = Callable[[ItemReader, bytes, int], int]
"""Reads from a place in a chunk to the place that it gives; no bound method, which would be a cycle."""


class ItemWriter:
    """Write an array bit by bit, as `ItemReader` reads it."""

    __slots__ = ("_begun",)

    def __init__(self) -> None:
        self._begun = False

    def feed(self, item: bytes) -> bytes:
        """Write an item, which is one JSON text."""
        mark = b"," if self._begun else b"["
        self._begun = True
        return mark + item

    def close(self) -> bytes:
        """Write the end; an array without items is written whole."""
        return b"]" if self._begun else b"[]"


def _string_end(chunk: bytes, at: int) -> tuple[int, bytes | None]:
    """
    Find where a string ends that goes on at a place, and what ends it: a quote, a backslash, or None at the cut.

    An image has no backslash, and is passed over at the speed of memory.
    """
    quote = chunk.find(b'"', at)
    end = len(chunk) if quote < 0 else quote
    if chunk.find(b"\\", at, end) < 0:
        return (end, None) if quote < 0 else (quote + 1, b'"')
    found = _STRING.match(chunk, at)
    return (end, None) if found is None else (found.end(), found[1])  # None is for mypy: it matches nothing, too


def _skip(chunk: bytes, at: int) -> int:
    """Find what is no white space; the end of the chunk if there is nothing else."""
    found = _SOLID.search(chunk, at)
    return len(chunk) if found is None else found.start()
