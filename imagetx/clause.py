"""Clauses: the `when` of a spec, rules among canonical fields that hold before any field is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from imagetx.document import ABSENT, Json, equal
from imagetx.errors import Problem, RequestError
from imagetx.notes import Note
from imagetx.predicate import test_of
from imagetx.rule import Notes
from imagetx.spec import Section
from imagetx.words import SILENCE

_FOREVER = "9999-99-99"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """
    One `when` of a spec: (request, notes) -> request, where its condition and dates hold.

    `condition` is what `test` was compiled from.
    """

    condition: Json
    test: Callable[[Json], bool]
    since: str
    until: str
    apply: Callable[[dict[str, Json], Notes], dict[str, Json]]


def is_sayable(says: Mapping[str, Any], section: Section) -> bool:
    """A clause that would set a field which this dialect does not say has no use here."""
    unsaid = {*section.get("drop", ()), *section.get("fixed", {})}
    sets = {name: value for key in ("replace", "default") for name, value in says.get(key, {}).items()}
    return not any(name in unsaid for name, value in sets.items() if value is not None)


def compile_clause(says: Mapping[str, Any]) -> Clause:
    """Compile one clause."""
    reason, source = says["reason"], says.get("source")

    def note(request: Mapping[str, Json], name: str, kind: str, used: Json) -> Note:
        return Note(pointer=f"/{name}", kind=kind, given=request.get(name), used=used, reason=reason, source=source)

    def apply(request: dict[str, Json], notes: Notes) -> dict[str, Json]:
        changed = dict(request)
        refused = [name for name in says.get("refuse", ()) if request.get(name) is not None]
        if refused:
            raise RequestError(
                [
                    Problem(pointer=f"/{name}", message=f"expected another {name}: {reason}", source=source)
                    for name in refused
                ]
            )
        for name, value in says.get("default", {}).items():
            if request.get(name) is None:
                changed[name] = value
                notes.append(note(request, name, "defaulted", value))
        for name, value in says.get("replace", {}).items():
            if value is None:
                changed.pop(name, None)
            else:
                changed[name] = value
            notes.append(note(request, name, "defaulted" if request.get(name) is None else "approximated", value))
        for name in says.get("drop", ()):
            gone = changed.get(name)
            if gone is not None and not equal(gone, SILENCE.get(name, ABSENT)):  # silence may stand as it is
                del changed[name]
                notes.append(note(request, name, "emulated" if name == "stream" else "dropped", None))
        return changed

    return Clause(
        condition=says["if"],
        test=test_of(says["if"]),
        since=says.get("since", ""),
        until=says.get("until", _FOREVER),
        apply=apply,
    )
