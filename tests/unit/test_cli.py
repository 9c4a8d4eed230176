"""
The command line: JSON on stdout, notes or problems on stderr, exit code 0, 1 or 2.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import imagetx
from imagetx.curl import Command, render_curl
from imagetx.multipart import decode_form
from tests.unit.conftest import Run, Save

ROOT = Path(__file__).parents[2]
OTTER = ROOT / "fixtures" / "canonical" / "otter.json"
EASEL = ROOT / "tests" / "project" / "easel"

PNG = "iVBORw0KGgo="
IMAGE = b"\x89PNG\r\n\x1a\n\x00"
NATIVE = {
    "method": "POST",
    "url": "https://api.openai.com/v1/images/generations",
    "headers": {"content-type": "application/json", "authorization": "Bearer sk-secret"},
    "body": {"json": {"model": "gpt-image-2", "prompt": "a fox", "quality": "high", "logprobs": 3}},
}
ANSWER = {
    "status": 200,
    "headers": {"content-type": "application/json"},
    "body": {"json": {"image": PNG, "finish_reason": "SUCCESS", "seed": 0}},
}


def sent_by(command: str) -> list[str]:
    """Give the arguments with which a shell runs curl, API_KEY being `sk-1`."""
    script = "curl() { printf '%s\\0' \"$@\"; }\n" + command
    done = subprocess.run(["bash"], input=script.encode(), capture_output=True, check=True, env={"API_KEY": "sk-1"})
    return done.stdout.decode().split("\0")[:-1]


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


# --- encode -----------------------------------------------------------------------------------


def test_encode_prints_the_request_and_the_notes(run: Run) -> None:
    out = imagetx.encode_request(json.loads(OTTER.read_text()), "stability/stable-image-core")

    code, stdout, stderr = run("encode", str(OTTER), "--to", "stability/stable-image-core")

    assert code == 0
    assert stdout == json.dumps(out.value.to_json(), indent=2) + "\n"
    assert stderr.splitlines() == [str(note) for note in out.notes]
    assert len(out.notes) == 1


def test_encode_reads_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name - is standard input, and text is UTF-8 both ways."""
    stdin(monkeypatch, '{"prompt": "Füchsin 🦊"}'.encode())

    code, stdout, stderr = run("encode", "-", "--to", "openai/gpt-image-2")

    assert (code, stderr) == (0, "")
    assert '"prompt": "Füchsin 🦊"' in stdout


def test_encode_json_is_one_document(run: Run) -> None:
    code, stdout, stderr = run("encode", str(OTTER), "--to", "openai", "--json")

    document = json.loads(stdout)
    assert (code, stderr) == (0, "")
    assert list(document) == [
        *("value", "notes", "lossless", "target", "dialect", "model", "verified", "credential", "timeout_s")
    ]
    assert [(note["kind"], note["pointer"]) for note in document["notes"]] == [
        ("retired", "/model"),
        ("defaulted", "/response_format"),
    ]
    assert document["credential"] == {"scheme": "bearer", "header": "authorization", "template": "Bearer {secret}"}
    assert document["target"] == {
        "provider": "openai",
        "model": "dall-e-3",
        "operation": "generate",
        "surface": "images",
        "variables": {},
    }


def test_set_fills_target_fields_and_variables(run: Run) -> None:
    settings = ["deployment=my art", "resource=contoso", "auth=bearer", "surface=deployment", "operation=generate"]

    code, stdout, _ = run(
        *("encode", str(OTTER), "--to", "azure", "--json", "--set", "model=gpt-image-2"),
        *(word for setting in settings for word in ("--set", setting)),
    )

    document = json.loads(stdout)
    assert code == 0
    assert document["value"]["url"].startswith("https://contoso.openai.azure.com/openai/deployments/my%20art/images/")
    assert document["credential"]["scheme"] == "bearer"
    assert document["target"]["deployment"] == "my art"
    assert document["target"]["variables"] == {"resource": "contoso"}


@pytest.mark.parametrize("policy", ["strict", "size=strict", "*=adapt,size=strict"])
def test_a_strict_policy_refuses(run: Run, policy: str) -> None:
    code, stdout, stderr = run("encode", str(OTTER), "--to", "stability/stable-image-core", "--policy", policy)

    assert (code, stdout) == (1, "")
    assert stderr.endswith(" - at /size\n")
    assert stderr.count("\n") == 1


@pytest.mark.parametrize("policy", ["adapt", "prompt=strict", "*=strict,size=adapt"])
def test_a_policy_lets_pass(run: Run, policy: str) -> None:
    code, _, stderr = run("encode", str(OTTER), "--to", "stability/stable-image-core", "--policy", policy)

    assert code == 0
    assert stderr.startswith("approximated /size: ")


def test_as_of_decides_the_status_of_a_model(run: Run) -> None:
    _, _, before = run("encode", str(OTTER), "--to", "openai", "--as-of", "2026-05-11")
    _, _, after = run("encode", str(OTTER), "--to", "openai", "--as-of", "2026-05-12")

    assert "retired" not in before
    assert after.startswith('retired /model: "dall-e-3" -> ')


def test_emulate(run: Run, save: Save) -> None:
    request = save("request.json", {"prompt": "a fox", "negative_prompt": "snow"})

    _, dropped, _ = run("encode", request, "--to", "openai/gpt-image-2")
    _, emulated, _ = run("encode", request, "--to", "openai/gpt-image-2", "--emulate", "negative_prompt")

    assert json.loads(dropped)["body"]["json"]["prompt"] == "a fox"
    assert json.loads(emulated)["body"]["json"]["prompt"] == "a fox\nAvoid: snow"


def test_url_as(run: Run, save: Save) -> None:
    request = save("request.json", {"prompt": "a fox", "response_format": "url"})

    code, _, stderr = run("encode", request, "--to", "openai/gpt-image-2", "--url-as", "data_url")

    assert code == 0
    assert stderr.startswith('emulated /response_format: "url" -> "data_url"')


# --- curl -------------------------------------------------------------------------------------


def test_curl_of_a_json_body(run: Run, save: Save) -> None:
    request = save("request.json", {"prompt": 'a fox\'s $HOME `ls` \\ "den"\n'})

    code, stdout, _ = run("encode", request, "--to", "openai/gpt-image-2", "--curl")

    assert code == 0
    assert sent_by(stdout) == [
        "https://api.openai.com/v1/images/generations",
        *("--request", "POST"),
        *("--max-time", "300"),
        *("--header", "content-type: application/json"),
        *("--header", "authorization: Bearer sk-1"),
        *("--data-raw", r'{"model":"gpt-image-2","prompt":"a fox' + "'" + r's $HOME `ls` \\ \"den\"\n"}'),
    ]


def test_curl_of_a_form(run: Run, save: Save) -> None:
    """Curl makes the boundary, so no content-type of ours may stand beside."""
    request = save("request.json", {"prompt": "@/etc/passwd;type=x\nline", "seed": 0})

    _, stdout, _ = run("encode", request, "--to", "stability/sd3.5-large", "--curl")

    words = sent_by(stdout)
    assert not any("content-type" in word for word in words)
    assert "seed=0" in words
    assert words[words.index("--form-string") + 1] == "prompt=@/etc/passwd;type=x\nline"


def test_curl_of_a_signed_request(run: Run) -> None:
    _, stdout, _ = run(
        *("encode", str(OTTER), "--to", "bedrock/stability.stable-image-core-v1:1", "--set", "region=us-west-2"),
        "--curl",
    )

    assert '--aws-sigv4 "aws:amz:us-west-2:bedrock"' in stdout
    assert '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"' in stdout


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        (None, ""),
        (imagetx.Credential("none"), ""),
        (imagetx.Credential("key", "x-key"), ' \\\n  --header "x-key: $API_KEY"'),
        (imagetx.Credential("key", "x-key", 'a"$b {secret}!'), ' \\\n  --header "x-key: a\\"\\$b ${API_KEY}!"'),
        (
            imagetx.Credential("sigv4", service="bedrock"),
            ' \\\n  --aws-sigv4 "aws:amz:$AWS_REGION:bedrock" \\\n  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
        ),
    ],
)
def test_curl_says_where_the_secret_goes(credential: imagetx.Credential | None, expected: str) -> None:
    native = imagetx.NativeRequest("GET", "https://a.example/b?c=d&e=f", credential=credential)

    assert render_curl(native) == Command(f"curl 'https://a.example/b?c=d&e=f' \\\n  --request GET{expected}", {})


PNG_FILE = imagetx.Part("image[]", IMAGE, 'a "b".png', "image/png")
BINARY: dict[str, Any] = {
    "bytes": b"\xff\x00",
    "nul": b"text\x00",
    "name": (imagetx.Part("a=b", "x"), PNG_FILE),
    "long form": (imagetx.Part("a", "x" * 100_000),),
    "long json": {"image": "A" * 100_000},
}
FORMS = {
    "file": (PNG_FILE, imagetx.Part("prompt", "@x;type=y <z")),
    "two files of a name": (PNG_FILE, imagetx.Part("image[]", b"RIFF\x00", "b.webp", "image/webp")),
    "file without a name": (imagetx.Part("image", IMAGE, None, "image/png"),),
    "text of a type": (imagetx.Part("j", "{}", None, "application/json"),),
    "text that a terminal changes": (imagetx.Part("prompt", "a\r\nb\x00"),),
    "hostile name": (imagetx.Part("../" * 90 + "x", b"", "../../etc/x;type=y", "image/png"),),
}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Serve on this machine; give the URL, and what came in."""
    came: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((self.headers["content-type"], self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/", came
        http.shutdown()


def run_in(folder: Path, command: Command, before: str = "") -> bytes:
    """Run a command beside its files."""
    for name, content in command.files.items():
        (folder / name).write_bytes(content)
    script = f"{before}\n{command.text}"
    return subprocess.run(["bash"], input=script.encode(), capture_output=True, check=True, cwd=folder).stdout


@pytest.mark.parametrize("body", BINARY.values(), ids=BINARY)
def test_curl_sends_what_is_no_text_from_a_file(body: Any, tmp_path: Path) -> None:
    """What stands in the file is the body to the byte."""
    native = imagetx.NativeRequest("POST", "https://a.example/", {"accept": ""}, body)

    command = render_curl(native)

    ((name, content),) = command.files.items()
    assert content == native.content()
    assert f"--data-binary @{name}" in command.text
    assert "--header 'accept;'" in command.text  # curl's way to send a header without a value
    if "content-type" in native.headers:
        assert f"content-type: {native.headers['content-type']}" in sent_by(command.text)
    assert run_in(tmp_path, command, 'curl() { for last; do :; done; cat "${last#@}"; }') == content


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
@pytest.mark.parametrize("body", [*FORMS.values(), *BINARY.values()], ids=[*FORMS, *BINARY])
def test_curl_itself(body: Any, tmp_path: Path, server: tuple[str, list[tuple[str, bytes]]]) -> None:
    """What curl sends means what we would send; a missing media type it may guess."""
    url, came = server
    native = imagetx.NativeRequest("POST", url, {}, body)
    command = render_curl(native)

    run_in(tmp_path, command)

    kind, content = came.pop()
    if not isinstance(body, tuple):
        assert content == native.content()
        return
    for sent, part in zip(decode_form(content, kind), body, strict=True):
        assert (sent.name, sent.filename, _bytes_of(sent)) == (part.name, part.filename, _bytes_of(part))
        assert part.content_type in (None, sent.content_type)


def _bytes_of(part: imagetx.Part) -> bytes:
    return part.data.encode() if isinstance(part.data, str) else part.data


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_files_of_a_form_stand_beside_the_command(body: Any) -> None:
    """They are named by their part and their content, in one folder; the command is short."""
    command = render_curl(imagetx.NativeRequest("POST", "https://a.example/", {}, body))

    assert all(re.fullmatch(r"\w{1,40}-[0-9a-f]{12}\.(png|webp|json|bin)", name) for name in command.files)
    assert all(name in command.text for name in command.files)
    assert "content-type" not in command.text


# --- files in the place of images -------------------------------------------------------------

RED = ROOT / "fixtures" / "images" / "red-64.png"
MASK = ROOT / "fixtures" / "images" / "mask-transparent-64.png"
RED_TEXT = base64.b64encode(RED.read_bytes()).decode()


def test_encode_takes_files(run: Run, save: Save) -> None:
    """The image, one of a list, the mask: @path means the bytes of the file."""
    request = save("request.json", {"prompt": "@x.png", "image": [f"@{RED}", RED_TEXT], "mask": f"@{MASK}"})

    code, stdout, stderr = run("encode", request, "--to", "openai/gpt-image-2")

    assert (code, stderr) == (0, "")
    form = json.loads(stdout)["body"]["form"]
    assert [part["base64"] for part in form if part["name"] == "image[]"] == [RED_TEXT] * 2
    assert [part["name"] for part in form if part.get("filename") == "mask.png"] == ["mask"]
    assert {"name": "prompt", "value": "@x.png"} in form


def test_encode_to_curl_writes_files(run: Run, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand where the command is printed, to be run there."""
    request = save("request.json", {"prompt": "a hat", "image": f"@{RED}"})
    monkeypatch.chdir(tmp_path)

    code, stdout, _ = run("encode", request, "--to", "openai/gpt-image-2", "--curl")

    (written,) = tmp_path.glob("image-*.png")
    assert code == 0
    assert written.read_bytes() == RED.read_bytes()
    words = sent_by(stdout)
    assert f'image=@{written.name};filename="image.png";type=image/png' in words
    assert words[words.index("--form-string") + 1] in ("prompt=a hat", "model=gpt-image-2")


def test_a_folder_that_cannot_be_written(run: Run, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = save("request.json", {"prompt": "a hat", "image": f"@{RED}"})
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()

    code, stdout, stderr = run("encode", request, "--to", "openai/gpt-image-2", "--curl")

    assert (code, stdout) == (1, "")
    assert re.fullmatch(r"image-\w+\.png: expected to write a file beside the command, got .*\n", stderr)


@pytest.mark.parametrize("command", [["decode"], ["translate", "--from", "openai", "--to", "openai/gpt-image-2"]])
def test_native_forms_take_files(run: Run, save: Save, command: list[str]) -> None:
    """In a native message, under base64."""
    parts = [{"name": name, "value": value} for name, value in (("model", "gpt-image-2"), ("prompt", "a hat"))]
    parts.append({"name": "image", "base64": f"@{RED}", "filename": "a.png"})
    native = {"method": "POST", "url": "https://api.openai.com/v1/images/edits", "body": {"form": parts}}

    code, stdout, stderr = run(command[0], save("native.json", native), *command[1:])

    assert (code, "Traceback" in stderr) == (0, False)
    document = json.loads(stdout)
    if command == ["decode"]:
        assert document["image"] == RED_TEXT
        assert document["operation"] == "edit"
    else:
        (image,) = (part for part in document["body"]["form"] if part["name"] == "image")
        assert image["base64"] == RED_TEXT


def test_native_json_takes_files(run: Run, save: Save) -> None:
    """A key that says url gets a data URL."""
    body = {"model": "gpt-image-2", "prompt": "a hat", "images": [{"image_url": f"@{RED}"}]}
    native = {"method": "POST", "url": "https://api.openai.com/v1/images/edits", "body": {"json": body}}

    code, stdout, _ = run("decode", save("native.json", native))

    assert code == 0
    assert json.loads(stdout)["image"] == f"data:image/png;base64,{RED_TEXT}"


def test_a_file_that_is_not_there(run: Run, save: Save) -> None:
    request = save("request.json", {"prompt": "a hat", "image": ["@nowhere.png"]})

    code, stdout, stderr = run("encode", request, "--to", "openai/gpt-image-2")

    assert (code, stdout) == (1, "")
    assert stderr == "expected a file to read, got nowhere.png: No such file or directory - at /image/0\n"


# --- decode, translate, response --------------------------------------------------------------


@pytest.mark.parametrize(
    "source", [[], ["--from", "openai"], ["--from", "openai/gpt-image-2", "--set", "surface=images"]]
)
def test_decode(run: Run, save: Save, source: list[str]) -> None:
    code, stdout, stderr = run("decode", save("native.json", NATIVE), *source)

    assert (code, stderr) == (0, "")
    assert json.loads(stdout) == {
        "operation": "generate",
        "model": "gpt-image-2",
        "prompt": "a fox",
        "quality": "high",
        "response_format": "b64_json",
        "provider_options": {"openai": {"logprobs": 3}},
    }


def test_decode_json_is_one_document(run: Run, save: Save) -> None:
    _, stdout, stderr = run("decode", save("native.json", NATIVE), "--json")

    document = json.loads(stdout)
    assert stderr == ""
    assert (document["dialect"], document["lossless"], document["notes"]) == ("openai/generations", True, [])
    assert "sk-secret" not in stdout


def test_translate(run: Run, save: Save) -> None:
    native = save("native.json", NATIVE)

    code, stdout, stderr = run("translate", native, "--from", "openai", "--to", "stability/sd3.5-large")

    assert code == 0
    assert json.loads(stdout)["url"] == "https://api.stability.ai/v2beta/stable-image/generate/sd3"
    assert "sk-secret" not in stdout + stderr
    assert [line.split(":")[0] for line in stderr.splitlines()] == [
        "dropped /provider_options/openai/logprobs",
        "dropped /quality",
    ]


def test_translate_to_curl(run: Run, save: Save) -> None:
    native = save("native.json", NATIVE)

    _, stdout, _ = run("translate", native, "--from", "openai", "--to", "stability/sd3.5-large", "--curl")

    assert stdout.startswith("curl https://api.stability.ai/v2beta/stable-image/generate/sd3 ")
    assert "sk-secret" not in stdout


def test_response(run: Run, save: Save) -> None:
    code, stdout, stderr = run("response", save("answer.json", ANSWER), "--from", "stability/sd3.5-large")

    assert (code, stderr) == (0, "")
    assert json.loads(stdout) == {
        "created": 0,
        "data": [{"b64_json": PNG, "index": 0, "finish_reason": "stop", "mime_type": "image/png", "seed": 0}],
        "outcome": "complete",
    }


def test_a_response_to_a_request_that_asked_for_more_is_partial(run: Run, save: Save) -> None:
    answer, request = save("answer.json", ANSWER), save("request.json", {"prompt": "a fox", "n": 2})

    _, stdout, _ = run("response", answer, "--from", "stability/sd3.5-large", "--request", request, "--json")

    document = json.loads(stdout)
    assert document["value"]["outcome"] == "partial"
    assert document["dialect"] == "stability/sd3"


def test_an_error_of_the_provider_is_a_value(run: Run, save: Save) -> None:
    """Refused by the provider is not refused by us: exit code 0."""
    answer = {"status": 404, "body": {"json": {"error": {"message": "no", "code": "model_not_found", "type": "t"}}}}

    code, stdout, _ = run("response", save("answer.json", answer), "--from", "openai")

    assert code == 0
    assert json.loads(stdout)["category"] == "not_found"


def test_response_as_another_provider(run: Run, save: Save) -> None:
    answer = save("answer.json", ANSWER)

    code, stdout, stderr = run("response", answer, "--from", "stability/sd3.5-large", "--as", "openai/gpt-image-2")

    assert code == 0
    assert json.loads(stdout)["body"] == {"json": {"created": 0, "data": [{"b64_json": PNG}]}}
    assert stderr == "dropped /data/0/seed: 0 (the dialect cannot say it)\n"


def test_response_in_the_form_the_caller_asked_for(run: Run, save: Save) -> None:
    asked = {**NATIVE, "body": {"json": {"model": "dall-e-3", "prompt": "a fox"}}}  # silence is url on DALL-E
    answer, caller = save("answer.json", ANSWER), save("caller.json", asked)

    _, stdout, _ = run(
        *("response", answer, "--from", "stability/sd3.5-large", "--as", "openai/dall-e-3"),
        *("--caller-request", caller, "--json"),
    )

    assert json.loads(stdout)["value"]["body"]["json"]["data"] == [{"url": f"data:image/png;base64,{PNG}"}]


# --- explain, models, lint --------------------------------------------------------------------


def test_explain(run: Run) -> None:
    code, stdout, stderr = run("explain", "openai/gpt-image-2", "--as-of", "2026-11-22", "--set", "surface=images")

    assert (code, stderr) == (0, "")
    assert json.loads(stdout) == imagetx.explain("openai/gpt-image-2", as_of="2026-11-22")


def test_models(run: Run) -> None:
    code, stdout, stderr = run("models", "stability-ai")

    assert (code, stderr) == (0, "")
    assert json.loads(stdout) == imagetx.models("stability")


def test_models_of_all(run: Run) -> None:
    assert json.loads(run("models")[1]) == imagetx.models()


def test_lint_of_good_specs(run: Run, save: Save) -> None:
    """A folder or a file; singular and plural."""
    document = _spec_of_easel()
    document["provider"]["models"] = document["provider"]["models"][:1]

    code, stdout, stderr = run("lint", str(EASEL), save("easel.json", document))

    assert (code, stderr) == (0, "")
    assert stdout == "ok easel: 1 dialect, 3 models\nok easel: 1 dialect, 1 model\n"


def test_lint_goes_on_after_a_bad_spec(run: Run, tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing.json")

    code, stdout, stderr = run("lint", missing, str(EASEL))

    assert code == 1
    assert stdout == "ok easel: 1 dialect, 3 models\n"
    assert stderr.startswith(f"{missing}: expected a JSON file at nothing.json")


def test_lint_that_is_strict(run: Run) -> None:
    """A caller's spec may leave fields open, a built-in may not: each is named, in every dialect and family."""
    code, stdout, stderr = run("lint", "--strict", str(EASEL), str(ROOT / "schemas" / "providers" / "recraft"))

    assert code == 1
    assert stdout.startswith("ok recraft: ")
    for family in ("oil", "pencil"):
        for name in ("stream", "image", "mask", "watermark"):
            owed = f"expected a rule, drop, refuse or fixed for the canonical field {name} - at /request\n"
            assert f"{EASEL}: easel/paint as {family}: {owed}" in stderr
    assert "field prompt" not in stderr


def _spec_of_easel() -> dict[str, Any]:
    return {
        "provider": json.loads((EASEL / "provider.json").read_text()),
        "dialects": {"paint": json.loads((EASEL / "paint.json").read_text())},
    }


# --- exit codes and pipes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["paint"], "invalid choice: 'paint'"),
        (["encode", "x.json"], "the following arguments are required: --to"),
        (["encode", "x", "--to", "openai", "--set", "region"], "expected NAME=VALUE, got 'region'"),
        (["encode", "x", "--to", "openai", "--set", "=x"], "expected NAME=VALUE, got '=x'"),
        (
            ["encode", "x.json", "--to", "openai", "--set", "provider=x"],
            "expected the provider in the target, not here",
        ),
        (["encode", "x", "--to", "openai", "--policy", "loose"], "expected adapt, strict, or FIELD=strict,..."),
        (
            ["encode", "x.json", "--to", "openai", "--policy", "size=loose"],
            "expected adapt, strict, or FIELD=strict,...",
        ),
        (["encode", "x", "--to", "openai", "--as-of", "today"], "expected a date like 2026-11-22, got 'today'"),
        (["encode", "x", "--to", "openai", "--emulate", "seed"], "invalid choice: 'seed'"),
        (["encode", "x", "--to", "openai", "--curl", "--json"], "not allowed with argument"),
        (["translate", "x.json", "--to", "openai"], "the following arguments are required: --from"),
        (["decode", "x.json", "--set", "surface=v1"], "--set needs --from"),
        (["response", "x.json", "--from", "openai", "--caller-request", "y"], "--caller-request needs --as"),
        (["lint"], "the following arguments are required: SPEC"),
    ],
)
def test_usage_is_exit_code_2(run: Run, argv: list[str], said: str) -> None:
    code, stdout, stderr = run(*argv)

    assert (code, stdout) == (2, "")
    assert said in stderr


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["encode", "--help"]])
def test_help_is_exit_code_0(run: Run, argv: list[str]) -> None:
    code, stdout, stderr = run(*argv)

    assert (code, stderr) == (0, "")
    assert "imagetx" in stdout


def shell(command: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHON": sys.executable, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    return subprocess.run(["bash", "-c", command], capture_output=True, check=False, env=environment, cwd=ROOT)


def test_a_broken_pipe_is_quiet() -> None:
    done = shell('"$PYTHON" -m imagetx models | true; echo "${PIPESTATUS[0]}"')

    assert (done.stdout, done.stderr) == (b"0\n", b"")


def test_a_full_disk_is_told() -> None:
    done = shell('"$PYTHON" -m imagetx models > /dev/full')

    assert (done.returncode, done.stderr) == (1, b"expected to write the result, got No space left on device\n")


def test_the_module_gives_the_exit_code_and_utf_8() -> None:
    """Whatever the locale says; half a character of the arguments is no traceback."""
    done = shell("""echo '{"prompt": "é"}' | "$PYTHON" -m imagetx encode - --to openai/gpt-image-2""")
    refused = shell("""echo '{"prompt": 1}' | "$PYTHON" -m imagetx encode - --to openai/gpt-image-2""")
    half = shell("""echo '{"prompt": 1}' | "$PYTHON" -m imagetx encode - --to $'openai/\\xff'""")

    assert (done.returncode, done.stderr) == (0, b"")
    assert '"prompt": "é"'.encode() in done.stdout
    assert (refused.returncode, half.returncode) == (1, 1)
    assert b"Traceback" not in refused.stderr + half.stderr
