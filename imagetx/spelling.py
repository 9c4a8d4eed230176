"""Spelling: keys that may come in camelCase or snake_case, folded to what the spec writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from imagetx.document import MAX_DEPTH, Json
from imagetx.errors import Problem, WireError
from imagetx.record import Rule

_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


def compile_spelling(section: Mapping[str, Any], rules: Sequence[Rule]) -> Callable[[Json], Json] | None:
    """
    Build the fold of a request section, or None if its keys have one spelling.

    Folded are the keys that the spec mentions, everywhere except below `opaque` keys.
    """
    if "spelling" not in section:
        return None
    words = {*_mentioned([rule.says for rule in rules]), *_mentioned(section.get("carries", ()))}
    words |= set(section.get("words", ()))
    camel = {snake(word): word for word in words if snake(word) != word}
    opaque = frozenset(section.get("opaque", ()))

    def fold(document: Json, depth: int = MAX_DEPTH) -> Json:
        if isinstance(document, dict | list) and depth == 0:
            raise WireError(Problem(pointer="", message=f"expected at most {MAX_DEPTH} levels of nesting, got more"))
        if isinstance(document, dict):
            folded = {}
            for key, value in document.items():
                name = camel.get(key, key)
                name = key if name != key and name in document else name
                folded[name] = value if name in opaque else fold(value, depth - 1)
            return folded
        return [fold(item, depth - 1) for item in document] if isinstance(document, list) else document

    return fold


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
