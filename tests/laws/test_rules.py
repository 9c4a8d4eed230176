"""
Laws of rules side by side in a record, over records drawn at random.

What is expected is worked out here from the lines of the record and the documents: which fields come
back, and how a native document looks in its normal form.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.compile import checked_record, compile_rule
from imagetx.document import ABSENT, equal, parse_pointer
from imagetx.errors import RequestError
from imagetx.notes import LOSSES, Note
from imagetx.record import Mismatch, Record
from imagetx.rules import drop, fixed
from tests.strategies import json_scalars, json_values, mutated, shortest

Json = Any

FIELDS = ("prompt", "n", "stream", "quality", "user", "seed", "style", "background")
SILENCES = {"n": 1, "stream": False, "quality": "auto", "background": "auto"}
PLACES = ("/headers/x-a", "/query/b", "/body/c", "/body/d/e", "/body/d/f", "/body/g/h/i", "/body/l/-1/j", "/body/m/0/k")
WORDS = {"auto": None, "low": "L", "medium": "M", "standard": "M", "high": 3}
UNASKED = ("silent", "default", "optional")
EMPTY: Json = {"path": {}, "query": {}, "headers": {}, "body": {}}
HOW = ("plain", "silent", "absent", "default", "null", "required", "fixed", "drop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a record: what a spec says, and what the oracle knows of it."""

    says: dict[str, Json]
    how: str
    name: str = ""
    place: tuple[str | int, ...] = ()
    via: str = "same"
    value: Json = ABSENT  # canonical; of a constant native

    def native(self, value: Json) -> Json:
        """Say a value natively, ABSENT where there is no word for it."""
        if self.via == "number":
            return ABSENT if isinstance(value, bool) or not isinstance(value, int) else str(value)
        if self.via == "enum":
            said = WORDS.get(value) if isinstance(value, str) else None
            return ABSENT if said is None else said
        return value


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    """Draw one to six lines, each with its own place."""
    places = draw(st.permutations(PLACES))
    names = draw(st.permutations(FIELDS))
    made = []
    for place, name in zip(places[: draw(st.integers(1, 6))], names, strict=False):
        how = draw(st.sampled_from([*HOW, "const", "optional", "const-absent"]))
        via = draw(st.sampled_from(["same", "number", "enum"]))
        value = draw({"number": st.integers(-3, 3), "enum": st.sampled_from(["low", "high"])}.get(via, json_scalars()))
        path = parse_pointer(place)
        if how in ("const", "optional", "const-absent"):
            options = {} if how == "const" else {how.removeprefix("const-"): True}
            value = "P" if value is None else value
            made.append(Line(says={"to": place, "const": value, **options}, how=how, place=path, value=value))
        elif how in ("fixed", "drop"):
            made.append(Line(says={}, how=how, name=name, value=7 if how == "fixed" else ABSENT))
        else:
            value = 0 if value is None else value
            option = {"plain": {}, "null": {"null": True}, "required": {"required": True}}.get(how, {how: value})
            said = {"enum": WORDS} if via == "enum" else via
            says = {"from": name, "to": place, "via": said, **option}
            value = value if how in ("silent", "absent", "default") else ABSENT
            made.append(Line(says=says, how=how, name=name, place=path, via=via, value=value))
    return made


def record_of(made: list[Line]) -> Record:
    makers = {
        "fixed": lambda line: fixed(line.says, line.name, line.value),
        "drop": lambda line: drop(line.says, line.name, "why"),
    }
    return checked_record([makers.get(line.how, lambda line: compile_rule(line.says, "p"))(line) for line in made])


def canonicals(made: list[Line]) -> st.SearchStrategy[Json]:
    """Draw documents of the record's fields; words, silences, and other scalars."""
    words = st.sampled_from([*WORDS, *SILENCES.values(), 7]) | json_scalars()
    required = {line.name: st.sampled_from(["low", "high"]) for line in made if line.how == "required" and line.via != "number"}
    required |= {line.name: st.integers(0, 9) for line in made if line.how == "required" and line.via == "number"}
    optional = {line.name: words for line in made if line.name and line.name not in required}
    return st.fixed_dictionaries(required, optional=optional)


@st.composite
def natives(draw: st.DrawFn, made: list[Line]) -> Json:
    """Draw native documents: owned places right, wrong, null or empty, neighbours, more items than ours."""
    document: Json = copy.deepcopy(EMPTY)
    others = st.dictionaries(st.sampled_from(["y", "z"]), json_values(3), max_size=2)
    document["body"] |= draw(others)
    for line in made:
        native = {"number": st.integers(0, 20).map("{:03}".format), "enum": st.sampled_from(["L", "M", 3])}
        right = st.just(line.value) if "const" in line.says else native.get(line.via, json_scalars())
        value = draw(st.just(ABSENT) | right | right | json_values(3))
        if not line.place or (value is None and line.via == "same" and line.how not in ("plain", "null", "optional")):
            continue  # test_null_of_silence
        place(document, line.place, value, draw(others), draw(st.lists(json_values(2), max_size=2)))
    return document


def place(document: Json, path: tuple[str | int, ...], value: Json, beside: Json, items: list[Json]) -> None:
    """Put a value into a document, with neighbours in its object and in its list."""
    if value is ABSENT:
        return
    for part, following in zip(path, path[1:], strict=False):
        if isinstance(part, int):
            document = document[part]
        elif isinstance(following, str):
            document = document.setdefault(part, dict(beside))
        else:
            ours = [dict(beside)]
            document = document.setdefault(part, [*items, *ours] if following == -1 else [*ours, *items])
    document[path[-1]] = value


def at(document: Json, path: tuple[str | int, ...]) -> Json:
    for part in path:
        inside = part in document if isinstance(document, dict) else isinstance(document, list) and document
        if not inside or isinstance(document, dict) != isinstance(part, str):
            return ABSENT
        document = document[part]
    return document


def normal(made: list[Line], native: Json) -> Json:
    """
    Give the normal form of a native document.

    Number text is shortest, what silence means is written out, null where nothing asks for a value is silence.
    In a list that is missing there is no place to say that an item is silent: what is sent unasked is sent.
    """
    document = copy.deepcopy(native)
    for line in made:
        there = at(document, line.place) if line.place else ABSENT
        if isinstance(there, str) and line.via == "number" and there.isascii() and there.isdigit():
            place(document, line.place, shortest(there), {}, [])
        if there is None and (line.via, line.how) in {("same", "plain"), ("same", "optional")}:
            del at(document, line.place[:-1])[line.place[-1]]
        if there is ABSENT and line.how in ("absent", "const-absent"):
            place(document, line.place, line.native(line.value), {}, [])
        if there is ABSENT and line.how in UNASKED and line.place[1] in ("l", "m") and line.place[1] not in document["body"]:
            place(document, line.place, line.native(line.value), {}, [])
    return {key: tidy(part, made, (key,)) for key, part in document.items()}


def tidy(value: Json, made: list[Line], path: tuple[str | int, ...]) -> Json:
    """Remove containers of ours that are empty; an item with neighbours stays."""
    if isinstance(value, dict):
        inner = {key: tidy(member, made, (*path, key)) for key, member in value.items()}
        return {key: member for key, member in inner.items() if not (member in ({}, []) and ours(made, (*path, key)))}
    if isinstance(value, list) and ours(made, path) and len(value) == 1:
        ends = {line.place[len(path)] for line in made if line.place[: len(path)] == path}
        inner = tidy(value[0], made, (*path, *ends))
        return [] if inner == {} else [inner]
    return value


def ours(made: list[Line], path: tuple[str | int, ...]) -> bool:
    return any(len(line.place) > len(path) and line.place[: len(path)] == path for line in made)


def encode(record: Record, canonical: Json, carried: Json = ABSENT) -> tuple[Json, list[Note]]:
    native: Json = copy.deepcopy(EMPTY)
    notes: list[Note] = []
    record.encode(canonical, native, notes, carried)
    return {**EMPTY, **native}, notes


def silent_as(line: Line, value: Json) -> bool:
    """Say whether silence means this value: canonically, or to the line."""
    meanings = [SILENCES.get(line.name, ABSENT), line.value if line.how in ("silent", "fixed") else ABSENT]
    return any(equal(value, meaning) for meaning in meanings)


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
    made = [line for line in data.draw(lines()) if not (line.how in UNASKED and len(line.place) > 2)]  # test_complement
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
    back, _ = record.decode(native)

    said = back.get(edited.name, ABSENT)
    silent = said is ABSENT and (silent_as(edited, value) or edited.how == "")
    assert equal(said, value) or silent or f"/{edited.name}" in {note.pointer for note in notes}


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
