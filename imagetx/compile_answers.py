"""
The compiler of answers: the responses and errors of a flat spec become choices of closures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from imagetx.classify import ErrorTable, classify
from imagetx.dialect import Answers
from imagetx.document import Json, parse_pattern
from imagetx.lines import Lines, checked_record
from imagetx.predicate import test_of
from imagetx.spec import Section, overlay
from imagetx.variant import Choice, Variant

_LONGEST_MESSAGE = 500
_FAILED = {"minimum": 300}
_ANY = {"properties": {"status": _FAILED}}
_WORDS = {"type": "string", "maxLength": _LONGEST_MESSAGE, "not": {"pattern": r"\s*<[\s\S]*"}}  # and no HTML
_SAID = {"properties": {"status": _FAILED, "body": _WORDS}}


def with_page(section: Mapping[str, Any]) -> Section:
    """
    Add the last variant of every error: a body that is none of the provider's own.

    What an HTML page, plain text, foreign JSON or nothing means is said by the status alone,
    which is HTTP's knowledge and the same for every provider. Where the provider's own variants
    keep the status (OpenAI-shaped), so do these.
    """
    variants = section.get("variants", {})
    kept = [rule for variant in variants.values() for rule in variant.get("rules", ()) if rule.get("from") == "status"]
    message = {"from": "/error/message", "to": "/body", "required": True}
    text = {"if": False, "body": "text", "match": _SAID, "rules": [*kept[:1], message]}
    string = {**text, "body": "json"}
    page = {"if": False, "body": "any", "match": _ANY, "rules": kept[:1]}
    html = {**page, "body": "text"}
    if not kept:
        for variant in (text, html, string, page):
            variant["classify"] = {"writes": {"/status": "status"}}
    return {**section, "variants": {**variants, "@text": text, "@html": html, "@string": string, "@page": page}}


def compile_answers(
    section: Mapping[str, Any], provider: str, table: ErrorTable | None, schema: Json, lines: Lines
) -> Answers:
    """
    Compile the responses or the errors of a dialect.

    Args:
        section: `response` or `error` of a flat spec.
        provider: Whose provider_metadata holds what has no canonical name.
        table: The error table, for errors.
        schema: JSON Schema of the canonical document.
        lines: Rules that are known.

    Raises:
        SpecError: A rule cannot be compiled, or two write one place.
    """
    aside = ("variants", "classify", "params", "source", "redact")
    shared = {key: value for key, value in section.items() if key not in aside}
    made = []
    for label, own in section.get("variants", {"": {}}).items():
        whole = overlay(shared, own)
        # what a provider sent stands as it came; where the answer says otherwise, reading it back shows it
        rules = [lines.rule(rule, provider, schema, yields=True) for rule in whole.get("rules", ())]
        if table is not None:
            rules.append(classify(whole.get("classify", {}), table))
        record = checked_record(rules)
        made.append(
            Variant(
                name=label,
                when=test_of("pending" not in whole and whole.get("if", True)),
                match=test_of(whole.get("match", True)),
                kind=whole.get("body", "json"),
                record=record,
                says=whole,
            )
        )
    rules = [rule for variant in made for rule in variant.record.rules]
    mapped = {str(path[1]) for rule in rules for path in rule.owns if path[0] == "headers"}
    mapped |= {
        pointer.removeprefix("/headers/")
        for variant in made
        for key in ("code", "type")
        for pointer in variant.says.get("classify", {}).get(key, ())
        if pointer.startswith("/headers/")
    }
    keeps = _keeper([*mapped, *section.get("headers", ())])
    return Answers(
        choice=Choice(variants=tuple(made)), polls={}, keeps=keeps, redact=_redactor(section.get("redact", ()))
    )


def _redactor(patterns: Sequence[str]) -> Callable[[str], str]:
    if not patterns:
        return str
    pattern = parse_pattern("|".join(f"(?:{text})" for text in patterns), search=True)
    return lambda message: pattern.sub("[redacted]", message)


def _keeper(names: Sequence[str]) -> Callable[[str], bool]:
    pattern = re.compile("|".join(re.escape(name).replace(r"\*", ".*") for name in names) or r"(?!)")
    return lambda name: pattern.fullmatch(name) is not None
