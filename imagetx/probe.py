"""
Probes: what a compiled dialect does with one field of a request.

A probe goes the way of an encode, check, clauses, form, rules, but runs the rules of one field only: each native
place has one writer (style.md section 5), so the others change nothing in the answer. No message is made, and no
image is looked at: of images and masks the line of the form says what becomes of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, get
from imagetx.errors import Problem, RequestError
from imagetx.fate import becomes
from imagetx.notes import LOSSES, Note
from imagetx.rule import Rule
from imagetx.variant import Variant

_PICTURES = frozenset({"image", "mask"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What became of one field.

    Attributes:
        variant: The form of the request; None where there was none.
        wrote: Something stands natively for it.
        notes: Those on it.
        refused: There is a problem at it.
    """

    variant: Variant | None = None
    wrote: bool = False
    notes: tuple[Note, ...] = ()
    refused: bool = False

    @property
    def lost(self) -> bool:
        """Say whether it is refused or dropped; a request that is refused for something else tells nothing."""
        return self.refused or (self.variant is not None and not self.arrives)

    @property
    def arrives(self) -> bool:
        """Say whether it is not refused, not dropped, and no word that only goes along."""
        if self.variant is None or self.refused:
            return False
        return not any(note.kind in ("dropped", "emulated", "assumed") for note in self.notes)

    @property
    def exact(self) -> bool:
        """Say whether it arrives as it was given."""
        return self.arrives and not any(note.kind in LOSSES for note in self.notes)


def probe(dialect: Dialect, request: Mapping[str, Json], name: str, as_of: str) -> Outcome:
    """
    Ask a dialect what becomes of one field of a request.

    Args:
        dialect: Whom to ask.
        request: A canonical request with its operation; images and masks as sources.
        name: The field.
        as_of: ISO date on which clauses are judged.

    Returns:
        The outcome; it never raises.
    """
    problems: list[Problem] = []
    notes: list[Note] = []
    fields = dict(request)
    dialect.check(fields, problems, notes)
    if problems:
        return Outcome(refused=any(_is_at(problem.pointer, name) for problem in problems))
    try:
        fields, variant = dialect.form(fields, ABSENT, as_of, notes)
    except RequestError as error:
        return Outcome(refused=any(_is_at(problem.pointer, name) for problem in error.problems))
    try:
        wrote, refused = _run(variant.record.rules_of.get(name, []), fields, name, notes)
    except RequestError as error:  # what is refused for another field tells nothing of this one
        return Outcome(refused=any(_is_at(problem.pointer, name) for problem in error.problems))
    own = tuple(note for note in notes if _is_at(note.pointer, name))
    return Outcome(variant=variant, wrote=wrote, notes=own, refused=refused)


def _run(rules: list[Rule], fields: dict[str, Json], name: str, notes: list[Note]) -> tuple[bool, bool]:
    """
    Run rules of one field; say whether something was written for it, and whether it was refused.

    Raises:
        RequestError: A value cannot be said.
    """
    if fields.get(name) is None:
        return False, False
    if name in _PICTURES:
        fates = {becomes(rule.says) for rule in rules}
        return "said" in fates, "said" not in fates
    plain = {key: value for key, value in fields.items() if key not in _PICTURES}
    native: dict[str, Json] = {"path": {}, "query": {}, "headers": {}, "body": {}}
    for rule in rules:
        rule.encode(plain, native, notes)
    return any(get(native, path) not in (ABSENT, None) for rule in rules for path in rule.owns), False


def _is_at(pointer: str, name: str) -> bool:
    return pointer == f"/{name}" or pointer.startswith(f"/{name}/")
