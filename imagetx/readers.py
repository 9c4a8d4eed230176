"""
Readers: what the events of a stream say, one by one or put together.

Where a dialect says events one by one, each is read by itself. Where an answer comes in pieces,
each piece is read by itself too, so that an image is there as soon as it can be; the last image
waits for the end, because only then is known what the whole answer says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imagetx import answer
from imagetx.canonical import ErrorResponse, ImageResponse, document
from imagetx.catalog import Catalog, Resolved
from imagetx.checked import is_image, items_of
from imagetx.deltas import Deltas
from imagetx.derived import complete_response, seconds_of_date
from imagetx.dialect import Answers, Events
from imagetx.document import ABSENT, Json, get
from imagetx.errors import ImagetxError, shorten
from imagetx.event import COMPLETED, ERROR, PARTIAL
from imagetx.form import with_bytes
from imagetx.jsontext import parse_json
from imagetx.partials import Partials
from imagetx.pending import Pending
from imagetx.sequence import completed, events_of, failure, family_of, own_of, with_whole
from imagetx.wire import NativeResponse
from imagetx.words import METADATA

EARLY = "The stream ended before an image was complete."
NOTHING = "no_image_generated"
_ON_THE_WAY = ("usage", "filtered", "drafts", "text", "request_id", METADATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """
    Who speaks in a stream, and how whole messages of the dialect are read.

    Attributes:
        catalog: The providers.
        resolved: Who answers.
        asked: The canonical request, or None.
        headers: Those of the response, lower-case.
        created: Unix seconds to use where the provider says none, or None.
    """

    catalog: Catalog
    resolved: Resolved
    asked: Mapping[str, Json] | None
    headers: Mapping[str, str]
    created: int | None

    @property
    def family(self) -> str:
        """How the types of events begin."""
        return family_of(self.resolved.target.operation)

    @property
    def events(self) -> Events | None:
        """How the dialect says events."""
        return self.resolved.dialect.event

    def read(self, body: Json, status: int = 200) -> ImageResponse | ErrorResponse | Pending | None:
        """Read a whole message, bytes or a document; None if it is none of the dialect's."""
        native = NativeResponse(status, self.headers, body)
        try:
            return answer.decode(self.catalog, native, self.resolved.target, self.asked, self.created).value
        except ImagetxError:
            return None

    def read_error(self, event: Json) -> dict[str, Json]:
        """Read an event that is an error; it came under status 200, whatever it would have had by itself."""
        read = self.read(event, self._status_of(event))
        if not isinstance(read, ErrorResponse):
            return failure(f"expected an error of the provider, got {shorten(event)}")
        return {"type": ERROR, **document(read), "native_status": 200}

    def _status_of(self, event: Json) -> int:
        """Return the status that an error would have had by itself; 200 where the dialect's errors say none."""
        if self.events is None or self.events.error_status is None:
            return 200
        said = get(event, self.events.error_status)
        status = self.events.error_statuses.get(said, 500) if isinstance(said, str) else said
        sound = isinstance(status, int) and not isinstance(status, bool) and 300 <= status <= 599
        return status if sound else 500

    def read_whole(self, body: Json) -> list[dict[str, Json]]:
        """Read an answer that is no stream."""
        if self.events is not None and isinstance(body, bytes):
            try:
                parsed = parse_json(body, self.catalog.limits, answer=True)
            except ImagetxError:
                parsed = None
            if self.events.is_error(parsed):
                return [self.read_error(parsed)]
        read = self.read(body)
        if isinstance(read, ImageResponse | ErrorResponse):
            return list(events_of(document(read), self.family, own_of(self.events)))
        if read is None:
            return [failure(f"expected an answer of {self.resolved.dialect.provider}, got {shorten(body)}")]
        return [failure("expected a stream, got an answer that work has begun", NOTHING)]

    def read_nothing(self) -> dict[str, Json]:
        """Read what a stream means that ended with neither an image nor an error."""
        read = self.read({})
        return {"type": ERROR, **document(read)} if isinstance(read, ErrorResponse) else failure(EARLY, NOTHING)


class OneByOne:
    """Read events that a dialect says one by one."""

    __slots__ = ("_answers", "_count", "_native", "_speaker", "whole")

    def __init__(self, speaker: Speaker, answers: Answers) -> None:
        self._speaker, self._answers = speaker, answers
        self._count = 0
        self.whole = False
        kept = {name: value for name, value in speaker.headers.items() if answers.keeps(name)}
        self._native = {"status": 200, "headers": kept, "kind": "json"}

    def take(self, event: Json) -> list[dict[str, Json]]:
        """Read one event; what no variant takes says nothing to us."""
        read = self._answers.choice.decode({**self._native, "body": event})
        if isinstance(read, list):
            return []
        canonical, carried, _ = read
        kind = canonical.get("type")
        if not isinstance(kind, str) or not is_image(canonical):
            return []
        said = {METADATA: {self._speaker.resolved.dialect.provider: carried}} if carried else {}
        date = seconds_of_date(self._speaker.headers.get("date")) or None
        created = date if self._speaker.created is None else self._speaker.created
        made = {} if created is None or "created_at" in canonical else {"created_at": created}
        if not kind.endswith(COMPLETED):
            return [{**canonical, **made, **said}] if kind.endswith(PARTIAL) else []
        self._count += 1
        return [{**self._complete(canonical), **made, **said}]

    def _complete(self, event: dict[str, Json]) -> dict[str, Json]:
        """Fill what follows from an image, as in an answer."""
        said: dict[str, Json] = {name: event[name] for name in ("usage", "output_format") if name in event}
        item = {name: event[name] for name in ("b64_json", "url", "mime_type") if name in event}
        full = complete_response({**said, "data": [item]})
        derived: dict[str, Json] = {**full["data"][0], "index": self._count - 1}
        return {**derived, **event, **({"usage": full["usage"]} if "usage" in said else {})}

    def broken(self) -> list[dict[str, Json]]:
        """Give what waits although the stream ends here: nothing does."""
        return []

    def end(self) -> list[dict[str, Json]]:
        """Give what the end of the stream says."""
        return [] if self._count else [self._speaker.read_nothing()]


class InPieces:
    """Read an answer that comes in pieces."""

    __slots__ = ("_count", "_events", "_fold", "_held", "_speaker", "whole")

    def __init__(self, speaker: Speaker, events: Events, pieces: Partials | Deltas) -> None:
        self._speaker, self._events = speaker, events
        self._fold = pieces.fold()
        self._count = 0  # images found
        self._held: dict[str, Json] | None = None
        self.whole = False

    @property
    def count(self) -> int:
        """Say how many images were found so far."""
        return self._count

    def take(self, event: Json) -> list[dict[str, Json]]:
        """Read one piece, and give the images that are no longer the last."""
        alone = self._fold.add(event)
        given = []
        for found in () if alone is ABSENT else self._images(alone):
            given += [] if self._held is None else [self._held]
            self._held = {**found, "index": self._count}
            self._count += 1
        if not self._fold.over:
            return given
        self.whole = True
        return [*given, *self.end()]

    def _images(self, body: Json) -> list[dict[str, Json]]:
        """Read the images of a piece; one without any is no answer of the dialect, and that is no fault."""
        who = self._speaker
        dialect = who.resolved.dialect
        read = dialect.response.choice.decode({"status": 200, "headers": {}, "kind": "json", "body": body})
        if isinstance(read, list) or read[2].name in dialect.response.polls:
            return []
        full = complete_response(with_bytes(read[0]), created=who.created, date=who.headers.get("date"))
        return [completed(item, full, who.family, self._events.own) for item in items_of(full) if is_image(item)]

    def broken(self) -> list[dict[str, Json]]:
        """Give the image that waits although the stream ends here: nobody says the whole."""
        held, self._held = self._held, None
        if held is None:
            return []
        read = self._speaker.read(self._fold.document())
        said = document(read) if isinstance(read, ImageResponse) else {}
        return [with_whole(held, {name: said[name] for name in _ON_THE_WAY if name in said})]

    def end(self) -> list[dict[str, Json]]:
        """Read the whole answer, and give the images that are left with what it says, or the error that it is."""
        held, self._held = self._held, None
        read = self._speaker.read(self._fold.document())
        if isinstance(read, ImageResponse):
            return self._left(document(read), held)
        if held is not None:
            return [held]
        if isinstance(read, ErrorResponse) and (self._fold.ended or not self._fold.begun):
            return [{"type": ERROR, **document(read)}]
        return [failure(EARLY, NOTHING)]

    def _left(self, full: Mapping[str, Json], held: dict[str, Json] | None) -> list[dict[str, Json]]:
        """Give the images of the whole answer from the one that waits on."""
        given = self._count - (held is not None)
        items = list(filter(is_image, items_of(full)))
        left = [completed(item, full, self._speaker.family, self._events.own) for item in items[given:]]
        if held is not None and left and _is_same(left[0], held):
            left[0] = {**held, **left[0]}  # it may have a format of its own, where the whole has several
        elif held is not None:
            left = [held]  # the whole is read in another way than the pieces were
        left = [{**event, "index": place} for place, event in enumerate(left, given)]
        return [*left[:-1], with_whole(left[-1], full)] if left else []


def _is_same(one: Mapping[str, Json], other: Mapping[str, Json]) -> bool:
    return one.get("b64_json") == other.get("b64_json") and one.get("url") == other.get("url")
