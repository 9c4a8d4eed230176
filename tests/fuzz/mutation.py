"""
Mutations of documents: a place chosen in a document that is good, and something else put there.

Every mutation is a list of edits, `["put", path, value]` or `["cut", path]`, so that one of a large document (a
provider's spec) can be kept as a small one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fuzz.choices import Choices

Json = Any
Edit = list[Json]
Pool = Mapping[str, Sequence[Json]]
"""Values by the key that they were found under; under "" some of all."""

HOSTILE: Sequence[Json] = [
    None, True, False, 0, -1, 1, 2, 7, 2**31, 2**32 - 1, 2**53 + 1, 2**63, 2**64, 10**30, 10**400, -(10**400),
    0.5, -0.0, 1.0, 1e308, 5e-324, float("nan"), float("inf"), float("-inf"),
    "", " ", "a", "a" * 5000, "\ud800", "\x00", "\r\n", "\r\nx-evil: 1", "é", "🦊", "\u202e", "١", "null", "true",
    "NaN", "../", "..", ".", "%2e%2e", "//host", "https://evil.example/x?y#z", "http://10.0.0.1/", "file:///etc/passwd",
    "?", "#", "@", "\\", "/", "*", "-1", "0", "007", "1e5", "9" * 5000, "~0", "~1", "~", "{model}", "{", "}", "{}", "[",
    "(", "auto", "1024x1024", "0x0", "99999x1", "99999999999x1", "1x", "16:9", "0:0", "1:0", "9999:1", "1K", "4K",
    "2K ", "data:,", "data:image/png;base64,", "data:image/png;base64,!!!", "data:image/png;base64,{{red-64.png}}",
    "iVBORw0KGgo=", "iVBORw0KGgo", "{{red-64.png}}", "{{grey-64.jpg}}", "{{mask-soft-white-64.png}}",
    "gs://bucket/a.png", "s3://b/k", "https://img.example/a.png", "http://", "https://", "https://u:p@h/",
    [], {}, [[]], [{}], [None], [""], {"": ""}, {"a": None}, ["a", 1], {"0": 0}, {"file_id": "f"}, {"image_url": 1},
    {"image": "{{mask-white-64.png}}", "edits": "white"}, {"image": None, "edits": "black"}, {"const": 1},
    {"$bytes": ""}, {"$bytes": "{{red-64.png}}"}, {"$bytes": "/////w=="}, {"$tuple": []}, {"$tuple": ["a", 1]},
    {"$set": ["a"]}, {"$pairs": [[1, "a"], [None, "b"]]}, {"$deep": 60}, {"$deep": 110}, {"$deep": 300},
    {"$deep": 5000}, {"$cycle": 0}, {"$object": 0}, {"$date": "2026-11-23"},
]  # fmt: skip
"""What nobody should say, or only somewhere else."""

_ALIVE = ("$bytes", "$tuple", "$set", "$pairs", "$deep", "$cycle", "$object", "$date")
PLAIN: Sequence[Json] = [value for value in HOSTILE if not (isinstance(value, dict) and value.keys() & {*_ALIVE})]
"""What JSON can say of it."""


def mutate(document: Json, choices: Choices, pool: Pool, times: int, hostile: Sequence[Json] = HOSTILE) -> Json:
    """Give a mutated copy of a document."""
    document = copy.deepcopy(document)
    for _ in range(times):
        for edit in edits(document, choices, pool, hostile):
            document = applied(document, edit)
    return document


def applied(document: Json, edit: Edit) -> Json:
    """Give a document with an edit in it; one for a place that is not there changes nothing."""
    path = edit[1]
    value = copy.deepcopy(edit[2]) if edit[0] == "put" else None
    if not path:
        return value if edit[0] == "put" else document
    holder = document
    for part in path[:-1]:
        known = part in holder if isinstance(holder, dict) else isinstance(holder, list) and _stands(part, holder)
        if not known:
            return document
        holder = holder[part]
    last = path[-1]
    if isinstance(holder, dict) and isinstance(last, str):
        if edit[0] == "put":
            holder[last] = value
        else:
            holder.pop(last, None)
    elif isinstance(holder, list) and isinstance(last, int):
        if edit[0] == "put":
            holder[last : last + 1] = [value]
        elif last < len(holder):
            del holder[last]
    return document


def _stands(part: Json, holder: list[Json]) -> bool:
    return isinstance(part, int) and part < len(holder)


ANY = range(12)
LIKELY = (3, 4, 5, 3, 4, 5, 0, 6, 7, 8, 9, 10, 11, 11)
"""Kinds of mutation that leave most documents valid: mostly what stands under the same key elsewhere."""


def edits(
    document: Json, choices: Choices, pool: Pool, hostile: Sequence[Json] = HOSTILE, kinds: Sequence[int] = ANY
) -> list[Edit]:
    """Choose a place in a document and what becomes of it."""
    path, value = _place(document, choices)
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    match choices.pick(kinds):
        case 0 | 1 | 2:
            return [["put", path, choices.pick(hostile)]]
        case 3 | 4 | 5:
            return [["put", path, choices.pick(pool.get(key) or pool[""])]]
        case 6:
            return [["put", path, choices.pick(pool[""])]]
        case 7:
            return [["cut", path]]
        case 8:
            return _renamed(path, value, choices, pool)
        case 9:
            return [
                ["put", path, choices.pick([[value], [value, value], {"a": value}, [value] * 20, str(value)[:500]])]
            ]
        case 10:
            return _moved(document, path, value, choices)
        case _:
            return [["put", path, _nudged(value, choices, hostile)]]


def _place(document: Json, choices: Choices) -> tuple[list[str | int], Json]:
    """Walk down into a document, with less and less wish to stop."""
    path: list[str | int] = []
    while isinstance(document, dict | list) and document and (not path or not choices.chance(5)):
        part: Json = choices.pick(list(document)) if isinstance(document, dict) else choices.below(len(document))
        path.append(part)
        document = document[part]
    return path, document


def _renamed(path: list[str | int], value: Json, choices: Choices, pool: Pool) -> list[Edit]:
    """Put a value under another name too, or instead."""
    names = [*pool, "", "__proto__", "a/b", "a~b", "\ud800", "a[b]", "x\r\ny", "$ref", "type", "é"]
    end: Json = choices.pick(names) if path and isinstance(path[-1], str) else choices.below(3)
    put = ["put", [*path[:-1], end], value]
    return [put] if choices.chance(2) else [["cut", path], put]


def _moved(document: Json, path: list[str | int], value: Json, choices: Choices) -> list[Edit]:
    """Put a value where another stands, perhaps in exchange."""
    other, found = _place(document, choices)
    there = ["put", other, value]
    inside = other[: len(path)] == path or path[: len(other)] == other
    return [there] if inside or choices.chance(2) else [there, ["put", path, found]]


def _nudged(value: Json, choices: Choices, hostile: Sequence[Json]) -> Json:
    """Change a value a little."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return choices.pick(
            [value + 1, value - 1, -value, value * 2, value * 1000, value / 2 if abs(value) < 2**60 else 0, hex(value)]
        )
    if isinstance(value, float):
        return choices.pick([value + 0.1, -value, value * 1e10, str(value)])
    if isinstance(value, str):
        return torn_text(value, choices)
    if isinstance(value, list):
        return [*value, choices.pick(hostile)] if choices.chance(2) else value[::-1]
    return (
        {key: choices.pick(hostile) for key in value}
        if choices.chance(4)
        else {**value, "extra": choices.pick(hostile)}
    )


_BITS = [
    "",
    " ",
    "\x00",
    "\ud800",
    "é",
    "/",
    "..",
    "%2F",
    "x" * 300,
    "\n",
    "{",
    "}",
    "(",
    "9",
    "-",
    ":",
    ",",
    '"',
    "\\",
]


def torn_text(text: str, choices: Choices) -> str:
    """Cut a text, or put something in it."""
    at = choices.below(len(text) + 1)
    bit = choices.pick(_BITS)
    return choices.pick(
        [text[:at], text[at:], text[:at] + bit + text[at:], text[:at] + bit + text[at + 1 :], text * 2, text.upper()]
    )


_BYTES = [b"", b"\x00", b"\xff", b"\r\n", b"\n", b'"', b"{", b"}", b"[", b"]", b",", b"--", b"\xef\xbb\xbf", b"\\ud800",
          b"1e999", b"NaN", b"9" * 400, b"[" * 5000, b"data: ", b"event: ", b"null", b":"]  # fmt: skip


def torn_bytes(content: bytes, choices: Choices) -> bytes:
    """Cut, flip, double or fill bytes, a few times."""
    for _ in range(1 + choices.below(4)):
        at, end = sorted((choices.below(len(content) + 1), choices.below(len(content) + 1)))
        bit = choices.pick(_BYTES)
        content = choices.pick(
            [
                content[:at],
                content[:at] + content[end:],
                content[:at] + bit + content[at:],
                content[:at] + bit + content[end:],
                content[:end] + content[at:end] + content[end:],
                content[:at] + bytes([choices.below(256)]) + content[at + 1 :],
            ]
        )
    return content
