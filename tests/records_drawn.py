"""
Records drawn at random, and an oracle for them: what silence means, and the native normal form.

Nothing here asks the engine; a `Line` is what a spec says of one field or constant.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from imagetx.document import ABSENT, equal, parse_pointer
from imagetx.lines import checked_record, compile_rule
from imagetx.onesided import drop, fixed
from imagetx.record import Record
from tests.strategies import json_scalars, json_values, shortest

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
    required = {
        line.name: st.sampled_from(["low", "high"]) for line in made if line.how == "required" and line.via != "number"
    }
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
        if not line.place:
            continue
        place(document, line.place, value, draw(others), draw(st.lists(json_values(2), max_size=2)))
    return document


def place(document: Json, path: tuple[str | int, ...], value: Json, beside: Json, items: list[Json]) -> None:
    """Put a value into a document, with neighbours in its object and in its list."""
    if value is ABSENT:
        return
    for part, following in pairwise(path):
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

    Number text is shortest, what silence means is written out, null in the place of what is sent unasked is silence.
    In a list that is missing there is no place to say that an item is silent: what is sent unasked is sent.
    """
    document = copy.deepcopy(native)
    for line in made:
        there = at(document, line.place) if line.place else ABSENT
        if isinstance(there, str) and line.via == "number" and there.isascii() and there.isdigit():
            place(document, line.place, shortest(there), {}, [])
        if there is None and line.how in (*UNASKED, "const-absent"):
            del at(document, line.place[:-1])[line.place[-1]]
        if there is ABSENT and line.how in ("absent", "const-absent"):
            place(document, line.place, line.native(line.value), {}, [])
        if (
            there is ABSENT
            and line.how in UNASKED
            and line.place[1] in ("l", "m")
            and line.place[1] not in document["body"]
        ):
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


def silent_as(line: Line, value: Json) -> bool:
    """Say whether silence means this value: canonically, or to the line."""
    meanings = [SILENCES.get(line.name, ABSENT), line.value if line.how in ("silent", "fixed") else ABSENT]
    return any(equal(value, meaning) for meaning in meanings)
