"""
Calls: one strand of a plan, from its request over polls and fetches to its answer.

| state | waits for | an answer makes of it |
|---|---|---|
| sent | the first answer | polling, fetching, done |
| polling | the answer to `poll` | polling again, fetching, done |
| fetching | images by their URLs | done, when the last one came or failed |
| done | nothing | an answer is refused |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from imagetx import answer
from imagetx.address import is_followed
from imagetx.canonical import document
from imagetx.catalog import Catalog
from imagetx.derived import complete_error, complete_response
from imagetx.document import Json
from imagetx.errors import WireError, bounded_repr, one_line
from imagetx.fetch import Fetch
from imagetx.formdata import as_text
from imagetx.image import base64_of
from imagetx.jsontext import json_faults
from imagetx.pending import Pending
from imagetx.split import Share
from imagetx.target import Target
from imagetx.wire import NativeRequest, NativeResponse

_SOME_WAIT_S: Final = 1
"""Seconds between polls where nobody says."""

_MOST_FETCHES: Final = 1000
"""Of one answer no more images are fetched: nobody asks for so many in a call."""

_MOST_POLLS: Final = 10_000
"""However little a provider asks to wait, and whatever it keeps answering, a call ends."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Waiting:
    """
    A call that a provider has begun.

    Attributes:
        poll: The request that asks again.
        after_s: Seconds to wait before it.
        bounds: Attempts, seconds and category, as the last answer has them.
        alike: Answers in a row with these bounds.
        polls: Answers in all that there is no image yet.
        waited_s: Seconds waited in all before the last answer.
    """

    poll: NativeRequest
    after_s: float
    bounds: tuple[int | None, float | None, str]
    alike: int = 1
    polls: int = 1
    waited_s: float = 0

    def __repr__(self) -> str:
        """Give at most 500 characters, secrets of the URL masked."""
        names = ("poll", "after_s", "bounds", "alike", "polls", "waited_s")
        return bounded_repr("Waiting", ((name, getattr(self, name)) for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What calls of one plan share: whom they ask, for what, and where the target itself is."""

    catalog: Catalog
    target: Target
    request: Mapping[str, Json]
    start: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Call:
    """
    One call of a plan.

    Attributes:
        share: Which of the images it asks for.
        waiting: What is known of a job; None before there is one.
        answer: The canonical response or error, when there is one.
        fetches: The images of it that are fetched, by their index.
    """

    share: Share
    waiting: Waiting | None = None
    answer: Mapping[str, Json] | None = None
    fetches: Mapping[int, Fetch] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Give at most 500 characters, images by their size."""
        names = ("share", "waiting", "answer", "fetches")
        return bounded_repr("Call", ((name, getattr(self, name)) for name in names))

    @property
    def done(self) -> bool:
        """Say whether it is over."""
        return self.answer is not None and all(fetch.done for fetch in self.fetches.values())

    def received(self, native: NativeResponse, asked: Asked) -> Call:
        """Take the first answer, or that to a poll."""
        faults = [] if isinstance(native.body, bytes) else json_faults(native.body, kept=True)
        if faults and native.status < 400:  # of a laxer parser than ours: what is kept of it could not be written
            return self.failed("server_error", str(faults[0]))
        if faults:
            native = NativeResponse(native.status, native.headers)  # its status says enough
        try:
            read = answer.decode(asked.catalog, native, asked.target, self.share.of(asked.request), None).value
        except WireError as error:
            return self.failed("server_error", str(error.problems[0]))
        if isinstance(read, Pending):
            return self._waiting(read)
        said: Mapping[str, Json] = as_text(document(read))  # ours alone, and the same when it was written and read
        return replace(self, waiting=None, answer=said, fetches=_fetches(said, asked))

    def _waiting(self, pending: Pending) -> Call:
        """Wait, unless nothing tells whom to ask, or it has been enough."""
        if pending.poll is None:
            return self.failed("server_error", "expected an answer that tells whom to ask for the image, got none")
        before = self.waiting
        bounds = (pending.attempts, pending.deadline_s, pending.then)
        after_s = _SOME_WAIT_S if pending.after_s is None else pending.after_s
        now = Waiting(poll=pending.poll, after_s=after_s, bounds=bounds)
        if before is not None:
            alike = before.bounds == bounds
            poll = before.poll if alike and not pending.named else now.poll  # a place is named once, and holds
            waited_s = before.waited_s + before.after_s
            now = replace(
                now, poll=poll, alike=before.alike + 1 if alike else 1, polls=before.polls + 1, waited_s=waited_s
            )
        attempts, deadline_s, then = bounds
        late = deadline_s is not None and now.waited_s + after_s > deadline_s
        if late or now.polls > _MOST_POLLS or (attempts is not None and now.alike > attempts):
            return self.failed(then, _given_up(now))
        return replace(self, waiting=now)

    def fetched(self, index: int, fetch: Fetch) -> Call:
        """Take what became of an image that is fetched."""
        return replace(self, fetches={**self.fetches, index: fetch})

    def failed(self, category: str, message: str) -> Call:
        """Give up, before there is an answer."""
        said = complete_error({"category": category, "error": {"message": one_line(message)}})
        return replace(self, waiting=None, answer=said)

    def outcome(self) -> Mapping[str, Json]:
        """Give the answer with the images that were fetched; one that could not be had keeps its URL."""
        said = self.answer or {}
        came = {index: fetch for index, fetch in self.fetches.items() if fetch.image is not None}
        if not came:
            return said
        items = [_with_image(item, came[index]) if index in came else item for index, item in enumerate(said["data"])]
        rest = {name: value for name, value in said.items() if name != "output_format"}  # the bytes know it better
        return complete_response({**rest, "data": items})


def _given_up(now: Waiting) -> str:
    """Say how long it was waited, and for what it is not."""
    message = f"expected an image, got none in {now.waited_s:g} s and {now.polls} answer{'s' * (now.polls > 1)}"
    deadline_s = now.bounds[1]
    if deadline_s is None or now.waited_s + now.after_s <= deadline_s:
        return message
    return f"{message}; {now.after_s:g} s more are beyond the {deadline_s:g} s that are waited"


def is_error(said: Mapping[str, Json]) -> bool:
    """Say whether an answer is an error."""
    return "error" in said


def wants_bytes(request: Mapping[str, Json]) -> bool:
    """Say whether images are wanted as base64: by silence, too."""
    return request.get("response_format") != "url"


def _fetches(said: Mapping[str, Json], asked: Asked) -> dict[int, Fetch]:
    """List the images that come as URLs and are wanted as bytes."""
    if is_error(said) or not wants_bytes(asked.request):
        return {}
    found = (
        (index, item["url"])
        for index, item in enumerate(said["data"])
        if item.get("b64_json") is None and is_followed(item.get("url"), asked.start)
    )
    return {index: Fetch(url=url) for index, url in islice(found, _MOST_FETCHES)}


def _with_image(item: Mapping[str, Json], fetch: Fetch) -> dict[str, Json]:
    """Give an item its bytes in the place of its URL."""
    rest = {key: value for key, value in item.items() if key != "url"}
    data = base64_of(fetch.image or b"")
    return {"b64_json": data, **rest, "mime_type": fetch.mime_type}
