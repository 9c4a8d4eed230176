"""
A fault planted in a built-in spec is found when it is compiled, by the meta-schema or by the compiler.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imagetx.compile import compile_dialect
from imagetx.errors import SpecError
from imagetx.schemas import canonical_schemas, validate_spec
from imagetx.spec import flat, read_provider
from tests.project.test_specs import SPECS

Json = Any


def request_of(spec: Json) -> Json:
    return spec["dialects"]["generations"]["request"]


def rules_of(spec: Json) -> Json:
    return request_of(spec)["rules"]


def rule(spec: Json, name: str) -> Json:
    return next(rule for rule in rules_of(spec) if name in rule["from"])


def unsay(spec: Json, name: str) -> None:
    spec["provider"]["drop"] = [field for field in spec["provider"]["drop"] if field != name]
    request_of(spec)["rules"] = [rule for rule in rules_of(spec) if rule.get("from") != name]


def faults(spec: Json) -> Iterator[tuple[str, str]]:
    """Yield pointer and message of all that is wrong with OpenAI's spec, by schema and by compiler."""
    problems = validate_spec(spec["dialects"]["generations"], "dialect", "") + validate_spec(
        spec["provider"], "provider", ""
    )
    if problems:
        yield from ((problem.pointer, problem.message) for problem in problems)
        return
    try:
        views = {"openai": read_provider(spec)}
        section = flat(views, "openai", "generations", "gpt-image-2")
        compile_dialect(
            section, provider=views["openai"].says, family="gpt-image-2", canonical=canonical_schemas(), strict=True
        )
    except SpecError as error:
        yield from ((problem.pointer, problem.message) for problem in error.problems)


Fault = Callable[[Json], Any]
FAULTS: dict[str, tuple[Fault, str, str]] = {
    "two writers": (lambda s: rule(s, "user").update(to="/body/n"), "/body/n", "one writer for /body/n"),
    "two writers, a const": (
        lambda s: rules_of(s).append({"to": "/body/n", "const": 1}),
        "/body/n",
        "one writer for /body/n",
    ),
    "prefix": (lambda s: rule(s, "user").update(to="/body/n/user"), "/body/n/user", "one writer for /body/n/user"),
    "undecided": (lambda s: unsay(s, "seed"), "/request", "for the canonical field seed"),
    "undecided rule": (lambda s: unsay(s, "user"), "/request", "for the canonical field user"),
    "image dropped": (
        lambda s: request_of(s).update(drop=["image"], refuse=["mask"]),
        "/request/drop",
        "image under refuse",
    ),
    "mask dropped": (
        lambda s: request_of(s).update(drop=["mask"], refuse=["image"]),
        "/request/drop",
        "mask under refuse",
    ),
    "hole": (lambda s: request_of(s).update(url="{base_url}/{who}/images"), "/request/url", "for the hole 'who'"),
    "no such hole": (lambda s: rule(s, "user").update(to="/path/who"), "/request/url", "a hole 'who'"),
    "limit": (lambda s: request_of(s)["limits"].update(count={}), "/request/limits/count", "got 'count'"),
    "word of a limit": (lambda s: request_of(s)["limits"].update(n={"max": 1}), "/max", "a known schema keyword"),
    "missing word": (
        lambda s: rule(s, "background")["via"]["enum"].pop("opaque"),
        "/request/rules/background",
        "the words opaque",
    ),
    "no field": (lambda s: rule(s, "user").update({"from": "users"}), "/request/rules", "got 'users'"),
    "field dropped": (lambda s: request_of(s).update(drop=["users"]), "/request/drop", "got 'users'"),
    "unknown key": (lambda s: rule(s, "user").update(form="x"), "/request/rules/11", "'form' was unexpected"),
    "unknown section": (lambda s: request_of(s).update(rule=[]), "/request", "'rule' was unexpected"),
    "codec": (lambda s: rule(s, "user").update(via="upper"), "/request/rules/11/via", "upper"),
    "codec with argument": (lambda s: rule(s, "user").update(via={"upper": 1}), "/request/rules/11/via", "upper"),
    "condition": (
        lambda s: request_of(s)["when"][0].update({"if": {"requires": []}}),
        "/requires",
        "a known schema keyword",
    ),
    "two fields, one codec": (lambda s: rule(s, "user").update({"from": ["user", "n"]}), "", "a joint codec"),
    "silent": (
        lambda s: rule(s, "background").update(silent="blue", via={"enum": rule(s, "background")["via"]["enum"]}),
        "/request/rules",
        "the dialect has no word for it",
    ),
    "const without place": (
        lambda s: rules_of(s).append({"const": 1, "why": "x"}),
        "/request/rules/13",
        "'to' is a dependency",
    ),
    "category": (
        lambda s: s["provider"]["error"]["classify"][0].update(category="moderation"),
        "/error/classify/0/category",
        "moderation",
    ),
    "date": (lambda s: s["provider"].update(verified="today"), "/verified", "today"),
    "model twice": (
        lambda s: s["provider"]["models"].append(s["provider"]["models"][0]),
        "/provider/models/15",
        "two rows claim the id",
    ),
    "extends": (
        lambda s: s["dialects"]["generations"].update(extends="openai/images"),
        "/extends",
        "got 'openai/images'",
    ),
}


def test_no_fault() -> None:
    assert list(faults(copy.deepcopy(SPECS["openai"]))) == []


@pytest.mark.parametrize(("fault", "pointer", "message"), FAULTS.values(), ids=list(FAULTS))
def test_fault(fault: Fault, pointer: str, message: str) -> None:
    """A fault is found, at its place and in words that name the rule."""
    spec = copy.deepcopy(SPECS["openai"])
    fault(spec)

    found = list(faults(spec))

    assert [(place, words) for place, words in found if place.endswith(pointer) and message in words], found


CRASHES: dict[str, Fault] = {
    "frame of one field": lambda s: rule(s, "size").update({"from": ["size"]}),
    "frame to two places": lambda s: rule(s, "size").update({"to": ["/body/width", "/body/height"]}),
    "rows to one place": lambda s: rule(s, "stream").update(via={"rows": [[True, ["a", "b"]]]}),
    "scale by nothing": lambda s: rule(s, "n").update(via={"scale": {"by": 0}}),
    "two codecs in one": lambda s: rule(s, "n").update(via={"one": "same", "nearest": [1]}),
    "part without a way": lambda s: (
        rule(s, "user").update({"to": "/body/parts", "parts": [{"from": "user"}]}) or rule(s, "user").pop("from")
    ),
    "pattern": lambda s: request_of(s)["limits"].update(user={"pattern": "("}),
    "parameter template": lambda s: s["provider"]["error"].update(params=[["x", "{2}"]]),
    "parameter attribute": lambda s: s["provider"]["error"].update(params=[["x", "{0.__class__}"]]),
}


@pytest.mark.parametrize("fault", CRASHES.values(), ids=list(CRASHES))
def test_nothing_but_spec_errors(fault: Fault) -> None:
    """What is wrong is a SpecError when compiled, not another error, and not one when called."""
    spec = copy.deepcopy(SPECS["openai"])
    fault(spec)

    assert list(faults(spec)) != []
