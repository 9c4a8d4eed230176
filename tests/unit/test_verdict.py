"""
check and rank: what would become of a request, and where it is served best.
"""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import Any

import pytest

import imagetx
from imagetx import Check, Problem, RequestError, ResolveError, Target

FOX = {"prompt": "a fox", "size": "1024x1024"}
IMAGE = "https://example.org/cat.png"


def order(request: dict[str, Any], targets: list[Any], **options: Any) -> list[tuple[Any, Any]]:
    return [(ranked.target, ranked.score) for ranked in imagetx.rank(request, targets, **options)]


def test_check_of_what_fits() -> None:
    assert imagetx.check(FOX, "openai/gpt-image-2") == Check(calls=1, steps=1)


def test_check_counts_calls() -> None:
    """Where one call gives fewer images there are several, each noted for its seed."""
    found = imagetx.check({**FOX, "n": 11, "seed": 5}, "vertex/imagen-4.0-generate-001")
    (missing,) = found.problems
    found = imagetx.check({**FOX, "n": 11}, Target("vertex", "imagen-4.0-generate-001", variables={"project": "p"}))

    assert "project" in missing.message
    assert (found.calls, found.steps, found.refused) == (3, 3, False)


def test_check_counts_fetches() -> None:
    """An input image that must be fetched is a step of its own, before the calls that it is for."""
    request = {"prompt": "a hat", "image": [IMAGE], "n": 3}

    found = imagetx.check(request, "stability/sd3.5-large")

    assert (found.calls, found.steps, found.refused) == (3, 4, False)


def test_check_raises_nothing_for_what_cannot_be_done() -> None:
    problem = {"pointer": "/prompt", "given": None, "expected": None, "source": None}
    problem["message"] = "expected prompt, which openai needs, got nothing"
    expected = {"notes": [], "problems": [problem], "calls": 0, "steps": 0}

    assert imagetx.check({}, "openai/gpt-image-2").to_json() == expected
    assert imagetx.check(FOX, "nowhere/x").refused
    assert imagetx.check(FOX, "").refused
    assert imagetx.check({**FOX, "seed": 1}, "openai/gpt-image-2", policy="strict").problems[0].pointer == "/seed"


@pytest.mark.parametrize("given", [None, 1, ["openai/gpt-image-2"]])
def test_a_target_of_another_type_raises(given: Any) -> None:
    with pytest.raises(ResolveError):
        imagetx.check(FOX, given)
    with pytest.raises(ResolveError):
        imagetx.rank(FOX, [given])


@pytest.mark.parametrize("given", [None, 1, "a fox", [("prompt", "a fox")]])
def test_a_request_of_another_type_raises(given: Any) -> None:
    with pytest.raises(RequestError):
        imagetx.check(given, "openai/gpt-image-2")
    with pytest.raises(RequestError):
        imagetx.rank(given, [])


def test_wrong_options_raise() -> None:
    with pytest.raises(RequestError):
        imagetx.check(FOX, "openai/gpt-image-2", policy="lax")
    with pytest.raises(RequestError):
        imagetx.rank(FOX, [], as_of="yesterday")


def test_rank_by_what_is_lost() -> None:
    """A seed that is dropped weighs 8, a size that is not met 2, one that refuses is last whatever it lacks."""
    request = {"prompt": "a fox", "size": "1344x768", "seed": 7}
    targets = ["nowhere/x", "openai/gpt-image-2", "stability/sd3.5-large", "nowhere/y"]

    expected = [("stability/sd3.5-large", 2), ("openai/gpt-image-2", 8), ("nowhere/x", None), ("nowhere/y", None)]
    assert order(request, targets) == expected


def test_advice_counts() -> None:
    """A retired model weighs 8, one of an API that nobody has seen 4 and, being unlisted, 2 for the guess."""
    targets = ["openai/dall-e-2", "reka/reka-image", "openai/gpt-image-2"]

    assert order({"prompt": "a fox"}, targets) == [(targets[2], 0), (targets[1], 6), (targets[0], 8)]


def test_weights_are_of_fields() -> None:
    """A field that matters more counts more; with 0 it does not count."""
    request = {"prompt": "a fox", "size": "1344x768", "seed": 7}
    targets = ["openai/gpt-image-2", "stability/sd3.5-large"]

    assert order(request, targets, weights={"seed": 0.1, "size": 1.5}) == [(targets[0], 0.8), (targets[1], 3)]
    assert order(request, targets, weights={"seed": 0, "size": 0}) == [(targets[0], 0), (targets[1], 0)]


def test_ties_go_to_fewer_calls_then_to_the_order_given() -> None:
    targets = ["stability/sd3.5-large", "openai/gpt-image-2", "openai/gpt-image-2", Target("openai", "gpt-image-2")]

    found = order({"prompt": "a fox", "n": 4}, targets)

    assert found == [(targets[1], 0), (targets[2], 0), (targets[3], 0), (targets[0], 0)]


def test_sums_of_tenths_tie() -> None:
    """Scores are exact: 8 times 0.1 is no more and no less than 4 times 0.2."""
    lost = {"prompt": "a fox", "seed": 7, "negative_prompt": "rain", "steps": 4}

    (found,) = order(lost, ["openai/gpt-image-2"], weights={"seed": 0.1, "negative_prompt": 0.2, "steps": 0.7})

    assert found == ("openai/gpt-image-2", 8)
    assert isinstance(found[1], int)


def test_a_score_is_a_number_that_json_has() -> None:
    lost = {"prompt": "a fox", "seed": 7, "steps": 4}

    (found,) = order(lost, ["openai/gpt-image-2"], weights={"seed": 1.5e308, "steps": 0.3})

    assert json.loads(json.dumps(found[1])) == found[1] > 1.5e308


@pytest.mark.parametrize("weight", [-1, math.nan, math.inf, 10**400, "1", None, True])
def test_a_weight_is_a_finite_number_from_0_on(weight: Any) -> None:
    with pytest.raises(RequestError) as caught:
        imagetx.rank(FOX, ["openai/gpt-image-2"], weights={"size": weight})

    assert "size" in str(caught.value)


@pytest.mark.parametrize("name", ["colour", "/size", 1, ""])
def test_a_weight_is_of_a_field(name: Any) -> None:
    with pytest.raises(RequestError) as caught:
        imagetx.rank(FOX, [], weights={name: 1})

    assert str(name) in str(caught.value)


@pytest.mark.parametrize("targets", ["openai/gpt-image-2", Target("openai"), None, 3, {"openai": 1}])
def test_targets_are_a_list(targets: Any) -> None:
    with pytest.raises(RequestError):
        imagetx.rank(FOX, targets)


def test_nothing_to_rank() -> None:
    assert imagetx.rank(FOX, []) == []
    assert order(FOX, iter(["openai/gpt-image-2"])) == [("openai/gpt-image-2", 0)]  # type: ignore[arg-type]


def test_verdicts_are_values() -> None:
    """They are frozen, can be hashed, pickled and copied, have JSON, and show no more than 500 characters."""
    request = {"prompt": "x" * 900, "seed": 7, "size": "1x1"}
    target = Target("openai", "gpt-image-2", variables={"base_url": "https://proxy.example/v1"})
    verdict = imagetx.check(request, target)
    ranked = imagetx.rank(request, [target, "nowhere/x"])

    for value in (verdict, *ranked):
        assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value
        assert isinstance(hash(value), int)
        assert len(repr(value)) <= 500
        assert json.loads(json.dumps(value.to_json())) == value.to_json()
        with pytest.raises(AttributeError):
            value.notes = ()
    assert ranked[0].to_json()["target"] == {
        "provider": "openai",
        "model": "gpt-image-2",
        "variables": {"base_url": "https://proxy.example/v1"},
    }


def test_json_of_a_problem_holds_no_data() -> None:
    """What was given is cut as in a message: no image data, no long text."""
    found = imagetx.check({"prompt": "a fox", "image": "!" * 5000}, "openai/gpt-image-2").to_json()

    assert found["problems"]
    assert len(json.dumps(found["problems"])) < 1000


def test_a_registry_of_ones_own_is_asked() -> None:
    known = imagetx.registry().with_models(
        "openai", {"mine": {"family": "gpt-image-2", "source": "me", "verified": "2026-11-22"}}
    )

    assert known.check(FOX, "openai/mine") == Check(calls=1, steps=1)
    assert [each.score for each in known.rank(FOX, ["openai/mine"])] == [0]
    assert isinstance(known.check({}, "openai/mine").problems[0], Problem)
