"""What is carried, laid over what was written: section 8 of the guide."""

from __future__ import annotations

import copy
import re
from itertools import pairwise

from documents import ABSENT, Json, equal, get, put, take
from targets import NotRun

_PLACES = {"extra_headers": "headers", "extra_query": "query"}


def lay_over(variant: Json, fields: Json, native: Json, carried: Json, notes: list[str]) -> None:
    """Lay native keys over a message that was written."""
    rest: Json = {"body": {}}
    for key, value in copy.deepcopy(carried).items():
        if key in _PLACES:
            rest[_PLACES[key]] = value
        elif key != "@as":
            inner = key[1:] in _PLACES or key.startswith("@@")
            rest["body"][key[1:] if inner else key] = value
    for rule in variant["rules"]:
        for place in _places(rule):
            value = get(rest, place)
            if value is not ABSENT and not equal(value, get(native, place)):
                _settle(rule, place, fields, native, value, notes)
            if value is not ABSENT:
                take(rest, place)
    for root in ("path", "query", "headers", "body"):
        native.setdefault(root, {})
    _merge(native, rest, _lists(variant), "")


def _settle(rule: Json, place: str, fields: Json, native: Json, value: Json, notes: list[str]) -> None:
    """Decide between what a rule wrote and what is carried in its place."""
    if "parts" in rule:
        raise NotRun("carried lists")
    asked = any(fields.get(name) is not None for name in _fields(rule)) or not (
        "const" not in rule or rule.get("optional") or rule.get("absent")
    )
    if asked and value is not None:
        raise NotRun("carried against a field")
    if asked and len(_places(rule)) > 1:
        raise NotRun("carried against a field")
    if asked:
        return  # null takes out only what nobody asked for
    notes[:] = [note for note in notes if note.partition(" /")[2] not in _fields(rule)]
    if value is None and get(native, place) is not ABSENT:
        take(native, place)
    else:
        put(native, place, value)


def _fields(rule: Json) -> list[str]:
    names = rule.get("from", [])
    return [name.strip("/").partition("/")[0] for name in ([names] if isinstance(names, str) else names)]


def _places(rule: Json) -> list[str]:
    return [rule["to"]] if isinstance(rule.get("to"), str) else rule.get("to", [])


def _lists(variant: Json) -> dict[str, int]:
    """Give the lists of which rules own one item: the place of each, 0 or -1."""
    found = {}
    for place in (place for rule in variant["rules"] for place in _places(rule)):
        for match in re.finditer(r"/(0|-1)(?=/)", place):
            found[place[: match.start()]] = int(match[1])
    return found


def _merge(mine: Json, theirs: Json, lists: dict[str, int], at: str) -> None:
    for key, value in theirs.items():
        place, there = f"{at}/{key}", mine.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            _merge(there, value, lists, place)
        elif isinstance(value, list) and isinstance(there, list) and place in lists:
            ours = lists[place]
            if value and isinstance(value[ours], dict):
                _merge(there[ours], value[ours], lists, f"{place}/{ours}")
            mine[key] = [*value[:-1], there[ours]] if ours == -1 else [there[ours], *value[1:]]
        else:
            mine[key] = value


def mark(message: Json, rest: Json, place: str) -> None:
    """Note that what encode would write unasked is not there: null; nothing below a list that is missing."""
    parts = place.split("/")[1:]
    holder = rest
    for end, (part, following) in enumerate(pairwise(parts), start=1):
        if part in ("0", "-1"):
            if not isinstance(holder, list) or not holder:
                return
            holder = holder[int(part)]
            continue
        if not isinstance(holder, dict):
            return
        listed = following in ("0", "-1")
        if part not in holder:
            if listed and get(message, "/" + "/".join(parts[:end])) in (ABSENT, [], None):
                return
            holder[part] = [{}] if listed else {}
        holder = holder[part]
    if isinstance(holder, dict):
        holder.setdefault(parts[-1], None)


def lifted(rest: Json) -> Json:
    """Give what is left of a message the form in which it is carried."""
    left = rest.get("body", {})
    body = {"@" + key if key.startswith("@") or key in _PLACES else key: value for key, value in left.items()}
    return body | {key: rest[place] for key, place in _PLACES.items() if rest.get(place)}
