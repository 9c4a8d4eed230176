"""
Requests: `encode_request` and `decode_request`, beside the same work by hand and the mappings of peers.

Ours and the hand take turns in one run.  A peer that is not installed has a word in its column
instead of a figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import imagetx
from benchmarks import litellm_peer, portkey_peer
from benchmarks.agreement import disagreements
from benchmarks.by_hand import BY_HAND
from benchmarks.cases import CASES, Case
from benchmarks.clock import Call, compare
from benchmarks.effort import Effort
from benchmarks.table import Cell, Table, Target
from imagetx import NativeRequest, RequestError, Translation

HAND: Final = "design.md, Fast: within 2x of the same work written by hand"
PEER: Final = "design.md, Fast: no slower than LiteLLM's mapping alone"
NAMES: Final = ("ours", "by hand", "ours, bytes", "by hand, bytes")


def tables(effort: Effort) -> Iterator[Table]:
    """Give the tables of requests."""
    for provider in CASES:
        for fault in disagreements(provider):
            raise AssertionError(fault)  # then the times would say nothing
    yield _encoding(effort)
    yield _decoding(effort)


def _encoding(effort: Effort) -> Table:
    """Time a request on its way out."""
    requests = {name: case.request for name, case in CASES.items()}
    portkey = portkey_peer.measured(requests, effort.portkey, effort.rounds, effort.turn_ns)
    rows = []
    for provider, case in CASES.items():
        calls = _encodings(provider, case)
        peer = litellm_peer.mappings(provider, case.request)
        if not isinstance(peer, str):
            calls |= peer
        times = compare(calls, rounds=effort.rounds, turn_ns=effort.turn_ns)
        row: dict[str, Cell] = {"dialect": imagetx.encode_request(case.request, case.target).dialect}
        row |= {f"{name} us": times[name] / 1e3 for name in NAMES}
        row["ratio"] = times["ours"] / times["by hand"]
        row["ratio, bytes"] = times["ours, bytes"] / times["by hand, bytes"]
        for name in ("litellm", "litellm, found"):
            row[f"{name} us"] = peer if isinstance(peer, str) else times[name] / 1e3
        row["to litellm"] = None if isinstance(peer, str) else times["ours"] / times["litellm"]
        row["to it, found"] = None if isinstance(peer, str) else times["ours"] / times["litellm, found"]
        row["portkey us"] = portkey[provider]
        rows.append(row)
    return Table(
        name="encode_request",
        title="encode_request of six fields: validation, URL, headers, notes; then with .value.content()",
        rows=rows,
        targets=[
            Target(column="ratio", most=2, source=HAND),
            Target(column="ratio, bytes", most=2, source=HAND),
            Target(column="to litellm", most=1, source=PEER),
        ],
        remarks=[
            "litellm, portkey: parameters and body only, in Python and in Node; no URL, no headers, no notes.",
            "found: with its provider found by the name of the model, as ours finds a dialect.",
            litellm_peer.version(),
            portkey_peer.version(effort.portkey),
        ],
    )


def _encodings(provider: str, case: Case) -> dict[str, Call]:
    by_hand = BY_HAND[provider][0]
    return {
        "ours": partial(imagetx.encode_request, case.request, case.target),
        "by hand": partial(by_hand, case.request, case.target),
        "ours, bytes": lambda: imagetx.encode_request(case.request, case.target).value.content(),
        "by hand, bytes": lambda: by_hand(case.request, case.target).value.content(),
    }


def _decoding(effort: Effort) -> Table:
    """Time a request on its way in, its provider named and not named."""
    rows = []
    for provider, case in CASES.items():
        out = imagetx.encode_request(case.request, case.target)
        hint = imagetx.Target(provider)
        calls: dict[str, Call] = {
            "ours": partial(imagetx.decode_request, out.value, hint),
            "by hand": partial(BY_HAND[provider][1], out.value),
            "ours, no hint": partial(_recognised, out.value),
        }
        times = compare(calls, rounds=effort.rounds, turn_ns=effort.turn_ns)
        row: dict[str, Cell] = {"dialect": out.dialect}
        row |= {f"{name} us": took / 1e3 for name, took in times.items()}
        row["ratio"] = times["ours"] / times["by hand"]
        rows.append(row)
    return Table(
        name="decode_request",
        title="decode_request of the same, by a provider's name and without one",
        rows=rows,
        targets=[Target(column="ratio", most=2, source=HAND + " (said of encode_request)")],
        remarks=["By hand knows one dialect; without a hint, ours tells all of them apart."],
    )


def _recognised(native: NativeRequest) -> Translation[imagetx.ImageRequest] | None:
    """Read a request of which nobody says whose it is; one that fits several is refused, which takes as long."""
    try:
        return imagetx.decode_request(native)
    except (RequestError, imagetx.ResolveError):
        return None
