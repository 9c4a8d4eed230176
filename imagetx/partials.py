"""
Streams whose every event is a part of the answer, and their answer: folded and unfolded.

A part has the form of the whole answer; one list grows from part to part, later values win
elsewhere. Law: folding what an answer was unfolded to gives the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from imagetx.document import ABSENT, Json, Path, copy, get, pop, put
from imagetx.growing import Growing, beside, continues


@dataclass(frozen=True, slots=True, kw_only=True)
class Partials:
    """
    How an answer comes in parts.

    Attributes:
        grows: The list of which each part has the next items.
        join: Member of an item that holds its text, which may come in pieces; or None.
        every: What each part repeats.
        last: What only the closing part has; the first of these tells it, and in it an item that is an empty
            text says nothing.
    """

    grows: Path
    join: str | None
    every: tuple[Path, ...]
    last: tuple[Path, ...]

    def fold(self) -> PartialFold:
        """Begin to fold parts."""
        return PartialFold(self)

    def unfold(self, document: Json, after: int | None = None) -> list[Json]:
        """
        Give the parts of an answer but for the closing one, an item each; what else it says is in the first.

        Args:
            document: The answer; not changed, and its texts are shared.
            after: How many items other answers had before this one, in the same stream; None if it is the first.
        """
        items = get(document, self.grows)
        first = copy(document)
        for path in self.last:
            pop(first, path)
        if not isinstance(items, list) or not items:
            return [first] if first else []
        pop(first, self.grows)
        parts = [first]
        for place, item in enumerate(items):
            if place > 0 and continues(items[place - 1], item, self.join):
                get(parts[-1], self.grows).append(item)  # alone it would be read as the other's continuation
                continue
            if place > 0:
                parts.append(self._repeated(document, self.every))
            put(parts[-1], self.grows, [item])
        return parts

    def length(self, document: Json) -> int:
        """Count the items of an answer."""
        items = get(document, self.grows)
        return len(items) if isinstance(items, list) else 0

    def ending(self, document: Json, *, broken: bool = False) -> list[Json]:
        """Give the closing part of an answer, if it has one; of a broken one, what does not say that it is whole."""
        last = self.last[1:] if broken else self.last
        part = self._repeated(document, last)
        beside = {path[:-1] for path in last if get(document, path) is not ABSENT}
        for path in self.every:
            value = get(document, path)
            if value is not ABSENT and path[:-1] in beside:
                put(part, path, value)
        return [part] if part else []

    def _repeated(self, document: Json, paths: tuple[Path, ...]) -> Json:
        part: dict[str, Json] = {}
        for path in paths:
            value = get(document, path)
            if value is not ABSENT:
                put(part, path, value)
        return part


class PartialFold:
    """
    An answer that comes in parts, as far as it has come; it holds references to the parts' texts.

    Args:
        form: How it comes.
    """

    __slots__ = ("_document", "_form", "_list")

    def __init__(self, form: Partials) -> None:
        self._form = form
        self._document: dict[str, Json] = {}
        self._list = Growing(form.join)

    @property
    def begun(self) -> bool:
        """Say whether the list has an item."""
        return len(self._list) > 0

    @property
    def over(self) -> bool:
        """Say whether nothing more can come: never, for usage may follow the part that closes the answer."""
        return False

    @property
    def ended(self) -> bool:
        """Say whether a closing part has come."""
        return get(self._document, self._form.last[0]) not in (ABSENT, None)

    def add(self, event: Json) -> Json:
        """
        Take a part, and return what is to be decoded of it alone: an answer that has the items of the part.

        Where it has none, there is nothing to decode: ABSENT.
        """
        closing = get(event, self._form.last[0]) not in (ABSENT, None)
        self._merge(self._document, event, (), {self._form.join: ""} if closing else ABSENT)
        if not isinstance(get(event, self._form.grows), list):
            return ABSENT
        heads = {path[0] for path in (self._form.grows, *self._form.last)}
        return beside(self._document, heads) | event

    def document(self) -> Json:
        """Return the answer as it is now."""
        items = self._list.items()
        if items:
            put(self._document, self._form.grows, items)
        return self._document

    def _merge(self, mine: Json, part: Json, at: Path, filler: Json) -> None:
        """Lay an object of a part over ours."""
        for key, value in part.items():
            path = (*at, key)
            if path == self._form.grows and isinstance(value, list):
                mine.setdefault(key, [])
                for place, item in enumerate(value):
                    if item != filler:
                        self._list.add(item, whole=place > 0)
            else:
                mine[key] = self._merged(mine.get(key), value, path, filler)

    def _merged(self, mine: Json, value: Json, path: Path, filler: Json) -> Json:
        """Return what stands at a place now: lists go item by item, and no object or list yields to a scalar."""
        if isinstance(value, dict) and not isinstance(mine, list):
            mine = mine if isinstance(mine, dict) else {}
            self._merge(mine, value, path, filler)
        elif isinstance(value, list) and not isinstance(mine, dict):
            mine = mine if isinstance(mine, list) else []
            for place, item in enumerate(value):
                below = mine[place] if place < len(mine) else None
                mine[place : place + 1] = [self._merged(below, item, (*path, place), filler)]
        elif not isinstance(mine, dict | list):
            mine = value
        return mine
