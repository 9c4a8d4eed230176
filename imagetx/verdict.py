"""
Verdicts: what would become of a request, without anything being sent.

`check` makes the plan and keeps what it says; `rank` holds the checks of several targets side by side. Both go the
way of every request, resolve, check, plan, encode, so there is nothing beside it that could say otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Final

from imagetx import ask
from imagetx.canonical import ImageRequest
from imagetx.catalog import Catalog
from imagetx.errors import DATA_LIMIT, Json, Problem, RequestError, ResolveError, bounded_repr, shorten
from imagetx.exchange import Exchange, make_plan
from imagetx.formdata import as_text
from imagetx.notes import Note
from imagetx.policy import Options
from imagetx.split import least_calls
from imagetx.target import Target, parse_target
from imagetx.words import REQUEST_FIELDS

WEIGHTS: Final[Mapping[str, int]] = {
    "dropped": 8,
    "overruled": 8,
    "emulated": 4,
    "approximated": 2,
    "clamped": 2,
    "assumed": 2,
    "defaulted": 0,
}
"""What a note of a kind counts, times the weight of its field (design.md, questions to the specs)."""

ADVICE: Final[Mapping[str, int]] = {"retired": 8, "unverified": 4, "deprecated": 1}
"""What advice counts, whatever it stands at: it is about the target and no field."""

_WEIGHED: Final = frozenset({*REQUEST_FIELDS, "provider_options"})
_WHOLE: Final = 2**53  # floats above are whole numbers; an int has no greatest

Score = int | float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check:
    """
    Say what would become of a request at a target; made by `imagetx.check`.

    Attributes:
        notes: Every change before anything is sent; empty where it is refused.
        problems: Why it is refused; empty where it is not.
        calls: Messages that ask for images; 0 where it is refused.
        steps: The least number of messages that are known of before anything is sent: input images that are
            fetched first, and the calls. Polls and fetches of results come on top.
    """

    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    calls: int = 0
    steps: int = 0

    @property
    def refused(self) -> bool:
        """Say whether nothing can be sent."""
        return bool(self.problems)

    def __repr__(self) -> str:
        """Give at most 500 characters."""
        names = ("notes", "problems", "calls", "steps")
        return bounded_repr("Check", ((name, getattr(self, name)) for name in names))

    def to_json(self) -> dict[str, Json]:
        """Give it as a JSON document."""
        return {**_said(self.notes, self.problems), "calls": self.calls, "steps": self.steps}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ranked:
    """
    Say how well a target can serve a request; made by `imagetx.rank`.

    Attributes:
        target: As it was given.
        score: What its notes weigh, 0 where nothing is lost; None where it refuses.
        notes: Every change before anything is sent; empty where it refuses.
        problems: Why it refuses; empty where it does not.
    """

    target: str | Target
    score: Score | None
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        """Give at most 500 characters."""
        names = ("target", "score", "notes", "problems")
        return bounded_repr("Ranked", ((name, getattr(self, name)) for name in names))

    def to_json(self) -> dict[str, Json]:
        """Give it as a JSON document; the target as text, or as an object of its members that are given."""
        return {"target": _target(self.target), "score": self.score, **_said(self.notes, self.problems)}


def check_request(
    catalog: Catalog, request: Mapping[str, Json] | ImageRequest, target: str | Target, options: Options
) -> Check:
    """Tell what a plan would do; see `imagetx.check`."""
    given = ask.document_of(request)
    if not isinstance(target, str | Target):
        parse_target(target)
    try:
        planned = make_plan(catalog, given, parse_target(target), options)
    except (RequestError, ResolveError) as error:
        return Check(problems=error.problems)
    calls = len(planned.calls) or _calls_after_inputs(planned)
    return Check(notes=planned.notes, calls=calls, steps=len(planned.inputs) + calls)


def _calls_after_inputs(planned: Exchange) -> int:
    """Tell how many calls there are at least when the inputs, without which none can be made, have come."""
    return least_calls(planned.request.get("n"), planned.meant().dialect.request.most)


def rank_targets(
    catalog: Catalog,
    request: Mapping[str, Json] | ImageRequest,
    targets: Iterable[str | Target],
    weights: Mapping[str, Score],
    options: Options,
) -> list[Ranked]:
    """Order targets by what they would lose; see `imagetx.rank`."""
    given = ask.document_of(request)
    if isinstance(targets, str | Target | Mapping) or not isinstance(targets, Iterable):
        raise RequestError(f"expected a list of targets, got {shorten(targets)}")
    exact = _exact(weights)
    judged = []
    for at, target in enumerate(targets):
        verdict = check_request(catalog, given, target, options)
        score = None if verdict.refused else _score(verdict.notes, exact)
        order = (verdict.refused, score or 0, verdict.calls, at)
        ranked = Ranked(
            target=target,
            score=None if score is None else _plain(score),
            notes=verdict.notes,
            problems=verdict.problems,
        )
        judged.append((order, ranked))
    return [ranked for _, ranked in sorted(judged, key=lambda pair: pair[0])]


def _score(notes: Iterable[Note], weights: Mapping[str, Fraction]) -> Fraction:
    """Weigh notes: those on a field by its weight, advice as it is."""
    one, total = Fraction(1), Fraction(0)
    for note in notes:
        if note.kind in ADVICE:
            total += ADVICE[note.kind]
        else:
            total += WEIGHTS[note.kind] * weights.get(note.pointer.split("/", 2)[1] if note.pointer else "", one)
    return total


def _exact(weights: Mapping[str, Score]) -> dict[str, Fraction]:
    """
    Read the weights of fields, exactly: sums of tenths tie as they should.

    Raises:
        RequestError: A name is no canonical field, or a weight no finite number from 0 on.
    """
    if not isinstance(weights, Mapping):
        raise RequestError(f"expected weights by canonical field, got {shorten(weights)}")
    problems = []
    for name, weight in weights.items():
        shown = shorten(name) if not isinstance(name, str) else name
        if name not in _WEIGHED:
            problems.append(Problem(pointer="", message=f"expected weights of canonical fields, got one of {shown}"))
        elif not _is_weight(weight):
            message = f"expected the weight of {shown} to be a finite number from 0 on, got {shorten(weight)}"
            problems.append(Problem(pointer="", message=message, given=weight))
    if problems:
        raise RequestError(problems)
    return {
        name: Fraction(weight if isinstance(weight, int) else repr(float(weight))) for name, weight in weights.items()
    }


def _is_weight(weight: Json) -> bool:
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        return False
    try:
        return math.isfinite(weight) and weight >= 0
    except OverflowError:  # an int beyond all floats
        return False


def _plain(score: Fraction) -> Score:
    """Give a score as a number that JSON has."""
    return int(score) if score.denominator == 1 or score > _WHOLE else float(score)


def _target(target: str | Target) -> Json:
    """Give a target as it was given: its text, or the members that it has."""
    if isinstance(target, str):
        return target
    members = {**asdict(target), "variables": dict(target.variables)}
    return {name: value for name, value in members.items() if value not in (None, {})}


def _said(notes: Iterable[Note], problems: Iterable[Problem]) -> dict[str, Json]:
    return {"notes": [as_text(note.to_json()) for note in notes], "problems": [_problem(each) for each in problems]}


def _problem(problem: Problem) -> dict[str, Json]:
    """Give a problem as a JSON object, of the data in it no more than a message may hold."""
    given = problem.given
    brief = len(given) <= DATA_LIMIT if isinstance(given, str) else given is None or isinstance(given, bool | int)
    return {
        "pointer": problem.pointer,
        "message": problem.message,
        "given": given if brief else shorten(given),
        "expected": problem.expected,
        "source": problem.source,
    }
