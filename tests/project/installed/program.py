"""
What somebody does who installed imagetx: run outside of the repository, by a test and by `tests.project.pythons`.

Prints where imagetx is, and a digest of all it said to all of its providers: the same on every Python. With a number
of threads as the argument all of them begin at once, in a process where nothing was compiled yet, and must agree.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier
from typing import Any

import imagetx

VARIABLES = {"azure": {"resource": "r1"}, "bedrock": {"region": "us-east-1"}, "vertex": {"project": "p1"}}
WANTED = {"prompt": "a red fox in snow", "size": "1536x1024", "seed": 0}
PNG = "iVBORw0KGgo="
EASEL = {
    "provider": {
        "spec": 1,
        "provider": "easel",
        "title": "Easel",
        "source": "https://easel.example/docs",
        "verified": "2026-11-22",
        "base_url": "https://api.easel.example/v1",
        "auth": {"key": {"header": "x-easel-key"}},
        "families": {"oil": {"dialects": ["paint"]}},
        "models": [{"id": "oil-1", "family": "oil"}],
    },
    "dialects": {
        "paint": {
            "spec": 1,
            "dialect": "paint",
            "surface": "v1",
            "operations": ["generate"],
            "source": "https://easel.example/docs/paint",
            "verified": "2026-11-22",
            "request": {
                "url": "{base_url}/{model}/paint",
                "rules": [
                    {"from": "model", "to": "/path/model", "required": True},
                    {"from": "prompt", "to": "/body/text", "required": True},
                    {"from": "seed", "to": "/body/seed"},
                ],
            },
            "response": {
                "match": {"properties": {"body": {"type": "object", "required": ["pictures"]}}},
                "rules": [{"from": "data", "to": "/body/pictures", "each": [{"from": "b64_json", "to": "/png"}]}],
            },
        }
    },
}


def there_and_back(provider: str) -> list[Any]:
    """Ask the active models of a provider, each family once, and read what was written."""
    rows = {row["family"]: row["id"] for row in reversed(imagetx.models(provider)) if row["status"] == "active"}
    said: list[Any] = [provider]
    for model in rows.values() or ["whatever"]:
        target = imagetx.Target(provider, model, variables=VARIABLES.get(provider, {}))
        seen = imagetx.check(WANTED, target)
        said.append([model, seen.calls, list(map(str, (*seen.notes, *seen.problems)))])
        if not seen.refused:
            out = imagetx.encode_request(WANTED, target)
            back = imagetx.decode_request(out.value, out.target)
            said.append([out.value.url, dict(out.value.headers), out.value.content().decode("latin-1")])
            said.append(back.value.model_dump(mode="json", exclude_unset=True))
    return said


def answers() -> list[Any]:
    """Plan two images, stream one, refuse one."""
    exchange = imagetx.plan({**WANTED, "n": 2}, "stability/sd3.5-large")
    for step in exchange.pending:
        exchange = imagetx.Exchange.from_json(exchange.to_json())
        exchange = exchange.feed(step.branch, imagetx.NativeResponse(200, {}, {"image": PNG, "seed": 3}))
    assert exchange.result is not None
    drawn = exchange.result.value
    told = imagetx.stream_events(drawn, "openai/gpt-image-2").value
    writer = imagetx.stream_encoder("openai/gpt-image-2")
    reader = imagetx.stream_decoder("openai/gpt-image-2", headers=writer.headers)
    stream = b"".join(map(writer.feed, told)) + writer.close()
    heard = reader.feed(stream) + reader.close()
    refused = imagetx.decode_response(imagetx.NativeResponse(429, {}, {"error": {"message": "Slow."}}), "openai").value
    return [document.model_dump(mode="json", exclude_unset=True) for document in (drawn, *heard, refused)]


def own_provider() -> list[Any]:
    """Add a provider; its spec is checked with jsonschema."""
    easel = imagetx.registry().with_provider(EASEL)
    out = easel.encode_request(WANTED, "easel/oil-1")
    answer = easel.decode_response(imagetx.NativeResponse(200, {}, {"pictures": [{"png": PNG}]}), "easel").value
    return [
        out.value.url,
        out.value.body,
        list(map(str, out.notes)),
        answer.model_dump(mode="json", exclude_unset=True),
    ]


def everything(first: int = 0) -> str:
    """Return the digest of all of it; work begins with another provider in every thread."""
    names = imagetx.providers()
    said = sorted((there_and_back(names[(first + index) % len(names)]) for index in range(len(names))), key=str)
    text = json.dumps([said, answers(), own_provider()], sort_keys=True)
    return sha256(text.encode()).hexdigest()


def at_once(threads: int) -> str:
    """Let all threads begin at the same moment; what each says is one and the same."""
    barrier = Barrier(threads)

    def begin(first: int) -> str:
        barrier.wait()
        return everything(first)

    with ThreadPoolExecutor(threads) as pool:
        digests = set(pool.map(begin, range(threads)))
    assert len(digests) == 1, digests
    return digests.pop()


if __name__ == "__main__":
    digest = at_once(int(sys.argv[1])) if len(sys.argv) > 1 else everything()
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    print(json.dumps({"imagetx": imagetx.__path__[0], "digest": digest, "gil": gil}))
