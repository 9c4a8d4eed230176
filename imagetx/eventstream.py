"""
Bytes of a streamed body and frames, both ways and bit by bit.

Three kinds of body: server-sent events (`sse`), the items of one JSON array (`array`, what Google's
services answer without `alt=sse`), and one document or file (`plain`).  What the data of a frame
means is not told here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from imagetx.ceilings import DEFAULT
from imagetx.errors import Problem, RequestError
from imagetx.jsonarray import ItemReader, ItemWriter
from imagetx.sse import EventReader, Frame, is_name, write_event

__all__ = ["Frame", "FrameDecoder", "FrameEncoder", "FrameKind", "is_name"]

FrameKind: TypeAlias = Literal["sse", "array", "plain"]

_BOM: Final = b"\xef\xbb\xbf"
_SEEN: Final = 1024  # bytes that tell the kind; more white space in front is that of a plain body
_SOLID: Final = re.compile(rb"[^ \t\r\n]")
_NAMES: Final = (b"data", b"event", b"id", b"retry")
_FIELD: Final = re.compile(rb"(?:data|event|id|retry)[:\r\n]|:")
_FILES: Final = ("image/", "audio/", "video/")


class FrameDecoder:
    """
    Read a body as it comes: the same frames wherever its bytes are cut.

    Args:
        content_type: the Content-Type header.  `text/event-stream` is believed, and so are images;
            everything else goes by the first bytes that are no white space: `[` is an array,
            `:` or a field of an event (`data`, `event`, `id`, `retry`) is sse, the rest is plain.
        plain: the body is plain, whatever it looks like.
        max_item_bytes: the longest line, or item of an array.
        max_kept_bytes: the longest plain body, or event with all of its lines.
    """

    __slots__ = ("_closed", "_head", "_kind", "_max_item", "_max_kept", "_reader", "_stated")

    def __init__(
        self,
        content_type: str | None = None,
        *,
        plain: bool = False,
        max_item_bytes: int = DEFAULT.stream_item_bytes,
        max_kept_bytes: int = DEFAULT.stream_kept_bytes,
    ) -> None:
        self._max_item, self._max_kept = max_item_bytes, max_kept_bytes
        self._stated = "plain" if plain else _stated(content_type or "")
        self._kind: FrameKind | None = None
        self._head = b""  # what came while it told nothing
        self._reader: EventReader | ItemReader | _BodyReader | None = None
        self._closed = False

    @property
    def kind(self) -> FrameKind | None:
        """Tell what the body is; None until the first bytes, or the end, have told it."""
        return self._kind

    def feed(self, chunk: bytes) -> tuple[Frame | Problem, ...]:
        """
        Take the next bytes.

        Args:
            chunk: any number of bytes, none included.

        Returns:
            The frames that are complete now.  A broken or too long body gives exactly one Problem,
            the last thing that ever comes: the buffer is let go, and what follows is ignored.

        Raises:
            RequestError: The chunk is no bytes, or the body was closed.
        """
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise RequestError(f"expected bytes, got {type(chunk).__name__}")
        if self._closed:
            raise RequestError("expected nothing more, for the body was closed")
        return self._read(bytes(chunk), last=False)

    def close(self) -> tuple[Frame | Problem, ...]:
        """
        Take the end of the body.

        Returns:
            The plain body (none if it is empty), the event or JSON text that no blank line ended,
            or the Problem of an array that breaks off.  Nothing the second time.
        """
        if self._closed:
            return ()
        self._closed = True
        found = self._read(b"", last=True)
        return found if self._reader is None else found + _framed(self._reader.close())

    def _read(self, chunk: bytes, *, last: bool) -> tuple[Frame | Problem, ...]:
        """Hand the bytes on, once they have told who reads them."""
        if self._reader is None:
            chunk = self._head + chunk
            self._kind, start = _told(chunk[:_SEEN], self._stated, last=last)
            if self._kind is None:
                self._head = chunk
                return ()
            self._head, chunk = b"", chunk[start:]
            self._reader = self._reader_of(self._kind)
        return _framed(self._reader.feed(chunk))

    def _reader_of(self, kind: FrameKind) -> EventReader | ItemReader | _BodyReader:
        """Give who reads a kind of body."""
        if kind == "sse":
            return EventReader(self._max_item, self._max_kept)
        return ItemReader(self._max_item) if kind == "array" else _BodyReader(self._max_kept)


class FrameEncoder:
    """
    Write frames as `FrameDecoder` reads them, if it is given the content type.

    Args:
        kind: what body to write; a plain one needs no frames.
    """

    __slots__ = ("_closed", "_items")

    def __init__(self, kind: Literal["sse", "array"]) -> None:
        self._items = ItemWriter() if kind == "array" else None
        self._closed = False

    @property
    def content_type(self) -> str:
        """Give the Content-Type header: `text/event-stream` or `application/json`."""
        return "text/event-stream" if self._items is None else "application/json"

    def feed(self, frame: Frame) -> bytes:
        """
        Write one frame.

        Args:
            frame: an item of an array is one JSON text without event and not raw; what is raw among
                events has no event and begins with `{` or `[`.

        Returns:
            The bytes.  Line ends in the data of an event become LF, and what is raw loses its
            blank lines.

        Raises:
            RequestError: The frame would be read as something else, or the body was closed.
        """
        if self._closed:
            raise RequestError("expected no more frames, for the body was closed")
        if self._items is None:
            return write_event(frame)
        if frame.raw or frame.event is not None:
            raise RequestError("expected an item of an array to have no event and not to be raw")
        return self._items.feed(frame.data)

    def close(self) -> bytes:
        """
        End the body.

        Returns:
            What closes an array (`[]` for one without items), for events nothing; and nothing the
            second time.
        """
        if self._closed or self._items is None:
            self._closed = True
            return b""
        self._closed = True
        return self._items.close()


class _BodyReader:
    """Gather a plain body."""

    __slots__ = ("_body", "_max")

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._body: bytearray | None = bytearray()

    def feed(self, chunk: bytes) -> list[Frame | Problem]:
        """Take the next bytes."""
        if self._body is None:
            return []
        if len(self._body) + len(chunk) > self._max:
            self._body = None
            return [Problem(pointer="", message=f"expected a body of at most {self._max} bytes, got more")]
        self._body += chunk
        return []

    def close(self) -> list[Frame | Problem]:
        """Give the body, if there is one, and let it go."""
        body, self._body = self._body, None
        return [Frame(bytes(body), raw=True)] if body else []


def _framed(found: Sequence[bytes | Frame | Problem]) -> tuple[Frame | Problem, ...]:
    """Make frames of items."""
    return tuple(Frame(item) if isinstance(item, bytes) else item for item in found)


def _stated(content_type: str) -> FrameKind | None:
    """Read what the Content-Type header tells for sure."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        return "sse"
    return "plain" if kind.startswith(_FILES) else None


def _told(head: bytes, stated: FrameKind | None, *, last: bool) -> tuple[FrameKind | None, int]:
    """
    Tell the kind of a body by its first bytes, and where it begins.

    Args:
        head: at most `_SEEN` bytes.
        stated: what the header tells.
        last: there are no more bytes.

    Returns:
        The kind, or None while more bytes are needed; and how many bytes stand in front of the
        first that counts, none if the body is plain.
    """
    last = last or len(head) == _SEEN
    if stated == "plain":
        return "plain", 0
    if _BOM.startswith(head) and not last:
        return None, 0
    start = len(_BOM) if head.startswith(_BOM) else 0
    if stated == "sse":
        return "sse", start
    solid = _SOLID.search(head, start)
    start = len(head) if solid is None else solid.start()
    if head[start : start + 1] == b"[":
        return "array", start
    if _FIELD.match(head, start):
        return "sse", start
    open_still = any(name.startswith(head[start:]) for name in _NAMES)
    return (None if open_still and not last else "plain"), 0
