"""
No secret is kept or shown: not in notes, errors, reprs, stored plans, snapshots, nor by the command line.

A marker is planted wherever a secret can stand, every entry point runs, and the marker is looked for. What a secret
is, and where one may stay because it is the caller's or the provider's own content, says `imagetx.secret`.
"""

from __future__ import annotations

import io
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx.cli import main
from tests.dialects import CATALOG, Case
from tests.hostile.asks import one_of_each_dialect, plain_request

Json = Any
ROOT = Path(__file__).parents[2]
EASEL = ROOT / "tests" / "project" / "easel"
MARK = "qZ9sEcReT4x7"
OPENAI = "openai/gpt-image-2"
FOX = {"prompt": "a fox"}
NAMES = [
    "authorization",
    "Authorization",
    "proxy-authorization",
    "api_key",
    "api-key",
    "apiKey",
    "API_KEY",
    "apikey",
    "x-api-key",
    "X-Api-Key",
    "openai_api_key",
    "OPENAI_API_KEY",
    "x-goog-api-key",
    "ocp-apim-subscription-key",
    "subscription-key",
    "access_key",
    "aws_secret_access_key",
    "aws_session_token",
    "x-amz-security-token",
    "access_token",
    "refreshToken",
    "id_token",
    "token",
    "x-auth-token",
    "helicone-auth",
    "secret",
    "client_secret",
    "password",
    "signature",
    "X-Amz-Signature",
    "credentials",
    "cookie",
    "set-cookie",
    "key",
    "sig",
]
SIGNED = [
    f"https://cdn.example/a.png?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature={MARK}",
    f"https://cdn.example/a.png?X-Amz-Credential={MARK}%2F20261123&X-Amz-Date=20261123T000000Z",
    f"https://cdn.example/a.png?X-Amz-Security-Token={MARK}#f",
    f"https://cdn.example/a.png?X-Goog-Signature={MARK}",
    f"https://cdn.example/a.png?AWSAccessKeyId={MARK}&Expires=1",
    f"https://cdn.example/a.png?Expires=1&Signature={MARK}",
    f"https://cdn.example/a.png?sv=1&se=2&sig={MARK}",
    f"https://cdn.example/a.png?token={MARK}",
    f"https://cdn.example/a.png?key={MARK}",
    f"https://cdn.example/a.png?api%5Fkey={MARK}",
    f"https://cdn.example/a.png#access_token={MARK}",
]
USERS = [
    f"https://user:{MARK}@h.example/a.png",
    f"https://{MARK}@h.example/a.png",
    f"https://user:a@{MARK}@h.example/a.png",
    f"https://user:a/{MARK}@h.example/a.png",
]


def seen_in(value: object) -> list[str]:
    """List where the marker shows in what a function gave or raised."""
    texts: dict[str, str] = {"repr": repr(value), "str": str(value)}
    if isinstance(value, BaseException):
        texts["traceback"] = "".join(traceback.format_exception(value))
        chain: BaseException | None = value
        while chain is not None:
            texts[f"args of {type(chain).__name__}"] = f"{chain.args!r} {chain!r} {chain}"
            chain = chain.__cause__ or chain.__context__
    for problem in getattr(value, "problems", ()):
        texts[f"problem {problem.pointer}"] = raw_of(problem, "pointer", "message", "given", "expected", "source")
    for note in getattr(value, "notes", ()):
        texts[f"note {note.pointer}"] = raw_of(note, "pointer", "given", "used", "reason") + json.dumps(note.to_json())
    for name in ("value", "target"):
        texts[name] = repr(getattr(value, name, None))
    if isinstance(value, imagetx.Exchange) and not value.request.get("provider_options"):
        texts["stored"] = json.dumps(value.to_json()) if "://" not in str(value.request) else ""
    return [where for where, text in texts.items() if MARK in text]


def raw_of(value: object, *names: str) -> str:
    """Give the members of a value as they are, not as its repr shows them."""
    return " ".join(str(getattr(value, name)) for name in names)


def result_of(call: Callable[[], object]) -> object:
    try:
        return call()
    except imagetx.ImagetxError as error:
        return error


def hidden(call: Callable[[], object]) -> Any:
    """Run and assert that the marker shows nowhere."""
    result = result_of(call)
    assert seen_in(result) == []
    return result


def asked(request: Json, target: Any) -> Iterator[Callable[[], object]]:
    """Yield what can be asked of a canonical request."""
    for policy in ("adapt", "strict"):
        yield lambda policy=policy: imagetx.encode_request(request, target, policy=policy)
    yield lambda: imagetx.plan(request, target)
    yield lambda: imagetx.check(request, target)
    yield lambda: imagetx.rank(request, [target, "stability/sd3.5-large"])[0]
    yield lambda: imagetx.decode_response(imagetx.NativeResponse(200, {}, {}), target, request=request)


@pytest.mark.parametrize("name", NAMES)
def test_keys_of_requests(name: str) -> None:
    """As a client of a library would send it: beside the fields, and in objects that are none of ours."""
    for request in (
        {**FOX, name: MARK},
        {**FOX, "litellm_params": {name: MARK}},
        {**FOX, "extra_headers": {name: f"Bearer {MARK}"}, "metadata": [{"deep": {name: [MARK]}}]},
        {**FOX, "provider_options": {"openai": {"extra_headers": {name: MARK}}}},
        {**FOX, "provider_options": {"openai": {"extra_query": {name: MARK}}}},
        {**FOX, "provider_options": {"openai": {name: MARK, "nested": {name: {"x": MARK}}}}},
    ):
        for call in asked(request, OPENAI):
            hidden(call)


@pytest.mark.parametrize("name", NAMES)
def test_variables_of_targets(name: str) -> None:
    """A key given as a variable is no variable, and not repeated."""
    for variables in ({name: MARK}, {"resource": "acme", name: MARK}):
        target = imagetx.Target("azure", "gpt-image-2", variables=variables)
        assert MARK not in repr(target)
        for call in asked(FOX, target):
            hidden(call)


@pytest.mark.parametrize("auth", [MARK, f"Bearer {MARK}"])
def test_a_key_given_as_its_kind(auth: str) -> None:
    hidden(lambda: imagetx.encode_request(FOX, imagetx.Target("openai", "gpt-image-2", auth=auth)))


@pytest.mark.parametrize("url", [*USERS, *SIGNED])
def test_urls(url: str) -> None:
    """Users and signatures of URLs, where a URL may stand."""
    for variable in ("base_url", "resource"):
        target = imagetx.Target("azure", "gpt-image-2", variables={"resource": "acme", variable: url})
        for call in asked(FOX, target):
            hidden(call)
    for member in ({"image": url}, {"mask": url, "image": url}, {"style": url}, {"unknown": url}, {"image": [url, 5]}):
        for target in (OPENAI, "stability/sd3.5-large", "recraft/recraftv3", "gemini/gemini-3-pro-image"):
            for call in asked({**FOX, "strength": 0.5, **member}, target):
                hidden(call)
    for path in ("/v1/images/generations", "/v1/nowhere"):
        native = f"{url.partition('/a.png')[0]}{path}{url.partition('/a.png')[2]}"
        hidden(lambda native=native: imagetx.decode_request(imagetx.NativeRequest("POST", native, {}, dict(FOX))))
    answer = {"data": [{"url": url}], "provider_metadata": {"openai": {"link": url}}}
    for target in (OPENAI, "stability/sd3.5-large", "bedrock/amazon.nova-canvas-v1:0"):
        hidden(lambda target=target: imagetx.encode_response(answer, target))
        hidden(lambda target=target: imagetx.stream_events(answer, target))
    for target in (OPENAI, "segmind/seedream-4", "recraft/recraftv3"):
        for body in ({"data": [{"url": url}]}, {"image": url}, {"error": {"message": f"cannot read {url}"}}):
            for status in (200, 400):
                native_answer = imagetx.NativeResponse(status, {"location": url}, body)
                assert MARK not in repr(native_answer)
                hidden(lambda answer=native_answer, target=target: imagetx.decode_response(answer, target))


CREDENTIALS = [
    (provider, kind["header"], kind.get("template", "{secret}"))
    for provider, view in CATALOG.providers.items()
    for kind in view.says["auth"].values()
    if "header" in kind
]


@pytest.mark.parametrize("case", one_of_each_dialect(), ids=lambda case: case.name)
def test_credentials_of_messages(case: Case) -> None:
    """A native request with every credential that there is: none is kept, and none shown."""
    plain = imagetx.encode_request(plain_request(case), case.target).value
    headers = {name.lower(): MARK for name in NAMES} | {
        header: template.replace("{secret}", MARK) for _, header, template in CREDENTIALS
    }
    query = f"key={MARK}&api_key={MARK}&access_token={MARK}&X-Amz-Signature={MARK}&token={MARK}"
    url = plain.url + ("&" if "?" in plain.url else "?") + query
    sent = imagetx.NativeRequest(plain.method, url, {**plain.headers, **headers}, plain.body, plain.credential)

    assert MARK not in repr(sent)
    for source in (None, case.dialect.provider, replace(case.target, model=case.model)):
        decoded = hidden(lambda source=source: imagetx.decode_request(sent, source))
        if isinstance(decoded, imagetx.Translation):
            assert MARK not in decoded.value.model_dump_json()
            assert MARK not in str(dict(decoded.target.variables))
        for target in (case.target, OPENAI):
            again = hidden(lambda source=source, target=target: imagetx.translate_request(sent, source, target))
            if isinstance(again, imagetx.Translation):
                assert MARK not in f"{again.value.url} {dict(again.value.headers)}"


@pytest.mark.parametrize("case", one_of_each_dialect(), ids=lambda case: case.name)
def test_headers_of_answers(case: Case) -> None:
    """What a provider sets or repeats in headers is not kept, and a key that it repeats is not shown."""
    headers = {name.lower(): MARK for name in NAMES}
    for status, body in (
        (401, {"error": {"message": f"Incorrect API key provided: {MARK}.", "type": "invalid_request_error"}}),
        (401, {"message": f"bad token: {MARK}", "name": "unauthorized", "errors": [f"Bearer {MARK} is unknown"]}),
        (401, f"Authorization: Bearer {MARK}"),
        (200, {"api_key": MARK}),
        (200, {}),
        (500, b""),
    ):
        native = imagetx.NativeResponse(status, headers, body)
        found = hidden(lambda native=native: imagetx.decode_response(native, case.target))
        if isinstance(found, imagetx.Translation) and not isinstance(body, str | dict):
            assert MARK not in found.value.model_dump_json()
        if isinstance(found, imagetx.Translation) and not isinstance(found.value, imagetx.Pending):
            assert MARK not in json.dumps(found.value.model_dump(mode="json").get("provider_metadata") or {}) or body
            again = hidden(lambda found=found: imagetx.encode_response(found.value, OPENAI))
            if isinstance(again, imagetx.Translation):
                assert MARK not in str(dict(again.value.headers))


def test_what_is_stored() -> None:
    """A plan that is written down holds no credential; it had none."""
    exchange = imagetx.plan(FOX, "fireworks/flux-kontext-pro")
    begun = exchange.feed(
        "0", imagetx.NativeResponse(200, {"set-cookie": MARK, "x-api-key": MARK}, {"request_id": "k1"})
    )

    assert MARK not in json.dumps(begun.to_json())
    assert [step.credentials for step in begun.pending] == [True]
    assert begun.pending[0].request.credential is not None
    assert MARK not in repr(begun.pending)


def test_streams() -> None:
    """Neither a decoder nor what it tells of a stream that it cannot read shows what came in headers."""
    headers = {name.lower(): MARK for name in NAMES} | {"content-type": "text/event-stream"}
    decoder = imagetx.stream_decoder(OPENAI, headers=headers)
    events = [*decoder.feed(b"data: {\n\n"), *decoder.close()]

    assert events
    assert MARK not in f"{decoder!r} {decoder.notes} {events!r}"
    assert all(MARK not in event.model_dump_json() for event in events)


@pytest.mark.parametrize("secret", [f"{MARK}\n", f"{MARK}\u00e9", f"{MARK}\r\nx: y", 5])
def test_a_secret_that_has_no_place(secret: Any) -> None:
    hidden(lambda: imagetx.Credential("bearer", "authorization", "Bearer {secret}").headers(secret))


def test_a_header_that_has_no_place() -> None:
    for name in ("authorization", "x-odd"):
        for value in (f"{MARK}\n", f"{MARK}\u20ac", [MARK], {"a": MARK}):
            hidden(lambda name=name, value=value: imagetx.NativeRequest("POST", "https://h.example", {name: value}))


def test_own_provider() -> None:
    """A credential goes where its provider says: under a name of its own it is neither kept nor overridden."""
    easel = imagetx.registry().with_provider(EASEL)
    plain = easel.encode_request(FOX, "easel/oil-2").value
    sent = imagetx.NativeRequest(plain.method, plain.url, {**plain.headers, "x-easel-key": MARK}, plain.body)
    options = {"easel": {"extra_headers": {"X-Easel-Key": MARK}}}

    decoded = hidden(lambda: easel.decode_request(sent))

    assert MARK not in decoded.value.model_dump_json()
    assert MARK not in repr(sent)
    with pytest.raises(imagetx.RequestError) as caught:
        easel.encode_request({**FOX, "provider_options": options}, "easel/oil-2")
    assert [problem.pointer for problem in caught.value.problems] == [
        "/provider_options/easel/extra_headers/x-easel-key"
    ]
    assert seen_in(caught.value) == []


REQUEST = {**FOX, "api_key": MARK, "litellm_params": {"api_key": MARK}}
NATIVE = {
    "method": "POST",
    "url": f"https://api.openai.com/v1/images/generations?key={MARK}",
    "headers": {"authorization": f"Bearer {MARK}", "x-api-key": MARK, "cookie": MARK},
    "body": {"json": {"model": "gpt-image-2", "prompt": "a fox"}},
}
ANSWER = {
    "status": 500,
    "headers": {"set-cookie": MARK, "x-api-key": MARK},
    "body": {"json": {"error": {"message": "x"}}},
}
COMMANDS: list[tuple[list[str], Json]] = [
    (["encode", "-", "--to", OPENAI], REQUEST),
    (["encode", "-", "--to", OPENAI, "--curl"], REQUEST),
    (["encode", "-", "--to", OPENAI, "--json", "--policy", "strict"], REQUEST),
    (["encode", "-", "--to", OPENAI, "--set", f"api_key={MARK}"], FOX),
    (["encode", "-", "--to", OPENAI, "--set", f"base_url=https://u:{MARK}@h.example"], FOX),
    (["check", "-", "--to", OPENAI, "--json"], REQUEST),
    (["rank", "-", "--to", OPENAI, "--to", "stability/sd3.5-large"], REQUEST),
    (["decode", "-"], NATIVE),
    (["decode", "-", "--json"], NATIVE),
    (["translate", "-", "--from", "openai", "--to", "gemini/gemini-3-pro-image", "--json"], NATIVE),
    (["translate", "-", "--from", "openai", "--to", "gemini/gemini-3-pro-image", "--curl"], NATIVE),
    (["response", "-", "--from", OPENAI, "--json"], ANSWER),
]


@pytest.mark.parametrize(
    ("arguments", "given"), COMMANDS, ids=lambda each: " ".join(each) if type(each) is list else ""
)
def test_command_line(
    arguments: list[str], given: Json, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what it prints nor what it complains of."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
    with pytest.raises(SystemExit):
        raise SystemExit(main(arguments))

    out, err = capsys.readouterr()

    assert out + err != ""
    assert MARK not in out + err


def test_snapshots() -> None:
    """What is kept of our own output in the repository was made of requests without secrets, and has none."""
    folder = ROOT / "tests" / "snapshots"
    files = [path for path in folder.rglob("*.json") if path.is_file()]

    assert files
    for path in files:
        text = path.read_text("utf-8").lower()
        assert '"authorization":' not in text, path
        assert "bearer sk-" not in text, path
        assert MARK.lower() not in text
