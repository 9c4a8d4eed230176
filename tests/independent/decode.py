"""Decode, for native requests of which nothing is left over to be carried: section 8 of the guide."""

from __future__ import annotations

import copy
import re
from typing import Any
from urllib.parse import urlsplit

import geometry
import images
import overlay
import values
from documents import ABSENT, Json, equal, get, holds, take
from messages import auth_of, holes_of, message_of
from targets import Corpus, NotRun, Refused, family_of, inner_id

CONTAINERS: tuple[Json, ...] = ({}, [], None)


class Mismatch(Exception):
    """A message is not of this variant."""


def decode(corpus: Corpus, name: str, native: Json, told: Json) -> tuple[Json, Json]:
    """Give the canonical request, and the target that it was meant for; `told` is what the caller says of it."""
    provider_name, _, dialect = name.partition("/")
    provider = corpus.providers[provider_name]
    families = list(corpus.manifest["providers"][provider_name]["dialects"][dialect]["flat"])
    flat = corpus.flat(provider_name, dialect, families[0])
    auth = told.get("auth") or auth_of(provider, flat, native.get("headers", {}))
    wire = _model(corpus, flat, message_of(corpus, flat, native, auth)[0])
    asked = told.get("model", wire)
    row, family, known = (None, families[0], True) if asked is None else _family(provider, asked, families)
    own = _routed(corpus, provider_name, dialect, families, native)
    if row is None and own is not None:  # the path tells the model, whatever its deployment is called
        family, asked, known = own, _representative(provider, own), True
    flat = corpus.flat(provider_name, dialect, family)
    message, variables, auth = message_of(corpus, flat, native, auth)
    variant, canonical, rest = _read(corpus, flat, message)
    canonical |= {"provider_options": {provider_name: rest}} if rest else {}
    for field, value in variant.get("implies", {}).items():
        canonical.setdefault(field, value)
    able = provider["families"][family].get("operations", flat["operations"])
    operation = "edit" if "image" in canonical else "generate"
    canonical.setdefault("operation", operation if operation in able else able[0])
    model = asked
    if row is not None and asked == wire:
        model = asked if inner_id(provider, asked)[1] else row["id"]
    canonical = {key: value for key, value in canonical.items() if key != "model"}
    canonical |= {"model": model} if model is not None else {}
    meant = model if known else _representative(provider, family)
    target = {"provider": provider_name, "model": meant, "operation": canonical["operation"]}
    target |= {"surface": flat["surface"], "variables": variables}
    target |= {"auth": auth} if auth is not None else {}
    return canonical, target | ({"deployment": wire} if wire not in (None, meant) else {})


def _family(provider: Json, wire: str, families: list[str]) -> tuple[Json, str, bool]:
    try:
        row, family, _ = family_of(provider, wire, [])
    except Refused:
        return None, families[0], False
    fits = row is not None or any(
        re.fullmatch(says["pattern"], inner_id(provider, wire)[0])
        for says in provider["families"].values()
        if "pattern" in says
    )
    return (row, family, fits) if family in families else (None, families[0], False)


def _representative(provider: Json, family: str) -> str:
    """Give a model of a family, an active one if there is one."""
    rows = [row for row in provider["models"] if row["family"] == family]
    active = [row for row in rows if provider["verified"] < min(row.get("deprecated", "9"), row.get("retired", "9"))]
    return str([*active, *rows][0]["id"])


def _routed(corpus: Corpus, provider: str, dialect: str, families: list[str], native: Json) -> str | None:
    """Give the family that has this endpoint for itself, where some have one of their own."""
    urls = {family: corpus.flat(provider, dialect, family)["request"]["url"] for family in families}
    if len(set(urls.values())) == 1:
        return None
    path = urlsplit(native["url"]).path
    return next((family for family, url in urls.items() if holes_of(url, path) is not None), None)


def _model(corpus: Corpus, flat: Json, message: Json) -> str | None:
    """Read the model alone: it tells the family."""
    for variant in flat["request"]["variants"].values():
        for rule in variant.get("rules", ()):
            if rule.get("from") == "model":
                canonical: Json = {}
                try:
                    _read_rule(corpus, {}, rule, message, copy.deepcopy(message), canonical)
                except Mismatch:
                    return None
                said = canonical.get("model")
                return said or variant.get("implies", {}).get("model", rule.get("absent"))
        return variant.get("implies", {}).get("model")
    return None


def _read(corpus: Corpus, flat: Json, message: Json) -> tuple[Json, Json, Json]:
    """Read a message by the first variant that takes it."""
    request = flat["request"]
    fields = corpus.once("schemas/canonical/request.schema.json")["properties"]
    limits = {name: {**schema, **request.get("limits", {}).get(name, {})} for name, schema in fields.items()}
    for name, variant in request["variants"].items():
        if variant["body"] != message["kind"] or not holds(variant.get("match", True), message):
            continue
        rest, canonical = copy.deepcopy(message), {}
        try:
            for rule in variant.get("rules", ()):
                _read_rule(corpus, limits, rule, message, rest, canonical)
        except Mismatch:
            continue
        _tidied(variant, rest)
        carried = overlay.lifted(rest)
        seen = canonical | ({"provider_options": carried} if carried else {})
        chosen = next((each for each in request["variants"].values() if holds(each.get("if", True), seen)), None)
        carried |= {"@as": name} if chosen is not variant else {}
        if "image" in canonical:
            said = [images.said(each) for each in canonical["image"]]
            canonical["image"] = said[0] if len(said) == 1 else said
        if "mask" in canonical:
            canonical["mask"] = images.said(canonical["mask"])
        return variant, canonical, carried
    raise Mismatch


def _tidied(variant: Json, rest: Json) -> None:
    """Take out containers that rules write into and that came empty."""
    places = {place for rule in variant.get("rules", ()) for place in _listed(rule.get("to", []))}
    inner = {place.rsplit("/", depth)[0] for place in places for depth in range(1, place.count("/"))}
    for place in sorted(inner, key=len, reverse=True):
        if place.count("/") > 1 and get(rest, place) in CONTAINERS:
            take(rest, place)


def _listed(value: Json) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _read_rule(corpus: Corpus, limits: Json, rule: Json, message: Json, rest: Json, canonical: Json) -> None:
    via = rule.get("via", "same")
    if "const" in rule:
        _read_const(rule, message, rest)
    elif "infer" in rule:
        if holds(rule["if"], message):
            canonical[rule["from"]] = rule["infer"]
    elif "parts" in rule:
        _read_parts(corpus.words["extensions"], rule, message, rest, canonical)
    elif isinstance(via, dict) and via.keys() & {"image", "images", "mask"}:
        _read_images(corpus.words["extensions"], rule, message, rest, canonical)
    elif isinstance(via, dict) and via.keys() & {"frame", "rows", "split"}:
        _read_joint(limits, rule, message, rest, canonical)
    elif values.is_known(via):
        _read_one(limits, rule, via, message, rest, canonical)
    else:
        raise NotRun(str(via))


def _read_const(rule: Json, message: Json, rest: Json) -> None:
    there = get(message, rule["to"])
    if equal(there, rule["const"]):
        take(rest, rule["to"])
    elif not (rule.get("optional") or rule.get("absent")):
        raise Mismatch
    elif there is ABSENT and rule.get("optional"):
        overlay.mark(message, rest, rule["to"])


def _read_one(limits: Json, rule: Json, via: Json, message: Json, rest: Json, canonical: Json) -> None:
    name, there = rule["from"], get(message, rule["to"])
    if there is ABSENT:
        if rule.get("required"):
            raise Mismatch
        if "absent" in rule:
            canonical[name] = rule["absent"]
        elif "silent" in rule or "default" in rule:
            overlay.mark(message, rest, rule["to"])
        return
    if there is None and rule.get("null"):
        canonical[name] = None
        take(rest, rule["to"])
        return
    said = values.way_back(via, there)
    if said is ABSENT or said is None or not holds(limits.get(name, True), said):
        if rule.get("required"):
            raise Mismatch
        return
    if values.writes(via, said, there):
        take(rest, rule["to"])
    if "silent" not in rule or not equal(said, rule["silent"]):
        canonical[name] = said


def _read_joint(limits: Json, rule: Json, message: Json, rest: Json, canonical: Json) -> None:
    via, places, names = rule["via"], _listed(rule["to"]), _listed(rule["from"])
    there = [None if (value := get(message, place)) is ABSENT else value for place in places]
    if rule.get("null") and get(message, places[0]) is None:
        canonical[names[0]] = None
        take(rest, places[0])
        return
    if "frame" in via:
        said = geometry.decode(via["frame"], there)
        again = geometry.encode(via["frame"], *(said.get(name) for name in names))[0]
    elif "rows" in via:
        row = next(((word, natives) for word, natives in via["rows"] if equal(natives[0], there[0])), None)
        said, again = ({}, there) if row is None else ({names[0]: row[0]}, row[1])
    else:
        short, literals = via["split"].get("short", []), via["split"]["template"].split("{}")
        text = "".join(a + b for a, b in zip(literals, [*map(str, there), ""], strict=True))
        said, again = {names[0]: there[-1] if there[:-1] == short else text}, there
    if not all(holds(limits.get(name, True), value) for name, value in said.items()):
        said = {}
    if not said:
        if rule.get("required"):
            raise Mismatch
        if "silent" in rule or "default" in rule:
            for place in (place for place, value in zip(places, there, strict=True) if value is None):
                overlay.mark(message, rest, place)
        return
    for place, value, written in zip(places, there, again, strict=True):
        if value is not None and equal(value, written):
            take(rest, place)
        elif value is None and written is not None:
            overlay.mark(message, rest, place)
    canonical |= {name: value for name, value in said.items() if not equal(value, rule.get("silent", ABSENT))}


def _read_images(extensions: Json, rule: Json, message: Json, rest: Json, canonical: Json) -> None:
    via, places = rule["via"], _listed(rule["to"])
    if "images" in via:
        there = get(message, places[0])
        listed = there if isinstance(there, list) else [there] if via.get("lone") and there is not ABSENT else []
        found = [images.read([via["images"]], [each], extensions) for each in listed]
        if found and ABSENT not in found:
            canonical["image"] = found
            take(rest, places[0])
        return
    name = "mask" if "mask" in via else "image"
    source = images.read(via[name], [get(message, place) for place in places], extensions, via.get("edits"))
    before = canonical.get("image", [])
    if source is ABSENT or (name == "image" and len(before) != int(rule["from"].removeprefix("/image/"))):
        if rule.get("required"):
            raise Mismatch
        return
    canonical[name] = source if name == "mask" else [*before, source]
    for place in places:
        if get(rest, place) not in (ABSENT, None):
            take(rest, place)


def _read_parts(extensions: Json, rule: Json, message: Json, rest: Json, canonical: Json) -> None:
    there = get(message, rule["to"])
    if not isinstance(there, list) or not there:
        return
    order = []
    for item in there:
        owner, value, left = _owned(extensions, rule["parts"], item)
        if left:
            raise NotRun("carried lists")
        name = rule["parts"][owner]["from"]
        if "join" in rule["parts"][owner] or name == "mask":
            if name in canonical:
                raise NotRun("carried lists")
            canonical[name] = value
        else:
            canonical.setdefault(name, []).append(value)
        order.append(owner)
    if order != sorted(order):
        raise NotRun("carried lists")
    take(rest, rule["to"])


def _owned(extensions: Json, owners: list[Json], item: Json) -> tuple[int, Json, Json]:
    """Give the owner of an item, its value, and what that leaves."""
    for at, owner in enumerate(owners):
        left = copy.deepcopy(item)
        if not holds(owner.get("if", True), item):
            continue
        if "via" in owner:
            places = _listed(owner["to"])
            via, there = owner["via"], [get(item, place) for place in places]
            value = images.read(via[owner["from"]], there, extensions, via.get("edits"))
            kind = "image/" if value is ABSENT else images.mime_of(value, extensions)
            if not (kind or ("" if "base64" in value else "image/")).startswith("image/"):
                continue  # a document, or a film
            taken = places
        else:
            value = get(item, owner["at"])
            value = value if isinstance(value, str) else ABSENT
            taken = [owner["at"]]
        consts = owner.get("rules", ())
        if value is ABSENT or any(not equal(get(item, each["to"]), each["const"]) for each in consts):
            continue
        for place in [*taken, *(each["to"] for each in consts)]:
            if get(left, place) is not ABSENT:
                take(left, place)
        return at, value, left
    raise NotRun("carried lists")
