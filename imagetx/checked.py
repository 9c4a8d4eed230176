"""
Checked: what a canonical answer must be before it is said, and what counts as an image in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from imagetx.document import Json
from imagetx.errors import Problem, RequestError, shorten
from imagetx.jsontext import json_faults
from imagetx.limits import Limit, compile_limits
from imagetx.pending import Pending
from imagetx.schemas import canonical_schemas
from imagetx.words import CATEGORIES

_BASE64: Final = re.compile(r"[A-Za-z0-9+/_=\r\n-]+")
_SEEN: Final = 64


def items_of(answer: Mapping[str, Json]) -> list[Json]:
    """Return the images of an answer; none where there is no list."""
    items = answer.get("data")
    return items if isinstance(items, list) else []


def is_image(item: Json) -> bool:
    """Say whether an item holds an image: what begins as base64, or a URL that is not empty."""
    data, url = (item.get("b64_json"), item.get("url")) if isinstance(item, dict) else (None, None)
    return (isinstance(data, str) and _BASE64.fullmatch(data[:_SEEN]) is not None) or (
        isinstance(url, str) and url != ""
    )


@cache
def limits_of(name: str) -> Limit:
    """Compile what a canonical answer may say: types and ranges, nothing required."""
    return compile_limits({"type": "object", "properties": canonical_schemas()[name]["properties"]})


def checked(answer: Json) -> Mapping[str, Json]:
    """
    Check a canonical answer before it is said.

    Raises:
        RequestError: It is none, or says what it may not.
    """
    if isinstance(answer, Pending):
        message = "expected an image response or an error response, got a Pending: ask its poll until one comes"
        raise RequestError(Problem(pointer="", message=message))
    if not isinstance(answer, Mapping) or ("data" in answer) == ("error" in answer):
        message = f"expected an image response (data) or an error response (error), got {shorten(answer)}"
        raise RequestError(Problem(pointer="", message=message, given=answer))
    # The lists of a model that was dumped are tuples.
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in answer.items()}
    problems: list[Problem] = []
    limits_of("error" if "error" in given else "response")(given, "", problems)
    if "data" in given and not problems:
        problems += [
            Problem(pointer=f"/data/{index}", message=f"expected an image as b64_json or url, got {shorten(item)}")
            for index, item in enumerate(items_of(given))
            if not is_image(item)
        ]
        if not items_of(given):
            problems.append(
                Problem(pointer="/data", message=f"expected at least one image, got {shorten(given['data'])}")
            )
    status, category = given.get("status"), given.get("category")
    if "error" in given and isinstance(status, int) and status < 300:
        problems.append(Problem(pointer="/status", message=f"expected the status of an error, got {status}"))
    if category is not None and category not in CATEGORIES:
        known = ", ".join(CATEGORIES)
        problems.append(Problem(pointer="/category", message=f"expected one of {known}, got {shorten(category)}"))
    if problems:
        raise RequestError(problems)
    if "data" not in given:
        return given
    plain = [{key: value for key, value in item.items() if value is not None} for item in items_of(given)]
    return {**given, "data": plain}  # null says nothing


def checked_event(given: Json) -> Mapping[str, Json]:
    """
    Check a canonical event before it is said.

    Raises:
        RequestError: It is none, has no image or error where its type says so, or says what it may not.
    """
    if (
        not isinstance(given, Mapping)
        or given.get("type") not in canonical_schemas()["event"]["properties"]["type"]["enum"]
    ):
        kind = given.get("type") if isinstance(given, Mapping) else given
        message = f"expected an event of a type that is known, got {shorten(kind)}"
        raise RequestError(Problem(pointer="/type" if isinstance(given, Mapping) else "", message=message))
    problems: list[Problem] = []
    limits_of("event")(dict(given), "", problems)
    # Once bytes are out, nothing can be taken back: what has no JSON text is found before, bytes and torn text too.
    problems += json_faults(dict(given), kept=True) or json_faults(dict(given))
    if problems:
        raise RequestError(problems)
    if given["type"] == "error":
        if not isinstance(given.get("error"), Mapping):
            raise RequestError(Problem(pointer="/error", message="expected what went wrong, got nothing"))
    elif not is_image({name: given.get(name) for name in ("b64_json", "url")}):
        raise RequestError(Problem(pointer="/b64_json", message="expected an image as b64_json or url, got none"))
    return {name: value for name, value in given.items() if value is not None}  # null says nothing
