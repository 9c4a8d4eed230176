"""
The streams of the fixtures, read and compared without a line of the library: the judge of what it reads and writes.

A `streams` vector holds what came on the wire as `text`. Two texts say the same when the bodies of their events are
the same or, where a provider sends pieces of one answer, when these come to the same answer, however it was cut.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.images import expanded

Json = Any


class Frame(NamedTuple):
    """One event on the wire: the name that the event line gives, and the data as it stands."""

    event: str | None
    data: str


def frames(text: str) -> list[Frame]:
    """Cut a text at its frames: server-sent events, the elements of an array, or one plain document."""
    begun = text.removeprefix("\ufeff").lstrip()
    if begun.startswith("["):
        return [Frame(None, json.dumps(body)) for body in json.loads(begun)]
    if begun.startswith("{"):
        return [Frame(None, begun)]
    blocks = re.split(r"\n\n+", begun.replace("\r\n", "\n").strip("\n"))
    return [frame for block in blocks if (frame := _frame(block)) is not None]


def _frame(block: str) -> Frame | None:
    """Read the lines of a frame; a raw JSON text stands without `data:`; None for comments and what has no data."""
    if block.startswith(("{", "[")):
        return Frame(None, block)
    fields = [line.partition(":") for line in block.split("\n") if line and not line.startswith(":")]
    data = [value.removeprefix(" ") for name, _, value in fields if name == "data"]
    names = [value.removeprefix(" ") for name, _, value in fields if name == "event"]
    return Frame(names[-1] if names else None, "\n".join(data)) if data else None


def bodies(text: str) -> list[Json]:
    """List the JSON bodies of the events of a text, with the images in their places."""
    return [json.loads(frame.data) for frame in frames(expanded(text)) if frame.data != "[DONE]"]


def same_stream(dialect: str, left: str, right: str) -> bool:
    """Say whether two texts say the same in the language of a dialect."""
    fold = FOLDS.get(dialect, list)
    return bool(_standard(fold(bodies(left))) == _standard(fold(bodies(right))))


def _standard(document: Json) -> Json:
    """Put the data of images into standard base64: both alphabets say the same."""
    if isinstance(document, dict):
        return {
            name: value.replace("-", "+").replace("_", "/") if name == "data" else _standard(value)
            for name, value in document.items()
        }
    return [_standard(value) for value in document] if isinstance(document, list) else document


def _partial_responses(pieces: list[Json]) -> Json:
    """Fold generateContent: parts follow each other, of what else comes twice the later counts (gemini.md 7)."""
    whole: Json = {}
    for piece in pieces:
        whole = _merged(whole, piece)
    return whole


def _merged(left: Json, right: Json, name: str = "") -> Json:
    if isinstance(left, dict) and isinstance(right, dict):
        return {key: _merged(left.get(key), right.get(key, left.get(key)), key) for key in {**left, **right}}
    if isinstance(left, list) and isinstance(right, list):
        if name == "parts":
            return left if left is right else _joined(left, right)
        rest = left[len(right) :] or right[len(left) :]
        return [*(_merged(*pair) for pair in zip(left, right, strict=False)), *rest]
    return right


def _joined(left: list[Json], right: list[Json]) -> list[Json]:
    """Put one list behind the other; where they meet, texts that are equal in all else are one text, cut in two."""
    if left and right and "text" in left[-1] and "text" in right[0]:
        whole = {**right[0], "text": left[-1]["text"] + right[0]["text"]}
        if {**left[-1], "text": ""} == {**right[0], "text": ""}:
            return [*left[:-1], whole, *right[1:]]
    return [*left, *right]


def _interaction(events: list[Json]) -> Json:
    """Fold Interactions: steps that grow by deltas, in an interaction that is said whole at the end (gemini.md 7)."""
    whole: Json = {}
    steps: dict[int, Json] = {}
    for event in events:
        if event["event_type"] in ("interaction.created", "interaction.completed"):
            whole |= event["interaction"]
        elif event["event_type"] == "step.start":
            steps[event["index"]] = dict(event["step"])
        elif event["event_type"] == "step.delta":
            _grow(steps[event["index"]], event["delta"])
        elif event["event_type"] == "error":
            whole["error"] = event["error"]
    return {**whole, "steps": [steps[index] for index in sorted(steps)]}


def _grow(step: Json, delta: Json) -> None:
    if step["type"] == "thought":
        step |= {name: value for name, value in delta.items() if name != "type"}
    else:
        step["content"] = _joined(step.get("content", []), [delta])


FOLDS: dict[str, Callable[[list[Json]], Json]] = {
    "gemini/generate-content": _partial_responses,
    "vertex/generate-content": _partial_responses,
    "gemini/interactions": _interaction,
}
