"""Errors, problems and notes: how they read, compare and survive pickling."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from imagetx.errors import (
    ImagetxError,
    Problem,
    RequestError,
    ResolveError,
    SpecError,
    Unsayable,
    WireError,
    child,
    shorten,
)
from imagetx.notes import ADDITIONS, ADVICE, KINDS, LOSSES, Note

BAD_N = Problem(pointer="/n", message="expected an integer 1 to 5, got 9", given=9)


def test_problem_is_one_line() -> None:
    assert str(BAD_N) == "expected an integer 1 to 5, got 9 - at /n"
    assert str(Problem(pointer="", message="a\nb")) == "a\\nb"


def test_error_is_one_problem_a_line() -> None:
    error = RequestError([BAD_N, Problem(pointer="", message="and more")])

    assert str(error) == "expected an integer 1 to 5, got 9 - at /n\nand more"


@pytest.mark.parametrize("given", [[BAD_N], BAD_N, iter([BAD_N])])
def test_error_takes_one_or_many(given: Any) -> None:
    assert RequestError(given).problems == (BAD_N,)


def test_error_of_a_message() -> None:
    assert ResolveError("no such").problems == (Problem(pointer="", message="no such"),)


@pytest.mark.parametrize("kind", [SpecError, ResolveError, RequestError, WireError])
def test_equal_by_type_and_problems(kind: type[ImagetxError]) -> None:
    unhashable = Problem(pointer="/a", message="m", given=[{}])
    error = kind([BAD_N, unhashable])

    assert error == kind([BAD_N, unhashable])
    assert hash(error) == hash(kind([BAD_N, unhashable]))
    assert error != ImagetxError([BAD_N, unhashable])
    assert error != kind([BAD_N])
    assert error != "text"
    assert pickle.loads(pickle.dumps(error)) == error


def test_children_are_what_python_calls_them() -> None:
    assert issubclass(ResolveError, LookupError)
    assert issubclass(RequestError, ValueError)
    assert issubclass(WireError, ValueError)


def test_unsayable_says_why() -> None:
    refusal = Unsayable(reason="only standard", expected="standard")

    assert (refusal.reason, refusal.expected, str(refusal)) == ("only standard", "standard", "only standard")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (0.5, "0.5"),
        ("a", '"a"'),
        ("é", '"é"'),
        ("a\nb", '"a\\nb"'),
        (b"abc", "<3 bytes>"),
        ("A" * 8388608, "<6291456 bytes>"),
        ("data:image/png;base64," + "A" * 400, "<300 bytes>"),
        (" DATA:image/png;base64," + "A" * 400, "<300 bytes>"),
        ("A" * 40 + "\r\n" + "A" * 360, "<301 bytes>"),
        ({b"abc"}, "[<3 bytes>]"),
        ({"a": "A" * 400}.values(), "[<300 bytes>]"),
        ("https://u:pw@a.example/x.png?sig=S3&b=1", '"https://***@a.example/x.png?sig=***&b=1"'),
        ("gs://b/a?X-Goog-Signature=S3", '"gs://b/a?X-Goog-Signature=***"'),
        ("https://" + "u" * 99 + "@a.example", '"https://***@a.example"'),
        ("w " * 100, '"' + "w " * 38 + "..."),
        ({"a": [1, {"b": None}]}, '{"a": [1, {"b": null}]}'),
        ({"Authorization": "Bearer x", "x-goog-api-key": "k"}, '{"Authorization": ***, "x-goog-api-key": ***}'),
        (list(range(1000)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21..."),
        ([10**5000], "[<integer of 16610 bits>]"),
    ],
)
def test_shorten(value: Any, expected: str) -> None:
    assert shorten(value) == expected


def test_shorten_is_bounded() -> None:
    endless: list[Any] = []
    endless.append(endless)

    assert len(shorten(endless)) == 80
    assert len(shorten({"k " * 100: "v " * 100}, 30)) == 30


def test_reprs_are_bounded() -> None:
    long = "w " * 10000

    assert len(repr(Problem(pointer=long, message=long, given=long, expected=long, source=long))) <= 500
    assert len(repr(WireError([Problem(pointer=long, message=long)] * 9))) <= 500
    assert len(repr(Note(pointer=long, kind="dropped", given=long, used=long, reason=long, source=long))) <= 500


@pytest.mark.parametrize(("key", "expected"), [("a", "/p/a"), (0, "/p/0"), ("a/b~c", "/p/a~1b~0c")])
def test_child(key: str | int, expected: str) -> None:
    assert child("/p", key) == expected


def test_note_kinds() -> None:
    assert KINDS == LOSSES | ADDITIONS | ADVICE
    assert len(KINDS) == len(LOSSES) + len(ADDITIONS) + len(ADVICE) == 10


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            Note(pointer="/size", kind="approximated", given="1536x1024", used="3:2", reason="ratios only"),
            'approximated /size: "1536x1024" -> "3:2" (ratios only)',
        ),
        (Note(pointer="/seed", kind="dropped", given=0), "dropped /seed: 0"),
        (Note(pointer="/n", kind="defaulted", used=1, reason="r"), "defaulted /n: -> 1 (r)"),
        (Note(pointer="", kind="unverified", reason="r"), "unverified (r)"),
    ],
)
def test_note_is_one_line(note: Note, expected: str) -> None:
    assert str(note) == expected


def test_note_as_json() -> None:
    expected = {"pointer": "/n", "kind": "dropped", "given": 2, "used": None, "reason": "", "source": None}

    assert Note(pointer="/n", kind="dropped", given=2).to_json() == expected
    assert hash(Note(pointer="/n", kind="dropped", given=[])) == hash(Note(pointer="/n", kind="dropped"))
