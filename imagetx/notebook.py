"""
Notebooks: what a stream could not say, each loss once; and the one count of tokens that many events come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from imagetx.document import Json
from imagetx.merge import added
from imagetx.notes import Note


class Notebook:
    """
    Notes of a stream.

    What holds of many events has one note, with what the first of them said: nobody knows how many events come.
    """

    __slots__ = ("_known",)

    def __init__(self, notes: Iterable[Note]) -> None:
        self._known: dict[tuple[str, str, str], Note] = {}
        self.add(notes)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes, in the order in which they came."""
        return tuple(self._known.values())

    def add(self, notes: Iterable[Note]) -> None:
        """Take notes that are new."""
        for note in notes:
            self._known.setdefault((note.pointer, note.kind, note.reason), note)

    def no_partials(self) -> None:
        """Note that an unfinished image is not sent."""
        reason = "the dialect streams no unfinished images"
        self.add([Note(pointer="/partial_image_index", kind="dropped", reason=reason)])

    def summed(self, said: Sequence[Mapping[str, Json]]) -> Json:
        """
        Add up the tokens of those events, or answers, that say them; None where none does.

        A count that one of them leaves out has no sum, and that is noted.
        """
        usage = [one["usage"] for one in said if "usage" in one]
        total = added(usage) if len(usage) > 1 else usage[0] if usage else None
        for part in usage:
            self.add(_unsummed(part, total, "/usage"))
        return total


def _unsummed(part: Json, total: Json, pointer: str) -> Iterator[Note]:
    """Yield a note for every count that is in no sum."""
    if isinstance(part, Mapping) and isinstance(total, Mapping):
        for name, count in part.items():
            yield from _unsummed(count, total.get(name), f"{pointer}/{name}")
    elif part is not None and total is None:
        yield Note(pointer=pointer, kind="dropped", given=part, reason="not every event says it, so there is no sum")
