"""
The compiler: a flat spec becomes a Dialect of closures, checked as it is built.

Checked here, not when called: every native place has one writer and none is the prefix of
another's; every canonical field is mapped, dropped, refused or fixed in every variant; images
and masks are never dropped; every hole of the URL is written; limits name known fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from imagetx.classify import compile_table
from imagetx.clause import compile_clause, is_sayable
from imagetx.compile_answers import compile_answers, with_page
from imagetx.compile_events import compile_events
from imagetx.dialect import Answers, Dialect, Requests
from imagetx.document import Json, Path, parse_pointer
from imagetx.endpoint import Endpoint
from imagetx.errors import ImagetxError, Problem, SpecError
from imagetx.follow import Poll
from imagetx.hole import Variable
from imagetx.inputs import compile_inputs
from imagetx.limits import compile_limits
from imagetx.lines import FAULTS, Lines, checked_record
from imagetx.lint import NEVER_DROPPED, check_decisions, check_holes, check_words
from imagetx.once import once
from imagetx.onesided import drop, fixed, refuse
from imagetx.predicate import test_of
from imagetx.rule import Mismatch, Rule
from imagetx.spec import Section, decided, overlay
from imagetx.spelling import compile_spelling, folded_words
from imagetx.variant import Choice, Variant
from imagetx.words import PREFERENCES, REQUEST_FIELDS

DECIDED_ELSEWHERE = frozenset({"operation", "provider_options"})
_check_of = once(compile_limits)


def compile_dialect(
    flat: Section,
    *,
    provider: Mapping[str, Any],
    family: str,
    canonical: Mapping[str, Any],
    strict: bool,
    lines: Lines | None = None,
) -> Dialect:
    """
    Compile a flat spec.

    Args:
        flat: What `spec.flat` gives.
        provider: The provider's section (name, base_url).
        family: Name of the family of models.
        canonical: JSON Schemas of the canonical request, response, error and event.
        strict: A field on which a variant does not decide is an error; else it is dropped.
        lines: Rules that are known from other dialects of the same files.

    Raises:
        SpecError: The spec breaks a rule of the module.
    """
    name, dialect = provider["provider"], flat["dialect"]
    known = Lines() if lines is None else lines
    try:
        request = _requests(flat, provider, canonical["request"]["properties"], strict)
        response = replace(_responses(flat, name, canonical["response"], known), polls=_polls(flat, provider))
        error = _errors(flat, name, canonical["error"], known)
        event = compile_events(flat, name, canonical["event"], known)
    except ImagetxError as fault:
        where = f"{name}/{dialect} as {family}"
        problems = [Problem(pointer=found.pointer, message=f"{where}: {found.message}") for found in fault.problems]
        raise SpecError(problems) from fault
    except FAULTS as fault:
        message = f"{name}/{dialect} as {family}: expected a spec that can be compiled: {fault!r}"
        raise SpecError(Problem(pointer="", message=message)) from fault
    return Dialect(
        provider=name,
        name=dialect,
        family=family,
        surface=flat["surface"],
        operations=tuple(flat["operations"]),
        request=request,
        response=response,
        error=error,
        event=event,
        verified=flat["verified"],
        unverified=flat.get("unverified", False),
        says=flat,
    )


def _responses(flat: Section, provider: str, schema: Json, lines: Lines) -> Answers:
    says = flat.get("response", {})
    return lines.section(provider, "response", says, lambda: compile_answers(says, provider, None, schema, lines))


def _errors(flat: Section, provider: str, schema: Json, lines: Lines) -> Answers:
    says = flat.get("error", {})

    def make() -> Answers:
        return compile_answers(with_page(says), provider, compile_table(says), schema, lines)

    return lines.section(provider, "error", says, make)


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
    own = section.get("limits", {})
    limits = {key: {**schema, **own[key]} if key in own else schema for key, schema in checks.items()}
    schema, lines = {"properties": limits}, Lines()
    variants = [
        _request_variant(label, overlay(shared, variant), name, strict, schema, lines)
        for label, variant in section.get("variants", {"": {}}).items()
    ]
    variables = _variables(flat)
    endpoint = _endpoint(flat, provider, section["url"], section.get("reads", ()))
    rules = list({id(rule): rule for variant in variants for rule in variant.record.rules}.values())
    check_holes(endpoint, rules, variables)
    carries = [parse_pointer(pointer) for pointer in section.get("carries", ())]
    spelling = (folded_words(section, rules), frozenset(section.get("opaque", ())))
    ignores = frozenset(section.get("ignores", ()))
    headers = frozenset(str(path[1]) for rule in rules for path in rule.owns if path[0] == "headers")
    mapped = {path[0] for rule in rules for path in rule.fields if rule.owns}
    unsaid = set(section.get("drop", ())) - mapped  # what is only dropped need not fit
    model_rule = next((rule for rule in rules if ("model",) in rule.fields and rule.owns), None)
    return Requests(
        choice=Choice(variants=tuple(variants)),
        endpoint=endpoint,
        method=section.get("method", "POST"),
        body=section.get("body", "json"),
        timeout_s=section.get("timeout_s"),
        checks={key: _check_of(checks[key] if key in PREFERENCES or key in unsaid else limits[key]) for key in limits},
        clamps={
            key: (extra.get("minimum"), extra.get("maximum"))
            for key, extra in own.items()
            if key in PREFERENCES and key not in unsaid
        },
        most=own.get("n", {}).get("maximum"),
        seeds=(own.get("seed", {}).get("minimum", 0), own.get("seed", {}).get("maximum")),
        required=tuple(dict.fromkeys(str(rule.fields[0][0]) for rule in rules if rule.says.get("required"))),
        clauses=tuple(compile_clause(says) for says in section.get("when", ()) if is_sayable(says, shared)),
        goes_along=frozenset(
            path[1:] for path in [*carries, *(path for rule in rules if rule.weave for path in rule.owns)]
        ),
        carries={**_owned_names(rules), **{str(path[-1]): path for path in carries}},
        brackets=section.get("brackets"),
        model_at=model_rule.owns[0] if model_rule is not None else None,
        read_model=_model_reader(model_rule) if model_rule is not None else None,
        model_in=_path_reader(model_rule),
        path_of=_model_writer(model_rule),
        silent_model=model_rule.says.get("absent")
        if model_rule is not None
        else section.get("implies", {}).get("model"),
        fold=compile_spelling(*spelling),
        ignores=ignores,
        confirm=section.get("confirm", False),
        headers=headers,
        secrets=frozenset(kind["header"] for kind in provider.get("auth", {}).values() if "header" in kind),
        reading=(*spelling, ignores, headers),
    )


def _variables(flat: Section) -> dict[str, Variable]:
    return {
        key: Variable(default=says.get("default"), optional=says.get("optional", False), pattern=says.get("pattern"))
        for key, says in flat["variables"].items()
    }


def _endpoint(flat: Section, provider: Mapping[str, Any], url: str, reads: Sequence[str] = ()) -> Endpoint:
    """Build an endpoint of a dialect: the provider's hosts, or the dialect's own before them."""
    base = flat["request"].get("base_url", provider["base_url"])
    hosts = [each for each in (provider["base_url"], *provider.get("hosts", ())) if each != base]
    return Endpoint(base, url, _variables(flat), reads, hosts)


def _polls(flat: Section, provider: Mapping[str, Any]) -> dict[str, Poll]:
    """Build how those variants of the response are followed that say that work has begun."""
    variants = flat.get("response", {}).get("variants", {})
    return {
        name: Poll(
            method=says["pending"].get("method", "GET"),
            endpoint=_endpoint(flat, provider, says["pending"]["url"]) if "url" in says["pending"] else None,
            headers=says["pending"].get("headers", {}),
            body=says["pending"].get("body"),
            after_s=says["pending"].get("after_s"),
            attempts=says["pending"].get("attempts"),
            deadline_s=says["pending"].get("deadline_s"),
            then=says["pending"].get("then", "timeout"),
        )
        for name, says in variants.items()
        if "pending" in says
    }


def _model_writer(rule: Rule | None) -> Callable[[str], Mapping[str, str]]:
    """Write the model alone: the holes of the path that it fills."""

    def write(model: str) -> Mapping[str, str]:
        native: dict[str, Json] = {"path": {}, "query": {}, "headers": {}, "body": {}}
        if rule is not None:
            rule.encode({"model": model}, native, [])
        return {name: value for name, value in native["path"].items() if isinstance(value, str)}

    return write


def _model_reader(rule: Rule) -> Callable[[Json], Json]:
    """Read the model alone, before the rest of a message: it tells which family's rules hold."""

    def read(native: Json) -> Json:
        said: dict[str, Json] = {}
        try:
            rule.decode(native, {}, said)
        except Mismatch:
            return None
        return said.get("model")

    return read


def _path_reader(rule: Rule | None) -> Callable[[Mapping[str, str]], str | None]:
    """Read the model in the holes of a path, where all of its name stands there."""
    if rule is None or any(path[0] != "path" for path in rule.owns):
        return lambda holes: None
    read = _model_reader(rule)

    def read_path(holes: Mapping[str, str]) -> str | None:
        said = read({"path": holes})
        return said if isinstance(said, str) and said else None

    return read_path


def _owned_names(rules: Iterable[Rule]) -> dict[str, Path]:
    """Return the body keys that single fields write, by the names a caller may use for them."""
    fields = (rule for rule in rules if rule.fields and rule.weave is None)
    return {str(path[-1]): path for rule in fields for path in rule.owns if path[0] == "body"}


def _request_variant(label: str, section: Section, provider: str, strict: bool, schema: Json, lines: Lines) -> Variant:
    said = decided(section)
    undecided = [
        name
        for name in REQUEST_FIELDS
        if name not in said and name not in DECIDED_ELSEWHERE and name not in section.get("implies", {})
    ]
    check_decisions(section, undecided if strict else [])
    rules = [lines.rule(rule, provider, schema) for rule in section.get("rules", ())]
    for rule in section.get("rules", ()):
        check_words(rule)
    rules += [fixed({"fixed": name, "value": value}, name, value) for name, value in section.get("fixed", {}).items()]
    rules += [_not_said("drop", name, f"{provider} has no {name} here") for name in section.get("drop", ())]
    rules += [_not_said("refuse", name, f"{provider} has none here") for name in section.get("refuse", ())]
    if not strict:
        reason = "the spec does not decide on it"
        rules += [_not_said("refuse" if name in NEVER_DROPPED else "drop", name, reason) for name in undecided]
    inputs = _for_places(section.get("inputs", {}), rules)
    return Variant(
        name=label,
        when=test_of(section.get("if", True)),
        match=test_of(section.get("match", True)),
        kind=section.get("body", "json"),
        record=checked_record(rules),
        inputs=compile_inputs(inputs),
        requires=tuple((test_of(says["that"]), _missing(says)) for says in section.get("requires", ())),
        says={**section, "inputs": inputs} if inputs else section,
    )


def _not_said(word: str, name: str, reason: str) -> Rule:
    """Drop or refuse a field; the line says why, as a spec's own lines do."""
    return (drop if word == "drop" else refuse)({word: name, "reason": reason}, name, reason)


def _for_places(inputs: Mapping[str, Any], rules: Iterable[Rule]) -> Mapping[str, Any]:
    """Let in no more images than there are places, where each place holds one: none is ever dropped."""
    taken = {path[1:] for rule in rules if rule.owns for path in rule.fields if path[0] == "image"}
    if not taken or () in taken:
        return inputs
    image = inputs.get("image", {})
    return {**inputs, "image": {**image, "most": min(len(taken), image.get("most", len(taken)))}}


def _missing(says: Mapping[str, Any]) -> Problem:
    """Make the problem of a request that lacks what `requires` says."""
    name = "" if says["at"] == "/body" else says["at"].rpartition("/")[2] + ", "
    message = f"expected {name}{says['reason']}"
    return Problem(pointer=says["at"], message=message, source=says.get("source"))
