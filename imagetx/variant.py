"""
Choices: the variants of a message, told apart by predicates and constants.

A dialect's request, response and error are each a `Choice`: records in an order that decides
both ways. Encode takes the first whose `if` holds for the canonical document, unless what is
carried names another (`@as`); `if` sees what is carried as `provider_options`. Decode takes the
first whose `match` holds and whose constants agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from imagetx.document import ABSENT, Json, pointer_of
from imagetx.errors import Problem, shorten
from imagetx.inputs import CheckInputs
from imagetx.predicate import yes
from imagetx.record import Record
from imagetx.rule import Mismatch, Notes

AS = "@as"
BODY = "@body"
STATUS = "@status"
HEADERS = "extra_headers"
QUERY = "extra_query"
_RESERVED = (HEADERS, QUERY)


def _unchecked(request: Mapping[str, Json], problems: list[Problem]) -> None:
    """Check nothing: an answer has no input images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """
    One form of a message.

    Attributes:
        name: As in the spec; "" where a section has no variants.
        when: Predicate over the canonical document: encode may use it.
        match: Predicate over the native document: decode may use it.
        kind: Kind of body: `json`, `form`, `bytes`, `text`, `none`; "any" takes each.
        record: Its rules.
        inputs: Checks the images of a canonical request.
        requires: What must hold of a request that was written, and the problem where it does not.
        says: The variant's flat section of the spec.
    """

    name: str
    when: Callable[[Json], bool]
    match: Callable[[Json], bool]
    kind: str
    record: Record
    inputs: CheckInputs = _unchecked
    requires: tuple[tuple[Callable[[Json], bool], Problem], ...] = ()
    says: Mapping[str, Any]

    def place(self, pointer: str) -> str:
        """Say where a native message holds what is wrong in an input image."""
        field, _, index = pointer.removeprefix("/").partition("/")
        for path in ((field, int(index or 0)), (field,)):
            rule = next((rule for rule in self.record.rules if path in rule.fields and rule.owns), None)
            if rule is not None:
                return pointer_of(rule.owns[0]) + (f"/{index}" if index and len(path) == 1 else "")
        return pointer


Read = tuple[dict[str, Json], dict[str, Json], Variant]
"""What decode gives: the canonical document, what is carried, and the variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Variants in order; see the module."""

    variants: tuple[Variant, ...]

    def choose(self, canonical: Json, carried: Json = ABSENT) -> Variant | None:
        """Return the variant that encode uses, or None if none can say the document."""
        if carried is not ABSENT and AS in carried:
            named = next((variant for variant in self.variants if variant.name == carried[AS]), None)
            if named is not None and named.says.get("match") is not False:  # a family may not have it
                return named
        seen = canonical if carried is ABSENT else {**canonical, "provider_options": carried}
        return next((variant for variant in self.variants if variant.when(seen)), None)

    def encode(self, variant: Variant, canonical: Json, native: Json, notes: Notes, carried: Json) -> None:
        """Write a canonical document into `native` as this variant, carried keys over it."""
        variant.record.encode(canonical, native, notes, ABSENT if carried is ABSENT else _lower(carried))

    def decode(self, native: Json) -> Read | list[Problem]:
        """Read a native document; if it is of no variant, say why."""
        kind = native["kind"]
        for variant in self.variants:
            if (variant.kind == kind or variant.kind == "any") and variant.match(native):
                try:
                    canonical, rest = variant.record.decode(native)
                except Mismatch:
                    continue
                if not rest.get("path"):
                    carried = _lift(rest)
                    if not self._is_chosen(variant, canonical, carried):
                        carried[AS] = variant.name
                    return canonical, carried, variant
        return self._why_not(native)

    def _is_chosen(self, variant: Variant, canonical: Json, carried: Mapping[str, Json]) -> bool:
        """Say whether encode uses this variant anyway."""
        if variant is self.variants[0] and variant.when is yes:
            return True
        return self.choose(canonical, carried or ABSENT) is variant

    def _why_not(self, native: Json) -> list[Problem]:
        """Say of a document that is of no variant what each expected."""
        problems = []
        bodies = []  # what is told only if no form of the message has this kind of body
        for variant in self.variants:
            if variant.kind not in (native["kind"], "any"):
                message = f"expected a {variant.kind} body, got {native['kind']}"
                bodies.append(Problem(pointer="/body", message=message))
                continue
            if not variant.match(native):
                message = "expected a message of the form that the dialect demands"
                problems.append(Problem(pointer="", message=message))
                continue
            try:
                _, rest = variant.record.decode(native)
            except Mismatch as fault:
                problems.append(fault.problem)
                continue
            problems.append(Problem(pointer="/path", message=f"expected another path, got {shorten(rest['path'])}"))
        return problems or bodies


def _escape(key: str) -> str:
    return "@" + key if key.startswith("@") or key in _RESERVED else key


def _unescape(key: str) -> str:
    return key[1:] if key.startswith("@@") or key[1:] in _RESERVED else key


def _lift(rest: Mapping[str, Json]) -> dict[str, Json]:
    """Give the residual of a message its carried form: body keys, and the rest beside them."""
    body = rest.get("body", ABSENT)
    carried: dict[str, Json] = {}
    if isinstance(body, dict):
        carried = {_escape(key): value for key, value in body.items()}
    elif body is not ABSENT:
        carried[BODY] = body
    for key, name in (("headers", HEADERS), ("query", QUERY)):
        if rest.get(key):
            carried[name] = rest[key]
    if rest.get("status", 200) != 200:
        carried[STATUS] = rest["status"]
    return carried


def _lower(carried: Mapping[str, Json]) -> dict[str, Json]:
    """Turn what is carried back into the residual of a message."""
    rest: dict[str, Json] = {}
    names = {HEADERS: "headers", QUERY: "query", STATUS: "status", BODY: "body"}
    body: dict[str, Json] = {}
    for key, value in carried.items():
        if key in names:
            rest[names[key]] = value
        elif key != AS:
            body[_unescape(key)] = value
    if body:
        rest["body"] = body
    return rest
