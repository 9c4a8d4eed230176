"""Our streams, read by the OpenAI SDK: the events it gives are the canonical ones, and an error is raised."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

import imagetx
from imagetx.canonical import document
from tests.conformance.test_event_schemas import DIALECTS, streams
from tests.conformance.test_fixtures import target_of
from tests.conformance.test_streams import decoded
from tests.images import expanded

openai = pytest.importorskip("openai", reason="needs the extra `conformance`")

from tests.sdk.openai_client import Answered  # noqa: E402 - imports the SDK
from tests.sdk.test_openai_answers import ASKED, answers, client, found_in  # noqa: E402 - imports the SDK

Json = Any
SHAPED = [dialect for dialect in DIALECTS if dialect.startswith(("openai/", "azure/"))]
SAID = ("b64_json", "partial_image_index", "created_at", "size", "quality", "background", "output_format", "usage")
UNSTREAMED = ("gif", "svg")
"""OpenAI streams none of these (openai.md 3.1), so its events have no such word; of an image that is one it is true."""
MIXED = "both_families_in_one_stream"
"""A vector that is no answer to any one method of the SDK."""
LENIENT = {
    "crlf_comments_id_retry": "a frame of nothing but retry, which the SDK reads as JSON",
    "no_blank_line_at_the_end": "the SDK forgets what no blank line ends",
    "type_only_in_the_event_line": "the SDK looks for the type in the data",
    "unknown_event_is_ignored": "the SDK gives it on",
}
"""Vectors that we read and the SDK does not, or otherwise."""
CLASSES = {
    "image_generation.partial_image": openai.types.ImageGenPartialImageEvent,
    "image_generation.completed": openai.types.ImageGenCompletedEvent,
    "image_edit.partial_image": openai.types.ImageEditPartialImageEvent,
    "image_edit.completed": openai.types.ImageEditCompletedEvent,
}


def heard(answered: Answered, content: bytes, events: list[Json]) -> tuple[list[Any], Any]:
    """Return the events that the SDK gives to who asked for them, and the error that it raises at last, if any."""
    edit = any(event["type"].startswith("image_edit") for event in events)
    found: list[Any] = []
    try:
        found.extend(answered.stream(content, edit=edit))
    except openai.APIError as error:
        return found, error
    return found, None


def misheard(heard_: tuple[list[Any], Any], events: list[Json]) -> list[str]:
    """Name what the SDK finds otherwise than the canonical events say."""
    found, error = heard_
    images = [event for event in events if event["type"] != "error"]
    if [event.type for event in found] != [event["type"] for event in images]:
        return [f"{[event.type for event in found]} for {[event['type'] for event in images]}"]
    faults = [fault for each, said in zip(found, images, strict=True) for fault in differences(each, said)]
    ends = [event["error"] for event in events if event["type"] == "error"]
    if (error is None) != (ends == []):
        return [*faults, f"raised {error!r}"]
    faults += [
        f"error/{name}" for end in ends for name in ("code", "type", "param") if getattr(error, name) != end[name]
    ]
    return faults


def differences(event: Any, said: Json) -> list[str]:
    """Name where an event of the SDK differs, or is not what its class demands; what is unknown may be absent."""
    found = event.model_dump(exclude_unset=True)
    faults = [] if type(event) is CLASSES[said["type"]] else [type(event).__name__]
    faults += [name for name in SAID if comparable(found, name) != comparable(said, name)]
    try:
        type(event).model_validate(found)
    except ValidationError as error:
        wrong = [fault for fault in error.errors() if fault["type"] != "missing"]
        faults += [f"{fault['loc']}: {fault['msg']}" for fault in wrong if fault["input"] not in UNSTREAMED]
    return faults


def comparable(event: Json, name: str) -> Json:
    """Give a member; the details of usage that an event of OpenAI has no place for (openai.md 7) are left out."""
    value = event.get(name)
    if name == "created_at":
        return value or 0
    if name != "usage" or value is None:
        return value
    beyond = ("cached_tokens", "reasoning_tokens")
    kept = {
        key: {k: v for k, v in item.items() if k not in beyond} if isinstance(item, dict) else item
        for key, item in value.items()
    }
    return {key: item for key, item in kept.items() if item != {}}


def written(events: list[Json], asked_as: str, served_by: imagetx.Target) -> bytes | None:
    """Write a stream; None where an image is only a URL, which no event of OpenAI has a place for."""
    encoder = imagetx.stream_encoder(asked_as, served_by=served_by)
    try:
        return b"".join([*map(encoder.feed, events), encoder.close()])
    except imagetx.RequestError:
        if not any("url" in event and "b64_json" not in event for event in events):
            raise
        return None


@pytest.mark.parametrize("asked_as", ASKED)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_stream_is_heard(dialect: str, asked_as: str) -> None:
    """Streams of every provider, written for OpenAI and for Azure."""
    faults = []
    for vector in streams(dialect):
        if vector["name"] == MIXED:
            continue
        events = decoded(vector)
        content = written(events, asked_as, target_of(vector["target"]))
        if content is not None:
            found = heard(client(asked_as), content, events)
            faults += [f"{vector['name']}: {fault}" for fault in misheard(found, events)]

    assert faults == []


def is_stream(vector: Json) -> bool:
    return (vector.get("headers") or {}).get("content-type", "text/event-stream") == "text/event-stream"


@pytest.mark.parametrize("dialect", SHAPED)
def test_native_stream_is_heard_alike(dialect: str) -> None:
    """The SDK and we find the same in a stream as it came."""
    faults = []
    for vector in streams(dialect):
        events = decoded(vector)
        broken = events[-1]["type"] == "error" and '"error"' not in vector["text"]  # an error to us alone (openai.md 7)
        if broken or vector["name"] == MIXED or vector["name"] in LENIENT or not is_stream(vector):
            continue
        found = heard(client(), expanded(vector["text"]).encode(), events)
        faults += [f"{vector['name']}: {fault}" for fault in misheard(found, events)]

    assert faults == []


@pytest.mark.parametrize("section", ["responses", "errors"])
@pytest.mark.parametrize("dialect", found_in("responses"))
def test_answer_that_did_not_stream_is_heard(dialect: str, section: str) -> None:
    """`stream_events` for a caller that asked for a stream: one event an image, or the error."""
    faults = []
    for answer in answers(section, dialect):
        events = [document(event) for event in imagetx.stream_events(answer.said, answer.served_by).value]
        content = written(events, "openai/gpt-image-2", answer.served_by)
        if content is not None:
            faults += [f"{answer.name}: {fault}" for fault in misheard(heard(client(), content, events), events)]

    assert faults == []
