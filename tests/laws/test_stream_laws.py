"""
Laws of streams (style.md section 5, over events): every cut gives the same events; L1 to L6; folding undoes unfolding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import imagetx
from imagetx import jsontext
from imagetx.canonical import document
from imagetx.checked import is_image
from imagetx.document import equal
from imagetx.errors import ImagetxError, RequestError
from imagetx.image import sniff_mime
from imagetx.notes import LOSSES
from tests.conformance.test_event_schemas import streams
from tests.conformance.test_fixtures import target_of
from tests.conformance.test_streams import STREAMING, misformed
from tests.dialects import Case, fixture
from tests.images import expanded
from tests.profiles import dialect_law
from tests.requests_drawn import ERRORS, IMAGES, RESPONSES
from tests.strategies import json_values, mutated

Json = Any
every_dialect = pytest.mark.parametrize("case", STREAMING, ids=lambda case: case.name)
PIECES = [case for case in STREAMING if case.dialect.event.pieces is not None]
every_fold = pytest.mark.parametrize("case", PIECES, ids=lambda case: case.name)
DERIVED = {"type", "outcome", "native_status", "provider_metadata", "index"}
"""Told from other members, or about the message at hand; judged by what they come from."""
WHOLE = ("usage", "text", "drafts", "filtered")
"""Of the whole answer: judged over all events together."""

PARTIALS = st.fixed_dictionaries(
    {
        "type": st.just("image_generation.partial_image"),
        "b64_json": IMAGES.filter(bool),
        "partial_image_index": st.integers(0, 3),
    },
    optional={"created_at": st.integers(0, 2**31), "size": st.just("1024x1024"), "quality": st.just("low")},
)


@st.composite
def sequences(draw: st.DrawFn) -> list[Json]:
    """Draw what may happen: unfinished images, images, an error; one of the latter two at least."""
    answers = draw(st.lists(RESPONSES.filter(lambda answer: all(map(is_image, answer["data"]))), max_size=2))
    made = [event for answer in answers for event in imagetx.stream_events(answer, "openai").value]
    said = [{**document(event), "index": place} for place, event in enumerate(made)]
    error = draw(ERRORS if not said else st.none() | ERRORS)
    begun = [*draw(st.lists(PARTIALS, max_size=2)), *said]
    return begun if error is None else [*begun, {"type": "error", **error}]


def write(events: Sequence[Json], case: Case) -> tuple[bytes, imagetx.StreamEncoder]:
    """Write events that have a form in the dialect."""
    encoder = imagetx.stream_encoder(case.target)
    try:
        return b"".join([*map(encoder.feed, events), encoder.close()]), encoder
    except RequestError:
        reject()


def read(data: bytes, case: Case, headers: Json = None) -> list[Json]:
    decoder = imagetx.stream_decoder(case.target, headers=headers)
    return [document(event) for event in (*decoder.feed(data), *decoder.close())]


@every_dialect
@dialect_law
@given(events=sequences())
def test_l1_stable(case: Case, events: list[Json]) -> None:
    """
    What is read in what was written is written as what reads the same, without a loss; but texts, which stand on the
    last event of an answer in pieces, move to the last of its images, and metadata tells so.
    """
    first = read(write(events, case)[0], case)

    again, encoder = write(first, case)

    assert equal(bare(read(again, case)), bare(first))
    assert [str(note) for note in encoder.notes if note.kind in LOSSES] == []


@every_dialect
@dialect_law
@given(events=sequences())
def test_l2_silence_means_exact(case: Case, events: list[Json]) -> None:
    """What does not come back lies below a loss note, and below every loss note something does not."""
    data, encoder = write(events, case)
    back = read(data, case)
    noted = {placed(note.pointer) for note in encoder.notes if note.kind in LOSSES} - {("outcome",)}

    lost = set(differences(events, back))

    assert [path for path in lost if not any(path[: len(note)] == note for note in noted)] == []
    assert [note for note in noted if not any(path[: len(note)] == note for path in lost)] == []


def bare(events: list[Json]) -> list[Json]:
    """Leave out in which order the parts of an answer came."""
    return [{name: value for name, value in event.items() if name != "provider_metadata"} for event in events]


def placed(pointer: str) -> tuple[str, ...]:
    """Say where a note points, whichever of the texts, drafts and reasons it is: those of all events are one list."""
    head, *rest = pointer.split("/")[1:]
    return (head, *(rest[1:] if head in ("text", "drafts", "filtered") else rest))


def differences(events: list[Json], back: list[Json]) -> Iterator[tuple[str, ...]]:
    """Yield the members of events that do not come back."""
    sides = [[event for event in side if "partial_image" not in event["type"]] for side in (events, back)]
    partial = [[event for event in side if "partial_image" in event["type"]] for side in (events, back)]
    if len(partial[0]) > len(partial[1]):
        yield ("partial_image_index",)
    assert len(sides[0]) == len(sides[1])
    for given_one, came in [*zip(*sides, strict=True), *zip(*partial, strict=False)]:
        for path, value in members(given_one):
            if path[0] not in WHOLE and not equal(at(came, path), value):
                yield path
    for name in ("text", "drafts", "filtered"):
        said, found = ([item for event in side for item in event.get(name) or ()] for side in sides)
        for place, item in enumerate(said):
            other = found[place] if place < len(found) else None
            for path, value in members(item):
                if not equal(at(other, path), value):
                    yield (name, *path)
    yield from counts(*sides)


def counts(events: list[Json], back: list[Json]) -> Iterator[tuple[str, ...]]:
    """Yield the counts that do not come back: the sum of those events that say them."""
    said, came = ([dict(members(event["usage"])) for event in side if event.get("usage")] for side in (events, back))
    for path in {path for usage in said for path in usage}:
        sums = [sum(usage.get(path, 0) for usage in side) for side in (said, came)]
        if sums[0] != sums[1] or not any(path in usage for usage in came):
            yield ("usage", *path)


def members(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield what an event says, leaf by leaf, derived members apart."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in DERIVED and (key, item) != ("created_at", 0):
                yield from members(item, (*path, key))
    elif value is not None:
        yield path, value


def at(value: Json, path: tuple[str, ...]) -> Json:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


@every_dialect
@dialect_law
@given(data=st.data())
def test_l3_native(case: Case, data: st.DataObject) -> None:
    """Keys that nobody knows are carried where one event stands for itself, and come back in their place."""
    if case.dialect.event.answers is None:
        return
    vector = data.draw(st.sampled_from(exact(case)))
    target = target_of(vector["target"])
    body = {
        **data.draw(st.sampled_from(bodies_of(vector))),
        f"x_{data.draw(st.integers(0, 9))}": data.draw(json_values()),
    }
    text = f"data: {jsontext.render_json(body).decode()}\n\n".encode()
    decoder, encoder = imagetx.stream_decoder(target), imagetx.stream_encoder(target)

    written = b"".join(map(encoder.feed, decoder.feed(text)))

    assert equal(bodies_of({"text": written.decode()}), [body])
    assert [str(note) for note in encoder.notes if note.kind in LOSSES] == []


def exact(case: Case) -> list[Json]:
    """List the vectors that are written as they were read."""
    return [
        vector
        for vector in streams(case.name)
        if "written" not in vector and "encode" in vector.get("ways", ["encode"]) and "headers" not in vector
    ]


def bodies_of(vector: Json) -> list[Json]:
    """List the JSON of the events of a text."""
    lines = expanded(vector["text"]).split("\n")
    return [jsontext.parse_json(line[6:]) for line in lines if line.startswith("data: {")]


@every_dialect
@dialect_law
@given(data=st.data())
def test_l4_total(case: Case, data: st.DataObject) -> None:
    """Any bytes give events that can be written, and that end once: broken, cut short, not JSON at all."""
    vector = data.draw(st.sampled_from(streams(case.name)))
    lines = expanded(vector["text"]).split("\n")
    for place in data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=3)):
        if lines[place].startswith("data: {"):
            try:
                body = jsontext.parse_json(lines[place][6:])
            except ImagetxError:
                continue
            lines[place] = "data: " + jsontext.render_json(data.draw(mutated(body))).decode("utf-8", "replace")
    text = "\n".join(lines).encode("utf-8", "replace")
    rest = data.draw(st.binary(max_size=40))
    headers = data.draw(st.sampled_from([None, vector.get("headers"), {"content-type": "text/event-stream"}]))

    for bytes_ in (text, text[: len(text) // 2] + rest, rest + text, rest):
        events = read(bytes_, case, headers)
        kinds = [event["type"].rpartition(".")[2] for event in events]
        assert kinds.count("error") <= 1
        assert "error" not in kinds[:-1]
        assert {"completed", "error"} & set(kinds)
        try:
            write_all(events, case)
        except ImagetxError:
            continue


def write_all(events: list[Json], case: Case) -> None:
    encoder = imagetx.stream_encoder(case.target)
    for event in events:
        encoder.feed(event)
    encoder.close()


@every_dialect
@dialect_law
@given(
    event=json_values()
    | st.dictionaries(st.sampled_from(["type", "b64_json", "error", "usage", "text"]), json_values())
)
def test_l4_total_out(case: Case, event: Json) -> None:
    """What is no event is refused, and changes nothing."""
    encoder = imagetx.stream_encoder(case.target)
    try:
        encoder.feed(event)
    except RequestError:
        assert encoder.notes == imagetx.stream_encoder(case.target).notes


@every_dialect
@dialect_law
@given(events=sequences())
def test_l5_pure(case: Case, events: list[Json]) -> None:
    """Nothing that goes in is changed, and the same goes out again."""
    before = deepcopy(events)

    first, _ = write(events, case)
    read(first, case)
    second, _ = write(events, case)

    assert events == before
    assert first == second


@every_dialect
@dialect_law
@given(events=sequences())
def test_l6_closed(case: Case, events: list[Json]) -> None:
    """Every event that is written is right by the schema of the native event, where the type of an image is known."""
    images = [image for event in events for image in (event, *event.get("drafts", ())) if event["type"] != "error"]
    if any(sniff_mime(image["b64_json"]) is None for image in images):
        return
    text = write(events, case)[0].decode()

    assert misformed(case.name, text) == []


@every_dialect
@dialect_law
@given(data=st.data())
def test_every_cut(case: Case, data: st.DataObject) -> None:
    """The same events come wherever the bytes are cut, and none comes later than it must."""
    vector = data.draw(st.sampled_from(streams(case.name)))
    text = expanded(vector["text"]).encode()
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    target, headers = target_of(vector["target"]), vector.get("headers")
    whole, bits = (imagetx.stream_decoder(target, headers=headers) for _ in range(2))

    at_once = [*whole.feed(text), *whole.close()]
    cuts = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    found = [event for part in cuts for event in bits.feed(part)]

    assert [*found, *bits.close()] == at_once
    assert bits.notes == whole.notes


@every_fold
@dialect_law
@given(data=st.data())
def test_folding_undoes_unfolding(case: Case, data: st.DataObject) -> None:
    """An answer that is unfolded and folded again is that answer, whatever it holds."""
    vectors = [vector for vector in fixture(case.name)["responses"] if "json" in (vector["native"].get("body") or {})]
    answer = data.draw(st.sampled_from(vectors))["native"]["body"]["json"]
    body = data.draw(
        st.just(answer) | mutated(answer) | st.dictionaries(st.text(max_size=3), json_values(), max_size=3)
    )
    if not isinstance(body, dict):
        return
    before = deepcopy(body)
    pieces = case.dialect.event.pieces

    events = [*pieces.unfold(body), *pieces.ending(body)]
    fold = pieces.fold()
    for event in deepcopy(events):
        fold.add(event)

    assert body == before
    assert equal(fold.document(), body)


@every_fold
def test_an_event_stream_and_the_whole_answer_say_the_same(case: Case) -> None:
    """The events of an answer in pieces are those of the same answer that came whole."""
    for vector in fixture(case.name)["responses"]:
        body = expanded(vector["native"])["body"]["json"]
        whole = imagetx.decode_response(imagetx.NativeResponse(200, {}, body), case.target)
        if not isinstance(whole.value, imagetx.ImageResponse):
            continue
        expected = imagetx.stream_events(whole.value, case.target).value
        pieces = case.dialect.event.pieces
        said = [jsontext.render_json(event) for event in (*pieces.unfold(body), *pieces.ending(body))]

        found = read(b"".join(b"data: " + event + b"\n\n" for event in said), case)

        assert len(found) == len(expected)
        for one, other in zip(found, bare([document(event) for event in expected]), strict=True):
            if one is not found[-1]:  # it went out before anybody knew how the answer ends
                one["finish_reason"] = other["finish_reason"]
        assert bare(found) == bare([document(event) for event in expected])
