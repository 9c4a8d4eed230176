"""
Calls of a plan, one by one: how long they wait, what they say when it was too long, and what an image says of itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx import Exchange, NativeResponse
from imagetx.call import Call
from imagetx.canonical import document
from imagetx.derived import complete_response
from imagetx.fetch import Fetch
from imagetx.split import Share
from tests.images import content, text

Json = Any
BEGUN, QUEUED = (NativeResponse(status, {}, {"job": "j"}) for status in (202, 203))


def job(queued: Json = None, **bounds: Json) -> Exchange:
    """Plan for the invented provider, whose answers may be that it has begun, or stands in a queue."""
    folder = Path(__file__).parents[1] / "project" / "easel"
    provider, paint = (json.loads((folder / f"{name}.json").read_text()) for name in ("provider", "paint"))
    variants = {
        name: {
            "match": {"properties": {"status": {"const": status}}},
            "rules": [{"from": "id", "to": "/body/job"}],
            "pending": {"url": "{base_url}/{model}/{id}", **said},
        }
        for name, status, said in (("begun", 202, bounds), ("queued", 203, queued or {}))
    }
    own = paint["response"]
    paint["response"] = {"headers": own["headers"], "variants": {**variants, "done": own}}
    known = imagetx.registry().with_provider({"provider": provider, "dialects": {"paint": paint}})
    return known.plan({"prompt": "p"}, "easel/oil-2")


def end(exchange: Exchange) -> Json:
    assert exchange.result is not None
    return document(exchange.result.value)


@pytest.mark.parametrize(
    ("bounds", "answers", "message"),
    [
        (
            {"after_s": 20, "deadline_s": 10},
            1,
            "expected an image, got none in 0 s and 1 answer; 20 s more are beyond the 10 s that are waited",
        ),
        (
            {"after_s": 20, "deadline_s": 60},
            4,
            "expected an image, got none in 60 s and 4 answers; 20 s more are beyond the 60 s that are waited",
        ),
        ({"after_s": 20, "attempts": 2}, 3, "expected an image, got none in 40 s and 3 answers"),
        ({"attempts": 1}, 2, "expected an image, got none in 1 s and 2 answers"),  # a second where nobody says
        # 20 s and 20 s more are the 40 that are waited: not beyond, it was asked too often
        ({"after_s": 20, "attempts": 1, "deadline_s": 40}, 2, "expected an image, got none in 20 s and 2 answers"),
    ],
)
def test_given_up(bounds: Json, answers: int, message: str) -> None:
    """A call that is given up says how long it was waited and how often asked, and for what it is not."""
    exchange = job(**bounds)
    for count in range(answers):
        assert exchange.result is None
        assert [step.after_s for step in exchange.pending] == [0 if count == 0 else bounds.get("after_s", 1)]
        exchange = exchange.feed("0", BEGUN)

    assert end(exchange)["error"]["message"] == message


def test_attempts_begin_anew_with_other_bounds() -> None:
    """One attempt more after the first of a kind, whatever came before it."""
    exchange = job(queued={"attempts": 1, "then": "overloaded"}, attempts=5)
    for answer in (BEGUN, BEGUN, QUEUED, BEGUN, QUEUED):
        exchange = exchange.feed("0", answer)

    assert exchange.result is None
    assert end(exchange.feed("0", QUEUED))["category"] == "overloaded"


def test_the_first_fault_is_told() -> None:
    """Of several things that cannot be kept the first is named."""
    answer = NativeResponse(200, {}, {"a": float("nan"), "b": float("nan")})
    exchange = imagetx.plan({"prompt": "p"}, "openai/gpt-image-2").feed("0", answer)

    assert "/a" in end(exchange)["error"]["message"]
    assert "/b" not in end(exchange)["error"]["message"]


@pytest.mark.parametrize(
    ("status", "category"),
    [(200, "server_error"), (399, "server_error"), (400, "invalid_request"), (429, "rate_limit")],
)
def test_a_body_that_cannot_be_kept(status: int, category: str) -> None:
    """From 400 on the status says enough."""
    answer = NativeResponse(status, {}, {"error": {"message": float("nan")}})
    exchange = imagetx.plan({"prompt": "p"}, "openai/gpt-image-2").feed("0", answer)

    assert end(exchange)["category"] == category


def test_the_bytes_know_their_format() -> None:
    """A fetched image says its own format, whatever the answer said; what else it said stays."""
    said = complete_response(
        {
            "data": [{"url": "https://cdn.example/a", "seed": 0}],
            "output_format": "webp",
            "request_id": "r",
            "created": 5,
        }
    )
    fetch = Fetch(url="https://cdn.example/a").received(
        NativeResponse(200, {"content-type": "image/png"}, content("red-64.png")), ""
    )
    found = Call(share=Share(), answer=said, fetches={0: fetch}).outcome()

    assert (found["output_format"], found["request_id"], found["created"]) == ("png", "r", 5)
    (item,) = found["data"]
    assert (item["b64_json"], item["mime_type"], item["seed"]) == (text("red-64.png"), "image/png", 0)


def test_an_answer_without_images_of_its_own() -> None:
    """Before there is an answer a call says nothing; one without fetches is the outcome as it is."""
    said = complete_response({"data": [{"url": "https://cdn.example/a"}], "output_format": "webp"})

    assert Call(share=Share()).outcome() == {}
    assert not Call(share=Share()).done
    assert Call(share=Share(), answer=said).outcome() is said
    assert Call(share=Share(), answer=said).done
    waiting = Call(share=Share(), answer=said, fetches={0: Fetch(url="https://cdn.example/a")})
    assert not waiting.done
    assert waiting.outcome() is said
    assert waiting.fetched(0, waiting.fetches[0].failed("timeout", "no answer came")).done


def test_fetches_wait_for_nothing() -> None:
    """What is fetched, before or after, is fetched at once and without the secret."""
    url = "https://img.example/a.png"
    inputs = imagetx.plan({"prompt": "p", "image": url}, "stability/stable-image-inpaint")
    ready = {"id": "j", "status": "Ready", "result": {"sample": url}}
    begun = imagetx.plan({"prompt": "p"}, "fireworks/flux-kontext-pro").feed(
        "0", NativeResponse(200, {}, {"request_id": "j"})
    )

    for exchange in (inputs, begun.feed("0", NativeResponse(200, {}, ready))):
        assert [(step.after_s, step.credentials) for step in exchange.pending] == [(0, False)]


def test_a_plan_does_not_stream() -> None:
    """What is used in the place of a stream is none."""
    (note,) = (
        note
        for note in imagetx.plan({"prompt": "p", "stream": True}, "openai/gpt-image-2").notes
        if note.pointer == "/stream"
    )

    assert (note.kind, note.given, note.used) == ("emulated", True, False)
