"""
What the entry points are given: documents, messages, targets and options, drawn and made alive.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import imagetx
from imagetx.errors import ImagetxError
from tests.fuzz import stock
from tests.fuzz.choices import Choices
from tests.fuzz.living import alive
from tests.fuzz.mutation import HOSTILE, PLAIN, mutate, torn_bytes, torn_text

Json = Any
_OPTIONS: dict[str, Sequence[Json]] = {
    "policy": ["adapt", "strict", {"*": "strict"}, {"size": "strict", "*": "adapt"}, {"nope": "strict"}, {"n": 1}],
    "as_of": ["2026-11-22", "2020-01-01", "2999-12-31", {"$date": "2026-11-23"}, "2026-02-30"],
    "emulate": [["negative_prompt"], ["negative_prompt", "variation"], "variation", {"$set": ["variation"]}],
    "url_as": ["b64_json", "data_url", "url"],
}  # fmt: skip
_MEMBERS = frozenset({"provider", "model", "operation", "surface", "deployment", "auth", "variables"})
Target = str | imagetx.Target


# --- drawn ------------------------------------------------------------------------------------


def some(choices: Choices) -> int:
    """Choose how many mutations: often one or two, sometimes none or many."""
    return choices.pick([0, 1, 1, 1, 2, 2, 3, 8])


def draw_target(choices: Choices, own: Json) -> Json:
    """Draw a target: that of the vector, most often."""
    match choices.below(10):
        case 0:
            return mutate(own, choices, stock.messages(), 1 + choices.below(2))
        case 1:
            return choices.pick(stock.targets())
        case 2:
            return "/".join(str(own[name]) for name in ("provider", "model") if own.get(name))
        case 3:
            return torn_text(f"{own.get('provider')}/{own.get('model')}", choices)
        case 4:
            return own["provider"]
        case 5:
            return mutate(choices.pick(stock.targets()), choices, stock.messages(), 1)
        case _:
            return own


def draw_options(choices: Choices) -> dict[str, Json]:
    """Draw options, most often none."""
    if not choices.chance(3):
        return {}
    names = [name for name in _OPTIONS if choices.chance(2)]
    return {name: choices.pick(HOSTILE if choices.chance(6) else _OPTIONS[name]) for name in names}


def draw_asked(choices: Choices) -> dict[str, Json]:
    """Draw a canonical request with a target and options."""
    section = choices.pick(["requests", "requests", "refused", "exchanges"])
    vector = stock.vector(section, choices)
    request = vector.get("canonical", vector.get("request", {"prompt": "a fox", "image": "{{red-64.png}}"}))
    case = {
        "request": mutate(request, choices, stock.messages(), some(choices)),
        "target": draw_target(choices, vector["target"]),
        "options": draw_options(choices),
    }
    return {**case, "model": True} if choices.chance(8) else case


def draw_native(choices: Choices) -> tuple[Json, Json]:
    """Draw a native request and the target of its vector."""
    vector = stock.vector("requests", choices)
    native = vector["native"]
    if choices.chance(4):
        native = roughened(native, choices, imagetx.NativeRequest)
    return mutate(native, choices, stock.messages(), some(choices), PLAIN), vector["target"]


def draw_answer(choices: Choices, provider: str | None = None) -> Json:
    """Draw a vector with a native answer, which is mutated."""
    section = choices.pick(["responses", "responses", "errors", "pending"])
    vector = stock.vector(section, choices, provider)
    native = vector["native"]
    if choices.chance(4):
        native = roughened(native, choices, imagetx.NativeResponse)
    return {**vector, "native": mutate(native, choices, stock.messages(), some(choices), PLAIN)}


def roughened(form: Json, choices: Choices, kind: Any) -> Json:
    """Give a message with its body as bytes that were cut and flipped."""
    try:
        message = kind.from_json(alive(form))
        content = torn_bytes(message.content(), choices)
    except ImagetxError:
        return form
    kinds = [
        "application/json",
        "text/plain",
        "image/png",
        "multipart/form-data; boundary=B",
        "application/x-ndjson",
        "",
    ]
    headers = dict(message.headers)
    if choices.chance(4):
        headers["content-type"] = choices.pick(kinds)
    body = {"base64": base64.b64encode(content[:40_000]).decode()}
    return {**form, "headers": headers, "body": body}


# --- made alive -------------------------------------------------------------------------------


def target_of(said: Json) -> Target:
    """Make a target of a text or of members; anything else passes as it is."""
    if not isinstance(said, dict):
        return said  # type: ignore[no-any-return]
    members = {name: value for name, value in said.items() if name in _MEMBERS}
    return imagetx.Target(**{"provider": None, **members})


def request_of(native: Json) -> imagetx.NativeRequest:
    return imagetx.NativeRequest.from_json(native)


def response_of(native: Json) -> imagetx.NativeResponse:
    return imagetx.NativeResponse.from_json(native)


def options_of(said: Json) -> dict[str, Json]:
    """Keep the options that there are."""
    return {name: value for name, value in said.items() if name in _OPTIONS} if isinstance(said, dict) else {}


def canonical_of(case: Json) -> Json:
    """Give the request of a case, as a model where the case wants one and it is one."""
    if not case.get("model"):
        return case["request"]
    try:
        return imagetx.ImageRequest.model_validate(case["request"])
    except (ValueError, RecursionError):  # pydantic's own, before anything of ours
        return case["request"]
