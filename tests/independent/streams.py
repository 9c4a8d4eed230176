"""Streams, read: section 11 of the guide, but for what of them is carried."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator

import answers
import facts
from documents import ABSENT, Json, equal, get, holds, put
from targets import Corpus, resolve

_ECHOES = ("size", "quality", "background", "output_format")
_WHOLE = ("usage", "outcome", "filtered", "drafts", "text", "request_id")
_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"not": {"type": "null"}}}}


def decode(corpus: Corpus, vector: Json) -> list[Json]:
    """Give the canonical events of a stream."""
    target, request = vector["target"], vector.get("request")
    headers = {name.lower(): value for name, value in vector.get("headers", {}).items()}
    meant = resolve(corpus, target, request or {}, None)
    section = meant.flat["event"]
    if vector["text"].lstrip().startswith("{") and "event-stream" not in headers.get("content-type", ""):
        native = {"status": 200, "headers": headers, "body": {"json": json.loads(vector["text"])}}
        if _is_error(section, native["body"]["json"]):
            return [_error(corpus, vector, section, native["body"]["json"], headers)]
        return _events_of(corpus, meant, answers.decode(corpus, target, native, request))
    bodies = list(frames(vector["text"], section.get("name")))
    fault = next((at for at, body in enumerate(bodies) if body is ABSENT or _is_error(section, body)), None)
    said = bodies if fault is None else bodies[:fault]
    native = {"status": 200, "headers": headers, "body": {"json": None}}
    if "variants" in section:
        events = list(_one_by_one(corpus, meant, section, said, headers))
    else:
        events = _whole(corpus, vector, meant, section, said, native, ended=fault is None)
    if fault is not None:
        events.append(_error(corpus, vector, section, bodies[fault], headers))
    elif not any(event["type"].endswith(("completed", "error")) for event in events):
        events.append(_nothing(corpus, vector, section, native))
    return events


def frames(text: str, name_at: str | None) -> Iterator[Json]:
    """Yield the bodies of a text: events, the items of an array, or one document; ABSENT for what is no JSON."""
    begun = text.removeprefix("\ufeff").lstrip()
    if begun.startswith("["):
        yield from json.loads(begun)
        return
    for block in re.split(r"\n\n+", begun.replace("\r\n", "\n").replace("\r", "\n").strip("\n")):
        lines = [line.partition(":") for line in block.split("\n") if not line.startswith(":")]
        data = "\n".join(value.removeprefix(" ") for name, _, value in lines if name == "data")
        data = block if block.startswith(("{", "[")) else data
        names = [value.removeprefix(" ") for name, _, value in lines if name == "event"]
        if data and data != "[DONE]":
            try:
                body = json.loads(data)
            except ValueError:
                yield ABSENT
                return
            if names and name_at is not None and get(body, name_at) is ABSENT:
                put(body, name_at, names[-1])
            yield body


def _is_error(section: Json, body: Json) -> bool:
    return holds(section.get("error", {}).get("match", _ERROR), body)


def _family(meant: Json) -> str:
    return "image_generation" if meant.operation == "generate" else "image_edit"


def _one_by_one(corpus: Corpus, meant: Json, section: Json, bodies: list[Json], headers: Json) -> Iterator[Json]:
    """Read events of which each is a message by itself."""
    count = 0
    for body in bodies:
        native = {"status": 200, "headers": headers, "body": {"json": body}}
        read = answers.read(corpus, section, meant.provider["provider"], native, "event")
        if read is None or not (read[1].get("b64_json") or read[1].get("url")):
            continue
        event = read[1]
        date = facts.seconds_of(headers.get("date"))
        event = {**({"created_at": date} if date and "created_at" not in event else {}), **event}
        if event["type"].endswith("completed"):
            item = {name: event[name] for name in ("b64_json", "url", "mime_type") if name in event}
            around = {name: event[name] for name in ("usage", "output_format") if name in event}
            full = facts.complete_response(corpus, {**around, "data": [item]}, native, None)
            usage = {"usage": full["usage"]} if "usage" in event else {}
            event = {**full["data"][0], "index": count, **event, **usage}
            count += 1
        yield event


def _whole(
    corpus: Corpus, vector: Json, meant: Json, section: Json, bodies: list[Json], native: Json, *, ended: bool
) -> list[Json]:
    """Read the answer that pieces add up to, as events."""
    whole = _added(section["parts"], bodies) if "parts" in section else _grown(section, bodies)
    native["body"] = {"json": whole}
    try:
        full = answers.decode(corpus, vector["target"], native, vector.get("request"))
    except answers.Mismatch:
        return []
    if "error" in full:
        told = ended and (_closed(section, bodies) or not _begun(section, whole))
        return [{"type": "error", **full}] if told else []
    events = _events_of(corpus, meant, full)
    if not ended:
        events[-1].pop("outcome", None)
    return events


def _begun(section: Json, whole: Json) -> bool:
    """Say whether the list that grows has an item."""
    grows = section["parts"]["grows"] if "parts" in section else "/" + section["deltas"]["grows"]
    return get(whole, grows) not in (ABSENT, [])


def _events_of(corpus: Corpus, meant: Json, full: Json) -> list[Json]:
    """Give the events of a whole answer."""
    if "error" in full:
        return [{"type": "error", **full}]
    several = len({item.get("mime_type") for item in full["data"]}) > 1
    formats = {mime: name for name, mime in corpus.words["media_types"].items()}
    events = []
    for item in full["data"]:
        event = {"type": f"{_family(meant)}.completed", **item, "created_at": full["created"]}
        event |= {name: full[name] for name in _ECHOES if name in full}
        if several and item.get("mime_type") in formats:
            event.setdefault("output_format", formats[item["mime_type"]])
        events.append(event)
    events[-1] |= {name: full[name] for name in _WHOLE if name in full}
    return events


def _added(form: Json, bodies: list[Json]) -> Json:
    """Lay the parts of an answer over each other."""
    whole: Json = {}
    grown: list[Json] = []
    for body in bodies:
        closing = get(body, form["last"][0]) not in (ABSENT, None)
        part, items = copy.deepcopy(body), get(body, form["grows"])
        if isinstance(items, list):
            put(part, form["grows"], [])
            for place, item in enumerate(items):
                if not (closing and equal(item, {form.get("join"): ""})):
                    _add(grown, item, form.get("join"), whole=place > 0)
        whole = _laid(whole, part)
    if grown:
        put(whole, form["grows"], grown)
    return whole


def _add(items: list[Json], item: Json, join: str | None, *, whole: bool) -> None:
    """Put an item behind the others, or continue the text of the last."""
    last = items[-1] if items and not whole else {}
    texts = [isinstance(each, dict) and isinstance(each.get(join), str) for each in (last, item)]
    if join and all(texts) and equal({**last, join: ""}, {**item, join: ""}):
        items[-1] = {**item, join: last[join] + item[join]}
    else:
        items.append(item)


def _laid(mine: Json, value: Json) -> Json:
    if isinstance(value, dict) and isinstance(mine, dict | None):
        held = mine or {}
        return held | {key: _laid(held.get(key), inner) for key, inner in value.items()}
    if isinstance(value, list) and isinstance(mine, list | None):
        held = mine or []
        longer = [_laid(held[at] if at < len(held) else None, item) for at, item in enumerate(value)]
        return longer + held[len(value) :]
    return mine if isinstance(mine, dict | list) else value


def _closed(section: Json, bodies: list[Json]) -> bool:
    """Say whether a closing event, or part, has come."""
    if "parts" in section:
        return any(get(body, section["parts"]["last"][0]) not in (ABSENT, None) for body in bodies)
    return any(get(body, section["name"]) == section["deltas"]["close"]["is"] for body in bodies)


def _grown(section: Json, bodies: list[Json]) -> Json:
    """Put an answer together of events that say what they add."""
    form, whole, members = section["deltas"], {}, {}
    for body in bodies:
        kind = get(body, section["name"])
        step = next((name for name in ("open", "start", "item", "close") if form[name]["is"] == kind), None)
        if step is None:
            continue
        held = get(body, form[step]["at"]) if "at" in form[step] else ABSENT
        held = copy.deepcopy({} if held is ABSENT else held)
        at = get(body, form[step]["index"]) if "index" in form[step] else None
        if step in ("open", "close"):
            whole |= held
        elif step == "start":
            members[at] = held
        elif holds(form["item"].get("if", True), held):
            _add(members[at].setdefault(form["items"], []), held, form.get("join"), whole=False)
        else:
            members[at] |= {key: value for key, value in held.items() if key != form.get("kind")}
    return {**whole, form["grows"]: [members[at] for at in sorted(members)]} if members else whole


def _error(corpus: Corpus, vector: Json, section: Json, body: Json, headers: Json) -> Json:
    """Read what an error in a stream says; what is no JSON is a server_error."""
    if body is ABSENT:
        said = {"category": "server_error", "error": {}, "native_status": 200}
        return {"type": "error", **facts.complete_error(corpus, said, {"headers": {}})}
    says = section.get("error", {})
    status = get(body, says["status"]) if "status" in says else 200
    status = says.get("statuses", {}).get(status, 500) if isinstance(status, str) else status
    status = status if type(status) is int and 200 <= status <= 599 else 500
    native = {"status": status, "headers": headers, "body": {"json": body}}
    read = answers.decode(corpus, vector["target"], native, vector.get("request"))
    return {"type": "error", **read, "native_status": 200}


def _nothing(corpus: Corpus, vector: Json, section: Json, native: Json) -> Json:
    """Tell what a stream means that ended with neither an image nor an error."""
    if "variants" in section:
        native["body"] = {"json": {}}
        return {"type": "error", **answers.decode(corpus, vector["target"], native, vector.get("request"))}
    said = {"category": "server_error", "error": {"code": "no_image_generated"}, "native_status": 200}
    return {"type": "error", **facts.complete_error(corpus, said, {"headers": {}})}
