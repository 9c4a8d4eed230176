"""
Records, piece by piece: what a mismatch says, what decode leaves over, and problems told all at once.
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx.document import ABSENT
from imagetx.errors import Problem, RequestError
from imagetx.lines import checked_record, compile_rule
from imagetx.notes import Note
from imagetx.record import Record, gathered
from imagetx.rule import Mismatch, Rule

Json = Any


def record_of(*lines: Json) -> Record:
    return checked_record([compile_rule(line, "p") for line in lines])


@pytest.mark.parametrize(
    ("given", "got", "shown"),
    [(5, "5", 5), (None, "null", None), (ABSENT, "nothing", None), (0, "0", 0), ("", '""', "")],
)
def test_mismatch(given: Json, got: str, shown: Json) -> None:
    """What was expected, what came, where; what is not there came as nothing."""
    problem = Mismatch(("body", "a/b", -1), "a text", given).problem

    assert problem == Problem(
        pointer="/body/a~1b/-1", message=f"expected a text, got {got}", given=shown, expected="a text"
    )


def test_gathered() -> None:
    """All is made, or the problems of all that cannot be are told, in their order."""

    def fails(*names: str) -> Json:
        raise RequestError([Problem(pointer=f"/{name}", message="m") for name in names])

    assert gathered([]) == []
    assert gathered([lambda: 1, lambda: 2]) == [1, 2]
    with pytest.raises(RequestError) as caught:
        gathered([lambda: fails("a", "b"), lambda: 1, lambda: fails("c")])
    assert [problem.pointer for problem in caught.value.problems] == ["/a", "/b", "/c"]


def test_repr() -> None:
    """A rule shows whence and whither, a constant no field; a record how many there are."""
    field = compile_rule({"from": "n", "to": "/body/a/n"}, "p")
    const = compile_rule({"to": "/body/mode", "const": "m"}, "p")

    assert repr(field) == "<Rule /n -> /body/a/n>"
    assert repr(const) == "<Rule - -> /body/mode>"
    assert repr(Record([field, const])) == "<Record of 2 rules>"


def test_given() -> None:
    """A field is given when it is there and not null; 0, false and "" are values."""
    rule = compile_rule({"from": "n", "to": "/body/n"}, "p")

    assert [rule.given({"n": value}) for value in (0, False, "", None)] == [True, True, True, False]
    assert not rule.given({"m": 1})


NESTED = {"from": "n", "to": "/body/a/b/n"}


@pytest.mark.parametrize(
    ("native", "canonical", "rest"),
    [
        ({"body": {"a": {"b": {"n": 1}}}}, {"n": 1}, {}),
        ({"body": {"a": {"b": {"n": 1, "x": 2}}}}, {"n": 1}, {"body": {"a": {"b": {"x": 2}}}}),
        # owned containers that are empty say nothing, nor does null in their place
        ({"body": {"a": {"b": {}}}}, {}, {}),
        ({"body": {"a": {}}}, {}, {}),
        ({"body": {"a": None}}, {}, {}),
        # what is not ours stays, empty or not
        ({"body": {"c": {}}}, {}, {"body": {"c": {}}}),
        ({"body": {"a": {"c": None, "b": {}}}}, {}, {"body": {"a": {"c": None}}}),
        ({"body": {"a": 5}}, {}, {"body": {"a": 5}}),
        ({"body": {"a": {"b": {"n": 1}}, "z": 0}}, {"n": 1}, {"body": {"z": 0}}),
    ],
)
def test_decode_leaves_over(native: Json, canonical: Json, rest: Json) -> None:
    """What no rule takes is left, without the containers that are emptied (N: empty owned containers removed)."""
    assert record_of(NESTED).decode(native) == (canonical, rest)


def test_null_in_the_place_of_what_is_always_sent() -> None:
    """A null there unsays what would be sent unasked, so it is kept."""
    record = record_of({"from": "n", "to": "/body/a/n", "silent": 1})

    assert record.decode({"body": {"a": None}})[1] == {"body": {"a": None}}


def test_rules_of() -> None:
    """Every field has its rules, in their order and once each."""
    first = compile_rule({"from": "n", "to": "/body/n"}, "p")
    second = compile_rule({"from": "seed", "to": "/body/seed"}, "p")
    const = compile_rule({"to": "/body/mode", "const": "m"}, "p")

    assert Record([first, const, second]).rules_of == {"n": [first], "seed": [second]}


def test_containers() -> None:
    """The owned containers, the deepest first; the parts of a message are none."""
    record = record_of(NESTED, {"from": "seed", "to": "/headers/seed"})

    assert record.containers == [("body", "a", "b"), ("body", "a")]


@pytest.mark.parametrize(
    ("given", "carried", "written"),
    [
        ({}, {"a": None}, {}),  # null means "do not send"
        ({}, {"a": 5}, {"a": 5}),  # a value in the complement wins over what is sent unasked
        ({}, {"a": {"x": 2}}, {"a": {"n": 1, "x": 2}}),
        ({"n": 3}, {"a": None}, {"a": {"n": 3}}),  # null unsays only what nobody asked for
        ({"n": 3}, {"a": {}}, {"a": {"n": 3}}),
    ],
)
def test_carried_in_the_place_of_an_object(given: Json, carried: Json, written: Json) -> None:
    """Where something is carried in the place of an object of ours, it decides over what nobody asked for."""
    native: Json = {"body": {}}
    record_of({"from": "n", "to": "/body/a/n", "silent": 1}).encode(given, native, [], {"body": carried})

    assert native.get("body", {}) == written


def test_all_refusals_are_told() -> None:
    """Problems of all rules, in the order of the rules, not the first alone."""

    def refusing(name: str) -> Rule:
        def encode(canonical: Json, native: Json, notes: Json) -> None:
            raise RequestError([Problem(pointer=f"/{name}", message="m")])

        return Rule(
            fields=((name,),), owns=(("body", name),), encode=encode, decode=lambda native, rest, said: None, says={}
        )

    with pytest.raises(RequestError) as caught:
        Record([refusing("n"), refusing("seed"), refusing("size")]).encode({"n": 1, "seed": 2}, {"body": {}}, [])
    assert [problem.pointer for problem in caught.value.problems] == ["/n", "/seed"]


def test_fields_within_a_field() -> None:
    """A rule of a field inside another is found by the outer one."""
    record = record_of({"from": "usage/total_tokens", "to": "/body/tokens"})
    native: Json = {"body": {}}
    record.encode({"usage": {"total_tokens": 7}}, native, [])

    assert list(record.rules_of) == ["usage"]
    assert native == {"body": {"tokens": 7}}


def notes_of(line: Json, canonical: Json, carried: Json) -> tuple[Json, list[str]]:
    native: Json = {"body": {}}
    notes: list[Note] = []
    record_of(line).encode(canonical, native, notes, {"body": carried})
    return native["body"], [f"{note.kind} {note.pointer}" for note in notes]


def test_notes_of_what_is_carried() -> None:
    """
    What is not sent after all has no note; another spelling of what we wrote keeps its loss, one of
    what was asked has none.
    """
    default = {"from": "n", "to": "/body/x", "default": 2}
    words = {"from": "prompt", "to": "/body/x", "via": {"enum": {"a": "A", "b": "A"}, "read": {"A2": "a", "B2": "b"}}}

    assert notes_of(default, {}, {}) == ({"x": 2}, ["defaulted /n"])
    assert notes_of(default, {}, {"x": 5}) == ({"x": 5}, [])
    assert notes_of(words, {"prompt": "b"}, {"x": "A2"}) == ({"x": "A2"}, ["approximated /prompt"])
    assert notes_of(words, {"prompt": "b"}, {"x": "B2"}) == ({"x": "B2"}, [])


@pytest.mark.parametrize(
    ("line", "canonical", "carried", "expected"),
    [
        # what we send by ourselves, carried keys override (design.md, provider_options)
        ({"from": "n", "to": "/body/n", "silent": 1}, {}, 5, 5),
        ({"to": "/body/n", "const": "m", "optional": True}, {}, "x", "x"),
        # what a field of the request says, and a discriminating constant, they may only repeat
        ({"from": "n", "to": "/body/n"}, {"n": 2}, 2, 2),
        ({"from": "n", "to": "/body/n"}, {"n": 2}, 5, None),
        ({"from": "n", "to": "/body/n", "silent": 1}, {"n": 2}, 5, None),
        ({"to": "/body/n", "const": "m"}, {}, "m", "m"),
        ({"to": "/body/n", "const": "m"}, {}, "x", None),
    ],
)
def test_carried_beside_what_is_written(line: Json, canonical: Json, carried: Json, expected: Json) -> None:
    native: dict[str, Json] = {"body": {}}
    record = record_of(line)
    if expected is None:
        with pytest.raises(RequestError, match="from provider_options - at /body/n"):
            record.encode(canonical, native, [], {"body": {"n": carried}})
    else:
        record.encode(canonical, native, [], {"body": {"n": carried}})
        assert native == {"body": {"n": expected}}
