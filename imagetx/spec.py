"""
Specs: a typed view of a provider's JSON, with `extends` and families laid over their dialects.

Nothing downstream reads raw spec files. `flat` gives the one section that holds for a dialect
and a family of models; a field that the upper layer decides is no longer decided by the lower.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imagetx.document import parse_pattern
from imagetx.errors import Problem, SpecError

Section = dict[str, Any]
_UNIONS = ("headers", "words", "opaque", "ignores")
_CONDITIONS = ("if", "match", "array")
_LAYERED = ("request", "response", "event")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """
    A row of the models table.

    Attributes:
        id: As it goes on the wire.
        family: Name of the family it speaks as.
        wire: The id that is sent in its place, or None.
        released: ISO date, or None where the source gives none.
        deprecated: ISO date from which it is discouraged, or None.
        retired: ISO date from which calls fail, or None.
        replacement: What the provider names instead, or None.
        source: Document that says so.
        verified: ISO date on which it was read.
    """

    id: str
    family: str
    aliases: tuple[str, ...] = ()
    wire: str | None = None
    released: str | None = None
    deprecated: str | None = None
    retired: str | None = None
    replacement: str | None = None
    source: str
    verified: str
    why: str | None = None

    def status(self, as_of: str) -> str:
        """Return `active`, `deprecated` or `retired` on an ISO date."""
        if self.retired is not None and as_of >= self.retired:
            return "retired"
        if self.deprecated is not None and as_of >= self.deprecated:
            return "deprecated"
        return "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """
    A provider's files as data: its own section, dialects by name, models by id and alias.

    `routes` are, by dialect, the families that share an endpoint: their own URL, or None for the dialect's.
    `needed` are the names of which the presence decides where a request goes.
    """

    name: str
    says: Mapping[str, Any]
    dialects: Mapping[str, Section]
    models: Mapping[str, Model]
    normalise: tuple[tuple[re.Pattern[str], bool], ...]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    routes: Mapping[str, Mapping[str | None, list[str]]]
    needed: frozenset[str] = frozenset()
    strict: bool = True

    @property
    def families(self) -> Mapping[str, Section]:
        """The families by name."""
        families: Mapping[str, Section] = self.says["families"]
        return families

    def representative(self, family: str) -> str | None:
        """Return a model of a family, an active one if there is one."""
        rows = [row for row in self.models.values() if row.family == family]
        rows.sort(key=lambda row: row.status(row.verified) != "active")
        return rows[0].id if rows else None


def read_provider(document: Mapping[str, Any], *, strict: bool = True) -> Provider:
    """
    Build the view of `{"provider": ..., "dialects": {...}}`.

    Args:
        document: The files of a provider folder.
        strict: Every dialect must decide on every canonical field (built-in specs).

    Raises:
        SpecError: Two rows claim one id, or a row names no family.
    """
    says = document["provider"]
    defaults = {"source": says["source"], "verified": says["verified"]}
    models: dict[str, Model] = {}
    problems = []
    if says.get("fallback", next(iter(says["families"]))) not in says["families"]:
        message = f"expected a family of the provider, got {says['fallback']!r}"
        problems.append(Problem(pointer="/provider/fallback", message=message))
    for index, row in enumerate(says["models"]):
        model = Model(**{**defaults, **row, "aliases": tuple(row.get("aliases", ()))})
        if model.family not in says["families"]:
            message = f"expected a family of the provider, got {model.family!r}"
            problems.append(Problem(pointer=f"/provider/models/{index}/family", message=message))
        for name in (model.id, *model.aliases):
            if name in models:
                problems.append(Problem(pointer=f"/provider/models/{index}", message=f"two rows claim the id {name!r}"))
            models[name] = model
    if problems:
        raise SpecError(problems)
    return Provider(
        name=says["provider"],
        says=says,
        dialects=document["dialects"],
        models=models,
        normalise=tuple((parse_pattern(row["pattern"]), row.get("keep", False)) for row in says.get("normalise", ())),
        patterns=tuple(
            (parse_pattern(family["pattern"]), name) for name, family in says["families"].items() if "pattern" in family
        ),
        routes={name: _routes(says["families"], name) for name in document["dialects"]},
        needed=frozenset(name for family in says["families"].values() for name in _deciding(family)),
        strict=strict,
    )


def rows_added(view: Provider, rows: Mapping[str, Any]) -> Provider:
    """Return a provider with further rows in its models table, which stand after its own."""
    own = {**view.says, "models": [*view.says["models"], *({"id": key, **row} for key, row in rows.items())]}
    return read_provider({"provider": own, "dialects": view.dialects}, strict=view.strict)


def _deciding(family: Section) -> Iterator[str]:
    """Yield the names of which the presence decides where a request for a family goes."""
    for within in family.get("within", {}).values():
        yield from within.get("needs", ())
    for instead in family.get("instead", ()):
        yield instead["given"]


def _routes(families: Mapping[str, Section], dialect: str) -> dict[str | None, list[str]]:
    """Return the families that speak a dialect by the endpoint of their own, None being the dialect's."""
    routes: dict[str | None, list[str]] = {}
    for name, says in families.items():
        if dialect in says["dialects"]:
            own = [layer.get("request", {}).get("url") for layer in _layers(says, dialect)]
            routes.setdefault(next((url for url in reversed(own) if url is not None), None), []).append(name)
    return routes


def flat(providers: Mapping[str, Provider], provider: str, dialect: str, family: str) -> Section:
    """
    Return the one section that holds for a dialect and a family: all layers laid over each other.

    Raises:
        SpecError: `extends` names nothing.
    """
    view = providers[provider]
    own = view.dialects[dialect]
    section = overlay(_extended(providers, own, "dialects"), _without_extends(own))
    for says in (_extended(providers, view.families[family], "families"), view.families[family]):
        for layer in _layers(says, dialect):
            section = overlay(section, {key: layer[key] for key in _LAYERED if key in layer})
    section = overlay({"request": {"drop": view.says.get("drop", [])}}, section)
    if "operations" in view.families[family]:
        section["operations"] = view.families[family]["operations"]
    below = [view.dialects[key] for base, _, key in (name.partition("/") for name in _extends(own)) if base == provider]
    if not any("error" in layer for layer in (own, *below)) and "error" in view.says:
        section["error"] = view.says["error"]
    section["variables"] = {**view.says.get("variables", {}), **section.get("variables", {})}
    return section


def _layers(family: Mapping[str, Any], dialect: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what a family changes in all its dialects, and in one of them alone."""
    return family, family.get("within", {}).get(dialect, {})


def _without_extends(section: Mapping[str, Any]) -> Section:
    return {key: value for key, value in section.items() if key != "extends"}


def _extended(providers: Mapping[str, Provider], section: Mapping[str, Any], kind: str) -> Section:
    """Lay the sections that `extends` names over each other, in order; what those extend in turn is left out."""
    laid: Section = {}
    for name in _extends(section):
        provider, _, key = name.partition("/")
        try:
            view = providers[provider]
            layer = _without_extends((view.dialects if kind == "dialects" else view.families)[key])
        except KeyError as error:
            message = f"expected the name of one of the {kind}, got {name!r}"
            raise SpecError(Problem(pointer="/extends", message=message)) from error
        if kind == "dialects" and not laid:  # the first alone brings what its provider says of all its dialects
            laid = {"request": {"drop": view.says.get("drop", [])}}
            if "error" not in layer and "error" in view.says:
                laid["error"] = view.says["error"]
        laid = overlay(laid, layer)
    return laid


def _extends(section: Mapping[str, Any]) -> list[str]:
    """Return the names of the sections that one is laid over."""
    names = section.get("extends", [])
    return [names] if isinstance(names, str) else list(names)


def overlay(base: Mapping[str, Any], upper: Mapping[str, Any]) -> Section:
    """
    Lay one section over another.

    Rules are joined, without those of the base whose field or constant's place the upper layer
    decides; lists of fields are joined, as are clauses, the upper ones first; maps are merged;
    anything else is replaced.
    """
    claimed, places = decided(upper), _constants(upper.get("rules", ()))
    merged: Section = {}
    for key in [*base, *(key for key in upper if key not in base)]:
        below, above = base.get(key), upper.get(key)
        if key == "rules":
            kept = [rule for rule in below or () if not (_fields(rule) & claimed or _place(rule) in places)]
            merged[key] = [*kept, *(above or ())]
        elif key in ("drop", "refuse"):
            merged[key] = [*(name for name in below or () if name not in claimed), *(above or ())]
        elif key in ("fixed", "implies"):
            merged[key] = {k: v for k, v in (below or {}).items() if k not in claimed} | (above or {})
        elif key == "when":
            merged[key] = [*(above or ()), *(below or ())]
        elif key in _UNIONS and below is not None and above is not None:
            merged[key] = [*below, *above]
        elif isinstance(below, dict) and isinstance(above, dict) and key not in _CONDITIONS:
            merged[key] = overlay(below, above)
        else:
            merged[key] = below if above is None else above
    return merged


def decided(section: Mapping[str, Any]) -> set[str]:
    """Return the top-level canonical fields that a section decides on."""
    names = {*section.get("drop", ()), *section.get("refuse", ()), *section.get("fixed", {})}
    for rule in section.get("rules", ()):
        names |= _fields(rule)
    return names


def _fields(rule: Mapping[str, Any]) -> set[str]:
    source = rule.get("from", ())
    names = {source} if isinstance(source, str) else set(source)
    names = {"image" if name.startswith("/image/") else name for name in names}  # one by its position
    names |= {part["from"] for part in rule.get("parts", ())}
    return names


def _place(rule: Mapping[str, Any]) -> str | None:
    return str(rule["to"]) if "const" in rule else None


def _constants(rules: Iterable[Mapping[str, Any]]) -> set[str | None]:
    return {_place(rule) for rule in rules} - {None}
