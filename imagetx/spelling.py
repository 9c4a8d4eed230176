"""Spelling: keys that may come in camelCase or snake_case, folded to what the spec writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from imagetx.document import MAX_DEPTH, Json
from imagetx.errors import Problem, WireError
from imagetx.rule import Rule

_HOLDERS = (dict, list)
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


def folded_words(section: Mapping[str, Any], rules: Sequence[Rule]) -> frozenset[str]:
    """Return the camelCase keys that the spec mentions, none if its keys have one spelling."""
    if "spelling" not in section:
        return frozenset()
    mentioned = {*_mentioned([rule.says for rule in rules]), *_mentioned(section.get("carries", ()))}
    return frozenset(word for word in mentioned | set(section.get("words", ())) if snake(word) != word)


def compile_spelling(words: frozenset[str], opaque: frozenset[str]) -> Callable[[Json], Json] | None:
    """
    Build the fold of a request section, or None if its keys have one spelling.

    Args:
        words: The keys that are folded, wherever they stand.
        opaque: Keys below which keys stay as they are.
    """
    if not words:
        return None
    camel = {snake(word): word for word in words}

    def strange(document: Json, depth: int) -> bool:
        if depth == 0:
            raise WireError(Problem(pointer="", message=f"expected at most {MAX_DEPTH} levels of nesting, got more"))
        if isinstance(document, list):
            return any(isinstance(item, _HOLDERS) and strange(item, depth - 1) for item in document)
        if not camel.keys().isdisjoint(document):
            return True
        for key, value in document.items():
            if isinstance(value, _HOLDERS) and key not in opaque and strange(value, depth - 1):
                return True
        return False

    def fold(document: Json, depth: int = MAX_DEPTH) -> Json:
        if isinstance(document, _HOLDERS) and depth == 0:
            raise WireError(Problem(pointer="", message=f"expected at most {MAX_DEPTH} levels of nesting, got more"))
        if isinstance(document, dict):
            folded = {}
            for key, value in document.items():
                name = camel.get(key, key)
                name = key if name != key and name in document else name
                folded[name] = value if name in opaque else fold(value, depth - 1)
            return folded
        return [fold(item, depth - 1) for item in document] if isinstance(document, list) else document

    def folded_if_strange(document: Json) -> Json:
        is_strange = isinstance(document, _HOLDERS) and strange(document, MAX_DEPTH)
        return fold(document) if is_strange else document

    return folded_if_strange


def snake(word: str) -> str:
    """Spell a camelCase word in snake_case."""
    return _CAPITAL.sub(lambda match: "_" + match[1].lower(), word)


def _mentioned(says: Any) -> Iterator[str]:
    """Yield the segments of all pointers in a part of a spec."""
    if isinstance(says, str):
        if says.startswith("/"):
            yield from says.split("/")[1:]
    elif isinstance(says, Mapping):
        for value in says.values():
            yield from _mentioned(value)
    elif isinstance(says, list | tuple):
        for value in says:
            yield from _mentioned(value)
