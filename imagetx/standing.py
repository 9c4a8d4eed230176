"""
Standing: what there is to say of a name on the way to its dialect: none such, retired, sent as another, never seen.
"""

from __future__ import annotations

import difflib

from imagetx.document import Json
from imagetx.errors import Problem, shorten
from imagetx.notes import Note
from imagetx.spec import Model


def in_place(asked: str, used: str, reason: str, source: str | None) -> Note:
    """Note that another model is used than was asked for."""
    return Note(pointer="/model", kind="approximated", given=asked, used=used, reason=reason, source=source)


def status_notes(row: Model, asked: str, as_of: str | None) -> list[Note]:
    """Note that a model is discouraged or gone on a date; None is the one on which its row was read."""
    status = row.status(as_of or row.verified)
    if status == "active":
        return []
    since = row.retired if status == "retired" else row.deprecated
    instead = "" if row.replacement is None else f"; the provider names {row.replacement} instead"
    reason = f"{status} since {since}{instead}"
    return [Note(pointer="/model", kind=status, given=asked, used=row.replacement, reason=reason, source=row.source)]


def unverified(model: Json) -> Note:
    """Note that nobody has seen this API."""
    return Note(pointer="/model", kind="unverified", given=model, reason="no public API was found")


def unknown(what: str, given: Json, known: list[str], pointer: str = "") -> Problem:
    """Say that a name is not known, and which are nearest."""
    near = difflib.get_close_matches(str(given)[:200], known, n=3, cutoff=0.3) or known[:3]
    message = f"expected a known {what}, got {shorten(given)}; nearest are {', '.join(near)}"
    return Problem(pointer=pointer, message=message, given=given)
