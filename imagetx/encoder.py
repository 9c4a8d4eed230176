"""
Streams out: canonical events become the bytes of a provider's stream.

A dialect that does not stream answers once, when all events have come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import parse_qsl, urlsplit

from imagetx import answer
from imagetx.answerer import dialect_of, said_in
from imagetx.canonical import ErrorResponse, ImageResponse, document
from imagetx.catalog import Catalog, Resolved
from imagetx.ceilings import InputLimits, admit
from imagetx.checked import checked, checked_event
from imagetx.decoder import EMULATED
from imagetx.derived import complete_error, complete_response
from imagetx.dialect import Events
from imagetx.document import Json, get
from imagetx.errors import ImagetxError, Problem, RequestError, shorten
from imagetx.event import COMPLETED, ERROR, PARTIAL, ImageEvent, event_of
from imagetx.eventstream import Frame, FrameEncoder, is_name
from imagetx.form import asked_by
from imagetx.jsontext import render_json
from imagetx.metadata import is_foreign, without_metadata
from imagetx.notebook import Notebook
from imagetx.notes import Note
from imagetx.readers import EARLY, NOTHING, Speaker
from imagetx.sequence import ECHOES, LISTS, answer_of, events_of, failure, family_of, own_of
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import NativeRequest, NativeResponse
from imagetx.words import METADATA, MIME_OF_FORMAT
from imagetx.writers import OneByOneWriter, PiecesWriter, renamed

_WHOLE = Note(pointer="/stream", kind="emulated", reason="the dialect does not stream: the answer comes whole")


class StreamEncoder:
    """
    Write canonical events as a provider's stream; `imagetx.stream_encoder` makes one.

    It holds what must wait for the end, and belongs to one stream and one task.
    """

    __slots__ = (
        "_answer",
        "_book",
        "_closed",
        "_done",
        "_events",
        "_foreign",
        "_frames",
        "_over",
        "_speaker",
        "_writer",
    )

    def __init__(self, speaker: Speaker, request: NativeRequest | None, family: str | None, *, foreign: bool) -> None:
        self._speaker, self._foreign = speaker, foreign
        self._events = speaker.events
        self._answer: tuple[int, dict[str, str]] = (200, {})  # status and headers where nothing streams
        self._book = Notebook(speaker.resolved.notes)
        self._over = self._done = self._closed = False
        self._frames = FrameEncoder("array" if _wants_array(self._events, request, speaker.catalog.limits) else "sse")
        self._writer: OneByOneWriter | PiecesWriter | _Gatherer
        if self._events is None:
            self._writer = _Gatherer(speaker, request, self._book)
        elif self._events.answers is not None:
            self._writer = OneByOneWriter(speaker, self._events, self._events.answers, self._book, family)
        elif self._events.pieces is not None:
            self._writer = PiecesWriter(speaker, self._events, self._events.pieces, self._book)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "over" if self._over else "open"
        dialect = self._speaker.resolved.dialect
        return f"<StreamEncoder of {dialect.provider}/{dialect.name}, {state}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or pickled: half a copy of what has come so far would be worse than none."""
        message = "StreamEncoder belongs to one stream and one task: it cannot be copied or pickled"
        raise TypeError(message)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What could not be said so far, or not so; pointers are those of the event."""
        return self._book.notes

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the response: its content-type. Where the dialect does not stream, known after close."""
        return dict(self._answer[1]) if self._events is None else {"content-type": self._frames.content_type}

    @property
    def status(self) -> int:
        """HTTP status of the response: 200, but for the error of a dialect that does not stream, after close."""
        return self._answer[0]

    def feed(self, event: ImageEvent | Mapping[str, Json]) -> bytes:
        """
        Write an event.

        Args:
            event: An ImageEvent or its document.

        Returns:
            Bytes for the body; none where the dialect has no word for it, or says it later.

        Raises:
            RequestError: The stream is closed, or an error event has ended it; the event is none, or cannot be said.
        """
        if self._closed or self._over:
            why = "is closed" if self._closed else "has ended with an error"
            raise RequestError(Problem(pointer="", message=f"expected no more events: the stream {why}"))
        said = document(event) if isinstance(event, ImageEvent) else event
        admit(said, self._speaker.catalog.limits)
        doc = checked_event(said)
        doc = without_metadata(doc) if self._foreign else doc
        if doc["type"] == ERROR:
            written = self._framed(self._writer.fail(doc))
            self._over = True
            return written
        written = self._framed(self._writer.say(doc))
        self._done = self._done or doc["type"].endswith(COMPLETED)
        return written

    def close(self) -> bytes:
        """
        End the stream.

        Returns:
            What ends the body. Where neither an image nor an error came, it is an error: a stream ends with one.

        Raises:
            RequestError: The dialect does not stream, and its answer cannot be said.
        """
        if self._closed:
            return b""
        written = b"" if self._done or self._over else self._framed(self._writer.fail(failure(EARLY, NOTHING)))
        ending = b"" if self._over or not self._done else self._framed(self._writer.end())
        if isinstance(self._writer, _Gatherer):
            answered = self._writer.answered()
            self._answer = (answered.status, dict(answered.headers))
            last = answered.content()
        else:
            end = None if self._events is None else self._events.end
            last = (b"" if end is None else self._frames.feed(end)) + self._frames.close()
        self._closed = True
        self._writer = _Gatherer(self._speaker, None, self._book)  # what it kept, images and all, is let go
        return written + ending + last

    def _framed(self, bodies: list[Json]) -> bytes:
        """Write native events as frames."""
        if self._events is None:
            return b""
        array = self._frames.content_type == "application/json"
        written = []
        for body in bodies:
            raw = not array and self._events.error_raw and self._events.is_error(body)
            name = None if array or raw or self._events.name is None else get(body, self._events.name)
            written.append(self._frames.feed(Frame(render_json(body), name if is_name(name) else None, raw)))
        return b"".join(written)


class _Gatherer:
    """Gather events for one answer at the end."""

    __slots__ = ("_book", "_error", "_request", "_said", "_speaker")

    def __init__(self, speaker: Speaker, request: NativeRequest | None, book: Notebook) -> None:
        self._speaker, self._request, self._book = speaker, request, book
        self._said: list[dict[str, Json]] = []
        self._error: Mapping[str, Json] | None = None

    def say(self, event: Mapping[str, Json]) -> list[Json]:
        """Keep an image; an unfinished one has no place in an answer."""
        if event["type"].endswith(PARTIAL):
            self._book.no_partials()
        else:
            said = answer_of(event, self._speaker.events, self._speaker.resolved.dialect.provider)
            mime = MIME_OF_FORMAT.get(said.get("output_format", ""))
            said["data"] = [{"mime_type": mime, **item} if mime is not None else item for item in said["data"]]
            self._said.append(said)
        return []

    def fail(self, event: Mapping[str, Json]) -> list[Json]:
        """Keep the error; the native keys with it are those of a stream that had begun."""
        self._error = {name: value for name, value in event.items() if name not in ("type", METADATA)}
        return []

    def end(self) -> list[Json]:
        """Say nothing: the answer is written at the close."""
        return []

    def answered(self) -> NativeResponse:
        """Write the answer: the images that came, or else the error."""
        whole = self._whole()
        if "data" in whole and self._error is not None:
            reason = "the images that came are the answer"
            self._book.add([Note(pointer="/error", kind="dropped", given=self._error["error"], reason=reason)])
        out = answer.encode(self._speaker.catalog, whole, self._speaker.resolved.target, self._request)
        self._book.add([_WHOLE, *renamed(out.notes)])
        return out.value

    def _whole(self) -> Mapping[str, Json]:
        """Put the events together."""
        if not self._said:
            return self._error or {}
        listed = {name: [entry for said in self._said for entry in said.get(name) or ()] for name in LISTS}
        outcomes = {said["outcome"] for said in self._said if "outcome" in said}
        short = len(outcomes) > 1 or self._error is not None
        whole = {
            **{name: value for name, value in self._said[-1].items() if name not in (*ECHOES, *LISTS)},
            **self._agreed(),
            **{name: entries for name, entries in listed.items() if entries},
            "usage": self._book.summed(self._said),
            "data": [item for said in self._said for item in said["data"]],
            **({"outcome": "partial"} if short else {}),
        }
        return {name: value for name, value in whole.items() if value is not None}

    def _agreed(self) -> dict[str, Json]:
        """Return what the events say of their images alike; an answer says it of all of them."""
        agreed = {}
        for name in ECHOES:
            values = [said[name] for said in self._said if name in said]
            if len(set(values)) == 1:
                agreed[name] = values[0]
            elif values and name != "output_format":  # which each image has as its mime_type
                reason = "an answer says it of all images alike"
                self._book.add([Note(pointer=f"/{name}", kind="dropped", given=values[0], reason=reason)])
        return agreed


def _wants_array(events: Events | None, request: NativeRequest | None, limits: InputLimits) -> bool:
    """Say whether the caller's own request asks for a JSON array in the place of server-sent events."""
    if events is None or request is None:
        return False
    try:
        kind, body = request.document(limits)
    except ImagetxError:
        return False
    query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    return events.array({"query": query, "headers": dict(request.headers), "body": body if kind == "json" else {}})


def open_encoder(
    catalog: Catalog, target: Target, request: NativeRequest | None, served_by: Target | None
) -> StreamEncoder:
    """Begin to write a stream; see `imagetx.stream_encoder`."""
    if request is not None and not isinstance(request, NativeRequest):
        message = f"expected the caller's NativeRequest, got {type(request).__name__}"
        raise RequestError(Problem(pointer="", message=message))
    asked = None if request is None else asked_by(catalog, request, target)
    resolved = asked.resolved if asked is not None and target.model is None else dialect_of(catalog, target, None)
    family = None if asked is None else family_of(asked.resolved.target.operation)
    speaker = Speaker(catalog=catalog, resolved=resolved, asked=None, headers={}, created=None)
    foreign = served_by is not None and is_foreign(said_in(catalog, served_by), resolved.dialect)
    return StreamEncoder(speaker, request, family, foreign=foreign)


def events_translated(
    catalog: Catalog, said: Mapping[str, Json] | ImageResponse | ErrorResponse, target: Target
) -> Translation[tuple[ImageEvent, ...]]:
    """Give an answer that did not stream as events; see `imagetx.stream_events`."""
    given = document(said) if isinstance(said, ImageResponse | ErrorResponse) else said
    admit(given, catalog.limits)
    given = checked(given)
    resolved: Resolved = dialect_of(catalog, target, None)
    full = complete_error(given) if "error" in given else complete_response(given)
    notes = [*resolved.notes, EMULATED]
    if full.get("errors"):
        why = f"images came; {shorten(len(full['errors']))} calls for others failed"
        notes.append(Note(pointer="/errors", kind="dropped", given=full["errors"], reason=why))
    made = events_of(full, family_of(resolved.target.operation), own_of(resolved.dialect.event))
    return resolved.translation(tuple(map(event_of, made)), notes)
