"""
Dialects: one wire language, compiled; pure functions over plain documents.

A dialect knows nothing of targets and registries: it gets a request with the model's name on
the wire, and gives the parts of a message. `compile.py` builds it from a flat spec.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from imagetx.clause import Clause
from imagetx.deltas import Deltas
from imagetx.document import ABSENT, Json, Path
from imagetx.endpoint import Endpoint
from imagetx.errors import Problem, RequestError, WireError
from imagetx.eventstream import Frame
from imagetx.follow import Poll
from imagetx.limits import Limit
from imagetx.notes import Note
from imagetx.outline import Outline, outline_of
from imagetx.partials import Partials
from imagetx.rule import Notes
from imagetx.variant import Choice, Variant

_COUNTABLE = 10**12
_MOST_OUTLINES = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """
    How a dialect says requests.

    Attributes:
        choice: The variants.
        endpoint: The URL template.
        method: HTTP method.
        body: `json` or `form`; a variant may have another.
        timeout_s: Advised client timeout in seconds, or None.
        checks: Limits by canonical field.
        clamps: (low, high) by preference, either may be None.
        most: Images that one call may ask for, or None where there is no limit.
        seeds: The least and the greatest seed; None where there is no greatest.
        required: Fields without which there is no request.
        clauses: `when`, in order.
        carries: Native places by the names a caller may use for them.
        goes_along: Body places of keys without a canonical field: they mean the same to another family.
        brackets: How a form says lists and objects, `empty` or `index`; None where it has none.
        model_at: Native path of the model's name, or None where the route is the model.
        read_model: Reads the model's name in a native message; None where there is no place for it.
        model_in: Reads the model's name in the holes of a path alone; None where it does not stand there.
        path_of: Holes of the path that a model's name fills.
        silent_model: The model that native silence means, or None.
        fold: Spells keys as the dialect declares; None if they are as they come.
        ignores: Form parts, or keys of a JSON body, that say nothing.
        headers: Headers that rules own.
        secrets: Headers into which the provider's credentials go.
        confirm: The path alone does not tell the dialect from others.
        reading: What decides how a message is read before its rules are asked; equal for most families.
    """

    choice: Choice
    endpoint: Endpoint
    method: str
    body: str
    timeout_s: float | None
    checks: Mapping[str, Limit]
    clamps: Mapping[str, tuple[Json, Json]]
    most: int | None
    seeds: tuple[int, int | None]
    required: tuple[str, ...]
    clauses: tuple[Clause, ...]
    carries: Mapping[str, Path]
    goes_along: frozenset[Path]
    brackets: str | None
    model_at: Path | None
    read_model: Callable[[Json], Json] | None
    model_in: Callable[[Mapping[str, str]], str | None]
    path_of: Callable[[str], Mapping[str, str]]
    silent_model: str | None
    fold: Callable[[Json], Json] | None
    ignores: frozenset[str]
    headers: frozenset[str]
    secrets: frozenset[str]
    confirm: bool
    reading: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """
    How a dialect says responses or errors.

    Attributes:
        choice: The variants.
        polls: By variant: how an answer that work has begun is followed.
        keeps: (header name) -> bool: headers that are mapped or kept.
        redact: Takes secrets that the provider echoes out of a message.
    """

    choice: Choice
    polls: Mapping[str, Poll]
    keeps: Callable[[str], bool]
    redact: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """
    How a dialect says what happens in a stream: events one by one, or pieces of an answer.

    Attributes:
        answers: How single events are said; None where pieces come.
        pieces: How an answer comes in pieces; None where events are said one by one.
        name: Where an event says its type, which the `event:` line repeats; or None.
        array: (the caller's own request) -> bool: who asks so gets a JSON array and no server-sent events.
        end: The frame that is written last, or None.
        is_error: Says whether an event is an error of the provider.
        error_status: Where an error holds the status that it would have had by itself, or None.
        error_statuses: What words mean in the place of that status.
        error_number: Where an error holds how many events came before it, or None.
        error_with: What we write with an error where it says nothing, by its places.
        error_raw: Among server-sent events, an error stands bare, without `data:`.
        own: Native keys of provider_metadata that belong to an image, where the others belong to the answer.
    """

    answers: Answers | None
    pieces: Partials | Deltas | None
    name: Path | None
    array: Callable[[Json], bool]
    end: Frame | None
    is_error: Callable[[Json], bool]
    error_status: Path | None
    error_statuses: Mapping[str, int]
    error_number: Path | None
    error_with: Mapping[Path, Json]
    error_raw: bool
    own: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """
    One wire language of a provider for one family of models.

    Attributes:
        provider: Main name of the provider.
        name: Name of the dialect file.
        family: Name of the family of models.
        surface: Which of the provider's protocols.
        operations: What it can be asked for.
        request, response, error, event: The codecs; event is None where nothing streams.
        verified: ISO date on which its source was read.
        unverified: No public API was found.
        says: The flat spec, for `explain`.
    """

    provider: str
    name: str
    family: str
    surface: str
    operations: tuple[str, ...]
    request: Requests
    response: Answers
    error: Answers
    event: Events | None
    verified: str
    unverified: bool
    says: Mapping[str, Any]
    _outlines: dict[tuple[Json, ...], Outline] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Dialect {self.provider}/{self.name} as {self.family}>"

    def encode_request(self, request: dict[str, Json], carried: Json, as_of: str, notes: Notes) -> dict[str, Json]:
        """
        Say a checked request; `carried` (native keys) is laid over it.

        Raises:
            RequestError: The request cannot be said, or contradicts what is carried.
        """
        request, variant = self.form(request, carried, as_of, notes)
        problems: list[Problem] = []
        variant.inputs(request, problems)
        if problems:
            raise RequestError(problems)
        native: dict[str, Json] = {"path": {}, "query": {}, "headers": {}, "body": {}}
        self.request.choice.encode(variant, request, native, notes, carried)
        if variant.requires:
            problems = [problem for holds, problem in variant.requires if not holds(native)]
            if problems:
                raise RequestError(problems)
        if carried is not ABSENT:  # which may have taken one of them away
            native = {"path": {}, "query": {}, "headers": {}, "body": {}, **native}
        native["kind"] = variant.kind
        return native

    def form(
        self, request: dict[str, Json], carried: Json, as_of: str, notes: Notes
    ) -> tuple[dict[str, Json], Variant]:
        """
        Apply the clauses to a checked request, and choose its form.

        Raises:
            RequestError: A clause refuses a field, or there is no form for it.
        """
        said = _said(request)
        outline = self._outline(said)
        for number, clause in enumerate(self.request.clauses) if outline.clauses else ():
            if number in outline.clauses and clause.since <= as_of < clause.until and clause.test(said):
                request = clause.apply(request, notes)
                said = _said(request)
                outline = self._outline(said)
        if carried is not ABSENT:
            named = self.request.choice.choose(said, carried)
            if named is not None:
                return request, named
        else:
            for variant, test in outline.variants:
                if test(said):
                    return request, variant
        message = f"expected a request that {self.provider}/{self.name} has a form for"
        raise RequestError(Problem(pointer="", message=message))

    def _outline(self, request: Mapping[str, Json]) -> Outline:
        """Return what the names in a request decide, from the last time that there were these."""
        key = (request.get("operation"), *request)
        found = self._outlines.get(key)
        if found is None:
            says = self.request
            found = outline_of(request, says.checks, says.clamps, says.clauses, says.choice.variants)
            if len(self._outlines) < _MOST_OUTLINES:
                self._outlines[key] = found
        return found

    def decode_request(self, native: dict[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
        """
        Read a native request: the canonical one, and what is carried natively.

        Raises:
            WireError: It is not a request of this dialect.
        """
        read = self.request.choice.decode(native)
        if isinstance(read, list):
            who = f"{self.provider}/{self.name}"
            raise WireError([replace(problem, message=f"{problem.message} as in {who}") for problem in read])
        canonical, carried, variant = read
        problems: list[Problem] = []
        variant.inputs(canonical, problems)
        if problems:
            raise WireError([replace(problem, pointer=variant.place(problem.pointer)) for problem in problems])
        for name, value in variant.says.get("implies", {}).items():
            canonical.setdefault(name, value)
        return canonical, carried

    def check(self, request: dict[str, Json], problems: list[Problem], notes: Notes) -> None:
        """Check a request against the limits; preferences that are out of range are clamped in it."""
        outline = self._outline(request)
        for name, test_for in outline.limits:
            value = request[name]
            test = test_for(type(value))
            if (test is None or not test(value)) and value is not None:
                self.request.checks[name](value, f"/{name}", problems)
        if problems:
            problems[:] = [_calls(problem, request, self.request.most) for problem in problems]
        for name in self.request.required:
            if request.get(name) is None:
                message = f"expected {name}, which {self.provider} needs, got nothing"
                problems.append(Problem(pointer=f"/{name}", message=message))
        if problems:
            return
        for name in outline.whole:
            if isinstance(value := request[name], float):
                request[name] = int(value)  # JSON Schema's integer 2.0 is 2 on every wire
        for name, bounds in outline.clamps:
            if request[name] is not None:
                request[name] = _clamp(name, request[name], bounds, notes)


def _said(request: dict[str, Json]) -> dict[str, Json]:
    """Return a request without its nulls: conditions ask what a request says, and null says nothing."""
    return (
        {name: value for name, value in request.items() if value is not None} if None in request.values() else request
    )


def _calls(problem: Problem, request: Mapping[str, Json], most: int | None) -> Problem:
    """Say how many calls an n above the limit of one call takes."""
    value = request.get("n")
    if problem.pointer != "/n" or most is None or type(value) is not int or not most < value < _COUNTABLE:
        return problem
    message = f"{problem.message}; send {-(-value // most)} requests of at most {most}"
    return Problem(pointer=problem.pointer, message=message, given=problem.given, expected=problem.expected)


def _clamp(name: str, value: Json, bounds: tuple[Json, Json], notes: Notes) -> Json:
    low, high = bounds
    used = low if low is not None and value < low else high if high is not None and value > high else value
    if used is not value:
        bounds_said = (
            f"{low} to {high}" if None not in bounds else f"at least {low}" if high is None else f"at most {high}"
        )
        reason = f"the dialect takes {bounds_said}"
        notes.append(Note(pointer=f"/{name}", kind="clamped", given=value, used=used, reason=reason))
    return used
