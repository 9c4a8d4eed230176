"""
Ceilings: how much is read of what others send, in one place, and the check of a document against them.

A legitimate message is far below each of them.  They are there so that no sender decides how much memory and
time reading takes; a registry has its own (`Registry.with_limits`), and no setting is global.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

from imagetx.errors import Json, Problem, RequestError, child, shorten

MOST_DEPTH: Final = 200
"""Some walks are recursive, so nothing deeper is ever read; pydantic_core parses no more either."""

MOST_PROBLEMS: Final = 100
"""Problems told of one value; a list of a million wrong items shall not become a report of them."""

MOST_WRITTEN: Final = 2_000_000
"""Values in a document that is written or resumed: nobody sends so many, and a list that holds itself has them all."""

_FLAT: Final = frozenset({str, int, float, bool, type(None), bytes})


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLimits:
    """
    Say how much is read of a message or document; more is refused. Give a registry its own by `with_limits`.

    Attributes:
        body_bytes: Longest JSON text, in bytes (characters of a str).
        values: Members of all objects and items of all lists of one document together. The largest legitimate
            ones have some thousands; a whole image is one.
        depth: Containers inside each other, 1..200; of native keys 100 are carried.
        form_parts: Parts of a form.
        form_head_bytes: Head of one form part, in bytes.
        stream_item_bytes: Longest line of a stream, or item of a streamed array.
        stream_kept_bytes: Longest event with all of its lines, or body that did not stream after all.
        fetched_bytes: Largest image that a plan takes from a URL.
        calls: Calls of one plan.

    Raises:
        RequestError: One is no integer above 0, or a depth above 200.
    """

    body_bytes: int = 256 * 1024 * 1024
    values: int = 250_000
    depth: int = MOST_DEPTH
    form_parts: int = 1000
    form_head_bytes: int = 16 * 1024
    stream_item_bytes: int = 128 * 1024 * 1024
    stream_kept_bytes: int = 256 * 1024 * 1024
    fetched_bytes: int = 64 * 1024 * 1024  # no provider gives or takes a larger image (openai dossier 3.2: 50 MB)
    calls: int = 1000

    def __post_init__(self) -> None:
        """Refuse what is no limit."""
        problems = []
        for each in fields(self):
            value = getattr(self, each.name)
            if type(value) is not int or value < 1 or (each.name == "depth" and value > MOST_DEPTH):
                expected = f"an integer 1 to {MOST_DEPTH}" if each.name == "depth" else "an integer above 0"
                message = f"expected {expected}, got {shorten(value)}"
                problems.append(Problem(pointer=f"/{each.name}", message=message, given=value))
        if problems:
            raise RequestError(problems)


DEFAULT: Final = InputLimits()

OWN: Final = InputLimits(values=MOST_WRITTEN)
"""What is ours by itself: a message that we wrote and read back, an exchange."""


def excess(document: Json, limits: InputLimits = DEFAULT) -> Problem | None:
    """
    Tell what a document has too much of: values, or levels.

    Counts as a tree is walked: what holds itself, once or twice, is refused after as many steps as anything else.

    Args:
        document: Anything; what is neither object nor list is one value.
        limits: How many, and how deep.
    """
    many, deep = _walk(document, limits)
    if many:
        return Problem(pointer="", message=f"expected at most {limits.values} values, got more")
    if not deep:
        return None
    message = f"expected at most {limits.depth} levels of nesting, got more"
    return Problem(pointer=_deepest(document, limits), message=message)


def _walk(document: Json, limits: InputLimits) -> tuple[bool, bool]:
    """Tell whether a document has too many values, or too many levels."""
    level, count = [document], 0
    for _ in range(limits.depth + 1):
        below: list[Json] = []
        for item in level:
            members: Iterable[Json]
            if isinstance(item, Mapping):
                members = item.values()
            elif isinstance(item, list | tuple):
                members = item
            else:
                continue
            count += len(item)
            if count > limits.values:
                return True, False
            below += [member for member in members if type(member) not in _FLAT]
        if not below:
            return False, False
        level = below
    return False, True


def is_more(document: Json, values: int) -> bool:
    """Tell whether a document has more values than so many."""
    return _walk(document, InputLimits(values=values))[0]


def _deepest(document: Json, limits: InputLimits) -> str:
    """Point to the member of an object that is nested too deep."""
    if not isinstance(document, Mapping) or limits.depth == 1:
        return ""
    within = replace(limits, depth=limits.depth - 1)
    return next((child("", str(key)) for key, value in document.items() if any(_walk(value, within))), "")


def admit(document: Json, limits: InputLimits) -> None:
    """
    Let a caller's document in, unless it is too much to be looked at.

    Raises:
        RequestError: It has too many values or levels.
    """
    if type(document) is dict and len(document) <= limits.values and _FLAT.issuperset(map(type, document.values())):
        return  # as most are
    problem = excess(document, limits)
    if problem is not None:
        raise RequestError(problem)
