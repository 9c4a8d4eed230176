"""
What a gateway owes in production: limits, ends, and what may not be told.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

for _name in ("httpx", "botocore", "fastapi"):
    pytest.importorskip(_name, reason="the gateway needs the extra `gateway`")

import httpx

import imagetx
from examples.driver import NoAnswer
from examples.gateway import app, asking, sending
from examples.gateway.outside import Outside
from examples.gateway.routes import read_routes
from tests.images import content

Json = Any
pytestmark = pytest.mark.anyio
PNG = "iVBORw0KGgo="
ROUTES = {"fox": ["openai/gpt-image-2"], "both": ["openai/gpt-image-2", "stability/sd3.5-large"]}
SECRETS = {"openai": "sk-openai-1", "stability": "sk-stability-2"}
ASKED = {"model": "fox", "prompt": "a fox"}
STREAMED = {**ASKED, "stream": True, "partial_images": 1}
PARTIAL = {"type": "image_generation.partial_image", "b64_json": PNG, "partial_image_index": 0, "created_at": 1}
FRAME = b"event: image_generation.partial_image\ndata: " + json.dumps(PARTIAL).encode() + b"\n\n"
STREAM = {"content-type": "text/event-stream"}


class Body(httpx.AsyncByteStream):
    """A provider's body: one frame, then silence or a broken connection."""

    def __init__(self, then: Exception | None = None) -> None:
        self.then, self.closed = then, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield FRAME
        if self.then is not None:
            raise self.then
        await asyncio.sleep(60)

    async def aclose(self) -> None:
        self.closed = True


def gateway(answer: Callable[[httpx.Request], Json]) -> Any:
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return app.create_app(ROUTES, secrets=SECRETS, client=client)


async def ask(served: Any, body: Json, path: str = "/v1/images/generations", **more: Json) -> httpx.Response:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(served), base_url="http://gateway")
    return await client.post(path, json=body, **more)


async def leave(served: Any, body: Json, version: str) -> list[dict[str, Json]]:
    """Ask, and go after a while; give what the gateway had sent until then."""
    sent: list[dict[str, Json]] = []
    gone = asyncio.Event()
    waiting = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]

    async def receive() -> dict[str, Json]:
        if waiting:
            return waiting.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if not gone.is_set():
            sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": version},
        "http_version": "1.1",
        "method": "POST",
        "headers": [(b"content-type", b"application/json")],
        "scheme": "http",
        "path": "/v1/images/generations",
        "query_string": b"",
        "root_path": "",
    }
    answering = asyncio.create_task(served(scope, receive, send))
    await asyncio.sleep(0.1)
    gone.set()
    async with asyncio.timeout(2):
        await answering
    return sent


# --- who goes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [ASKED, STREAMED])
async def test_a_client_who_goes_ends_the_call(body: Json) -> None:
    ended = asyncio.Event()

    async def answer(_: httpx.Request) -> httpx.Response:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        raise AssertionError

    sent = await leave(gateway(answer), body, "2.4")

    assert (sent, ended.is_set()) == ([], True)


@pytest.mark.parametrize("version", ["2.0", "2.4"])
async def test_a_client_who_goes_ends_the_stream(version: str) -> None:
    """What came goes out at once; the provider's stream is closed although it says nothing more."""
    body = Body()

    sent = await leave(gateway(lambda _: httpx.Response(200, headers=STREAM, stream=body)), STREAMED, version)

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert body.closed


async def test_a_stream_that_breaks_ends_with_an_error() -> None:
    """Nobody else is asked: the client has an image of this one."""
    hosts = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(200, headers=STREAM, stream=Body(httpx.ReadError("10.0.0.1")))

    got = (await ask(gateway(answer), {**STREAMED, "model": "both"})).text

    assert "event: image_generation.partial_image" in got
    assert json.loads(got.rstrip().rpartition("data: ")[2])["error"]["type"] == "image_generation_server_error"
    assert (hosts, "10.0.0.1" in got) == (["api.openai.com"], False)


# --- how much, how long -----------------------------------------------------------------------


async def test_a_request_that_is_too_large_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_BYTES", 1000)
    read: list[int] = []

    async def chunks() -> AsyncIterator[bytes]:
        for index in range(100):
            read.append(index)
            yield b" " * 100

    client = httpx.AsyncClient(transport=httpx.ASGITransport(gateway(lambda _: None)), base_url="http://gateway")
    got = await client.post("/v1/images/generations", content=chunks())

    assert (got.status_code, got.json()["error"]["type"], len(read)) == (413, "invalid_request_error", 11)


async def test_an_answer_that_is_too_large_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next target is asked."""
    monkeypatch.setattr(sending, "MOST_BYTES", 1000)

    def answer(request: httpx.Request) -> httpx.Response:
        large = request.url.host == "api.openai.com"
        return httpx.Response(200, content=b" " * 2000) if large else httpx.Response(200, json=image())

    got = await ask(gateway(answer), {**ASKED, "model": "both"})

    assert (got.status_code, got.headers["x-imagetx-served-by"]) == (200, "stability/sd3.5-large")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [202, 302, 502, 999])
async def test_an_answer_that_is_none(status: int, stream: bool) -> None:
    """Whatever stands between us and a provider may answer in its place."""

    def answer(request: httpx.Request) -> httpx.Response:
        odd = request.url.host == "api.openai.com"
        return httpx.Response(status, html="<h1>Oh</h1>") if odd else httpx.Response(200, json=image())

    got = await ask(gateway(answer), {**ASKED, "model": "both", "stream": stream})

    assert (got.status_code, got.headers["x-imagetx-served-by"]) == (200, "stability/sd3.5-large")


def image() -> Json:
    return {"image": PNG, "seed": 0, "finish_reason": "SUCCESS"}


async def test_the_time_limit_is_that_of_the_message() -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    request = imagetx.NativeRequest("GET", "https://example.com/a.png", timeout_s=0.01)

    with pytest.raises(NoAnswer) as caught:
        await sending.send(client, request, {})
    assert caught.value.category == "timeout"


async def test_a_redirect_is_not_followed() -> None:
    """The driver feeds it: where it goes, and that no secret goes there, is for the exchange to say."""
    client = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(302, headers={"location": "https://elsewhere.example"})),
        follow_redirects=True,
    )
    got = await sending.send(client, imagetx.NativeRequest("GET", "https://example.com/a.png"), {"authorization": "x"})

    assert got.status == 302


# --- what is not told, and not let through ----------------------------------------------------


async def test_the_gateways_own_key_is_its_own_matter(caplog: pytest.LogCaptureFixture) -> None:
    """OpenAI shows some of a wrong key: neither the client nor the log sees it."""
    said = {
        "message": "Incorrect API key provided: sk-ope***-1.",
        "type": "x",
        "code": "invalid_api_key",
        "param": None,
    }

    with caplog.at_level(logging.DEBUG, "imagetx"):
        got = await ask(gateway(lambda _: httpx.Response(401, json={"error": said})), ASKED)

    assert (got.status_code, got.headers["x-should-retry"]) == (500, "false")
    assert "sk-ope" not in got.text + caplog.text
    assert caplog.messages == ["openai/gpt-image-2: authentication"]


async def test_a_client_says_no_headers_of_ours() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"created": 1, "data": [{"b64_json": PNG}]})

    options = {"extra_headers": {"x-evil": "1"}, "extra_query": {"evil": "1"}, "new_option": "kept"}
    body = {**ASKED, "provider_options": {"openai": options}}
    headers = {
        "authorization": "Bearer of-the-client",
        "cookie": "a=b",
        "x-stainless-os": "Linux",
        "x-forwarded-for": "1",
    }
    await ask(gateway(answer), body, headers=headers)

    assert sent[0].headers["authorization"] == "Bearer sk-openai-1"
    assert not {"cookie", "x-evil", "x-stainless-os"} & set(sent[0].headers)
    assert (sent[0].url.query, json.loads(sent[0].content)["new_option"]) == (b"", "kept")


BAD: list[tuple[str, Json, str | None]] = [
    ("/v1/images/generations", {**ASKED, "n": 11}, "n"),
    ("/v1/images/generations", {**ASKED, **dict.fromkeys(map(str, range(2000)))}, None),
    ("/v1/images/generations", {"prompt": "a fox"}, "model"),
    ("/v1/images/generations", {**ASKED, "model": "cat"}, "model"),
    ("/v1/images/edits", {**ASKED, "image": "gs://ours/a.png"}, "image"),
    ("/v1/images/edits", {**ASKED, "images": [{"image_url": "s3://ours/a.png"}]}, "images"),
    ("/v1/images/edits", {**ASKED, "image": PNG, "mask": {"image": "GS://ours/a.png", "edits": "white"}}, "mask"),
    ("/v1/images/edits", ASKED, "image"),
]


@pytest.mark.parametrize(("path", "body", "param"), BAD)
async def test_refused_by_name_and_before_anybody_is_asked(path: str, body: Json, param: str | None) -> None:
    got = await ask(gateway(lambda _: None), body, path)

    assert (got.status_code // 100, got.json()["error"]["param"]) == (4, param)


@pytest.mark.parametrize("name", ["size", "seed", "stream", "n", "negative_prompt", "something"])
async def test_a_file_where_a_text_belongs(name: str) -> None:
    """It is refused, or left out with a note, and never an error of ours."""
    answer = httpx.Response(200, json={"created": 1, "data": [{"b64_json": PNG}]})
    picture = ("a.png", content("red-64.png"), "image/png")
    files = [("model", (None, "fox")), ("prompt", (None, "a fox")), ("image", picture), (name, picture)]

    client = httpx.AsyncClient(transport=httpx.ASGITransport(gateway(lambda _: answer)), base_url="http://gateway")
    got = await client.post("/v1/images/edits", files=files)

    assert got.status_code == 400
    assert name in got.json()["error"]["message"]


async def test_notes_have_a_limit() -> None:
    """As many as a header takes, and whole ones."""
    answer = httpx.Response(200, json={"created": 1, "data": [{"b64_json": PNG}]})
    extra = {f"word{index}é": "x" * 500 for index in range(90)}

    got = await ask(gateway(lambda _: answer), {**ASKED, **extra})

    assert got.status_code == 200
    assert 1000 < len(got.headers["x-imagetx-notes"]) <= 4000
    assert json.loads(got.headers["x-imagetx-notes"])[0]["kind"] in ("dropped", "assumed")


# --- routes and addresses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        ["openai/gpt-image-2", "nobody/a"],
        ["azure/gpt-image-2"],
        [],
        {"targets": ["openai/gpt-image-2"], "weights": {"colour": 1}},
        {"targets": ["openai/gpt-image-2"], "options": {"policy": "lenient"}},
    ],
)
def test_a_route_that_is_wrong_is_told_at_the_start(row: Json) -> None:
    with pytest.raises(imagetx.ImagetxError):
        read_routes({"fox": row})


async def test_a_route_may_be_strict() -> None:
    """What it does not want changed, it refuses."""
    route = {"targets": ["openai/gpt-image-2"], "options": {"policy": {"seed": "strict", "*": "adapt"}}}
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(500)))

    got = await ask(
        app.create_app({"fox": route}, secrets=SECRETS, client=client), {**ASKED, "seed": 7, "style": "vivid"}
    )

    assert (got.status_code, got.json()["error"]["param"]) == (400, "seed")


def test_the_routes_that_are_shown_are_right() -> None:
    folder = Path(app.__file__).parent
    shown = (folder / "README.md").read_text().partition("```json")[2].partition("```")[0]

    for text in (shown, (folder / "routes.json").read_text()):
        assert read_routes(json.loads(text))["fox"].targets[0] == imagetx.Target("openai", "gpt-image-2")


def test_a_provider_has_its_main_name() -> None:
    row = [{"provider": "vertex-ai", "model": "imagen-4.0-generate-001", "variables": {"project": "p"}}]

    assert read_routes({"fox": row})["fox"].targets[0].provider == "vertex"


ADDRESSES = [
    ("93.184.216.34", True),
    ("127.0.0.1", False),
    ("10.1.2.3", False),
    ("169.254.169.254", False),
    ("::1", False),
]


@pytest.mark.parametrize(("address", "public"), ADDRESSES)
async def test_a_public_name_of_a_private_address(address: str, public: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked up once: the message goes to the address that was looked at, under the name that was asked for."""

    async def looked_up(name: str, port: int) -> list[Json]:
        assert (name, port) == ("images.example", 443)
        return [(0, 0, 0, "", (address, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    client = httpx.AsyncClient(transport=Outside(httpx.MockTransport(answer)))
    if not public:
        with pytest.raises(httpx.ConnectError):
            await client.get("https://images.example/a.png")
    else:
        await client.get("https://images.example/a.png")
        assert sent[0].url.host == address
        assert sent[0].headers["host"] == "images.example"
        assert sent[0].extensions["sni_hostname"] == "images.example"
    assert len(sent) == public
