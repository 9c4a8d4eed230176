"""
Laws of the rules over lists: objects, columns and tagged parts, each in a record of its own.

What is expected is worked out here, item by item.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.document import ABSENT, equal
from imagetx.errors import RequestError
from imagetx.lines import checked_record, compile_rule
from imagetx.notes import LOSSES, Note
from imagetx.record import Record
from tests.strategies import json_documents, json_values, mutated, shortest, standard_base64

Json = Any

ITEM = [
    {"from": "b64_json", "to": "/image/data", "via": "base64"},
    {"from": "seed", "to": "/seed", "via": "number"},
    {"from": "revised_prompt", "to": "/text", "null": True},
    {"from": "finish_reason", "to": "/finish", "via": {"enum": {"stop": "OK", "length": "OK", "error": "BAD"}}},
    {"to": "/kind", "const": "image", "optional": True},
]
COLUMNS = [
    {"from": "b64_json", "to": "/images"},
    {"from": "seed", "to": "/seeds"},
    {"from": "finish_reason", "to": "/reasons", "via": {"enum": {"stop": None, "error": "BAD"}}},
]
OWNERS = [
    {
        "from": "drafts",
        "if": {"required": ["data"]},
        "rules": [*ITEM[1:3], {"from": "b64_json", "to": "/data", "via": "base64"}, {"to": "/thought", "const": True}],
    },
    {"from": "text", "at": "/note", "if": {"required": ["note"]}},
    {
        "from": "negative_prompt",
        "at": "/text",
        "join": ", ",
        "if": {"required": ["weight"], "properties": {"weight": {"type": "number", "maximum": 0}}},
        "rules": [{"to": "/weight", "const": -1, "optional": True}],
    },
    {"from": "prompt", "at": "/text", "join": "\n"},
]
RULES = {
    "objects": {"from": "data", "to": "/body/data", "each": ITEM},
    "columns": {"from": "data", "to": "/body/all", "each": COLUMNS, "columns": ["images", "seeds", "reasons"]},
    "shared": {
        "from": "data",
        "to": "/body/all",
        "each": COLUMNS,
        "columns": ["images", "seeds", "reasons"],
        "shared": ["seeds", "reasons"],
    },
    "parts": {"to": "/body/contents/-1/parts", "parts": OWNERS},
}
kinds = pytest.mark.parametrize("kind", RULES)

BASE64 = st.sampled_from(["", "Zg==", "Zm8=", "Zm9v", "+/+/"])
SPELLED = BASE64 | st.sampled_from(["Zg", "-_-_"])
SEEDS = st.integers(0, 9)


def record_of(kind: str) -> Record:
    return checked_record([compile_rule(RULES[kind], "p")])


def encode(record: Record, canonical: Json, carried: Json = ABSENT) -> tuple[Json, list[Note]]:
    native: Json = {"body": {}}
    notes: list[Note] = []
    record.encode(canonical, native, notes, carried)
    return {place: part for place, part in native.items() if part}, notes


def some(**members: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=members)


def canonicals(kind: str) -> st.SearchStrategy[Json]:
    """Draw canonical documents; items have words that cannot be said."""
    reasons = st.sampled_from(["stop", "length", "error", "other"])
    item = some(
        b64_json=BASE64,
        seed=SEEDS | st.just("s"),
        revised_prompt=st.none() | st.text(max_size=3),
        finish_reason=reasons,
    )
    if kind == "objects":
        return some(data=st.lists(item, max_size=3))
    if kind in ("columns", "shared"):
        column = st.fixed_dictionaries({"b64_json": BASE64}, optional={"seed": SEEDS, "finish_reason": reasons})
        return some(data=st.lists(column, min_size=1, max_size=3))
    draft = st.fixed_dictionaries({"b64_json": BASE64}, optional={"seed": SEEDS | st.just("s")})
    texts = st.text(alphabet="ab\n", max_size=4)
    return some(
        drafts=st.lists(draft, min_size=1, max_size=2),
        text=st.lists(texts, min_size=1, max_size=2),
        prompt=texts,
        negative_prompt=texts,
    )


def natives(kind: str) -> st.SearchStrategy[Json]:
    """Draw native documents: right items, wrong members, foreign items, keys that look like a skeleton's."""
    anything = json_values(3)
    if kind == "objects":
        image = some(data=SPELLED | anything, more=SEEDS) | anything
        item = some(
            image=image,
            seed=st.sampled_from(["7", "07", "x"]),
            text=st.none() | st.text(max_size=3) | anything,
            finish=st.sampled_from(["OK", "BAD", "?", None]),
            kind=st.sampled_from(["image", "video", None]),
            more=anything,
        )
        return some(body=some(data=st.lists(item, max_size=3) | st.lists(item | anything, max_size=2), more=anything))
    if kind in ("columns", "shared"):
        cells = st.sampled_from(["Zg==", 1, "BAD", None]) | anything
        columns = some(
            images=st.lists(cells, max_size=3),
            seeds=cells if kind == "shared" else st.lists(cells, max_size=3),
            reasons=cells if kind == "shared" else st.lists(cells, max_size=3),
            more=anything,
        )
        return some(body=some(all=columns | anything, more=anything))
    texts = st.text(alphabet="ab\n", max_size=3)
    more = {"@": st.sampled_from(["prompt", "drafts", "x", 5]), "@length": SEEDS, "@x": SEEDS, "more": anything}
    part = st.one_of(
        some(text=texts | anything, **more),
        some(text=texts, note=texts, **more),
        some(text=texts, weight=st.sampled_from([-1, -0.5, 1, None]), **more),
        some(data=SPELLED, thought=st.just(True), seed=st.sampled_from(["7", "x"]), **more),
        some(data=anything, thought=st.booleans(), **more),
        anything,
    )
    turn = some(parts=st.lists(part, max_size=4), role=st.just("user"))
    return some(body=some(contents=st.lists(turn, max_size=2) | anything, more=anything))


def normal(kind: str, native: Json) -> Json:
    """Give the normal form: standard base64 and shortest number text in our items, no empty containers of ours."""
    document = copy.deepcopy(native)
    body = document.get("body", {})
    if (
        kind == "objects"
        and isinstance(body.get("data"), list)
        and all(isinstance(item, dict) for item in body["data"])
    ):
        for item in body["data"]:
            respell(item.get("image"), "data", standard_base64)
            respell(item, "seed", shortest)
            if "kind" in item and item["kind"] is None:
                del item["kind"]
    if kind in ("columns", "shared") and body.get("all", {}) in ({}, [], None):
        body.pop("all", None)
    if kind == "parts" and "contents" in body:
        contents = body["contents"]
        if isinstance(contents, list) and contents and isinstance(contents[-1], dict):
            parts = contents[-1].get("parts")
            for item in parts if isinstance(parts, list) else []:
                if isinstance(item, dict) and isinstance(item.get("data"), str) and item.get("thought") is True:
                    respell(item, "data", standard_base64)
                    respell(item, "seed", shortest)
            if parts == []:
                del contents[-1]["parts"]
        if contents in ([], [{}], {}, None) or (isinstance(contents, list) and contents in ([[]], [None])):
            del body["contents"]
    return {"body": body} if body else {}


def respell(item: Json, name: str, spelling: Any) -> None:
    if isinstance(item, dict) and isinstance(item.get(name), str) and (name != "seed" or item[name].isdigit()):
        item[name] = spelling(item[name])


@kinds
@given(data=st.data())
def test_l1_stable(kind: str, data: st.DataObject) -> None:
    record = record_of(kind)

    first, _ = encode(record, data.draw(canonicals(kind)))
    again, _ = encode(record, *record.decode(first))

    assert equal(again, first)


@kinds
@given(data=st.data())
def test_l2_silence_means_exact(kind: str, data: st.DataObject) -> None:
    """The notes stand at the members of items that do not come back; every item does."""
    record = record_of(kind)
    canonical = data.draw(canonicals(kind))

    native, notes = encode(record, canonical)
    back, _ = record.decode(native)

    expected = set()
    for name, value in canonical.items():
        if name in ("prompt", "negative_prompt", "text"):
            assert back[name] == value
            continue
        assert len(back[name]) == len(value)
        for index, item in enumerate(value):
            said = back[name][index]
            expected |= {f"/{name}/{index}/{key}" for key, member in item.items() if not equal(said.get(key), member)}
    assert {note.pointer for note in notes} == expected


@kinds
@given(data=st.data())
def test_l3_native_comes_back(kind: str, data: st.DataObject) -> None:
    record = record_of(kind)
    native = data.draw(natives(kind))
    expected = normal(kind, native)

    again, notes = encode(record, *record.decode(native))

    assert equal(again, expected)
    assert not {note.kind for note in notes} & LOSSES


@kinds
@given(data=st.data())
def test_l4_total(kind: str, data: st.DataObject) -> None:
    """Whatever stands in a native document, or is carried, is written or refused by name."""
    record = record_of(kind)
    native = data.draw(natives(kind).flatmap(mutated) | json_documents())

    encode(record, *record.decode(native))
    try:
        encode(record, data.draw(canonicals(kind)), native)
    except RequestError as error:
        assert all(problem.pointer for problem in error.problems)


@kinds
@given(data=st.data())
def test_l5_pure(kind: str, data: st.DataObject) -> None:
    record, twin = record_of(kind), record_of(kind)
    canonical, native = data.draw(canonicals(kind)), data.draw(natives(kind))
    before = copy.deepcopy([canonical, native])

    read = record.decode(native)
    said, again = encode(record, canonical), encode(record, *read)

    assert equal([canonical, native], before)
    assert equal(list(read), list(twin.decode(native)))
    assert said == encode(twin, canonical)
    assert again == encode(twin, *read)
