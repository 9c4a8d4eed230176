"""
Every stream of the fixtures, read and written, and N x N: each of them for every dialect that streams.

What comes out is right by the schema of the native event; what the other dialect cannot say has a note.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

import imagetx
from imagetx.canonical import document
from imagetx.document import equal
from imagetx.notes import LOSSES
from tests.conformance.test_event_schemas import DIALECTS, faults, streams
from tests.conformance.test_fixtures import compared, target_of
from tests.dialects import Case, cases
from tests.images import expanded, pictured
from tests.streams import same_stream

Json = Any
STREAMING = list({case.name: case for case in cases() if case.dialect.event is not None}.values())
WHOLE = [case for case in {case.name: case for case in cases()}.values() if case.dialect.event is None]
EACH = ("b64_json", "url", "seed", "revised_prompt", "size", "quality", "created_at", "finish_reason", "category")
LISTS = ("text", "drafts", "filtered")


def vectors(way: str) -> list[Any]:
    """List the vectors that run this way, as pytest parameters."""
    return [
        pytest.param(dialect, vector, id=f"{dialect}::{vector['name']}")
        for dialect in DIALECTS
        for vector in streams(dialect)
        if way in vector.get("ways", ["encode", "decode"])
    ]


def decoded(vector: Json, headers: Json = None) -> list[dict[str, Json]]:
    """Read the text of a vector."""
    said = vector.get("headers") if headers is None else headers
    decoder = imagetx.stream_decoder(
        target_of(vector["target"]),
        request=expanded(vector.get("request")),
        headers=said,
        created=vector.get("created"),
    )
    events = [*decoder.feed(expanded(vector["text"]).encode()), *decoder.close()]
    return [document(event) for event in events]


def encoded(
    events: Iterable[Json], target: imagetx.Target, served_by: imagetx.Target | None = None
) -> tuple[str, imagetx.StreamEncoder]:
    """Write events."""
    encoder = imagetx.stream_encoder(target, served_by=served_by)
    text = b"".join([*map(encoder.feed, events), encoder.close()]).decode()
    return text, encoder


@pytest.mark.parametrize(("dialect", "vector"), vectors("decode"))
def test_stream_decodes(dialect: str, vector: Json) -> None:
    """A native stream becomes exactly the canonical events."""
    expected = vector["events"]

    found = decoded(vector)

    assert len(found) == len(expected)
    assert [pictured(compared(*pair)) for pair in zip(found, expected, strict=True)] == pictured(expanded(expected))


@pytest.mark.parametrize(("dialect", "vector"), vectors("encode"))
def test_stream_encodes(dialect: str, vector: Json) -> None:
    """What was decoded is written back, without a loss; the Date of the first stream is not the provider's word."""
    headers = {name: value for name, value in vector.get("headers", {}).items() if name != "date"}

    text, encoder = encoded(decoded(vector, headers), target_of(vector["target"]))

    assert same_stream(dialect, text, vector.get("written", vector["text"])) or same_stream(
        dialect, text, vector["text"]
    )
    assert faults(dialect, text) == []
    assert [str(note) for note in encoder.notes if note.kind in LOSSES] == []
    assert encoder.headers["content-type"] == "text/event-stream"


@cache
def canonical(dialect: str) -> list[tuple[str, list[Json]]]:
    """Read the streams of a dialect that are not odd: name and events."""
    return [(vector["name"], decoded(vector)) for vector in streams(dialect) if not vector.get("odd", False)]


@pytest.mark.parametrize("case", STREAMING, ids=lambda case: case.name)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_translates(dialect: str, case: Case) -> None:
    """
    The same images, usage and category come through every other dialect, or a note says what does not.

    What is written is right by the schema of the native event.
    """
    found = []
    served = next((other.target for other in STREAMING if other.name == dialect), None)
    for name, events in canonical(dialect):
        try:
            text, encoder = encoded(events, case.target, served)
        except imagetx.RequestError as error:
            assert all(problem.pointer in ("/b64_json", "/url") for problem in error.problems), name
            assert any("url" in event for event in events), name  # a URL where only bytes can be said
            continue
        decoder = imagetx.stream_decoder(case.target, headers=encoder.headers)
        back = [document(event) for event in (*decoder.feed(text.encode()), *decoder.close())]
        noted = {note.pointer for note in encoder.notes if note.kind in LOSSES}
        found += [f"{name}: {fault}" for fault in unsaid(events, back, noted)]
        if case.name != dialect:  # within a dialect, what was carried goes back whatever it is
            found += [f"{name}: {fault}" for fault in misformed(case.name, text)]

    assert found == []


def misformed(dialect: str, text: str) -> list[str]:
    """
    Say what is wrong with the native events of a text, but for the word webp.

    Azure makes none (azure.md 3.1) and has no such word; of an image of another provider that is one, another is false.
    """
    return faults(dialect, text.replace('"output_format":"webp"', '"output_format":"png"'))


def unsaid(events: list[Json], back: list[Json], noted: set[str]) -> list[str]:
    """List what does not come back although no note says so."""
    sides = [[event for event in side if not event["type"].endswith("partial_image")] for side in (events, back)]
    kinds = [[event["type"].rpartition(".")[2] for event in side] for side in sides]
    if kinds[0] != kinds[1]:
        return [f"{kinds[0]} became {kinds[1]}"]
    silent = {name for name in EACH if not any(pointer.startswith(f"/{name}") for pointer in noted)}
    found = [
        name
        for given, came in zip(*sides, strict=True)
        for name in sorted(silent)
        if given.get(name) not in (None, 0) and not equal(given[name], came.get(name))
    ]
    listed = [{name: [item for event in side for item in event.get(name) or ()] for name in LISTS} for side in sides]
    found += [
        name for name in LISTS if len(listed[0][name]) > len(listed[1][name]) and not any(name in n for n in noted)
    ]
    if len(events) - len(sides[0]) != len(back) - len(sides[1]) and "/partial_image_index" not in noted:
        found.append("partial images")
    if tokens(sides[0]) != tokens(sides[1]) and not any(pointer.startswith("/usage") for pointer in noted):
        found.append(f"usage {tokens(sides[0])} became {tokens(sides[1])}")
    return found


def tokens(events: list[Json]) -> Json:
    """Add up the tokens of the events that say them."""
    said = [event["usage"] for event in events if event.get("usage")]
    return {
        name: sum(usage.get(name, 0) for usage in said) for name in ("input_tokens", "output_tokens", "total_tokens")
    }


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case.name)
def test_without_streams(case: Case) -> None:
    """A dialect that does not stream answers whole, and its answer is read as events."""
    for name, events in canonical("openai/generations"):
        encoder = imagetx.stream_encoder(case.target)
        try:
            text = b"".join([*map(encoder.feed, events), encoder.close()])
        except imagetx.RequestError as error:
            assert error.problems, name
            continue
        decoder = imagetx.stream_decoder(case.target, headers=encoder.headers)
        back = [document(event) for event in (*decoder.feed(text), *decoder.close())] if encoder.status == 200 else []
        images = [event["b64_json"] for event in events if event["type"].endswith("completed")]

        assert "/stream" in {note.pointer for note in encoder.notes}
        assert [event.get("b64_json") for event in back if "b64_json" in event] == images
        assert bool(images) is (encoder.status == 200), name


def test_every_dialect_that_streams_has_its_witnesses() -> None:
    """A schema of the native event, and vectors."""
    assert sorted(case.name for case in STREAMING) == DIALECTS
    assert all(streams(dialect) for dialect in DIALECTS)


def test_every_completed_event_is_one_image() -> None:
    """Indices count up."""
    for dialect in DIALECTS:
        for _, events in canonical(dialect):
            places = [event["index"] for event in events if event["type"].endswith("completed")]
            assert all(one + 1 == other for one, other in pairwise([-1, *places]))


def test_the_event_of_a_vector_is_json() -> None:
    """What is decoded holds nothing but JSON."""
    for dialect in DIALECTS:
        for _, events in canonical(dialect):
            assert equal(json.loads(json.dumps(events)), events)
