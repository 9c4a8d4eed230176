"""
Bytes of a streamed body and frames, both ways and bit by bit.

Three kinds of body: server-sent events (`sse`, WHATWG HTML section 9.2, read 2026-11-22), the items
of one JSON array (`array`, what Google answers without `alt=sse`), and one document or file
(`plain`).  What the data of a frame means is not told here: it is handed on as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from imagetx.errors import Problem

FrameKind: TypeAlias = Literal["sse", "array", "plain"]

MAX_ITEM_BYTES: Final = 128 * 1024 * 1024
MAX_KEPT_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """
    Hold one frame of a stream.

    Attributes:
        data: what it carries: the data lines of a server-sent event joined by LF, one item of an
            array without white space around it, or a whole body.  Not decoded and not checked:
            `parse_json` refuses what is no UTF-8 or no JSON.
        event: the `event:` line of a server-sent event; None when there is none or an empty one.
        raw: True for a JSON text that stands among server-sent events without `data:` (Gemini's
            error in midstream), and for a plain body; an item of an array is False.

    Raises:
        RequestError: A member has the wrong type, or `event` is empty or more than one line.
    """

    data: bytes
    event: str | None = None
    raw: bool = False


class FrameDecoder:
    """
    Read a body as it comes: the same frames wherever the bytes are cut.

    Args:
        content_type: the Content-Type header.  `text/event-stream` is believed, and so are images;
            everything else goes by the first bytes that are no white space: `[` is an array,
            `:` or a field of an event (`data`, `event`, `id`, `retry`) is sse, the rest is plain.
        max_item_bytes: the longest line, or item of an array.
        max_kept_bytes: the longest plain body, or event with all of its lines.
    """

    def __init__(
        self,
        content_type: str | None = None,
        *,
        max_item_bytes: int = MAX_ITEM_BYTES,
        max_kept_bytes: int = MAX_KEPT_BYTES,
    ) -> None: ...

    @property
    def kind(self) -> FrameKind | None:
        """Tell what the body is; None until the first bytes have told it."""
        raise NotImplementedError

    def feed(self, chunk: bytes) -> tuple[Frame | Problem, ...]:
        """
        Take the next bytes.

        Args:
            chunk: any number of bytes, none included.

        Returns:
            The frames that are complete now.  A broken or too long body gives exactly one Problem,
            the last thing that ever comes: the buffer is let go, and what follows is ignored.

        Raises:
            RequestError: The body was closed.
        """
        raise NotImplementedError

    def close(self) -> tuple[Frame | Problem, ...]:
        """
        Take the end of the body.

        Returns:
            The plain body (none if it is empty), the event or JSON text that no blank line ended,
            or the Problem of an array that breaks off.  Nothing the second time.
        """
        raise NotImplementedError


class FrameEncoder:
    """
    Write frames, as `FrameDecoder` reads them.

    Args:
        kind: what body to write.
    """

    def __init__(self, kind: FrameKind) -> None: ...

    @property
    def content_type(self) -> str:
        """Give the Content-Type header: `text/event-stream` or `application/json`."""
        raise NotImplementedError

    def feed(self, frame: Frame) -> bytes:
        """
        Write one frame.

        Args:
            frame: of `sse`: any, raw only where the data begins with `{` or `[`; of `array` and
                `plain`: one without event.  A plain body is one frame.

        Returns:
            The bytes.  Line ends in the data of an event become LF.

        Raises:
            RequestError: A frame that this kind cannot say, or the body was closed.
        """
        raise NotImplementedError

    def close(self) -> bytes:
        """
        End the body.

        Returns:
            What closes an array (`[]` for one without items); of other kinds nothing.
        """
        raise NotImplementedError
