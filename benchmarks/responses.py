"""
Answers: `decode_response` and bytes to bytes, beside the plain parse and the plain parse and dump.

In time and in memory; and a stream of one large image in chunks as a socket gives them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pydantic_core

import imagetx
from benchmarks import memory, parsers
from benchmarks.bodies import CHUNK, GEMINI, KB, MB, OPENAI, STABILITY, answer, base64_of, stream
from benchmarks.clock import Call, compare
from benchmarks.effort import Effort
from benchmarks.table import Cell, Table, Target
from imagetx import NativeResponse

SIZES: Final = {"10 KB": (10 * KB, 1), "1 MB": (MB, 1), "8 MB": (8 * MB, 1), "4 x 8 MB": (8 * MB, 4)}
LARGE: Final = ("8 MB", "4 x 8 MB")
HEADERS: Final = {"content-type": "application/json"}
EVENTS: Final = {"content-type": "text/event-stream"}
SHAPES: Final = {"openai": OPENAI, "gemini": GEMINI, "stability": STABILITY}

DECODE: Final = "design.md, Fast: decode_response of an 8 MB base64 body within 1.3x of pydantic_core.from_json"
BYTES: Final = "design.md, Fast: bytes-to-bytes within 1.3x of from_json plus to_json"
COPIES: Final = "design.md, Fast: image text never copied beyond that (a tenth is left for what is no image)"


def decoded(target: str, body: bytes) -> object:
    """Read an answer, as its receiver does: bytes in."""
    return imagetx.decode_response(NativeResponse(200, HEADERS, body), target)


def translated(target: str, body: bytes) -> bytes:
    """Say an answer as OpenAI's, bytes to bytes; as Stability's where it was OpenAI's own."""
    asked_as = STABILITY if target == OPENAI else OPENAI
    return imagetx.translate_response(NativeResponse(200, HEADERS, body), target, asked_as).value.content()


def passed(target: str, body: bytes) -> bytes:
    """Say an answer in its own dialect again, bytes to bytes."""
    return imagetx.translate_response(NativeResponse(200, HEADERS, body), target, target).value.content()


def streamed(target: str, body: bytes) -> object:
    """Read a stream in chunks."""
    decoder = imagetx.stream_decoder(target, headers=EVENTS)
    events: list[object] = []
    for at in range(0, len(body), CHUNK):
        events += decoder.feed(body[at : at + CHUNK])
    events += decoder.close()
    return events


def streamed_by_hand(body: bytes) -> Any:
    """Read the same stream as a careful engineer would: chunks kept until the event ends, then parsed once."""
    kept = bytearray()
    for at in range(0, len(body), CHUNK):
        kept += body[at : at + CHUNK]
    del kept[: kept.index(b"data: ") + 6]
    return pydantic_core.from_json(kept)


def _by_others() -> dict[str, Callable[[bytes], object]]:
    """Give the calls of others by name."""
    calls: dict[str, Callable[[bytes], object]] = {}
    for name, (parse, dump) in parsers.installed().items():
        calls[f"parse {name}"] = parse
        calls[f"both {name}"] = partial(_both, parse, dump)
    return calls


def _both(parse: parsers.Parse, dump: parsers.Dump, body: bytes) -> bytes:
    return dump(parse(body))


CALLS: Final[dict[str, Callable[[bytes], object]]] = {
    **{f"decode {shape}": partial(decoded, target) for shape, target in SHAPES.items()},
    **{f"bytes {shape}": partial(passed if shape == "openai" else translated, SHAPES[shape]) for shape in SHAPES},
    **{f"stream {shape}": partial(streamed, SHAPES[shape]) for shape in ("openai", "gemini")},
    "stream by hand": streamed_by_hand,
    **_by_others(),
}
"""What is measured, each given the bytes of a body."""


def tables(effort: Effort) -> Iterator[Table]:
    """Give the tables of answers."""
    memory.keep_freed()
    bodies = {
        (shape, size): answer(target, [base64_of(length // effort.scale)] * count)
        for shape, target in SHAPES.items()
        for size, (length, count) in SIZES.items()
        if shape != "stability" or count == 1
    }
    others = list(parsers.installed())
    remark = f"{parsers.versions()}; times in ms, ratios to pydantic_core. {memory.KEPT}"
    bytes_remark = "OpenAI's answer becomes OpenAI's again; the others become OpenAI's."
    yield Table(
        name="decode_response",
        title="decode_response of bytes, beside the parse of the same bytes",
        rows=[_timed(key, body, "decode", "parse", others, effort) for key, body in bodies.items()],
        targets=[Target(column="ratio", most=1.3, source=DECODE, where=("base64", LARGE))],
        remarks=[remark],
    )
    yield Table(
        name="translate_response",
        title="bytes to bytes (translate_response, then .value.content()), beside parse and dump of the same bytes",
        rows=[_timed(key, body, "bytes", "both", others, effort) for key, body in bodies.items()],
        targets=[Target(column="ratio", most=1.3, source=BYTES, where=("base64", LARGE))],
        remarks=[remark, bytes_remark],
    )
    yield from _memory(bodies, effort)
    yield _streams(effort)


def _timed(
    key: tuple[str, str], body: bytes, ours: str, theirs: str, others: list[str], effort: Effort
) -> dict[str, Cell]:
    """Time one body."""
    shape, size = key
    calls: dict[str, Call] = {"ours": partial(CALLS[f"{ours} {shape}"], body)}
    calls |= {name: partial(CALLS[f"{theirs} {name}"], body) for name in others}
    rounds = effort.rounds if len(body) < MB else effort.few()
    times = compare(calls, rounds=rounds, turn_ns=effort.turn_ns)
    row: dict[str, Cell] = {"shape": shape, "base64": size}
    row |= {name: took / 1e6 for name, took in times.items()}
    row["ratio"] = times["ours"] / times["pydantic_core"]
    return row


def _memory(bodies: dict[tuple[str, str], bytes], effort: Effort) -> Iterator[Table]:
    """Measure peaks, as multiples of the body."""
    with tempfile.TemporaryDirectory() as folder:
        files = {key: Path(folder) / f"{number}.json" for number, key in enumerate(bodies)}
        for key, body in bodies.items():
            files[key].write_bytes(body)
        for name, ours, theirs in (("decode_response", "decode", "parse"), ("translate_response", "bytes", "both")):
            large = [key for key in bodies if key[1] != "10 KB"]  # below that, pages and tables are what is seen
            rows = [
                _peaks(key, bodies[key], files[key], files[key[0], "10 KB"], ours, theirs)
                for key in large[: effort.most]
            ]
            yield Table(
                name=f"{name}_memory",
                title=f"{name}: memory at the peak, in multiples of the body, which is there before",
                rows=rows,
                targets=[Target(column="RSS to theirs", most=1.1, source=COPIES, where=("base64", LARGE))],
                remarks=["theirs: pydantic_core, parse" + (" and dump" if theirs == "both" else "") + " alone."],
            )


def _peaks(key: tuple[str, str], body: bytes, file: Path, small: Path, ours: str, theirs: str) -> dict[str, Cell]:
    """Measure the peaks of one body."""
    shape, size = key
    mine, other = f"{ours} {shape}", f"{theirs} pydantic_core"
    CALLS[mine](small.read_bytes())
    resident = {name: memory.resident("responses", name, file, small) for name in (mine, other)}
    return {
        "shape": shape,
        "base64": size,
        "ours traced": memory.traced(partial(CALLS[mine], body)) / len(body),
        "theirs traced": memory.traced(partial(CALLS[other], body)) / len(body),
        "ours RSS": resident[mine] / len(body),
        "theirs RSS": resident[other] / len(body),
        "RSS to theirs": resident[mine] / max(resident[other], 1),
    }


def _streams(effort: Effort) -> Table:
    """Time and measure the stream of one image."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for shape in ("openai", "gemini")[: effort.most]:
            body = stream(SHAPES[shape], base64_of(8 * MB // effort.scale))
            file, small = Path(folder) / f"{shape}.sse", Path(folder) / f"{shape}-small.sse"
            file.write_bytes(body)
            small.write_bytes(stream(SHAPES[shape], base64_of(10 * KB)))
            names = {"ours": f"stream {shape}", "by hand": "stream by hand"}
            calls: dict[str, Call] = {name: partial(CALLS[call], body) for name, call in names.items()}
            times = compare(calls, rounds=effort.few(), turn_ns=effort.turn_ns)
            row: dict[str, Cell] = {"shape": shape, "base64": "8 MB"}
            row |= {f"{name} ms": took / 1e6 for name, took in times.items()}
            row["ratio"] = times["ours"] / times["by hand"]
            row |= {f"{name} traced": memory.traced(call) / len(body) for name, call in calls.items()}
            for name, call in names.items():
                row[f"{name} RSS"] = memory.resident("responses", call, file, small) / len(body)
            rows.append(row)
    return Table(
        name="stream_decoder",
        title="stream_decoder: one image as server-sent events in chunks of 64 KB",
        rows=rows,
        remarks=[
            "by hand: chunks joined until the event ends, then pydantic_core.from_json.",
            "Memory in multiples of the stream, at the peak; its bytes are there before, each chunk is a copy.",
        ],
    )
