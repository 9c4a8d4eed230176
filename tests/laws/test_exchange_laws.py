"""
Law L7 over plans, with L4 and L5 (style.md section 5): whatever is answered, and in whatever order.

A script says what each branch is answered, by the name of the branch and how often it was asked, so that the
order in which branches are fed is the test's to choose.
"""

from __future__ import annotations

import json
import pickle
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import imagetx
from imagetx import Exchange, ImagetxError, NativeResponse, RequestError, ResolveError, Step
from imagetx.address import is_followed
from imagetx.canonical import document
from imagetx.source import as_bytes, data_of, read_source
from tests.dialects import cases, fixture
from tests.images import content
from tests.profiles import dialect_law
from tests.requests_drawn import canonical_requests, example
from tests.strategies import json_values, mutated, validator

Json = Any
Choose = Callable[[tuple[Step, ...]], Step]
ROOT = Path(__file__).parents[2]
MARK = "sk-never-to-be-seen"
SECRET_HEADERS = {"set-cookie": MARK, "authorization": MARK, "x-api-key": MARK}
MOST_STEPS = 2000
NAMES = (
    "azure/deployment-generations",
    "azure/legacy-submit",
    "bedrock/nova-canvas",
    "bedrock/stable-image",
    "bedrock/titan",
    "fireworks/image-generation",
    "fireworks/image-to-image",
    "fireworks/kontext",
    "fireworks/workflow",
    "gemini/generate-content",
    "gemini/interactions",
    "gemini/predict",
    "openai/edits",
    "openai/generations",
    "openai/variations",
    "reka/generations",
    "segmind/v1",
    "segmind/v2",
    "stability/core",
    "stability/inpaint",
    "stability/upscale-creative",
    "stability/v1-image-to-image",
    "vertex/generate-content",
    "vertex/predict",
    "vertex/predict-edit",
)

# Who is asked -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Subject:
    """
    Someone who is planned for.

    `answers` are good ones, errors and words that work has begun; `most` and `seeds` are the limits, the latter
    with both ends, or None where there is none.
    """

    name: str
    target: imagetx.Target
    request: Json
    requests: st.SearchStrategy[Json]
    answers: list[NativeResponse]
    most: int | None
    seeds: tuple[int, int] | None
    registry: imagetx.Registry = field(default_factory=imagetx.registry)

    def plan(self, request: Json, **options: Json) -> Exchange:
        """Plan a request of the law's domain: one that can be said."""
        try:
            return self.registry.plan(request, self.target, **options)
        except RequestError:
            reject()

    def resume(self, text: Json) -> Exchange:
        return self.registry.resume(text)

    @property
    def home(self) -> str:
        return self.registry.plan(self.request, self.target).pending[0].request.url


def built_in() -> list[Subject]:
    """List dialects with various limits, with polls, URLs in answers, and inputs that are fetched."""
    found = []
    for case in {case.name: case for case in cases()}.values():
        if case.name not in NAMES:
            continue
        limits, vectors = case.dialect.says["request"].get("limits", {}), fixture(case.name)
        seeds = limits.get("seed", {})
        span = (seeds.get("minimum", 0), seeds["maximum"]) if "maximum" in seeds else None
        natives = [NativeResponse.from_json(vector["native"]) for vector in vectors["responses"] + vectors["errors"]]
        natives += [native for vector in vectors.get("exchanges", []) for native in _scripted(vector)]
        found.append(
            Subject(
                name=case.name,
                target=case.target,
                request=example(case),
                requests=canonical_requests(case),
                answers=natives,
                most=case.dialect.request.most,
                seeds=span,
            )
        )
    return found


def _scripted(vector: Json) -> Iterator[NativeResponse]:
    """Yield what the calls of a vector are answered."""
    for says in vector["steps"]:
        if says["branch"].isdecimal() and "answer" in says and "{{" not in json.dumps(says["answer"]):
            yield NativeResponse.from_json(says["answer"])


def invented() -> Subject:
    """Give Easel jobs that are polled, with bounds, and waits that an answer asks for."""
    folder = ROOT / "tests" / "project" / "easel"
    provider, paint = (json.loads((folder / f"{name}.json").read_text()) for name in ("provider", "paint"))
    own = paint["response"]
    begun = {
        "match": {"properties": {"status": {"const": 202}}},
        "rules": [
            {"from": "id", "to": "/body/job"},
            {"from": "poll", "to": "/body/ask"},
            {"from": "progress", "to": "/body/done"},
            {"from": "after_s", "to": "/body/wait"},
        ],
        "pending": {"url": "{base_url}/{model}/{id}", "attempts": 3, "deadline_s": 60, "then": "overloaded"},
    }
    done = {
        **own,
        "rules": [
            own["rules"][0],
            {
                "from": "data",
                "to": "/body/pictures",
                "each": [
                    {"from": "b64_json", "to": "/png"},
                    {"from": "url", "to": "/at"},
                    {"from": "seed", "to": "/seed"},
                ],
            },
        ],
    }
    paint["response"] = {"headers": own["headers"], "variants": {"begun": begun, "done": done}}
    paint["request"]["limits"]["seed"] = {"minimum": 3, "maximum": 9}
    bodies: list[tuple[int, Json]] = [
        (202, {"job": "j", "wait": wait})
        for wait in (None, 0, 0.5, 7, 10**400, -5, float("nan"), float("inf"), True, "3", 1e300)
    ]
    bodies += [(202, {"job": job}) for job in ("../x", "..", "a/b", "\n", "", 7, 10**5000, None, "{id}", "\ud800")]
    here = "https://eu.easel.example/v1/jobs"
    bodies += [(202, {"job": "j", "ask": url}) for url in (here, "https://cdn.example/j", "http://127.1/", "file:///x")]
    bodies += [(202, {"job": "j", "done": done}) for done in (0.5, float("nan"), 10**400)]
    png = "iVBORw0KGgo="
    bodies += [(200, {"id": "r", "pictures": [{"png": png, "seed": 4}, {"at": "https://cdn.example/1.png"}]})] * 3
    bodies += [(200, {"pictures": [{"at": f"https://cdn.example/{at}.png"} for at in range(3)]})] * 3
    bodies += [(200, {"pictures": [{"at": "http://10.0.0.1/x"}, {"at": "gs://b/x"}, {"png": png}]})]
    bodies += [(422, {"problem": {"detail": "no", "code": "indecent"}}), (500, None)]
    return Subject(
        name="easel/paint",
        target=imagetx.Target("easel", "oil-2"),
        request={"prompt": "a fox"},
        requests=st.fixed_dictionaries(
            {"prompt": st.just("a fox")},
            optional={"seed": st.integers(3, 9), "response_format": st.sampled_from(["b64_json", "url"])},
        ),
        answers=[
            NativeResponse(status, {"retry-after": "2"} if status == 500 else {}, body) for status, body in bodies
        ],
        most=4,
        seeds=(3, 9),
        registry=imagetx.registry().with_provider({"provider": provider, "dialects": {"paint": paint}}),
    )


SUBJECTS = [*built_in(), invented()]
every_subject = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)

# What is answered -------------------------------------------------------------------------------

PNG = content("red-64.png")
FETCHED = [
    NativeResponse(200, {"content-type": "image/png"}, PNG),
    NativeResponse(200, {"content-type": "application/octet-stream"}, content("grey-64.jpg")),
    NativeResponse(302, {"location": "elsewhere.png?a=1"}),
    NativeResponse(307, {"location": "https://other.example/x.webp"}),
    NativeResponse(301, {"location": "http://169.254.169.254/latest"}),
    NativeResponse(404, {}, b"gone"),
    NativeResponse(200, {"content-type": "text/html"}, b"<html>"),
    NativeResponse(200, {}, float("nan")),
    NativeResponse(503),
    None,
]


@dataclass(frozen=True, kw_only=True)
class Script:
    """What is answered: `calls` and `fetches` are dealt out by branch and turn, `inputs` are images by URL."""

    calls: list[NativeResponse]
    fetches: list[NativeResponse | None]
    inputs: dict[str, bytes]
    mix: int

    def answer(self, step: Step, turn: int) -> NativeResponse | None:
        """Give the answer to the turn-th request of a branch; None is none."""
        if step.request.url in self.inputs:
            return NativeResponse(200, {"content-type": "image/png"}, self.inputs[step.request.url])
        dealt = crc32(f"{self.mix} {step.branch} {turn}".encode())
        if not step.branch.isdecimal():
            return self.fetches[dealt % len(self.fetches)]
        if turn >= 5:
            return None
        native = self.calls[dealt % len(self.calls)]
        return NativeResponse(native.status, {**native.headers, **SECRET_HEADERS}, native.body)


def states(exchange: Exchange, script: Script, choose: Choose) -> Iterator[Exchange]:
    """Yield every state of an exchange to its end, which must come."""
    turns: Counter[str] = Counter()
    yield exchange
    for _ in range(MOST_STEPS):
        pending = exchange.pending
        if not pending:
            assert exchange.result is not None
            return
        assert exchange.result is None
        step = choose(pending)
        native = script.answer(step, turns[step.branch])
        turns[step.branch] += 1
        exchange = exchange.fail(step.branch) if native is None else exchange.feed(step.branch, native)
        yield exchange
    raise AssertionError("it does not end")


def by_url(request: Json, *, moved: bool) -> tuple[Json, dict[str, bytes]]:
    """Give a request whose images are at URLs, and what is there."""
    given = request.get("image")
    if not moved or given is None:
        return request, {}
    listed = given if isinstance(given, list) else [given]
    held = {f"https://img.example/in/{at}.png": read_source(each) for at, each in enumerate(listed)}
    inputs = {url: as_bytes(source) for url, source in held.items() if data_of(source) is not None}
    urls = [url if url in inputs else each for url, each in zip(held, listed, strict=True)]
    return {**request, "image": urls if isinstance(given, list) else urls[0]}, inputs


@cache
def scenes(subject: Subject) -> st.SearchStrategy[tuple[Exchange, Script, int]]:
    """Draw a plan, what it is answered, and a number to choose an order by."""
    most = subject.most or 1
    counts = st.sampled_from([None, 1, 2, most, most + 1, 2 * most + 1, float(most + 2)])
    forms = st.sampled_from([None, "b64_json", "url"])

    def scene(drawn: tuple[Any, ...]) -> tuple[Exchange, Script, int]:
        request, n, form, moved, calls, fetches, mix, order = drawn
        said = {"n": n, "response_format": form}
        asked = {**request, **{name: value for name, value in said.items() if value is not None}}
        asked, inputs = by_url(asked, moved=moved)
        exchange = subject.plan(asked, url_as="data_url" if order % 3 == 0 else "b64_json")
        return exchange, Script(calls=calls, fetches=fetches, inputs=inputs, mix=mix), order

    drawn = st.tuples(
        subject.requests,
        counts,
        forms,
        st.booleans(),
        st.lists(st.sampled_from(subject.answers), min_size=1, max_size=5),
        st.lists(st.sampled_from(FETCHED), min_size=1, max_size=4),
        st.integers(0, 999),
        st.integers(0, 999),
    )
    return drawn.map(scene)


def in_order(order: int) -> Choose:
    """Give a way to choose among pending steps."""
    return lambda pending: pending[crc32(f"{order} {len(pending)} {pending[0].branch}".encode()) % len(pending)]


# The laws ---------------------------------------------------------------------------------------


@every_subject
@dialect_law
@given(data=st.data())
def test_l7_order_of_answers(subject: Subject, data: st.DataObject) -> None:
    """The result, and every answer of a call, does not depend on the order in which branches were answered."""
    exchange, script, order = data.draw(scenes(subject))

    ends = [
        [*states(exchange, script, choose)][-1]
        for choose in (in_order(order), lambda pending: pending[0], lambda pending: pending[-1])
    ]

    assert ends[0] == ends[1] == ends[2]
    assert ends[0].to_json() == ends[1].to_json() == ends[2].to_json()
    assert ends[0].answers == ends[1].answers


@every_subject
@dialect_law
@given(data=st.data())
def test_l7_split(subject: Subject, data: st.DataObject) -> None:
    """The calls' n sum to n, each within the limit; seeds are the seed plus the first image's index, wrapped."""
    n = data.draw(st.integers(1, 3 * (subject.most or 1) + 2))
    low, high = subject.seeds or (0, 2**40)
    seed = data.draw(st.sampled_from([None, low, low + 1, high - 1, high]))
    request = {**data.draw(subject.requests), "n": n}
    exchange = subject.plan({**request, "seed": seed} if seed is not None else request)
    shares = [call.share for call in exchange.calls]
    if not shares:  # inputs come first
        reject()

    assert len(shares) == 1 or sum(share.n for share in shares) == n
    assert [share.first for share in shares] == [sum(each.n for each in shares[:at]) for at in range(len(shares))]
    assert all(share.n is None or 1 <= share.n <= (subject.most or n) for share in shares)
    assert all(share.n == shares[0].n for share in shares[:-1])
    own = [share.seed for share in shares[1:]]
    dropped = any(note.pointer == "/seed" and note.kind == "dropped" for note in exchange.notes)
    if seed is not None and not dropped and own:
        span = high - low + 1 if subject.seeds is not None else 2**80  # without an end nothing wraps
        expected = [low + (seed + share.first - low) % span for share in shares]
        of_seed = [note for note in exchange.notes if note.pointer == "/seed"]
        assert own == expected[1:]
        assert [(note.kind, note.given, note.used) for note in of_seed] == [("approximated", seed, expected)]
    assert not (dropped and any(each is not None for each in own))
    assert len(exchange.pending) == len(shares)


@every_subject
@dialect_law
@given(data=st.data())
def test_kept_at_every_step(subject: Subject, data: st.DataObject) -> None:
    """An exchange that was written and read, pickled or copied goes on to the same end; its JSON is as described."""
    exchange, script, order = data.draw(scenes(subject))
    schema = validator(json.loads((ROOT / "schemas" / "exchange.schema.json").read_text()))
    end = [*states(exchange, script, in_order(order))][-1]

    for state in states(exchange, script, in_order(order)):
        said = state.to_json()
        again = subject.resume(json.dumps(said))
        assert again.to_json() == said
        assert again == subject.resume(said)
        assert again.pending == state.pending
        assert (again.result, again.answers) == (state.result, state.answers)
    assert [*schema.iter_errors(said)] == []
    if order % 5 == 0:  # dear, for a registry goes along
        assert pickle.loads(pickle.dumps(end)) == end
        assert deepcopy(end) == end
    assert len(repr(end)) <= 500
    if exchange.pending:
        rest = [*states(subject.resume(json.dumps(exchange.to_json())), script, in_order(order))]
        assert rest[-1].result == end.result


@every_subject
@dialect_law
@given(data=st.data())
def test_steps_and_secrets(subject: Subject, data: st.DataObject) -> None:
    """A secret goes home only, to hosts that are followed nothing else goes, and none is kept of an answer."""
    exchange, script, order = data.draw(scenes(subject))
    home = origin(subject.home)

    for state in states(exchange, script, in_order(order)):
        for step in state.pending:
            own = origin(step.request.url) == home
            assert is_followed(step.request.url, subject.home)
            assert step.credentials == (step.request.credential is not None)
            assert own or not step.credentials
            assert not step.credentials or step.branch.isdecimal()
            assert 0 <= step.after_s <= 10**9
            assert len(repr(step)) <= 500
            json.dumps(step.to_json(), allow_nan=False)
        assert MARK not in json.dumps(state.to_json(), allow_nan=False)
        assert MARK not in repr(state)
        assert MARK not in repr(state.answers)


def origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


@every_subject
@dialect_law
@given(data=st.data())
def test_l5_pure(subject: Subject, data: st.DataObject) -> None:
    """Nothing that goes in is changed: not the request, not the answers, not the exchange that is fed."""
    request = data.draw(subject.requests)
    native = data.draw(st.sampled_from(subject.answers))
    before = deepcopy(request), deepcopy(native.body)
    exchange = subject.plan(request)
    whole = deepcopy(exchange)

    for step in exchange.pending:
        exchange.feed(step.branch, native)
        exchange.fail(step.branch)
    said = exchange.to_json()
    spoil(said)

    assert (request, native.body) == before
    assert exchange == whole
    end = exchange.fail(exchange.pending[0].branch)
    kept, said = end.to_json(), end.to_json()
    spoil(said)
    assert end.to_json() == kept
    again = subject.resume(kept)
    spoil(kept)
    assert again.to_json() == end.to_json()
    spoil(request)
    assert exchange == whole


def spoil(value: Json) -> None:
    """Change everything in a document."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        spoil(item)
    if isinstance(value, dict | list):
        value.clear()


@every_subject
@dialect_law
@given(data=st.data())
def test_wrong_branch_changes_nothing(subject: Subject, data: st.DataObject) -> None:
    """A doubled answer, one for a stranger, and what is no answer are a RequestError."""
    exchange, script, order = data.draw(scenes(subject))
    states_ = [*states(exchange, script, in_order(order))]
    at = data.draw(st.integers(0, len(states_) - 1))
    state, native = states_[at], NativeResponse(200, {}, {})
    open_ = {step.branch for step in state.pending}
    seen = {step.branch for earlier in states_[:at] for step in earlier.pending}
    wrong = (
        seen | {"", "00", "-1", "0/data/99", "image/9", "mask/0", "9999", "٠", "0 ", None, 0, ("0",), b"0"}
    ) - open_
    before = state.to_json()

    for branch in wrong:
        with pytest.raises(RequestError):
            state.feed(branch, native)  # type: ignore[arg-type]
        with pytest.raises(RequestError):
            state.fail(branch)  # type: ignore[arg-type]
    for branch in open_:
        for answer in (None, {}, "x", b"", {"status": 200}):
            with pytest.raises(RequestError):
                state.feed(branch, answer)  # type: ignore[arg-type]
        for category in ("", "lost", None, 5, []):
            with pytest.raises(RequestError):
                state.fail(branch, category)  # type: ignore[arg-type]

    assert state == states_[at]
    assert state.to_json() == before


@st.composite
def broken(draw: st.DrawFn, subject: Subject) -> NativeResponse:
    """Draw an answer that nobody should give."""
    other = draw(st.sampled_from(draw(st.sampled_from(SUBJECTS)).answers))
    native = draw(st.sampled_from(subject.answers))
    bodies = [st.just(other.body), st.binary(max_size=40), json_values(), st.just(None), st.text(max_size=9)]
    if isinstance(native.body, dict | list):
        bodies += [mutated(native.body)] * 4
    body = draw(st.one_of(bodies))
    status = draw(st.sampled_from([native.status, 200, 202, 204, 302, 400, 429, 500]))
    odd = {"retry-after": draw(st.sampled_from(["9" * 400, "-1", "nan", "1e999", "Infinity", "0", "x"]))}
    headers = draw(
        st.sampled_from([native.headers, {}, odd, {"location": "http://10.0.0.1", "content-type": "image/png"}])
    )
    return NativeResponse(status, headers, body)


@cache
def broken_answers(subject: Subject) -> st.SearchStrategy[list[NativeResponse]]:
    return st.lists(broken(subject), min_size=1, max_size=5)


@every_subject
@dialect_law
@given(data=st.data())
def test_l4_total(subject: Subject, data: st.DataObject) -> None:
    """Whatever comes, a branch ends with images or a classified error, and the exchange with it."""
    exchange, script, order = data.draw(scenes(subject))
    calls = data.draw(broken_answers(subject))
    hostile = Script(calls=calls, fetches=[*calls, *script.fetches], inputs=script.inputs, mix=script.mix)

    for state in states(exchange, hostile, in_order(order)):
        for answer in state.answers.values():
            assert isinstance(answer, imagetx.ImageResponse) or answer.category in imagetx.canonical.CATEGORIES
        subject.resume(json.dumps(state.to_json(), allow_nan=False))
    assert state.result is not None
    json.dumps(document(state.result.value), allow_nan=False)


@every_subject
@dialect_law
@given(data=st.data())
def test_l4_total_from_json(subject: Subject, data: st.DataObject) -> None:
    """JSON that was spoilt is an exchange or an ImagetxError, and so is what is done with it."""
    exchange, script, order = data.draw(scenes(subject))
    states_ = [*states(exchange, script, in_order(order))]
    said = states_[data.draw(st.integers(0, len(states_) - 1))].to_json()
    parts = [said, *said["calls"], *said["inputs"].values()]
    parts += [inner for call in said["calls"] for inner in (call.get("waiting"), *call.get("fetches", {}).values())]
    spoilt = deepcopy(said)
    if data.draw(st.booleans()):
        spoilt = data.draw(mutated(spoilt))
    else:
        held = [part for part in parts if part is not None]
        at = data.draw(st.integers(0, len(held) - 1))
        inner = data.draw(mutated(held[at]))
        held[at].clear()
        held[at].update(inner)
        spoilt = said

    try:
        again = subject.resume(spoilt)
        for step in again.pending:
            assert is_followed(step.request.url, subject.home)
            moved = again.feed(step.branch, data.draw(st.sampled_from(subject.answers)))
            assert moved.to_json() is not None
            again.fail(step.branch)
        assert again.answers is not None
        assert len(repr(again)) <= 500
        assert subject.resume(json.dumps(again.to_json())).to_json() == again.to_json()
    except ImagetxError:
        pass


@dialect_law
@given(value=json_values() | st.binary(max_size=20) | st.text(max_size=20))
def test_l4_total_strange(value: Json) -> None:
    """What is no exchange is a WireError; of a format that comes later, a ResolveError."""
    with pytest.raises(ImagetxError):
        Exchange.from_json(value)
    kept = imagetx.plan({"prompt": "a fox"}, "openai/gpt-image-2").to_json()
    if value not in (1, True) and not isinstance(value, bytes):
        with pytest.raises(ResolveError):
            Exchange.from_json({**kept, "exchange": value})
