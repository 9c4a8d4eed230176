"""
Conditions of a spec in words: when a form of a message is used, when a rule among fields holds.

A condition is a JSON Schema over a canonical document. The words are for readers; where a schema says more than
they can, its own expectation stands (`limits.describe`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from imagetx.describe import describe
from imagetx.document import Json

ALWAYS: Final = "always"
NEVER: Final = "only read, never written"

_INNER: Final = frozenset({"required", "properties"})
_COMBINED: Final = frozenset({"anyOf", "allOf", "not", "contains", "items"})
_LENGTHS: Final = (("minItems", "at least"), ("maxItems", "at most"))


def condition(schema: Json) -> str:
    """
    Say in words when a condition holds.

    Args:
        schema: JSON Schema of a document, or a boolean.

    Returns:
        A clause: `image is given and operation is edit`.
    """
    if isinstance(schema, bool):
        return ALWAYS if schema else NEVER
    return _bare(_all_of(schema, ""))


def consequence(clause: Mapping[str, Any]) -> str:
    """
    Say in words what a rule among fields does.

    Args:
        clause: `default`, `drop`, `refuse` or `replace`, as a spec's `when` has them.

    Returns:
        Phrases: `seed is dropped; watermark becomes false`.
    """
    said = [f"{name} is sent as {_literal(value)}" for name, value in clause.get("default", {}).items()]
    said += [f"{name} is dropped" for name in clause.get("drop", ())]
    said += [f"{name} is refused" for name in clause.get("refuse", ())]
    for name, value in clause.get("replace", {}).items():
        said.append(f"{name} is left out" if value is None else f"{name} becomes {_literal(value)}")
    return "; ".join(said)


def _said(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the clauses of a schema, all of which must hold; path is the place it is about."""
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in properties:
            yield f"{_at(path, name)} is given"
    for name, inner in properties.items():
        yield from _of_value(inner, _at(path, name), name in schema.get("required", ()))
    for word, joint in (("anyOf", " or "), ("allOf", " and ")):
        if word in schema:
            yield _grouped([_all_of(each, path) for each in schema[word]], joint)
    if "not" in schema:
        yield _negated(schema["not"], path)


def _of_value(schema: Json, path: str, required: bool) -> Iterator[str]:
    """Yield what must hold of the value at a path."""
    if isinstance(schema, bool):
        yield f"{path} is {'given' if schema else 'absent'}"
        return
    if schema.keys() & _INNER or (schema.keys() & _COMBINED and _is_deep(schema)):
        yield from _said(schema, path)
        yield from _of_list(schema, path)
        return
    if "const" in schema:
        yield f"{path} is {_literal(schema['const'])}"
    elif "enum" in schema:
        yield f"{path} is {_either(schema['enum'])}"
    elif set(schema) <= {"type", "not"} and "const" in schema.get("not", {}):
        yield f"{path} is {'given and ' if required else ''}not {_literal(schema['not']['const'])}"
    elif set(schema) <= {"type", "not"} and "enum" in schema.get("not", {}):
        yield f"{path} is none of {_either(schema['not']['enum'])}"
    elif any(word in schema for word, _ in _LENGTHS):
        yield from _of_list(schema, path)
    elif set(schema) == {"type"} and required:
        yield f"{path} is given" if schema["type"] != "array" else f"{path} is a list"
    else:
        yield f"{path} is {describe(schema)}"


def _of_list(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield what must hold of a list: its length, one of its items."""
    for word, phrase in _LENGTHS:
        if word in schema:
            yield f"{path} has {phrase} {schema[word]} item{'' if schema[word] == 1 else 's'}"
    if "contains" in schema:
        yield " and ".join(_of_value(schema["contains"], f"{path}[]", True))


def _negated(schema: Mapping[str, Any], path: str) -> str:
    """Say that a schema does not hold."""
    missing = schema.get("required", ())
    if set(schema) == {"required"} and len(missing) == 1:
        return f"{_at(path, missing[0])} is not given"
    said = _all_of(schema, path)
    return f"not ({_bare(describe(schema) if said == ALWAYS else said)})"


def _is_deep(schema: Mapping[str, Any]) -> bool:
    """Say whether the schemas within a schema are about members, and not about the value itself."""
    inner = [*schema.get("anyOf", ()), *schema.get("allOf", ())]
    inner += [schema[word] for word in ("not", "contains") if word in schema]
    return any(isinstance(each, dict) and (each.keys() & _INNER or _is_deep(each)) for each in inner)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _all_of(schema: Mapping[str, Any], path: str) -> str:
    return " and ".join(clause for clause in _said(schema, path) if clause != ALWAYS) or ALWAYS


def _grouped(clauses: list[str], joint: str) -> str:
    """Join clauses; those that are several in themselves stand in brackets, and so do alternatives."""
    own = list(dict.fromkeys(clauses))
    if len(own) == 1:
        return own[0]
    said = [f"({clause})" if " and " in clause and _bare(clause) == clause else clause for clause in own]
    return joint.join(said) if joint == " and " else f"({joint.join(said)})"


def _bare(clause: str) -> str:
    """Take off brackets that stand around a whole clause."""
    depth = 0
    for place, sign in enumerate(clause):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0 and (sign != ")" or place < len(clause) - 1):
            return clause
    return clause[1:-1]


def _either(values: list[Json]) -> str:
    said = [_literal(value) for value in values]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _literal(value: Json) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
