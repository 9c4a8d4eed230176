"""
What an answer names is followed by rule, or not at all.

The rule: http or https, without a user; at the target's own origin, wherever that is, or else at a public host. The
credential goes to the target's own origin (scheme, host and port) and nowhere else; what is fetched goes without it.
To allow an inner address is to have the target there (`base_url`). What is not followed is a value, never a step.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

import imagetx
from tests.dialects import fixture
from tests.hostile.asks import CASES
from tests.images import content

Json = Any
RED = content("red-64.png")
DIALECTS = sorted({case.name for case in CASES})

INNER = [
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
    "db.corp",
    "box",
    "127.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "169.254.170.2",
    "2130706433",
    "3232235521",
    "0x7f000001",
    "0x7f.1",
    "0X7F.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[::127.0.0.1]",
    "\u2460\u2461\u2466.0.0.1",
    "127\u30020\u30020\u30021",
    "%31%32%37.0.0.1",
    "127.0.0.1%00.evil.example",
    "127.0.0.1%2f.evil.example",
]
NO_URLS: list[Json] = [
    "",
    " ",
    5,
    None,
    ["https://cdn.example/a"],
    {"url": "https://cdn.example/a"},
    "/relative",
    "//cdn.example/a",
    "cdn.example/a",
    "https:cdn.example",
    "https:/cdn.example",
    "https:///cdn.example",
    "ftp://cdn.example/a",
    "file:///etc/passwd",
    "gopher://cdn.example/a",
    "javascript:alert(1)",
    "data:text/html,x",
    "blob:https://cdn.example/a",
    "ws://cdn.example/a",
    "https://cdn.example\\@evil.example/",
    "https://cdn.example/a b",
    "https://cdn.example/\r\nhost: evil",
    "https://cdn.example:99999/",
    "https://[cdn.example]/",
    "https://cdn.example/\u00e9",
    "https://\u0430pi.example/",
    "https://user@cdn.example/a",
    "https://user:pw@cdn.example/a",
]


def strange(url: str) -> list[str]:
    """List URLs that look like one of the target's own and are not: the key belongs to none of them."""
    parts = urlsplit(url)
    host, rest = parts.hostname or "", url.partition("://")[2].partition("/")[2]
    other = "http" if parts.scheme == "https" else "https"
    return [
        f"{parts.scheme}://{host}.evil.example/{rest}",
        f"{parts.scheme}://evil-{host}/{rest}",
        f"{parts.scheme}://x.{host}/{rest}",
        f"{parts.scheme}://{host}./{rest}",
        f"{parts.scheme}://{host}@evil.example/{rest}",
        f"{parts.scheme}://{host}:x@evil.example/{rest}",
        f"{parts.scheme}://user@{host}/{rest}",
        f"{parts.scheme}://:@{host}/{rest}",
        f"{parts.scheme}://evil.example\\@{host}/{rest}",
        f"{parts.scheme}://evil.example#@{host}/{rest}",
        f"{parts.scheme}://evil.example?@{host}/{rest}",
        f"{parts.scheme}://evil.example/{host}/{rest}",
        f"{parts.scheme}://{host}:444/{rest}",
        f"{parts.scheme}://{host}:80/{rest}" if parts.scheme == "https" else f"http://{host}:443/{rest}",
        f"{other}://{host}/{rest}",
        f"{other}://{host}:443/{rest}" if other == "http" else f"{other}://{host}:80/{rest}",
        f"{parts.scheme}://{host.replace('.', '%2e')}/{rest}",
        f"{parts.scheme}://{host.replace('.', chr(0x3002))}/{rest}",
        f"{parts.scheme}://xn--{host}/{rest}",
        f"{parts.scheme}://{host}%2eevil.example/{rest}",
        f"{parts.scheme}://{host}%00.evil.example/{rest}",
        f"//{host}/{rest}",
        f" {url}",
        f"{url}\n",
        f"{parts.scheme}:\\\\{host}\\{rest}",
        f"{parts.scheme}:{host}/{rest}",
        f"ftp://{host}/{rest}",
    ]


BEGUN = [
    (name, vector)
    for name in DIALECTS
    for vector in fixture(name).get("exchanges", ())
    if "answer" in vector["steps"][0] and "image/0" not in {step["branch"] for step in vector["steps"]}
]


def urls_in(value: Json, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield where URLs stand in an answer."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from urls_in(item, (*at, key))
    elif isinstance(value, str) and value.startswith(("http://", "https://")):
        yield at, value


def with_url(value: Json, at: tuple[Any, ...], url: Json) -> Json:
    if not at:
        return url
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[at[0]] = with_url(value[at[0]], at[1:], url)
    return changed


def places() -> list[Any]:
    """List the first answers of plans that name a URL, and where."""
    found = {}
    for name, vector in BEGUN:
        answer = vector["steps"][0]["answer"]
        for at, url in urls_in({"headers": answer["headers"], "body": answer.get("body", {})}):
            where = "/".join(str(key) for key in at if not isinstance(key, int))
            found.setdefault((name, where), pytest.param(vector, at, url, id=f"{name}:{where}"))
    return list(found.values())


def begun(vector: Json, **variables: str) -> imagetx.Exchange:
    target = imagetx.Target(**vector["target"])
    target = replace(target, variables={**target.variables, **variables})
    request = json.loads(json.dumps(vector["request"]).replace("{{red-64.png}}", base64.b64encode(RED).decode()))
    return imagetx.plan({**request, "response_format": "b64_json", "n": 1}, target)


def fed(exchange: imagetx.Exchange, vector: Json, at: tuple[Any, ...], url: Json) -> imagetx.Exchange | None:
    """Feed the first answer of a vector with another URL in it; None where no message can hold that."""
    answer = vector["steps"][0]["answer"]
    said = with_url({"headers": answer["headers"], "body": answer.get("body", {})}, at, url)
    try:
        native = imagetx.NativeResponse.from_json({"status": answer["status"], **said})
    except imagetx.WireError:
        return None
    return exchange.feed("0", native)


def own_origin(exchange: imagetx.Exchange) -> tuple[str, str, int]:
    return origin(exchange.pending[0].request.url)


def origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]


def assert_safe(exchange: imagetx.Exchange, home: tuple[str, str, int]) -> None:
    """Assert that a key goes home, and that nobody else's inside is asked."""
    if not exchange.pending:
        assert exchange.result is not None
    for step in exchange.pending:
        at = origin(step.request.url)
        assert (step.request.credential is not None) == step.credentials
        assert not step.credentials or at == home
        assert "@" not in urlsplit(step.request.url).netloc
        assert at == home or at[1] not in {host.strip("[]").lower() for host in INNER}


@pytest.mark.parametrize(("vector", "at", "url"), places())
def test_named_places(vector: Json, at: tuple[Any, ...], url: str) -> None:
    """Poll URLs and image URLs of every dialect: inner ones, broken ones, and those that look like the target's."""
    exchange = begun(vector)
    home = own_origin(exchange)
    path = url.partition("://")[2].partition("/")[2]
    inner = [
        f"{scheme}://{host}{port}/{path}" for scheme in ("https", "http") for host in INNER for port in ("", ":80")
    ]
    for hostile in [*inner, *NO_URLS, *strange(url), *strange(exchange.pending[0].request.url)]:
        after = fed(exchange, vector, at, hostile)
        if after is not None:
            assert_safe(after, home)
            asked = {step.request.url for step in after.pending}
            assert not asked.intersection(map(str, [*inner, *NO_URLS]))


@pytest.mark.parametrize(("vector", "at", "url"), places())
def test_inner_targets(vector: Json, at: tuple[Any, ...], url: str) -> None:
    """What a target at an inner address names there is followed: who has the target there allows it, and no more."""
    exchange = begun(vector, base_url="http://10.0.0.7:8080/v1")
    assert own_origin(exchange) == ("http", "10.0.0.7", 8080)

    here = fed(exchange, vector, at, "http://10.0.0.7:8080/jobs/1")
    assert here is not None
    assert here.pending
    assert {origin(step.request.url) for step in here.pending} == {("http", "10.0.0.7", 8080)}
    for other in (
        "http://10.0.0.7/jobs/1",
        "http://10.0.0.8:8080/1",
        "https://10.0.0.7:8080/1",
        "http://127.0.0.1:8080/1",
    ):
        there = fed(exchange, vector, at, other)
        assert there is not None
        assert other not in {step.request.url for step in there.pending}


def fetching(url: str = "https://cdn.example/a.png") -> imagetx.Exchange:
    """Begin a plan whose answer names an image."""
    exchange = imagetx.plan({"prompt": "a fox"}, "openai/dall-e-3").feed(
        "0", imagetx.NativeResponse(200, {}, {"created": 1, "data": [{"url": url}]})
    )
    assert [step.branch for step in exchange.pending] == ["0/data/0"]
    return exchange


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects(status: int) -> None:
    """A redirect leads where a fetch may go, or the image is lost, with a word on it; it never gets a credential."""
    exchange = fetching()
    inner = [f"{scheme}://{host}/a.png" for scheme in ("http", "https") for host in INNER if host.isascii()]
    broken = [url for url in NO_URLS if isinstance(url, str) and url.isascii() and url.isprintable()]
    relative = {"", " ", "/relative", "//cdn.example/a", "cdn.example/a", "https:cdn.example", "https:/cdn.example"}
    for location in [*inner, *(url for url in broken if url not in relative), "/\\evil@10.0.0.1", "//10.0.0.1/a", ""]:
        after = exchange.feed("0/data/0", imagetx.NativeResponse(status, {"location": location}))
        for step in after.pending:
            assert origin(step.request.url)[1] in ("cdn.example", "evil.example"), location
            assert not step.credentials
        if not after.pending:
            assert after.result is not None
            assert location == "" or location not in str(after.pending)
    for location, url in [
        ("/b.png", "https://cdn.example/b.png"),
        ("b.png", "https://cdn.example/b.png"),
        ("//other.example/b", "https://other.example/b"),
        ("http://other.example/b", "http://other.example/b"),
        ("https://api.openai.com/b", "https://api.openai.com/b"),
    ]:
        (step,) = exchange.feed("0/data/0", imagetx.NativeResponse(status, {"Location": location})).pending
        assert (step.request.method, step.request.url) == ("GET", url)
        assert not step.credentials
        assert step.request.credential is None
        assert dict(step.request.headers) == {}


def test_redirects_end() -> None:
    """Rounds are counted: who is sent on without end is told so."""
    exchange = fetching()
    for count in range(20):
        if not exchange.pending:
            break
        location = f"/{count}"
        exchange = exchange.feed("0/data/0", imagetx.NativeResponse(302, {"location": location}))

    assert count <= 10
    assert exchange.result is not None


@pytest.mark.parametrize(
    "url", [*(f"https://{host}/a.png" for host in INNER), *(url for url in NO_URLS if type(url) is not list)]
)
def test_images_of_requests(url: Json) -> None:
    """An image that a client names is asked for by whoever runs the plan: not from inside."""
    request = {"prompt": "a fox", "image": url, "strength": 0.5}
    try:
        exchange = imagetx.plan(request, "stability/sd3.5-large")
    except imagetx.ImagetxError:
        return
    assert exchange.pending == () or exchange.inputs == {}


@pytest.mark.parametrize("host", ["10.0.0.7", "localhost", "[::1]", "metadata.google.internal"])
def test_stored_plans(host: str) -> None:
    """A stored plan is not believed: where a plan would not have gone, a resumed one does not go."""
    document = fetching().to_json()
    document["calls"][0]["fetches"]["0"]["url"] = f"http://{host}/a.png"
    with pytest.raises(imagetx.WireError):
        imagetx.Exchange.from_json(document)

    begun = imagetx.plan({"prompt": "a fox"}, "fireworks/flux-kontext-pro").feed(
        "0", imagetx.NativeResponse(200, {}, {"request_id": "k1"})
    )
    stored = begun.to_json()
    for url, own in (
        (f"http://{host}/x", None),
        ("https://api.fireworks.ai.evil.example/x", False),
        ("https://api.fireworks.ai/x", True),
    ):
        stored["calls"][0]["waiting"]["poll"]["url"] = url
        if own is None:
            with pytest.raises(imagetx.WireError):
                imagetx.Exchange.from_json(stored)
        else:
            (step,) = imagetx.Exchange.from_json(stored).pending
            assert (step.credentials, step.request.credential is not None) == (own, own)
