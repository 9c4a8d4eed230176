"""
Entry points with a life: exchanges that are fed and failed, and their JSON form.
"""

from __future__ import annotations

import json
from typing import Any

import imagetx
from imagetx.errors import ImagetxError
from tests.fuzz import stock
from tests.fuzz.choices import Choices
from tests.fuzz.contract import attempted, check, form, held
from tests.fuzz.given import canonical_of, draw_answer, draw_asked, options_of, response_of, some, target_of
from tests.fuzz.living import alive, fingerprint
from tests.fuzz.mutation import HOSTILE, PLAIN, mutate

Json = Any
_MOST_STEPS = 8


def draw_exchange(choices: Choices) -> Json:
    if choices.chance(2):
        case = draw_asked(choices)
        if isinstance(case["request"], dict) and choices.chance(2):
            case["request"]["n"] = choices.pick([1, 2, 3, 11])
        steps = []
    else:
        vector = stock.vector("exchanges", choices)
        request = mutate(vector["request"], choices, stock.messages(), choices.below(2))
        case = {"request": request, "target": vector["target"], "options": vector.get("options", {})}
        steps = [{"answer": step["answer"]} for step in vector["steps"] if "answer" in step]
    provider = case["target"].get("provider") if isinstance(case["target"], dict) else None
    while len(steps) < _MOST_STEPS and not choices.chance(4):
        steps.insert(choices.below(len(steps) + 1), _draw_step(choices, provider))
    return {**case, "steps": mutate(steps, choices, stock.messages(), choices.below(3), PLAIN)}


def _draw_step(choices: Choices, provider: Json) -> Json:
    match choices.below(8):
        case 0:
            return {"fail": [choices.pick(["timeout", "quota", "nope", *HOSTILE]), choices.pick(["", "why", *HOSTILE])]}
        case 1:
            return {"branch": choices.pick(["0", "9", "image/0", "mask", "0/data/0", "0/data/9", *HOSTILE])}
        case 2:
            form = {"status": choices.pick([200, 302, 404, 500]), "headers": {"location": "/b"}}
            return {"answer": {**form, "body": {"base64": "iVBORw0KGgo="}}}
        case _:
            known = provider if isinstance(provider, str) else None
            return {"answer": draw_answer(choices, known)["native"], "at": choices.below(4)}


def run_exchange(case: Json) -> None:
    held(lambda: alive(case), _gone)


def _gone(given: Json) -> Json:
    """Go through the steps; the exchange can be stored and resumed after each."""
    exchange = imagetx.plan(canonical_of(given), target_of(given["target"]), **options_of(given.get("options")))
    heard: list[Json] = []
    steps = given["steps"] if isinstance(given["steps"], list) else []
    for step in steps:
        came, then = attempted(lambda exchange=exchange, step=step: _fed(exchange, step))  # type: ignore[misc]
        heard.append(None if came else fingerprint(form(then)))
        exchange = then if came else exchange
        assert (exchange.result is None) == (exchange.pending != ())
    stored = exchange.to_json()
    again = imagetx.Exchange.from_json(json.dumps(stored))
    assert fingerprint(again.to_json()) == fingerprint(stored), "an exchange is another after it was stored"
    assert fingerprint([form(step) for step in again.pending]) == fingerprint([form(step) for step in exchange.pending])
    assert fingerprint(form(again.result)) == fingerprint(form(exchange.result)), "its result is another, stored"
    return [exchange, exchange.result, list(exchange.answers.values()), heard]


def _fed(exchange: imagetx.Exchange, step: Json) -> imagetx.Exchange:
    if not isinstance(step, dict):
        return exchange.feed("0", step)
    pending = exchange.pending
    at = step.get("at", 0)
    branch = pending[at % len(pending)].branch if pending and isinstance(at, int) else "0"
    branch = step.get("branch", branch)
    if isinstance(step.get("fail"), list):
        return exchange.fail(branch, *step["fail"][:2])
    return exchange.feed(branch, response_of(step.get("answer")))


def draw_from_json(choices: Choices) -> Json:
    state = mutate(choices.pick(stock.states()), choices, stock.messages(), some(choices))
    if choices.chance(20):
        state = choices.pick(HOSTILE)
    return {"state": state, "answer": draw_answer(choices)["native"]}


def run_from_json(case: Json) -> None:
    came, exchange = held(lambda: alive(case)["state"], imagetx.Exchange.from_json)
    if not came:
        return
    stored = exchange.to_json()
    assert fingerprint(imagetx.Exchange.from_json(stored).to_json()) == fingerprint(stored)
    came, pending = attempted(lambda: exchange.pending)
    for step in pending if came else ():
        check(step)
        try:
            answer = response_of(alive(case["answer"]))
        except ImagetxError:
            return
        attempted(lambda step=step, answer=answer: exchange.feed(step.branch, answer))  # type: ignore[misc]
        attempted(lambda step=step: exchange.fail(step.branch))  # type: ignore[misc]
