"""
Ours and the same work by hand must say the same, or the comparison of their times says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import imagetx
from benchmarks.by_hand import BY_HAND
from benchmarks.cases import CASES, SINGLES, Json
from imagetx import ImageRequest, NativeRequest, Target, Translation

STRANGE = {"x-trace": "7", "authorization": "Bearer secret"}


def disagreements(provider: str) -> list[str]:
    """
    List where the two disagree on a provider's requests, both ways.

    Messages are compared whole, notes by kind and pointer, errors by type and pointers.
    """
    case, (encode, decode) = CASES[provider], BY_HAND[provider]
    found = []
    model = {"model": case.request["model"]} if "model" in case.request else {}
    requests = [{**case.request, **change} for change in ({}, *case.further)]
    for name, given in SINGLES.items():
        values: tuple[Json, ...] = (given, None, {})
        requests += [{**model, "prompt": "p", name: value} for value in values]
    for request in requests:
        ours = _said(partial(imagetx.encode_request, request, case.target))
        theirs = _said(partial(encode, request, case.target))
        found += _differences(f"{provider}, encoding {request}", ours, theirs)
    for name, native in natives(provider).items():
        hint = Target(provider)
        ours = _read(partial(imagetx.decode_request, native, hint))
        theirs = _read(partial(decode, native))
        found += _differences(f"{provider}, decoding {name}", ours, theirs)
    return found


def natives(provider: str) -> dict[str, NativeRequest]:
    """List native requests: the timed one, one with keys and headers that nobody knows, one without a prompt."""
    case = CASES[provider]
    native = imagetx.encode_request(case.request, case.target).value
    headers = {**native.headers, **STRANGE}
    if isinstance(native.body, tuple):
        more: Json = (*native.body, imagetx.Part("unheard", "1"))
        less: Json = native.body[1:]
    else:
        more = {**native.body, "unheard": {"of": [1, None]}}
        less = dict(list(native.body.items())[1:])
    return {
        "the timed one": native,
        "unknown keys": NativeRequest(native.method, native.url, headers, more),
        "its first key missing": NativeRequest(native.method, native.url, native.headers, less),
        "another method": NativeRequest("GET", native.url, native.headers, native.body),
    }


def _said(call: Callable[[], Translation[NativeRequest]]) -> dict[str, Any]:
    """Give what an encoding came to, for comparison."""
    try:
        out = call()
    except imagetx.ImagetxError as error:
        return _refused(error)
    value = out.value
    members = ("method", "url", "headers", "body", "credential", "timeout_s")
    return {name: getattr(value, name) for name in members} | _rest(out)


def _read(call: Callable[[], Translation[ImageRequest]]) -> dict[str, Any]:
    """Give what a decoding came to, for comparison."""
    try:
        out = call()
    except imagetx.ImagetxError as error:
        return {"error": type(error).__name__}  # which places are told depends on the forms that a dialect has
    return {"value": out.value.model_dump(exclude_unset=True)} | _rest(out)


def _refused(error: imagetx.ImagetxError) -> dict[str, Any]:
    return {"error": (type(error).__name__, sorted(problem.pointer for problem in error.problems))}


def _rest(out: Translation[Any]) -> dict[str, Any]:
    notes = sorted((note.kind, note.pointer) for note in out.notes)
    return {"notes": notes, "target": out.target, "dialect": out.dialect, "model": out.model, "verified": out.verified}


def _differences(where: str, ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    return [f"{where}: {name} is {ours.get(name)!r}, by hand {theirs.get(name)!r}" for name in names]
