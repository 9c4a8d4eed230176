"""
What a schema expects, and what came instead, in English.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from imagetx.errors import DATA_LIMIT, Json, one_line
from imagetx.predicate import type_names

_MAX_BITS: Final = 256  # larger integers are 78 digits or more, and slow to write
_ENDS: Final = (
    ("minimum", "at least"),
    ("exclusiveMinimum", "above"),
    ("maximum", "at most"),
    ("exclusiveMaximum", "below"),
)
_WORDS_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    "number": frozenset({"multipleOf", *(word for word, _ in _ENDS)}),
    "string": frozenset({"minLength", "maxLength", "pattern"}),
    "array": frozenset({"minItems", "maxItems", "items", "contains"}),
    "object": frozenset({"required", "properties", "additionalProperties", "minProperties", "maxProperties"}),
}


def describe(schema: Json) -> str:
    """
    Say in English what a schema expects.

    Args:
        schema: a JSON Schema in the words of `imagetx.predicate`.

    Returns:
        A noun phrase: `an integer 1 to 5`, `one of 'a', 'b'`, `null or a string`.
    """
    if isinstance(schema, bool):
        return "any value" if schema else "nothing"
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        members = [_literal(member) for member in schema["enum"]]
        return members[0] if len(members) == 1 else "one of " + ", ".join(members)
    phrases = [_NOUNS[name](schema) for name in _types(schema)]
    said = [" or ".join(phrases)] if phrases else []
    said += [" or ".join(map(describe, schema[w])) for w in ("anyOf", "oneOf") if w in schema]
    said += map(describe, schema.get("allOf", ()))
    if "not" in schema:
        said.append(("but not " if said else "anything but ") + describe(schema["not"]))
    return ", ".join(said) if said else "any value"


def show(value: Json) -> str:
    """Show a value in at most 80 characters of data, long strings and containers by size."""
    if is_brief(value):
        return _literal(value)
    match value:
        case str():
            return f"a string of {len(value)} characters"
        case int():
            return f"an integer of about {int(value.bit_length() * math.log10(2)) + 1} digits"
        case float():
            return json.dumps(value)  # NaN, Infinity or -Infinity
        case list():
            return f"a list of {_plural(len(value), 'item')}"
        case dict():
            return f"an object of {_plural(len(value), 'key')}"
        case bytes() | bytearray():
            return _plural(len(value), "byte")
        case _:
            return f"a Python {type(value).__name__}"


def is_brief(value: Json) -> bool:
    """Tell whether a value is a finite scalar of at most 80 characters."""
    match value:
        case str():
            return len(value) <= DATA_LIMIT
        case int():
            return value.bit_length() <= _MAX_BITS
        case float():
            return math.isfinite(value)
        case _:
            return value is None


def _literal(value: Json) -> str:
    """Write a value out, as JSON but for the quotes of a string."""
    return str.__repr__(value) if isinstance(value, str) else json.dumps(value)


def _types(schema: Json) -> Sequence[str]:
    """List the type names a schema speaks about: those it names, else those its words imply."""
    if "type" in schema:
        return type_names(schema)
    return [name for name, words in _WORDS_OF_TYPE.items() if not words.isdisjoint(schema)]


def _number(schema: Json, noun: str = "number") -> str:
    """Say a number with both ends of its range: `an integer 1 to 5`."""
    article = "an" if noun == "integer" else "a"
    ends = [f"{words} {show(schema[word])}" for word, words in _ENDS if word in schema]
    of = " of " if ends and ends[0].startswith("at") else " " * bool(ends)
    said = f"{article} {noun}{of}{' and '.join(ends)}"
    if len(ends) == 2 and "minimum" in schema and "maximum" in schema:
        low, high = show(schema["minimum"]), show(schema["maximum"])
        said = f"the {noun} {low}" if low == high else f"{article} {noun} {low} to {high}"
    step = f", a multiple of {show(schema['multipleOf'])}" if "multipleOf" in schema else ""
    return said + step


def _string(schema: Json) -> str:
    if "x-noun" in schema:  # the pattern in words
        return str(schema["x-noun"])
    size = _size(schema.get("minLength"), schema.get("maxLength"), "character")
    pattern = f" that matches {one_line(schema['pattern'])}" if "pattern" in schema else ""
    return f"a string{size}{pattern}"


def _list(schema: Json) -> str:
    size = _size(schema.get("minItems"), schema.get("maxItems"), "item")
    items = f", each {describe(schema['items'])}" if "items" in schema else ""
    sought = f", one of them {describe(schema['contains'])}" if "contains" in schema else ""
    return f"a list{size}{items}{sought}"


def _object(schema: Json) -> str:
    size = _size(schema.get("minProperties"), schema.get("maxProperties"), "key")
    names = " and ".join(map(show, schema.get("required", ())))
    return f"an object{size} with {names}" if names else f"an object{size}"


def _size(low: Json, high: Json, unit: str) -> str:
    """Say a size with both ends: ` of 1 to 4 items`."""
    match low, high:
        case None, None:
            return ""
        case _, None:
            return f" of at least {_plural(low, unit)}"
        case None, _:
            return f" of at most {_plural(high, unit)}"
    return f" of {'' if low == high else f'{low} to '}{_plural(high, unit)}"


def _plural(count: Json, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


_NOUNS: Final[Mapping[str, Callable[[Json], str]]] = {
    "null": lambda _: "null",
    "boolean": lambda _: "true or false",
    "integer": lambda schema: _number(schema, "integer"),
    "number": _number,
    "string": _string,
    "array": _list,
    "object": _object,
}
