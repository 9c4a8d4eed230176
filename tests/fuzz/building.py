"""
Messages and values that callers build, and the command line.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

import imagetx
from imagetx.cli import main
from tests.fuzz import stock
from tests.fuzz.choices import Choices
from tests.fuzz.contract import held
from tests.fuzz.given import draw_answer, draw_asked, draw_native, roughened
from tests.fuzz.living import alive
from tests.fuzz.mutation import HOSTILE, PLAIN, mutate, torn_text

Json = Any

# --- JSON forms -------------------------------------------------------------------------------


def draw_native_request(choices: Choices) -> Json:
    form = stock.vector("requests", choices)["native"]
    return _message(choices, form, imagetx.NativeRequest)


def draw_native_response(choices: Choices) -> Json:
    form = stock.vector(choices.pick(["responses", "errors"]), choices)["native"]
    return _message(choices, form, imagetx.NativeResponse)


def _message(choices: Choices, form: Json, kind: Any) -> Json:
    form = roughened(form, choices, kind) if choices.chance(2) else form
    form = mutate(form, choices, stock.messages(), 1 + choices.below(3))
    return {"form": torn_text(json.dumps(form), choices) if choices.chance(4) else form}


def run_native_request(case: Json) -> None:
    _run_message(case, imagetx.NativeRequest)


def run_native_response(case: Json) -> None:
    _run_message(case, imagetx.NativeResponse)


def _run_message(case: Json, kind: Any) -> None:
    came, message = held(lambda: alive(case), lambda given: kind.from_json(given["form"]))
    if came and isinstance(message, imagetx.NativeRequest):
        held(lambda: message, lambda given: given.with_boundary("another-boundary"))


# --- constructors -----------------------------------------------------------------------------

_BUILT: dict[str, tuple[Any, dict[str, Json]]] = {
    "NativeRequest": (
        imagetx.NativeRequest,
        {"method": "POST", "url": "https://h/a", "headers": {"accept": "*/*"}, "body": {"a": 1}},
    ),
    "NativeResponse": (imagetx.NativeResponse, {"status": 200, "headers": {"date": "x"}, "body": {"a": 1}}),
    "InputLimits": (
        lambda **members: repr(imagetx.registry().with_limits(imagetx.InputLimits(**members))),
        {"values": 5, "depth": 3, "calls": 2},
    ),
    "Target": (imagetx.Target, {"provider": "openai", "model": "m", "variables": {"region": "r"}}),
}


def draw_constructor(choices: Choices) -> Json:
    name = choices.pick(list(_BUILT))
    members = dict(_BUILT[name][1])
    for key in members:
        if choices.chance(2):
            members[key] = mutate(members[key], choices, stock.messages(), 1 + choices.below(2))
    return {"kind": name, "members": members}


def run_constructor(case: Json) -> None:
    held(lambda: alive(case), lambda given: _BUILT[case["kind"]][0](**given["members"]))


def draw_part(choices: Choices) -> Json:
    names = ["name", "filename", "content_type"]
    parts = [{name: choices.pick(HOSTILE) if choices.chance(3) else "a" for name in names} for _ in range(2)]
    return {"parts": [{**part, "data": choices.pick(["text", {"$bytes": "AAAA"}, *HOSTILE])} for part in parts]}


def run_part(case: Json) -> None:
    def build(given: Json) -> Json:
        parts = tuple(imagetx.Part(**part) for part in given["parts"])
        return imagetx.NativeRequest("POST", "https://h/a", {}, parts)

    held(lambda: alive(case), build)


# --- the command line -------------------------------------------------------------------------

_FLAGS = ["--json", "--curl", "--policy", "--as-of", "--set", "--to", "--from", "--as", "--request", "--branch",
          "--fail", "--strict", "--weight", "--caller-request", "--help", "--", "-", "strict", "2026-11-22", "region=x",
          "a.json", "b.json", "timeout", "size=2", "=", "model=", "--emulate", "--url-as", "data_url", "0"]  # fmt: skip


def draw_command(choices: Choices) -> Json:
    """Draw a command line with what it reads: `a.json` and standard input."""
    asked, (native, own) = draw_asked(choices), draw_native(choices)
    to = _said(choices.pick(stock.targets()))
    kinds: list[tuple[list[str], Json]] = [
        (["encode", "-", "--to", _said(asked["target"])], asked["request"]),
        (["check", "-", "--to", _said(asked["target"])], asked["request"]),
        (["plan", "-", "--to", _said(asked["target"])], asked["request"]),
        (["rank", "-", "--to", _said(asked["target"]), "--to", to], asked["request"]),
        (["decode", "-"], native),
        (["decode", "-", "--from", own["provider"]], native),
        (["translate", "-", "--from", own["provider"], "--to", to], native),
        (["explain", to], None),
        (["capabilities", to], None),
        (["models", own["provider"]], None),
        (["feed", "a.json", "-"], None),
        (["response", "-", "--from", _said(own)], None),
        (["lint", "a.json"], None),
    ]
    argv, read = choices.pick(kinds)
    files = {"a.json": json.dumps(choices.pick(stock.states()))}
    if argv[0] in ("feed", "response"):
        vector = draw_answer(choices)
        read, argv = (
            vector["native"],
            ["response", "-", "--from", _said(vector["target"])] if argv[0] == "response" else argv,
        )
    elif argv[0] == "lint":
        files["a.json"] = json.dumps(mutate(stock.spec("reka"), choices, stock.spec_parts(), choices.below(3), PLAIN))
    text = json.dumps(mutate(read, choices, stock.messages(), choices.below(2), PLAIN))
    text = torn_text(text, choices) if choices.chance(4) else text
    for _ in range(choices.below(4)):
        argv.insert(choices.below(len(argv) + 1), choices.pick(_FLAGS))
    if choices.chance(4):
        at = choices.below(len(argv))
        argv[at] = torn_text(argv[at], choices)
    return {"argv": [word for word in argv if word != "reference"], "stdin": text, "files": files}


def _said(target: Json) -> str:
    if not isinstance(target, dict):
        return str(target)
    return "/".join(str(target[name]) for name in ("provider", "model") if target.get(name))


def run_command(case: Json) -> None:
    """Exit code 0, 1 or 2, the same each time; no traceback, and JSON where JSON is promised."""
    first, again = _ran(case), _ran(case)
    assert first == again, "the same command line says another thing"
    code, out, heard = first
    assert code in (0, 1, 2)
    assert "Traceback" not in heard
    whole = "rank" in case["argv"] and "--json" in case["argv"]  # why each target refuses stands in the document
    assert code != 1 or heard.strip() or (whole and out.strip()), "refused, and does not say why"
    if code == 0 and "--json" in case["argv"] and not {"--help", "-h", "lint", "--version"} & {*case["argv"]}:
        json.loads(out)


def _ran(case: Json) -> tuple[int, str, str]:
    """Run a command in a folder of its own."""
    streams = sys.stdin, sys.stdout, sys.stderr
    content = str(alive(case["stdin"])).encode(errors="surrogatepass")
    sys.stdin = io.TextIOWrapper(io.BytesIO(content))
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace") for _ in range(2))
    try:
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            for name, text in case["files"].items():
                Path(name).write_text(text, encoding="utf-8", errors="surrogatepass")
            code = main([os.fsdecode(word.encode(errors="backslashreplace")) for word in case["argv"]])
        said = []
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            said.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    return code, said[0], said[1]
