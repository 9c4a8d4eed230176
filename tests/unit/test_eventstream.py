"""Bodies are read as frames wherever they are cut, and frames are written as they are read."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Iterable
from typing import Any

import pytest

from imagetx.ceilings import InputLimits
from imagetx.errors import Problem, RequestError
from imagetx.eventstream import Frame, FrameDecoder, FrameEncoder

SSE = "text/event-stream"
BOM = b"\xef\xbb\xbf"


def read(chunks: Iterable[bytes], content_type: str | None = None, **limits: int) -> list[Frame | Problem]:
    decoder = FrameDecoder(content_type, **limits)
    found = [frame for chunk in chunks for frame in decoder.feed(chunk)]
    return [*found, *decoder.close()]


def cuts(body: bytes) -> Iterable[list[bytes]]:
    """Whole, byte by byte, with empty chunks, and in two at every place."""
    yield [body]
    yield [body[at : at + 1] for at in range(len(body))]
    yield [part for at in range(len(body)) for part in (b"", body[at : at + 1])]
    yield from ([body[:at], body[at:]] for at in range(1, len(body)))


def problem(expected: str, given: str) -> Problem:
    return Problem(pointer="", message=f"expected {expected}, got {given}")


OPEN_ARRAY = problem("the array to be closed", "the end of the body")

EVENTS: list[tuple[str, bytes, list[Frame]]] = [
    ("named", b'event: a\ndata: {"x":1}\n\n', [Frame(b'{"x":1}', "a")]),
    ("two", b"data: 1\n\ndata: 2\n\n", [Frame(b"1"), Frame(b"2")]),
    ("carriage returns", b"data: 1\r\rdata: 2\r\r", [Frame(b"1"), Frame(b"2")]),
    ("both line ends", b"event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n", [Frame(b"1", "a"), Frame(b"2")]),
    (
        "mixed line ends",
        b"event: a\rdata: 1\n\r\ndata: 2\r\n\rdata: 3\r\n\n",
        [Frame(b"1", "a"), Frame(b"2"), Frame(b"3")],
    ),
    ("line feed first", b"data: 1\n\rdata: 2\n\n", [Frame(b"1"), Frame(b"2")]),
    ("no other line ends", "data: a\u2028b\x0b\x0c\x85\n\n".encode(), [Frame("a\u2028b\x0b\x0c\x85".encode())]),
    ("lines of data", b"data: a\ndata:\ndata: b\n\n", [Frame(b"a\n\nb")]),
    ("without colon", b"data\ndata\n\n", [Frame(b"\n")]),
    ("empty data", b"data\n\ndata:\n\ndata: \n\n", [Frame(b""), Frame(b""), Frame(b"")]),
    ("one space", b"data:a\n\ndata: a\n\ndata:  a \n\n", [Frame(b"a"), Frame(b"a"), Frame(b" a ")]),
    ("more colons", b"data:a:b: c\n\n", [Frame(b"a:b: c")]),
    ("comments", b": hello\n\n:\n\ndata: 1\n: in between\ndata: 2\n\n", [Frame(b"1\n2")]),
    ("event without data", b"event: a\n\ndata: 1\n\n", [Frame(b"1")]),
    ("empty event", b"event: a\nevent:\ndata: 1\n\nevent\ndata: 2\n\n", [Frame(b"1"), Frame(b"2")]),
    ("last event counts", b"event: a\ndata: 1\nevent: b\n\n", [Frame(b"1", "b")]),
    ("other fields", b"id: 7\nretry: 10\nfoo: bar\nDATA: 2\n data: 3\ndata: 1\n\n", [Frame(b"1")]),
    ("only an id", b"id: 7\n\n", []),
    ("no blank line", b"event: a\ndata: 1\n", [Frame(b"1", "a")]),
    ("no line end", b"data: 1\n\nevent: a\ndata: 2", [Frame(b"1"), Frame(b"2", "a")]),
    ("ends in the name", b"data: 1\n\nda", [Frame(b"1")]),
    ("empty", b"", []),
    ("blank lines", b"\n\r\n\r\n\n", []),
    ("byte order mark", BOM + b"data: 1\n\n", [Frame(b"1")]),
    ("one byte order mark", BOM + BOM + b"data: 1\ndata: 2\n\n", [Frame(b"2")]),
    ("byte order mark only", BOM, []),
    ("half a byte order mark", BOM[:2], []),
    ("half a byte order mark and data", BOM[:2] + b"\ndata: 1\n\n", [Frame(b"1")]),
    ("no UTF-8", b"event: \xff\ndata: \xff\n\n", [Frame(b"\xff", "\ufffd")]),
    (
        "error of Gemini",
        b'data: {"a":1}\r\n\r\n{\n  "error": {\n    "code": 503\n  }\n}\n',
        [Frame(b'{"a":1}'), Frame(b'{\n  "error": {\n    "code": 503\n  }\n}', raw=True)],
    ),
    ("raw text first", b'[{"error":{}}\r\n]', [Frame(b'[{"error":{}}\n]', raw=True)]),
    (
        "raw text ends",
        b'{\ndata: 1\n}\n\ndata: 2\n\n{"b":1}',
        [Frame(b"{\ndata: 1\n}", raw=True), Frame(b"2"), Frame(b'{"b":1}', raw=True)],
    ),
    ("raw text after fields without data", b"id: 1\n: c\nevent:\n{}\n\n", [Frame(b"{}", raw=True)]),
    (
        "no raw text in an event",
        b"data: 1\n{}\n\nevent: a\n{}\ndata: 2\n\ndata\n[]\n\n",
        [Frame(b"1"), Frame(b"2", "a"), Frame(b"")],
    ),
]


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in EVENTS], ids=[case[0] for case in EVENTS])
def test_events(body: bytes, expected: list[Frame]) -> None:
    for chunks in cuts(body):
        assert read(chunks, SSE) == expected


ARRAYS: list[tuple[bytes, list[Frame | Problem]]] = [
    (b"[]", []),
    (b" \r\n\t[ \n ] \n", []),
    (BOM + b"[1]", [Frame(b"1")]),
    (b'[{"a":1}\n,\r\n{"b":[2,3]}\n]\n', [Frame(b'{"a":1}'), Frame(b'{"b":[2,3]}')]),
    (b'[{"a":"]}[{,\\"]"},{"b\\\\":"\\\\"}]', [Frame(b'{"a":"]}[{,\\"]"}'), Frame(b'{"b\\\\":"\\\\"}')]),
    (b'["a,]\\"" , "\\\\" ,""]', [Frame(b'"a,]\\""'), Frame(b'"\\\\"'), Frame(b'""')]),
    (b"[[[[]],[{}]],{}]", [Frame(b"[[[]],[{}]]"), Frame(b"{}")]),
    (b"[ -1.5e3 ,true\n, null]", [Frame(b"-1.5e3"), Frame(b"true"), Frame(b"null")]),
    (b'[{"a": "\xc3\xa9\xff"}]', [Frame(b'{"a": "\xc3\xa9\xff"}')]),
    (b"[", [OPEN_ARRAY]),
    (b"[1", [OPEN_ARRAY]),
    (b'[{"a":1},', [Frame(b'{"a":1}'), OPEN_ARRAY]),
    (b'[{"a":1}', [Frame(b'{"a":1}'), OPEN_ARRAY]),
    (b'[{"a":"b\\', [OPEN_ARRAY]),
    (b'["a]', [OPEN_ARRAY]),
    (b"[,1]", [problem("an item of the array", '","')]),
    (b"[1,]", [Frame(b"1"), problem("an item of the array", '"]"')]),
    (b"[1,,2]", [Frame(b"1"), problem("an item of the array", '","')]),
    (b"[}]", [problem("an item of the array", '"}"')]),
    (b"[1 2]", [Frame(b"1"), problem("a comma or the end of the array", '"2"')]),
    (b"[1{}]", [Frame(b"1"), problem("a comma or the end of the array", '"{"')]),
    (b"[{}}", [Frame(b"{}"), problem("a comma or the end of the array", '"}"')]),
    (b"[{},{}]\n[{}]", [Frame(b"{}"), Frame(b"{}"), problem("nothing after the array", '"["')]),
    (b"[]\x00", [problem("nothing after the array", '"\\u0000"')]),
    (b"[{]", [Frame(b"{]"), OPEN_ARRAY]),  # brackets are counted: parse_json will refuse the item
]


@pytest.mark.parametrize(("body", "expected"), ARRAYS, ids=repr)
def test_arrays(body: bytes, expected: list[Frame | Problem]) -> None:
    for chunks in cuts(body):
        assert read(chunks, "application/json; charset=UTF-8") == expected


def test_items_come_when_they_are_complete() -> None:
    """Google's comma comes with the next item: nobody waits for it."""
    decoder = FrameDecoder()

    assert decoder.feed(b'[{"a":1') == ()
    assert decoder.feed(b"}") == (Frame(b'{"a":1}'),)
    assert decoder.feed(b"\n,\r\n2") == ()
    assert decoder.feed(b"2") == ()
    assert decoder.feed(b"]") == (Frame(b"22"),)
    assert decoder.close() == ()


def test_events_come_when_they_are_complete() -> None:
    """A carriage return ends the line at once; the line feed may come later."""
    decoder = FrameDecoder()

    assert decoder.feed(b"data: 1\r") == ()
    assert decoder.feed(b"\n\r") == (Frame(b"1"),)
    assert decoder.feed(b"\n") == ()
    assert decoder.feed(b"\n: 2\n\n") == ()
    assert decoder.close() == ()


KINDS: list[tuple[str | None, bytes, str]] = [
    (None, b'{"a":1}', "plain"),
    (None, b" \r\n [1]", "array"),
    (None, BOM + b"\n[1]", "array"),
    (None, b"data: 1\n\n", "sse"),
    (None, b"data\n\n", "sse"),
    (None, b"\n\nevent: a\r", "sse"),
    (None, b"id:", "sse"),
    (None, b"retry\r", "sse"),
    (None, b": hello", "sse"),
    (None, BOM + b"  :", "sse"),
    (None, b"data", "plain"),
    (None, b"database: on fire", "plain"),
    (None, b"idle", "plain"),
    (None, b"Internal Server Error", "plain"),
    (None, b"<html>", "plain"),
    (None, b"\x89PNG\r\n\x1a\n", "plain"),
    (None, BOM, "plain"),
    (None, BOM[:1], "plain"),
    (None, b" " * 1023 + b"[]", "array"),
    (None, b" " * 1024 + b"[]", "plain"),
    (None, b" " * 1018 + b"event:", "sse"),
    (None, b" " * 1019 + b"event:", "plain"),
    ("", b"[1]", "array"),
    ("application/json", b'{"a":1}', "plain"),
    ("application/json", b"data: 1\n\n", "sse"),
    ("text/plain", b"[1]", "array"),
    ("Text/Event-Stream ; charset=utf-8", b"[1]", "sse"),
    ("text/event-stream", b"anything", "sse"),
    ("text/event-streams", b"[1]", "array"),
    ("image/svg+xml", b"[1]", "plain"),
    ("IMAGE/png", b"data:", "plain"),
]


@pytest.mark.parametrize(("content_type", "body", "expected"), KINDS)
def test_kinds(content_type: str | None, body: bytes, expected: str) -> None:
    for chunks in cuts(body):
        decoder = FrameDecoder(content_type)
        before = decoder.kind
        found = [frame for chunk in chunks for frame in decoder.feed(chunk)]
        found += decoder.close()

        assert before is None
        assert decoder.kind == expected
        assert expected != "plain" or found == [Frame(body, raw=True)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\n dad", [None, None, None, None, "plain"]),
        (b"data:", [None, None, None, None, "sse"]),
        (b"datab", [None, None, None, None, "plain"]),
        (b"id\r", [None, None, "sse"]),
        (BOM + b" [", [None, None, None, None, "array"]),
        (b"{", ["plain"]),
    ],
)
def test_kind_is_known_at_once(body: bytes, expected: list[str | None]) -> None:
    decoder = FrameDecoder()
    kinds = []
    for byte in body:
        decoder.feed(bytes([byte]))
        kinds.append(decoder.kind)

    assert kinds == expected


@pytest.mark.parametrize("content_type", [None, SSE, "application/json", "image/png"])
def test_nothing_at_all(content_type: str | None) -> None:
    assert read([], content_type) == read([b"", b""], content_type) == []


LIMITS = {"max_item_bytes": 10, "max_kept_bytes": 15}
LONG_EVENT = problem("an event of at most 15 bytes in lines of at most 10", "more")
LONG_ITEM = problem("an item of at most 10 bytes", "more")
LONG_BODY = problem("a body of at most 15 bytes", "more")
LONG: list[tuple[bytes, list[Frame | Problem]]] = [
    (b"data:12345\n\ndata: 1234\n\n", [Frame(b"12345"), Frame(b"1234")]),
    (b"data:12345\r\n\r\ndata:123456\r\n\r\ndata:1\n\n", [Frame(b"12345"), LONG_EVENT]),
    (b"data:\n\n:234567890\n:2345678901\n", [Frame(b""), LONG_EVENT]),
    (b"data:1\ndata:2\ndata:3\ndata:4\ndata:5\n\n", [Frame(b"1\n2\n3\n4\n5")]),
    (b"data:1\ndata:2\ndata:3\ndata:4\ndata:56789\n\n", [LONG_EVENT]),
    (b"event:1234\ndata:1234\n:2345678\n:\n\n", [LONG_EVENT]),
    (b"data:1\ndata:2\ndata:3\ndata:4\ndata:5\ndata:6\ndata:7\n\n", [LONG_EVENT]),
    (b"[1234567890, [345678,0],12345678901]", [Frame(b"1234567890"), Frame(b"[345678,0]"), LONG_ITEM]),
    (b'[{"1":"23456', [LONG_ITEM]),
    (b'["234567890"] x', [LONG_ITEM]),
    (b"[1" + b" " * 50 + b"]", [Frame(b"1")]),
    (b"{23456789012345", [Frame(b"{23456789012345", raw=True)]),
    (b"{234567890123456", [LONG_BODY]),
    (b"{2345678901234567890", [LONG_BODY]),
]


@pytest.mark.parametrize(("body", "expected"), LONG)
def test_limits(body: bytes, expected: list[Frame | Problem]) -> None:
    """What is too long gives one problem, the same for every cut, and nothing after it."""
    for chunks in cuts(body):
        assert read(chunks, **LIMITS) == expected


@pytest.mark.parametrize("opening", [b"data:", b":", b"x:", b"{", b'[{"a":"', b"[1", b'["', b"[[", b"x", b"data:\nid:"])
@pytest.mark.parametrize("content_type", [None, SSE])
def test_endless_lines_are_let_go(opening: bytes, content_type: str | None) -> None:
    """Sixteen times the limit leaves nothing behind, and never more than the limit and a chunk or two."""
    decoder = FrameDecoder(content_type, max_item_bytes=2**20, max_kept_bytes=2**20)
    chunk = b"1" * 2**16
    tracemalloc.start()
    found = [*decoder.feed(opening)]
    for _ in range(256):
        found += decoder.feed(chunk)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [type(item) for item in found] == [Problem]
    assert decoder.close() == ()
    assert kept < 2**14
    assert most < 2**20 * 1.25 + 4 * 2**16  # a bytearray takes an eighth more than it holds


@pytest.mark.parametrize("opening", [b"\n", b":\n", b"id: 1\n", b"[ ", b"[] "])
def test_what_is_not_kept(opening: bytes) -> None:
    """Empty lines, comments and white space may go on for ever."""
    decoder = FrameDecoder("application/json" if opening.startswith(b"[") else SSE, max_item_bytes=20)
    decoder.feed(opening)
    for _ in range(100):
        assert decoder.feed((b" " if opening.startswith(b"[") else opening) * 100) == ()


def test_default_limits() -> None:
    assert (InputLimits().stream_item_bytes, InputLimits().stream_kept_bytes) == (128 * 2**20, 256 * 2**20)


def test_after_close() -> None:
    decoder = FrameDecoder()
    decoder.feed(b"data: 1")

    assert decoder.close() == (Frame(b"1"),)
    assert decoder.close() == ()
    with pytest.raises(RequestError, match="closed"):
        decoder.feed(b"")


def test_after_a_problem() -> None:
    decoder = FrameDecoder()

    assert decoder.feed(b"[]1") == (problem("nothing after the array", '"1"'),)
    assert decoder.feed(b"[]1") == ()
    assert decoder.close() == ()


def test_other_buffers() -> None:
    decoder = FrameDecoder()

    assert decoder.feed(bytearray(b"data: 1\n")) == ()
    assert decoder.feed(memoryview(b"\n")) == (Frame(b"1"),)


@pytest.mark.parametrize("chunk", ["data: 1", None, 5, [1]])
def test_no_bytes(chunk: Any) -> None:
    with pytest.raises(RequestError, match="expected bytes, got"):
        FrameDecoder().feed(chunk)


def test_write_events() -> None:
    encoder = FrameEncoder("sse")

    assert encoder.content_type == SSE
    assert encoder.feed(Frame(b'{"x":1}', "a")) == b'event: a\ndata: {"x":1}\n\n'
    assert encoder.feed(Frame(b"")) == b"data: \n\n"
    assert encoder.feed(Frame(b"a\r\nb\rc\n")) == b"data: a\ndata: b\ndata: c\ndata: \n\n"
    assert encoder.feed(Frame(b"event: x\n\nevent: y")) == b"data: event: x\ndata: \ndata: event: y\n\n"
    assert encoder.feed(Frame(b'{\r\n\r\n"a":1\n}\n', raw=True)) == b'{\n"a":1\n}\n\n'
    assert encoder.close() == encoder.close() == b""


def test_write_arrays() -> None:
    encoder, empty = FrameEncoder("array"), FrameEncoder("array")

    assert encoder.content_type == "application/json"
    assert encoder.feed(Frame(b'{"x":1}')) == b'[{"x":1}'
    assert encoder.feed(Frame(b"2")) == b",2"
    assert encoder.close() == b"]"
    assert encoder.close() == b""
    assert empty.close() == b"[]"


@pytest.mark.parametrize("kind", ["sse", "array"])
def test_write_after_close(kind: Any) -> None:
    encoder = FrameEncoder(kind)
    encoder.close()

    with pytest.raises(RequestError, match="closed"):
        encoder.feed(Frame(b"1"))


@pytest.mark.parametrize(
    ("kind", "frame"),
    [
        ("sse", Frame(b"1", raw=True)),
        ("sse", Frame(b"\n{}", raw=True)),
        ("sse", Frame(b"", raw=True)),
        ("sse", Frame(b"{}", "a", raw=True)),
        ("array", Frame(b"{}", "a")),
        ("array", Frame(b"{}", raw=True)),
    ],
)
def test_unwritable_frames(kind: Any, frame: Frame) -> None:
    with pytest.raises(RequestError, match="to have no event"):
        FrameEncoder(kind).feed(frame)


@pytest.mark.parametrize(
    ("members", "pointers"),
    [
        ({"data": "text"}, ["/data"]),
        ({"data": b"", "event": ""}, ["/event"]),
        ({"data": b"", "event": "a\nid: 1"}, ["/event"]),
        ({"data": b"", "event": "a\r"}, ["/event"]),
        ({"data": b"", "event": "\ud800"}, ["/event"]),
        ({"data": None, "event": 1, "raw": 1}, ["/data", "/event", "/raw"]),
    ],
)
def test_bad_frames(members: dict[str, Any], pointers: list[str]) -> None:
    with pytest.raises(RequestError) as caught:
        Frame(**members)

    assert [fault.pointer for fault in caught.value.problems] == pointers


def test_frames_are_values() -> None:
    frame = Frame(b"x" * 5000, "e" * 5000)

    assert repr(Frame(b"12", "a")) == 'Frame(data=<2 bytes>, event="a", raw=false)'
    assert len(repr(frame)) <= 500
    assert pickle.loads(pickle.dumps(frame)) == frame
    assert hash(frame) == hash(Frame(b"x" * 5000, "e" * 5000))
    with pytest.raises(AttributeError):
        frame.data = b""  # type: ignore[misc]
