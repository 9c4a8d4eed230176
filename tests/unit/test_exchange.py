"""
Exchanges by hand: the flows that a driver sees, and what a hostile provider or a careless caller does to them.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import imagetx
from imagetx import Exchange, ImagetxError, NativeResponse, RequestError, ResolveError, Target, WireError
from imagetx.canonical import document
from imagetx.errors import shorten
from tests.images import content, text

Json = Any
GEMINI = "gemini/gemini-nano-banana-2.1"
INTERACTIONS = Target("gemini", "gemini-nano-banana-2.1", surface="interactions")
KONTEXT = "fireworks/flux-kontext-pro"
OPENAI = "openai/gpt-image-2"
INPAINT = "stability/stable-image-inpaint"
URL = "https://img.example/a.png"
RED = NativeResponse(200, {"content-type": "image/png"}, content("red-64.png"))


def drawn(name: str = "red-64.png", **usage: int) -> NativeResponse:
    """Give an answer of Gemini with one image."""
    part = {"inlineData": {"mimeType": "image/png", "data": text(name)}}
    candidate = {"content": {"parts": [part]}, "finishReason": "STOP"}
    return NativeResponse(200, {}, {"candidates": [candidate], **({"usageMetadata": usage} if usage else {})})


def value(exchange: Exchange) -> Json:
    """Give the result as a document."""
    assert exchange.result is not None
    return document(exchange.result.value)


def branches(exchange: Exchange) -> list[str]:
    return [step.branch for step in exchange.pending]


# --- flows --------------------------------------------------------------------------------------


def test_fan_out() -> None:
    """Three images of a provider that gives one: three calls, seeds counted on, answers in any order, counts added."""
    first = imagetx.plan({"prompt": "a fox", "n": 3, "seed": 0}, "gemini/gemini-2.5-flash-image")

    assert branches(first) == ["0", "1", "2"]
    assert [step.request.body["generationConfig"]["seed"] for step in first.pending] == [0, 1, 2]
    assert all(step.credentials and step.after_s == 0 for step in first.pending)
    second = first.feed("2", drawn("red-64.png", promptTokenCount=2, candidatesTokenCount=5, totalTokenCount=7))
    assert branches(second) == ["0", "1"]
    assert second.result is None
    assert set(second.answers) == {"2"}
    third = second.feed("0", drawn("hole-64.png", promptTokenCount=1, candidatesTokenCount=5, totalTokenCount=6))
    end = third.fail("1", "rate_limit", "slow down")
    assert end.pending == ()
    found = value(end)
    assert [item["b64_json"] for item in found["data"]] == [text("hole-64.png"), text("red-64.png")]
    assert [item["index"] for item in found["data"]] == [0, 2]
    assert found["usage"]["total_tokens"] == 13
    assert [(error["index"], error["n"], error["category"]) for error in found["errors"]] == [(1, 1, "rate_limit")]
    assert found["errors"][0]["error"]["message"] == "slow down"
    assert found["outcome"] == "partial"
    assert first.result is None
    assert branches(first) == ["0", "1", "2"]


@pytest.mark.parametrize("form", [None, "b64_json", "url"])
def test_poll_and_fetch(form: str | None) -> None:
    """A job is polled with the secret and its image fetched without it, unless a URL was asked for."""
    said = {} if form is None else {"response_format": form}
    exchange = imagetx.plan({"prompt": "a fox", **said}, KONTEXT)
    exchange = exchange.feed("0", NativeResponse(200, {}, {"request_id": "j"}))
    (poll,) = exchange.pending
    assert (poll.branch, poll.after_s, poll.credentials, poll.request.body) == ("0", 1, True, {"id": "j"})
    waiting = NativeResponse(200, {"retry-after": "9"}, {"id": "j", "status": "Pending", "progress": 0.4})
    exchange = exchange.feed("0", waiting)
    assert [(step.branch, step.after_s) for step in exchange.pending] == [("0", 9)]
    ready = {"id": "j", "status": "Ready", "result": {"sample": "https://cdn.example/o?sig=1"}}
    exchange = exchange.feed("0", NativeResponse(200, {}, ready))

    if form == "url":
        assert [item["url"] for item in value(exchange)["data"]] == ["https://cdn.example/o?sig=1"]
    else:
        (fetch,) = exchange.pending
        assert (fetch.branch, fetch.request.url) == ("0/data/0", "https://cdn.example/o?sig=1")
        assert (fetch.credentials, fetch.request.credential, fetch.request.method) == (False, None, "GET")
        assert exchange.answers == {}
        (item,) = value(exchange.feed("0/data/0", RED))["data"]
        assert (item["b64_json"], item["mime_type"]) == (text("red-64.png"), "image/png")
        assert "url" not in item
    assert not exchange.notes


def test_unfetched_image_stays() -> None:
    """An image that cannot be fetched is given as its URL, with a note; the answer is no error."""
    ready = {"id": "j", "status": "Ready", "result": {"sample": "https://cdn.example/o"}}
    exchange = imagetx.plan({"prompt": "a fox"}, KONTEXT)
    exchange = exchange.feed("0", NativeResponse(200, {}, {"request_id": "j"})).feed(
        "0", NativeResponse(200, {}, ready)
    )
    end = exchange.fail("0/data/0")

    assert [item["url"] for item in value(end)["data"]] == ["https://cdn.example/o"]
    assert end.result is not None
    assert [(note.kind, note.pointer, note.used) for note in end.result.notes] == [
        ("emulated", "/response_format", "url")
    ]


def test_edit_by_url() -> None:
    """Inputs by URL are fetched without the secret; then the calls are those of the same edit by bytes."""
    request = {"prompt": "a fox", "image": URL, "mask": {"image": f"{URL}?m", "edits": "black"}, "n": 2}
    exchange = imagetx.plan(request, INPAINT)

    assert [(step.branch, step.request.url) for step in exchange.pending] == [("image/0", URL), ("mask", f"{URL}?m")]
    assert not any(step.credentials or step.request.credential for step in exchange.pending)
    mask = NativeResponse(200, {"content-type": "image/png"}, content("mask-black-64.png"))
    came = exchange.feed("mask", mask).feed("image/0", RED)
    held = {"image": content("red-64.png"), "mask": {"image": content("mask-black-64.png"), "edits": "black"}}
    by_bytes = imagetx.plan({**request, **held}, INPAINT)
    assert branches(came) == ["0", "1"]
    assert [step.request for step in came.pending] == [step.request for step in by_bytes.pending]


@pytest.mark.parametrize(
    ("given", "images"),
    [
        ({"image": URL}, 1),
        ({"image": [URL]}, 1),
        ({"image": {"image_url": URL}}, 1),
        ({"images": [{"image_url": URL}]}, 1),
        ({"images": [URL], "image": None}, 1),
        ({"image": (URL,)}, 1),
    ],
)
def test_spellings(given: Json, images: int) -> None:
    """However an input is spelt, it is `image/N` of the one field, and comes to the same call."""
    exchange = imagetx.plan({"prompt": "a fox", **given}, INPAINT)

    assert branches(exchange) == [f"image/{at}" for at in range(images)]
    (step,) = exchange.feed("image/0", RED).pending
    plain = imagetx.encode_request({"prompt": "a fox", "image": content("red-64.png")}, INPAINT).value
    assert step.request == plain


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_buffers(kind: Any) -> None:
    """Image data in whatever buffer is a copy that nobody changes."""
    buffer = bytearray(content("red-64.png"))
    request = {
        "prompt": "a fox",
        "image": [kind(buffer)],
        "mask": {"image": kind(content("mask-white-64.png")), "edits": "white"},
    }
    exchange = imagetx.plan(request, INPAINT)
    before = exchange.to_json()
    buffer[:] = bytes(len(buffer))
    request["image"].clear()

    assert exchange.to_json() == before
    assert before["request"]["image"] == [text("red-64.png")]
    assert Exchange.from_json(before).pending == exchange.pending


@pytest.mark.parametrize(
    ("fed", "category", "param"),
    [
        ([("image/0", NativeResponse(404)), ("mask", RED)], "invalid_request", "image"),
        ([("image/0", RED), ("mask", NativeResponse(503))], "overloaded", "mask"),
        ([("image/0", NativeResponse(404)), ("mask", NativeResponse(503))], "invalid_request", "image"),
        ([("mask", NativeResponse(503)), ("image/0", NativeResponse(404))], "invalid_request", "image"),
        ([("image/0", RED), ("mask", None)], "timeout", "mask"),
        ([("image/0", NativeResponse(200, {}, b"<html>")), ("mask", RED)], "invalid_request", "image"),
        ([("image/0", NativeResponse(200, {}, b'<svg xmlns="x"/>')), ("mask", RED)], "invalid_request", "image"),
        ([("image/0", RED), ("mask", NativeResponse(200, {}, content("dark-64.gif")))], "invalid_request", "mask"),
        ([("image/0", NativeResponse(302, {"location": "http://127.1/"})), ("mask", RED)], "invalid_request", "image"),
    ],
)
def test_bad_inputs(fed: list[tuple[str, NativeResponse | None]], category: str, param: str) -> None:
    """An input that does not come, or is none that may be sent, ends the exchange; nothing is paid for."""
    exchange = imagetx.plan({"prompt": "a fox", "image": URL, "mask": f"{URL}?m"}, INPAINT)
    for branch, answer in fed:
        exchange = exchange.fail(branch) if answer is None else exchange.feed(branch, answer)

    assert exchange.pending == ()
    assert exchange.answers == {}
    found = value(exchange)
    assert (found["category"], found["error"]["param"]) == (category, param)


@pytest.mark.parametrize("url_as", ["b64_json", "data_url"])
def test_url_where_bytes_come(url_as: str) -> None:
    """A URL that was asked for where only bytes exist is base64, or a data URL by option; noted when planned."""
    exchange = imagetx.plan({"prompt": "a fox", "response_format": "url"}, GEMINI, url_as=url_as)
    (item,) = value(exchange.feed("0", drawn()))["data"]

    assert [(note.pointer, note.used) for note in exchange.notes] == [("/response_format", url_as)]
    if url_as == "data_url":
        assert (item["url"], "b64_json" in item) == (f"data:image/png;base64,{text('red-64.png')}", False)
    else:
        assert (item["b64_json"], "url" in item) == (text("red-64.png"), False)


@pytest.mark.parametrize("target", [OPENAI, GEMINI, "stability/sd3.5-large"])
def test_stream_is_emulated(target: str) -> None:
    """A plan never streams, and says so; nothing of it is sent."""
    plain = imagetx.plan({"prompt": "a fox"}, target)
    exchange = imagetx.plan({"prompt": "a fox", "stream": True, "partial_images": 2}, target)

    assert [step.request for step in exchange.pending] == [step.request for step in plain.pending]
    fresh = [note for note in exchange.notes if note not in plain.notes]
    assert [(note.kind, note.pointer, note.given) for note in fresh] == [
        ("emulated", "/stream", True),
        ("dropped", "/partial_images", 2),
    ]


@pytest.mark.parametrize(
    ("field", "given"), [("stream", "yes"), ("stream", 1), ("partial_images", 9), ("partial_images", "x")]
)
def test_stream_is_checked(field: str, given: Json) -> None:
    """What is not sent is checked all the same."""
    with pytest.raises(RequestError) as caught:
        imagetx.plan({"prompt": "a fox", "stream": True, field: given}, OPENAI)

    assert [problem.pointer for problem in caught.value.problems] == [f"/{field}"]


def test_svg_is_one_a_call() -> None:
    """A limit of n that another field sets is a limit of the call."""
    request = {"prompt": "a fox", "n": 3, "output_format": "svg"}
    exchange = imagetx.plan(request, "openai/gpt-image-2.6-sunburst")

    with pytest.raises(RequestError, match="svg"):
        imagetx.encode_request(request, "openai/gpt-image-2.6-sunburst")
    assert [call.share.n for call in exchange.calls] == [1, 1, 1]
    assert all(step.request.body.get("n") in (None, 1) for step in exchange.pending)


def test_data_urls_only_where_asked() -> None:
    """The option is about URLs that were asked for: base64 that was asked for stays base64."""
    exchange = imagetx.plan({"prompt": "a fox"}, GEMINI, url_as="data_url")

    assert [sorted(item.keys() & {"url", "b64_json"}) for item in value(exchange.feed("0", drawn()))["data"]] == [
        ["b64_json"]
    ]


@pytest.mark.parametrize(("url_as", "kind"), [("b64_json", "approximated"), ("data_url", "emulated")])
def test_bytes_where_urls_were_asked_for(url_as: str, kind: str) -> None:
    """A provider that could give a URL and gives bytes is noted; one that cannot was noted before, once."""
    asked = {"prompt": "a fox", "response_format": "url"}
    kontext = imagetx.plan(asked, KONTEXT, url_as=url_as).feed("0", NativeResponse(200, {}, {"request_id": "j"}))
    for sample, notes in (("https://cdn.example/o", []), (text("red-64.png"), [(kind, "/response_format", url_as)])):
        ready = {"id": "j", "status": "Ready", "result": {"sample": sample}}
        result = kontext.feed("0", NativeResponse(200, {}, ready)).result
        assert result is not None
        assert [(note.kind, note.pointer, note.used) for note in result.notes] == notes
    result = imagetx.plan(asked, GEMINI, url_as=url_as).feed("0", drawn()).result
    assert result is not None
    assert [note.used for note in result.notes if note.pointer == "/response_format"] == [url_as]


@pytest.mark.parametrize("response_format", ["url", "b64_json"])
@pytest.mark.parametrize("url_as", ["data_url", "b64_json"])
def test_item_without_an_image(response_format: str, url_as: str) -> None:
    """An item that is no image has no form, and no note says that it came in another."""
    body = {"created": 1, "data": [{"b64_json": text("red-64.png")}, {"content_filter_results": {}}]}
    asked = {"prompt": "p", "n": 2, "response_format": response_format}
    result = imagetx.plan(asked, "openai/dall-e-2", url_as=url_as).feed("0", NativeResponse(200, {}, body)).result

    assert result is not None
    form = "url" if (response_format, url_as) == ("url", "data_url") else "b64_json"
    assert [sorted({"b64_json", "url"} & item.keys()) for item in document(result.value)["data"]] == [[form], []]
    reasons = [note.reason for note in result.notes if note.pointer == "/response_format"]
    assert reasons == (["1 of 2 images came as bytes"] if response_format == "url" else [])


# --- jobs ---------------------------------------------------------------------------------------


def easel(bounds: Json, other: Json) -> imagetx.Registry:
    """Give the invented provider jobs of two kinds, each with bounds of its own; the answer may say whom to ask."""
    folder = Path(__file__).parents[1] / "project" / "easel"
    provider, paint = (json.loads((folder / f"{name}.json").read_text()) for name in ("provider", "paint"))
    variants = {
        name: {
            "match": {"properties": {"status": {"const": status}}},
            "rules": [{"from": "id", "to": "/body/job"}, {"from": "poll", "to": "/body/ask"}],
            "pending": {"url": "{base_url}/{model}/{id}", **said},
        }
        for name, status, said in (("begun", 202, bounds), ("queued", 203, other))
    }
    paint["response"] = {"headers": paint["response"]["headers"], "variants": {**variants, "done": paint["response"]}}
    return imagetx.registry().with_provider({"provider": provider, "dialects": {"paint": paint}})


def asked_until_over(exchange: Exchange, *answers: NativeResponse) -> tuple[int, str]:
    """Feed answers in turn until the call is given up; say how many were taken, and the category."""
    count = 0
    while exchange.result is None:
        exchange = exchange.feed("0", answers[count % len(answers)])
        count += 1
        assert count <= 10_001
    return count, value(exchange)["category"]


BEGUN, QUEUED = (NativeResponse(status, {}, {"job": "j"}) for status in (202, 203))


@pytest.mark.parametrize(
    ("bounds", "other", "taken", "category"),
    [
        ({"attempts": 3}, {}, 4, "timeout"),
        ({"attempts": 1, "then": "overloaded"}, {}, 2, "overloaded"),
        ({"after_s": 20, "deadline_s": 60}, {}, 4, "timeout"),
        ({"after_s": 20, "deadline_s": 59}, {}, 3, "timeout"),
        ({"after_s": 20, "deadline_s": 61}, {}, 4, "timeout"),
        ({"after_s": 20, "deadline_s": 60, "attempts": 2}, {}, 3, "timeout"),
        ({"after_s": 0, "deadline_s": 60, "attempts": 9}, {}, 10, "timeout"),
        ({"deadline_s": 10}, {}, 11, "timeout"),  # a second where nobody says
    ],
)
def test_bounds(bounds: Json, other: Json, taken: int, category: str) -> None:
    """A job is asked for as often and as long as its spec says: the next answer is one too many."""
    exchange = easel(bounds, other).plan({"prompt": "p"}, "easel/oil-2")

    assert asked_until_over(exchange, BEGUN) == (taken, category)


def test_bounds_of_two_kinds() -> None:
    """Attempts are counted in a row; what is waited is counted in all."""
    known = easel({"attempts": 2, "then": "overloaded"}, {"after_s": 10, "deadline_s": 40, "then": "quota"})
    exchange = known.plan({"prompt": "p"}, "easel/oil-2")

    assert asked_until_over(exchange, BEGUN) == (3, "overloaded")
    assert asked_until_over(exchange, QUEUED) == (5, "quota")
    assert asked_until_over(exchange, BEGUN, QUEUED) == (8, "quota")  # 4 x 1 s and 3 x 10 s, and 10 s more are not 40
    assert asked_until_over(exchange, BEGUN, BEGUN, QUEUED)[1] == "quota"


def test_no_bounds() -> None:
    """A provider that bounds nothing is given up after ten thousand answers."""
    exchange = easel({}, {}).plan({"prompt": "p"}, "easel/oil-2")

    assert asked_until_over(exchange, BEGUN) == (10_001, "timeout")


def test_job_elsewhere() -> None:
    """A job that is said to be at another host is asked for at home, where the dialect knows its place there."""
    exchange = easel({}, {}).plan({"prompt": "p"}, "easel/oil-2")
    home = "https://eu.easel.example/v1/oil-2/j"
    for url, asked in (
        ("https://eu.easel.example/v1/j", "https://eu.easel.example/v1/j"),
        ("https://cdn.example/j", home),
        ("http://10.0.0.1/j", home),
    ):
        (step,) = exchange.feed("0", NativeResponse(202, {}, {"job": "j", "ask": url})).pending
        assert (step.request.url, step.credentials, step.request.credential is not None) == (asked, True, True)
    (step,) = exchange.feed("0", NativeResponse(202, {}, {"ask": "https://cdn.example/j"})).pending  # no id: a stranger
    assert (step.request.url, step.credentials, step.request.credential) == ("https://cdn.example/j", False, None)


def test_place_of_a_job_holds() -> None:
    """Where a job is, an answer says once: later ones that do not say it again are asked for there, too."""
    exchange = easel({}, {"attempts": 9}).plan({"prompt": "p"}, "easel/oil-2")
    exchange = exchange.feed("0", NativeResponse(202, {}, {"job": "j", "ask": "https://eu.easel.example/v1/j?k=1"}))
    for answer, url in (
        (BEGUN, "https://eu.easel.example/v1/j?k=1"),
        (
            NativeResponse(202, {}, {"job": "j", "ask": "https://eu.easel.example/v1/i"}),
            "https://eu.easel.example/v1/i",
        ),
        (BEGUN, "https://eu.easel.example/v1/i"),
        (QUEUED, "https://eu.easel.example/v1/oil-2/j"),  # another step of it, which has its own place
    ):
        exchange = exchange.feed("0", answer)
        assert [step.request.url for step in exchange.pending] == [url]


def test_redirects_are_counted_on() -> None:
    """Redirects are counted over a pause, too."""
    exchange = imagetx.plan({"prompt": "p", "image": URL}, INPAINT)
    for _ in range(5):
        exchange = exchange.feed("image/0", NativeResponse(302, {"location": "x"}))
        exchange = Exchange.from_json(json.dumps(exchange.to_json()))

    assert branches(exchange) == ["image/0"]
    assert value(exchange.feed("image/0", NativeResponse(302, {"location": "x"})))["category"] == "invalid_request"


# --- what cannot be planned -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "target", "pointers"),
    [
        ({"prompt": "p", "n": 3, "size": "1x"}, GEMINI, ["/size"]),
        ({"n": 3}, GEMINI, ["/prompt"]),
        ({"prompt": 5, "n": 3, "seed": "x"}, GEMINI, ["/prompt", "/seed"]),
        ({"prompt": "p", "n": 0, "size": "1x"}, GEMINI, ["/n", "/size"]),
        ({"prompt": "p", "image": "http://127.1/a.png"}, INPAINT, ["/image"]),
        ({"prompt": "p", "image": "gs://bucket/a.png"}, INPAINT, ["/image"]),
        ({"prompt": "p", "image": ["http://10.0.0.1/"], "mask": "file"}, INPAINT, ["/mask"]),
        ({"prompt": "p", "image": ["http://10.0.0.1/"], "mask": "http://[::1]/"}, INPAINT, ["/image/0", "/mask"]),
        ({"prompt": "p", "image": URL, "size": "x"}, INPAINT, ["/size"]),
        ({"prompt": "p", "image": URL, "images": [URL]}, OPENAI, ["/images"]),
        ({"prompt": "p", "images": []}, OPENAI, ["/image"]),
        ({"prompt": "p", "image": URL, "operation": "generate"}, OPENAI, ["/image"]),
    ],
)
def test_refused(request_: Json, target: str, pointers: list[str]) -> None:
    """A refused request tells what is wrong with it, and of n only where n is wrong."""
    with pytest.raises(RequestError) as caught:
        imagetx.plan(request_, target)

    assert sorted(problem.pointer for problem in caught.value.problems) == pointers


@pytest.mark.parametrize(
    "odd",
    [
        float("nan"),
        float("inf"),
        object(),
        {1, 2},
        {1: 2},
        "half \ud800",
        {"half \ud800": 1},
        1j,
        [[float("nan")]],
        10**5000,
    ],
    ids=lambda odd: type(odd).__name__,
)
@pytest.mark.parametrize("place", ["stranger", "options", "other"])
def test_what_has_no_json(odd: Json, place: str) -> None:
    """What could not be written and read again is refused wherever it stands."""
    options = {"openai": {"x": odd}} if place == "options" else {"gemini": {"x": odd}}
    request = {"prompt": "p", **({"stranger": odd} if place == "stranger" else {"provider_options": options})}

    with pytest.raises(RequestError) as caught:
        imagetx.plan(request, OPENAI)

    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("depth", [115, 130, 100_000])
def test_depth_of_a_request(depth: int) -> None:
    """What is nested too deep to be kept is refused; what is not is kept, and read again."""
    deep: Json = "x"
    for _ in range(depth):
        deep = [deep]

    try:
        exchange = imagetx.plan({"prompt": "p", "note": deep}, OPENAI)
    except RequestError as error:
        assert [problem.pointer for problem in error.problems] == ["/note"]
        assert depth > 115
    else:
        assert Exchange.from_json(json.dumps(exchange.to_json())) == exchange


def test_itself() -> None:
    """A document that holds itself ends, as an error."""
    loop: dict[str, Json] = {}
    loop["a"] = loop

    with pytest.raises(RequestError):
        imagetx.plan({"prompt": "p", "provider_options": {"openai": loop}}, OPENAI)


def test_strict() -> None:
    """Strict refuses at once what is lost; what a fetch makes good is no loss."""
    for request in ({"stream": True}, {"n": 2, "seed": 1}, {"response_format": "url"}, {"user": "u"}):
        with pytest.raises(RequestError):
            imagetx.plan({"prompt": "p", **request}, GEMINI, policy="strict")
    kontext = imagetx.plan({"prompt": "p", "response_format": "b64_json"}, KONTEXT, policy="strict")
    assert (branches(kontext), kontext.notes) == (["0"], ())
    assert imagetx.plan({"prompt": "p", "n": 2}, GEMINI, policy="strict").notes == ()


def test_strict_after_inputs() -> None:
    """What is lost of an edit is known when its inputs came: then strict ends it as an error, before any call."""
    exchange = imagetx.plan({"prompt": "p", "image": URL, "quality": "low"}, INPAINT, policy="strict").feed(
        "image/0", RED
    )

    assert exchange.pending == ()
    assert value(exchange)["category"] == "invalid_request"
    assert value(exchange)["error"]["param"] == "quality"


def test_policy_is_copied() -> None:
    """A policy that the caller changes afterwards is the one that was given."""
    policy = {"*": "adapt"}
    exchange = imagetx.plan({"prompt": "p"}, OPENAI, policy=policy)
    frozen = imagetx.plan({"prompt": "p"}, OPENAI, policy=MappingProxyType(policy))
    policy["*"] = "strict"

    assert exchange.to_json()["options"]["policy"] == {"*": "adapt"}
    assert frozen == exchange == Exchange.from_json(json.dumps(frozen.to_json()))


# --- what a provider may answer -------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"b64_json": text("red-64.png")}], "x": float("nan")},
        {"data": [{"b64_json": text("red-64.png")}], "x": object()},
        {"data": [{"b64_json": text("red-64.png")}], "x": {1: 2}},
        {"data": [{"b64_json": text("red-64.png")}], "x": "\ud800"},
        {"data": [{"b64_json": text("red-64.png")}], "x": 10**5000},
        {"data": [{"b64_json": text("red-64.png")}, None]},
        {"data": {"0": {"b64_json": "AAAA"}}},
        {"data": []},
        [],
        "\ud800",
        "text",
        b"\xff\xfe",
        b'{"data": [{"b64_json": "',
        float("inf"),
        True,
        None,
        0,
    ],
)
def test_strange_answers(body: Json) -> None:
    """What is no answer of the dialect is an error of that call, a server's, and can be written and read."""
    exchange = imagetx.plan({"prompt": "p", "n": 11}, OPENAI)
    exchange = exchange.feed("0", NativeResponse(200, {}, body))

    assert branches(exchange) == ["1"]
    assert exchange.answers["0"].category == "server_error"
    assert Exchange.from_json(json.dumps(exchange.to_json(), allow_nan=False)) == exchange


def test_strange_errors() -> None:
    """Of an error whose body cannot be kept the status tells what it is."""
    for body in ({"error": {"message": float("nan")}}, {"x": object()}, "\ud800"):
        exchange = imagetx.plan({"prompt": "p"}, OPENAI).feed("0", NativeResponse(429, {"retry-after": "3"}, body))
        assert (value(exchange)["category"], value(exchange)["retry_after_s"]) == ("rate_limit", 3)


def test_deep_answer() -> None:
    """An answer of any depth is an error."""
    deep: Json = 1
    for _ in range(100_000):
        deep = [deep]
    nested = b"[" * 100_000

    for body in (deep, {"data": [{"b64_json": "AAAA"}], "x": deep}, nested, b'{"data": ' + nested):
        found = imagetx.plan({"prompt": "p"}, OPENAI).feed("0", NativeResponse(200, {}, body))
        assert value(found)["category"] == "server_error"


def test_many_images() -> None:
    """Of an answer with ever so many URLs no more than a thousand are fetched; the others stay, each with a note."""
    body = {"data": [{"url": f"https://cdn.example/{at}"} for at in range(100_001)]}
    exchange = imagetx.plan({"prompt": "p"}, "openai/dall-e-3").feed("0", NativeResponse(200, {}, body))

    assert len(exchange.pending) == 1000
    again = Exchange.from_json(json.dumps(exchange.to_json()))
    assert again.pending == exchange.pending
    assert branches(exchange.feed("0/data/999", RED)) == [f"0/data/{at}" for at in range(999)]


@pytest.mark.parametrize(
    ("identity", "url"),
    [
        ("a1", "a1"),
        ("../x", "..%2Fx"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("{id}", "%7Bid%7D"),
        ("é", "%C3%A9"),
        (7, "7"),
        ("..", None),
        (".", None),
        ("", None),
        ("a\r\nb", None),
        ("\ud800", None),
        (10**5000, None),
        (-(10**100), None),
        (True, None),
        (1.5, None),
        (None, None),
        (["a"], None),
    ],
    ids=shorten,
)
def test_ids(identity: Json, url: str | None) -> None:
    """An id has one place in a URL, or ends the call."""
    body = {"id": identity, "status": "in_progress"}
    exchange = imagetx.plan({"prompt": "p"}, INTERACTIONS).feed("0", NativeResponse(200, {}, body))

    if url is None:
        assert value(exchange)["category"] == "server_error"
    else:
        (step,) = exchange.pending
        assert step.request.url == f"https://generativelanguage.googleapis.com/v1beta/interactions/{url}"
        assert Exchange.from_json(json.dumps(exchange.to_json())).pending == exchange.pending


@pytest.mark.parametrize(
    ("headers", "after_s"),
    [
        ({}, 1),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "7"}, 7),
        ({"retry-after-ms": "2500"}, 2.5),
        ({"retry-after": "-7"}, 1),
        ({"retry-after": "nan"}, 1),
        ({"retry-after": "Infinity"}, 1),
        ({"retry-after": "1e999"}, 1),
        ({"retry-after": "1e300"}, 1),
        ({"retry-after": "9" * 30}, 1),
        ({"retry-after": "9" * 5000}, 1),
        ({"retry-after-ms": "9" * 400}, 1),
        ({"retry-after": "1000000000"}, 10**9),
        ({"retry-after": "1000000001"}, 1),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT", "date": "Sun, 22 Nov 2026 09:00:00 GMT"}, 1),
    ],
)
def test_waits(headers: dict[str, str], after_s: float) -> None:
    """A wait is the greatest that is said and can be waited, never less than the dialect's own."""
    exchange = (
        easel({"after_s": 1}, {})
        .plan({"prompt": "p"}, "easel/oil-2")
        .feed("0", NativeResponse(202, headers, {"job": "j"}))
    )

    assert [step.after_s for step in exchange.pending] == [after_s]


def test_wait_beyond_the_bound() -> None:
    """A wait that would go beyond the bound is not begun, whoever asks for it."""
    exchange = imagetx.plan({"prompt": "p"}, KONTEXT)
    for retry_after, over in (("120", False), ("121", True), ("86400", True)):
        fed = exchange.feed("0", NativeResponse(200, {"retry-after": retry_after}, {"request_id": "j"}))
        assert (fed.result is not None) == over


def test_polls_end() -> None:
    """A provider that is never done is given up: by the bounds of its spec, else after ten thousand answers."""
    working = NativeResponse(200, {}, {"id": "j", "status": "in_progress"})
    exchange = imagetx.plan({"prompt": "p"}, INTERACTIONS)
    steps = 0
    while exchange.result is None:
        exchange, steps = exchange.feed("0", working), steps + 1
        assert steps <= 10_001

    assert value(exchange)["category"] == "timeout"


def test_secrets_stay_out() -> None:
    """No header of an answer that could hold a secret is kept, and no step shows one."""
    mark = "sk-never-to-be-seen"
    headers = dict.fromkeys(("set-cookie", "authorization", "x-api-key", "api-key", "x-goog-api-key"), mark)
    exchange = imagetx.plan({"prompt": "p", "n": 2}, GEMINI)
    exchange = exchange.feed("0", NativeResponse(200, headers, drawn().body)).feed(
        "1", NativeResponse(401, headers, {})
    )

    assert mark not in json.dumps(exchange.to_json())
    assert mark not in repr(exchange)
    with pytest.raises(RequestError, match="authorization"):
        imagetx.plan(
            {"prompt": "p", "provider_options": {"openai": {"extra_headers": {"authorization": mark}}}}, OPENAI
        )


def test_wrong_branches() -> None:
    """An answer for nobody is refused, and says who waits."""
    exchange = imagetx.plan({"prompt": "p", "n": 2}, GEMINI)

    with pytest.raises(RequestError, match=r"a branch that waits for an answer \(0, 1\), got \"2\""):
        exchange.feed("2", RED)
    end = exchange.fail("0").fail("1")
    with pytest.raises(RequestError, match="none is left"):
        end.feed("0", RED)
    with pytest.raises(RequestError, match="expected one of"):
        exchange.fail("0", "lost")


def test_repr() -> None:
    """A repr is short, whatever is held."""
    exchange = imagetx.plan({"prompt": "p" * 10**5, "n": 1000, "user": "u" * 10**5}, GEMINI)

    assert len(repr(exchange)) <= 500
    assert len(repr(exchange.pending[0])) <= 500
    assert len(repr(exchange.feed("0", drawn()))) <= 500
    assert "open=" in repr(imagetx.plan({"prompt": "p"}, GEMINI))


# --- as JSON ----------------------------------------------------------------------------------


def kept(**members: Json) -> Json:
    return {**imagetx.plan({"prompt": "p"}, OPENAI).to_json(), **members}


FAULT = {"status": 400, "category": "invalid_request", "error": {"message": "m"}}
ITEM = {"url": "https://cdn.example/1"}
POLL = {
    "poll": {"method": "GET", "url": "https://api.openai.com/v1/jobs/1"},
    "after_s": 1,
    "attempts": None,
    "deadline_s": None,
    "then": "timeout",
    "alike": 1,
    "polls": 1,
    "waited_s": 0,
}


@pytest.mark.parametrize(
    "members",
    [
        {"calls": [{"first": 0, "answer": {}}]},
        {"calls": [{"first": 0, "answer": {"error": None}}]},
        {"calls": [{"first": 0, "answer": {"data": [None]}}]},
        {"calls": [{"first": 0, "answer": {"data": [ITEM], **FAULT}}]},
        {"calls": [{"first": -1}]},
        {"calls": [{"first": 0, "n": 0}]},
        {"calls": [{"first": 0, "answer": {"data": [ITEM]}, "fetches": {"1": ITEM}}]},
        {"calls": [{"first": 0, "answer": {"data": [ITEM]}, "fetches": {"x": ITEM}}]},
        {"calls": [{"first": 0, "answer": {"data": [ITEM]}, "fetches": {"0": {**ITEM, "fault": {}}}}]},
        {"calls": [{"first": 0, "answer": {"data": [ITEM]}, "fetches": {"0": {**ITEM, "image": "?"}}}]},
        {
            "calls": [
                {"first": 0, "answer": {"data": [ITEM]}, "fetches": {"0": {**ITEM, "image": "AAAA", "fault": FAULT}}}
            ]
        },
        {"calls": [{"first": 0, "answer": {"data": [ITEM]}, "fetches": {"0": {"url": "http://169.254.169.254/"}}}]},
        {"calls": [{"first": 0, "answer": {"data": [ITEM]}, "fetches": {"0": {"url": "file:///etc/passwd"}}}]},
        {"calls": [{"first": 0, "answer": {"data": [ITEM]}, "fetches": {"0": {"url": "x\n"}}}]},
        {"calls": [{"first": 0, "waiting": {**POLL, "poll": {"method": "GET", "url": "http://10.0.0.1/"}}}]},
        {"calls": [{"first": 0, "waiting": {**POLL, "poll": {}}}]},
        {"calls": [{"first": 0, "waiting": {**POLL, "poll": {"method": "GET", "url": 5}}}]},
        {"calls": [{"first": 0, "waiting": {**POLL, "after_s": -1}}]},
        {"calls": [{"first": 0, "waiting": {**POLL, "waited_s": 10**400}}]},
        {"calls": [{"first": 0, "waiting": {**POLL, "then": "lost"}}]},
        {"inputs": {"image/0": {"url": URL}}},
        {"inputs": {"image/x": {"url": URL}}, "request": {"prompt": "p", "image": URL}},
        {"inputs": {"mask": {"url": URL}}, "request": {"prompt": "p", "image": URL}},
        {"inputs": {"image/0": {"url": URL, "fault": {}}}, "request": {"prompt": "p", "image": URL}},
        {"exchange": True},
        {"notes": [{}]},
        {"request": []},
        {"extra": 1},
    ],
)
def test_no_exchange(members: Json) -> None:
    """What an exchange cannot be is a WireError when it is read, not later."""
    with pytest.raises(WireError):
        Exchange.from_json(kept(**members))


@pytest.mark.parametrize("number", [0, 2, "1", None, [], 1.5, False])
def test_other_formats(number: Json) -> None:
    with pytest.raises(ResolveError if number is not False else ImagetxError):
        Exchange.from_json(kept(exchange=number, whatever=1))


def test_unknown_target() -> None:
    """A target that is not known here is told when the exchange is read, wherever that stands."""
    calls = [{"first": 0, "answer": FAULT}]

    for members in ({}, {"calls": calls}, {"calls": [{"first": 0, "waiting": POLL}]}):
        with pytest.raises(ResolveError):
            Exchange.from_json(kept(target={"provider": "nobody"}, **members))


def test_polls_elsewhere_lose_the_secret() -> None:
    """Who gets the secret is told by where a poll goes, not by what was written."""
    for url, own in (
        (POLL["poll"]["url"], True),
        ("https://cdn.example/1", False),
        ("http://api.openai.com/v1", False),
    ):
        said = kept(calls=[{"first": 0, "waiting": {**POLL, "poll": {"method": "GET", "url": url}}}])
        (step,) = Exchange.from_json(said).pending
        assert (step.credentials, step.request.credential is not None) == (own, own)


def test_nothing_is_shared() -> None:
    """Neither the JSON that is given nor the one that was read is the exchange's own."""
    exchange = imagetx.plan({"prompt": "p", "n": 2}, GEMINI).feed("0", drawn()).fail("1")
    said = exchange.to_json()
    again = Exchange.from_json(said)
    before = deepcopy(said)
    said["calls"][0]["answer"]["data"].clear()
    said["calls"][1]["answer"]["error"]["message"] = "x"
    said["request"]["prompt"] = "x"

    assert exchange.to_json() == before
    assert again.to_json() == before
    body = drawn().body
    fed = imagetx.plan({"prompt": "p"}, GEMINI).feed("0", NativeResponse(200, {}, {**body, "x": [1]}))
    assert pickle.loads(pickle.dumps(fed)) == fed


# --- what a state holds -------------------------------------------------------------------------


def test_pending_is_made_once() -> None:
    """A state is asked for its steps as often as one likes: each request is made once, and goes when it is answered."""
    planned = imagetx.plan({"prompt": "a fox", "n": 3}, "stability/stable-image-core")
    first, second = planned.pending, planned.pending
    after = planned.feed("1", NativeResponse(200, {}, {"image": text("red-64.png")}))

    assert all(one is other for one, other in zip(first, second, strict=True))
    assert all(one is other for one, other in zip(after.pending, (first[0], first[2]), strict=True))
    assert planned.pending == first  # an older state still has all of its own


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copies_of_a_plan(duplicate: Callable[[Exchange], Exchange]) -> None:
    """A copy is equal whether or not the steps were looked at, and goes its own way."""
    row = {"family": "core", "source": "here", "verified": "2026-11-22"}
    registry = imagetx.registry().with_models("stability", {"mine": row})
    planned = registry.plan({"prompt": "a fox", "n": 2}, "stability/mine")
    before = duplicate(planned)
    steps = planned.pending
    after = duplicate(planned)

    assert before == after == planned
    assert before.pending == after.pending == steps
    assert before.fail("0").pending == steps[1:]
    assert planned.pending == steps


def test_a_registry_is_its_own_copy() -> None:
    """What never changes need not be copied."""
    registry = imagetx.registry()

    assert copy.copy(registry) is registry
    assert copy.deepcopy(registry) is registry
    assert copy.deepcopy(registry.catalog) is copy.copy(registry.catalog) is registry.catalog


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target("vertex", "gemini-3-pro-image", auth="api_key"), "https://aiplatform.googleapis.com/v1"),
        (
            Target("vertex", "gemini-3-pro-image", variables={"project": "p", "location": "europe-west4"}),
            "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4",
        ),
    ],
    ids=["express", "regional"],
)
def test_where_the_target_is(target: Target, expected: str) -> None:
    """The host follows from the kind of credential, too (vertex dossier 1.1); what stands there is the target's own."""
    planned = imagetx.plan({"prompt": "a fox"}, target)

    assert planned.start(planned.meant()) == expected
    assert planned.pending[0].request.url.startswith(expected)
