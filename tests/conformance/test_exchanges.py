"""
Every `exchanges` vector of fixtures/: what a plan asks, whatever the order of the answers, and what it ends with.

A vector says the steps in the order in which they are fed. `repeat` feeds a step so many times; `fails` says
that no answer came. What a step or a result leaves unsaid of its messages is not judged (`left_out`).
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx.canonical import document
from tests.images import expanded, pictured

FIXTURES = Path(__file__).parents[2] / "fixtures"
Json = Any
Choose = Callable[[tuple[imagetx.Step, ...]], imagetx.Step]

_INPUT = re.compile(r"image/[0-9]+|mask")
_CALL = re.compile(r"[0-9]+")
_FETCH = re.compile(r"[0-9]+/data/[0-9]+")
# A result says these only where the dossier decides on them.
_JUDGED_IF_SAID = ("provider_metadata", "native_status", "output_format")


def vectors() -> list[Any]:
    """List the vectors as pytest parameters."""
    found = []
    for path in sorted(FIXTURES.glob("*/*.json")):
        content = json.loads(path.read_text())
        dialect = content.get("dialect", path.parent.name)
        found += [pytest.param(vector, id=f"{dialect}::{vector['name']}") for vector in content.get("exchanges", [])]
    return found


each_vector = pytest.mark.parametrize("vector", vectors())


def begun(vector: dict[str, Json]) -> imagetx.Exchange:
    """Plan what a vector asks."""
    target = imagetx.Target(**vector["target"])
    return imagetx.plan(expanded(vector["request"]), target, **vector.get("options", {}))


def queues(vector: dict[str, Json]) -> dict[str, deque[Json]]:
    """Give what each branch is fed, in its own order."""
    waiting: dict[str, deque[Json]] = {}
    for says in vector["steps"]:
        waiting.setdefault(says["branch"], deque()).extend([says] * says.get("repeat", 1))
    return waiting


def fed(exchange: imagetx.Exchange, says: dict[str, Json]) -> imagetx.Exchange:
    """Feed what a step of a vector says."""
    if "fails" in says:
        return exchange.fail(says["branch"], says["fails"])
    return exchange.feed(says["branch"], imagetx.NativeResponse.from_json(expanded(says["answer"])))


def check_step(step: imagetx.Step, says: dict[str, Json]) -> None:
    """Hold what a plan asks against what the vector says that it asks."""
    request, expected = step.request, says["request"]
    assert (request.method, request.url) == (expected["method"], expected["url"])
    assert {name: request.headers.get(name) for name in expected.get("headers", {})} == expected.get("headers", {})
    if "body" in expected:
        assert sorted_form(request.to_json()["body"]) == sorted_form(expected["body"])
    if request.method == "GET":
        assert request.body is None
    assert step.after_s == says["after_s"]
    assert step.credentials is says["credentials"]
    assert (request.credential is not None) is says["credentials"]


def sorted_form(body: Json) -> Json:
    """Give a body the form that is compared: parts by name, images by theirs."""
    plain = pictured(body)
    return {"form": sorted(plain["form"], key=lambda part: part["name"])} if "form" in plain else plain


def left_out(found: Json, expected: Json) -> Json:
    """Leave out of a result what the vector may leave unsaid, and does."""
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [left_out(item, said) for item, said in zip(found, expected, strict=True)]
    if not isinstance(found, dict) or not isinstance(expected, dict):
        return found
    unsaid = {name for name in _JUDGED_IF_SAID if name not in expected}
    if "type" in expected and "code" in expected and "message" not in expected:
        unsaid.add("message")
    return {name: left_out(value, expected.get(name)) for name, value in found.items() if name not in unsaid}


def notes_of(result: imagetx.Translation[Any]) -> list[str]:
    return sorted(f"{note.kind} {note.pointer}" for note in result.notes)


def check_result(exchange: imagetx.Exchange, vector: dict[str, Json]) -> None:
    """Hold what a plan ended with against what the vector says."""
    result = exchange.result
    assert result is not None
    assert exchange.pending == ()
    expected_type = imagetx.ErrorResponse if "error" in vector["result"] else imagetx.ImageResponse
    assert isinstance(result.value, expected_type)
    assert left_out(pictured(document(result.value)), vector["result"]) == vector["result"]
    assert notes_of(result) == sorted(vector["notes"])
    named = getattr(result.value, "output_format", None)  # canonical.py: where all images are of it
    if named is not None:
        assert {item.mime_type for item in result.value.data} == {f"image/{named}"}


def in_another_order(vector: dict[str, Json], choose: Choose) -> Iterator[imagetx.Exchange]:
    """Feed a vector as it suits `choose`, and yield every state after the first; a branch keeps its own order."""
    exchange, waiting = begun(vector), queues(vector)
    while exchange.result is None:
        step = choose(exchange.pending)
        assert waiting.get(step.branch), f"{step.branch} is asked, which the vector does not say"
        says = waiting[step.branch].popleft()
        check_step(step, says)
        exchange = fed(exchange, says)
        yield exchange
    unasked = {branch for branch, steps in waiting.items() if steps}
    assert all(_INPUT.fullmatch(branch) for branch in unasked)  # one input that is not there decides it


@each_vector
def test_exchange(vector: dict[str, Json]) -> None:
    """A plan asks what the vector says, step by step, and ends with its result; what was fed is not changed."""
    exchange = begun(vector)
    calls = {says["branch"] for says in vector["steps"] if _CALL.fullmatch(says["branch"])}

    for says in vector["steps"]:
        for _ in range(says.get("repeat", 1)):
            assert exchange.result is None
            pending = {step.branch: step for step in exchange.pending}
            assert says["branch"] in pending
            check_step(pending[says["branch"]], says)
            before, exchange = exchange, fed(exchange, says)
            assert before.result is None
            assert [step.branch for step in before.pending] == list(pending)

    check_result(exchange, vector)
    assert set(exchange.answers) == calls


@each_vector
def test_order_of_answers(vector: dict[str, Json]) -> None:
    """The order in which branches are answered never matters."""
    first = [*in_another_order(vector, lambda pending: pending[0])][-1]
    last = [*in_another_order(vector, lambda pending: pending[-1])][-1]

    check_result(last, vector)
    assert first.result is not None
    assert last.result is not None
    assert document(last.result.value) == document(first.result.value)
    assert last.result.notes == first.result.notes


@each_vector
def test_kept_between_steps(vector: dict[str, Json]) -> None:
    """A plan that was written and read again at every step goes on as if it had not been."""
    exchange, waiting = begun(vector), queues(vector)

    while exchange.result is None:
        text = json.dumps(exchange.to_json())
        again = imagetx.Exchange.from_json(text)
        assert again.to_json() == exchange.to_json()
        assert again.pending == exchange.pending
        says = waiting[again.pending[0].branch].popleft()
        check_step(again.pending[0], says)
        exchange = fed(again, says)

    check_result(exchange, vector)
    check_result(imagetx.Exchange.from_json(exchange.to_json()), vector)


@each_vector
def test_strangers_change_nothing(vector: dict[str, Json]) -> None:
    """An answer for a branch that is unknown, or is not asked any more, is refused."""
    last = [*in_another_order(vector, lambda pending: pending[0])][-1]
    answer = imagetx.NativeResponse(200, {}, {})

    for exchange, branch in ((begun(vector), "99"), (begun(vector), ""), (last, vector["steps"][0]["branch"])):
        before = exchange.to_json()
        with pytest.raises(imagetx.RequestError):
            exchange.feed(branch, answer)
        with pytest.raises(imagetx.RequestError):
            exchange.fail(branch)
        assert exchange.to_json() == before


@each_vector
def test_vector_is_sound(vector: dict[str, Json]) -> None:
    """A vector is written as the messages and documents that it holds must be."""
    assert vector["source"].strip()
    assert vector.keys() <= {"name", "source", "target", "request", "options", "steps", "result", "notes"}
    imagetx.Target(**vector["target"])
    for says in vector["steps"]:
        assert any(form.fullmatch(says["branch"]) for form in (_INPUT, _CALL, _FETCH))
        assert says.keys() <= {"branch", "request", "after_s", "credentials", "repeat", "answer", "fails"}
        assert ("answer" in says) != ("fails" in says)
        imagetx.NativeRequest.from_json(expanded(says["request"]))
        if "answer" in says:
            imagetx.NativeResponse.from_json(expanded(says["answer"]))
    result = vector["result"]
    model = imagetx.ErrorResponse if "error" in result else imagetx.ImageResponse
    assert document(model.model_validate(expanded(result))) == expanded(result)
    for failed in result.get("errors", ()):
        assert {"index", "n"} <= failed.keys()
        imagetx.ErrorResponse.model_validate(failed)


def test_there_are_exchanges() -> None:
    """The vectors of a dialect have names of their own, and each way of going on is among them."""
    found = [parameter.id for parameter in vectors()]
    steps = [says for parameter in vectors() for says in parameter.values[0]["steps"]]

    assert len(found) == len(set(found)) >= 150
    for form in (_INPUT, _CALL, _FETCH):
        assert any(form.fullmatch(says["branch"]) for says in steps)
    assert {says["fails"] for says in steps if "fails" in says} >= {"timeout", "overloaded"}
