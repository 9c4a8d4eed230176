"""Encode, for requests that carry nothing: section 5 of the guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import geometry
import images
import overlay
import values
from documents import ABSENT, Json, equal, get, holds, put
from targets import Corpus, Meant, NotRun, Refused, resolve, url_of

GEOMETRY = ["size", "aspect_ratio", "resolution"]


def encode(corpus: Corpus, request: Json, target: Json, as_of: str | None) -> tuple[Json, list[str]]:
    """Give the native request, in the JSON form of a message, and the notes."""
    strange = request.keys() - {*corpus.words["fields"]}
    if strange - {"images", "provider_options"}:
        raise NotRun("strangers")
    meant = resolve(corpus, target, request, as_of)
    carried = request.get("provider_options", {}).get(meant.provider["provider"], {})
    notes = list(meant.notes)
    fields = {name: value for name, value in request.items() if name != "provider_options"}
    fields |= {"model": meant.wire, "operation": meant.operation}
    given = fields.pop("images", None) if request.get("image") is None else request["image"]
    if (given is None) is not (meant.operation == "generate"):
        raise Refused(f"{meant.operation} with an image, or without")
    if given is not None:
        fields["image"] = [images.source_of(each) for each in (given if isinstance(given, list) else [given])]
    if request.get("mask") is not None:
        fields["mask"] = images.source_of(request["mask"])
    _limited(corpus, meant, fields)
    fields = _clamped(corpus, meant, fields, notes)
    fields = _after_clauses(corpus, meant, fields, notes)
    variant = _variant(meant, fields, carried)
    _counted(variant, fields)
    native: Json = {"path": {}, "query": {}, "headers": {}, "body": {}}
    for rule in variant.get("rules", ()):
        _write(corpus, rule, fields, native, notes)
    _one_sided(corpus, variant, fields, notes)
    if carried:
        overlay.lay_over(variant, fields, native, carried, notes)
    if not all(holds(says["that"], native) for says in variant.get("requires", ())):
        raise values.Unsayable
    url = url_of(meant, native["path"], native["query"])
    body = {"json": native["body"]}
    if variant["body"] == "form":
        brackets = meant.flat["request"].get("brackets")
        body = {"form": [part for name, value in native["body"].items() for part in _parts(name, value, brackets)]}
    message = {"method": meant.flat["request"]["method"], "url": url, "headers": native["headers"], "body": body}
    return message, notes


def _limited(corpus: Corpus, meant: Meant, fields: Json) -> None:
    """Refuse what is no value of its field, and what lacks."""
    own = meant.flat["request"].get("limits", {})
    schemas = corpus.once("schemas/canonical/request.schema.json")["properties"]
    for name, value in fields.items():
        if value is None or name in ("image", "mask") or name not in schemas:
            continue
        loose = name in corpus.words["preferences"] or _only_dropped(meant, name)
        if not holds({**schemas[name], **({} if loose else own.get(name, {}))}, value):
            raise values.Unsayable
    for variant in meant.flat["request"]["variants"].values():
        for rule in variant.get("rules", ()):
            if rule.get("required") and fields.get(_needed(rule)) is None:
                raise values.Unsayable


def _needed(rule: Json) -> str:
    """Name the field without which a required rule has nothing to say: of parts the words."""
    if "parts" in rule:
        return str(next((owner for owner in rule["parts"] if "join" in owner), rule["parts"][0])["from"])
    name = rule["from"] if isinstance(rule["from"], str) else rule["from"][0]
    return str(name).strip("/").partition("/")[0]


def _clamped(corpus: Corpus, meant: Meant, fields: Json, notes: list[str]) -> Json:
    for name, limit in meant.flat["request"].get("limits", {}).items():
        value = fields.get(name)
        if name in corpus.words["preferences"] and value is not None:
            used = max(value, limit["minimum"]) if "minimum" in limit else value
            used = min(used, limit["maximum"]) if "maximum" in limit else used
            if used != value and not _only_dropped(meant, name):
                notes.append(f"clamped /{name}")
                fields = {**fields, name: used}
    return fields


def _only_dropped(meant: Meant, name: str) -> bool:
    return all(name in variant.get("drop", ()) for variant in meant.flat["request"]["variants"].values())


def _after_clauses(corpus: Corpus, meant: Meant, fields: Json, notes: list[str]) -> Json:
    for clause in meant.flat["request"]["when"]:
        said = {name: value for name, value in fields.items() if value is not None}
        if not clause.get("since", "") <= meant.as_of < clause.get("until", "9999") or not holds(clause["if"], said):
            continue
        fields = dict(fields)
        if any(name in said for name in clause.get("refuse", ())):
            raise values.Unsayable
        for name, value in clause.get("default", {}).items():
            if name not in said:
                fields[name] = value
                notes.append(f"defaulted /{name}")
        for name, value in clause.get("replace", {}).items():
            fields[name] = value
            notes.append(f"{'approximated' if name in said else 'defaulted'} /{name}")
        for name in clause.get("drop", ()):
            if name in said and not equal(said[name], corpus.words["silence"].get(name, ABSENT)):
                del fields[name]
                notes.append(f"{'emulated' if name == 'stream' else 'dropped'} /{name}")
    return fields


def _variant(meant: Meant, fields: Json, carried: Json) -> Json:
    variants = meant.flat["request"]["variants"]
    if "@as" in carried:
        return variants[carried["@as"]]
    said = {name: value for name, value in fields.items() if value is not None}
    said |= {"provider_options": carried} if carried else {}
    return next(each for each in variants.values() if holds(each.get("if", True), said))


def _counted(variant: Json, fields: Json) -> None:
    """Refuse more or fewer images than a variant takes; what their headers say is not looked at here."""
    says = variant.get("inputs", {}).get("image", {})
    places = {rule["from"] for rule in variant["rules"] if str(rule.get("from")).startswith("/image/")}
    count, most = len(fields.get("image") or ()), says.get("most", 10**6)
    most = min(most, len(places)) if places else most
    if not says.get("least", 0) <= count <= most:
        raise values.Unsayable


def _one_sided(corpus: Corpus, variant: Json, fields: Json, notes: list[str]) -> None:
    silence = corpus.words["silence"]
    for name, value in fields.items():
        if value is None or equal(value, silence.get(name, ABSENT)):
            continue
        if name in variant.get("drop", ()):
            notes.append(f"dropped /{name}")
        elif name in variant.get("fixed", {}) and not equal(variant["fixed"][name], value):
            notes.append(f"{'emulated' if name == 'stream' else 'approximated'} /{name}")
        elif name in variant.get("refuse", ()):
            raise values.Unsayable


def _write(corpus: Corpus, rule: Json, fields: Json, native: Json, notes: list[str]) -> None:
    """Let one rule write."""
    via = rule.get("via", "same")
    joint = isinstance(via, dict) and via.keys() & {"frame", "rows", "split"}
    if "const" in rule:
        put(native, rule["to"], rule["const"])
    elif "parts" in rule:
        _write_parts(corpus, rule, fields, native)
    elif "infer" in rule or "find" in rule:
        return
    elif isinstance(via, dict) and via.keys() & {"image", "images", "mask"}:
        _write_images(corpus, rule, fields, native)
    elif joint:
        _write_joint(corpus, rule, fields, native, notes)
    elif values.is_known(via):
        _write_one(corpus, rule, via, fields, native, notes)
    else:
        raise NotRun(str(via))


def _write_one(corpus: Corpus, rule: Json, via: Json, fields: Json, native: Json, notes: list[str]) -> None:
    name, silence = rule["from"], corpus.words["silence"]
    value = fields.get(name, ABSENT)
    unasked = rule.get("silent", rule.get("default", ABSENT))
    if value is None and rule.get("null"):
        put(native, rule["to"], None)
    elif value is ABSENT or value is None:
        if unasked is not ABSENT:
            put(native, rule["to"], values.encode(via, unasked))
        said = rule.get("default", rule.get("absent", ABSENT) if unasked is ABSENT else ABSENT)
        if said is not ABSENT and ("default" in rule or not equal(said, silence.get(name, ABSENT))):
            notes.append(f"defaulted /{name}")
    else:
        try:
            said = values.encode(via, value)
        except values.Unsayable:
            if rule.get("required"):
                raise
            if unasked is not ABSENT:
                put(native, rule["to"], values.encode(via, unasked))
            if not equal(value, silence.get(name, ABSENT)) and not equal(value, unasked):
                notes.append(f"{'dropped' if unasked is ABSENT else 'approximated'} /{name}")
            return
        put(native, rule["to"], said)
        back = values.way_back(via, said)
        if back is ABSENT:
            notes.append(f"assumed /{name}")
        elif not equal(back, value):
            notes.append(f"approximated /{name}")


def _write_joint(corpus: Corpus, rule: Json, fields: Json, native: Json, notes: list[str]) -> None:
    via, names = rule["via"], [rule["from"]] if isinstance(rule["from"], str) else rule["from"]
    places = [rule["to"]] if isinstance(rule["to"], str) else rule["to"]
    given = [fields.get(name) for name in names]
    if "default" in rule and equal(given[0], corpus.words["silence"].get(names[0], ABSENT)):
        given[0] = None
    if all(value is None for value in given):
        if rule.get("null") and names[0] in fields:
            put(native, places[0], None)
            return
        given[0] = rule.get("default", rule.get("silent"))
        notes += [f"defaulted /{names[0]}"] if "default" in rule else []
        if given[0] is None:
            return
    if "frame" in via:
        natives, losses = geometry.encode(via["frame"], *given)
        notes += [f"{'approximated' if used else 'dropped'} /{name}" for name, used in losses]
    else:
        natives, lost = _rows(via["rows"], given[0]) if "rows" in via else _split(via["split"], given[0])
        notes += [f"{lost} /{names[0]}"] if lost else []
    for place, value in zip(places, natives, strict=True):
        if value is not None:
            put(native, place, value)


def _rows(table: Json, word: Json) -> tuple[list[Json], str | None]:
    found = next((natives for known, natives in table if equal(known, word)), None)
    return ([None] * len(table[0][1]), "dropped") if found is None else (found, None)


def _split(spec: Json, text: str) -> tuple[list[Json], str | None]:
    literals, short = spec["template"].split("{}"), spec.get("short", [])
    found = re.fullmatch("([^/]+)".join(map(re.escape, literals)), text)
    if found is not None:
        pieces = list(found.groups())
        return pieces, "approximated" if short and pieces[:-1] == short else None
    if short and "/" not in text:
        return [*short, text], None
    return [None] * (len(literals) - 1), "dropped"


def _write_images(corpus: Corpus, rule: Json, fields: Json, native: Json) -> None:
    via, extensions = rule["via"], corpus.words["extensions"]
    places = [rule["to"]] if isinstance(rule["to"], str) else rule["to"]
    name = places[0].rpartition("/")[2]
    if "images" in via:
        said = [images.write([via["images"]], each, name, extensions)[0] for each in fields.get("image", ())]
        if said:
            put(native, places[0], said[0] if via.get("lone") and len(said) == 1 else said)
        return
    given = fields.get("mask") if "mask" in via else get(fields, "/image") or []
    if "image" in via:
        at = int(rule["from"].removeprefix("/image/"))
        given = given[at] if given is not ABSENT and at < len(given) else None
    if given is not None:
        edits = via.get("edits") if "mask" in via else None
        roles = via["mask" if "mask" in via else "image"]
        for place, value in zip(places, images.write(roles, given, name, extensions, edits), strict=True):
            if value is not ABSENT:
                put(native, place, value)


def _write_parts(corpus: Corpus, rule: Json, fields: Json, native: Json) -> None:
    items: list[Any] = []
    for owner in rule["parts"]:
        value = fields.get(owner["from"])
        if value is None:
            continue
        for each in [value] if "join" in owner or owner["from"] == "mask" else value:
            item: Json = {}
            for beside in owner.get("rules", ()):
                put(item, beside["to"], beside["const"])
            if "via" in owner:
                _write_image_part(corpus, owner, each, item)
            else:
                put(item, owner["at"], each)
            items.append(item)
    if items:
        put(native, rule["to"], items)


def _write_image_part(corpus: Corpus, owner: Json, source: Json, item: Json) -> None:
    places = [owner["to"]] if isinstance(owner["to"], str) else owner["to"]
    via, name = owner["via"], owner["from"]
    edits = via.get("edits") if name == "mask" else None
    for place, value in zip(
        places, images.write(via[name], source, name, corpus.words["extensions"], edits), strict=True
    ):
        if value is not ABSENT:
            put(item, place, value)


def _parts(name: str, value: Json, brackets: str | None) -> Iterator[Json]:
    """Give the parts that a value of a form is said by."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            bare = brackets is None or (brackets == "empty" and len(value) == 1)
            yield from _parts(name if bare else f"{name}[{at if brackets == 'index' else ''}]", item, brackets)
    elif isinstance(value, dict) and "base64" in value:
        yield {"name": name, **value}
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(f"{name}[{key}]", item, brackets)
    elif isinstance(value, bool):
        yield {"name": name, "value": "true" if value else "false"}
    elif value is not None:
        yield {"name": name, "value": value if isinstance(value, str) else values.number_text(value)}
