"""
Streams in: the bytes of a provider's stream become canonical events.

Events that a dialect says one by one are read as they come. Where an answer comes in pieces, each
piece is read by itself, so that an image is there as soon as it can be; the last image waits for
the end, because only then is known what the whole answer says. A body that is no stream is read at
its end as the answer it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imagetx import answer
from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse, document
from imagetx.catalog import Catalog, Resolved
from imagetx.checked import is_image, items_of
from imagetx.derived import complete_response, seconds_of_date
from imagetx.dialect import Answers, Events
from imagetx.document import ABSENT, Json, get, put
from imagetx.errors import ImagetxError, Problem, RequestError, shorten
from imagetx.event import COMPLETED, ERROR, PARTIAL, ImageEvent, event_of
from imagetx.events import METADATA, completed, events_of, failure, family_of, with_whole
from imagetx.eventstream import MAX_KEPT_BYTES, Frame, FrameDecoder
from imagetx.form import with_bytes
from imagetx.headers import fold_headers
from imagetx.jsontext import parse_json
from imagetx.notes import Note
from imagetx.pending import Pending
from imagetx.target import Target
from imagetx.wire import NativeResponse

_DONE = b"[DONE]"
_EARLY = "The stream ended before an image was complete."
_NOTHING = "no_image_generated"
_ON_THE_WAY = ("usage", "filtered", "drafts", "text", "request_id", METADATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """
    What a stream answers, and how whole messages of its dialect are read.

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
        place = None if self.events is None else self.events.error_status
        status = 200 if place is None else get(event, place)
        sound = isinstance(status, int) and not isinstance(status, bool) and 300 <= status <= 599
        read = self.read(event, status if sound else 200)
        if not isinstance(read, ErrorResponse):
            return failure(f"expected an error of the provider, got {shorten(event)}")
        return {"type": ERROR, **document(read), "native_status": 200}

    def read_whole(self, body: Json) -> list[dict[str, Json]]:
        """Read an answer that is no stream."""
        if self.events is not None and isinstance(body, bytes):
            try:
                parsed = parse_json(body)
            except ImagetxError:
                parsed = None
            if self.events.is_error(parsed):
                return [self.read_error(parsed)]
        read = self.read(body)
        if isinstance(read, ImageResponse | ErrorResponse):
            own = None if self.events is None or self.events.pieces is None else self.events.own
            return list(events_of(document(read), self.family, own))
        if read is None:
            return [failure(f"expected an answer of {self.resolved.dialect.provider}, got {shorten(body)}")]
        return [failure("expected a stream, got an answer that work has begun", _NOTHING)]

    def read_nothing(self) -> dict[str, Json]:
        """Read what a stream means that ended with neither an image nor an error."""
        read = self.read({})
        return {"type": ERROR, **document(read)} if isinstance(read, ErrorResponse) else failure(_EARLY, _NOTHING)


class StreamDecoder:
    """
    Read a provider's stream as canonical events; `imagetx.stream_decoder` makes one.

    It holds what has come so far, and belongs to one stream and one task.
    """

    __slots__ = ("_call", "_closed", "_frames", "_notes", "_over", "_reader")

    def __init__(self, call: _Call) -> None:
        self._call = call
        self._notes = list(call.resolved.notes)
        self._over = False
        self._closed = False
        events = call.events
        self._frames: FrameDecoder | _Body = FrameDecoder(call.headers.get("content-type"))
        self._reader: _OneByOne | _InPieces | None = None
        if events is None:
            self._frames = _Body()
        elif events.answers is not None:
            self._reader = _OneByOne(call, events.answers)
        else:
            self._reader = _InPieces(call, events)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "over" if self._over else "open"
        return f"<StreamDecoder of {self._call.resolved.dialect.provider}/{self._call.resolved.dialect.name}, {state}>"

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was guessed or changed so far."""
        return tuple(self._notes)

    def feed(self, data: bytes) -> tuple[ImageEvent, ...]:
        """
        Take the next bytes of the response's body.

        Args:
            data: Any number of bytes, cut anywhere.

        Returns:
            The events that are complete now. An error event is the last one: what comes after it says nothing.

        Raises:
            RequestError: The stream is closed, or data is no bytes.
        """
        if not isinstance(data, bytes | bytearray | memoryview):
            raise RequestError(Problem(pointer="", message=f"expected bytes, got {type(data).__name__}"))
        if self._closed:
            raise RequestError(Problem(pointer="", message="expected no more bytes: the stream is closed"))
        return self._given(() if self._over else self._frames.feed(data))

    def close(self) -> tuple[ImageEvent, ...]:
        """
        Take the end of the body.

        Returns:
            The events that were waiting for it. Where neither an image nor an error came, an error event says so.
        """
        if self._closed:
            return ()
        self._closed = True
        events = self._given(() if self._over else self._frames.close())
        if self._over:
            return events
        self._over = True
        left = [self._call.read_nothing()] if self._reader is None else self._reader.end()
        return (*events, *map(event_of, left))

    def _given(self, frames: Iterable[Frame | Problem]) -> tuple[ImageEvent, ...]:
        """Give the events of frames, up to one that ends the stream."""
        given: list[ImageEvent] = []
        for frame in frames:
            for doc in () if self._over else self._read(frame):
                given.append(event_of(doc))
                self._over = self._over or doc["type"] == ERROR
        return tuple(given)

    def _read(self, frame: Frame | Problem) -> list[dict[str, Json]]:
        """Read one frame."""
        if isinstance(frame, Problem):
            return self._failed(frame.message)
        if self._reader is None or self._frames.kind == "plain":
            reason = "the answer did not stream: its events are made of it"
            self._notes.append(Note(pointer="/stream", kind="emulated", given=True, reason=reason))
            found = self._call.read_whole(frame.data)
            self._over = True
            return found
        if frame.data.strip() in (b"", _DONE):
            return []
        try:
            value = parse_json(frame.data)
            events = value if isinstance(value, list) else [value]
            return [doc for event in events for doc in self._take(event, frame.event)]
        except ImagetxError as error:
            return self._failed(error.problems[0].message)

    def _take(self, event: Json, name: str | None) -> list[dict[str, Json]]:
        """Read one native event; `name` is that of its frame."""
        events, reader = self._call.events, self._reader
        if not isinstance(event, dict) or events is None or reader is None:
            return self._failed(f"expected an event, got {shorten(event)}")
        if name is not None and events.name is not None and get(event, events.name) is ABSENT:
            put(event, events.name, name)
        if events.is_error(event):
            return [*reader.broken(), self._call.read_error(event)]
        found = reader.take(event)
        self._over = reader.whole
        return found

    def _failed(self, message: str) -> list[dict[str, Json]]:
        """End a stream that cannot be read, after what waits."""
        return [*([] if self._reader is None else self._reader.broken()), failure(message)]


class _Body:
    """A body of a dialect that does not stream, whatever it looks like."""

    __slots__ = ("_data", "kind")

    def __init__(self) -> None:
        self.kind = "plain"
        self._data: bytearray | None = bytearray()

    def feed(self, data: bytes) -> tuple[Problem, ...]:
        """Take the next bytes."""
        if self._data is None or len(self._data) + len(data) <= MAX_KEPT_BYTES:
            self._data = None if self._data is None else self._data + data
            return ()
        self._data = None
        return (Problem(pointer="", message=f"expected a body of at most {MAX_KEPT_BYTES} bytes, got more"),)

    def close(self) -> tuple[Frame, ...]:
        """Give it whole."""
        return (Frame(bytes(self._data), raw=True),) if self._data else ()


class _OneByOne:
    """Read events that a dialect says one by one."""

    __slots__ = ("_answers", "_call", "_count", "_native", "whole")

    def __init__(self, call: _Call, answers: Answers) -> None:
        self._call, self._answers = call, answers
        self._count = 0
        self.whole = False
        kept = {name: value for name, value in call.headers.items() if answers.keeps(name)}
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
        said = {METADATA: {self._call.resolved.dialect.provider: carried}} if carried else {}
        date = seconds_of_date(self._call.headers.get("date")) or None
        created = date if self._call.created is None else self._call.created
        made = {} if created is None or "created_at" in canonical else {"created_at": created}
        if not kind.endswith(COMPLETED):
            return [{**canonical, **made, **said}] if kind.endswith(PARTIAL) else []
        self._count += 1
        return [{**self._complete(canonical), **made, **said}]

    def _complete(self, event: dict[str, Json]) -> dict[str, Json]:
        """Fill what follows from an image, as in an answer."""
        whole = {name: event[name] for name in ("usage", "output_format") if name in event}
        item = {name: event[name] for name in ("b64_json", "url", "mime_type") if name in event}
        full = complete_response({**whole, "data": [item]})
        return {**full["data"][0], **{name: full[name] for name in whole}, "index": self._count - 1} | {
            name: value for name, value in event.items() if name != "usage"
        }

    def broken(self) -> list[dict[str, Json]]:
        """Give what waits although the stream ends here: nothing does."""
        return []

    def end(self) -> list[dict[str, Json]]:
        """Give what the end of the stream says."""
        return [] if self._count else [self._call.read_nothing()]


class _InPieces:
    """Read an answer that comes in pieces."""

    __slots__ = ("_call", "_count", "_events", "_fold", "_held", "whole")

    def __init__(self, call: _Call, events: Events) -> None:
        assert events.pieces is not None
        self._call, self._events = call, events
        self._fold = events.pieces.fold()
        self._count = 0  # images found
        self._held: dict[str, Json] | None = None
        self.whole = False

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
        dialect = self._call.resolved.dialect
        read = dialect.response.choice.decode({"status": 200, "headers": {}, "kind": "json", "body": body})
        if isinstance(read, list) or read[2].name in dialect.response.polls:
            return []
        full = complete_response(with_bytes(read[0]), created=self._call.created, date=self._call.headers.get("date"))
        return [completed(item, full, self._call.family, self._events.own) for item in items_of(full) if is_image(item)]

    def broken(self) -> list[dict[str, Json]]:
        """Give the image that waits although the stream ends here: nobody says the whole."""
        held, self._held = self._held, None
        if held is None:
            return []
        read = self._call.read(self._fold.document())
        said = document(read) if isinstance(read, ImageResponse) else {}
        return [with_whole(held, {name: said[name] for name in _ON_THE_WAY if name in said})]

    def end(self) -> list[dict[str, Json]]:
        """Read the whole answer, and give the images that are left with what it says, or the error that it is."""
        held, self._held = self._held, None
        read = self._call.read(self._fold.document())
        if isinstance(read, ImageResponse):
            return self._left(document(read), held)
        if held is not None:
            return [held]
        if isinstance(read, ErrorResponse) and (self._fold.ended or not self._fold.begun):
            return [{"type": ERROR, **document(read)}]
        return [failure(_EARLY, _NOTHING)]

    def _left(self, full: Mapping[str, Json], held: dict[str, Json] | None) -> list[dict[str, Json]]:
        """Give the images of the whole answer from the one that waits on."""
        given = self._count - (held is not None)
        items = items_of(full)
        left = [completed(item, full, self._call.family, self._events.own) for item in items[given:]]
        if held is not None and not (left and _is_same(left[0], held)):
            left = [held]  # the whole is read in another way than the pieces were
        left = [{**event, "index": place} for place, event in enumerate(left, given)]
        return [*left[:-1], with_whole(left[-1], full)] if left else []


def _is_same(one: Mapping[str, Json], other: Mapping[str, Json]) -> bool:
    return one.get("b64_json") == other.get("b64_json") and one.get("url") == other.get("url")


def open_decoder(
    catalog: Catalog,
    target: Target,
    request: Mapping[str, Json] | ImageRequest | None,
    headers: Mapping[str, str] | None,
    created: int | None,
) -> StreamDecoder:
    """Begin to read a stream; see `imagetx.stream_decoder`."""
    asked = answer.asked_of(request, created)
    folded = fold_headers({} if headers is None else headers)
    resolved = answer.dialect_of(catalog, target, asked)
    return StreamDecoder(_Call(catalog=catalog, resolved=resolved, asked=asked, headers=folded, created=created))
