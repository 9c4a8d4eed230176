"""
Options of an encode are checked, all of them; a policy raises what it does not take.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from imagetx.errors import Problem, RequestError
from imagetx.notes import KINDS, Note
from imagetx.policy import Options, Policy, enforce, read_options

STRICT = {"dropped", "approximated", "clamped", "emulated", "overruled", "assumed", "unverified", "retired"}


def options(policy: Any = "adapt", as_of: Any = None, emulate: Any = (), url_as: Any = "b64_json") -> Options:
    return read_options(policy, as_of, emulate, url_as)


def raised(policy: Policy, *notes: Note) -> tuple[Problem, ...]:
    try:
        enforce(policy, notes)
    except RequestError as error:
        return error.problems
    return ()


def test_defaults() -> None:
    expected = Options(policy="adapt", as_of=None, emulate=frozenset(), url_as="b64_json")

    assert options() == expected
    assert options(emulate=[]) == expected


@pytest.mark.parametrize(
    "day",
    [date(2026, 11, 22), datetime(2026, 11, 22, 23, 59, tzinfo=UTC), "2026-11-22"],
    ids=["date", "datetime", "text"],
)
def test_as_of(day: Any) -> None:
    assert options(as_of=day).as_of == "2026-11-22"


@pytest.mark.parametrize("emulate", [["negative_prompt"], ("negative_prompt",), {"negative_prompt"}, "negative_prompt"])
def test_emulate(emulate: Any) -> None:
    assert options(emulate=emulate).emulate == {"negative_prompt"}
    assert options(emulate=["variation", "negative_prompt"]).emulate == {"variation", "negative_prompt"}


def test_policies() -> None:
    for policy in ("strict", {"size": "strict", "*": "adapt"}, {}):
        assert options(policy=policy).policy == policy
    assert options(url_as="data_url").url_as == "data_url"


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        *(
            ("policy", bad)
            for bad in ("loose", None, 5, True, [], ["adapt"], {"size": "loose"}, {"size": None}, {"size": []})
        ),
        *(
            ("as_of", bad)
            for bad in ("today", "2026-13-01", "2026-1-1", "2026-11-22T00:00", "2026-11-22\n", 20261122, [], True)
        ),
        *(("emulate", bad) for bad in ("mask", ["mask"], [None])),
        *(("url_as", bad) for bad in ("url", None, 5, "")),
    ],
)
def test_bad_option(name: str, bad: Any) -> None:
    with pytest.raises(RequestError, match=rf"\Aexpected {name} to be .*, got "):
        options(**{name: bad})


@pytest.mark.parametrize(("name", "bad"), [("emulate", 5), ("emulate", [[]]), ("emulate", [1, "a"]), ("url_as", [])])
def test_bad_option_of_another_type(name: str, bad: Any) -> None:
    with pytest.raises(RequestError, match=rf"\Aexpected {name} to be "):
        options(**{name: bad})


def test_all_problems_at_once() -> None:
    with pytest.raises(RequestError) as caught:
        options(policy="x", as_of="y", emulate=["z"], url_as="w")

    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_strict(kind: Any) -> None:
    """Losses, assumed, unverified and retired raise; defaulted and deprecated never do."""
    note = Note(pointer="/size", kind=kind, given="1x1", used="2x2", reason="why", source="where")
    expected = (
        Problem(
            pointer="/size",
            message=f"expected what can be said without a change under the strict policy: {note}",
            given="1x1",
            source="where",
        ),
    )

    assert raised("strict", note) == (expected if kind in STRICT else ())
    assert raised("adapt", note) == ()


def test_policy_by_field() -> None:
    """A field's own policy wins over `*`; a pointer deep in a field is the field's; `*` is adapt if not given."""
    size, seed, deep = (
        Note(pointer=pointer, kind="dropped") for pointer in ("/size", "/seed", "/provider_options/p/x")
    )

    assert [problem.pointer for problem in raised({"size": "strict"}, size, seed)] == ["/size"]
    assert [problem.pointer for problem in raised({"size": "adapt", "*": "strict"}, size, seed, deep)] == [
        "/seed",
        "/provider_options/p/x",
    ]
    assert raised({"provider_options": "adapt", "*": "strict"}, deep) == ()
    assert raised({}, size) == ()
    assert raised({"*": "strict"}, Note(pointer="", kind="dropped"))[0].pointer == ""
