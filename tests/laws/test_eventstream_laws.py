"""
Laws of bodies and frames: the same for every cut, written as read, total, bounded.

What is expected is read once more, from the whole body: events by the steps of the standard, items
by Python's own parser.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from imagetx.errors import Problem, RequestError
from imagetx.eventstream import Frame, FrameDecoder, FrameEncoder
from tests.strategies import json_values

Json = Any

TYPES = st.sampled_from([None, "text/event-stream", "application/json", "image/png"])
WORDS = [
    *(
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b" ",
        b"\t",
        b":",
        b",",
        b"data",
        b"data: ",
        b"event: a",
        b"event:",
        b"id: 1",
        b": c",
    ),
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b"\\",
        b'\\"',
        b'{"a":1}',
        b"1",
        b"null",
        b"\xef\xbb\xbf",
        b"\xef",
        b"\xff",
        b"\x00",
    ),
]
mixtures = st.lists(st.sampled_from(WORDS) | st.binary(max_size=3), max_size=40).map(b"".join)
events = st.lists(
    st.sampled_from([b"data: a", b"data", b"data:  b", b"event: e", b"event", b"id: 1", b": c", b"x", b"data: {}"]),
    max_size=20,
)
line_ends = st.sampled_from([b"\n", b"\r", b"\r\n"])
event_bodies = st.tuples(events, line_ends).map(lambda drawn: b"".join(line + drawn[1] for line in drawn[0]))
array_texts = st.builds(
    lambda items, indent, ascii_only: json.dumps(items, indent=indent, ensure_ascii=ascii_only).encode(
        "utf-8", "replace"
    ),
    st.lists(json_values(), max_size=4),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
bodies = st.binary() | mixtures | event_bodies | array_texts | st.builds(lambda a, b: a + b, array_texts, mixtures)
names = st.none() | st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1, max_size=5)
line_data = st.lists(st.binary(max_size=5).map(lambda part: re.sub(rb"[\r\n]", b"", part)), min_size=1, max_size=4)
raw_texts = st.lists(json_values(), max_size=3).map(lambda value: json.dumps(value, indent=1).encode())
event_frames = st.builds(Frame, line_data.map(b"\n".join), names) | st.builds(Frame, raw_texts, raw=st.just(True))


def read(chunks: list[bytes], content_type: str | None, **limits: int) -> list[Frame | Problem]:
    decoder = FrameDecoder(content_type, **limits)
    found = [frame for chunk in chunks for frame in decoder.feed(chunk)]
    return [*found, *decoder.close()]


@st.composite
def cut(draw: st.DrawFn, body: bytes) -> list[bytes]:
    """Draw the chunks of a body."""
    places = draw(st.lists(st.integers(0, len(body)), max_size=8))
    return [body[start:end] for start, end in pairwise([0, *sorted(places), len(body)])]


def by_the_standard(body: bytes) -> list[Frame]:
    """Read events as section 9.2.6 says, on the whole text; a blank line is at the end."""
    lines = re.split(rb"\r\n|\n|\r", body.removeprefix(b"\xef\xbb\xbf"))
    frames, data, name = [], b"", b""
    for line in [*lines, b""]:
        field, _, value = line.partition(b":")
        if line == b"":
            if data != b"":
                frames.append(Frame(data[:-1], name.decode("utf-8", "replace") or None))
            data = name = b""
        elif line.startswith(b":"):
            continue
        else:
            value = value[1:] if value.startswith(b" ") else value
            data += value + b"\n" if field == b"data" else b""
            name = value if field == b"event" else name
    return frames


@given(data=st.data(), body=bodies, content_type=TYPES)
def test_every_cut(data: st.DataObject, body: bytes, content_type: str | None) -> None:
    """Where the bytes are cut is not seen, neither in frames nor in what is wrong."""
    expected = read([body], content_type)

    assert read(data.draw(cut(body)), content_type) == expected
    assert read([body[at : at + 1] for at in range(len(body))], content_type) == expected


@given(data=st.data(), body=bodies, content_type=TYPES, item=st.integers(0, 20), kept=st.integers(0, 40))
def test_every_cut_of_long_bodies(
    data: st.DataObject, body: bytes, content_type: str | None, item: int, kept: int
) -> None:
    """Nor is it seen where the limits stand."""
    limits = {"max_item_bytes": item, "max_kept_bytes": kept}
    expected = read([body], content_type, **limits)

    assert read(data.draw(cut(body)), content_type, **limits) == expected
    assert all(len(frame.data) <= max(item, kept) for frame in expected if isinstance(frame, Frame))


@given(body=bodies, content_type=TYPES)
@example(b"", None)
def test_total(body: bytes, content_type: str | None) -> None:
    """Any bytes give frames, and at most one problem, which is the last."""
    decoder = FrameDecoder(content_type)
    found = [*decoder.feed(body), *decoder.close()]
    event(str(decoder.kind))

    assert decoder.kind in {"sse", "array", "plain"}
    assert all(isinstance(item, Frame) for item in found[:-1])
    assert all(isinstance(item, Frame | Problem) for item in found)
    assert decoder.close() == ()
    with pytest.raises(RequestError):
        decoder.feed(body)


@given(event_bodies | mixtures)
def test_events_by_the_standard(body: bytes) -> None:
    """What has no raw JSON text is read as the standard says, but for the blank line at the end."""
    found = read([body], "text/event-stream")
    if not any(isinstance(frame, Frame) and frame.raw for frame in found):
        assert found == by_the_standard(body)


@given(array_texts)
def test_arrays_by_another_parser(body: bytes) -> None:
    found = read([body], None)

    assert [json.loads(item.data) for item in found if isinstance(item, Frame)] == json.loads(body)
    assert all(isinstance(item, Frame) and item.data == item.data.strip() for item in found)


@given(mixtures)
def test_broken_arrays_by_another_parser(rest: bytes) -> None:
    """An array that is read without a problem, each item being JSON, is one; and the other way round."""
    found = read([b"[" + rest], "application/json")
    items = [loaded(item.data) if isinstance(item, Frame) else BROKEN for item in found]
    whole = loaded(b"[" + rest)

    assert (BROKEN if BROKEN in items else items) == whole


BROKEN = object()


def loaded(text: bytes) -> Json:
    """Parse JSON; BROKEN where it is none."""
    try:
        return json.loads(text.decode(), parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        return BROKEN


@given(data=st.data(), body=bodies)
def test_plain_bodies_are_whole(data: st.DataObject, body: bytes) -> None:
    chunks = data.draw(cut(body))

    assert read(chunks, "image/png") == ([Frame(body, raw=True)] if body else [])


@given(data=st.data(), frames=st.lists(event_frames, max_size=5))
def test_events_are_read_as_written(data: st.DataObject, frames: list[Frame]) -> None:
    encoder = FrameEncoder("sse")
    body = b"".join([*map(encoder.feed, frames), encoder.close()])

    assert read(data.draw(cut(body)), encoder.content_type) == frames


@given(data=st.data(), items=st.lists(json_values().map(lambda value: json.dumps(value).encode()), max_size=5))
def test_arrays_are_read_as_written(data: st.DataObject, items: list[bytes]) -> None:
    encoder, frames = FrameEncoder("array"), [Frame(item) for item in items]
    body = b"".join([*map(encoder.feed, frames), encoder.close()])

    assert read(data.draw(cut(body)), encoder.content_type) == frames
    assert json.loads(body) == [json.loads(item) for item in items]


@given(body=mixtures, content_type=st.sampled_from([None, "text/event-stream"]))
def test_what_was_read_is_written(body: bytes, content_type: str | None) -> None:
    """All that comes out of a body of events goes into another, and is read there as the same."""
    decoder = FrameDecoder(content_type)
    frames = [frame for frame in [*decoder.feed(body), *decoder.close()] if isinstance(frame, Frame)]
    if decoder.kind != "plain":
        encoder = FrameEncoder("sse" if decoder.kind == "sse" else "array")
        again = b"".join([*map(encoder.feed, frames), encoder.close()])

        assert read([again], encoder.content_type) == frames


@given(opening=mixtures, endless=st.sampled_from(b'a1 "\\[]{},:\n\r\xff'), content_type=TYPES)
def test_bounded(opening: bytes, endless: int, content_type: str | None) -> None:
    """However it goes on, not more than the limits and a chunk is kept."""
    decoder = FrameDecoder(content_type, max_item_bytes=100, max_kept_bytes=200)
    decoder.feed(opening[:100])
    chunk = bytes([endless]) * 100
    for _ in range(50):
        decoder.feed(chunk)
        assert kept(decoder) <= 2048


def kept(value: Any) -> int:
    """Count the bytes that a reader holds on to."""
    if isinstance(value, bytes | bytearray):
        return len(value)
    if isinstance(value, list):
        return sum(map(kept, value))
    return sum(kept(getattr(value, name)) for name in getattr(type(value), "__slots__", ()))
