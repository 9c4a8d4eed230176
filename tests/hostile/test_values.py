"""
Every public value is one: equal to its copies, pickled and unpickled, never changed, shown in 500 characters.

Only stream decoders and encoders hold a state: they belong to one task, and say that they cannot be copied.
"""

from __future__ import annotations

import base64
import copy
import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx.headers import Headers
from tests.hostile.asks import CASES, plain_request
from tests.images import content

Json = Any
ROOT = Path(__file__).parents[2]
EASEL = ROOT / "tests" / "project" / "easel"
RED = content("red-64.png")
LONG = "a long prompt " * 100
DATA = base64.b64encode(RED * 3_000).decode()
URL = "https://cdn.example/" + "a" * 5_000
FOX = {"prompt": LONG, "n": 2, "unknown": [LONG] * 3}
KONTEXT = "fireworks/flux-kontext-pro"


def raised(call: Callable[[], object]) -> imagetx.ImagetxError:
    with pytest.raises(imagetx.ImagetxError) as caught:
        call()
    return caught.value


def answered(status: int, body: Json, **headers: str) -> imagetx.NativeResponse:
    return imagetx.NativeResponse(status, headers, body)


def exchanges() -> Iterator[tuple[str, object]]:
    """Yield a plan in every state."""
    yield "planned", imagetx.plan(FOX, KONTEXT)
    begun = imagetx.plan(FOX, KONTEXT).feed("0", answered(200, {"request_id": "k" * 2_000}))
    yield "polling", begun
    yield "failed", begun.fail("0").fail("1")
    inputs = imagetx.plan({**FOX, "n": 1, "image": URL, "strength": 0.5}, "stability/sd3.5-large")
    yield "inputs", inputs
    came = inputs.feed("image/0", imagetx.NativeResponse(200, {"content-type": "image/png"}, RED * 2_000))
    yield "input came", came
    fetching = imagetx.plan({"prompt": "x"}, "openai/dall-e-3").feed("0", answered(200, {"data": [{"url": URL}]}))
    yield "fetching", fetching
    fetched = fetching.feed("0/data/0", imagetx.NativeResponse(200, {"content-type": "image/png"}, RED * 2_000))
    yield "done", fetched
    yield "done.result", fetched.result
    for name, exchange in (("planned", imagetx.plan(FOX, KONTEXT)), ("polling", begun), ("fetching", fetching)):
        yield from ((f"{name}.step {step.branch}", step) for step in exchange.pending)


@cache
def values() -> dict[str, object]:
    """List one value of every public kind, and of what every function gives; long ones, so that a repr has to cut."""
    easel = imagetx.registry().with_provider(EASEL)
    image = {"data": [{"b64_json": DATA, "revised_prompt": LONG}] * 3, "provider_metadata": {"openai": {"x": LONG}}}
    error = {"error": {"message": LONG, "code": "x"}, "category": "rate_limit", "retry_after_s": 3}
    native = answered(200, {"created": 1, "data": image["data"]}, date="x" * 900)
    edit = imagetx.encode_request({"prompt": "x", "image": [RED] * 3}, "openai/gpt-image-2")
    return {
        "edit": edit,
        "edit.value": edit.value,
        "edit.headers": edit.value.headers,
        "edit.credential": edit.value.credential,
        "decoded request": imagetx.decode_request(edit.value, "openai"),
        "decoded request.value": imagetx.decode_request(edit.value, "openai").value,
        "translated": imagetx.translate_request(edit.value, "openai", "gemini/gemini-3-pro-image"),
        "native answer": native,
        "answer": imagetx.decode_response(native, "openai/gpt-image-2"),
        "answer.value": imagetx.decode_response(native, "openai/gpt-image-2").value,
        "error": imagetx.decode_response(answered(429, error), "openai/gpt-image-2"),
        "error.value": imagetx.decode_response(answered(429, error), "openai/gpt-image-2").value,
        "encoded answer": imagetx.encode_response(image, "openai/gpt-image-2"),
        "encoded error": imagetx.encode_response(error, "openai/gpt-image-2"),
        "events": imagetx.stream_events(image, "openai/gpt-image-2"),
        "event": imagetx.stream_events(image, "openai/gpt-image-2").value[0],
        "pending": imagetx.decode_response(answered(200, {"request_id": "k" * 2_000}), KONTEXT),
        "pending.value": imagetx.decode_response(answered(200, {"request_id": "k" * 2_000}), KONTEXT).value,
        "check": imagetx.check(FOX, "stability/sd3.5-large"),
        "ranked": imagetx.rank(FOX, ["stability/sd3.5-large", "openai/gpt-image-2"])[0],
        "capabilities": imagetx.capabilities("openai/gpt-image-2"),
        "target": imagetx.Target("azure", LONG, variables={"resource": LONG, "api_key": "x"}, deployment=LONG),
        "request": imagetx.ImageRequest(**FOX),
        "credential": imagetx.Credential("bearer", "authorization", "Bearer {secret}"),
        "sigv4": imagetx.Credential("sigv4", None, None, "bedrock", "us-west-2"),
        "part": imagetx.Part(LONG, RED * 1_000, LONG, "image/png"),
        "text part": imagetx.Part("a", LONG),
        "headers": Headers({f"x-{at}": LONG for at in range(30)}),
        "note": imagetx.Note(pointer="/" + "a" * 900, kind="dropped", given=[LONG], used={"a": LONG}, reason=LONG),
        "problem": imagetx.Problem(pointer="/" + "a" * 900, message=LONG, given={"a": [LONG]}, expected=LONG),
        "limits": imagetx.InputLimits(values=5),
        "registry": imagetx.registry(),
        "own registry": easel,
        "own answer": easel.encode_request({"prompt": "x" * 199}, "easel/oil-2"),
        "own plan": easel.plan({"prompt": "x" * 199}, "easel/oil-2"),
        "request error": raised(lambda: imagetx.encode_request({"n": LONG, "prompt": 5}, "openai/gpt-image-2")),
        "resolve error": raised(lambda: imagetx.encode_request({"prompt": "x"}, f"openai{LONG}/x")),
        "wire error": raised(lambda: imagetx.decode_response(answered(200, LONG), "openai/gpt-image-2")),
        "spec error": raised(lambda: imagetx.registry().with_provider({"provider": {}, "dialects": {}})),
        "many problems": imagetx.RequestError([imagetx.Problem(pointer=f"/{at}", message=LONG) for at in range(50)]),
        **dict(exchanges()),
    }


NAMES = list(values())
each_value = pytest.mark.parametrize("name", NAMES)


def test_every_kind_is_there() -> None:
    """All classes that are public, but those that hold a state, have a value among these."""
    classes = {each for name in imagetx.__all__ if isinstance(each := getattr(imagetx, name), type)}
    stateful = {imagetx.StreamDecoder, imagetx.StreamEncoder, imagetx.ImagetxError}

    assert {each.__name__ for each in classes - stateful} <= {type(value).__name__ for value in values().values()}


COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    *(lambda value, protocol=protocol: pickle.loads(pickle.dumps(value, protocol)) for protocol in range(2, 6)),
]


@each_value
def test_copies(name: str) -> None:
    """A copy is of the same kind and equal; so are the hashes of what can be hashed, and what is shown."""
    value = values()[name]
    for made in (each(value) for each in COPIES):
        assert type(made) is type(value)
        assert repr(made) == repr(value)
        if not isinstance(value, imagetx.Registry):
            assert made == value
            if hashed(value) is not None:
                assert hashed(made) == hashed(value)
        if isinstance(value, imagetx.ImagetxError):
            assert made.problems == value.problems
            assert made.args == value.args


def hashed(value: object) -> int | None:
    try:
        return hash(value)
    except TypeError:
        return None


@each_value
def test_hashes(name: str) -> None:
    """What is no document can be a key of a dict; what is one says that it cannot, not that it is not equal."""
    value = values()[name]
    hashable = (imagetx.Target, imagetx.Credential, imagetx.Part, imagetx.Note, imagetx.Problem, imagetx.ImagetxError)
    documents = (imagetx.NativeRequest, imagetx.NativeResponse, imagetx.Pending, imagetx.Exchange)
    if isinstance(value, hashable):
        assert hashed(value) is not None
    if isinstance(value, documents):
        assert hashed(value) is None


@each_value
def test_reprs(name: str) -> None:
    """One line of at most 500 characters, and image data by its size."""
    value = values()[name]
    for shown in (repr(value), f"{value!r:}"):
        assert 0 < len(shown) <= 500
        assert shown.isprintable()
        assert DATA[:100] not in shown
        assert "\\x89PNG" not in shown


@each_value
def test_members_are_shown_shortly(name: str) -> None:
    """So is what hangs on it: nothing of ours prints megabytes when a debugger shows it."""
    value = values()[name]
    for member in dir(value):
        held = None if member.startswith(("_", "model_")) else getattr(value, member, None)
        if type(held).__module__.startswith("imagetx"):
            assert len(repr(held)) <= 500, member
        for item in held.values() if isinstance(held, dict) else held if isinstance(held, tuple | list) else ():
            if type(item).__module__.startswith("imagetx"):
                assert len(repr(item)) <= 500, member


@each_value
def test_members_cannot_be_set(name: str) -> None:
    """Neither an old member nor a new one, and none can be deleted. Errors may: a raise writes its traceback."""
    value = values()[name]
    if isinstance(value, imagetx.ImagetxError):
        return
    before = repr(value)
    kind = type(value)
    own = [each for each in dir(value) if not each.startswith("_") and not callable(getattr(kind, each, None))]
    for member in [*own[:8], "new_member"]:
        with pytest.raises((AttributeError, TypeError, ValueError)):
            setattr(value, member, "x")
        with pytest.raises((AttributeError, TypeError, ValueError)):
            delattr(value, member)
    assert repr(value) == before


@each_value
def test_maps_cannot_be_changed(name: str) -> None:
    """Headers and variables refuse it."""
    value = values()[name]
    for held in (value, *(getattr(value, member, None) for member in ("headers", "variables", "target", "value"))):
        for each in (held, getattr(held, "headers", None), getattr(held, "variables", None)):
            if isinstance(each, Headers) or type(each).__name__ == "Variables":
                for change in (
                    lambda each=each: each.__setitem__("a", "b"),
                    lambda each=each: each.update(a="b"),
                    lambda each=each: each.setdefault("zz", "b"),
                    lambda each=each: each.pop("a", None),
                    lambda each=each: each.clear(),
                    lambda each=each: each.__ior__({"a": "b"}),
                ):
                    before = dict(each)
                    with suppress(TypeError):
                        change()
                    assert dict(each) == before


MUTATED: list[Callable[[], Json]] = [
    lambda: imagetx.encode_request({"prompt": "x", "size": "1024x1024"}, "gemini/gemini-3-pro-image").value.body,
    lambda: imagetx.explain("stability/sd3.5-large"),
    lambda: imagetx.explain("openai/gpt-image-2"),
    lambda: imagetx.models("openai"),
    lambda: imagetx.models(),
    lambda: imagetx.capabilities("openai/gpt-image-2").model_dump(),
    lambda: imagetx.encode_response({"data": [{"b64_json": DATA}]}, "openai/gpt-image-2").value.body,
    lambda: imagetx.decode_response(
        answered(200, {"data": [{"b64_json": DATA, "x": {"y": [1]}}]}), "openai/dall-e-3"
    ).value.model_dump(),
    lambda: imagetx.plan({"prompt": "x"}, KONTEXT).to_json(),
    lambda: imagetx.check({"prompt": "x", "size": "1x1"}, "openai/gpt-image-2").to_json(),
]


def spoil(value: Json) -> None:
    """Change whatever can be changed in a document."""
    if isinstance(value, dict):
        for item in list(value.values()):
            spoil(item)
        value["spoilt"] = "x"
    elif isinstance(value, list):
        for item in value:
            spoil(item)
        value.append("spoilt")


@pytest.mark.parametrize("make", MUTATED, ids=range(len(MUTATED)))
def test_documents_are_the_callers_own(make: Callable[[], Json]) -> None:
    """Changing what a call gave changes nothing that a later call gives."""
    before = json.dumps(make(), sort_keys=True)
    spoil(make())

    assert json.dumps(make(), sort_keys=True) == before


def test_arguments_are_not_kept() -> None:
    """Changing what was given changes no value that was made of it."""
    request: Json = {"prompt": "x", "metadata": {"a": [1]}, "provider_options": {"fireworks": {"a": {"b": [1]}}}}
    exchange = imagetx.plan(request, KONTEXT)
    before = json.dumps([step.to_json() for step in exchange.pending])
    spoil(request)
    assert json.dumps([step.to_json() for step in exchange.pending]) == before

    variables = {"resource": "acme"}
    target = imagetx.Target("azure", "gpt-image-2", variables=variables)
    variables["resource"] = "evil"
    assert dict(target.variables) == {"resource": "acme"}


def test_dialects_are_not_spoilt() -> None:
    """Changing every body that was sent leaves every dialect as it was."""
    for case in CASES[::6]:
        request = plain_request(case)
        before = imagetx.encode_request(request, case.target).value.to_json()
        spoil(imagetx.encode_request(request, case.target).value.body)

        assert imagetx.encode_request(request, case.target).value.to_json() == before


@pytest.mark.parametrize("make", [imagetx.stream_decoder, imagetx.stream_encoder])
@pytest.mark.parametrize("made", [copy.copy, copy.deepcopy, pickle.dumps])
def test_streams_are_not_copied(make: Callable[[str], object], made: Callable[[object], object]) -> None:
    """Half a copy of what has come so far would be worse than none: the message says whose it is."""
    with pytest.raises(TypeError, match="belongs to one stream"):
        made(make("openai/gpt-image-2"))


def test_own_providers_are_pickled() -> None:
    """What is over providers of one's own comes back with them, and goes on."""
    easel = imagetx.registry().with_provider(EASEL)
    plan = pickle.loads(pickle.dumps(easel.plan({"prompt": "x"}, "easel/oil-2")))
    again = pickle.loads(pickle.dumps(easel))

    assert plan.pending[0].request == easel.plan({"prompt": "x"}, "easel/oil-2").pending[0].request
    assert again.encode_request({"prompt": "x"}, "easel/oil-2") == easel.encode_request({"prompt": "x"}, "easel/oil-2")
