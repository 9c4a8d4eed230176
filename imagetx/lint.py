"""Lint: what a spec must decide and may not do, checked when it is compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagetx.endpoint import Endpoint
from imagetx.errors import Problem, SpecError
from imagetx.hole import Variable
from imagetx.rule import Rule
from imagetx.spec import Section, decided
from imagetx.words import REQUEST_FIELDS, WORDS

NEVER_DROPPED = frozenset({"image", "mask"})


def check_decisions(section: Section, undecided: Sequence[str]) -> None:
    """
    Check that a section decides on every canonical field, on none that is not one, and drops no image.

    Raises:
        SpecError: With all that is wrong.
    """
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


def check_words(rule: Mapping[str, Any]) -> None:
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


def check_holes(endpoint: Endpoint, rules: Sequence[Rule], variables: Mapping[str, Variable]) -> None:
    """Check that every hole of a URL is written, and that no rule writes a hole that is not there."""
    written = {path[1] for rule in rules for path in rule.owns if path[0] == "path"}
    for hole in endpoint.holes:
        if hole not in written and hole not in variables:
            raise SpecError(
                Problem(pointer="/request/url", message=f"expected a rule or a variable for the hole {hole!r}")
            )
    for name in written - set(endpoint.holes):
        raise SpecError(Problem(pointer="/request/url", message=f"expected a hole {name!r}, which a rule writes"))
