"""
Bad input: one ImagetxError child with every problem (expected, got, where), exit code 1, no traceback.
"""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx import (
    ErrorResponse,
    ImagetxError,
    NativeRequest,
    NativeResponse,
    Part,
    Problem,
    RequestError,
    ResolveError,
    Target,
    WireError,
)
from imagetx.cli import main
from tests.images import content

EASEL = Path(__file__).parents[1] / "project" / "easel"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A target of a provider, what its limits say, and what its URL needs."""

    target: Target
    dialect: str
    prompt: str
    seed: str
    most: int = 1
    variable: str | None = None
    endpoint: str = ""


CASES = {
    "openai": Case(
        target=Target(provider="openai", model="gpt-image-2"),
        dialect="openai/generations",
        prompt="a string of 1 to 32000 characters or null",
        seed="an integer of at least 0 or null",
        most=10,
    ),
    "azure": Case(
        target=Target(provider="azure", model="gpt-image-2", deployment="art", variables={"resource": "contoso"}),
        dialect="azure/deployment-generations",
        prompt="a string of 1 to 32000 characters or null",
        seed="an integer of at least 0 or null",
        most=10,
        variable="resource",
        endpoint="https://{resource}.openai.azure.com"
        "/openai/deployments/{deployment}/images/generations?api-version={api_version}",
    ),
    "bedrock": Case(
        target=Target(provider="bedrock", model="amazon.nova-canvas-v1:0", variables={"region": "us-east-1"}),
        dialect="bedrock/nova-canvas",
        prompt="a string of 1 to 1024 characters or null",
        seed="an integer 0 to 2147483646 or null",
        most=5,
        variable="region",
        endpoint="https://bedrock-runtime.{region}.amazonaws.com/model/{model}/invoke",
    ),
    "gemini": Case(
        target=Target(provider="gemini", model="gemini-2.5-flash-image"),
        dialect="gemini/generate-content",
        prompt="a string of at least 1 character or null",
        seed="an integer 0 to 2147483647 or null",
    ),
    "stability": Case(
        target=Target(provider="stability", model="sd3.5-large"),
        dialect="stability/sd3",
        prompt="a string of 1 to 10000 characters or null",
        seed="an integer 0 to 4294967294 or null",
    ),
    "vertex": Case(
        target=Target(provider="vertex", model="gemini-3-pro-image", variables={"project": "p1"}),
        dialect="vertex/generate-content",
        prompt="a string of at least 1 character or null",
        seed="an integer 0 to 2147483647 or null",
        variable="project",
        endpoint="https://{location}-aiplatform.googleapis.com/{api_version}/projects/{project}/locations/{location}"
        "/publishers/google/models/{model}:{verb}",
    ),
    "segmind": Case(
        target=Target(provider="segmind", model="sdxl1.0-txt2img"),
        dialect="segmind/v1",
        prompt="a string of at least 1 character or null",
        seed="an integer 0 to 999999999999999 or null",
        most=4,
    ),
    "fireworks": Case(
        target=Target(provider="fireworks", model="flux-1-dev-fp8"),
        dialect="fireworks/workflow",
        prompt="a string or null",
        seed="an integer of at least 0 or null",
    ),
    "reka": Case(
        target=Target(provider="reka", model="reka-image-x"),
        dialect="reka/generations",
        prompt="a string of at least 1 character or null",
        seed="an integer of at least 0 or null",
        most=10,
    ),
}

each_provider = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def words_of(target: Target) -> list[str]:
    """Say a target on the command line."""
    settings = {**target.variables, **({} if target.deployment is None else {"deployment": target.deployment})}
    return [f"{target.provider}/{target.model}", *(f"--set={name}={value}" for name, value in settings.items())]


def wrong(pointer: str, expected: str, given: Any, shown: str) -> Problem:
    return Problem(pointer=pointer, message=f"expected {expected}, got {shown}", given=given, expected=expected)


def refuse(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argv: list[str], document: Any) -> str:
    """Run a command that must be refused on a document at standard input; give what it said."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    code = main(argv)
    stdout, stderr = capsys.readouterr()
    assert (code, stdout) == (1, "")
    assert "Traceback" not in stderr
    return stderr


# --- requests ---------------------------------------------------------------------------------


@each_provider
def test_wrong_types_and_values_out_of_range(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All at once, also for fields that the dialect would drop, and under any policy."""
    request = {"prompt": 5, "seed": -1, "watermark": "yes", "language": 1.5, "n": True}
    expected = [
        wrong("/prompt", case.prompt, 5, "5"),
        wrong("/seed", case.seed, -1, "-1"),
        wrong("/watermark", "true or false or null", "yes", "'yes'"),
    ]

    with pytest.raises(RequestError) as caught:
        imagetx.encode_request(request, case.target)
    said = refuse(monkeypatch, capsys, ["encode", "-", "--to", *words_of(case.target)], request)

    problems = list(caught.value.problems)
    assert problems[:3] == expected
    assert [problem.pointer for problem in problems] == ["/prompt", "/seed", "/watermark", "/language", "/n"]
    assert said.splitlines() == [str(problem) for problem in problems]
    assert said.startswith(f"expected {case.prompt}, got 5 - at /prompt\n")


@each_provider
def test_n_above_the_limit_of_a_call(case: Case) -> None:
    """The refusal says how many requests of how many would do it."""
    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({"prompt": "x", "n": 99}, case.target)

    (problem,) = caught.value.problems
    assert problem.pointer == "/n"
    assert problem.message.endswith(f"got 99; send {-(-99 // case.most)} requests of at most {case.most}")


@each_provider
def test_no_prompt(case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    message = f"expected prompt, which {case.target.provider} needs, got nothing"

    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({}, case.target)
    said = refuse(monkeypatch, capsys, ["encode", "-", "--to", *words_of(case.target)], {})

    assert caught.value == RequestError(Problem(pointer="/prompt", message=message))
    assert said == f"{message} - at /prompt\n"


@each_provider
@pytest.mark.parametrize("request_document", [[], "text", 5, None, True])
def test_a_request_that_is_no_object(case: Case, request_document: Any) -> None:
    with pytest.raises(RequestError) as caught:
        imagetx.encode_request(request_document, case.target)

    (problem,) = caught.value.problems
    assert problem.pointer == ""
    assert problem.message.startswith("expected an object with the fields of a request, got ")


@pytest.mark.parametrize(
    ("provider", "nearest"),
    [
        (
            "bedrock",
            "stability.sd3-5-large-v1:0, stability.stable-conservative-upscale-v1:0, "
            "stability.stable-creative-upscale-v1:0",
        ),
        ("gemini", "gemini-3-pro-image, gemini-3.1-flash-lite-image, gemini-nano-banana-2.1"),
        ("vertex", "gemini-3-pro-image, gemini-3.1-flash-image, gemini-3.1-flash-lite-image"),
    ],
)
def test_an_unknown_model(
    provider: str, nearest: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has a fallback assumes; the others name the nearest ids, or those that are not retired."""
    message = f'expected a known model of {provider}, got "nosuch-9"; nearest are {nearest}'
    target = replace(CASES[provider].target, model="nosuch-9")

    with pytest.raises(ResolveError) as caught:
        imagetx.encode_request({"prompt": "x"}, target)
    said = refuse(monkeypatch, capsys, ["encode", "-", "--to", *words_of(target)], {"prompt": "x"})

    assert caught.value == ResolveError(Problem(pointer="/model", message=message, given="nosuch-9"))
    assert said == f"{message} - at /model\n"


@pytest.mark.parametrize("provider", ["openai", "azure", "stability", "segmind", "fireworks"])
def test_an_unknown_model_that_is_assumed_is_refused_by_strict(provider: str) -> None:
    target = replace(CASES[provider].target, model="nosuch-9")

    out = imagetx.encode_request({"prompt": "x"}, target)
    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({"prompt": "x"}, target, policy="strict")

    assert [(note.kind, note.pointer, note.given) for note in out.notes] == [("assumed", "/model", "nosuch-9")]
    assert [problem.pointer for problem in caught.value.problems] == ["/model"]


@pytest.mark.parametrize(
    "case", [case for case in CASES.values() if case.variable is not None], ids=lambda c: c.dialect
)
def test_a_missing_variable(case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    message = f"expected the variable {case.variable!r}, which {case.endpoint} needs"
    target = replace(case.target, variables={})

    with pytest.raises(ResolveError) as caught:
        imagetx.encode_request({"prompt": "x"}, target)
    said = refuse(monkeypatch, capsys, ["encode", "-", "--to", *words_of(target)], {"prompt": "x"})

    assert caught.value == ResolveError(Problem(pointer="", message=message, expected=f"variable {case.variable}"))
    assert said == f"{message}\n"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("", "expected a target like provider/model, got ''"),
        ("/x", "expected a target like provider/model, got '/x'"),
        ("openai/", "expected a target like provider/model, got 'openai/'"),
        ("opena", 'expected a known provider, got "opena"; nearest are openai'),
    ],
)
def test_a_target_that_is_none(
    target: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ResolveError) as caught:
        imagetx.encode_request({"prompt": "x"}, target)
    said = refuse(monkeypatch, capsys, ["encode", "-", "--to", target], {"prompt": "x"})

    assert caught.value.problems[0].message.startswith(message)
    assert said.startswith(message)


# --- native requests --------------------------------------------------------------------------


@each_provider
def test_a_native_request_that_no_dialect_recognises(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    native = NativeRequest("POST", "https://api.example.com/v9/pictures", body={"prompt": "x"})
    provider = case.target.provider
    message = 'expected the URL of a request that {} has, got "https://api.example.com/v9/pictures"'

    with pytest.raises(ResolveError) as any_provider:
        imagetx.decode_request(native)
    with pytest.raises(ResolveError) as one_provider:
        imagetx.decode_request(native, provider)
    said = refuse(monkeypatch, capsys, ["decode", "-", "--from", provider], native.to_json())

    assert any_provider.value == ResolveError(Problem(pointer="/url", message=message.format("any provider")))
    assert one_provider.value == ResolveError(Problem(pointer="/url", message=message.format(provider)))
    assert said == f"{message.format(provider)} - at /url\n"


@pytest.mark.parametrize("path", ["/mai/v1/images/edits", "/openai/v1/images/edits"])
def test_a_broken_request_to_one_host_is_not_read_as_another_provider_s(path: str) -> None:
    """Azure needs a model; OpenAI, whose form and path it is, does not."""
    parts = (Part("prompt", "x"), Part("image", content("red-64.png"), "image.png", "image/png"))

    for_azure = NativeRequest("POST", f"https://acme.services.ai.azure.com{path}", body=parts)
    for_openai = NativeRequest("POST", "https://gateway.example/v1/images/edits", body=parts)

    with pytest.raises(WireError, match="expected the model, got nothing as in azure/"):
        imagetx.decode_request(for_azure)
    assert imagetx.decode_request(for_openai).model == "gpt-image-1.5"


@each_provider
@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b'"x"', b"\xff\xfe", b"<html></html>", b"{}", b'{"prompt": "x"'])
def test_a_native_body_that_is_none_of_the_dialect(
    case: Case, body: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut short, of another kind, or empty: a WireError whose every problem says what was expected."""
    made = imagetx.encode_request({"prompt": "x"}, case.target).value
    native = NativeRequest(made.method, made.url, {"content-type": made.headers["content-type"]}, body)

    with pytest.raises(WireError) as caught:
        imagetx.decode_request(native, case.target.provider)
    said = refuse(monkeypatch, capsys, ["decode", "-", "--from", case.target.provider], native.to_json())

    assert all(problem.message.startswith("expected ") for problem in caught.value.problems)
    assert said == f"{caught.value}\n"


@each_provider
def test_a_native_request_cut_short(case: Case) -> None:
    """At every byte, JSON or form: a WireError, or what still is a whole document."""
    made = imagetx.encode_request({"prompt": "x", "seed": 0}, case.target).value
    content, headers = made.content(), {"content-type": made.headers["content-type"]}

    for end in range(len(content) - 4):
        with pytest.raises(WireError):
            imagetx.decode_request(NativeRequest(made.method, made.url, headers, content[:end]), case.target.provider)


# --- native responses -------------------------------------------------------------------------


@each_provider
def test_an_html_error_page_is_an_error_of_the_provider(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    """The status tells the category; the page is a value like every error a provider sends."""
    page = NativeResponse(503, {"content-type": "text/html"}, b"<html><h1>Service unavailable</h1></html>")

    out = imagetx.decode_response(page, case.target).value

    assert isinstance(out, ErrorResponse)
    assert (out.category, out.retryable, out.native_status) == ("overloaded", True, 503)


@each_provider
@pytest.mark.parametrize(
    ("media_type", "body", "problem"),
    [
        ("text/html", b"<html></html>", "expected an answer of {dialect}, got status 200 and <13 bytes> - at /body"),
        ("application/json", b"7", "expected an answer of {dialect}, got status 200 and <1 bytes> - at /body"),
        (
            "application/json",
            b'{"data": [{"b64',
            "expected JSON, got malformed text: EOF while parsing a string at line 1 column 15",
        ),
        ("application/json", b"{'a': 1}", "expected JSON, got malformed text: key must be a string at line 1 column 2"),
    ],
    ids=["html", "number", "cut short", "no json"],
)
def test_a_success_that_is_none(
    case: Case,
    media_type: str,
    body: bytes,
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    native = NativeResponse(200, {"content-type": media_type}, body)

    with pytest.raises(WireError) as caught:
        imagetx.decode_response(native, case.target)
    said = refuse(monkeypatch, capsys, ["response", "-", "--from", *words_of(case.target)], native.to_json())

    assert [str(found) for found in caught.value.problems] == [problem.format(dialect=case.dialect)]
    assert said == problem.format(dialect=case.dialect) + "\n"


@each_provider
def test_an_answer_that_is_none(case: Case) -> None:
    expected = RequestError(
        Problem(
            pointer="",
            message="expected an image response (data) or an error response (error), got {}",
            given={},
        )
    )

    with pytest.raises(RequestError) as caught:
        imagetx.encode_response({}, case.target)

    assert caught.value == expected


# --- files ------------------------------------------------------------------------------------

COMMANDS = [
    ["encode", "{}", "--to", "openai/gpt-image-2"],
    ["decode", "{}"],
    ["translate", "{}", "--from", "openai", "--to", "openai/gpt-image-2"],
    ["response", "{}", "--from", "openai"],
    ["response", "{}", "--from", "openai", "--request", "{}"],
]
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words).replace("{}", "FILE"))


@each_command
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "expected a file to read, got No such file or directory"),
        (b"", "expected JSON, got nothing"),
        (b" \n", "expected JSON, got nothing"),
        (b"prompt: a fox", "expected JSON, got malformed text: expected value at line 1 column 1"),
        (b'{"prompt": "a f', "expected JSON, got malformed text: EOF while parsing a string at line 1 column 15"),
        (b'{"prompt": NaN}', "expected JSON, got malformed text: expected value at line 1 column 12"),
        (b'{"prompt": "\xe9"}', "expected JSON in UTF-8, got byte 0xe9 at 12"),
        ('{"prompt": "é"}'.encode("utf-16"), "expected JSON in UTF-8, got byte 0xff at 0"),
    ],
    ids=["missing", "empty", "blank", "yaml", "cut short", "nan", "latin-1", "utf-16"],
)
def test_a_file_that_is_no_json(
    command: list[str], content: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "input.json"
    if content is not None:
        path.write_bytes(content)

    code = main([word.format(path) for word in command])

    stdout, stderr = capsys.readouterr()
    assert (code, stdout, stderr) == (1, "", f"{path}: {said}\n")


@each_command
def test_a_directory(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([word.format(tmp_path) for word in command])

    stdout, stderr = capsys.readouterr()
    assert (code, stdout, stderr) == (1, "", f"{tmp_path}: expected a file to read, got Is a directory\n")


def test_a_name_that_no_file_can_have(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["decode", "a\0b"])

    stdout, stderr = capsys.readouterr()
    assert (code, stdout, stderr) == (1, "", "a\\u0000b: expected the name of a file\n")


@pytest.mark.parametrize(
    ("command", "document", "said"),
    [
        (
            ["decode", "-"],
            {"metod": "POST", "headers": {"a": 1}},
            [
                "expected a message with method, got none",
                "expected a message with url, got none",
                'expected one of method, url, query, headers, body, got "metod"',
                "expected text, got int - at /headers/a",
            ],
        ),
        (["decode", "-"], [], ["expected a message as an object, got []"]),
        (
            ["decode", "-"],
            {"method": "POST", "url": "https://a.example/x y", "body": {"json": {}}},
            ['expected a URL, got "https://a.example/x y" - at /url'],
        ),
        (
            ["response", "-", "--from", "openai"],
            {"status": 99, "body": {"xml": ""}},
            ['standard input: expected exactly one of json, form, base64, text, got {"xml": ""} - at /body'],
        ),
        (
            ["response", "-", "--from", "openai"],
            {"status": "200"},
            ['standard input: expected an integer 100 to 599, got "200" - at /status'],
        ),
    ],
)
def test_a_message_that_is_none(
    command: list[str],
    document: Any,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert refuse(monkeypatch, capsys, command, document).splitlines() == said


def test_a_canonical_request_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "request.json"
    path.write_text("[]")

    said = refuse(monkeypatch, capsys, ["response", "-", "--from", "openai", "--request", str(path)], {"status": 200})

    assert said == f"{path}: expected a canonical request, got []\n"


# --- specs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("spec.json", "{", "expected a JSON file at spec.json: EOF while parsing an object at line 1 column 1"),
        ("spec.json", "[]", "expected an object with provider and dialects"),
        ("spec.json", "{}", "expected an object with the keys provider and dialects, no others"),
    ],
)
def test_a_spec_that_is_none(
    file: str, content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / file
    path.write_text(content)

    code = main(["lint", str(path)])

    stdout, stderr = capsys.readouterr()
    assert (code, stdout, stderr) == (1, "", f"{path}: {said}\n")


def test_a_spec_with_typos_lists_them_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    provider = json.loads((EASEL / "provider.json").read_text())
    paint = json.loads((EASEL / "paint.json").read_text())
    provider["titel"] = provider.pop("title")
    paint["request"]["rules"][2]["form"] = paint["request"]["rules"][2].pop("from")
    path = tmp_path / "easel.json"
    path.write_text(json.dumps({"provider": provider, "dialects": {"paint": paint}}))

    code = main(["lint", str(path)])

    stdout, stderr = capsys.readouterr()
    assert (code, stdout) == (1, "")
    assert stderr.splitlines() == [
        f"{path}: Additional properties are not allowed ('titel' was unexpected) - at /provider",
        f"{path}: 'title' is a required property - at /provider",
        f"{path}: Additional properties are not allowed ('form' was unexpected) - at /dialects/paint/request/rules/2",
        f"{path}: 'from' is a required property - at /dialects/paint/request/rules/2",
    ]


@pytest.mark.parametrize("error", [RequestError, ResolveError, WireError, imagetx.SpecError])
def test_every_error_is_an_imagetx_error(error: type[ImagetxError]) -> None:
    assert issubclass(error, ImagetxError)
