"""
Fetches: what is taken for the image behind a URL, and where a redirect may lead.
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx import NativeResponse, Problem, RequestError
from imagetx.fetch import Fetch, wanted, with_images
from imagetx.source import FETCH_FIRST
from tests.images import content

URL = "https://cdn.example/a/b.png?sig=abc"
HOME = "http://10.0.0.7:8000/v1"
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'


def received(status: int, headers: dict[str, str], body: Any) -> Fetch:
    return Fetch(url=URL).received(NativeResponse(status, headers, body), HOME)


def fault(fetch: Fetch) -> tuple[str, str]:
    """Give category and message of a fetch that is over without an image."""
    assert fetch.done
    assert fetch.image is None
    assert fetch.fault is not None
    return fetch.fault["category"], fetch.fault["error"]["message"]


def test_request() -> None:
    """Nothing but the URL goes to a stranger."""
    request = Fetch(url=URL).request()

    assert (request.method, request.url, dict(request.headers)) == ("GET", URL, {})
    assert (request.body, request.credential) == (None, None)


@pytest.mark.parametrize(
    ("body", "mime"),
    [
        (content("red-64.png"), "image/png"),
        (content("grey-64.jpg"), "image/jpeg"),
        (content("green-64.webp"), "image/webp"),
        (content("dark-64.gif"), "image/gif"),
        (AVIF, "image/avif"),
        (HEIC, "image/heic"),
        (SVG, "image/svg+xml"),
    ],
)
@pytest.mark.parametrize(
    "stated", [None, "", "image/png", "IMAGE/JPEG; q=1", "application/octet-stream", "binary/octet-stream", "image/x"]
)
def test_image(body: bytes, mime: str, stated: str | None) -> None:
    """The first bytes tell the type; what the header says need only be an image, or nothing."""
    found = received(200, {} if stated is None else {"content-type": stated}, body)

    assert found.done
    assert (found.image, found.mime_type, found.fault) == (body, mime, None)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "image/png"}, b""),
        ({"content-type": "image/png"}, None),
        ({}, b"\x89PNG"),
        ({"content-type": "image/png"}, b"<html><body>Sign in</body></html>"),
        ({"content-type": "text/html"}, content("red-64.png")),
        ({"content-type": "text/html; charset=utf-8"}, b"<html>"),
        ({"content-type": "application/json"}, {"error": "expired"}),
        ({}, {"error": "expired"}),
        ({"content-type": "image/png"}, "text"),
        ({"content-type": "video/mp4"}, b"\x00\x00\x00\x18ftypmp42"),
        ({"content-type": "image/png"}, b"\x00\x00\x00\x18ftypmp42"),
        ({"content-type": "application/pdf"}, b"%PDF-1.7"),
        ({"content-type": "image/png"}, b"RIFF\x00\x00\x00\x00WAVE"),
        ({}, float("nan")),
        ({}, "\ud800"),
        ({}, {"x": object()}),
    ],
)
def test_no_image(headers: dict[str, str], body: Any) -> None:
    """What is empty, says that it is something else, or does not begin like an image is none."""
    category, message = fault(received(200, headers, body))

    assert category == "invalid_request"
    assert message.startswith("expected ")
    assert "abc" not in message  # the signature of the URL


def test_size() -> None:
    """An image of 64 MiB is taken, one more byte is not."""
    start = content("red-64.png")
    most = start + bytes(64 * 2**20 - len(start))

    assert received(200, {}, most).image == most
    assert fault(received(200, {}, most + b"\x00"))[0] == "invalid_request"


@pytest.mark.parametrize(
    ("status", "category"),
    [
        (100, "server_error"),
        (201, "server_error"),
        (204, "server_error"),
        (206, "server_error"),
        (300, "server_error"),
        (304, "server_error"),
        (305, "server_error"),
        (400, "invalid_request"),
        (401, "invalid_request"),
        (403, "invalid_request"),
        (404, "invalid_request"),
        (408, "timeout"),
        (410, "invalid_request"),
        (429, "rate_limit"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "overloaded"),
        (504, "timeout"),
        (599, "server_error"),
    ],
)
def test_status(status: int, category: str) -> None:
    """Only 200 is an image, whatever the body; a stranger's 401 and 404 are the URL's fault."""
    found, message = fault(received(status, {"content-type": "image/png"}, content("red-64.png")))

    assert found == category
    assert f"status {status}" in message


def test_when_to_ask_again() -> None:
    """A fault says when it may pass, if the answer does."""
    for headers, after_s in (({"retry-after": "7"}, 7), ({"retry-after-ms": "1500"}, 1.5), ({}, None)):
        fault = received(503, headers, b"").fault
        assert fault is not None
        assert (fault["retryable"], fault.get("retry_after_s")) == (True, after_s)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("c.png", "https://cdn.example/a/c.png"),
        ("../c.png", "https://cdn.example/c.png"),
        ("/c.png?x=1", "https://cdn.example/c.png?x=1"),
        ("?x", "https://cdn.example/a/b.png?x"),
        ("//other.example/c.png", "https://other.example/c.png"),
        ("https://other.example/c.png", "https://other.example/c.png"),
        ("http://other.example/c.png", "http://other.example/c.png"),
        ("http://10.0.0.7:8000/c.png", "http://10.0.0.7:8000/c.png"),
    ],
)
def test_redirect(status: int, location: str, url: str) -> None:
    """A redirect is followed to public hosts and to the target's own origin."""
    found = received(status, {"location": location}, b"moved")

    assert not found.done
    assert (found.url, found.redirects) == (url, 1)
    assert found.request().credential is None


@pytest.mark.parametrize(
    "location",
    [
        None,
        "",
        "http://10.0.0.7/c.png",
        "http://10.0.0.7:8001/",
        "https://10.0.0.7:8000/",
        "http://169.254.169.254/latest/meta-data",
        "//localhost/x",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "https://user:pw@other.example/",
        "https://[::1]/",
        "https://[/",
        "//[x",
        "https://other.example\\@localhost/",
        "c d.png",
    ],
)
def test_bad_redirect(location: str | None) -> None:
    """A redirect to nowhere, to what is inside or to another scheme is the end."""
    found = received(302, {} if location is None else {"location": location}, b"")

    assert fault(found)[0] == "invalid_request"
    assert found.url == URL


def test_redirects_end() -> None:
    """Five redirects are followed, a loop is left at the sixth; the image may come at the last."""
    loop = NativeResponse(302, {"location": URL})
    fetch = Fetch(url=URL)
    for _ in range(5):
        fetch = fetch.received(loop, HOME)
        assert not fetch.done
    found = fetch.received(NativeResponse(200, {}, content("red-64.png")), HOME)

    assert found.image == content("red-64.png")
    assert fault(fetch.received(loop, HOME))[0] == "invalid_request"


def test_failed() -> None:
    """A message of the caller's stays one line, of bounded length."""
    _, message = fault(Fetch(url=URL).failed("timeout", "no\nanswer" * 10**5))

    assert message.isprintable()
    assert message.endswith('at "https://cdn.example/a/b.png?sig=***"')
    assert len(message) < 2000


# --- the images of a request ------------------------------------------------------------------


def asked(*pointers: str) -> RequestError:
    return RequestError([Problem(pointer=pointer, message="m", expected=FETCH_FIRST) for pointer in pointers])


@pytest.mark.parametrize(
    ("request_", "pointers", "found"),
    [
        ({"image": URL}, ["/image"], {"image/0": URL}),
        ({"image": [URL]}, ["/image/0"], {"image/0": URL}),
        ({"image": [b"x", URL]}, ["/image/1"], {"image/1": URL}),
        ({"image": {"image_url": URL}}, ["/image"], {"image/0": URL}),
        ({"image": [URL], "mask": URL + "m"}, ["/image/0", "/mask"], {"image/0": URL, "mask": URL + "m"}),
        ({"image": b"x", "mask": {"image": URL, "edits": "white"}}, ["/mask"], {"mask": URL}),
        ({"image": b"x", "mask": {"image": {"image_url": URL}, "edits": "black"}}, ["/mask"], {"mask": URL}),
        ({"image": "HTTPS://CDN.example/x"}, ["/image"], {"image/0": "HTTPS://CDN.example/x"}),
        ({"image": "http://10.0.0.7:8000/x"}, ["/image"], {"image/0": "http://10.0.0.7:8000/x"}),
    ],
)
def test_wanted(request_: Any, pointers: list[str], found: dict[str, str]) -> None:
    """Every http(s) input that the dialect wants as bytes is fetched, by the name of its branch."""
    fetches = wanted(asked(*pointers), request_, HOME)

    assert {name: fetch.url for name, fetch in fetches.items()} == found
    given = {name: Fetch(url=url, image=b"came " + name.encode()) for name, url in found.items()}
    whole = with_images(request_, given)
    listed = whole["image"] if isinstance(whole["image"], list) else [whole["image"]]
    for name in found:
        field, _, index = name.partition("/")
        mask = whole.get("mask")
        there = listed[int(index)] if field == "image" else mask["image"] if isinstance(mask, dict) else mask
        assert there == b"came " + name.encode()
    if isinstance(request_.get("mask"), dict):
        assert whole["mask"]["edits"] == request_["mask"]["edits"]


@pytest.mark.parametrize(
    "source",
    [
        "gs://bucket/a.png",
        "s3://bucket/a.png",
        {"file_id": "file-7"},
        {"image_url": "gs://b/a"},
        "http://127.1/a",
        None,
    ],
)
def test_not_wanted(source: Any) -> None:
    """What is at no http(s) address, or inside, is a problem of the request, told with every other one."""
    other = Problem(pointer="/size", message="expected another")
    error = RequestError([*asked("/image").problems, other])

    with pytest.raises(RequestError) as caught:
        wanted(error, {"image": source}, HOME)

    assert [problem.pointer for problem in caught.value.problems] == ["/image", "/size"]


def test_nothing_came() -> None:
    """A request without fetched images is given back itself."""
    request = {"prompt": "a fox", "image": URL}

    assert with_images(request, {}) is request
    assert with_images(request, {"image/0": Fetch(url=URL)}) is request
