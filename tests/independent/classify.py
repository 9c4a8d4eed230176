"""What an error means: the error table of section 10 of the guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import facts
from documents import ABSENT, Json, get
from targets import Corpus


def walk(document: Json, place: str) -> Iterator[Json]:
    """Yield what stands at a pointer in which `*` is every item of a list."""
    before, star, after = place.partition("/*")
    found = get(document, before)
    if not star:
        yield from [] if found is ABSENT else [found]
    elif isinstance(found, list):
        for item in found:
            yield from walk(item, after)


def classified(corpus: Corpus, section: Json, own: Json, native: Json, canonical: Json) -> Json:
    """Tell the category of an error."""
    error = canonical.setdefault("error", {})
    text = error["message"] if isinstance(error.get("message"), str) else ""
    said = {"status": native["status"], "param": error.get("param")}
    said |= {name: _fact(own[name], own.get("pattern"), native) for name in ("code", "type") if name in own}
    rows = [own] if "category" in own else section.get("classify", ())
    row = next((row for row in rows if row is own or _met(row, said, text)), None)
    canonical["category"] = row["category"] if row else facts.category_of(corpus, native["status"])
    canonical["native_status"] = native["status"]
    if row and "as" in row:
        error["code"] = row["as"]
    for pattern, template in section.get("params", ()):
        found = re.search(pattern, text)
        if found is not None and error.get("param") is None:
            error["param"] = re.sub(r"\{([0-9]+)\}", lambda hole, found=found: found[int(hole[1])] or "", template)
    for pattern in section.get("redact", ()):
        canonical = _redacted(canonical, pattern)
    return canonical


def _redacted(document: Json, pattern: str) -> Json:
    if isinstance(document, str):
        return re.sub(pattern, "[redacted]", document)
    if isinstance(document, dict):
        return {key: _redacted(value, pattern) for key, value in document.items()}
    return [_redacted(item, pattern) for item in document] if isinstance(document, list) else document


def _fact(places: list[str], pattern: str | None, native: Json) -> Json:
    for value in (value for place in places for value in walk(native, place)):
        found = re.match(pattern, value) if isinstance(value, str) and pattern else None
        if found is not None:
            return found[1]
        if isinstance(value, str | int) and not isinstance(value, bool):
            return value
    return ABSENT


def _met(row: Json, said: Json, text: str) -> bool:
    named = [name for name in ("status", "code", "type", "param") if name in row]
    facts_met = all(said.get(name) in _listed(row[name]) for name in named)
    return facts_met and ("message" not in row or re.search(row["message"], text, re.IGNORECASE) is not None)


def _listed(value: Json) -> list[Any]:
    return value if isinstance(value, list) else [value]
