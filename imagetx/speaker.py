"""
Speakers: what the name of a model means at an endpoint, as which family its messages are read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from imagetx.catalog import Catalog, normalise
from imagetx.dialect import Dialect
from imagetx.document import pointer_of
from imagetx.errors import Problem, ResolveError, shorten
from imagetx.notes import Note
from imagetx.routes import Route
from imagetx.spec import Model

_MOST_KEPT: Final = 1024
_LONGEST_KEPT: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """
    What the name of a model means at an endpoint.

    Attributes:
        dialect: The endpoint's, as the family of the model speaks it.
        row: The row of the model, or None.
        asked: The name.
        bare: The name as decode says it where it stands so in the message.
        guessed: The name was guessed at: an opaque one is no identity of a model.
        meant: Then a model of the family, if one is known.
        notes: What was guessed.
    """

    dialect: Dialect
    row: Model | None
    asked: str | None
    bare: str | None
    guessed: bool
    meant: str | None
    notes: tuple[Note, ...]

    def model(self, wire: str | None) -> str | None:
        """Return the model id that decode says: what the target names, else what stands there."""
        return self.bare if self.asked == wire else self.asked


def speaker_of(catalog: Catalog, route: Route, asked: str | None) -> Spoken | ResolveError:
    """
    Find what the name of a model means at an endpoint; an unknown one is assumed.

    Returns:
        The error, not raised, where the model is known and has another endpoint.
    """
    key = (route.view.name, route.name, route.families[0], asked)
    found: Spoken | ResolveError | None = catalog.spoken.get(key)
    if found is None:
        found = _speaker(catalog, route, asked)
        if len(catalog.spoken) < _MOST_KEPT and (asked is None or len(asked) <= _LONGEST_KEPT):
            catalog.spoken[key] = found
    return found


def _speaker(catalog: Catalog, route: Route, asked: str | None) -> Spoken | ResolveError:
    read = _family_of(catalog, route, asked)
    if isinstance(read, ResolveError):
        return read
    view, (row, family, notes) = route.view, read
    if row is None and route.own:
        asked, notes = view.representative(family), []
    dialect = catalog.dialect(view.name, route.name, family)
    keep = row is None or asked is None or normalise(view, asked)[1]
    at = dialect.request.model_at
    pointer = "/model" if at is None else pointer_of(at)
    return Spoken(
        dialect=dialect,
        row=row,
        asked=asked,
        bare=asked if keep or row is None else row.id,
        guessed=bool(notes),
        meant=view.representative(family) if notes else None,
        notes=tuple(replace(note, pointer=pointer) for note in notes),
    )


def _family_of(
    catalog: Catalog, route: Route, asked: str | None
) -> tuple[Model | None, str, list[Note]] | ResolveError:
    """Find the family of a model among those that share an endpoint."""
    view, families = route.view, route.families
    if asked is None:
        return None, families[0], []
    try:
        row, family, _, notes = catalog.model(view, asked)
    except ResolveError:
        note = Note(pointer="/model", kind="assumed", given=asked, used=families[0], reason="not a known model id")
        return None, families[0], [note]
    if family in families:
        bare, _ = normalise(view, asked)
        fits = row is not None or any(pattern.fullmatch(bare) for pattern, _ in view.patterns)
        return row, family, [] if fits else notes  # an id of the family's own form is read as it stands
    if row is not None:
        message = f"expected a model of this endpoint, got {shorten(asked)}"
        return ResolveError(Problem(pointer="/model", message=message, given=asked))
    return None, families[0], notes
