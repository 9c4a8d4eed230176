"""
Splitting: how many calls of how many images, and the seed of each.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx import RequestError
from imagetx.errors import shorten
from imagetx.split import least_calls
from tests.images import text

GEMINI = "gemini/gemini-2.5-flash-image"
OPENAI = "openai/gpt-image-2"
VARIABLES = {"vertex": {"project": "p"}, "bedrock": {"region": "us-east-1"}}
TITAN = "bedrock/amazon.titan-image-generator-v2:0"


def shares(target: str, **fields: Any) -> list[tuple[int, int | None, int | None]]:
    """Plan a request, and give first image, n and seed of each call."""
    found = imagetx.plan({"prompt": "a fox", **fields}, _target(target))
    return [(call.share.first, call.share.n, call.share.seed) for call in found.calls]


@pytest.mark.parametrize(
    ("target", "n", "expected"),
    [
        (GEMINI, None, [(0, None)]),
        (GEMINI, 1, [(0, None)]),
        (GEMINI, 1.0, [(0, None)]),
        (GEMINI, 2, [(0, 1), (1, 1)]),
        (GEMINI, 2.0, [(0, 1), (1, 1)]),
        (OPENAI, 10, [(0, None)]),
        (OPENAI, 11, [(0, 10), (10, 1)]),
        (OPENAI, 23, [(0, 10), (10, 10), (20, 3)]),
        (TITAN, 5, [(0, None)]),
        (TITAN, 12, [(0, 5), (5, 5), (10, 2)]),
        ("openai/dall-e-3", 3, [(0, 1), (1, 1), (2, 1)]),
    ],
)
def test_shares(target: str, n: Any, expected: list[tuple[int, int | None]]) -> None:
    """Each call asks for as many as the dialect takes, the last for the rest; whole floats are counts."""
    said = {} if n is None else {"n": n}

    assert [share[:2] for share in shares(target, **said)] == expected


def test_a_form_that_takes_fewer() -> None:
    """Where another field sets the limit of a call, it is the split's: SVG is one a call, though ten are asked else."""
    found = shares("openai/gpt-image-2.6-sunburst", n=11, output_format="svg")

    assert found == [(at, 1, None) for at in range(11)]


def test_no_call_is_planned_that_cannot_be_made() -> None:
    """Five of at most four and at least two are four and one: the one cannot be said, so there is no plan."""
    folder = Path(__file__).parents[1] / "project" / "easel"
    provider, paint = (json.loads((folder / f"{name}.json").read_text()) for name in ("provider", "paint"))
    paint["request"]["limits"]["n"] = {"minimum": 2, "maximum": 4}
    known = imagetx.registry().with_provider({"provider": provider, "dialects": {"paint": paint}})

    assert [call.share.n for call in known.plan({"prompt": "p", "n": 6}, "easel/oil-2").calls] == [4, 2]
    with pytest.raises(RequestError) as caught:
        known.plan({"prompt": "p", "n": 5}, "easel/oil-2")
    assert [problem.pointer for problem in caught.value.problems] == ["/n"]


def test_null() -> None:
    """An explicit null is one image."""
    assert shares(GEMINI, n=None) == [(0, None, None)]


@pytest.mark.parametrize(
    "n", [0, -1, True, False, "3", [3], {}, 1.5, float("nan"), float("inf"), -(10**5000)], ids=shorten
)
def test_no_count(n: Any) -> None:
    """What is no number of images is the problem that encode tells, and nothing else."""
    with pytest.raises(RequestError) as planned:
        imagetx.plan({"prompt": "a fox", "n": n}, GEMINI)
    with pytest.raises(RequestError) as encoded:
        imagetx.encode_request({"prompt": "a fox", "n": n}, GEMINI)

    assert [problem.pointer for problem in planned.value.problems] == ["/n"]
    assert str(planned.value) == str(encoded.value)


@pytest.mark.parametrize("n", [1001, 10**6, 10**400, 10**5000, 1e300], ids=shorten)
def test_too_many(n: Any) -> None:
    """A plan has at most 1,000 calls, and says so in a few words."""
    with pytest.raises(RequestError, match="at most 1000 calls of at most 1") as caught:
        imagetx.plan({"prompt": "a fox", "n": n}, GEMINI)

    assert [problem.pointer for problem in caught.value.problems] == ["/n"]
    assert len(str(caught.value)) < 200


def test_most_calls() -> None:
    assert len(shares(GEMINI, n=1000)) == 1000
    assert len(shares(OPENAI, n=10000)) == 1000


@pytest.mark.parametrize(
    ("n", "most", "calls"),
    [
        (1, 1, 1),
        (3, 1, 3),
        (10, 10, 1),
        (11, 10, 2),
        (20, 10, 2),
        (21.0, 10, 3),
        (9, None, 1),
        *[(none, 1, 1) for none in (None, 0, -3, True, "3", 1.5)],
    ],
)
def test_least_calls(n: Any, most: int | None, calls: int) -> None:
    """So many calls that each gives at most `most`; one where there is no limit, or no number of images."""
    found = least_calls(n, most)

    assert (type(found), found) == (int, calls)


@pytest.mark.parametrize(
    ("target", "seed", "n", "expected"),
    [
        (GEMINI, 7, 3, [7, 8, 9]),
        (GEMINI, 7.0, 3, [7, 8, 9]),
        (GEMINI, 0, 2, [0, 1]),
        (GEMINI, 2147483646, 3, [2147483646, 2147483647, 0]),
        (GEMINI, 2147483647, 3, [2147483647, 0, 1]),
        (TITAN, 2147483640, 11, [2147483640, 2147483645, 3]),
        (TITAN, 2147483646, 6, [2147483646, 4]),
        ("stability/sd3.5-large", 4294967294, 2, [4294967294, 0]),
        ("vertex/imagen-4.0-generate-001", 2147483646, 6, [2147483646, 3]),
        ("fireworks/flux-kontext-pro", 2**40, 3, [2**40, 2**40 + 1, 2**40 + 2]),  # its dossier bounds no seed
    ],
)
def test_seeds(target: str, seed: Any, n: int, expected: list[int]) -> None:
    """A call's seed is the seed plus the index of its first image, wrapping above the dialect's greatest."""
    found = imagetx.plan({"prompt": "a fox", "seed": seed, "n": n}, _target(target))
    sent = [step.request.body for step in found.pending]
    notes = [(note.kind, note.given, note.used) for note in found.notes if note.pointer == "/seed"]

    assert [call.share.seed for call in found.calls] == [None, *expected[1:]]
    assert notes == [("approximated", seed, expected)]
    for said, own in zip(sent, expected, strict=True):
        assert own in _numbers(said)


def _target(name: str) -> imagetx.Target:
    provider, _, model = name.partition("/")
    return imagetx.Target(provider, model, variables=VARIABLES.get(provider, {}))


def _numbers(body: Any) -> list[Any]:
    """List the numbers in a body, of form parts too."""
    if isinstance(body, tuple):
        return [int(part.data) for part in body if isinstance(part.data, str) and part.data.isdecimal()]
    if isinstance(body, dict):
        return [number for item in body.values() for number in _numbers(item)]
    return [number for item in body for number in _numbers(item)] if isinstance(body, list) else [body]


def test_fixed_seed() -> None:
    """Where silence means a fixed seed, the further calls are derived from that: they would give the same images."""
    found = imagetx.plan({"prompt": "a fox", "n": 11}, _target(TITAN))

    assert [call.share.seed for call in found.calls] == [None, 47, 52]
    assert [(note.kind, note.used) for note in found.notes if note.pointer == "/seed"] == [("defaulted", [42, 47, 52])]


@pytest.mark.parametrize("seed", [None, 5])
def test_no_seed(seed: int | None) -> None:
    """A seed that is not sent is not derived, and is one loss; an absent one says nothing."""
    said = {} if seed is None else {"seed": seed}
    found = imagetx.plan({"prompt": "a fox", "n": 11, **said}, OPENAI)

    assert [call.share.seed for call in found.calls] == [None, None]
    assert [note.kind for note in found.notes if note.pointer == "/seed"] == ([] if seed is None else ["dropped"])


def test_one_call_keeps_its_seed() -> None:
    """Where nothing is split, the seed is as given, without a note."""
    found = imagetx.plan({"prompt": "a fox", "seed": 7}, GEMINI)

    assert found.calls[0].share.seed is None
    assert {note.kind for note in found.notes} <= {"deprecated"}


def test_strict_takes_no_derived_seed() -> None:
    """A derived seed is a loss: strict refuses it, for the field if not for all."""
    for policy in ("strict", {"seed": "strict"}):
        with pytest.raises(RequestError, match="/seed"):
            imagetx.plan({"prompt": "a fox", "seed": 7, "n": 2}, GEMINI, policy=policy)
    assert imagetx.plan({"prompt": "a fox", "n": 2}, GEMINI, policy="strict").pending
    assert imagetx.plan({"prompt": "a fox", "seed": 7, "n": 2}, GEMINI, policy={"n": "strict"}).pending


def test_notes_once() -> None:
    """What every call changes is told once."""
    found = imagetx.plan({"prompt": "a fox", "n": 4, "user": "u", "quality": "low", "size": "999x999"}, GEMINI)
    told = [(note.kind, note.pointer) for note in found.notes]

    assert len(told) == len(set(told))
    assert "/user" in {pointer for _, pointer in told}


def test_refused_for_more_than_n() -> None:
    """What no share can say is told as it is of a request for one image; n is not told of."""
    request = {"prompt": "a fox", "n": 3, "image": text("red-64.png"), "mask": text("mask-transparent-64.png")}
    with pytest.raises(RequestError) as planned:
        imagetx.plan(request, GEMINI)
    with pytest.raises(RequestError) as encoded:
        imagetx.encode_request({**request, "n": 1}, GEMINI)

    assert planned.value == encoded.value
