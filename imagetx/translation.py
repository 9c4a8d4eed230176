"""The result of every translation: a value with everything that was changed on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from imagetx.errors import bounded_repr
from imagetx.notes import LOSSES, Note
from imagetx.target import Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Translation(Generic[T]):
    """
    Hold a translated value and its notes.

    Attributes:
        value: The document or message.
        notes: What was changed, in order; empty if nothing was.
        target: Who it is for or from, with what was found in a URL.
        dialect: `provider/dialect`.
        model: The model's id, or None where nothing names it.
        verified: ISO date on which the facts used were read.
    """

    value: T
    notes: tuple[Note, ...] = ()
    target: Target
    dialect: str
    model: str | None
    verified: str

    @property
    def lossless(self) -> bool:
        """Say whether nothing that was asked is missing or different: no note is a loss."""
        return not any(note.kind in LOSSES for note in self.notes)

    def __repr__(self) -> str:
        """Give at most 500 characters."""
        names = ("value", "notes", "target", "dialect", "model", "verified")
        return bounded_repr("Translation", ((name, getattr(self, name)) for name in names))
