"""
Entry points that take requests: what they draw and how they are run.
"""

from __future__ import annotations

from typing import Any

import imagetx
from tests.fuzz import stock
from tests.fuzz.choices import Choices
from tests.fuzz.contract import attempted, held
from tests.fuzz.given import (
    canonical_of,
    draw_asked,
    draw_native,
    draw_options,
    draw_target,
    options_of,
    request_of,
    target_of,
)
from tests.fuzz.living import alive
from tests.fuzz.mutation import HOSTILE, mutate

Json = Any

# --- canonical requests -----------------------------------------------------------------------


def run_encode_request(case: Json) -> None:
    came, out = held(
        lambda: alive(case),
        lambda given: imagetx.encode_request(
            canonical_of(given), target_of(given["target"]), **options_of(given["options"])
        ),
    )
    if came:  # what we wrote, we read
        attempted(lambda: imagetx.decode_request(out.value, out.target))


def run_plan(case: Json) -> None:
    held(
        lambda: alive(case),
        lambda given: _planned(
            imagetx.plan(canonical_of(given), target_of(given["target"]), **options_of(given["options"]))
        ),
    )


def _planned(exchange: imagetx.Exchange) -> Json:
    return [exchange, exchange.pending]


def run_check(case: Json) -> None:
    held(
        lambda: alive(case),
        lambda given: imagetx.check(canonical_of(given), target_of(given["target"]), **options_of(given["options"])),
    )


def draw_rank(choices: Choices) -> Json:
    case = draw_asked(choices)
    case["targets"] = [draw_target(choices, choices.pick(stock.targets())) for _ in range(choices.below(4))]
    if choices.chance(10):
        case["targets"] = choices.pick(HOSTILE)
    if choices.chance(3):
        case["weights"] = mutate({"size": 2, "seed": 0.5}, choices, stock.messages(), 1 + choices.below(2))
    return case


def run_rank(case: Json) -> None:
    def rank(given: Json) -> Json:
        listed = given["targets"]
        listed = [target_of(each) for each in listed] if isinstance(listed, list) else listed
        weights = {"weights": given["weights"]} if "weights" in given else {}
        return imagetx.rank(canonical_of(given), listed, **weights, **options_of(given["options"]))

    held(lambda: alive(case), rank)


# --- questions --------------------------------------------------------------------------------


def draw_question(choices: Choices) -> Json:
    target = draw_target(choices, choices.pick(stock.targets()))
    if choices.chance(6):
        target = choices.pick(HOSTILE)
    return {"target": target, "options": draw_options(choices)}


def run_explain(case: Json) -> None:
    held(lambda: alive(case), lambda given: imagetx.explain(target_of(given["target"]), **options_of(given["options"])))


def run_capabilities(case: Json) -> None:
    held(lambda: alive(case), lambda given: imagetx.capabilities(target_of(given["target"])))


def run_models(case: Json) -> None:
    def models(given: Json) -> Json:
        said = given["target"]
        return imagetx.models(said.get("provider") if isinstance(said, dict) else said)

    held(lambda: alive(case), models)


# --- native requests --------------------------------------------------------------------------


def draw_decode_request(choices: Choices) -> Json:
    native, target = draw_native(choices)
    hint = draw_target(choices, target) if choices.chance(2) else choices.pick([None, target["provider"]])
    return {"native": native, "source": hint}


def run_decode_request(case: Json) -> None:
    came, out = held(
        lambda: alive(case),
        lambda given: imagetx.decode_request(
            request_of(given["native"]), None if given["source"] is None else target_of(given["source"])
        ),
    )
    if came:
        attempted(lambda: imagetx.encode_request(out.value, out.target))


def draw_translate_request(choices: Choices) -> Json:
    case = draw_decode_request(choices)
    return {**case, "target": draw_target(choices, choices.pick(stock.targets())), "options": draw_options(choices)}


def run_translate_request(case: Json) -> None:
    held(
        lambda: alive(case),
        lambda given: imagetx.translate_request(
            request_of(given["native"]),
            None if given["source"] is None else target_of(given["source"]),
            target_of(given["target"]),
            **options_of(given["options"]),
        ),
    )
