"""
Pending: a provider that has begun, and the request that asks again, for an invented provider.
"""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx import NativeResponse, Pending, RequestError, Target

EASEL = Path(__file__).parents[1] / "project" / "easel"
HERE = "https://eu.easel.example/v1"


def registry(pending: dict[str, Any], rules: list[dict[str, Any]]) -> imagetx.Registry:
    """Give Easel a second form of its answer: 202, work has begun."""
    provider = json.loads((EASEL / "provider.json").read_text())
    paint = json.loads((EASEL / "paint.json").read_text())
    own = paint["response"]
    begun = {"match": {"properties": {"status": {"const": 202}}}, "rules": rules, "pending": pending}
    paint["response"] = {"headers": own["headers"], "variants": {"begun": begun, "done": own}}
    return imagetx.registry().with_provider({"provider": provider, "dialects": {"paint": paint}})


BY_TEMPLATE = registry(
    {"method": "POST", "url": "{base_url}/{model}/result", "body": {"job": {"id": "{id}"}, "v": 1}, "after_s": 2},
    [{"from": "id", "to": "/body/job"}, {"from": "progress", "to": "/body/done"}],
)
BY_ANSWER = registry({}, [{"from": "id", "to": "/body/job"}, {"from": "poll", "to": "/body/ask"}])


def read(known: imagetx.Registry, body: Any, **headers: str) -> Pending:
    value = known.decode_response(NativeResponse(202, headers, body), "easel/oil-2").value
    assert isinstance(value, Pending)
    return value


def test_template() -> None:
    """The model and the id fill the template; what has no canonical name is kept."""
    found = read(BY_TEMPLATE, {"job": "j-1", "done": 0.5, "queue": 3})

    assert (found.id, found.progress, found.after_s) == ("j-1", 0.5, 2)
    assert found.provider_metadata == {"easel": {"queue": 3}}
    assert found.poll is not None
    assert (found.poll.method, found.poll.url) == ("POST", f"{HERE}/oil-2/result")
    assert found.poll.body == {"job": {"id": "j-1"}, "v": 1}
    assert found.poll.credential == imagetx.Credential("key", "x-easel-key")


def test_retry_after_wins() -> None:
    assert read(BY_TEMPLATE, {"job": "j-1"}, **{"retry-after": "7"}).after_s == 7


@pytest.mark.parametrize(
    ("url", "own"),
    [
        (f"{HERE}/jobs/1?v=2", True),
        ("https://evil.example/v1/jobs/1", False),
        ("https://us.easel.example/v1/jobs/1", False),
        ("http://eu.easel.example/v1/jobs/1", False),
        ("https://eu.easel.example:444/v1/jobs/1", False),
    ],
)
def test_credential_stays_at_home(url: str, own: bool) -> None:
    """A URL of the answer is asked as it stands, with the credential only where the request itself went."""
    found = read(BY_ANSWER, {"job": "j-1", "ask": url})

    assert found.poll is not None
    assert (found.poll.method, found.poll.url) == ("GET", url)
    assert (found.poll.credential is not None) == own


HOSTILE = [
    None,
    "",
    "\n",
    "not a url\r\n",
    7,
    "https://[",
    "https://foo\u2100bar.com/",
    "file:///etc/passwd",
    "/jobs/1",
    "//x",
    "https://eu.easel.example@evil.example/",
    "http://169.254.169.254/latest/meta-data",
    "http://localhost/jobs/1",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_nobody_to_ask(url: Any) -> None:
    """Only an absolute http(s) URL of a public host is asked."""
    assert read(BY_ANSWER, {"job": "j-1", "ask": url}).poll is None


def test_value() -> None:
    """It is a value: pickled, compared, shown and given as JSON; an answer cannot be made of it."""
    found = read(BY_TEMPLATE, {"job": "j-1"})

    assert pickle.loads(pickle.dumps(found)) == found
    assert repr(found).startswith('Pending(id="j-1"')
    assert found.to_json()["poll"]["url"] == f"{HERE}/oil-2/result"
    with pytest.raises(RequestError, match="Pending"):
        imagetx.encode_response(found, "openai/gpt-image-2")


def test_translate_says_pending() -> None:
    with pytest.raises(RequestError, match="Pending"):
        BY_TEMPLATE.translate_response(
            NativeResponse(202, {}, {"job": "j-1"}), Target("easel", "oil-2"), "openai/gpt-image-2"
        )
