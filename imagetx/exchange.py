"""
Exchanges: what a request takes in more than one message, as a value without a clock or a socket.

    plan -> inputs (fetched, where the provider wants bytes) -> calls (one or more, each polled, its images
    fetched where bytes are wanted) -> one result

An exchange never changes: each answer gives another. It holds the request and what came, never a secret; the
requests that are to be sent are made of that when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from imagetx import ask
from imagetx.call import Asked, Call, is_error, wants_bytes
from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse, error_of, response_of
from imagetx.carried import OPTIONS
from imagetx.catalog import Catalog, Resolved, builtin_catalog
from imagetx.ceilings import admit
from imagetx.derived import complete_error
from imagetx.document import Json
from imagetx.errors import ImagetxError, Problem, RequestError, bounded_repr, child, shorten
from imagetx.fetch import Fetch, wanted, with_images
from imagetx.form import in_form
from imagetx.jsontext import copied, json_faults
from imagetx.merge import merged, unfetched, unlinked
from imagetx.notes import Note
from imagetx.policy import Options, enforce
from imagetx.resume import Place, read_exchange, write_exchange
from imagetx.secret import masked
from imagetx.split import split
from imagetx.step import Step
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import NativeResponse
from imagetx.words import CATEGORIES, REQUEST_FIELDS


class _Made(dict[str, Step]):
    """
    The first steps of calls, made once: nothing that a plan goes on to makes them others.

    All states of a plan share it, in any thread, for what it holds can be made again and is the same; so a copy
    and a pickle begin without.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[type[_Made], tuple[()]]:
        return _Made, ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Exchange:
    """
    Plan the messages that a request takes, and merge their answers; made by `imagetx.plan`.

    Attributes:
        request: The canonical request, without what a plan does not do (streaming).
        target: Who is to answer, as the caller said it.
        options: As of an encode.
        notes: What was changed before anything is sent; more stand in the result.
        result: The answer, when every branch is over; None before.
    """

    request: Mapping[str, Json]
    target: Target
    options: Options
    notes: tuple[Note, ...] = ()
    inputs: Mapping[str, Fetch] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    result: Translation[ImageResponse | ErrorResponse] | None = None
    catalog: Catalog = field(compare=False)
    _made: _Made = field(default_factory=_Made, compare=False)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # it holds documents

    def __repr__(self) -> str:
        """Give at most 500 characters."""
        open_ = [name for name, _ in self._open()]
        shown = (("target", self.target), ("request", self.request), ("open", open_), ("result", self.result))
        return bounded_repr("Exchange", shown)

    # --- what is to be done -------------------------------------------------------------------

    @property
    def pending(self) -> tuple[Step, ...]:
        """The requests that are to be sent now, in any order, also at once; empty when there is a result."""
        return tuple(self._step(name, strand) for name, strand in self._open())

    @property
    def answers(self) -> Mapping[str, ImageResponse | ErrorResponse]:
        """What each call answered that is over, by its branch."""
        over = {str(at): call.outcome() for at, call in enumerate(self.calls) if call.done}
        return {name: error_of(said) if is_error(said) else response_of(said) for name, said in over.items()}

    def _open(self) -> Iterator[tuple[str, Fetch | Call]]:
        """Yield the strands that wait for an answer, by the names of their branches."""
        if self.result is not None:
            return
        for name, fetch in self.inputs.items():
            if not fetch.done:
                yield name, fetch
        for at, call in enumerate(self.calls):
            if call.answer is None:
                yield str(at), call
            for index, fetch in call.fetches.items():
                if not fetch.done:
                    yield f"{at}/data/{index}", fetch

    def _step(self, name: str, strand: Fetch | Call) -> Step:
        if isinstance(strand, Fetch):
            return Step(branch=name, request=strand.request(), after_s=0, credentials=False)
        if strand.waiting is not None:
            poll = strand.waiting.poll
            own = poll.credential is not None
            return Step(branch=name, request=poll, after_s=strand.waiting.after_s, credentials=own)
        made = self._made.get(name)
        if made is None:
            adapting = replace(self.options, policy="adapt")  # the policy was held when the plan was made
            request = ask.encode(self.catalog, strand.share.of(self._whole()), self.target, adapting).value
            made = Step(branch=name, request=request, after_s=0, credentials=request.credential is not None)
            self._made[name] = made
        return made

    # --- what comes ---------------------------------------------------------------------------

    def feed(self, branch: str, response: NativeResponse) -> Exchange:
        """
        Take an answer.

        Args:
            branch: Whose it is: the branch of a pending step.
            response: What came, errors too.

        Returns:
            The exchange after it. What the dialect does not know fails the branch as a server_error.

        Raises:
            RequestError: No such branch waits for an answer, or it is no NativeResponse. Nothing is changed.
        """
        if not isinstance(response, NativeResponse):
            message = f"expected a NativeResponse, got {type(response).__name__}"
            raise RequestError(Problem(pointer="", message=message))
        match self._waiting(branch):
            case Fetch() as fetch:
                return self._with(
                    branch, fetch.received(response, self.start(self.meant()), self.catalog.limits.fetched_bytes)
                )
            case Call() as call:
                return self._with(branch, call.received(response, self._asked()))

    def fail(self, branch: str, category: str = "timeout", message: str = "") -> Exchange:
        """
        Give up a branch: no answer came.

        Args:
            branch: The branch of a pending step.
            category: Of the error that it is: a word of `imagetx.canonical.CATEGORIES`.
            message: For a human; "" says that no answer came.

        Returns:
            The exchange after it.

        Raises:
            RequestError: No such branch waits for an answer, or there is no such category. Nothing is changed.
        """
        if not isinstance(category, str) or category not in CATEGORIES:
            said = f"expected one of {', '.join(CATEGORIES)}, got {shorten(category)}"
            raise RequestError(Problem(pointer="/category", message=said, given=category))
        if not isinstance(message, str):
            raise RequestError(Problem(pointer="/message", message=f"expected text, got {shorten(message)}"))
        return self._with(branch, self._waiting(branch).failed(category, message or "no answer came"))

    def _waiting(self, branch: str) -> Fetch | Call:
        """Find a strand that waits for an answer."""
        waiting = dict(self._open())
        if not isinstance(branch, str) or branch not in waiting:
            known = ", ".join(waiting) or "none is left"
            message = f"expected a branch that waits for an answer ({known}), got {shorten(branch)}"
            raise RequestError(Problem(pointer="/branch", message=message, given=branch))
        return waiting[branch]

    def _with(self, branch: str, strand: Fetch | Call) -> Exchange:
        """Give the exchange in which a strand has moved on."""
        if branch in self.inputs and isinstance(strand, Fetch):
            return replace(self, inputs={**self.inputs, branch: strand}).settled()
        at, _, index = branch.partition("/data/")
        call = self.calls[int(at)]
        moved = strand if isinstance(strand, Call) else call.fetched(int(index), strand)
        self._made.pop(branch, None)  # images and all
        return replace(self, calls=(*self.calls[: int(at)], moved, *self.calls[int(at) + 1 :])).settled()

    def settled(self) -> Exchange:
        """Go on to the calls when all inputs came, and to the result when all calls are over."""
        if not self.calls:
            return self._after_inputs() if all(fetch.done for fetch in self.inputs.values()) else self
        return replace(self, result=self._merged()) if all(call.done for call in self.calls) else self

    def _after_inputs(self) -> Exchange:
        lost = next(((name, fetch.fault) for name, fetch in self.inputs.items() if fetch.fault is not None), None)
        if lost is not None:
            name, fault = lost
            return self._ended({**fault, "error": {**fault["error"], "param": name.partition("/")[0]}})
        try:
            return self.begun()
        except ImagetxError as error:  # what came is none of the images that may be sent
            problem = error.problems[0]
            said = {"message": str(error), "param": problem.pointer.split("/")[1] if problem.pointer else None}
            return self._ended(complete_error({"category": "invalid_request", "error": said}))

    def begun(self) -> Exchange:
        """
        Find the inputs to fetch first; where there are none left, the calls.

        Raises:
            RequestError: The request cannot be said, or not under the policy.
            ResolveError: No such target.
        """
        whole = self._whole()
        try:
            shares, notes = split(self.catalog, whole, self.target, self.options)
        except RequestError as error:
            fetches = wanted(error, whole, self.start(self.meant()))
            return replace(self, inputs={**self.inputs, **fetches})
        fetching = wants_bytes(self.request)  # then a URL in the answer is no end
        kept = [note for note in notes if not (fetching and note.pointer == "/response_format" and note.used == "url")]
        enforce(self.options.policy, [*self.notes, *kept])
        return replace(self, notes=(*self.notes, *kept), calls=tuple(Call(share=share) for share in shares))

    # --- what becomes of it -------------------------------------------------------------------

    def _merged(self) -> Translation[ImageResponse | ErrorResponse]:
        said = merged(self.calls, self.request)
        if is_error(said):
            return self._translation(error_of(said))
        if wants_bytes(self.request):
            return self._translation(response_of(said), unfetched(self.calls, self.request))
        linked = in_form(said, "url", []) if self.options.url_as == "data_url" else said
        return self._translation(response_of(linked), unlinked(said, self.options.url_as, self.notes))

    def _ended(self, error: Mapping[str, Json]) -> Exchange:
        return replace(self, result=self._translation(error_of(error)))

    def _translation(self, value: Any, notes: Iterable[Note] = ()) -> Translation[Any]:
        return self.meant().translation(value, (*self.notes, *notes))

    # --- as JSON ------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Json]:
        """Give it as a JSON document, images as base64, never a secret; see schemas/exchange.schema.json."""
        return write_exchange(self.request, self.target, self.options, self.notes, self.inputs, self.calls)

    @classmethod
    def from_json(cls, text: Json) -> Exchange:
        """
        Go on with an exchange from its JSON form; over providers of one's own that is `Registry.resume`.

        Args:
            text: The object, or its JSON text.

        Raises:
            ResolveError: It is of a format that is not known here, or its target is not.
            WireError: It is no exchange.
        """
        return resumed(builtin_catalog(), text)

    # --- what it means ------------------------------------------------------------------------

    def _whole(self) -> Mapping[str, Json]:
        """Give the request with the inputs that came."""
        return with_images(self.request, self.inputs)

    def meant(self) -> Resolved:
        """Tell what the target means for the request."""
        return ask.resolve(self.catalog, self.request, self.target, self.options)

    def start(self, meant: Resolved) -> str:
        """Tell where the target itself is."""
        auth = None if meant.credential is None else meant.credential.scheme
        return meant.dialect.request.endpoint.start(meant.target.variables, auth)

    def _asked(self) -> Asked:
        meant = self.meant()
        return Asked(catalog=self.catalog, target=meant.target, request=self._whole(), start=self.start(meant))


def resumed(catalog: Catalog, text: Json) -> Exchange:
    """Go on with an exchange from its JSON form; see `Exchange.from_json`."""

    def place_of(members: Mapping[str, Any]) -> Place:
        exchange = Exchange(catalog=catalog, **members)
        meant = exchange.meant()
        return exchange.start(meant), meant.credential

    return Exchange(catalog=catalog, **read_exchange(text, place_of)).settled()


def make_plan(
    catalog: Catalog, request: Mapping[str, Json] | ImageRequest, target: Target, options: Options
) -> Exchange:
    """Plan a request; see `imagetx.plan`."""
    admit(given := ask.document_of(request), catalog.limits)
    given = {name: copied(value, name) for name, value in given.items()}
    if given.get("image") is None and "images" in given:  # one spelling from here on
        given["image"] = given.pop("images")
    notes = []
    if given.get("stream") is True:
        reason = "a plan answers when it is over"
        notes.append(Note(pointer="/stream", kind="emulated", given=given.pop("stream"), used=False, reason=reason))
    planned = Exchange(request=given, target=target, options=options, notes=tuple(notes), catalog=catalog).begun()
    faults = json_faults(given, kept=True)  # what an encode passes over: it would be lost when it is written
    if faults:
        raise RequestError(faults)
    known = {*REQUEST_FIELDS, OPTIONS, *planned.meant().dialect.request.carries}
    kept = {name: value if name in known else masked(value, child("", name)) for name, value in given.items()}
    return replace(planned, request=kept)  # a key that is sent nowhere may be a secret, and a plan is stored
