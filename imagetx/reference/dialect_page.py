"""
The page of a dialect, as a document: its fields, their inverse, forms, sizes, families and answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from imagetx.catalog import Catalog
from imagetx.document import Json
from imagetx.reference.answer_page import errors_of, responses_of, stream_of
from imagetx.reference.conditions import condition, consequence
from imagetx.reference.field_lines import Table, field_rows
from imagetx.reference.wording import geometry, inputs, literal
from imagetx.spec import Provider
from imagetx.tables import explain_dialect, list_models

_STATUSES = ("active", "deprecated", "retired")


def dialect_page(catalog: Catalog, view: Provider, name: str) -> dict[str, Json]:
    """
    Describe a dialect for every family that speaks it.

    Args:
        catalog: The providers.
        view: The dialect's provider.
        name: The dialect.

    Returns:
        A document of plain JSON, the same at every call.
    """
    models = [row for row in list_models(catalog, view.name) if name in row["dialects"]]
    names = _families(view, name, models)
    compiled = {family: catalog.dialect(view.name, name, family) for family in names}
    tables = {family: explain_dialect(dialect) for family, dialect in compiled.items()}
    first = compiled[names[0]]
    return {
        "id": f"{view.name}/{name}",
        "slug": f"{view.name}-{name}",
        "provider": view.name,
        "title": view.says.get("title", view.name),
        "dialect": name,
        "surface": first.surface,
        "operations": _operations(dialect.operations for dialect in compiled.values()),
        "status": status_of(models),
        "unverified": first.unverified,
        "source": first.says["source"],
        "verified": first.verified,
        "families": [_family(view, family, models, compiled[family].operations) for family in names],
        "forms": _forms(tables),
        "fields": field_rows(tables),
        "inverse": _inverse(tables),
        "rules": _rules(tables),
        "instead": [_instead(family, says) for family in names for says in view.families[family].get("instead", ())],
        "sizes": _sizes(tables),
        "responses": responses_of(first),
        "errors": errors_of(first),
        "stream": stream_of(first),
    }


def status_of(models: Iterable[Mapping[str, Any]]) -> str:
    """Return the best status of some models; `active` where no model is listed and any name is one."""
    return min((row["status"] for row in models), key=_STATUSES.index, default="active")


def _families(view: Provider, name: str, models: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the families of a dialect, those with active models first, then in the order of the spec."""
    own = [family for family, says in view.families.items() if name in says["dialects"]]
    return sorted(own, key=lambda family: _STATUSES.index(_status(family, models)))


def _status(family: str, models: Iterable[Mapping[str, Any]]) -> str:
    own = [row for row in models if row["family"] == family]
    return status_of(own) if own else "deprecated"  # a family that only a pattern names stands behind listed ones


def _operations(each: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(operation for operations in each for operation in operations))


def _family(
    view: Provider, family: str, models: Iterable[Mapping[str, Any]], operations: Iterable[str]
) -> dict[str, Json]:
    says = view.families[family]
    return {
        "family": family,
        "operations": list(operations),
        "models": [{"id": row["id"], "status": row["status"]} for row in models if row["family"] == family],
        "pattern": says.get("pattern"),
        "fallback": view.says.get("fallback") == family,
        "source": says.get("source"),
    }


def _groups(tables: Mapping[str, Table], tell: Any) -> list[tuple[Any, list[str]]]:
    """Group what every family says by what it is, in the order of the families; no families are all."""
    groups: list[tuple[Any, list[str]]] = []
    for family, table in tables.items():
        for said in tell(table):
            own = next((families for value, families in groups if value == said), None)
            if own is None:
                groups.append((said, [family]))
            elif family not in own:
                own.append(family)
    return [(said, [] if len(families) == len(tables) else families) for said, families in groups]


def _forms(tables: Mapping[str, Table]) -> list[dict[str, Json]]:
    """Describe the forms of a request: when each is used, where it goes, what its images must be."""

    def tell(table: Table) -> list[dict[str, Json]]:
        return [
            {
                "name": form["name"],
                "when": condition(form["when"]),
                **{key: form[key] for key in ("method", "url", "body", "timeout_s")},
                "inputs": inputs(form["inputs"] or {}),
                "demanded": [{"at": says["at"], "reason": says["reason"]} for says in form["demanded"]],
            }
            for form in table["request"]
        ]

    return [{**said, "families": families} for said, families in _groups(tables, tell)]


def _inverse(tables: Mapping[str, Table]) -> list[dict[str, Json]]:
    """Tell what stands at every native place: a field, a constant, or what is carried as it is."""

    def tell(table: Table) -> list[tuple[str, str, str]]:
        lines = [line for form in table["request"] for line in form["fields"]]
        said = [(place, *_holds(line)) for line in lines for place in line["to"]]
        carried = [(place, "carried", "") for form in table["request"] for place in form["native_only"]]
        return list(dict.fromkeys([*said, *carried]))

    places: dict[str, list[Json]] = {}
    for (place, kind, what), families in _groups(tables, tell):
        places.setdefault(place, []).append({"kind": kind, "what": what, "families": families})
    return [{"native": place, "holds": places[place]} for place in sorted(places)]


def _holds(line: Mapping[str, Any]) -> tuple[str, str]:
    field = line["field"]
    return ("const", literal(line["value"])) if field is None else ("field", str(field).partition("/")[0])


def _rules(tables: Mapping[str, Table]) -> list[dict[str, Json]]:
    """Word the rules among fields."""

    def tell(table: Table) -> list[dict[str, Json]]:
        return [
            {
                "when": condition(clause["if"]),
                "then": consequence(clause),
                **{key: clause[key] for key in ("reason", "source", "since", "until") if key in clause},
            }
            for clause in table["rules_among_fields"]
        ]

    return [{**said, "families": families} for said, families in _groups(tables, tell)]


def _sizes(tables: Mapping[str, Table]) -> list[dict[str, Json]]:
    """List the geometries that there are."""

    def tell(table: Table) -> list[Json]:
        lines = [line for form in table["request"] for line in form["fields"]]
        return [line["geometry"] for line in lines if "geometry" in line]

    return [
        {"geometry": frame, "says": geometry(frame), "families": families} for frame, families in _groups(tables, tell)
    ]


def _instead(family: str, says: Mapping[str, Any]) -> dict[str, Json]:
    return {"family": family, **{key: says[key] for key in ("given", "model", "reason", "source") if key in says}}
