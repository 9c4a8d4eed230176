"""
Ask everything at once: many threads, each at its first use of every provider. A program: `test_threads.py` runs it.

On stdin it takes a JSON document: `threads`, `rounds`, `interval` (seconds between switches of threads), and `asked`,
a list of {target, request}. It prints what differed from the answers that one thread alone gets afterwards, a line
each, and at the end how many answers were compared.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import imagetx
from imagetx import api, catalog, checked, schemas, shape

Json = Any


def forget() -> None:
    """Make the next use a first one."""
    for module in (api, catalog, checked, schemas, shape):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


def answers(asked: list[Json]) -> Iterator[str]:
    """Yield what the functions give, as text."""
    for each in asked:
        target = imagetx.Target(**each["target"])
        request = {**each["request"]}
        if "image" in request:
            request["image"] = base64.b64decode(request["image"])
        sent = imagetx.encode_request(request, target)
        yield json.dumps(sent.value.to_json()) + str([note.to_json() for note in sent.notes])
        read = imagetx.decode_request(sent.value, target.provider)
        yield read.value.model_dump_json() + repr(read)
        yield json.dumps(imagetx.plan(request, target).to_json())
        yield json.dumps(imagetx.explain(target))
        yield repr(imagetx.registry()) + repr(imagetx.models(target.provider))
        yield repr(imagetx.decode_response(imagetx.NativeResponse(500, {}, {"error": {"message": "x"}}), target))
        decoder = imagetx.stream_decoder(target)
        yield repr([*decoder.feed(b'data: {"type": "error"}\n\n'), *decoder.close()])


def raced(asked: list[Json], threads: int) -> list[list[str]]:
    """Give what each thread got; all begin together, each with another provider."""
    start = threading.Barrier(threads)
    got: list[list[str]] = [[] for _ in range(threads)]

    def run(at: int) -> None:
        turned = at % len(asked)
        start.wait()
        try:
            found = list(answers([*asked[turned:], *asked[:turned]]))
        except Exception as error:  # whatever it is, it is what the test looks for
            got[at] = [f"{type(error).__name__}: {error}"]
            return
        split = (len(asked) - turned) * (len(found) // len(asked))
        got[at] = [*found[split:], *found[:split]]

    started: list[threading.Thread] = [threading.Thread(target=run, args=(at,)) for at in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return got


def main() -> None:
    """Run the rounds and print what differed."""
    says = json.loads(sys.stdin.read())
    sys.setswitchinterval(says["interval"])
    compared = 0
    for turn in range(says["rounds"]):
        asked = says["asked"][turn % len(says["asked"])]
        got = raced(asked, says["threads"])
        expected = list(answers(asked))
        for at, found in enumerate(got):
            compared += len(found)
            if found != expected:
                place = next((i for i, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), -1)
                print(f"round {turn}, thread {at}, answer {place} of {len(expected)}: {found[place][:300]}")
        forget()
    parallel: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
    print(json.dumps({"compared": compared, "gil": parallel()}))


if __name__ == "__main__":
    main()
