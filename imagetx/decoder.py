"""
Streams in: the bytes of a provider's stream become canonical events.

A body that is no stream is read at its end as the answer it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

from imagetx.answerer import asked_of, dialect_of
from imagetx.canonical import ImageRequest
from imagetx.catalog import Catalog
from imagetx.document import Json
from imagetx.errors import ImagetxError, Problem, RequestError, shorten
from imagetx.event import ImageEvent, event_of
from imagetx.eventstream import Frame, FrameDecoder
from imagetx.headers import fold_headers
from imagetx.jsontext import parse_json
from imagetx.notes import Note
from imagetx.readers import InPieces, OneByOne, Speaker
from imagetx.sequence import failure, fill
from imagetx.target import Target

_DONE = b"[DONE]"
EMULATED = Note(pointer="/stream", kind="emulated", reason="the answer did not stream: its events are made of it")


class StreamDecoder:
    """
    Read a provider's stream as canonical events; `imagetx.stream_decoder` makes one.

    It holds what has come so far, and belongs to one stream and one task.
    """

    __slots__ = ("_closed", "_frames", "_notes", "_over", "_reader", "_speaker")

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._notes = list(speaker.resolved.notes)
        self._over = False
        self._closed = False
        events = speaker.events
        limits = speaker.catalog.limits
        self._frames = FrameDecoder(
            speaker.headers.get("content-type"),
            plain=events is None,
            max_item_bytes=limits.stream_item_bytes,
            max_kept_bytes=limits.stream_kept_bytes,
        )
        self._reader: OneByOne | InPieces | None = None
        if events is not None and events.answers is not None:
            self._reader = OneByOne(speaker, events.answers)
        elif events is not None and events.pieces is not None:
            self._reader = InPieces(speaker, events, events.pieces)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "over" if self._over else "open"
        dialect = self._speaker.resolved.dialect
        return f"<StreamDecoder of {dialect.provider}/{dialect.name}, {state}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or pickled: half a copy of what has come so far would be worse than none."""
        message = "StreamDecoder belongs to one stream and one task: it cannot be copied or pickled"
        raise TypeError(message)

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
        left = [self._speaker.read_nothing()] if self._reader is None else self._reader.end()
        self._reader = None
        return (*events, *map(event_of, left))

    def _given(self, frames: Iterable[Frame | Problem]) -> tuple[ImageEvent, ...]:
        """Give the events of frames, up to one that ends the stream."""
        given: list[ImageEvent] = []
        for frame in frames:
            given += () if self._over else map(event_of, self._read(frame))
        if self._over:
            self._frames, self._reader = FrameDecoder(), None  # what they keep is let go, images and all
        return tuple(given)

    def _read(self, frame: Frame | Problem) -> list[dict[str, Json]]:
        """Read one frame."""
        if isinstance(frame, Problem):
            return self._failed(frame.message)
        if self._reader is None or self._frames.kind == "plain":
            self._notes.append(EMULATED)
            self._over = True
            return self._speaker.read_whole(frame.data)
        end = None if self._speaker.events is None else self._speaker.events.end
        if frame.data.strip() in (b"", _DONE) or frame == end:
            return []
        found: list[dict[str, Json]] = []
        try:
            value = parse_json(frame.data, self._speaker.catalog.limits, answer=True)
            for event in value if isinstance(value, list) else [value]:
                if not self._over:
                    found += self._take(event, frame.event)
        except ImagetxError as error:
            found += self._failed(error.problems[0].message)
        return found

    def _take(self, event: Json, name: str | None) -> list[dict[str, Json]]:
        """Read one native event; `name` is that of its frame."""
        events, reader = self._speaker.events, self._reader
        if not isinstance(event, dict) or events is None or reader is None:
            return self._failed(f"expected an event, got {shorten(event)}")
        if name is not None and events.name is not None:
            fill(event, events.name, name)
        if events.is_error(event):
            self._over = True
            return [*reader.broken(), self._speaker.read_error(event)]
        found = reader.take(event)
        self._over = reader.whole
        return found

    def _failed(self, message: str) -> list[dict[str, Json]]:
        """End a stream that cannot be read, after what waits."""
        self._over = True
        return [*([] if self._reader is None else self._reader.broken()), failure(message)]


def open_decoder(
    catalog: Catalog,
    target: Target,
    request: Mapping[str, Json] | ImageRequest | None,
    headers: Mapping[str, str] | None,
    created: int | None,
) -> StreamDecoder:
    """Begin to read a stream; see `imagetx.stream_decoder`."""
    asked = asked_of(request, created)
    folded = fold_headers({} if headers is None else headers)
    resolved = dialect_of(catalog, target, asked)
    return StreamDecoder(Speaker(catalog=catalog, resolved=resolved, asked=asked, headers=folded, created=created))
