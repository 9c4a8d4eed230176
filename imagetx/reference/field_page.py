"""
The page of a canonical field, and the matrix of all fields: the dialects' documents, turned round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imagetx.describe import describe
from imagetx.document import Json
from imagetx.schemas import canonical_schemas
from imagetx.words import PREFERENCES, REQUEST_FIELDS, SILENCE, WORDS

Page = Mapping[str, Any]
_TAKEN = ("exact", "said")


def field_pages(dialects: Sequence[Page]) -> list[dict[str, Json]]:
    """
    Describe every canonical field: what it means, and what every dialect does with it.

    Args:
        dialects: The dialects' pages.

    Returns:
        A document a field, in the order of `words.REQUEST_FIELDS`.
    """
    schemas = canonical_schemas()["request"]["properties"]
    return [_field(name, place, schemas[name], dialects) for place, name in enumerate(REQUEST_FIELDS)]


def _field(name: str, place: int, schema: Mapping[str, Any], dialects: Sequence[Page]) -> dict[str, Json]:
    rows = [_in_dialect(page, page["fields"][place]) for page in dialects]
    return {
        "field": name,
        "description": schema.get("description", ""),
        "type": _type(schema),
        "words": list(WORDS.get(name, ())),
        **({"silence": SILENCE[name]} if name in SILENCE else {}),
        "preference": name in PREFERENCES,
        "dialects": rows,
        "taken": _taken(rows),
    }


def _type(schema: Mapping[str, Any]) -> str:
    """Say what values a field has; null, which says nothing, is left out."""
    if "x-noun" in schema:
        return str(schema["x-noun"])
    kinds = schema.get("type")
    if not isinstance(kinds, list):
        return ""
    plain = {**schema, "type": [kind for kind in kinds if kind != "null"]}
    if "enum" in plain:
        plain["enum"] = [value for value in plain["enum"] if value is not None]
    return describe({key: value for key, value in plain.items() if key != "description"})


def _in_dialect(page: Page, row: Mapping[str, Any]) -> dict[str, Json]:
    """Tell what a dialect does with a field, and which models a group of families has."""
    models = {each["family"]: each["models"] for each in page["families"]}
    groups = [
        {**group, "models": [model for family in group["families"] for model in models[family]]}
        for group in row["groups"]
    ]
    kept = ("id", "slug", "provider", "title", "dialect", "surface", "operations", "status", "unverified")
    return {**{key: page[key] for key in kept}, "state": row["state"], "varies": row["varies"], "groups": groups}


def _taken(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Json]]:
    """Name the active models that some dialect says the field to, and count those that there are, by provider."""
    providers: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for row in rows:
        take, there = providers.setdefault(row["provider"], ({}, {}))
        for group in row["groups"]:
            active = [model["id"] for model in group["models"] if model["status"] == "active"]
            there.update(dict.fromkeys(active))
            if group["state"] in _TAKEN:
                take.update(dict.fromkeys(active))
    return [
        {"provider": name, "models": [model for model in there if model in take], "of": len(there)}
        for name, (take, there) in providers.items()
    ]


def matrix(dialects: Iterable[Page]) -> dict[str, Json]:
    """
    Lay all fields over all dialects.

    Returns:
        `{"fields": [...], "rows": [{"id", "slug", ..., "cells": [{"state", "varies", "native", "rule"}]}]}`, the
        cells in the order of the fields.
    """
    kept = ("id", "slug", "provider", "title", "dialect", "surface", "operations", "status", "unverified")
    rows = [{**{key: page[key] for key in kept}, "cells": [_cell(row) for row in page["fields"]]} for page in dialects]
    return {"fields": list(REQUEST_FIELDS), "rows": rows}


def _cell(row: Mapping[str, Any]) -> dict[str, Json]:
    """Sum up a field of a dialect by the first of its groups that does best."""
    group = next(group for group in row["groups"] if group["state"] == row["state"])
    lines = [line for line in group["lines"] if line["becomes"] == "said"] or group["lines"]
    return {
        "state": row["state"],
        "varies": row["varies"],
        "native": list(dict.fromkeys(place for line in lines for place in line["native"])),
        "rule": lines[0]["rule"] if lines else "",
    }
