"""
Sequences: what a whole answer is as events, and what one event is as an answer.

Both ways work on plain documents. The completed event of an image is its item with what the answer
says of all images beside it; what holds for the answer as a whole stands on the last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from imagetx.checked import is_image, items_of
from imagetx.derived import complete_error
from imagetx.dialect import Events
from imagetx.document import ABSENT, Json, Path, get, put
from imagetx.errors import Problem, RequestError, shorten
from imagetx.event import COMPLETED, ERROR
from imagetx.notes import Note
from imagetx.words import FORMAT_OF_MIME, METADATA

ECHOES = ("size", "quality", "background", "output_format")
LISTS = ("filtered", "drafts", "text")
WHOLE = ("usage", "outcome", *LISTS, "request_id")
ITEM = ("b64_json", "url", "revised_prompt", "mime_type", "seed", "finish_reason", "index")
OF_ITEM = "@item"
"""What the metadata of an event holds of the image alone; the rest is of the answer, but for `Events.own`."""

_STREAMED = 200


def family_of(operation: str | None) -> str:
    """Return how the types of events begin where this is asked for."""
    return "image_generation" if operation in (None, "generate") else "image_edit"


def own_of(events: Events | None) -> frozenset[str] | None:
    """Return which native keys of an event are of its image; None where an event stands for itself, and all are."""
    if events is None:
        return frozenset()
    return None if events.pieces is None else events.own


def events_of(answer: Mapping[str, Json], family: str, own: frozenset[str] | None) -> Iterator[dict[str, Json]]:
    """
    Yield the events of a complete answer: one an image, or the error.

    Args:
        answer: A canonical response or error, its derived fields filled.
        family: How types begin, `image_generation` or `image_edit`.
        own: Native keys that are of an image and not of the answer; None where none are told apart.
    """
    if "error" in answer:
        yield {"type": ERROR, **answer}
        return
    items = list(filter(is_image, items_of(answer)))
    several = len({item.get("mime_type") for item in items}) > 1  # then the answer has no format, and each event has
    for place, item in enumerate(items):
        event = completed(item, answer, family, own)
        if several and item.get("mime_type") in FORMAT_OF_MIME:
            event.setdefault("output_format", FORMAT_OF_MIME[item["mime_type"]])
        yield with_whole(event, answer) if place == len(items) - 1 else event


def completed(item: Json, answer: Mapping[str, Json], family: str, own: frozenset[str] | None) -> dict[str, Json]:
    """Make the completed event of one image of an answer, without what stands on the last one."""
    echoes = {name: answer[name] for name in ECHOES if name in answer}
    event = {"type": family + COMPLETED, **item, "created_at": answer.get("created"), **echoes}
    metadata = {
        provider: keys if own is None else _parted(keys, own) for provider, keys in (item.get(METADATA) or {}).items()
    }
    return {name: value for name, value in {**event, METADATA: metadata or None}.items() if value is not None}


def with_whole(event: Mapping[str, Json], answer: Mapping[str, Json]) -> dict[str, Json]:
    """Add to the last completed event what holds for the answer as a whole."""
    whole = {name: answer[name] for name in WHOLE if name in answer}
    metadata = dict(event.get(METADATA, {}))
    for provider, keys in (answer.get(METADATA) or {}).items():
        metadata[provider] = {**keys, **metadata.get(provider, {})}
    return {**event, **whole, **({METADATA: metadata} if metadata else {})}


def _parted(keys: Mapping[str, Json], own: frozenset[str]) -> dict[str, Json]:
    """Mark which native keys of an image are its own although nothing tells them from those of an answer."""
    rest = {key: value for key, value in keys.items() if key not in own}
    return {**{key: value for key, value in keys.items() if key in own}, **({OF_ITEM: rest} if rest else {})}


def answer_of(event: Mapping[str, Json], events: Events | None, provider: str) -> dict[str, Json]:
    """
    Make of a completed event an answer with its image alone, of an error event an error.

    Args:
        event: The event.
        events: How the dialect says events; None where it has none.
        provider: Whose metadata of images and of answers is told apart.
    """
    said = {name: value for name, value in event.items() if value is not None and name != "type"}
    if event.get("type") == ERROR:
        return said
    item = {name: said.pop(name) for name in ITEM if name in said}
    if "created_at" in said:
        said["created"] = said.pop("created_at")
    metadata = dict(said.pop(METADATA, {}))
    own = events.own if events is not None else frozenset()
    mine = metadata.get(provider)
    if isinstance(mine, Mapping):
        of_item = {key: value for key, value in mine.items() if key in own} | _marked(mine)
        metadata[provider] = {key: value for key, value in mine.items() if key not in own and key != OF_ITEM}
        if of_item:
            item[METADATA] = {provider: of_item}
    kept = {name: keys for name, keys in metadata.items() if keys}
    return {**said, "data": [item], **({METADATA: kept} if kept else {})}


def _marked(keys: Mapping[str, Json]) -> dict[str, Json]:
    """Return which native keys of an event are marked as those of its image."""
    marked = keys.get(OF_ITEM)
    if isinstance(marked, Mapping | None):
        return dict(marked or {})
    message = f"expected an object, got {shorten(marked)}"
    raise RequestError(Problem(pointer=f"/{METADATA}", message=message))


Pointed = TypeVar("Pointed", Note, Problem)


def pointed(found: Pointed) -> Pointed:
    """Let what is noted, or wrong, in an answer of one image point into its event."""
    pointer = found.pointer.removeprefix("/data/0")
    return replace(found, pointer="/created_at" if pointer == "/created" else pointer)


def fill(event: Json, place: Path, value: Json) -> None:
    """Write a value into a native event where nothing stands, nor in the way."""
    above = (get(event, place[:end]) for end in range(1, len(place)))
    if get(event, place) is ABSENT and all(holder is ABSENT or isinstance(holder, dict) for holder in above):
        put(event, place, value)


def failure(message: str, code: Json = ABSENT) -> dict[str, Json]:
    """Make the error event of a stream that nobody can read any further."""
    error = {"message": message} if code is ABSENT else {"message": message, "code": code}
    said = complete_error({"error": error, "category": "server_error"})
    return {"type": ERROR, **said, "native_status": _STREAMED}
