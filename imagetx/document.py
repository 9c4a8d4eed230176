"""
JSON documents: pointers, structural copies and the merge of what was carried.

A *document* is plain JSON (dict, list, scalars; bytes may stand where a body is binary).
A *path* is a parsed pointer: `/body/contents/-1/role` is `("body", "contents", -1, "role")`.
Only the segments `0` and `-1` address list items, because a spec owns the first or the last
item of a list and never one in the middle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from itertools import pairwise
from typing import Any, Final

from imagetx.errors import Problem, SpecError, WireError

Json = Any
Path = tuple[str | int, ...]

MAX_DEPTH: Final = 100


class _Absent(Enum):
    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent.ABSENT
"""The value of what is not there; unlike None, which is JSON's null."""


def parse_pointer(text: str) -> Path:
    """
    Parse a JSON Pointer into a path; `0` and `-1` become list positions.

    Raises:
        SpecError: The text does not start with a slash.
    """
    if text == "":
        return ()
    if not text.startswith("/"):
        raise SpecError(
            Problem(pointer="", message=f"expected a JSON Pointer, got {text!r}", expected="a JSON Pointer", given=text)
        )
    segments = (part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/"))
    return tuple(int(part) if part in {"0", "-1"} else part for part in segments)


def pointer_of(path: Path) -> str:
    """Write a path as a JSON Pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def parse_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """
    Compile a spec's regular expression.

    Raises:
        SpecError: It is none.
    """
    try:
        return re.compile(text, flags)
    except re.error as error:
        message = f"expected a regular expression, got {text!r}: {error}"
        raise SpecError(Problem(pointer="", message=message, given=text)) from error


def get(document: Json, path: Path) -> Json:
    """Return the value at a path, or ABSENT."""
    for part in path:
        if isinstance(part, str):
            if not isinstance(document, dict) or part not in document:
                return ABSENT
            document = document[part]
        else:
            if not isinstance(document, list) or not document or part >= len(document):
                return ABSENT
            document = document[part]
    return document


def walk(document: Json, path: Path) -> Iterator[Json]:
    """Yield the values at a path in which `*` stands for every item of a list."""
    for end, part in enumerate(path):
        if part == "*":
            for item in document if isinstance(document, list) else ():
                yield from walk(item, path[end + 1 :])
            return
        document = get(document, (part,))
        if document is ABSENT:
            return
    yield document


def with_texts(value: Json, convert: Callable[[str], Json]) -> Json:
    """Return a document with every text in it converted; keys stay."""
    if isinstance(value, str):
        return convert(value)
    if isinstance(value, dict):
        return {key: with_texts(item, convert) for key, item in value.items()}
    return [with_texts(item, convert) for item in value] if isinstance(value, list) else value


def put(document: Json, path: Path, value: Json) -> None:
    """Write a value at a path, making the containers that are missing."""
    for part, following in pairwise(path):
        if isinstance(part, int):
            document = document[part]
            continue
        below = document.get(part, ABSENT)
        if below is ABSENT:
            below = document[part] = {} if isinstance(following, str) else [{}]
        document = below
    document[path[-1]] = value


def pop(document: Json, path: Path) -> Json:
    """
    Take the value at a path out, with the containers that this empties.

    An emptied item of a longer list stays as `{}`: its place among its neighbours is meaning.
    """
    trail: list[tuple[Json, str | int]] = []
    for part in path:
        inside = (
            (isinstance(document, dict) and part in document)
            if isinstance(part, str)
            else (isinstance(document, list) and bool(document))
        )
        if not inside:
            return ABSENT
        trail.append((document, part))
        document = document[part]
    value = document
    for holder, part in reversed(trail):
        if isinstance(holder, list):
            if len(holder) > 1:
                return value
            holder.clear()
        else:
            del holder[part]
        if holder:
            return value
    return value


def copy(document: Json, depth: int = MAX_DEPTH) -> Json:
    """
    Copy the containers of a document; strings and bytes are shared, never copied.

    Raises:
        WireError: The document is nested deeper than 100 levels.
    """
    if isinstance(document, dict):
        if depth == 0:
            raise WireError(Problem(pointer="", message=f"expected at most {MAX_DEPTH} levels of nesting, got more"))
        return {key: copy(value, depth - 1) for key, value in document.items()}
    if isinstance(document, list):
        if depth == 0:
            raise WireError(Problem(pointer="", message=f"expected at most {MAX_DEPTH} levels of nesting, got more"))
        return [copy(value, depth - 1) for value in document]
    return document


def fresh(value: Json) -> Callable[[], Json]:
    """Return a function that gives a value of a spec as the caller's own, which may be changed."""
    if not isinstance(value, dict | list):
        return lambda: value
    inside = value.values() if isinstance(value, dict) else value
    if not any(isinstance(item, dict | list) for item in inside):
        return value.copy
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        makes = [fresh(item) for item in value]
        return lambda: [make() for make in makes]
    return lambda: copy(value)


def equal(left: Json, right: Json) -> bool:
    """JSON equality: 1 equals 1.0, true does not equal 1, order of keys is nothing."""
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return type(left) is type(right) and left == right if isinstance(left, str | bytes) else bool(left == right)


def merge(out: Json, carried: Mapping[str, Json], lists: Mapping[Path, int], at: Path = ()) -> None:
    """
    Lay carried native keys over a written document, deeply.

    Objects are merged key by key. A list of which the spec owns one item (`lists`: path to
    0 or -1) keeps its neighbours around ours. Anything else that is carried stands as it came.
    """
    for key, value in carried.items():
        path = (*at, key)
        mine = out.get(key, ABSENT)
        if isinstance(value, dict) and isinstance(mine, dict):
            merge(mine, value, lists, path)
        elif isinstance(value, list) and isinstance(mine, list) and path in lists:
            place = lists[path]
            item = value[place] if value else {}
            if isinstance(item, dict):
                merge(mine[place], item, lists, (*path, place))
            out[key] = [*value[:-1], mine[place]] if place == -1 else [mine[place], *value[1:]]
        else:
            out[key] = value


def leaves(document: Json, at: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield path and value of everything that is not an object with members."""
    if isinstance(document, dict) and document:
        for key, value in document.items():
            yield from leaves(value, (*at, key))
    else:
        yield at, document
