"""
Hostile JSON: too deep, too much, what holds itself, numbers that are none, halves of characters, keys said twice.

Every case gives a value or an ImagetxError. Work is counted in calls of functions, not by the clock: twice as much
of anything takes about twice as many.
"""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable
from typing import Any

import pytest

import imagetx
from imagetx import ImagetxError, InputLimits, NativeRequest, NativeResponse, RequestError, WireError
from imagetx.jsontext import parse_json, render_json
from tests.images import text

Json = Any

OPENAI, GEMINI, STABILITY = "openai/gpt-image-2", "gemini/gemini-nano-banana-2.1", "stability/sd3.5-large"
URL = "https://api.openai.com/v1/images/generations"
CONTENT = "https://generativelanguage.googleapis.com/v1beta/models/gemini-nano-banana-2.1:generateContent"
PNG = text("red-64.png")
MANY = 250_001


def calls(action: Callable[[], object]) -> int:
    """Count the calls of functions, those of C too, that an action takes."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        action()
    except ImagetxError:
        pass
    finally:
        sys.setprofile(None)
    return count


def keys(count: int) -> dict[str, Json]:
    return {f"key_{at}": at for at in range(count)}


def native(url: str, body: Json) -> NativeRequest:
    return NativeRequest("POST", url, {"content-type": "application/json"}, body)


def contents(count: int) -> Json:
    return {"contents": [{"role": "user", "parts": [{"text": "a fox"}]} for _ in range(count)]}


GROWING: dict[str, Callable[[int], object]] = {
    "unknown keys": lambda n: imagetx.encode_request({"prompt": "a", **keys(n)}, OPENAI),
    "unknown keys inside": lambda n: imagetx.encode_request({"prompt": "a", "other": keys(n)}, OPENAI),
    "native keys": lambda n: imagetx.encode_request({"prompt": "a", "provider_options": {"openai": keys(n)}}, OPENAI),
    "native keys of a form": lambda n: imagetx.encode_request(
        {"prompt": "a", "provider_options": {"stability": keys(n)}}, STABILITY
    ),
    "images": lambda n: imagetx.encode_request({"prompt": "a", "image": [PNG] * n}, OPENAI),
    "no images": lambda n: imagetx.encode_request({"prompt": "a", "image": [1] * n}, OPENAI),
    "images by URL": lambda n: imagetx.plan({"prompt": "a", "image": ["https://a.example/b.png"] * n}, GEMINI),
    "turns": lambda n: imagetx.decode_request(native(CONTENT, contents(n)), "gemini"),
    "parts": lambda n: imagetx.decode_request(
        native(CONTENT, {"contents": [{"parts": [{"text": "a"}] * n}]}), "gemini"
    ),
    "keys of a body": lambda n: imagetx.decode_request(native(URL, {"prompt": "a", "model": "gpt-image-2", **keys(n)})),
    "a translation": lambda n: imagetx.translate_request(
        native(URL, {"prompt": "a", "model": "gpt-image-2", **keys(n)}), "openai", GEMINI
    ),
    "images of an answer": lambda n: imagetx.decode_response(
        NativeResponse(200, {}, {"data": [{"b64_json": PNG}] * n}), OPENAI
    ),
    "an answer to write": lambda n: imagetx.encode_response({"data": [{"b64_json": PNG}] * n}, GEMINI),
    "a query": lambda n: imagetx.decode_request(
        NativeRequest("POST", f"{URL}?{'a=1&' * n}", {}, {"prompt": "a", "model": "gpt-image-2"}), "openai"
    ),
    "headers": lambda n: imagetx.decode_request(
        NativeRequest("POST", URL, {f"x-{at}": "1" for at in range(n)}, {"prompt": "a", "model": "gpt-image-2"})
    ),
    "a path": lambda n: imagetx.decode_request(native("https://a.example" + "/v1/images" * n, {"prompt": "a"})),
    "a model": lambda n: imagetx.encode_request({"prompt": "a", "model": "models/" * n}, "gemini"),
    "an error": lambda n: imagetx.decode_response(NativeResponse(400, {}, {"error": keys(n)}), OPENAI),
}


@pytest.mark.parametrize("grows", GROWING.values(), ids=GROWING)
def test_twice_as_much_takes_twice_the_work(grows: Callable[[int], object]) -> None:
    calls(lambda: grows(1))  # what is compiled at first use

    half = calls(lambda: grows(500))
    assert calls(lambda: grows(1000)) < 2.5 * half


def test_the_nearest_field_is_named_of_the_first_keys_only() -> None:
    """Looking for it takes a hundred times as long as anything else that is done with a key."""
    notes = imagetx.encode_request({"prompt": "a", **{f"promptt{at}": 1 for at in range(50)}}, OPENAI).notes

    assert [note.kind for note in notes] == ["dropped"] * 50
    assert [note.reason for note in notes].count("no canonical field; the nearest is prompt") == 20


MUCH: dict[str, Callable[[], object]] = {
    "images": lambda: imagetx.encode_request({"prompt": "a", "image": [PNG] * MANY}, OPENAI),
    "keys": lambda: imagetx.encode_request({"prompt": "a", **keys(MANY)}, OPENAI),
    "native keys": lambda: imagetx.plan({"prompt": "a", "provider_options": {"openai": keys(MANY)}}, OPENAI),
    "a body": lambda: imagetx.decode_request(native(CONTENT, contents(MANY)), "gemini"),
    "bytes": lambda: imagetx.decode_request(native(URL, b'{"a":[' + b"[]," * MANY + b"[]]}"), "openai"),
    "an answer": lambda: imagetx.decode_response(NativeResponse(200, {}, {"data": [1] * MANY}), OPENAI),
    "an answer in bytes": lambda: imagetx.decode_response(
        NativeResponse(200, {"content-type": "application/json"}, b"[" + b"0," * MANY + b"0]"), OPENAI
    ),
    "a written answer": lambda: imagetx.encode_response({"data": [{"b64_json": PNG}] * MANY}, OPENAI),
}


@pytest.mark.parametrize("action", MUCH.values(), ids=MUCH)
def test_too_much_is_refused(action: Callable[[], object]) -> None:
    """One problem, and nothing is done with the million."""
    with pytest.raises(ImagetxError, match="at most 250000 values, got more") as caught:
        action()

    assert len(caught.value.problems) == 1


def test_much_is_counted_before_it_is_parsed() -> None:
    """Commas and brackets in a text are no values, so a long prompt passes; as many values do not."""
    limits = InputLimits(values=1000)

    assert parse_json(json.dumps({"prompt": ',[{"' * 5000}), limits) == {"prompt": ',[{"' * 5000}
    for much in ("[" + "[]," * 1001 + "0]", '{"a":"\\"' + '\\"' * 5000 + '","b":[' + "0," * 1001 + "0]}"):
        for body in (much, much.encode()):
            with pytest.raises(WireError, match="expected JSON of at most 1000 values, got more"):
                parse_json(body, limits)


def itself() -> list[Json]:
    """Give documents that hold themselves, once and twice, and one that is as large as two to the 60th."""
    once: dict[str, Json] = {}
    once["a"] = once
    twice: list[Json] = []
    twice += [twice, twice]
    fan: Json = [1]
    for _ in range(60):
        fan = [fan, fan]
    return [once, twice, fan]


@pytest.mark.parametrize("value", itself(), ids=["once", "twice", "fan"])
def test_what_holds_itself(value: Json) -> None:
    """Wherever a document goes in; and where one is rendered."""
    options = {"openai": {"x": value}}
    for action in (
        lambda: imagetx.encode_request({"prompt": "a", "provider_options": options}, OPENAI),
        lambda: imagetx.encode_request({"prompt": "a", "stranger": value}, OPENAI),
        lambda: imagetx.encode_request({"prompt": value}, OPENAI),
        lambda: imagetx.plan({"prompt": "a", "image": value}, OPENAI),
        lambda: imagetx.decode_request(native(URL, {"prompt": "a", "x": value}), "openai"),
        lambda: imagetx.decode_response(NativeResponse(200, {}, {"data": value}), OPENAI),
        lambda: imagetx.encode_response({"data": [{"b64_json": PNG}], "provider_metadata": options}, OPENAI),
        lambda: imagetx.stream_events({"data": value}, OPENAI),
        lambda: imagetx.stream_encoder(OPENAI).feed({"type": "image_generation.completed", "x": value}),
    ):
        with pytest.raises(ImagetxError, match=r"values, got more|levels of nesting, got more"):
            action()
    assert imagetx.check({"prompt": "a", "seed": value}, OPENAI).refused


def test_depth() -> None:
    """Ten thousand levels are an error, in text and as a document."""
    deep: Json = "x"
    for _ in range(10_000):
        deep = {"a": deep}

    with pytest.raises(RequestError, match="levels of nesting, got more - at /x"):
        imagetx.encode_request({"prompt": "a", "x": deep}, OPENAI)
    with pytest.raises(WireError, match="expected JSON"):
        imagetx.decode_request(native(URL, b'{"prompt":' + b"[" * 10_000 + b"]" * 10_000 + b"}"), "openai")


@pytest.mark.parametrize(
    "number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1" * 10**7, b"1e" + b"9" * 10**6]
)
def test_numbers_that_json_has_not(number: bytes) -> None:
    """In text they are refused, however deep they stand."""
    with pytest.raises(WireError, match=r"expected (JSON|a finite number)"):
        imagetx.decode_request(
            native(URL, b'{"model":"gpt-image-2","prompt":"a","x":[{"y":' + number + b"}]}"), "openai"
        )


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("field", ["n", "seed", "size", "guidance_scale", "prompt", "image"])
def test_numbers_that_python_has(number: float, field: str) -> None:
    """As Python floats they are refused with their place."""
    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({"prompt": "a", field: number}, STABILITY)

    assert {problem.pointer.split("/")[1] for problem in caught.value.problems} <= {field, "image", "operation"}


NUMBERS: dict[str, Json] = {
    "400 digits": 10**400,
    "5000 digits": 10**5000,
    "5000 digits below": -(10**5000),
    "the largest": 1e308,
    "-0.0": -0.0,
    "2**63": 2**63,
    "true": True,
}


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("field", ["n", "seed", "steps", "output_compression", "created"])
@pytest.mark.parametrize("target", [OPENAI, GEMINI, STABILITY])
def test_numbers_of_any_size(number: Json, field: str, target: str) -> None:
    """Any number is sent, or refused as an ImagetxError that can be shown."""
    try:
        out = imagetx.encode_request({"prompt": "a", field: number}, target)
        assert out.value.content() is not None
    except ImagetxError as error:
        assert len(str(error)) < 2000


@pytest.mark.parametrize("name", ["retry-after", "retry-after-ms", "date", "x-ratelimit-reset"])
def test_long_numbers_in_headers(name: str) -> None:
    """They say nothing that could be waited."""
    out = imagetx.decode_response(NativeResponse(429, {name: "1" * 10**6}, {"error": {"message": "slow"}}), OPENAI)

    assert out.value.category == "rate_limit"
    assert out.value.retry_after_s is None


def test_long_numbers_in_a_query_and_a_form() -> None:
    """They are texts there, and stay so."""
    long = "1" * 10**6
    asked = NativeRequest("POST", f"{URL}?x={long}", {}, {"model": "gpt-image-2", "prompt": "a"})
    parts = (imagetx.Part("model", "sd3.5-large"), imagetx.Part("prompt", "a"), imagetx.Part("seed", long))
    form = NativeRequest("POST", "https://api.stability.ai/v2beta/stable-image/generate/sd3", {}, parts)

    assert imagetx.decode_request(asked, "openai").value.provider_options["openai"]["extra_query"] == {"x": long}
    assert imagetx.decode_request(form, "stability").value.provider_options["stability"]["seed"] == long


HALVES: list[Json] = ["\ud800", ["a\udfff"], {"\ud800": 1}, {"a": {"b": "\udc00"}}]


@pytest.mark.parametrize("half", HALVES, ids=ascii)
def test_halves_of_characters(half: Json) -> None:
    """Half of a surrogate pair has no UTF-8: what holds one is never sent."""
    for request in ({"prompt": half}, {"prompt": "a", "provider_options": {"openai": {"x": half}}}):
        with pytest.raises(ImagetxError):
            imagetx.encode_request(request, OPENAI).value.content()
    for body in (b'{"prompt":"\\ud800"}', b'{"prompt":"a","\\udfff":1}'):
        with pytest.raises(WireError, match="expected JSON"):
            imagetx.decode_request(native(URL, body), "openai")


class Number:
    """What converts itself to a number, as those of numpy do."""

    def __float__(self) -> float:
        return 1.0

    def __index__(self) -> int:
        return 1


@pytest.mark.parametrize("odd", [b"1", bytearray(b"1"), Number(), {1}, 1j, {1: 2}, {None: 1}, object(), int])
@pytest.mark.parametrize("field", ["prompt", "n", "seed", "size", "user", "model", "style"])
def test_what_is_no_json(odd: Json, field: str) -> None:
    """It is refused where it stands, whatever it could be converted to."""
    with pytest.raises(ImagetxError):
        imagetx.encode_request({"prompt": "a", field: odd}, OPENAI).value.content()


def test_a_key_said_twice() -> None:
    """The last one wins, as in every parser of the field, and what is written says the key once."""
    body = b'{"model":"gpt-image-2","prompt":"a harmless fox","prompt":"the last one"}'
    decoded = imagetx.decode_request(native(URL, body), "openai")

    assert decoded.value.prompt == "the last one" == json.loads(body)["prompt"]
    sent = imagetx.encode_request(decoded.value, OPENAI).value.content()
    assert sent.count(b'"prompt"') == 1
    assert b"harmless" not in sent


# Limits of one's own ----------------------------------------------------------------------------


def test_limits_of_a_registry() -> None:
    """They are its own: the built-in registry keeps its limits, and compiled dialects are shared."""
    before = imagetx.registry()
    small = before.with_limits(InputLimits(values=10, calls=2, body_bytes=500, depth=4))
    request = {"prompt": "a", **keys(12)}

    with pytest.raises(RequestError, match="at most 10 values"):
        small.encode_request(request, OPENAI)
    with pytest.raises(RequestError, match="at most 2 calls"):
        small.plan({"prompt": "a", "n": 40}, OPENAI)
    with pytest.raises(WireError, match="at most 500 bytes"):
        small.decode_request(native(URL, b'{"prompt":"' + b"a" * 500 + b'"}'), "openai")
    with pytest.raises(WireError, match="at most 4 deep"):
        small.decode_request(native(URL, b'{"prompt":"a","x":[[[[[[1]]]]]]}'), "openai")
    with pytest.raises(WireError, match="at most 10 values"):
        small.decode_response(NativeResponse(200, {}, {"data": [1] * 11}), OPENAI)
    (event,) = small.stream_decoder(OPENAI).feed(b"data: [" + b"0," * 20 + b"0]\n\n")
    assert event.type == "error"
    assert len(before.encode_request(request, OPENAI).notes) == 12
    assert small.catalog.limits == InputLimits(values=10, calls=2, body_bytes=500, depth=4)
    assert before.catalog.limits == InputLimits()


def test_limits_stay_with_a_registry() -> None:
    """Pickled, and given another provider's models, it keeps them."""
    limits = InputLimits(values=10)
    small = imagetx.registry().with_limits(limits)

    assert len(pickle.dumps(small)) < 1000
    assert pickle.loads(pickle.dumps(small)).catalog.limits == limits
    assert small.with_models("openai", {}).catalog.limits == limits
    assert pickle.loads(pickle.dumps(small.with_models("openai", {}))).catalog.limits == limits


@pytest.mark.parametrize(
    "wrong", [{"values": 0}, {"values": True}, {"depth": 201}, {"calls": 1.5}, {"body_bytes": "1"}]
)
def test_what_is_no_limit(wrong: Json) -> None:
    with pytest.raises(RequestError, match="expected an integer"):
        InputLimits(**wrong)
    with pytest.raises(RequestError, match="expected InputLimits"):
        imagetx.registry().with_limits(wrong)


def test_rendering_what_holds_itself_ends() -> None:
    for value in itself():
        with pytest.raises(RequestError):
            render_json(value)
