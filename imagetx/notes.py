"""
What a translation changed, one note a change: losses, additions, advice (design.md, Notes).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from imagetx.errors import Json, bounded_repr, one_line, shorten
from imagetx.secret import masked

LOSSES: Final[frozenset[str]] = frozenset({"dropped", "approximated", "clamped", "emulated", "overruled"})
"""What you asked for is not what is sent."""

ADDITIONS: Final[frozenset[str]] = frozenset({"defaulted", "assumed"})
"""We sent what you did not say, or guessed what you meant."""

ADVICE: Final[frozenset[str]] = frozenset({"unverified", "deprecated", "retired"})
"""About the dialect or the model, not about the request."""

KINDS: Final[frozenset[str]] = LOSSES | ADDITIONS | ADVICE


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Note:
    """
    Say one thing that a translation changed.

    Attributes:
        pointer: JSON Pointer into the document that went in: the canonical one for encode,
            `/path /query /headers /body` for decode.
        kind: one of `KINDS`.
        given: what stood there, secrets masked; None when nothing did.
        used: what is sent or read instead, secrets masked; None when nothing is.
        reason: why, in words; "" when the kind says it all.
        source: the document that says so, when there is one.
    """

    pointer: str
    kind: str
    given: Json = field(default=None, hash=False)  # may be a list or an object
    used: Json = field(default=None, hash=False)
    reason: str = ""
    source: str | None = None

    def __post_init__(self) -> None:
        """Mask what is known for a secret in the values."""
        given, used = masked(self.given, self.pointer), masked(self.used, self.pointer)
        if given is not self.given or used is not self.used:
            object.__setattr__(self, "given", given)
            object.__setattr__(self, "used", used)

    def __str__(self) -> str:
        """Give one line: `approximated /size: "1536x1024" -> "3:2" (reason)`."""
        line = self.kind if self.pointer == "" else f"{self.kind} {one_line(self.pointer, 160)}"
        given = "" if self.given is None else f" {shorten(self.given)}"
        used = "" if self.used is None else f" -> {shorten(self.used)}"
        if given != "" or used != "":
            line += f":{given}{used}"
        return line if self.reason == "" else f"{line} ({one_line(self.reason)})"

    def __repr__(self) -> str:
        """Give at most 500 characters, data shortened."""
        names = ("pointer", "kind", "given", "used", "reason", "source")
        return bounded_repr("Note", ((name, getattr(self, name)) for name in names))

    def to_json(self) -> dict[str, Json]:
        """Give the note as a JSON object; all six keys are always there."""
        return {
            "pointer": self.pointer,
            "kind": self.kind,
            "given": self.given,
            "used": self.used,
            "reason": self.reason,
            "source": self.source,
        }
