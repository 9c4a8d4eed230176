"""
Resuming: an exchange as JSON, both ways, so that another process can go on with it.

Written is what cannot be had again: the request and what came. Calls that are not over are made anew of the
request when they are asked for, and whether a poll gets the credential is told by where it goes.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any, Final

from imagetx.address import is_followed, is_own
from imagetx.call import Call, Waiting, is_error
from imagetx.checked import limits_of
from imagetx.document import Json
from imagetx.errors import Problem, ResolveError, WireError, shorten
from imagetx.fetch import Fetch
from imagetx.formdata import as_text
from imagetx.jsontext import json_faults, parse_json
from imagetx.limits import Limit, compile_limits
from imagetx.notes import Note
from imagetx.policy import Options, read_options
from imagetx.schemas import read_json, schemas_folder
from imagetx.split import Share
from imagetx.target import Target
from imagetx.wire import Credential, NativeRequest

FORMAT: Final = 1
"""Number of the format."""

_BOUNDS: Final = ("attempts", "deadline_s", "then")
_COUNTS: Final = ("after_s", "alike", "polls", "waited_s")
_PLACED: Final = frozenset({"first", "n", "seed"})


# --- write ------------------------------------------------------------------------------------


def write_exchange(
    request: Mapping[str, Json],
    target: Target,
    options: Options,
    notes: tuple[Note, ...],
    inputs: Mapping[str, Fetch],
    calls: tuple[Call, ...],
) -> dict[str, Json]:
    """Give the JSON form of an exchange; see schemas/exchange.schema.json."""
    return {
        "exchange": FORMAT,
        "request": as_text(dict(request)),
        "target": _said({**asdict(target), "variables": dict(target.variables)}),
        "options": {**asdict(options), "emulate": sorted(options.emulate)},
        "notes": [as_text(note.to_json()) for note in notes],
        "inputs": {name: _write_fetch(fetch) for name, fetch in inputs.items()},
        "calls": [_write_call(call) for call in calls],
    }


def _write_fetch(fetch: Fetch) -> dict[str, Json]:
    image = None if fetch.image is None else base64.b64encode(fetch.image).decode("ascii")
    members = {name: getattr(fetch, name) for name in ("url", "redirects", "mime_type")}
    return _said({**members, "fault": as_text(fetch.fault), "image": image})


def _write_call(call: Call) -> dict[str, Json]:
    waiting = None if call.waiting is None else _write_waiting(call.waiting)
    fetches = {str(index): _write_fetch(fetch) for index, fetch in call.fetches.items()}
    return _said({**asdict(call.share), "waiting": waiting, "answer": as_text(call.answer), "fetches": fetches or None})


def _write_waiting(waiting: Waiting) -> dict[str, Json]:
    bounds = dict(zip(_BOUNDS, waiting.bounds, strict=True))
    return {"poll": waiting.poll.to_json(), **bounds, **{name: getattr(waiting, name) for name in _COUNTS}}


def _said(members: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in members.items() if value is not None}


# --- read -------------------------------------------------------------------------------------


Place = tuple[str, Credential | None]
"""Where the target itself is, and how its secret goes there."""


def read_exchange(text: Json, place_of: Callable[[Mapping[str, Any]], Place]) -> dict[str, Any]:
    """
    Read the JSON form of an exchange.

    Args:
        text: The object, or its JSON text.
        place_of: Tells of the members read first what their target means.

    Returns:
        The members `request target options notes inputs calls`.

    Raises:
        ResolveError: It is of another format than ours.
        WireError: It is none.
    """
    document = parse_json(text) if isinstance(text, bytes | str) else text
    if not isinstance(document, Mapping):
        message = f"expected an exchange as an object, got {shorten(document)}"
        raise WireError(Problem(pointer="", message=message, given=document))
    if "exchange" in document and document["exchange"] != FORMAT:
        message = f"expected an exchange of format {FORMAT}, got {shorten(document['exchange'])}"
        raise ResolveError(Problem(pointer="/exchange", message=message, given=document["exchange"]))
    problems = json_faults(dict(document))
    if not problems:
        document = as_text(dict(document))  # a copy: nobody can change it from outside
        _check()(document, "", problems)
    if not problems:
        problems += _misfits(document)
    if problems:
        raise WireError(problems)
    read = _read_plan(document)
    start, credential = place_of(read)
    problems += _strays(document, start)
    if problems:
        raise WireError(problems)
    of_url = {True: credential, False: None}
    calls = (_read_call(call, lambda url: of_url[is_own(url, start)]) for call in document["calls"])
    return {**read, "calls": tuple(calls)}


def _read_plan(document: Mapping[str, Json]) -> dict[str, Any]:
    """Read all but the calls: what tells where the target is."""
    options = document["options"]
    return {
        "request": document["request"],
        "target": Target(**document["target"]),
        "options": read_options(options["policy"], options["as_of"], options["emulate"], options["url_as"]),
        "notes": tuple(Note(**note) for note in document["notes"]),
        "inputs": {name: _read_fetch(fetch) for name, fetch in document["inputs"].items()},
    }


def _strays(document: Mapping[str, Json], start: str) -> Iterator[Problem]:
    """Find the URLs that a plan would not have followed."""
    named = {f"/inputs/{name}": fetch["url"] for name, fetch in document["inputs"].items()}
    for at, call in enumerate(document["calls"]):
        named |= {f"/calls/{at}/fetches/{index}": fetch["url"] for index, fetch in call.get("fetches", {}).items()}
        if "waiting" in call:
            named[f"/calls/{at}/waiting/poll"] = call["waiting"]["poll"].get("url")
    for pointer, url in named.items():
        if not is_followed(url, start):
            message = f"expected a URL that is followed, got {shorten(url)}"
            yield Problem(pointer=f"{pointer}/url", message=message)


@cache
def _check() -> Limit:
    return compile_limits(read_json(schemas_folder() / "exchange.schema.json"))


def _misfits(document: Mapping[str, Json]) -> Iterator[Problem]:
    """Find what members say of each other that cannot be."""
    request = document["request"]
    for name, fetch in document["inputs"].items():
        field, _, index = name.partition("/")
        given = request.get(field)
        count = len(given) if isinstance(given, list) else int(given is not None)
        known = index == "" if field == "mask" else field == "image" and index.isdecimal() and len(index) < 6
        if not known or count <= int(index or 0):
            yield Problem(pointer="/inputs", message=f"expected an image of the request, got {shorten(name)}")
        yield from _bad_fetch(fetch, f"/inputs/{name}")
    for at, call in enumerate(document["calls"]):
        where, answer = f"/calls/{at}", call.get("answer")
        if answer is not None:
            found: list[Problem] = []
            limits_of("error" if is_error(answer) else "response")(answer, f"{where}/answer", found)
            yield from found
            if not found and not is_error(answer) and not isinstance(answer.get("data"), list):
                yield Problem(pointer=f"{where}/answer/data", message="expected the images of the answer, got none")
            if is_error(answer) and "data" in answer:
                yield Problem(pointer=f"{where}/answer", message="expected images or an error, got both")
        items = (answer or {}).get("data")
        count = len(items) if isinstance(items, list) else 0
        for index, fetch in call.get("fetches", {}).items():
            if not (index.isdecimal() and len(index) < 6 and int(index) < count):
                yield Problem(pointer=f"{where}/fetches", message=f"expected an image of it, got {shorten(index)}")
            yield from _bad_fetch(fetch, f"{where}/fetches/{index}")


def _bad_fetch(fetch: Mapping[str, Json], where: str) -> Iterator[Problem]:
    try:
        binascii.a2b_base64(fetch.get("image", ""), strict_mode=True)
    except ValueError:
        yield Problem(pointer=f"{where}/image", message="expected base64")
    found: list[Problem] = []
    if "fault" in fetch:
        limits_of("error")(fetch["fault"], f"{where}/fault", found)
        if not is_error(fetch["fault"]):
            yield Problem(pointer=f"{where}/fault/error", message="expected the error, got none")
        if "image" in fetch:
            yield Problem(pointer=where, message="expected an image or a fault, got both")
    yield from found


def _read_fetch(said: Mapping[str, Json]) -> Fetch:
    image = said.get("image")
    data = None if image is None else binascii.a2b_base64(image)
    return Fetch(**{**said, "image": data})


def _read_call(said: Mapping[str, Json], credential_of: Callable[[str], Credential | None]) -> Call:
    waiting = said.get("waiting")
    return Call(
        share=Share(**{name: value for name, value in said.items() if name in _PLACED}),
        waiting=None if waiting is None else _read_waiting(waiting, credential_of),
        answer=said.get("answer"),
        fetches={int(index): _read_fetch(fetch) for index, fetch in said.get("fetches", {}).items()},
    )


def _read_waiting(said: Mapping[str, Json], credential_of: Callable[[str], Credential | None]) -> Waiting:
    plain = NativeRequest.from_json(said["poll"])
    poll = NativeRequest(plain.method, plain.url, plain.headers, plain.body, credential_of(plain.url))
    attempts, deadline_s, then = (said[name] for name in _BOUNDS)
    counts = {name: said[name] for name in _COUNTS}
    return Waiting(poll=poll, bounds=(attempts, deadline_s, then), **counts)
