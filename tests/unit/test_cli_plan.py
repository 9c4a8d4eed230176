"""
plan and feed: one JSON document each, from which the next command goes on; and what curl prints, read back.
"""

from __future__ import annotations

import base64
import copy
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx.curl import read_curl, render_curl
from tests.server import Answer, serving
from tests.unit.conftest import Run, Save

ROOT = Path(__file__).parents[2]
RED = ROOT / "fixtures" / "images" / "red-64.png"
RED_BYTES = RED.read_bytes()
RED_TEXT = base64.b64encode(RED_BYTES).decode()

KONTEXT = "fireworks/flux-kontext-pro"
GEMINI = "gemini/gemini-nano-banana-2.1"
AT = "/workflows/accounts/fireworks/models/flux-kontext-pro"


def answer(body: Any, status: int = 200, **headers: str) -> dict[str, Any]:
    """Give the JSON form of a response."""
    return {"status": status, "headers": headers, "body": {"json": body}}


def painted(data: str = RED_TEXT) -> dict[str, Any]:
    part = {"inlineData": {"mimeType": "image/png", "data": data}}
    return answer({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]})


# --- plan and feed ----------------------------------------------------------------------------


def test_a_job_from_the_request_to_the_image(run: Run, save: Save) -> None:
    """Submitted, asked, fetched: each document is all that the next command needs."""
    request = {"prompt": "a fox", "size": "1024x1024"}
    exchange = imagetx.plan(request, KONTEXT)

    code, stdout, stderr = run("plan", save("request.json", request), "--to", KONTEXT)

    assert (code, stderr) == (0, "".join(f"{note}\n" for note in exchange.notes))
    assert stderr.startswith('approximated /size: "1024x1024" -> "1:1"')
    document = json.loads(stdout)
    assert document == {
        "steps": [step.to_json() for step in exchange.pending],
        "result": None,
        "state": exchange.to_json(),
    }

    steps = []
    for came in (
        answer({"request_id": "k1"}),
        answer({"id": "k1", "status": "Pending"}),
        b'HTTP/2 200 \r\n\r\n{"id":"k1","status":"Ready","result":{"sample":"https://img.example.com/k1.png"}}',
    ):
        code, stdout, stderr = run("feed", save("state.json", document), save("answer", came))
        document = json.loads(stdout)
        assert (code, stderr, document["result"]) == (0, "", None)
        steps += document["steps"]

    assert [(step["branch"], step["request"]["url"][-10:], step["after_s"]) for step in steps] == [
        ("0", "get_result", 1),
        ("0", "get_result", 1),
        ("0/data/0", "com/k1.png", 0),
    ]
    assert [step["credentials"] for step in steps] == [True, True, False]

    image = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + RED_BYTES
    code, stdout, stderr = run("feed", save("state.json", document["state"]), save("image", image))

    document = json.loads(stdout)
    assert (code, document["steps"]) == (0, [])
    assert list(document["result"]) == ["value", "notes", "lossless", "target", "dialect", "model", "verified"]
    assert document["result"]["value"]["data"][0]["b64_json"] == RED_TEXT
    assert (document["result"]["lossless"], document["result"]["dialect"]) == (False, "fireworks/kontext")
    assert stderr.startswith('approximated /size: "1024x1024" -> "1:1"')
    assert imagetx.Exchange.from_json(document["state"]).result is not None


def test_branches_are_named_when_several_wait(run: Run, save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is free; what is left at the end needs no name. The state comes from standard input, too."""
    request = save("request.json", {"prompt": "a fox", "n": 2})
    code, planned, stderr = run("plan", request, "--to", GEMINI)
    assert (code, stderr, [step["branch"] for step in json.loads(planned)["steps"]]) == (0, "", ["0", "1"])
    state = save("state.json", planned)
    came = save("answer.json", painted())

    assert run("feed", state, came) == (1, "", "expected --branch with one of those that wait: 0, 1\n")
    unknown = 'expected a branch that waits for an answer (0, 1), got "2" - at /branch\n'
    assert run("feed", state, came, "--branch", "2") == (1, "", unknown)

    code, one, stderr = run("feed", state, came, "--branch", "1")
    assert (code, stderr, [step["branch"] for step in json.loads(one)["steps"]]) == (0, "", ["0"])

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(one.encode())))
    code, both, stderr = run("feed", "-", came)
    value = json.loads(both)["result"]["value"]
    assert (code, stderr, value["outcome"]) == (0, "", "complete")
    assert [(item["index"], item["b64_json"]) for item in value["data"]] == [(0, RED_TEXT), (1, RED_TEXT)]

    over = "expected an exchange that waits for an answer, got one that is over\n"
    assert run("feed", save("state.json", both), came) == (1, "", over)


def test_an_answer_that_failed_and_one_that_never_came(run: Run, save: Save) -> None:
    """Errors of the provider are values: exit code 0."""
    _, planned, _ = run("plan", save("request.json", {"prompt": "a fox", "n": 2}), "--to", GEMINI)
    refused = save("answer.json", answer({"error": {"code": 429, "message": "Slow."}}, 429, **{"retry-after": "7"}))

    code, one, _ = run("feed", save("state.json", planned), refused, "--branch", "0")
    again, both, stderr = run("feed", save("state.json", one), "--fail", "overloaded")

    assert (code, again, stderr) == (0, 0, "")
    value = json.loads(both)["result"]["value"]
    assert (value["category"], value["retry_after_s"]) == ("rate_limit", 7)
    assert imagetx.Exchange.from_json(json.loads(both)["state"]).answers["1"].category == "overloaded"  # type: ignore[union-attr]


def test_options_and_settings_are_those_of_encode(run: Run, save: Save) -> None:
    request = save("request.json", {"prompt": "a fox", "size": "1024x1024", "response_format": "url"})

    code, stdout, stderr = run("plan", request, "--to", KONTEXT, "--policy", "strict")
    assert (code, stdout) == (1, "")
    assert stderr.endswith(" - at /size\n")

    code, stdout, _ = run(
        *(
            "plan",
            request,
            "--to",
            "fireworks",
            "--set",
            "model=flux-kontext-pro",
            "--set",
            "base_url=http://h.example/x",
        ),
        *("--policy", "size=adapt", "--as-of", "2026-11-22", "--url-as", "data_url", "--emulate", "negative_prompt"),
    )
    state = json.loads(stdout)["state"]
    assert code == 0
    assert state["target"]["variables"] == {"base_url": "http://h.example/x"}
    assert state["options"] == {
        "policy": {"size": "adapt"},
        "as_of": "2026-11-22",
        "emulate": ["negative_prompt"],
        "url_as": "data_url",
    }


def test_what_is_found_out_on_the_way_is_told_then(run: Run, save: Save) -> None:
    """Where an input is fetched first, the notes about the request come before it is sent, with what is fed."""
    request = {"prompt": "a hat", "image": "https://img.example.com/fox.png", "size": "1000x900", "seed": 1}

    _, planned, before = run("plan", save("request.json", request), "--to", "stability/sd3.5-large")
    _, fed, then = run(
        "feed",
        save("state.json", planned),
        save(
            "image",
            b"HTTP/2 200\r\ncontent-type: image/png\r\n\r\n" + (ROOT / "fixtures/images/red-320.png").read_bytes(),
        ),
    )

    assert [step["branch"] for step in json.loads(planned)["steps"]] == ["image/0"]
    assert [step["branch"] for step in json.loads(fed)["steps"]] == ["0"]
    assert before == ""
    assert then.splitlines() == [str(imagetx.Note(**note)) for note in json.loads(fed)["state"]["notes"]]
    assert [line.split(":")[0] for line in then.splitlines()] == ["defaulted /strength", "dropped /size"]


def test_json_has_all_in_the_document(run: Run, save: Save) -> None:
    """Nothing on stderr; where the secret goes and how long to wait stand beside each step."""
    request = {"prompt": "a fox", "image": f"@{ROOT / 'fixtures' / 'images' / 'red-320.png'}", "size": "1024x1024"}

    _, stdout, stderr = run(
        "plan", save("request.json", request), "--to", "stability/stable-image-upscale-creative", "--json"
    )

    document = json.loads(stdout)
    (step,) = document["steps"]
    assert stderr == ""
    assert [note["pointer"] for note in document["state"]["notes"]] == ["/size"]
    assert step["credential"] == {"scheme": "bearer", "header": "authorization", "template": "Bearer {secret}"}
    assert step["timeout_s"] == 180


def test_curl_stands_beside_each_step(run: Run, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It prints the headers too, for feed; its files are written here."""
    monkeypatch.chdir(tmp_path)
    request = {"prompt": "a hat", "image": f"@{RED}", "n": 11}

    code, stdout, _ = run("plan", save("request.json", request), "--to", "openai/gpt-image-2", "--curl")

    (written,) = tmp_path.glob("image-*.png")
    commands = [step["curl"] for step in json.loads(stdout)["steps"]]
    assert code == 0
    assert written.read_bytes() == RED_BYTES
    assert len(commands) == 2
    assert all(f"image=@{written.name};" in command for command in commands)
    assert all(command.endswith(" \\\n  --include") for command in commands)
    assert all('--header "authorization: Bearer $API_KEY"' in command for command in commands)


# --- what cannot be read ----------------------------------------------------------------------


@pytest.fixture
def state(run: Run, save: Save) -> dict[str, Any]:
    """A job that waits."""
    _, stdout, _ = run("plan", save("request.json", {"prompt": "a fox"}), "--to", KONTEXT)
    _, stdout, _ = run("feed", save("s.json", stdout), save("a.json", answer({"request_id": "k1"})))
    document: dict[str, Any] = json.loads(stdout)
    return document


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "expected JSON, got nothing"),
        ("{", "expected JSON, got malformed text"),
        (b"\xff\xfe", "expected JSON in UTF-8, got byte 0xff at 0"),
        ("[]", "expected an exchange as an object, got []"),
        ("3", "expected an exchange as an object, got 3"),
        ({}, "expected 1, got nothing - at /exchange"),
        ({"state": None}, "expected an exchange as an object, got null"),
        (
            {"steps": [], "result": None, "state": {"exchange": 2}},
            "expected an exchange of format 1, got 2 - at /exchange",
        ),
        ({"exchange": "1"}, "expected an exchange of format 1"),
        ("[" * 100_000, "expected JSON"),
    ],
)
def test_a_state_that_is_none(run: Run, save: Save, content: Any, said: str) -> None:
    name = save("state.json", content)

    code, stdout, stderr = run("feed", name, save("answer.json", answer({})))

    assert (code, stdout) == (1, "")
    assert stderr.startswith(f"{name}: {said}")


HOSTILE: tuple[Any, ...] = (None, -1, 1e300, "", "\ud800", [], [{}], {}, {"": {}}, "http://[::1", "../..", True)


def places(document: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """List every place in a document."""
    yield at
    if isinstance(document, dict | list):
        for key, value in document.items() if isinstance(document, dict) else enumerate(document):
            yield from places(value, (*at, key))


def test_a_state_in_which_anything_was_changed(run: Run, save: Save, state: dict[str, Any]) -> None:
    """Another value or none, wherever: a document or problems, and nothing raised."""
    name = save("answer.json", answer({"id": "k1", "status": "Pending"}))
    for at in list(places(state["state"]))[1:]:
        for value in (*HOSTILE, ...):
            changed = copy.deepcopy(state)
            around: Any = changed["state"]
            for key in at[:-1]:
                around = around[key]
            if value is ...:
                del around[at[-1]]
            else:
                around[at[-1]] = value

            code, stdout, stderr = run("feed", save("state.json", changed), name, "--curl")

            assert (code, stdout == "", stderr == "") in ((0, False, True), (1, True, False)), (at, value)


def test_a_response_from_standard_input(
    run: Run, save: Save, state: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As curl prints it into a pipe, or as JSON with a byte order mark."""
    for content in (b'HTTP/2 200\r\n\r\n{"request_id":"k2"}', b'\xef\xbb\xbf{"status": 500}'):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert run("feed", save("state.json", state), "-")[0] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "expected JSON, got nothing"),
        (b"\x89PNG\r\n", "expected JSON in UTF-8, got byte 0x89 at 0"),
        ("[]", "expected a message as an object, got []"),
        ("{", "expected JSON, got malformed text"),
        (b'{"\xff": 1}', "expected JSON in UTF-8, got byte 0xff at 2"),
        ({"request_id": "k1"}, "expected a message with status, got none"),
        ({"status": 99}, "expected an integer 100 to 599, got 99 - at /status"),
        ({"status": 200, "body": {"base64": "?"}}, "expected base64 text - at /body/base64"),
        ("HTTP/", 'expected a status line of HTTP, got "HTTP/"'),
        ("HTTP/2 OK\r\n\r\n", "expected a status line of HTTP"),
        ("HTTP/1.1 200 OK", "expected a status line of HTTP"),
        ("HTTP/1.1 200 OK\r\n", "expected a header, or a blank line before the body, got the end"),
        ("HTTP/1.1 200 OK\r\na: b\r\n", "expected a header, or a blank line before the body, got the end"),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", 'expected a header, or a blank line before the body, got "no colon'),
        ("HTTP/1.1 200 OK\r\na b: c\r\n\r\n", 'expected a header, or a blank line before the body, got "a b: c'),
        ("HTTP/1.1 200 OK\r\na@: c\r\n\r\n", 'expected a header name, got "a@" - at /headers'),
        ("HTTP/1.1 200 OK\r\na: \x00\r\n\r\n", "expected a header value, got a control character"),
        ("HTTP/1.1 100 Continue\r\n\r\n", "expected an answer, got nothing after status 100"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nab", "expected a body of 3 bytes, got 2"),
    ],
)
def test_a_response_that_is_none(run: Run, save: Save, state: dict[str, Any], content: Any, said: str) -> None:
    name = save("answer", content)

    code, stdout, stderr = run("feed", save("state.json", state), name)

    assert (code, stdout) == (1, "")
    assert stderr.startswith(f"{name}: {said}")


def test_files_that_are_not_there(run: Run, save: Save, state: dict[str, Any]) -> None:
    assert run("feed", "nowhere", "nowhere") == (
        1,
        "",
        "nowhere: expected a file to read, got No such file or directory\n",
    )
    code, stdout, stderr = run("feed", save("state.json", state), "nowhere")
    assert (code, stdout, stderr) == (1, "", "nowhere: expected a file to read, got No such file or directory\n")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["plan", "x"], "the following arguments are required: --to"),
        (["feed"], "the following arguments are required: STATE"),
        (["feed", "x"], "expected either RESPONSE or --fail CATEGORY"),
        (["feed", "x", "y", "--fail", "timeout"], "expected either RESPONSE or --fail CATEGORY"),
        (["feed", "x", "--fail", "late"], "invalid choice: 'late'"),
        (["feed", "-", "-"], "STATE and RESPONSE cannot both be standard input"),
    ],
)
def test_usage(run: Run, argv: list[str], said: str) -> None:
    code, stdout, stderr = run(*argv)

    assert (code, stdout) == (2, "")
    assert said in stderr


# --- what curl prints -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"HTTP/2 200 \r\n\r\n", (200, {}, b"")),
        (b"HTTP/1.0 503\n\n", (503, {}, b"")),
        (b"HTTP/1.1 404 Not Found\r\nA: b:c \r\nx-\xe9: y\r\n\r\n", None),
        (b"HTTP/1.1 404 Not Found\r\nA:\t b:c\xe9 \r\nE:\r\n\r\n\r\n\x00", (404, {"a": "b:cé", "e": ""}, b"\r\n\x00")),
        (b"HTTP/1.1 200 OK\r\nVary: a\r\nvary: b\r\nVARY: a\r\n\r\n", (200, {"vary": "a, b"}, b"")),
        (b"HTTP/1.1 200 OK\r\nX: 1\r\nx: 1\r\n\r\n1", (200, {"x": "1"}, b"1")),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}", (200, {}, b"{}")),
        (
            b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 302\r\nlocation: /b\r\ncontent-length: 9\r\n\r\n"
            b"HTTP/2 103\r\nlink: x\r\n\r\nHTTP/2 200\r\na: b\r\n\r\nHTTP/2 is fast",
            (200, {"a": "b"}, b"HTTP/2 is fast"),
        ),
        (b"HTTP/2 200\r\ncontent-length: 1\r\n\r\n{}\n", (200, {"content-length": "1"}, b"{}\n")),
        (
            b"HTTP/2 200\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n{}",
            (200, {"content-encoding": "gzip", "content-length": "99"}, b"{}"),
        ),
    ],
)
def test_read_curl(content: bytes, expected: tuple[int, dict[str, str], bytes] | None) -> None:
    """Names in any case, equal headers once, of several blocks the last."""
    if expected is None:
        with pytest.raises(imagetx.WireError):
            read_curl(content)
    else:
        assert read_curl(content) == imagetx.NativeResponse(*expected)


def test_read_curl_is_linear() -> None:
    """Long runs of what a pattern may retry, and many headers, cost no more than they are long."""
    many = b"".join(b"a: %d\r\n" % number for number in range(100_000))
    for piece in (b"a: " + b" \t" * 500_000 + b"\x00", b"a" * 1_000_000, b"a:\r\n" * 200_000, many):
        with pytest.raises(imagetx.WireError):
            read_curl(b"HTTP/2 200\r\n" + piece)

    assert read_curl(b"HTTP/2 200\r\n\r\n" * 70_000).content() == b""


def test_response_reads_what_curl_prints(run: Run, save: Save) -> None:
    came = b"HTTP/2 200\r\ncontent-type: image/png\r\nseed: 7\r\n\r\n" + RED_BYTES

    code, stdout, stderr = run("response", save("answer", came), "--from", "stability/sd3.5-large")

    assert (code, stderr) == (0, "")
    assert json.loads(stdout)["data"][0] == {
        "b64_json": RED_TEXT,
        "mime_type": "image/png",
        "seed": 7,
        "finish_reason": "stop",
        "index": 0,
    }


def test_curl_takes_no_character_of_a_url_for_a_list() -> None:
    """In a URL that an answer names, brackets and braces would be many requests."""
    plain = render_curl(imagetx.NativeRequest("GET", "https://a.example/b"))
    listed = render_curl(imagetx.NativeRequest("GET", "https://a.example/[1-9]{b,c}"))

    assert "--globoff" not in plain.text
    assert listed.text == "curl 'https://a.example/[1-9]{b,c}' \\\n  --globoff \\\n  --request GET"


# --- a shell and curl -------------------------------------------------------------------------

SCRIPT = """
set -eu
said() { "$PYTHON" -c "import json, sys; print(json.load(open(sys.argv[1]))$2)" "$1"; }
"$PYTHON" -m imagetx plan request.json --to fireworks/flux-kontext-pro --set "base_url=$SERVER" --curl > now.json
while [ "$(said now.json '["result"] is None')" = True ]; do
  said now.json '["steps"][0]["after_s"]' >> waits.txt
  sh -c "$(said now.json '["steps"][0]["curl"]')" > answer.txt
  "$PYTHON" -m imagetx feed now.json answer.txt --curl > next.json
  mv next.json now.json
done
"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
@pytest.mark.parametrize("host", ["", "http://pictures.example.com"], ids=["own origin", "another origin"])
def test_a_shell_drives_an_exchange(host: str, tmp_path: Path) -> None:
    """The secret goes to the provider's steps, never to whom an image is fetched from; redirects are fed."""
    kind = {"Content-Type": "application/json"}
    sample = f"{host or '{url}'}/k1.png?sig=[1-3]{{a,b}}"
    ready = {"id": "k1", "status": "Ready", "result": {"sample": sample}}
    answers: dict[str, list[Answer]] = {
        f"POST {AT}": [(200, kind, b'{"request_id": "k1"}')],
        f"POST {AT}/get_result": [
            (200, kind, b'{"id": "k1", "status": "Pending"}'),
            (200, kind, json.dumps(ready).encode()),
        ],
        "GET /k1.png?sig=[1-3]{a,b}": [(302, {"Location": "/there.png"}, b"gone")],
        "GET /there.png": [(200, {"Content-Type": "image/png"}, RED_BYTES)],
    }
    (tmp_path / "request.json").write_text('{"prompt": "a fox\'s $HOME"}')
    with serving(answers) as (url, came):
        (tmp_path / ".curlrc").write_text(
            f'silent\nconnect-to = "pictures.example.com:80:{url.removeprefix("http://")}"\n'
        )
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHON": sys.executable}
        environment |= {"SERVER": url, "API_KEY": "sk-1", "CURL_HOME": str(tmp_path), "HOME": str(tmp_path)}
        done = subprocess.run(
            ["sh"], input=SCRIPT.encode(), capture_output=True, check=False, env=environment, cwd=tmp_path
        )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    value = json.loads((tmp_path / "now.json").read_text())["result"]["value"]
    assert value["data"][0]["b64_json"] == RED_TEXT
    assert [(seen.path, seen.headers.get("authorization")) for seen in came] == [
        (AT, "Bearer sk-1"),
        *([(f"{AT}/get_result", "Bearer sk-1")] * 2),
        ("/k1.png?sig=[1-3]{a,b}", None),
        ("/there.png", None),
    ]
    assert json.loads(came[0].body) == {"prompt": "a fox's $HOME"}
    assert (tmp_path / "waits.txt").read_text().split() == ["0", "1", "1", "0", "0"]
    assert not any("sk-1" in path.read_text("latin-1") for path in tmp_path.iterdir())
