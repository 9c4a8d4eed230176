"""
Sample requests, tried: what each target makes of each, by `encode_request` itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imagetx.catalog import Catalog
from imagetx.document import Json
from imagetx.errors import ImagetxError, Problem
from imagetx.notes import ADDITIONS, LOSSES, Note
from imagetx.reference.samples import Sample, samples, shown
from imagetx.spec import Provider
from imagetx.target import Target
from imagetx.translator import Registry

MOST_FAMILIES = 6
"""So many families of a dialect are tried; a dialect with fifty would hide all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """
    What came of a sample on a target.

    Attributes:
        native: The request, for reading; None where it is refused.
        said: What there is to say, a record a note or problem: `field`, `kind` (a note's, or `refused`), `used`,
            `reason`, and `says`, all of it in a line.
    """

    native: Json
    said: tuple[Mapping[str, Any], ...]

    @property
    def refused(self) -> bool:
        """Nothing can be sent."""
        return self.native is None

    @property
    def losses(self) -> int:
        """How many notes tell a loss."""
        return sum(one["kind"] in LOSSES for one in self.said)

    def about(self, field: str) -> list[Mapping[str, Any]]:
        """Return what is said of a field."""
        return [one for one in self.said if one["field"] == field]

    def to_json(self) -> dict[str, Json]:
        """Give it for the page."""
        return {
            "native": self.native,
            "said": [{"kind": one["kind"], "group": _group(one["kind"]), "says": one["says"]} for one in self.said],
            "losses": self.losses,
        }


def _group(kind: str) -> str:
    if kind == "refused":
        return kind
    return "loss" if kind in LOSSES else "addition" if kind in ADDITIONS else "advice"


def tried(registry: Registry, sample: Sample, target: Target) -> Tried:
    """Encode a sample for a target; variables of its URL are given as they are called."""
    try:
        out = registry.encode_request(sample.request, target)
    except ImagetxError as error:
        return Tried(native=None, said=tuple(_problem(each) for each in error.problems))
    return Tried(native=shown(out.value.to_json()), said=tuple(_note(note) for note in out.notes))


def _problem(each: Problem) -> dict[str, Json]:
    reason = each.message
    return {"field": _field(each.pointer), "kind": "refused", "used": None, "reason": reason, "says": str(each)}


def _note(note: Note) -> dict[str, Json]:
    said = {"used": shown(note.used), "reason": note.reason, "says": str(note)}
    return {"field": _field(note.pointer), "kind": note.kind, **said}


def _field(pointer: str) -> str:
    return pointer.removeprefix("/").partition("/")[0]


def target_of(catalog: Catalog, view: Provider, model: str, surface: str | None = None) -> Target:
    """Name a model as a target, every variable that its URLs need standing for itself."""
    family = catalog.model(view, model)[1]
    needed: set[str] = set()
    for name in view.families[family]["dialects"]:
        dialect = catalog.dialect(view.name, name, family)
        known = dialect.says["variables"]
        needed |= {hole for hole in dialect.request.endpoint.variables if not known.get(hole)}
    return Target(provider=view.name, model=model, surface=surface, variables={name: name for name in sorted(needed)})


def targets(catalog: Catalog) -> Iterator[tuple[str, Target]]:
    """Yield the targets that are tried, with their names: the first families of every dialect that is in use."""
    seen: set[str] = set()
    for view in catalog.providers.values():
        for name, dialect in view.dialects.items():
            for model in _tried_models(view, name):
                label = f"{view.name}/{model}"
                default = view.dialects[view.families[catalog.model(view, model)[1]]["dialects"][0]]["surface"]
                if dialect["surface"] != default:
                    label += f" ({dialect['surface']})"
                if label not in seen:
                    seen.add(label)
                    yield label, target_of(catalog, view, model, dialect["surface"])


def _tried_models(view: Provider, dialect: str) -> list[str]:
    """Name a model for each family of a dialect, active ones only where there are any."""
    rows = {row.family: row for row in reversed(list(view.models.values())) if row.status(row.verified) == "active"}
    own = [family for family, says in view.families.items() if dialect in says["dialects"]]
    active = [rows[family].id for family in own if family in rows]
    return active[:MOST_FAMILIES] or [view.representative(own[0]) or own[0]]


def _status(catalog: Catalog, target: Target) -> str:
    row = catalog.model(catalog.provider(target.provider), str(target.model))[0]
    return "active" if row is None else row.status(row.verified)


def trials(registry: Registry) -> dict[str, Json]:
    """
    Try every sample on the targets.

    Returns:
        `samples` as `{"name", "title", "request"}`, `targets` as `{"name", "status"}`, and `results`, by the name
        of the target and of the sample, as `Tried.to_json` gives them.
    """
    found = dict(targets(registry.catalog))
    return {
        "samples": [{"name": each.name, "title": each.title, "request": shown(each.request)} for each in samples()],
        "targets": [{"name": label, "status": _status(registry.catalog, target)} for label, target in found.items()],
        "results": {
            label: {each.name: tried(registry, each, target).to_json() for each in samples()}
            for label, target in found.items()
        },
    }
