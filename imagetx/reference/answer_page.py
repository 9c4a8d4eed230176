"""
What a dialect answers, as documents: forms of responses, the error table, what a stream is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imagetx.dialect import Dialect
from imagetx.document import Json, pointer_of
from imagetx.reference.conditions import condition
from imagetx.variant import Variant
from imagetx.words import CATEGORIES, category_of_status

STATUSES: Final = (400, 401, 402, 403, 404, 408, 409, 413, 415, 422, 424, 429, 500, 502, 503, 504, 529)
"""Statuses of which the general meaning is shown."""

_FACTS: Final = ("status", "code", "type", "param")


def responses_of(dialect: Dialect) -> list[dict[str, Json]]:
    """Describe the forms of a response, in the order in which they are tried."""
    return [_response(dialect, variant) for variant in dialect.response.choice.variants]


def _response(dialect: Dialect, variant: Variant) -> dict[str, Json]:
    pending = variant.says.get("pending")
    outcomes = [str(rule.says["infer"]) for rule in variant.record.rules if rule.fields == (("outcome",),)]
    return {
        "name": variant.name,
        "body": variant.kind,
        "match": condition(variant.says.get("match", True)),
        "outcome": "pending" if pending is not None else (outcomes[0] if outcomes else "complete"),
        "poll": None if pending is None else _poll(pending),
        "says": [_said(rule) for rule in variant.record.rules if rule.fields],
    }


def _said(rule: Any) -> dict[str, Json]:
    return {
        "canonical": [pointer_of(path) for path in rule.fields],
        "native": [pointer_of(path) for path in rule.owns],
        **({"value": rule.says["infer"]} if "infer" in rule.says else {}),
        **({"at": rule.says["find"]} if "find" in rule.says else {}),
    }


def _poll(pending: Mapping[str, Any]) -> dict[str, Json]:
    kept = ("method", "url", "after_s", "attempts", "deadline_s", "then", "why", "source")
    return {key: pending[key] for key in kept if key in pending}


def errors_of(dialect: Dialect) -> dict[str, Json]:
    """Describe the error table and the forms of an error."""
    says = dialect.says["error"]
    forms = dialect.error.choice.variants
    return {
        "source": says.get("source"),
        "rows": [_row(row) for row in says.get("classify", ())],
        "keeps_status": any(("status",) in rule.fields for variant in forms for rule in variant.record.rules),
        "forms": [_form(variant) for variant in forms if not variant.name.startswith("@")],
    }


def _row(row: Mapping[str, Any]) -> dict[str, Json]:
    """Tell what one row reads and what it means."""
    when = {name: row[name] if isinstance(row[name], list) else [row[name]] for name in _FACTS if name in row}
    meant = CATEGORIES[row["category"]]
    return {
        "when": when,
        "message": row.get("message"),
        "category": row["category"],
        "status": meant.status,
        "type": meant.type,
        "code": row.get("as", meant.code),
        "retryable": meant.retryable,
        "why": row.get("why"),
    }


def _form(variant: Variant) -> dict[str, Json]:
    table = variant.says.get("classify", {})
    return {
        "name": variant.name,
        "match": condition(variant.says.get("match", True)),
        "category": table.get("category"),
        "code": table.get("as"),
        "reads": {name: list(table[name]) for name in ("code", "type") if name in table},
        "says": [_said(rule) for rule in variant.record.rules if rule.fields and rule.owns],
    }


def stream_of(dialect: Dialect) -> dict[str, Json] | None:
    """Describe what a stream is made of; None where nothing streams."""
    if dialect.event is None:
        return None
    says = dialect.says["event"]
    answers = dialect.event.answers
    return {
        "source": says.get("source"),
        "pieces": dialect.event.pieces is not None,
        "events": [] if answers is None else [_event(variant) for variant in answers.choice.variants],
    }


def _event(variant: Variant) -> dict[str, Json]:
    return {
        "name": variant.name,
        "match": condition(variant.says.get("match", True)),
        "says": [_said(rule) for rule in variant.record.rules if rule.fields],
    }


def categories() -> list[dict[str, Json]]:
    """List the categories of errors and how each is sent in OpenAI's shape."""
    return [
        {
            "category": name,
            "status": meant.status,
            "type": meant.type,
            "code": meant.code,
            "retryable": meant.retryable,
            "statuses": [status for status in STATUSES if category_of_status(status) == name],
        }
        for name, meant in CATEGORIES.items()
    ]
