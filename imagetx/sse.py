"""
Server-sent events and their frames, both ways (WHATWG HTML section 9.2.6, read 2026-11-22).

Three things are not of the standard.  An event that no blank line ends is given at the end of the
body, where the standard drops it.  A line that begins as a JSON object or array does, where an
event may begin, opens a raw text that goes to the next blank line: so Google's services tell an
error in midstream (providers/gemini.md section 7, vertex.md section 7).  And the bytes of data stay
as they are, where the standard replaces what is no UTF-8.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, TypeGuard

from imagetx.errors import Json, Problem, RequestError, bounded_repr, shorten

_OPENS_JSON: Final = (b"{", b"[")
_MEMBERS: Final[dict[str, tuple[type[Any], ...]]] = {"data": (bytes,), "event": (str, NoneType), "raw": (bool,)}


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """
    Hold one frame of a stream.

    Attributes:
        data: what it carries: the data lines of a server-sent event joined by LF, one item of an
            array without white space around it, or a whole body.  Not decoded and not checked:
            `parse_json` refuses what is no UTF-8 or no JSON.
        event: the `event:` line of a server-sent event; None when there is none or an empty one.
        raw: True for a JSON text that stands among server-sent events without `data:` (Google's
            error in midstream), and for a plain body; an item of an array is False.

    Raises:
        RequestError: A member has the wrong type, or `event` is empty, more than one line, or has
            half a character.
    """

    data: bytes
    event: str | None = None
    raw: bool = False

    def __post_init__(self) -> None:
        """Check once, so that writing never fails and no name leaves its line."""
        problems = [
            Problem(pointer=f"/{name}", message=f"expected {kinds[0].__name__}, got {type(value).__name__}")
            for name, kinds in _MEMBERS.items()
            if not isinstance(value := getattr(self, name), kinds)
        ]
        if isinstance(self.event, str) and not is_name(self.event):
            problems.append(Problem(pointer="/event", message=f"expected a line of text, got {shorten(self.event)}"))
        if problems:
            raise RequestError(problems)

    def __repr__(self) -> str:
        """Give at most 500 characters, data by its size."""
        return bounded_repr("Frame", ((name, getattr(self, name)) for name in _MEMBERS))


class EventReader:
    """
    Read server-sent events bit by bit: the same frames wherever the bytes are cut.

    Args:
        max_line_bytes: the longest line.
        max_kept_bytes: the longest event, the line that is read included.
    """

    __slots__ = ("_after_cr", "_data", "_event", "_line", "_max_kept", "_max_line", "_over", "_raw")

    def __init__(self, max_line_bytes: int, max_kept_bytes: int) -> None:
        self._max_line, self._max_kept = max_line_bytes, max_kept_bytes
        self._over = False
        self._after_cr = False  # the last line ended with CR, and LF would still belong to it
        self._line = bytearray()  # what earlier chunks had of the line
        self._data: bytearray | None = None  # None: no line of it yet, which an empty line would be
        self._event = bytearray()
        self._raw = False

    def feed(self, chunk: bytes) -> list[Frame | Problem]:
        """
        Take the next bytes.

        Args:
            chunk: any number of bytes, without the byte order mark.

        Returns:
            The frames that are complete now; a Problem is the last thing that comes, what follows
            is ignored.
        """
        found: list[Frame | Problem] = []
        if self._over or chunk == b"":
            return found
        rest = chunk[1:] if self._after_cr and chunk.startswith(b"\n") else chunk
        self._after_cr = chunk.endswith(b"\r")
        # Bytes split at CR, LF and CRLF only. In the middle of an image there are none, and looking for two is faster.
        pieces = rest.splitlines(keepends=True) if b"\n" in rest or b"\r" in rest else [rest]
        for piece in pieces:
            part = piece.rstrip(b"\r\n")
            length = len(self._line) + len(part)
            if length > self._max_line or length + self._kept() > self._max_kept:
                return [*found, self._refuse()]
            self._line += part
            if len(part) < len(piece):
                found += self._take_line()
        return found

    def close(self) -> list[Frame | Problem]:
        """
        Take the end.

        Returns:
            The event that no blank line ended, the last line without an end included.
        """
        found: list[Frame | Problem] = [*self._take_line(), *self._take_line()]  # the line, and a blank one
        self._over = True
        return found

    def _take_line(self) -> list[Frame]:
        """Obey the line that is complete: a blank one ends the event."""
        line, self._line = self._line, bytearray()
        if not line:
            data, event, raw = self._data, self._event.decode("utf-8", "replace"), self._raw
            self._forget()
            return [] if data is None else [Frame(bytes(data), event or None, raw)]
        if self._raw or (self._kept() == 0 and self._data is None and line.startswith(_OPENS_JSON)):
            self._raw = True
            self._append(line)
            return []
        end = line.find(b":")
        name, after = (bytes(line), len(line)) if end < 0 else (bytes(line[:end]), end + 1)
        del line[: after + (line[after : after + 1] == b" ")]  # in place: an image is not copied for its name
        if name == b"data":
            self._append(line)
        elif name == b"event":
            self._event = line
        return []  # a comment has no name; id and retry serve to connect again, which is not ours

    def _append(self, line: bytearray) -> None:
        """Add a line to the data."""
        if self._data is None:
            self._data = line
        else:
            self._data += b"\n"
            self._data += line

    def _kept(self) -> int:
        """Count the bytes that are kept of complete lines."""
        return len(self._event) + (0 if self._data is None else len(self._data))

    def _refuse(self) -> Problem:
        """Say what is too long, and let go what is kept."""
        self._line = bytearray()
        self._forget()
        self._over = True
        limits = f"{self._max_kept} bytes in lines of at most {self._max_line}"  # which it is depends on the cuts
        return Problem(pointer="", message=f"expected an event of at most {limits}, got more")

    def _forget(self) -> None:
        """Begin the next event."""
        self._data = None
        self._event = bytearray()
        self._raw = False


def write_event(frame: Frame) -> bytes:
    """
    Write an event, as `EventReader` reads it.

    Args:
        frame: any; a raw one has no event and begins with `{` or `[`.

    Returns:
        The lines, ended by LF, with the blank one.  CR and CRLF in the data become LF, and a raw
        text loses its blank lines.

    Raises:
        RequestError: The raw text would be read as something else.
    """
    lines = frame.data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if not frame.raw:
        head = [] if frame.event is None else [b"event: " + frame.event.encode()]
        return b"\n".join((*head, *(b"data: " + line for line in lines), b"", b""))
    if frame.event is not None or not frame.data.startswith(_OPENS_JSON):
        raise RequestError("expected a raw frame to begin as a JSON object or array does and to have no event")
    return b"\n".join((*filter(None, lines), b"", b""))


def is_name(event: Json) -> TypeGuard[str]:
    """Tell whether a value can stand in the line of an event's name and be read again."""
    if not isinstance(event, str):
        return False
    try:
        event.encode()
    except UnicodeEncodeError:  # half a character
        return False
    return event != "" and "\n" not in event and "\r" not in event
