"""What is carried, laid over what was written: section 8 of the guide, but for lists of which a spec owns an item."""

from __future__ import annotations

from documents import ABSENT, Json, equal, get, put, take
from targets import NotRun

_PLACES = {"extra_headers": "headers", "extra_query": "query"}


def lay_over(variant: Json, fields: Json, native: Json, carried: Json, notes: list[str]) -> None:
    """Lay native keys over a message that was written."""
    rest: Json = {"body": {}}
    for key, value in carried.items():
        if key in _PLACES:
            rest[_PLACES[key]] = value
        elif key != "@as":
            inner = key[1:] in ("@as", "@body", "@status", *_PLACES) or key.startswith("@@")
            rest["body"][key[1:] if inner else key] = value
    for rule in variant["rules"]:
        for place in [rule["to"]] if isinstance(rule.get("to"), str) else rule.get("to", []):
            if any(part in ("0", "-1") for part in place.split("/")) or (
                "parts" in rule and get(rest, place) is not ABSENT
            ):
                raise NotRun("carried lists")
            value, mine = get(rest, place), get(native, place)
            if value is ABSENT or equal(value, mine):
                continue
            asked = any(fields.get(name) is not None for name in _fields(rule))
            if asked or "const" in rule:
                raise NotRun("carried against a field")
            notes[:] = [note for note in notes if note.partition(" /")[2] not in _fields(rule)]
            take(rest, place)
            if value is not None:
                put(native, place, value)
            elif mine is not ABSENT:
                take(native, place)
    _merge(native, rest)


def _fields(rule: Json) -> list[str]:
    names = rule.get("from", [])
    return [name.strip("/").partition("/")[0] for name in ([names] if isinstance(names, str) else names)]


def _merge(mine: Json, theirs: Json) -> None:
    for key, value in theirs.items():
        if isinstance(value, dict) and isinstance(mine.get(key), dict):
            _merge(mine[key], value)
        elif value is None:
            raise NotRun("carried nulls")
        else:
            mine[key] = value
