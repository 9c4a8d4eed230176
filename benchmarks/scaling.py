"""
Scaling: time against the number of providers, of fields, of unknown keys and of images.

What grows with the number of things done may grow as they do, and not faster; what is done for one
provider must not grow with the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import imagetx
from benchmarks.bodies import GEMINI, KB, OPENAI, answer, base64_of
from benchmarks.cases import CASES, PROMPT, Json
from benchmarks.clock import Call, compare
from benchmarks.effort import Effort
from benchmarks.responses import decoded, passed, translated
from benchmarks.table import Cell, Table, Target
from imagetx import NativeRequest, Registry

LINEAR: Final = "linear (issue 7, hostile input): ten times as many take at most twelve times as long"
FLAT: Final = "a bound of this benchmark: a hundred providers more may double the time"

FIELDS: Final[tuple[tuple[str, Json], ...]] = (
    # what OpenAI says first, then what it drops with a note
    ("prompt", PROMPT),
    ("n", 2),
    ("size", "1536x1024"),
    ("quality", "high"),
    ("output_format", "png"),
    ("user", "u"),
    ("background", "opaque"),
    ("moderation", "low"),
    ("safety_identifier", "s"),
    ("stream", True),
    ("partial_images", 2),
    ("response_format", "b64_json"),
    ("operation", "generate"),
    ("seed", 7),
    ("steps", 25),
    ("negative_prompt", "rain"),
    ("guidance_scale", 7.5),
    ("strength", 0.5),
    ("sampler", "ddim"),
    ("style", "vivid"),
    ("input_fidelity", "high"),
    ("person_generation", "allow_adult"),
    ("safety_level", "medium"),
    ("watermark", True),
    ("enhance_prompt", True),
    ("language", "en"),
)
COUNTS: Final = (10, 100, 1000, 10000)


def tables(effort: Effort) -> Iterator[Table]:
    """Give the tables of scaling."""
    yield _providers(effort)
    yield _fields(effort)
    yield _strangers(effort)
    yield _images(effort)


def easel(number: int) -> dict[str, Json]:
    """Make a provider that nobody has: a small spec under a name and a host of its own."""
    name = f"easel{number}"
    source = f"https://{name}.example/docs"
    rules: list[Json] = [
        {"from": "model", "to": "/path/model", "required": True},
        {"from": "prompt", "to": "/body/text", "required": True},
        {"from": "n", "to": "/body/count"},
        {"from": "seed", "to": "/body/seed"},
        {
            "from": ["size", "aspect_ratio", "resolution"],
            "to": ["/body/width", "/body/height"],
            "via": {"frame": {"form": "pixels", "as": "pair", "multiple": 64, "min": 256, "max": 2048}},
        },
    ]
    request = {
        "url": "{base_url}/{model}/paint",
        "rules": rules,
        "implies": {"response_format": "b64_json"},
        "fixed": {"response_format": "b64_json", "output_format": "png"},
        "limits": {"n": {"maximum": 4}, "prompt": {"maxLength": 2000}},
    }
    response = {
        "match": {"properties": {"body": {"type": "object", "required": ["pictures"]}}},
        "rules": [{"from": "data", "to": "/body/pictures", "each": [{"from": "b64_json", "to": "/png"}]}],
    }
    facts = {"spec": 1, "source": source, "verified": "2026-11-22"}
    return {
        "provider": {
            **facts,
            "provider": name,
            "title": name.capitalize(),
            "base_url": f"https://api.{name}.example/v1",
            "auth": {"key": {"header": f"x-{name}-key"}},
            "families": {"oil": {"dialects": ["paint"]}},
            "models": [{"id": "oil-1", "family": "oil"}],
            "error": {
                "classify": [{"code": "indecent", "category": "content_policy", "write": {"status": 422}}],
                "variants": {
                    "problem": {
                        "match": {"properties": {"body": {"type": "object", "required": ["problem"]}}},
                        "rules": [{"from": "/error/message", "to": "/body/problem/detail", "required": True}],
                        "classify": {"code": ["/body/problem/code"], "writes": {"/status": "status"}},
                    }
                },
            },
        },
        "dialects": {
            "paint": {
                **facts,
                "dialect": "paint",
                "surface": "v1",
                "operations": ["generate"],
                "request": request,
                "response": response,
            }
        },
    }


def _providers(effort: Effort) -> Table:
    """Time both ways with more and more providers."""
    case = CASES["openai"]
    of_openai = imagetx.encode_request(case.request, case.target).value
    rows: list[dict[str, Cell]] = []
    registry, there = imagetx.registry(), 0
    counts = [count for count in (0, 1, 10, 100) if count <= max(1, 100 // effort.scale)]
    for count in counts:
        for number in range(there, count):
            registry = registry.with_provider(easel(number))
        there = count
        calls = _both_ways(registry, case.request, case.target, of_openai)
        if count:
            last = f"easel{count - 1}"
            asked = {"prompt": PROMPT, "n": 2, "seed": 7, "size": "1024x1024"}
            target = imagetx.Target(last, "oil-1")
            painted = registry.encode_request(asked, target).value
            calls |= {f"last: {name}": call for name, call in _both_ways(registry, asked, target, painted).items()}
        times = compare(calls, rounds=effort.rounds, turn_ns=effort.turn_ns)
        row: dict[str, Cell] = {"providers": f"built-in + {count}"}
        row |= {f"{name} us": took / 1e3 for name, took in times.items()}
        row["encode to none more"] = times["encode"] / 1e3 / _figure(rows, row, "encode us")
        row["no hint to none more"] = times["decode, no hint"] / 1e3 / _figure(rows, row, "decode, no hint us")
        rows.append(row)
    return Table(
        name="providers",
        title="A request of six fields to OpenAI, and one of four to the last of the invented, by number of providers",
        rows=rows,
        targets=[
            Target(column="encode to none more", most=2, source=FLAT),
            Target(column="no hint to none more", most=2, source=FLAT),
        ],
    )


def _figure(rows: list[dict[str, Cell]], row: dict[str, Cell], column: str) -> float:
    """Give the first row's figure, this row's own where it is the first."""
    figure = (rows or [row])[0][column]
    return figure if isinstance(figure, float) else 1.0


def _both_ways(registry: Registry, request: Json, target: imagetx.Target, native: NativeRequest) -> dict[str, Call]:
    hint = imagetx.Target(target.provider)
    return {
        "encode": partial(registry.encode_request, request, target),
        "decode": partial(registry.decode_request, native, hint),
        "decode, no hint": partial(registry.decode_request, native),
    }


def _fields(effort: Effort) -> Table:
    """Time both ways with more and more fields."""
    target = CASES["openai"].target
    rows: list[dict[str, Cell]] = []
    for count in (1, 2, 4, 6, 9, 13, 19, len(FIELDS)):
        request = dict(FIELDS[:count])
        out = imagetx.encode_request(request, target)
        calls: dict[str, Call] = {
            "encode": partial(imagetx.encode_request, request, target),
            "decode": partial(imagetx.decode_request, out.value, "openai"),
        }
        times = compare(calls, rounds=effort.rounds, turn_ns=effort.turn_ns)
        rows.append(
            {
                "fields": count,
                "notes": len(out.notes),
                "encode us": times["encode"] / 1e3,
                "encode us a field": times["encode"] / 1e3 / count,
                "decode us": times["decode"] / 1e3,
            }
        )
    return Table(
        name="fields",
        title="A request to OpenAI, by number of fields; the last are dropped with a note each",
        rows=rows,
    )


def _strangers(effort: Effort) -> Table:
    """Time keys that nobody knows: of a canonical request, of a native one, and as provider_options."""
    case = CASES["openai"]
    native = imagetx.encode_request(case.request, case.target).value
    rows: list[dict[str, Cell]] = []
    for count in (count for count in COUNTS if count <= 10000 // effort.scale):
        strange = {f"stranger_{number}": {"of": number} for number in range(count)}
        asked = {**case.request, **strange}
        carried = {**case.request, "provider_options": {"openai": strange}}
        body = NativeRequest("POST", native.url, native.headers, {**native.body, **strange})
        calls: dict[str, Call] = {
            "encode": partial(imagetx.encode_request, asked, case.target),
            "encode, carried": partial(imagetx.encode_request, carried, case.target),
            "decode": partial(imagetx.decode_request, body, "openai"),
        }
        rows.append(_grown(rows, "keys", count, compare(calls, rounds=max(1, effort.rounds // 8), turn_ns=0)))
    return _by_count("unknown_keys", "Unknown keys: noted by encode, carried by provider_options, kept by decode", rows)


def _images(effort: Effort) -> Table:
    """Time answers with many small images."""
    image = base64_of(KB)
    rows: list[dict[str, Cell]] = []
    for count in (count for count in (1, 10, 100, 1000) if count <= 1000 // effort.scale):
        of_openai, of_gemini = answer(OPENAI, [image] * count), answer(GEMINI, [image] * count)
        calls: dict[str, Call] = {
            "decode openai": partial(decoded, OPENAI, of_openai),
            "bytes openai": partial(passed, OPENAI, of_openai),
            "decode gemini": partial(decoded, GEMINI, of_gemini),
            "bytes gemini": partial(translated, GEMINI, of_gemini),
            "parse": partial(json.loads, of_openai),
        }
        rows.append(_grown(rows, "images", count, compare(calls, rounds=max(1, effort.rounds // 4), turn_ns=0)))
    return _by_count("images", "Answers with many images of 1 KB; parse is json's alone", rows)


def _grown(rows: list[dict[str, Cell]], what: str, count: int, times: dict[str, float]) -> dict[str, Cell]:
    """Make a row: milliseconds, and how many times those of the row before."""
    row: dict[str, Cell] = {what: count}
    for name, took in times.items():
        row[f"{name} ms"] = took / 1e6
        before: Any = rows[-1][f"{name} ms"] if rows else None
        if name != "parse":
            row[f"{name} x"] = None if before is None else took / 1e6 / before
    return row


def _by_count(name: str, title: str, rows: list[dict[str, Cell]]) -> Table:
    """Make a table of growth."""
    columns = [column for column in rows[0] if column.endswith(" x")]
    return Table(
        name=name,
        title=title,
        rows=rows,
        targets=[Target(column=column, most=12, source=LINEAR) for column in columns],
        remarks=["x: times the row before, which has a tenth of them."],
    )
