"""What the specs say, as documents: a dialect as a table of fields, a provider as a table of models."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from imagetx.catalog import Catalog
from imagetx.dialect import Dialect
from imagetx.document import Json, pointer_of
from imagetx.limits import describe
from imagetx.policy import Options
from imagetx.record import Rule
from imagetx.spec import Model
from imagetx.target import Target
from imagetx.variant import Variant
from imagetx.via import compile_codec, is_joint, is_over_images


def explain_target(catalog: Catalog, target: Target, options: Options) -> dict[str, Json]:
    """Describe the dialect that a target means; see `imagetx.explain`."""
    view = catalog.provider(target.provider)
    model: Json = target.model
    if model is None:
        model = next(
            (row.id for row in view.models.values() if row.status(options.as_of or row.verified) == "active"),
            next(iter(view.families)),  # where no model is known, any name is one
        )
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
    lines = [line for rule in variant.record.rules for line in _lines(rule, limits)]
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


def _lines(rule: Rule, limits: Mapping[str, Any]) -> list[dict[str, Json]]:
    says = rule.says
    to = [pointer_of(path) for path in rule.owns]
    if not rule.fields:
        return [{"field": None, "to": to, "how": f"always {says['const']!r}", "exact": True}]
    how, exact = _how(says)
    lines = []
    for path in rule.fields:
        name = pointer_of(path).removeprefix("/")
        line: dict[str, Json] = {"field": name, "to": to, "how": how, "exact": exact}
        if says.get("required"):
            line["required"] = True
        if name in limits:
            line["limits"] = describe(limits[name])
        for silence in ("silent", "absent", "default"):
            if silence in says:
                line[silence] = says[silence]
        lines.append(line)
    return lines


def _how(says: Mapping[str, Any]) -> tuple[str, bool]:
    """Say in words how a rule says its field, and whether nothing can be lost."""
    for word in ("drop", "refuse"):
        if word in says:
            return ("dropped", False) if word == "drop" else ("refused", True)
    if "fixed" in says:
        return "fixed", False
    if "parts" in says or "each" in says:
        return "list", True
    if "infer" in says:
        return "inferred", False
    if "find" in says:
        return f"found in {says['find']}", False
    via = says.get("via", "same")
    if is_over_images(via):
        return _how_images(via), "mask" not in via or via.get("soft", False)  # edges that are soft are made hard
    if is_joint(via):
        name = via if isinstance(via, str) else next(iter(via))
        detail = via["frame"]["form"] if name == "frame" else ""
        return f"{name} {detail}".strip(), name != "frame"
    codec = compile_codec(via)
    table = via.get("enum") if isinstance(via, dict) else None
    return codec.name + ("" if not isinstance(table, dict) else ": " + _words_of(table)), codec.exact


def _words_of(table: Mapping[str, Json]) -> str:
    """Say what a table makes of each word, those that the dialect has no word for last."""
    said = [f"{word} = {native}" for word, native in table.items() if native is not None]
    none = [word for word, native in table.items() if native is None]
    return ", ".join(said) + (f"; no word for {', '.join(none)}" if none else "")


def _how_images(via: Mapping[str, Any]) -> str:
    """Say in words in which forms images or a mask are said, and what the mask means."""
    kind = next(word for word in ("image", "images", "mask") if word in via)
    entries = via[kind] if isinstance(via[kind], list) else [via[kind]]
    flat = [role for entry in entries for role in (entry if isinstance(entry, list) else [entry])]
    roles = [role if isinstance(role, str) else next(iter(role)) for role in flat]
    edits = f", {via['edits']} means edit" if "edits" in via else ""
    return f"{kind} as {', '.join(dict.fromkeys(roles))}{edits}{', soft edges too' if via.get('soft') else ''}"


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
