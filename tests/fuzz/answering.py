"""
Entry points that take answers, in one piece or as a stream: what they draw and how they are run.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import imagetx
from tests.fuzz import stock
from tests.fuzz.choices import Choices
from tests.fuzz.contract import attempted, form, held
from tests.fuzz.given import draw_answer, draw_native, draw_target, request_of, response_of, some, target_of
from tests.fuzz.living import alive, fingerprint
from tests.fuzz.mutation import HOSTILE, mutate, torn_bytes
from tests.images import expanded

Json = Any
_MOST = 30_000

# --- whole answers ----------------------------------------------------------------------------


def draw_decode_response(choices: Choices) -> Json:
    vector = draw_answer(choices)
    case = {"native": vector["native"], "target": draw_target(choices, vector["target"])}
    if choices.chance(3):
        case["request"] = _asked(choices)
    if choices.chance(6):
        case["created"] = choices.pick([0, 1795305600, *HOSTILE])
    return case


def _asked(choices: Choices) -> Json:
    request = stock.vector("requests", choices).get("canonical", {"prompt": "a fox", "n": 2})
    return mutate(request, choices, stock.messages(), choices.below(3))


def _given(case: Json, *names: str) -> dict[str, Json]:
    return {name: case[name] for name in names if name in case}


def run_decode_response(case: Json) -> None:
    came, out = held(
        lambda: alive(case),
        lambda given: imagetx.decode_response(
            response_of(given["native"]), target_of(given["target"]), **_given(given, "request", "created")
        ),
    )
    if came:
        attempted(lambda: imagetx.encode_response(out.value, out.target))


def draw_encode_response(choices: Choices) -> Json:
    vector = stock.vector(choices.pick(["responses", "errors"]), choices)
    case = {
        "response": mutate(vector["canonical"], choices, stock.messages(), some(choices)),
        "target": draw_target(choices, vector["target"]),
    }
    return _with_caller(case, choices)


def _with_caller(case: dict[str, Json], choices: Choices) -> dict[str, Json]:
    if choices.chance(3):
        case["caller"] = draw_native(choices)[0]
    if choices.chance(5):
        case["served_by"] = draw_target(choices, choices.pick(stock.targets()))
    return case


def _caller(given: Json) -> dict[str, Json]:
    caller = {"request": request_of(given["caller"])} if "caller" in given else {}
    return {**caller, **({"served_by": target_of(given["served_by"])} if "served_by" in given else {})}


def run_encode_response(case: Json) -> None:
    came, out = held(
        lambda: alive(case),
        lambda given: imagetx.encode_response(given["response"], target_of(given["target"]), **_caller(given)),
    )
    if came:
        attempted(lambda: imagetx.decode_response(out.value, out.target))


def draw_translate_response(choices: Choices) -> Json:
    vector = draw_answer(choices)
    asked_as = draw_target(choices, choices.pick(stock.targets()))
    case = {"native": vector["native"], "served_by": draw_target(choices, vector["target"]), "asked_as": asked_as}
    if choices.chance(3):
        case["request"] = _asked(choices)
    return {**case, "caller": draw_native(choices)[0]} if choices.chance(3) else case


def run_translate_response(case: Json) -> None:
    def translate(given: Json) -> Json:
        caller = {"caller_request": request_of(given["caller"])} if "caller" in given else {}
        served_by, asked_as = target_of(given["served_by"]), target_of(given["asked_as"])
        asked = _given(given, "request")
        return imagetx.translate_response(response_of(given["native"]), served_by, asked_as, **asked, **caller)

    held(lambda: alive(case), translate)


# --- streams in -------------------------------------------------------------------------------


def draw_stream_decoder(choices: Choices) -> Json:
    vector = stock.vector("streams", choices)
    content = str(expanded(vector["text"])).encode()
    if choices.chance(3):
        content = _mutated_events(content, choices)
    if choices.chance(3):
        content += str(expanded(stock.vector("streams", choices)["text"])).encode()
    if not choices.chance(3):
        content = torn_bytes(content, choices)
    case = {"body": _kept_bytes(content[:_MOST]), "target": draw_target(choices, vector["target"])}
    for name in ("request", "headers"):
        if name in vector:
            case[name] = vector[name]
    if choices.chance(6):
        case["headers"] = mutate({"content-type": "application/json"}, choices, stock.messages(), 1)
    if choices.chance(8):
        case["request"] = _asked(choices)
    if choices.chance(8):
        case["created"] = choices.pick(HOSTILE)
    return {**case, "cuts": [choices.below(200) for _ in range(1 + choices.below(8))]}


def _kept_bytes(content: bytes) -> Json:
    """Write bytes as text where they are text: that can be read in a kept case."""
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _mutated_events(content: bytes, choices: Choices) -> bytes:
    """Mutate the documents in the data lines."""
    lines = []
    for line in content.split(b"\n"):
        name, colon, data = line.partition(b": ")
        try:
            document = json.loads(data)
        except ValueError:
            lines.append(line)
            continue
        document = alive(
            mutate(document, choices, stock.messages(), choices.below(3), [None, True, 0, -1, "", "a", [], {}, [[]]])
        )
        lines.append(name + colon + json.dumps(document).encode())
    return b"\n".join(lines)


def _body(said: Json) -> bytes:
    if not isinstance(said, dict):
        return b""
    return said["text"].encode(errors="surrogatepass") if "text" in said else base64.b64decode(said["base64"])


def run_stream_decoder(case: Json) -> None:
    """Fed whole, byte by byte and in any cuts, a stream says the same."""
    content = _body(case["body"])

    def read(given: Json, sizes: list[int]) -> Json:
        decoder = imagetx.stream_decoder(target_of(given["target"]), **_given(given, "request", "headers", "created"))
        events: list[Json] = []
        at = turn = 0
        while at < len(content):
            size = max(1, sizes[turn % len(sizes)])
            events += decoder.feed(content[at : at + size])
            at, turn = at + size, turn + 1
        events += decoder.close()
        assert len(repr(decoder)) <= 500
        return [events, decoder.notes]

    given = {name: value for name, value in case.items() if name != "body"}
    came, whole = held(lambda: alive(given), lambda said: read(said, [len(content)]))
    for sizes in ([1], case["cuts"]):
        again_came, again = attempted(lambda sizes=sizes: read(alive(given), sizes))  # type: ignore[misc]
        assert came == again_came
        assert fingerprint(form(whole)) == fingerprint(form(again)), f"cut at every {sizes} it says something else"


# --- streams out ------------------------------------------------------------------------------


def draw_stream_encoder(choices: Choices) -> Json:
    vector = stock.vector("streams", choices)
    events = mutate(vector["events"], choices, stock.messages(), some(choices))
    own = vector["target"] if choices.chance(2) else stock.vector("streams", choices)["target"]
    return _with_caller({"events": events, "target": draw_target(choices, own)}, choices)


def run_stream_encoder(case: Json) -> None:
    def write(given: Json) -> Json:
        encoder = imagetx.stream_encoder(target_of(given["target"]), **_caller(given))
        events = given["events"] if isinstance(given["events"], list) else [given["events"]]
        said = [attempted(lambda event=event: encoder.feed(event))[1] for event in events]  # type: ignore[misc]
        said.append(attempted(encoder.close)[1])
        assert len(repr(encoder)) <= 500
        return [said, encoder.headers, encoder.status, encoder.notes]

    came, out = held(lambda: alive(case), write)
    if came and out[2] == 200:
        body = b"".join(piece for piece in out[0] if isinstance(piece, bytes))
        attempted(lambda: _read_back(alive(case["target"]), out[1], body))


def _read_back(target: Json, headers: Json, body: bytes) -> Json:
    decoder = imagetx.stream_decoder(target_of(target), headers=headers)
    return [decoder.feed(body), decoder.close()]


def run_stream_events(case: Json) -> None:
    came, out = held(
        lambda: alive(case), lambda given: imagetx.stream_events(given["response"], target_of(given["target"]))
    )
    if came:
        run_stream_encoder({"events": [], "target": case["target"]})
        encoder = imagetx.stream_encoder(out.target)
        for event in out.value:
            attempted(lambda event=event: encoder.feed(event))  # type: ignore[misc]
        attempted(encoder.close)
