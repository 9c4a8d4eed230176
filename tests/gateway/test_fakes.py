"""
The fakes themselves: what is to the letter is answered, and every fault that is sown into it is complained of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

for _name in ("httpx", "botocore"):
    pytest.importorskip(_name, reason="the fakes need the extra conformance")

import httpx
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway import call
from tests.gateway.fakes import ALL
from tests.gateway.letters import letters, signed
from tests.gateway.world import CALLER, SECRETS, World

Json = Any
LETTERS = letters()
NAMES = {name: provider for name, (provider, _) in LETTERS.items()}
pytestmark = pytest.mark.anyio


def client(world: World) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(world), timeout=600)


def altered(request: httpx.Request, *, provider: str, **changes: Any) -> httpx.Request:
    """Alter a message; what goes to Bedrock is signed anew, so that the fault is not the signature."""
    headers = {name: value for name, value in request.headers.items() if name not in ("content-length", "host")}
    given = {"url": request.url, "headers": headers, "content": request.content, **changes}
    headers = {name: value for name, value in given.pop("headers").items() if value is not None}
    made = httpx.Request(given.pop("method", request.method), given.pop("url"), headers=headers, **given)
    return signed(made, SECRETS["bedrock"]) if provider == "bedrock" and "secret" not in changes else made


@pytest.mark.parametrize("name", LETTERS)
async def test_a_letter_is_answered(name: str, world: World) -> None:
    provider, request = LETTERS[name]

    response = await client(world).send(request)

    assert response.status_code in (200, 202), response.text
    assert [heard for heard, _ in world.heard] == [provider]


def _another_key(request: httpx.Request) -> dict[str, Any]:
    return {"headers": {name: value.replace("-", "+").replace("_", "-") for name, value in request.headers.items()}}


def _no_key(request: httpx.Request) -> dict[str, Any]:
    return {"headers": {name: value for name, value in request.headers.items() if name not in call.CREDENTIALS}}


def _two_keys(request: httpx.Request) -> dict[str, Any]:
    more = "api-key" if "authorization" in request.headers else "authorization"
    return {"headers": {**request.headers, more: "Bearer one-more"}}


def _a_header_of_a_client(request: httpx.Request) -> dict[str, Any]:
    return {"headers": {**request.headers, "x-stainless-lang": "python"}}


def _another_path(request: httpx.Request) -> dict[str, Any]:
    return {"url": request.url.copy_with(path=request.url.path + "s")}


def _another_query(request: httpx.Request) -> dict[str, Any]:
    return {"url": request.url.copy_with(params={**request.url.params, "key": "1"})}


def _an_unknown_field(request: httpx.Request) -> dict[str, Any]:
    said = request.headers["content-type"]
    if said == "application/json":
        return {"content": json.dumps({**json.loads(request.content), "nonsense_7": 1}).encode()}
    mark = b"--" + said.partition("boundary=")[2].encode()
    part = mark + b'\r\nContent-Disposition: form-data; name="nonsense_7"\r\n\r\n1\r\n'
    return {"content": part + request.content}


def _no_content_type(request: httpx.Request) -> dict[str, Any]:
    return {"headers": {**request.headers, "content-type": "text/plain"}}


def _a_cut_body(request: httpx.Request) -> dict[str, Any]:
    return {"content": request.content[:-4]}


def _a_put(request: httpx.Request) -> dict[str, Any]:
    return {"method": "PUT"}


FAULTS: list[Callable[[httpx.Request], dict[str, Any]]] = [
    _another_key,
    _no_key,
    _two_keys,
    _a_header_of_a_client,
    _another_path,
    _another_query,
    _an_unknown_field,
    _no_content_type,
    _a_cut_body,
    _a_put,
]
SIGNED_OVER = {_another_key, _no_key, _two_keys, _a_header_of_a_client, _a_put}


@pytest.mark.parametrize("name", LETTERS)
async def test_every_fault_is_complained_of(name: str) -> None:
    """
    Each fault alone, in each letter: told in words, and answered with an error in the provider's own shape.

    A path that is another one only by the model's name is no fault of form: there the error is enough.
    """
    provider, request = LETTERS[name]
    kept = []
    for fault in FAULTS:
        world = World(ALL)
        again = provider == "bedrock" and fault not in SIGNED_OVER
        sown = altered(request, provider=provider if again else "", **fault(request))

        response = await client(world).send(sown)

        named = fault is _another_path and world.heard and world.heard[0][1].path.get("model", "").endswith("s")
        if response.status_code < 400 or not (named or (world.complaints and not world.heard)):
            kept.append((fault.__name__, world.complaints, response.status_code))
    assert kept == []


@pytest.mark.parametrize("changed", ["path", "body", "header"])
async def test_a_signature_is_of_what_came(changed: str) -> None:
    provider, request = LETTERS["bedrock"]
    sown = {
        "path": {"url": str(request.url).replace("%3A", ":")},
        "body": {"content": request.content.replace(b"basil", b"thyme")},
        "header": {"headers": {**request.headers, "x-amzn-bedrock-trace": "ENABLED"}},
    }[changed]
    world = World(ALL)

    await client(world).send(altered(request, provider="", **sown))

    assert len(world.complaints) == 1
    assert provider == "bedrock"


@pytest.mark.parametrize("where", [CALLER, SECRETS["stability"]])
async def test_a_secret_of_another_is_seen(where: str) -> None:
    world = World(ALL)
    _, request = LETTERS["openai"]
    body = {**json.loads(request.content), "user": where}

    await client(world).send(altered(request, provider="openai", content=json.dumps(body).encode()))

    assert world.complaints == ["openai: a secret of another reached api.openai.com"]


@pytest.mark.parametrize(("name", "every_s"), [("stability-creative", 10), ("azure-legacy", 1)])
async def test_a_job_that_is_asked_too_soon_is_seen(name: str, every_s: float) -> None:
    world = World(ALL)
    _, request = LETTERS[name]
    started = await client(world).send(request)
    base = "https://api.stability.ai/v2beta/results/"
    url = started.headers.get("operation-location") or base + started.json()["id"]
    auth = {key: value for key, value in request.headers.items() if key in call.CREDENTIALS}

    await client(world).get(url, headers=auth)
    asked_at_once = list(world.complaints)
    await world.studio.sleep(every_s)
    await client(world).get(url, headers=auth)

    assert len(asked_at_once) == 1
    assert world.complaints == asked_at_once


def test_no_fake_asks_the_library() -> None:
    """A witness that repeats what the accused says is none."""
    folder = Path(__file__).parent
    apart = [*folder.glob("fakes/*.py"), *(path for path in folder.glob("*.py") if not path.name.startswith("test_"))]

    asking = {path.name for path in apart if re.search(r"^\s*(?:from|import) imagetx", path.read_text(), re.MULTILINE)}

    assert len(apart) > 15
    assert asking == set()


async def test_files_are_given_without_a_credential(world: World) -> None:
    url = world.studio.hang("delivery.example", "image/png")

    response = await client(world).get(url)

    assert response.content == world.studio.drawn[0]


async def test_a_credential_at_a_file_is_seen() -> None:
    world = World(ALL)
    url = world.studio.hang("delivery.example", "image/png")

    await client(world).get(url, headers={"authorization": f"Bearer {SECRETS['fireworks']}"})

    assert world.complaints == ["fireworks: https://delivery.example/made/0.png was sent ['authorization']"]


async def test_impatience_is_seen() -> None:
    world = World(ALL)

    await httpx.AsyncClient(transport=httpx.MockTransport(world), timeout=5).post(
        LETTERS["openai"][1].url, content=LETTERS["openai"][1].content, headers=LETTERS["openai"][1].headers
    )

    assert world.complaints == ["openai: waits 5 s; images take up to 120 s"]


@given(data=st.binary(max_size=80), filename=st.text(st.sampled_from('aé"\\%;=. '), min_size=1, max_size=8))
def test_a_file_in_a_form_is_read_byte_by_byte(data: bytes, filename: str) -> None:
    files = [("note", (None, "é\r\n--x")), ("image", (filename, data, "image/png"))]
    request = httpx.Request("POST", "https://api.openai.com/v1/images/edits", files=files)
    came = call.Call(
        method="POST",
        scheme="https",
        host="api.openai.com",
        path="/v1/images/edits",
        query=(),
        headers={"content-type": [request.headers["content-type"]]},
        content=request.read(),
    )

    read = call.body(came)

    assert read["note"] == "é\r\n--x"
    assert call.base64.b64decode(read["image"]["base64"]) == data
