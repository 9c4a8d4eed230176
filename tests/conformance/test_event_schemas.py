"""The witnesses of streams against each other: the vectors of fixtures/ and the schemas of native events."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.images import expanded
from tests.streams import bodies, frames, same_stream

ROOT = Path(__file__).parents[2]
NATIVE = ROOT / "schemas" / "native"
DIALECTS = sorted(str(path.relative_to(NATIVE)).removesuffix(".event.json") for path in NATIVE.glob("*/*.event.json"))
TYPES = {f"image_{word}.{state}" for word in ("generation", "edit") for state in ("partial_image", "completed")}
Json = Any


@cache
def validator(path: Path) -> Draft202012Validator:
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@cache
def streams(dialect: str) -> tuple[Json, ...]:
    return tuple(json.loads((ROOT / "fixtures" / f"{dialect}.json").read_text()).get("streams", ()))


def vectors(*, odd: bool) -> list[Any]:
    """List the vectors that are odd, or that are not, as pytest parameters."""
    return [
        pytest.param(dialect, vector, id=f"{dialect}::{vector['name']}")
        for dialect in DIALECTS
        for vector in streams(dialect)
        if vector.get("odd", False) is odd
    ]


def faults(dialect: str, text: str) -> list[str]:
    """Say what is wrong with the bodies of a text, and with the names before them."""
    native = validator(NATIVE / f"{dialect}.event.json")
    found = [f"{error.message[:200]}" for body in bodies(text) for error in native.iter_errors(body)]
    for frame in frames(expanded(text)):
        if frame.event is not None and frame.data != "[DONE]":
            body = json.loads(frame.data)
            found += [] if frame.event in (body.get("type"), body.get("event_type")) else [f"{frame.event} is not said"]
    return found


@pytest.mark.parametrize("dialect", DIALECTS)
def test_there_are_streams(dialect: str) -> None:
    """Every dialect that streams has vectors with names of their own, their source and why they are odd."""
    found = streams(dialect)
    written = [vector for vector in found if "encode" in vector.get("ways", ["encode", "decode"])]

    assert len(found) >= 16
    assert len(written) >= 5
    assert len({vector["name"] for vector in found}) == len(found)
    assert all(re.search(r"\.md ", vector["source"]) for vector in found)
    assert all(("Odd: " in vector["source"]) is vector.get("odd", False) for vector in found)
    assert json.loads((NATIVE / f"{dialect}.event.json").read_text())["source"]


@pytest.mark.parametrize(("dialect", "vector"), vectors(odd=False))
def test_text_is_what_the_provider_sends(dialect: str, vector: Json) -> None:
    assert faults(dialect, vector["text"]) == []


@pytest.mark.parametrize(("dialect", "vector"), vectors(odd=True))
def test_odd_text_is_odd(dialect: str, vector: Json) -> None:
    """A vector is called odd for a fault, and not to be spared the schema."""
    try:
        found = faults(dialect, vector["text"])
    except json.JSONDecodeError as error:
        found = [str(error)]
    assert found


@pytest.mark.parametrize(("dialect", "vector"), [*vectors(odd=False), *vectors(odd=True)])
def test_written_is_what_the_provider_sends(dialect: str, vector: Json) -> None:
    """What we shall write is right in itself, differs from what was read, and says the same."""
    if "written" in vector:
        assert faults(dialect, vector["written"]) == []
        assert vector["written"] != vector["text"]
        assert vector.get("odd", False) or same_stream(dialect, vector["text"], vector["written"])


@pytest.mark.parametrize(("dialect", "vector"), [*vectors(odd=False), *vectors(odd=True)])
def test_events_are_canonical(dialect: str, vector: Json) -> None:
    """Events are counted, end once, and their images came; an error event is an error answer beside its type."""
    events = vector["events"]
    completed = [event for event in events if event["type"].endswith(".completed")]
    errors = [event for event in events if event["type"] == "error"]

    assert {event["type"] for event in events} - TYPES <= {"error"}
    assert completed or errors
    assert errors in ([], [events[-1]])
    assert [event["index"] for event in completed] == list(range(len(completed)))
    assert all({"b64_json", "url"} & event.keys() and event["finish_reason"] for event in completed)
    assert all("usage" not in event and "index" not in event for event in events if event not in completed)
    for event in errors:
        answer = {name: value for name, value in event.items() if name != "type"}
        validator(ROOT / "schemas" / "canonical" / "error.schema.json").validate(answer)
        assert answer["error"].keys() >= {"type", "code", "param"}
    for image in [*events, *(draft for event in completed for draft in event.get("drafts", []))]:
        data = expanded(image).get("b64_json")
        assert data is None or data in expanded(vector["text"]) or "_" in vector["text"]


@pytest.mark.parametrize(
    ("dialect", "body"),
    [
        ("openai/generations", {"type": "image_generation.completed"}),
        ("openai/generations", {"type": "image_generation.partial_image", "b64_json": "AAAA"}),
        ("openai/generations", {"type": "image_generation.completed", "b64_json": "AAAA", "mime_type": "image/png"}),
        ("openai/generations", {"type": "image_generation.completed", "b64_json": "data:image/png;base64,AAAA"}),
        ("openai/edits", {"type": "image_edit.completed", "b64_json": "AAAA", "output_format": "svg"}),
        ("openai/edits", {"type": "error", "error": {"message": "No."}, "sequence_number": 0}),
        ("azure/v1-edits", {"type": "image_edit.completed", "b64_json": "AAAA", "output_format": "webp"}),
        ("azure/v1-generations", {"type": "image_generation.completed", "data": [{"b64_json": "AAAA"}]}),
        ("gemini/generate-content", {}),
        ("gemini/generate-content", {"candidates": [{"content": {"parts": [{"inline_data": {}}]}}]}),
        ("gemini/generate-content", {"candidates": [{"finishReason": "stop"}]}),
        ("gemini/generate-content", {"candidates": [{"index": 0}], "createTime": "2026-11-20T10:00:00Z"}),
        ("vertex/generate-content", {"candidates": [{"index": 0}], "createTime": 1795168800}),
        ("vertex/generate-content", {"candidates": [{"index": 0}, {"index": 1}]}),
        ("gemini/interactions", {"event_type": "step.delta", "index": 0, "delta": {"type": "image"}}),
        ("gemini/interactions", {"event_type": "step.delta", "delta": {"type": "text", "text": "a"}}),
        ("gemini/interactions", {"event_type": "interaction.completed", "interaction": {"id": "v1_1"}}),
        ("gemini/interactions", {"type": "error", "error": {"code": "internal", "message": "No."}}),
    ],
)
def test_schemas_refuse(dialect: str, body: Json) -> None:
    """A witness that takes everything says nothing."""
    assert not validator(NATIVE / f"{dialect}.event.json").is_valid(body)
