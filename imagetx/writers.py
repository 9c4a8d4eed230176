"""
Writers: canonical events as the native events of a stream, one by one or as pieces of an answer.

What a writer writes is read back, so that every loss has its note. An image is never lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from imagetx import answer
from imagetx.canonical import ErrorResponse, document
from imagetx.checked import items_of
from imagetx.deltas import Deltas
from imagetx.derived import complete_error, complete_response
from imagetx.dialect import Answers, Events
from imagetx.document import Json, copy, pop
from imagetx.errors import Problem, RequestError
from imagetx.event import COMPLETED, PARTIAL
from imagetx.form import with_bytes
from imagetx.losses import losses
from imagetx.metadata import metadata_of
from imagetx.notebook import Notebook
from imagetx.notes import Note
from imagetx.partials import Partials
from imagetx.readers import InPieces, OneByOne, Speaker
from imagetx.sequence import answer_of, fill, pointed
from imagetx.variant import AS
from imagetx.words import METADATA

_SOURCES = ("b64_json", "url", "mime_type")
_EACH = ("revised_prompt", "mime_type", "seed", "finish_reason", "created_at")
_TOGETHER = ("text", "drafts", "filtered", "usage")


class OneByOneWriter:
    """
    Write events that a dialect says one by one.

    Args:
        speaker: Who says them.
        events: How it says events.
        answers: How it says single events.
        book: Takes the notes.
        family: How types begin by the caller's own request; None leaves them as they are.
    """

    __slots__ = ("_answers", "_book", "_events", "_family", "_reader", "_speaker", "_written")

    def __init__(self, speaker: Speaker, events: Events, answers: Answers, book: Notebook, family: str | None) -> None:
        self._speaker, self._events, self._answers, self._book, self._family = speaker, events, answers, book, family
        self._reader = OneByOne(speaker, answers)
        self._written = 0

    def say(self, event: Mapping[str, Json]) -> list[Json]:
        """Write an unfinished image or an image."""
        dialect = self._speaker.resolved.dialect
        meant = _with_bytes(event)
        if self._family is not None:
            meant["type"] = self._family + (PARTIAL if event["type"].endswith(PARTIAL) else COMPLETED)
        carried = metadata_of(event, dialect)
        variant = self._answers.choice.choose(meant, carried)
        if variant is None and event["type"].endswith(PARTIAL):
            self._book.no_partials()
            return []
        native: dict[str, Json] = {"status": 200, "headers": {}, "body": {}}
        rules: list[Note] = []
        if variant is not None:
            self._answers.choice.encode(variant, meant, native, rules, carried)
        back = self._reader.take(native["body"])
        if not back:
            message = f"expected an image that {dialect.provider}/{dialect.name} can say: images are never dropped"
            raise RequestError(Problem(pointer="/b64_json", message=message))
        said = {note.pointer: note for note in rules}
        self._book.add(note for note in rules if note.kind in ("emulated", "defaulted"))
        self._book.add(losses(_independent({**_with_bytes(event), "type": meant["type"]}), back[0], said))
        self._written += 1
        return [native["body"]]

    def fail(self, event: Mapping[str, Json]) -> list[Json]:
        """Write an error."""
        return [error_body(self._speaker, self._events, event, self._written, self._book)]

    def end(self) -> list[Json]:
        """Write what ends the answer: nothing, every image is whole."""
        return []


class PiecesWriter:
    """
    Write an answer in pieces: the images as they come, the rest at the end.

    Args:
        speaker: Who says them.
        events: How it says events.
        pieces: How an answer comes in pieces.
        book: Takes the notes.
    """

    __slots__ = ("_back", "_body", "_book", "_events", "_given", "_length", "_pieces", "_reader", "_said", "_speaker")

    def __init__(self, speaker: Speaker, events: Events, pieces: Partials | Deltas, book: Notebook) -> None:
        self._speaker, self._events, self._pieces, self._book = speaker, events, pieces, book
        self._length: int | None = None  # members of the native list; None before anything is written
        self._body: Json = None  # the last answer, natively
        self._said: dict[str, Json] = {}  # the last answer
        self._given: list[Mapping[str, Json]] = []
        self._reader = InPieces(speaker, events, pieces)  # what is written is read as it will be
        self._back: list[dict[str, Json]] = []

    def say(self, event: Mapping[str, Json]) -> list[Json]:
        """Write an image, or pass over an unfinished one."""
        if event["type"].endswith(PARTIAL):
            self._book.no_partials()
            return []
        place = len(self._given)
        said = answer_of(event, self._events, self._speaker.resolved.dialect.provider)
        said["data"][0].pop("index", None)  # of an answer that has one image
        if place > 0:
            said = self._without_skeleton(said)
        try:
            out = answer.encode(self._speaker.catalog, said, self._speaker.resolved.target, None)
        except RequestError as error:
            raise RequestError(list(map(pointed, error.problems))) from None
        self._body = self._checked(out.value.body)
        self._said = said
        self._given.append(event)
        self._book.add(map(pointed, out.notes))
        if event.get("index", place) != place:
            reason = "images of a stream have the places in which they come"
            note = Note(pointer="/index", kind="approximated", given=event["index"], used=place, reason=reason)
            self._book.add([note])
        pieces = self._unfolded(self._body)
        if self._reader.count != len(self._given):
            name = self._speaker.resolved.dialect.name
            message = f"expected pieces in which the image is read again: {name} has none"
            raise RequestError(Problem(pointer="/b64_json", message=message))
        return pieces

    def fail(self, event: Mapping[str, Json]) -> list[Json]:
        """Write an error, as one or as the answer without an image that it was read in."""
        if self._given:
            tail = self._taken(self._pieces.ending(self._closing(), broken=True))
            self._compare([*self._back, *self._reader.broken()])
            return [*tail, error_body(self._speaker, self._events, event, len(self._given), self._book)]
        said = {name: value for name, value in event.items() if name != "type"}
        native = answer.encode(self._speaker.catalog, said, self._speaker.resolved.target, None).value
        back = None
        if native.status < 300 and isinstance(native.body, dict) and not self._events.is_error(native.body):
            back = self._speaker.read(native.body)
        if not isinstance(back, ErrorResponse) or back.category != complete_error(said)["category"]:
            return [error_body(self._speaker, self._events, event, 0, self._book)]
        self._book.add(losses(said, document(back), {}))
        return [*self._unfolded(native.body), *self._pieces.ending(native.body)]

    def end(self) -> list[Json]:
        """Write what ends the answer."""
        tail = self._taken(self._pieces.ending(self._closing()))
        self._compare(self._back if self._reader.whole else [*self._back, *self._reader.end()])
        return tail

    def _unfolded(self, body: Json) -> list[Json]:
        pieces = self._taken(self._pieces.unfold(body, self._length))
        self._length = (self._length or 0) + self._pieces.length(body)
        return pieces

    def _taken(self, pieces: list[Json]) -> list[Json]:
        """Read pieces that are written."""
        for piece in pieces:
            self._back += self._reader.take(piece)
        return pieces

    def _compare(self, back: list[dict[str, Json]]) -> None:
        """Note what the events as they come say otherwise than each of them by itself would."""
        noted = {note.pointer.removeprefix("/") for note in self._book.notes}
        for given, came in zip(self._given, back, strict=False):
            mine = {name: given[name] for name in _EACH if name not in noted and given.get(name) not in (None, 0)}
            self._book.add(losses(mine, came, {}))
        for name in _TOGETHER:
            said, found = ([event[name] for event in side if name in event] for side in (self._given, back))
            count, left = ((len(side) if name == "usage" else sum(map(len, side))) for side in (said, found))
            if name not in noted and (left < count if name != "usage" else count > 0 == left):
                reason = "not all of it can be said where several images, or an error, come in one answer"
                self._book.add([Note(pointer=f"/{name}", kind="dropped", given=said[-1], reason=reason)])

    def _closing(self) -> Json:
        """Return the last answer natively, with what all of them say together."""
        filtered = [entry for given in self._given for entry in given.get("filtered", ())]
        listed = (("usage", self._book.summed(self._given)), ("filtered", filtered))
        together = {name: value for name, value in listed if value}
        said = {name: value for name, value in self._said.items() if name not in ("usage", "filtered")}
        if {**said, **together} == self._said:
            return self._body
        whole = {**said, **together}
        who = self._speaker
        return self._checked(answer.encode(who.catalog, whole, who.resolved.target, None).value.body)

    def _checked(self, body: Json) -> Json:
        if isinstance(body, dict):
            return body
        message = "expected an answer that can come in pieces, a JSON object"
        raise RequestError(Problem(pointer="", message=message))

    def _without_skeleton(self, said: dict[str, Json]) -> dict[str, Json]:
        """Leave out in what order the parts of a whole answer came: its other images are said already."""
        provider = self._speaker.resolved.dialect.provider
        metadata = said.get(METADATA) or {}
        if not isinstance(metadata.get(provider), dict):
            return said
        carried = {key: value for key, value in copy(metadata[provider]).items() if key != AS}
        pop(carried, self._pieces.grows if isinstance(self._pieces, Partials) else (self._pieces.grows,))
        return {**said, METADATA: {**metadata, provider: carried}}


def error_body(speaker: Speaker, events: Events, event: Mapping[str, Json], before: int, book: Notebook) -> Json:
    """
    Write an error as it stands in a stream.

    Args:
        speaker: Who says it.
        events: How it says events.
        event: The error event.
        before: How many events came before it.
        book: Takes the notes.
    """
    said = {name: value for name, value in event.items() if name != "type"}
    body = _error_of(speaker, events, said)
    if body is None:  # what it was read in is no error that a stream says
        body = _error_of(speaker, events, {name: value for name, value in said.items() if name != METADATA})
    if body is None:
        message = f"expected an error that {speaker.resolved.dialect.provider} can say in a stream"
        raise RequestError(Problem(pointer="/error", message=message))
    for place, value in events.error_with.items():
        fill(body, place, value)
    if events.error_number is not None:
        fill(body, events.error_number, before)
    back = speaker.read_error(body)
    full = {**said, "error": {name: value for name, value in said["error"].items() if value is not None}}
    book.add(losses(full, back, {}))
    return body


def _error_of(speaker: Speaker, events: Events, said: Mapping[str, Json]) -> Json:
    """Return the native error, or None if the dialect says no object in which it is one."""
    body = answer.encode(speaker.catalog, said, speaker.resolved.target, None).value.body
    if isinstance(body, list) and body:
        body = body[0]
    return copy(body) if isinstance(body, dict) and events.is_error(body) else None


def _with_bytes(event: Mapping[str, Json]) -> dict[str, Json]:
    """Give the image of an event as what it is: a data URL as its bytes."""
    item = {name: event[name] for name in _SOURCES if name in event}
    rest = {name: value for name, value in event.items() if name not in _SOURCES}
    return {**rest, **items_of(with_bytes({"data": [item]}))[0]}


def _independent(event: Mapping[str, Json]) -> dict[str, Json]:
    """Take out what says nothing of its own: a time of 0, an outcome that follows from the image."""
    plain = {name: value for name, value in event.items() if (name, value) != ("created_at", 0)}
    outcome = plain.pop("outcome", None)
    derived = complete_response(answer_of(plain, None, ""))["outcome"]
    return plain if outcome in (None, derived) else {**plain, "outcome": outcome}


def renamed(notes: Iterable[Note]) -> list[Note]:
    """Let notes about an answer of several images point into the events that it is made of."""
    found = []
    for note in notes:
        head, _, rest = note.pointer.removeprefix("/data/").partition("/")
        mine = note.pointer.startswith("/data/") and head.isdigit()
        found.append(replace(note, pointer=f"/{rest}") if mine else pointed(note))
    return found
