"""JSON documents by section 3 of the guide: equality, pointers, predicates, image tokens."""

from __future__ import annotations

import base64
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

Json = Any
ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()
TYPES = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: is_number(value),
    "integer": lambda value: is_number(value) and value == int(value),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(left: Json, right: Json) -> bool:
    """JSON equality: true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return type(left) is type(right) and left == right if isinstance(left, str) else bool(left == right)


def segments(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def get(document: Json, pointer: str) -> Json:
    for part in segments(pointer):
        if part in ("0", "-1") and isinstance(document, list):
            if not document:
                return ABSENT
            document = document[int(part)]
        elif isinstance(document, dict) and part in document:
            document = document[part]
        else:
            return ABSENT
    return document


def put(document: Json, pointer: str, value: Json) -> None:
    parts = segments(pointer)
    for part, following in pairwise(parts):
        if part in ("0", "-1"):
            document = document[int(part)]
        else:
            document = document.setdefault(part, [{}] if following in ("0", "-1") else {})
    document[parts[-1]] = value


def take(document: Json, pointer: str) -> None:
    """Take out what stands at a place, and the containers that this empties."""
    trail = []
    for part in segments(pointer):
        key: Json = int(part) if isinstance(document, list) else part
        trail.append((document, key))
        document = document[key]
    for holder, key in reversed(trail):
        if isinstance(holder, list) and len(holder) > 1:
            return
        del holder[key]
        if holder:
            return


def holds(schema: Json, value: Json) -> bool:
    """Say whether a predicate holds."""
    if isinstance(schema, bool):
        return schema
    return all(_WORDS[word](argument, value, schema) for word, argument in schema.items() if word in _WORDS)


def _members(test: Any) -> Any:
    return lambda argument, value, schema: not isinstance(value, dict) or test(argument, value, schema)


def _items(test: Any) -> Any:
    return lambda argument, value, schema: not isinstance(value, list) or test(argument, value)


def _text(test: Any) -> Any:
    return lambda argument, value, schema: not isinstance(value, str) or test(argument, value)


def _size(test: Any) -> Any:
    return lambda argument, value, schema: not is_number(value) or test(Fraction(str(argument)), Fraction(str(value)))


_WORDS = {
    "type": lambda names, value, _: any(TYPES[name](value) for name in ([names] if isinstance(names, str) else names)),
    "enum": lambda choices, value, _: any(equal(choice, value) for choice in choices),
    "const": lambda const, value, _: equal(const, value),
    "minimum": _size(lambda least, value: value >= least),
    "maximum": _size(lambda most, value: value <= most),
    "exclusiveMinimum": _size(lambda least, value: value > least),
    "exclusiveMaximum": _size(lambda most, value: value < most),
    "multipleOf": _size(lambda step, value: (value / step).denominator == 1),
    "minLength": _text(lambda least, value: len(value) >= least),
    "maxLength": _text(lambda most, value: len(value) <= most),
    "pattern": _text(lambda pattern, value: re.fullmatch(pattern, value) is not None),
    "minItems": _items(lambda least, value: len(value) >= least),
    "maxItems": _items(lambda most, value: len(value) <= most),
    "items": _items(lambda inner, value: all(holds(inner, item) for item in value)),
    "contains": _items(lambda inner, value: any(holds(inner, item) for item in value)),
    "required": _members(lambda names, value, _: all(name in value for name in names)),
    "properties": _members(
        lambda inner, value, _: all(holds(inner[name], value[name]) for name in inner if name in value)
    ),
    "additionalProperties": _members(
        lambda inner, value, schema: all(
            holds(inner, item) for name, item in value.items() if name not in schema.get("properties", {})
        )
    ),
    "anyOf": lambda options, value, _: any(holds(option, value) for option in options),
    "allOf": lambda options, value, _: all(holds(option, value) for option in options),
    "oneOf": lambda options, value, _: sum(holds(option, value) for option in options) == 1,
    "not": lambda inner, value, _: not holds(inner, value),
}


class Tokens:
    """The images of a corpus, by the tokens that stand for them."""

    def __init__(self, folder: Path) -> None:
        self.base64 = {path.name: base64.b64encode(path.read_bytes()).decode() for path in sorted(folder.glob("*"))}

    def expanded(self, document: Json) -> Json:
        """Put the base64 of the images in the place of their tokens."""
        if isinstance(document, str):
            return re.sub(r"\{\{([a-z0-9.-]+)\}\}", lambda match: self.base64[match[1]], document)
        if isinstance(document, dict):
            return {key: self.expanded(value) for key, value in document.items()}
        return [self.expanded(item) for item in document] if isinstance(document, list) else document
