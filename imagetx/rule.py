"""
Rule: one line of a spec, compiled, and the fault of a native document that is not of its form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from imagetx.document import ABSENT, Json, Path, get, pointer_of
from imagetx.errors import Problem, shorten
from imagetx.notes import Note

Notes = list[Note]


class Mismatch(Exception):
    """
    A native document is not of this record; `problem` says what was expected, what came and where.

    It is put into words only when asked: most forms that do not fit are tried and left.

    Args:
        path: Where.
        expected: What; in words, or what gives the words.
        given: What came.
    """

    def __init__(self, path: Path, expected: str | Callable[[], str], given: Json) -> None:
        super().__init__(path, expected, given)
        self._fault = path, expected, given

    def __str__(self) -> str:
        return str(self.problem)

    @property
    def problem(self) -> Problem:
        """The problem that this is."""
        path, words, given = self._fault
        expected = words if isinstance(words, str) else words()
        got, shown = ("nothing", None) if given is ABSENT else (shorten(given), given)
        message = f"expected {expected}, got {got}"
        return Problem(pointer=pointer_of(path), message=message, given=shown, expected=expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One line of a spec, compiled.

    Attributes:
        fields: Canonical paths it reads and writes.
        owns: Native paths that it alone writes.
        encode: (canonical, native, notes): writes native values, appends notes.
        decode: (native, rest, canonical): reads `native`, takes what it can say out of `rest`.
        always: It has something to write or to note although none of its fields is given.
        unasked: As encode, for canonical documents in which none of its fields stands; None is encode itself.
        idle: It has nothing to read where nothing stands at its places.
        pinned: It writes a discriminating constant, which nothing may override.
        fits: (native): raises Mismatch where the discriminating constant is not there; asked before all rules.
        yields: What is carried at its places always wins: it writes what we would say by ourselves.
        weave: (canonical, skeleton) -> list, for lists whose foreign items are carried.
        says: The rule's own line of the spec, for `explain`.
    """

    fields: tuple[Path, ...]
    owns: tuple[Path, ...]
    encode: Callable[[Json, Json, Notes], None]
    decode: Callable[[Json, Json, Json], None]
    always: bool = False
    unasked: Callable[[Json, Json, Notes], None] | None = None
    idle: bool = False
    pinned: bool = False
    fits: Callable[[Json], None] | None = None
    yields: bool = False
    weave: Callable[[Json, Json], Json] | None = None
    says: Mapping[str, Any]

    def __repr__(self) -> str:
        fields = " ".join(map(pointer_of, self.fields)) or "-"
        return f"<Rule {fields} -> {' '.join(map(pointer_of, self.owns)) or '-'}>"

    def given(self, canonical: Json) -> bool:
        """Say whether the caller gave one of its fields."""
        return any(get(canonical, path) not in (ABSENT, None) for path in self.fields)
