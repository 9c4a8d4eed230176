"""
Streams that go on and on, and what nobody sends: nothing is lost in silence, kept for ever or done twice.
"""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

import imagetx
from imagetx import NativeRequest, RequestError, SpecError, Target
from imagetx.canonical import document
from imagetx.compile_events import compile_events
from imagetx.deltas import Deltas
from imagetx.lines import Lines
from imagetx.notes import LOSSES
from tests.conformance.test_event_schemas import faults, streams
from tests.conformance.test_fixtures import target_of
from tests.dialects import cases
from tests.images import expanded, text
from tests.unit.test_stream import (
    COMPLETED,
    DELTAS,
    ERROR,
    GEMINI,
    INTERACTIONS,
    ONE_BY_ONE,
    OPENAI,
    PARTS,
    PNG,
    STABILITY,
    easel,
    inline,
    part,
    sse,
)

Json = Any
JPEG = text("grey-64.jpg")
IMAGEN = Target("vertex", "imagen-4.0-generate-001", variables={"project": "p"})
STREAMING = [OPENAI, GEMINI, INTERACTIONS]


def write(events: list[Json], target: Any, request: NativeRequest | None = None) -> tuple[bytes, Any]:
    encoder = imagetx.stream_encoder(target, request=request)
    return b"".join([*map(encoder.feed, events), encoder.close()]), encoder


def read(body: bytes, target: Any, headers: Json = None) -> list[Json]:
    decoder = imagetx.stream_decoder(target, headers=headers)
    return [document(event) for event in (*decoder.feed(body), *decoder.close())]


def lost(encoder: Any) -> list[tuple[str, str]]:
    return [(note.kind, note.pointer) for note in encoder.notes if note.kind in LOSSES]


# How much ---------------------------------------------------------------------------------------


def test_notes_do_not_grow_with_the_stream() -> None:
    """What is lost of every image is one note."""
    events = [{**COMPLETED, "index": place, "size": f"{place + 1}x1", "text": [str(place)]} for place in range(50)]

    _, encoder = write(events, INTERACTIONS)

    assert len(encoder.notes) < 5
    assert ("dropped", "/size") in lost(encoder)


@pytest.mark.parametrize("target", [*STREAMING, STABILITY])
@pytest.mark.parametrize("last", [[], [ERROR]], ids=["closed", "failed"])
def test_what_was_kept_is_let_go(target: Any, last: list[Json]) -> None:
    """A decoder and an encoder that are closed hold no image, although somebody holds them."""
    tracemalloc.start()
    encoder, decoder = imagetx.stream_encoder(target), imagetx.stream_decoder(target)

    held = [encoder, decoder, through(encoder, decoder, [{**COMPLETED, "b64_json": PNG + "A" * 2**22}, *last])]
    now, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert now < 2**20
    assert held[2] > 0


def through(encoder: Any, decoder: Any, events: list[Json]) -> int:
    """Write events and read them again; count what comes."""
    written = b"".join([*map(encoder.feed, events), encoder.close()])
    return len([*decoder.feed(written), *decoder.close()])


def test_a_part_without_items_is_not_decoded() -> None:
    """Thousands of keys that say nothing of an image cost nothing."""
    fold = next(case.dialect.event.pieces for case in cases() if case.name == "gemini/generate-content").fold()

    assert repr(fold.add({"modelVersion": "m"})) == "ABSENT"
    assert repr(fold.add({"candidates": [{"finishReason": "STOP"}]})) == "ABSENT"
    assert fold.document() == {"modelVersion": "m", "candidates": [{"finishReason": "STOP"}]}


# What is no image -------------------------------------------------------------------------------


def test_what_is_no_image_is_no_event() -> None:
    """Neither among the pieces of an answer nor in one that comes whole."""
    odd = {"inlineData": {"mimeType": "image/png", "data": {}}}
    pieces = [part(odd), part(inline(PNG)), part(odd, finishReason="STOP")]

    for body in (sse(*pieces), json.dumps(part(odd, inline(PNG), odd)).encode()):
        events = read(body, GEMINI)

        assert [(event["type"], event["b64_json"]) for event in events] == [("image_generation.completed", PNG)]


def test_an_error_ends_a_frame() -> None:
    """Of several events in one frame, none comes after an error, and those before it are not lost."""
    good, bad = {**COMPLETED, "type": "image_edit.completed"}, {"type": "error", "error": {"message": "No."}}

    found = read(b"data: " + json.dumps([good, 5, bad, good]).encode() + b"\n\n", OPENAI)

    assert [event["type"] for event in found] == ["image_edit.completed", "error"]


@pytest.mark.parametrize("kind", ["", "two\nlines", "\ud800"])
def test_a_type_that_is_no_line(kind: str) -> None:
    """It stays in its body; the line that repeats a type is not written."""
    event = {**ERROR, "provider_metadata": {"openai": {"type": kind}}}
    encoder = imagetx.stream_encoder(OPENAI)
    try:
        written = encoder.feed(event)
    except RequestError:
        assert kind == "\ud800"  # half a character has no bytes
        return

    assert written.startswith(b"data: ")


@pytest.mark.parametrize("target", STREAMING)
@pytest.mark.parametrize("marked", [5, "x", [1]])
def test_marks_that_are_none(target: Any, marked: Json) -> None:
    """Who writes into our marks in provider_metadata is told so."""
    provider = target.provider if isinstance(target, Target) else target.partition("/")[0]
    event = {**COMPLETED, "provider_metadata": {provider: {"@item": marked}}}

    if target == OPENAI:  # whose events stand for themselves
        write([event], target)
        return
    with pytest.raises(RequestError, match="expected an object"):
        write([event], target)


@pytest.mark.parametrize("target", [*STREAMING, IMAGEN])
@pytest.mark.parametrize(
    "odd",
    [
        {"text": ["\ud800"]},
        {"revised_prompt": "\ud800"},
        {"provider_metadata": {"openai": {"x": float("nan")}, "gemini": {"x": float("nan")}}},
        {"provider_metadata": {"openai": {"x": object()}, "gemini": {"x": object()}}},
        {"x": {1: 2}},
        {"provider_metadata": {"openai": {"x": b"x"}, "gemini": {"x": b"x"}}},
        {"usage": {"input_tokens": 10**5000}},
    ],
)
def test_what_is_refused_leaves_no_trace(target: Any, odd: Json) -> None:
    """An event that has no JSON is refused before anything is written of it."""
    encoder = imagetx.stream_encoder(target)
    with pytest.raises(RequestError):
        encoder.feed({**COMPLETED, "usage": {"total_tokens": 7}, **odd})

    written = encoder.feed({**COMPLETED, "b64_json": JPEG}) + encoder.close()

    assert written == write([{**COMPLETED, "b64_json": JPEG}], target)[0]


# Whole answers ----------------------------------------------------------------------------------


def test_native_keys_of_an_image_go_back_to_it() -> None:
    """A dialect that does not stream keeps them apart from those of the answer."""
    body = {
        "predictions": [
            {"mimeType": "image/png", "bytesBase64Encoded": PNG, "safetyAttributes": {"scores": [0.1]}},
            {"mimeType": "image/jpeg", "bytesBase64Encoded": JPEG, "safetyAttributes": {"scores": [0.2]}},
        ],
        "metadata": {"x": 1},
    }

    written, encoder = write(read(json.dumps(body).encode(), IMAGEN), IMAGEN)

    assert json.loads(written) == body
    assert lost(encoder) == [("emulated", "/stream")]


def test_many_events_are_one_answer() -> None:
    """Lists follow each other, tokens are added up, and what differs has a note."""
    first = {
        **COMPLETED,
        "output_format": "png",
        "size": "1024x1024",
        "quality": "low",
        "usage": {
            "input_tokens": 1,
            "output_tokens": 2,
            "total_tokens": 3,
            "output_tokens_details": {"image_tokens": 2},
        },
        "filtered": [{"index": 2, "category": "sexual", "reason": "Sexual."}],
    }
    second = {
        **COMPLETED,
        "b64_json": JPEG,
        "output_format": "jpeg",
        "size": "512x512",
        "quality": "low",
        "usage": {"input_tokens": 1, "output_tokens": 4, "total_tokens": 5},
    }

    written, encoder = write([first, second], Target("gemini", surface="openai"))
    imagen, beside = write([first, second], IMAGEN)
    answer, predictions = json.loads(written), json.loads(imagen)["predictions"]

    assert answer["usage"] == {"input_tokens": 2, "output_tokens": 6, "total_tokens": 8}
    assert [item["b64_json"] for item in answer["data"]] == [PNG, JPEG]
    assert "output_format" not in answer
    assert "size" not in answer
    assert {("dropped", "/size"), ("dropped", "/usage/output_tokens_details")} <= set(lost(encoder))
    assert [item.get("mimeType") for item in predictions] == ["image/png", "image/jpeg", None]
    assert "raiFilteredReason" in predictions[2]
    assert ("dropped", "/size") in lost(beside)


def test_a_count_is_lost_although_another_is_noted() -> None:
    """An error after an image leaves no place for the tokens, whatever was noted of one of them before."""
    usage = {
        "input_tokens": 3,
        "output_tokens": 1,
        "total_tokens": 4,
        "input_tokens_details": {"text_tokens": 1, "image_tokens": 2},
    }

    _, encoder = write([{**COMPLETED, "usage": usage}, ERROR], INTERACTIONS)

    assert ("dropped", "/usage") in lost(encoder)


# Deltas -----------------------------------------------------------------------------------------


def test_an_image_comes_as_a_delta_although_texts_do_not() -> None:
    """Two texts side by side begin with their member, for they would be read as one; what follows comes alone."""
    event = {**COMPLETED, "text": ["First.", "Second."]}

    written, encoder = write([event], INTERACTIONS)
    bodies = [json.loads(line[6:]) for line in written.decode().split("\n") if line.startswith("data: {")]
    deltas = [body["delta"] for body in bodies if body["event_type"] == "step.delta"]

    assert [delta["type"] for delta in deltas] == ["image"]
    assert read(written, INTERACTIONS)[0]["text"] == ["First.", "Second."]
    assert lost(encoder) == []


def test_an_error_of_another_dialect_is_still_an_error() -> None:
    """What Gemini's generateContent said of a refusal is no answer in which Interactions says one."""
    refusal = read(sse({"candidates": [{"finishReason": "IMAGE_SAFETY", "index": 0}]}), GEMINI)

    back = read(write(refusal, INTERACTIONS)[0], INTERACTIONS)

    assert [event["category"] for event in (*refusal, *back)] == ["content_policy", "content_policy"]


def test_members_without_an_index_follow_each_other() -> None:
    """The highest index so far is the last member, however many there are."""
    pieces = next(case.dialect.event.pieces for case in cases() if case.name == "gemini/interactions")
    assert isinstance(pieces, Deltas)
    fold = pieces.fold()
    for index in (5, 2):
        fold.add({"event_type": "step.start", "index": index, "step": {"type": "model_output"}})
    fold.add({"event_type": "step.delta", "delta": {"type": "text", "text": "a"}})

    assert fold.document()["steps"][0]["content"] == [{"type": "text", "text": "a"}]


# Sections that are wrong -------------------------------------------------------------------------


def but(section: Json, kind: str, **words: Json) -> Json:
    return {**section, kind: {**section[kind], **words}}


@pytest.mark.parametrize(
    ("event", "pointer"),
    [
        (but(PARTS, "parts", grows="/0"), "/event/parts/grows"),
        (but(PARTS, "parts", grows="/rooms/0"), "/event/parts/grows"),
        (but(PARTS, "parts", grows="/rooms/-1/pictures"), "/event/parts/grows"),
        (but(PARTS, "parts", last=["/pictures"]), "/event/parts"),
        (but(PARTS, "parts", every=["/pictures/0/seed"]), "/event/parts"),
        ({**PARTS, "name": "/0"}, "/event/name"),
        ({**PARTS, "end": {"event": "two\nlines", "data": "x"}}, "/event/end"),
        ({**PARTS, "end": {"data": "\ud800"}}, "/event/end"),
        ({**PARTS, "error": {"with": {"/problem/0": 1}}}, "/event/error/with"),
        ({**PARTS, "error": {"number": "/-1"}}, "/event/error/number"),
        (but(DELTAS, "deltas", item={"is": "picture"}), "/event/deltas/item/at"),
        (but(DELTAS, "deltas", start={"is": "room"}), "/event/deltas/start/at"),
        (but(DELTAS, "deltas", item={"is": "room", "at": "/picture"}), "/event/deltas"),
        (but(DELTAS, "deltas", item={"is": "picture", "at": "/on"}), "/event/deltas/item"),
        (but(DELTAS, "deltas", item={"is": "picture", "at": "/a", "index": "/a/b"}), "/event/deltas/item"),
        (but(DELTAS, "deltas", item={"is": "picture", "at": "/0"}), "/event/deltas/item/at"),
    ],
)
def test_a_section_that_could_not_be_read_back(event: Json, pointer: str) -> None:
    """It is told when the section is compiled, and where."""
    with pytest.raises(SpecError) as caught:
        compile_events({"event": event, "request": {"rules": []}, "response": {}}, "easel", {"type": "object"}, Lines())

    assert [problem.pointer for problem in caught.value.problems] == [pointer]


def test_pieces_that_hold_no_image() -> None:
    """A section whose answer has its images elsewhere loses none in silence."""
    encoder = easel(but(DELTAS, "deltas", grows="pages")).stream_encoder("easel/oil-1")

    with pytest.raises(RequestError, match="read again"):
        encoder.feed(COMPLETED)


def test_the_last_frame_says_nothing() -> None:
    """What we write at the end is no event when we read it."""
    known = easel({**ONE_BY_ONE, "end": {"data": "finis"}})
    encoder, decoder = known.stream_encoder("easel/oil-1"), known.stream_decoder("easel/oil-1")

    written = encoder.feed(COMPLETED) + encoder.close()

    assert written.endswith(b"data: finis\n\n")
    assert [event.type for event in (*decoder.feed(written), *decoder.close())] == [COMPLETED["type"]]


# Two dialects of one provider --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("served_by", "asked_as"),
    [("gemini/generate-content", INTERACTIONS), ("gemini/interactions", Target(*GEMINI.split("/")))],
)
def test_native_keys_stay_in_their_dialect(served_by: str, asked_as: Target) -> None:
    """What only the other dialect of a provider can hold is not written, where it is told who served."""
    name = f"gemini/{'interactions' if asked_as is INTERACTIONS else 'generate-content'}"
    for vector in streams(served_by):
        target = target_of(vector["target"])
        events = read(expanded(vector["text"]).encode(), target, vector.get("headers"))
        encoder = imagetx.stream_encoder(asked_as, served_by=target)

        written = b"".join([*map(encoder.feed, events), encoder.close()])
        back = read(written, asked_as)

        assert faults(name, written.decode()) == [], vector["name"]
        assert [event.get("b64_json") for event in back] == [event.get("b64_json") for event in events]
        said, came = ([event.get("category") for event in side] for side in (events, back))
        assert said == came or ("approximated", "/category") in lost(encoder)
