"""Answers, native to canonical, but for what of them is carried: section 10 of the guide."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import facts
import texts
import values
from classify import classified, walk
from documents import ABSENT, Json, equal, get, holds, put, segments
from targets import Corpus, NotRun, resolve

JSON_TYPE = re.compile(r"application/json|text/json|.*\+json")


class Mismatch(Exception):
    """A message is not of this variant."""


def decode(corpus: Corpus, target: Json, native: Json, request: Json) -> Json:
    """Give the canonical response or error."""
    provider = corpus.provider(target["provider"])
    if "model" not in target and "model" not in (request or {}):
        raise NotRun("nobody says who answered")
    meant = resolve(corpus, target, request or {"operation": _operation(corpus, provider, target)}, None)
    if 200 <= native["status"] < 300:
        found = read(corpus, meant.flat["response"], provider["provider"], native, "response")
        if found is not None and "pending" in found[0]:
            raise NotRun("pending")
        if found is not None and any(_is_image(item) for item in found[1].get("data", ())):
            return facts.complete_response(corpus, found[1], native, request)
    section = meant.flat["error"]
    found = read(corpus, section, provider["provider"], native, "error")
    if found is None:
        raise Mismatch
    variant, canonical = found
    said = classified(corpus, section, variant.get("classify", {}), _message(section, native), canonical)
    return facts.complete_error(corpus, said, native)


def _operation(corpus: Corpus, provider: Json, target: Json) -> str:
    """Give what a model is for, generate if it can."""
    if "operation" in target:
        return str(target["operation"])
    for operation in ("generate", "edit", "variation"):
        try:
            resolve(corpus, target, {"operation": operation}, None)
        except Exception:  # it cannot
            continue
        return operation
    raise NotRun("no operation")


def _is_image(item: Json) -> bool:
    return isinstance(item, dict) and bool(item.get("b64_json") or item.get("url"))


def _message(section: Json, native: Json) -> Json:
    """Give an answer the form that rules see."""
    listed = list(section.get("headers", ()))
    for variant in section["variants"].values():
        classify = variant.get("classify", {})
        places = [place for rule in variant.get("rules", ()) for place in _listed(rule.get("to", []))]
        places += [place for key in ("code", "type") for place in classify.get(key, ())]
        listed += [place.removeprefix("/headers/") for place in places if place.startswith("/headers/")]
    pattern = "|".join(re.escape(name).replace(r"\*", ".*") for name in listed) or "(?!)"
    headers = {name: value for name, value in native["headers"].items() if re.fullmatch(pattern, name)}
    kind, body = _body(native)
    return {"status": native["status"], "headers": headers, "kind": kind, "body": {} if kind == "none" else body}


def _body(native: Json) -> tuple[str, Json]:
    """Tell the kind of a body: what says that it is JSON, or is; images stay bytes."""
    body = native.get("body")
    if body is None:
        return "none", None
    ((form, value),) = body.items()
    if form == "json":
        return "json", value
    data = base64.b64decode(value) if form == "base64" else value.encode()
    stated = native["headers"].get("content-type", "").partition(";")[0].strip().lower()
    is_json = JSON_TYPE.fullmatch(stated) is not None
    pictured = stated.startswith(("image/", "audio/", "video/"))
    if is_json or (not pictured and (stated == "" or data.lstrip()[:1] in (b"{", b"["))):
        try:
            return "json", json.loads(data)
        except ValueError:
            pass
    try:
        return ("bytes", data) if pictured or stated == "application/octet-stream" else ("text", data.decode())
    except UnicodeDecodeError:
        return "bytes", data


def read(corpus: Corpus, section: Json, provider: str, native: Json, name: str) -> tuple[Json, Json] | None:
    """Read an answer by the first variant that takes it."""
    message = _message(section, native)
    schema = corpus.once(f"schemas/canonical/{name}.schema.json")
    for variant in section["variants"].values():
        if variant["body"] not in (message["kind"], "any") or not holds(variant.get("match", True), message):
            continue
        canonical: Json = {}
        try:
            for rule in variant.get("rules", ()):
                _read_rule(rule, message, canonical, schema, provider)
        except Mismatch:
            continue
        return variant, canonical
    return None


def _listed(value: Json) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _place(name: str, provider: str) -> str:
    return (name if name.startswith("/") else f"/{name}").replace("{provider}", provider)


def _schema_at(schema: Json, place: str) -> Json:
    for part in segments(place):
        inner = schema.get("items") if part == "0" else schema.get("properties", {}).get(part)
        if not isinstance(inner, dict):
            return True
        schema = inner
    return schema


def _read_rule(rule: Json, native: Json, canonical: Json, schema: Json, provider: str) -> None:
    via = rule.get("via", "same")
    if "const" in rule:
        if not (rule.get("optional") or rule.get("absent") or equal(get(native, rule["to"]), rule["const"])):
            raise Mismatch
        return
    if "parts" in rule:
        _read_parts(rule, native, canonical, schema, provider)
        return
    places = [_place(name, provider) for name in _listed(rule["from"])]
    if "infer" in rule:
        if holds(rule["if"], native):
            put(canonical, places[0], rule["infer"])
    elif "find" in rule:
        _find(rule, native, canonical, places[0], schema, provider)
    elif "each" in rule:
        _read_each(rule, native, canonical, places[0], schema, provider)
    elif len(places) > 1 or (isinstance(via, dict) and via.keys() & {"rows", "split", "frame"}):
        _read_joint(rule, native, canonical, places)
    else:
        _read_one(rule, native, canonical, places[0], schema)


def _read_one(rule: Json, native: Json, canonical: Json, place: str, schema: Json) -> None:
    there = get(native, rule["to"])
    if there is ABSENT:
        if rule.get("required"):
            raise Mismatch
        if "absent" in rule:
            put(canonical, place, rule["absent"])
        return
    try:
        said = None if there is None and rule.get("null") else texts.decode(rule.get("via", "same"), there)
    except values.Unsayable:
        said = ABSENT
    if said is ABSENT or (said is None and not rule.get("null")) or not holds(_schema_at(schema, place), said):
        if rule.get("required"):
            raise Mismatch
        return
    if "silent" not in rule or not equal(said, rule["silent"]):
        put(canonical, place, said)


def _read_joint(rule: Json, native: Json, canonical: Json, places: list[str]) -> None:
    via, there = rule["via"], [get(native, place) for place in _listed(rule["to"])]
    if via != "sum":
        raise NotRun(str(via))
    counted = [type(each) is int and each >= 0 for each in there]
    if counted[0] and all(each or value is ABSENT for each, value in zip(counted, there, strict=True)):
        said = [sum(value for value in there if value is not ABSENT), *there[1:]]
        for place, value in zip(places, said, strict=True):
            if value is not ABSENT:
                put(canonical, place, value)


def _items(rules: list[Json], item: Json, schema: Json, provider: str) -> Json:
    said: Json = {}
    for rule in rules:
        _read_rule(rule, item, said, schema, provider)
    return said


def _read_each(rule: Json, native: Json, canonical: Json, place: str, schema: Json, provider: str) -> None:
    there = get(native, _listed(rule["to"])[0])
    inner = _schema_at(schema, place + "/0")
    if "columns" in rule:
        names, shared = rule["columns"], rule.get("shared", ())
        first = there.get(names[0]) if isinstance(there, dict) else None
        if not isinstance(first, list) or not first:
            return
        columns = {
            name: [there[name]] * len(first) if name in shared else there[name] for name in names if name in there
        }
        whole = {
            name: column for name, column in columns.items() if isinstance(column, list) and len(column) == len(first)
        }
        there = [{name: column[at] for name, column in whole.items()} for at in range(len(first))]
    if isinstance(there, list) and all(isinstance(item, dict) for item in there):
        put(canonical, place, [_items(rule["each"], item, inner, provider) for item in there])


def _find(rule: Json, native: Json, canonical: Json, place: str, schema: Json, provider: str) -> None:
    found = []
    for item in walk(native, rule["find"]):
        if not holds(rule.get("if", True), item):
            continue
        if "rules" in rule:
            found += (
                [_items(rule["rules"], item, _schema_at(schema, place + "/0"), provider)]
                if isinstance(item, dict)
                else []
            )
            continue
        value = get(item, rule["at"]) if "at" in rule else item
        try:
            said = ABSENT if value is ABSENT else texts.decode(rule.get("via", "same"), value)
        except values.Unsayable:
            continue
        found += [] if said is ABSENT or ("join" in rule and not isinstance(said, str)) else [said]
    if found:
        put(canonical, place, rule["join"].join(found) if "join" in rule else found if "rules" in rule else found[0])


def _read_parts(rule: Json, native: Json, canonical: Json, schema: Json, provider: str) -> None:
    there = get(native, rule["to"])
    said: dict[str, list[Json]] = {}
    for at, item in enumerate(there if isinstance(there, list) else ()):
        for owner in rule["parts"]:
            value = _part(owner, item, schema, provider)
            if value is not ABSENT:
                value = {"index": at, **value} if owner.get("index") else value
                said.setdefault(owner["from"], []).append(value)
                break
    for owner in rule["parts"]:
        if owner["from"] in said:
            found = said[owner["from"]]
            canonical[owner["from"]] = owner["join"].join(found) if "join" in owner else found


def _part(owner: Json, item: Json, schema: Json, provider: str) -> Json:
    if not holds(owner.get("if", True), item):
        return ABSENT
    if "at" in owner:
        value = get(item, owner["at"])
        fits = all(equal(get(item, rule["to"]), rule["const"]) for rule in owner.get("rules", ()))
        return value if fits and isinstance(value, str) else ABSENT
    try:
        inner = _schema_at(schema, f"/{owner['from']}/0")
        return _items(owner["rules"], item, inner, provider) if isinstance(item, dict) else ABSENT
    except Mismatch:
        return ABSENT
