"""
The compiler: a flat spec becomes a Dialect of closures, checked as it is built.

Checked here, not when called: every native place has one writer and none is the prefix of
another's; every canonical field is mapped, dropped, refused or fixed in every variant; images
and masks are never dropped; every hole of the URL is written; limits name known fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from imagetx.classify import ErrorTable, classify, compile_table
from imagetx.codec import compile_codec, same
from imagetx.dialect import Answers, Clause, Dialect, Requests
from imagetx.document import ABSENT, Json, Path, equal, parse_pointer, pointer_of
from imagetx.endpoint import Endpoint, Variable
from imagetx.errors import ImagetxError, Problem, RequestError, SpecError, Unsayable
from imagetx.joint import compile_joint, is_joint
from imagetx.limits import compile_limits
from imagetx.listing import Part, columns, objects, parts, record_part, text_part
from imagetx.notes import Note
from imagetx.predicate import compile_predicate
from imagetx.record import Notes, Record, Rule
from imagetx.rules import const, drop, field, fixed, infer, joint, refuse
from imagetx.spec import Section, decided, overlay
from imagetx.spelling import compile_spelling
from imagetx.variant import Choice, Variant
from imagetx.words import PREFERENCES, REQUEST_FIELDS, SILENCE, WORDS

DECIDED_ELSEWHERE = frozenset({"operation", "provider_options"})
NEVER_DROPPED = frozenset({"image", "mask"})
_FOREVER = "9999-99-99"
_LONGEST_MESSAGE = 500


def compile_dialect(
    flat: Section, *, provider: Mapping[str, Any], family: str, checks: Mapping[str, Any], strict: bool
) -> Dialect:
    """
    Compile a flat spec.

    Args:
        flat: What `spec.flat` gives.
        provider: The provider's section (name, base_url).
        family: Name of the family of models.
        checks: JSON Schema of each canonical field.
        strict: A field on which a variant does not decide is an error; else it is dropped.

    Raises:
        SpecError: The spec breaks a rule of the module.
    """
    name, dialect = provider["provider"], flat["dialect"]
    try:
        table = compile_table(flat.get("error", {}))
        request = _requests(flat, provider, checks, strict)
        response = _answers(flat.get("response", {}), name, None)
        error = _answers(_with_page(flat.get("error", {})), name, table)
    except ImagetxError as fault:
        where = f"{name}/{dialect} as {family}"
        problems = [Problem(pointer=found.pointer, message=f"{where}: {found.message}") for found in fault.problems]
        raise SpecError(problems) from fault
    except Unsayable as fault:
        message = f"{name}/{dialect} as {family}: a silent or default value has no native word: {fault.reason}"
        raise SpecError(Problem(pointer="/request/rules", message=message)) from fault
    return Dialect(
        provider=name,
        name=dialect,
        family=family,
        surface=flat["surface"],
        operations=tuple(flat["operations"]),
        request=request,
        response=response,
        error=error,
        verified=flat["verified"],
        unverified=flat.get("unverified", False),
        says=flat,
    )


# --- rules ------------------------------------------------------------------------------------


def compile_rule(
    says: Mapping[str, Any], provider: str, accepts: Mapping[str, Callable[[Json], bool]] | None = None
) -> Rule:
    """Build the rule of one line of a spec; `accepts` has the limits of the canonical fields."""
    if "const" in says:
        options = {key: says[key] for key in ("optional", "absent") if key in says}
        return const(says, parse_pointer(says["to"]), says["const"], **options)
    if "parts" in says:
        return parts(says, parse_pointer(says["to"]), [_part(owner, provider) for owner in says["parts"]])
    sources = [_canonical_path(name) for name in _listed(says["from"])]
    if "infer" in says:
        return infer(says, sources[0], compile_predicate(says["if"]), says["infer"])
    targets = [parse_pointer(pointer) for pointer in _listed(says["to"])]
    if "each" in says:
        items = Record([compile_rule(rule, provider) for rule in says["each"]])
        if "columns" in says:
            return columns(says, sources[0], targets[0], items, says["columns"])
        return objects(says, sources[0], targets[0], items, provider)
    via = says.get("via", "same")
    if is_joint(via):
        options = {key: says[key] for key in ("silent",) if key in says}
        return joint(
            says, sources, targets, compile_joint(via, len(sources)), nullable=says.get("null", False), **options
        )
    if len(sources) != 1 or len(targets) != 1:
        raise SpecError(Problem(pointer="", message=f"expected a joint codec for {says['from']} -> {says['to']}"))
    options = {key: says[key] for key in ("silent", "absent", "default", "required") if key in says}
    codec = same if via == "same" else compile_codec(via)
    limit = (accepts or {}).get(str(sources[0][0])) if len(sources[0]) == 1 else None
    return field(says, sources[0], targets[0], codec, nullable=says.get("null", False), accepts=limit, **options)


def _part(owner: Mapping[str, Any], provider: str) -> Part:
    owns = compile_predicate(owner.get("if", True))
    if "rules" in owner:
        items = Record([compile_rule(rule, provider) for rule in owner["rules"]])
        return record_part(owner["from"], items, owns, index=owner.get("index", False))
    return text_part(owner["from"], parse_pointer(owner["at"]), owns, owner.get("join"))


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _canonical_path(name: str) -> Path:
    return parse_pointer(name if name.startswith("/") else f"/{name}")


def checked_record(rules: Iterable[Rule]) -> Record:
    """
    Build a record whose native places have one writer each.

    Raises:
        SpecError: Two rules write one place, or one writes inside another's.
    """
    owners: dict[Path, Rule] = {}
    ordered = list(rules)
    for rule in ordered:
        for path in rule.owns:
            for other in owners:
                shorter = min(len(other), len(path))
                if other[:shorter] == path[:shorter]:
                    message = f"expected one writer for {pointer_of(path)}, which {owners[other]} writes too"
                    raise SpecError(Problem(pointer=pointer_of(path), message=message))
            owners[path] = rule
    return Record(ordered)


# --- requests ---------------------------------------------------------------------------------


def _requests(flat: Section, provider: Mapping[str, Any], checks: Mapping[str, Any], strict: bool) -> Requests:
    section = flat.get("request", {})
    if "url" not in section:
        raise SpecError(Problem(pointer="/request/url", message="expected a url, got nothing"))
    name = provider["provider"]
    shared = {key: value for key, value in section.items() if key != "variants"}
    for key in section.get("limits", {}):
        if key not in checks:
            raise SpecError(
                Problem(pointer=f"/request/limits/{key}", message=f"expected a canonical field, got {key!r}")
            )
    limits = {key: {**schema, **section.get("limits", {}).get(key, {})} for key, schema in checks.items()}
    accepts = {key: compile_predicate(schema) for key, schema in limits.items()}
    variants = [
        _request_variant(label, overlay(shared, own), name, strict, accepts)
        for label, own in section.get("variants", {"": {}}).items()
    ]
    variables = {
        key: Variable(default=says.get("default"), optional=says.get("optional", False), pattern=says.get("pattern"))
        for key, says in flat["variables"].items()
    }
    endpoint = Endpoint(
        provider["base_url"], section["url"], variables, section.get("reads", ()), provider.get("hosts", ())
    )
    rules = [rule for variant in variants for rule in variant.record.rules]
    _check_holes(endpoint, rules, variables)
    model_rule = next((rule for rule in rules if ("model",) in rule.fields and rule.owns), None)
    return Requests(
        choice=Choice(variants=tuple(variants)),
        endpoint=endpoint,
        method=section.get("method", "POST"),
        body=section.get("body", "json"),
        timeout_s=section.get("timeout_s"),
        checks={key: compile_limits(checks[key] if key in PREFERENCES else limits[key]) for key in limits},
        clamps={
            key: (extra.get("minimum"), extra.get("maximum"))
            for key, extra in section.get("limits", {}).items()
            if key in PREFERENCES
        },
        most=section.get("limits", {}).get("n", {}).get("maximum"),
        required=tuple(str(rule.fields[0][0]) for rule in rules if rule.says.get("required")),
        clauses=tuple(_clause(says, shared) for says in section.get("when", ()) if _sayable(says, shared)),
        carries={str(path[-1]): path for path in map(parse_pointer, section.get("carries", ()))},
        implies=section.get("implies", {}),
        model_at=model_rule.owns[0] if model_rule is not None else None,
        silent_model=model_rule.says.get("absent")
        if model_rule is not None
        else section.get("implies", {}).get("model"),
        fold=compile_spelling(section, rules),
        ignores=frozenset(section.get("ignores", ())),
        headers=frozenset(str(path[1]) for rule in rules for path in rule.owns if path[0] == "headers"),
    )


def _request_variant(
    label: str, section: Section, provider: str, strict: bool, accepts: Mapping[str, Callable[[Json], bool]]
) -> Variant:
    said = decided(section)
    undecided = [
        name
        for name in REQUEST_FIELDS
        if name not in said and name not in DECIDED_ELSEWHERE and name not in section.get("implies", {})
    ]
    _check_decisions(section, undecided if strict else [])
    rules = [compile_rule(rule, provider, accepts) for rule in section.get("rules", ())]
    for rule in section.get("rules", ()):
        _check_words(rule)
    rules += [fixed({"fixed": name}, name, value) for name, value in section.get("fixed", {}).items()]
    rules += [drop({"drop": name}, name, f"{provider} has no {name} here") for name in section.get("drop", ())]
    rules += [refuse({"refuse": name}, name, f"{provider} has none here") for name in section.get("refuse", ())]
    if not strict:
        rules += [
            refuse({"refuse": name}, name, "the spec does not decide on it")
            if name in NEVER_DROPPED
            else drop({"drop": name}, name, "the spec does not decide on it")
            for name in undecided
        ]
    return Variant(
        name=label,
        when=compile_predicate(section.get("if", True)),
        match=compile_predicate(section.get("match", True)),
        kind=section.get("body", "json"),
        record=checked_record(rules),
        says=section,
    )


def _check_decisions(section: Section, undecided: Sequence[str]) -> None:
    problems = [
        Problem(pointer="/request", message=f"expected a rule, drop, refuse or fixed for the canonical field {name}")
        for name in undecided
    ]
    problems += [
        Problem(pointer="/request/drop", message=f"expected {name} under refuse: it is never dropped")
        for name in section.get("drop", ())
        if name in NEVER_DROPPED
    ]
    for key in ("drop", "refuse", "fixed"):
        problems += [
            Problem(pointer=f"/request/{key}", message=f"expected a canonical field, got {name!r}")
            for name in section.get(key, ())
            if name not in REQUEST_FIELDS
        ]
    for name in {name for name in decided(section) if not name.startswith("/")} - set(REQUEST_FIELDS):
        problems.append(Problem(pointer="/request/rules", message=f"expected a canonical field, got {name!r}"))
    if problems:
        raise SpecError(problems)


def _check_words(rule: Mapping[str, Any]) -> None:
    """Every table of a canonical enum lists every canonical word, so that a new word fails until decided."""
    words = WORDS.get(rule["from"]) if isinstance(rule.get("from"), str) else None
    for via in _chain(rule.get("via")):
        if (
            words is not None
            and isinstance(via, dict)
            and isinstance(via.get("enum"), dict)
            and rule["from"] != "style"
        ):
            missing = [word for word in words if word not in via["enum"]]
            if missing:
                message = f"expected the words {', '.join(missing)} of {rule['from']} in the table"
                raise SpecError(Problem(pointer=f"/request/rules/{rule['from']}", message=message))


def _chain(via: Any) -> list[Any]:
    return via if isinstance(via, list) else [via]


def _check_holes(endpoint: Endpoint, rules: Sequence[Rule], variables: Mapping[str, Variable]) -> None:
    written = {path[1] for rule in rules for path in rule.owns if path[0] == "path"}
    for hole in endpoint.holes:
        if hole not in written and hole not in variables:
            raise SpecError(
                Problem(pointer="/request/url", message=f"expected a rule or a variable for the hole {hole!r}")
            )
    for name in written - set(endpoint.holes):
        raise SpecError(Problem(pointer="/request/url", message=f"expected a hole {name!r}, which a rule writes"))


def _sayable(says: Mapping[str, Any], section: Section) -> bool:
    """A clause that would set a field which this dialect does not say has no use here."""
    unsaid = {*section.get("drop", ()), *section.get("fixed", {})}
    sets = {name: value for key in ("replace", "default") for name, value in says.get(key, {}).items()}
    return not any(name in unsaid for name, value in sets.items() if value is not None)


def _clause(says: Mapping[str, Any], section: Section) -> Clause:
    reason, source = says["reason"], says.get("source")

    def note(request: Mapping[str, Json], name: str, kind: str, used: Json) -> Note:
        return Note(pointer=f"/{name}", kind=kind, given=request.get(name), used=used, reason=reason, source=source)

    def apply(request: dict[str, Json], notes: Notes) -> dict[str, Json]:
        changed = dict(request)
        refused = [name for name in says.get("refuse", ()) if request.get(name) is not None]
        if refused:
            raise RequestError(
                [
                    Problem(pointer=f"/{name}", message=f"expected another {name}: {reason}", source=source)
                    for name in refused
                ]
            )
        for name, value in says.get("default", {}).items():
            if request.get(name) is None:
                changed[name] = value
                notes.append(note(request, name, "defaulted", value))
        for name, value in says.get("replace", {}).items():
            if value is None:
                changed.pop(name, None)
            else:
                changed[name] = value
            notes.append(note(request, name, "defaulted" if request.get(name) is None else "approximated", value))
        for name in says.get("drop", ()):
            gone = changed.get(name)
            if gone is not None:
                del changed[name]
            if gone is not None and not equal(gone, SILENCE.get(name, ABSENT)):
                notes.append(note(request, name, "emulated" if name == "stream" else "dropped", None))
        return changed

    return Clause(
        needs=frozenset(says["if"].get("required", ())) if isinstance(says["if"], dict) else frozenset(),
        test=compile_predicate(says["if"]),
        since=says.get("since", ""),
        until=says.get("until", _FOREVER),
        apply=apply,
    )


# --- responses and errors ----------------------------------------------------------------------


def _with_page(section: Mapping[str, Any]) -> Section:
    """
    Add the last variant of every error: a body that is none of the provider's own.

    What an HTML page, plain text, foreign JSON or nothing means is said by the status alone,
    which is HTTP's knowledge and the same for every provider. Where the provider's own variants
    keep the status (OpenAI-shaped), so do these.
    """
    variants = section.get("variants", {})
    kept = [rule for variant in variants.values() for rule in variant.get("rules", ()) if rule.get("from") == "status"]
    message = {"from": "/error/message", "to": "/body", "required": True}
    match = {"properties": {"status": {"minimum": 300}}}
    words = {"type": "string", "maxLength": _LONGEST_MESSAGE, "not": {"pattern": r"\s*<[\s\S]*"}}  # and no HTML
    said = {"properties": {**match["properties"], "body": words}}
    text = {"if": False, "body": "text", "match": said, "rules": [*kept[:1], message]}
    string = {**text, "body": "json"}
    page = {"if": False, "body": "any", "match": match, "rules": kept[:1]}
    html = {**page, "body": "text"}
    if not kept:
        for variant in (text, html, string, page):
            variant["classify"] = {"writes": {"/status": "status"}}
    return {**section, "variants": {**variants, "@text": text, "@html": html, "@string": string, "@page": page}}


def _answers(section: Mapping[str, Any], provider: str, table: ErrorTable | None) -> Answers:
    shared = {key: value for key, value in section.items() if key not in ("variants", "classify", "params", "source")}
    made = []
    for label, own in section.get("variants", {"": {}}).items():
        whole = overlay(shared, own)
        rules = [compile_rule(rule, provider) for rule in whole.get("rules", ())]
        if table is not None:
            rules.append(classify(whole.get("classify", {}), table))
        record = checked_record(rules)
        made.append(
            Variant(
                name=label,
                when=compile_predicate(whole.get("if", True)),
                match=compile_predicate(whole.get("match", True)),
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
    return Answers(choice=Choice(variants=tuple(made)), keeps=_keeper([*mapped, *section.get("headers", ())]))


def _keeper(names: Sequence[str]) -> Callable[[str], bool]:
    pattern = re.compile("|".join(re.escape(name).replace(r"\*", ".*") for name in names) or r"(?!)")
    return lambda name: pattern.fullmatch(name) is not None
