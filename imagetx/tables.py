"""What the specs say, as documents: a dialect as a table of fields, a provider as a table of models."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from imagetx.catalog import Catalog
from imagetx.dialect import Dialect
from imagetx.document import Json, pointer_of
from imagetx.fate import fates
from imagetx.policy import Options
from imagetx.schemas import canonical_schemas
from imagetx.spec import Model
from imagetx.target import Target
from imagetx.variant import Variant


def explain_target(catalog: Catalog, target: Target, options: Options) -> dict[str, Json]:
    """Describe the dialect that a target means; see `imagetx.explain`."""
    view = catalog.provider(target.provider)
    model = catalog.model_of(target, options.as_of)
    resolved = catalog.resolve(target, model, target.operation, options.as_of)
    dialect = resolved.dialect
    row = resolved.row
    table = {
        "provider": dialect.provider,
        "dialect": dialect.name,
        "surface": dialect.surface,
        "family": dialect.family,
        "model": resolved.target.model,
        "operations": list(dialect.operations),
        "status": None if row is None else row.status(options.as_of or row.verified),
        "source": dialect.says["source"],
        "verified": dialect.verified if row is None else min(dialect.verified, row.verified),
        "request": [
            _request_variant(dialect, variant)
            for variant in dialect.request.choice.variants
            if variant.says.get("match") is not False  # one that the family has not
        ],
        "instead": list(view.families[dialect.family].get("instead", ())),
        "rules_among_fields": [_clause(says) for says in dialect.says["request"].get("when", ())],
        "response": [_answer_variant(variant) for variant in dialect.response.choice.variants],
        "error": [_answer_variant(variant) for variant in dialect.error.choice.variants],
        "event": _event(dialect),
        "notes": [note.to_json() for note in resolved.notes],
    }
    return deepcopy(table)  # the caller's own: what they change in it is not the spec


def _request_variant(dialect: Dialect, variant: Variant) -> dict[str, Json]:
    request = dialect.request
    limits = variant.says.get("limits", {})
    canonical = canonical_schemas()["request"]["properties"]
    lines = [line for rule in variant.record.rules for line in fates(rule, limits, canonical)]
    return {
        "name": variant.name,
        "when": variant.says.get("if", True),
        "method": request.method,
        "url": request.endpoint.template,
        "body": variant.kind,
        "timeout_s": request.timeout_s,
        "fields": lines,
        "inputs": variant.says.get("inputs"),
        "demanded": [{key: says[key] for key in ("at", "reason")} for says in variant.says.get("requires", ())],
        "native_only": sorted(variant.says.get("carries", ())),
    }


def _clause(says: Mapping[str, Any]) -> dict[str, Json]:
    return {key: value for key, value in says.items() if key != "if"} | {"if": says["if"]}


def _answer_variant(variant: Any) -> dict[str, Json]:
    return {
        "name": variant.name,
        "body": variant.kind,
        "fields": [
            {"field": [pointer_of(path) for path in rule.fields], "to": [pointer_of(path) for path in rule.owns]}
            for rule in variant.record.rules
        ],
    }


def _event(dialect: Dialect) -> dict[str, Json] | None:
    """Describe how what happens in a stream is said; None where nothing streams."""
    if dialect.event is None:
        return None
    says = {key: value for key, value in dialect.says["event"].items() if key not in ("rules", "variants")}
    if dialect.event.answers is None:
        return says
    return {**says, "events": [_answer_variant(variant) for variant in dialect.event.answers.choice.variants]}


def list_models(catalog: Catalog, provider: str) -> list[dict[str, Json]]:
    """List the rows of a provider's models table; see `imagetx.models`."""
    view = catalog.providers[provider]
    rows = {row.id: row for row in view.models.values()}
    return [_model(provider, row, view.families[row.family]["dialects"]) for row in rows.values()]


def _model(provider: str, row: Model, dialects: list[str]) -> dict[str, Json]:
    dates = {key: getattr(row, key) for key in ("released", "deprecated", "retired", "replacement", "wire")}
    return {
        "provider": provider,
        "id": row.id,
        "aliases": list(row.aliases),
        "family": row.family,
        "dialects": list(dialects),
        "status": row.status(row.verified),
        **{key: value for key, value in dates.items() if value is not None},
        "source": row.source,
        "verified": row.verified,
    }
