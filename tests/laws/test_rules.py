"""
Laws of rules side by side in a record, over records drawn at random.

What is expected is worked out in tests/records_drawn.py from the lines of the record and the documents.
"""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imagetx.document import ABSENT, equal
from imagetx.errors import RequestError
from imagetx.lines import checked_record, compile_rule
from imagetx.notes import LOSSES, Note
from imagetx.record import Record
from imagetx.rule import Mismatch
from tests.records_drawn import EMPTY, Line, at, canonicals, lines, natives, normal, record_of, silent_as
from tests.strategies import json_documents, json_values, mutated

Json = Any


def encode(record: Record, canonical: Json, carried: Json = ABSENT) -> tuple[Json, list[Note]]:
    native: Json = copy.deepcopy(EMPTY)
    notes: list[Note] = []
    record.encode(canonical, native, notes, carried)
    return {**EMPTY, **native}, notes


@given(data=st.data())
def test_l1_stable(data: st.DataObject) -> None:
    """encode(decode(encode(c))) = encode(c), in native normal form: what silence means is written out."""
    made = data.draw(lines())
    record = record_of(made)

    first, _ = encode(record, data.draw(canonicals(made)))
    again, _ = encode(record, *record.decode(first))

    assert equal(again, normal(made, first))


@given(data=st.data())
def test_l2_silence_means_exact(data: st.DataObject) -> None:
    """The notes stand at the fields that do not come back, and at those that are added."""
    made = data.draw(lines())
    record = record_of(made)
    canonical = data.draw(canonicals(made))

    native, notes = encode(record, canonical)
    back, _ = record.decode(native)

    expected, either = set(), set()
    for line in made:
        if not line.name:
            continue
        was, is_now = canonical.get(line.name), back.get(line.name, ABSENT)
        if was is None and line.how != "null":
            was = ABSENT if is_now is not ABSENT else is_now
        if not (equal(was, is_now) or (is_now is ABSENT and silent_as(line, was))):
            expected.add(f"/{line.name}")
        if silent_as(line, is_now) or silent_as(line, was):
            either.add(f"/{line.name}")  # to say or to send what silence means changes nothing
    assert {note.pointer for note in notes} - either == expected - either


@given(data=st.data())
def test_l3_native_comes_back(data: st.DataObject) -> None:
    """encode(decode(x)) = N(x), without loss notes, for every x that decode accepts."""
    made = data.draw(lines())
    record = record_of(made)
    native = data.draw(natives(made))
    expected = normal(made, native)
    try:
        canonical, rest = record.decode(native)
    except Mismatch:
        return

    again, notes = encode(record, canonical, rest)

    assert equal(again, expected)
    assert not {note.kind for note in notes} & LOSSES


@given(data=st.data())
def test_l4_total(data: st.DataObject) -> None:
    """Any JSON under the record's names and places is written or read, or refused by name."""
    made = data.draw(lines())
    record = record_of(made)
    names = {line.name: json_values(4) for line in made if line.name}
    broken = data.draw(st.dictionaries(st.sampled_from([*EMPTY]), json_values(), max_size=2))
    documents = data.draw(natives(made).flatmap(mutated)), {**EMPTY, **broken}
    for native in documents:
        try:
            encode(record, data.draw(st.fixed_dictionaries({}, optional=names)), native)
        except RequestError as error:
            assert all(problem.pointer for problem in error.problems)
        try:
            encode(record, *record.decode(native))
        except Mismatch as error:
            assert "/" in str(error)
        except RequestError as error:
            assert all(problem.pointer for problem in error.problems)


@given(data=st.data())
def test_l5_pure(data: st.DataObject) -> None:
    """No input changes, and the same input gives the same output."""
    made = data.draw(lines())
    record, twin = record_of(made), record_of(made)
    canonical, native = data.draw(canonicals(made)), data.draw(natives(made))
    before = copy.deepcopy((canonical, native))

    said = encode(record, canonical)
    try:
        read = record.decode(native)
        encode(record, canonical, native)
    except (Mismatch, RequestError):
        read = None

    assert equal([canonical, native], list(before))
    assert equal(said[0], encode(twin, canonical)[0])
    assert said[1] == encode(record, canonical)[1]
    assert read is None or equal(list(read), list(twin.decode(native)))


@given(data=st.data())
def test_l9_edit(data: st.DataObject) -> None:
    """Decode, change a field, encode: the change is on the wire, a note names it, or it is refused."""
    made = data.draw(lines())
    record = record_of(made)
    try:
        canonical, rest = record.decode(data.draw(natives(made)))
    except Mismatch:
        return
    edited = data.draw(st.sampled_from([line for line in made if line.name] or [Line(says={}, how="", name="other")]))
    value = data.draw(st.sampled_from(["low", "high", 5, 0, True]))
    try:
        native, notes = encode(record, {**canonical, edited.name: value}, rest)
    except RequestError as error:
        assert all(problem.given is not None for problem in error.problems)
        return
    if f"/{edited.name}" in {note.pointer for note in notes}:
        return

    said = record.decode(native)[0].get(edited.name, ABSENT)

    assert equal(said, value) or (said is ABSENT and (silent_as(edited, value) or edited.how == ""))


@given(data=st.data())
def test_pinned(data: st.DataObject) -> None:
    """A discriminating constant is written whatever is carried in its place."""
    made = data.draw(lines())
    record = record_of(made)
    carried = data.draw(natives(made))
    try:
        native, _ = encode(record, data.draw(canonicals(made)), carried)
    except RequestError:
        return

    for line in made:
        if line.how == "const":
            assert equal(at(native, line.place), line.value)


FOUND = [
    {
        "from": "text",
        "find": "/body/steps/*/content/*",
        "if": {"required": ["text"]},
        "rules": [{"from": "t", "to": "/text"}],
    },
    {"from": "prompt", "find": "/body/steps/*/content/*", "at": "/text", "join": "\n"},
    {"from": "seed", "find": "/body/details/*", "if": {"required": ["wait"]}, "at": "/wait", "via": "seconds"},
]


@given(native=json_documents() | st.fixed_dictionaries({"steps": st.lists(json_values(4)), "more": json_values(4)}))
def test_find_leaves_everything_native(native: Json) -> None:
    """What is found is said and stays as it came, whatever it is: L3, L4."""
    record = checked_record([compile_rule(rule, "p") for rule in FOUND])
    document = {"body": native}

    canonical, rest = record.decode(document)
    again: Json = {"body": {}}
    record.encode(canonical, again, [], rest)

    assert equal(again["body"], native)


def test_find_takes_all_or_the_first() -> None:
    record = checked_record([compile_rule(rule, "p") for rule in FOUND])
    steps = [{"content": [{"text": "a"}, {"image": 1}]}, {}, {"content": [{"text": "b"}]}, "x"]

    canonical, _ = record.decode({"body": {"steps": steps, "details": [{"no": 1}, {"wait": "3s"}, {"wait": "4s"}]}})

    assert canonical == {"text": [{"t": "a"}, {"t": "b"}], "prompt": "a\nb", "seed": 3}
