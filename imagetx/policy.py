"""Options of an encode, and what a policy makes of notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from imagetx.errors import Problem, RequestError, shorten
from imagetx.notes import LOSSES, Note
from imagetx.words import REQUEST_FIELDS

_STRICT_RAISES: Final = LOSSES | {"assumed", "unverified", "retired"}
_DATE: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_POLICIES: Final = frozenset({"adapt", "strict"})
_EMULATIONS: Final = frozenset({"negative_prompt", "variation"})
_URL_FORMS: Final = frozenset({"b64_json", "data_url"})
_POLICY_FIELDS: Final = frozenset({*REQUEST_FIELDS, "*"})

Policy = str | Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The checked options of an encode."""

    policy: Policy
    as_of: str | None
    emulate: frozenset[str]
    url_as: str


_DEFAULT: Final = Options(policy="adapt", as_of=None, emulate=frozenset(), url_as="b64_json")


def read_options(policy: Policy, as_of: object, emulate: Iterable[str], url_as: str) -> Options:
    """
    Check the options of an encode.

    Args:
        policy: `adapt`, `strict`, or one of them by field with `*` for the others.
        as_of: A date, ISO text, or None.
        emulate: Fields that may be emulated: `negative_prompt`, `variation`.
        url_as: `b64_json` or `data_url`.

    Raises:
        RequestError: An option has another value.
    """
    if policy == "adapt" and as_of is None and emulate == () and url_as == "b64_json":
        return _DEFAULT
    problems = []
    words = [policy] if isinstance(policy, str) else list(policy.values()) if isinstance(policy, Mapping) else [policy]
    if not all(isinstance(word, str) and word in _POLICIES for word in words):
        problems.append(_problem("policy", "adapt, strict, or one of them by field", policy))
    elif isinstance(policy, Mapping) and not policy.keys() <= _POLICY_FIELDS:
        unknown = sorted(map(str, policy.keys() - _POLICY_FIELDS))
        problems.append(_problem("the fields of policy", "canonical fields or *", unknown))
    day = as_of.isoformat()[:10] if isinstance(as_of, date) else as_of
    if day is not None and not _is_day(day):
        problems.append(_problem("as_of", "a date like 2026-11-22", as_of))
    wanted = _texts(emulate)
    if not wanted <= _EMULATIONS:
        problems.append(_problem("emulate", "negative_prompt or variation", emulate))
    if not isinstance(url_as, str) or url_as not in _URL_FORMS:
        problems.append(_problem("url_as", "b64_json or data_url", url_as))
    if problems:
        raise RequestError(problems)
    kept = policy if isinstance(policy, str) else dict(policy)  # nobody can change it from outside
    return Options(policy=kept, as_of=None if day is None else str(day), emulate=wanted, url_as=url_as)


def _is_day(value: object) -> bool:
    """Say whether a text is a day of the calendar."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _texts(value: object) -> frozenset[str]:
    """Return a text, or the texts of a collection; anything else is the text of what it is, which no option has."""
    values = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    return frozenset(item if isinstance(item, str) else shorten(item) for item in values)


def _problem(name: str, expected: str, given: object) -> Problem:
    return Problem(pointer="", message=f"expected {name} to be {expected}, got {shorten(given)}", expected=expected)


def enforce(policy: Policy, notes: Iterable[Note]) -> None:
    """
    Raise what a policy does not take.

    Raises:
        RequestError: A note is a loss, a guess, unverified or retired where the policy is strict.
    """
    if policy == "adapt":
        return
    problems = [
        Problem(
            pointer=note.pointer,
            message=f"expected what can be said without a change under the strict policy: {note}",
            given=note.given,
            source=note.source,
        )
        for note in notes
        if note.kind in _STRICT_RAISES and _policy_of(policy, note.pointer) == "strict"
    ]
    if problems:
        raise RequestError(problems)


def _policy_of(policy: Policy, pointer: str) -> str:
    if isinstance(policy, str):
        return policy
    return policy.get(pointer.split("/")[1] if "/" in pointer else "", policy.get("*", "adapt"))
