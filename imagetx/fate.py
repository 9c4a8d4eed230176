"""
Fates: what becomes of a field under one rule, as a document.

A field is *said* (it has a native place, through a codec), *fixed* (the dialect always does one thing, whatever
is asked), *dropped* with a note, or *refused*; a *const* is a native line without a field. `explain` prints
fates, `capabilities` asks them: neither reads a spec's line by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pydantic_core

from imagetx.describe import describe
from imagetx.document import Json, pointer_of
from imagetx.rule import Rule
from imagetx.via import compile_codec, is_joint, is_over_images
from imagetx.words import PREFERENCES

_BESIDE: Final = frozenset({"description", "x-noun"})  # of a canonical field's schema: no limits
_NUMBERS: Final = ("scale", "nearest")


def fates(rule: Rule, limits: Mapping[str, Any], canonical: Mapping[str, Any]) -> Iterator[dict[str, Json]]:
    """
    Tell what becomes of each field of a rule.

    Args:
        rule: A rule of a request.
        limits: The limits of the variant's section, by field.
        canonical: The JSON Schemas of the canonical fields.

    Returns:
        A line a field, as `schemas/explain.schema.json` describes it; one line with the field None for a constant.
    """
    says = rule.says
    to = [pointer_of(path) for path in rule.owns]
    how, exact = _how(says)
    shared = {"to": to, "how": how, "exact": exact, "becomes": becomes(says)}
    if not rule.fields:
        yield {"field": None, **shared, **_inside(says), **_reasons(says)}
        return
    for path in rule.fields:
        name = pointer_of(path).removeprefix("/")
        part = next((owner for owner in says.get("parts", ()) if owner["from"] == name), None)
        line: dict[str, Json] = {"field": name, **shared, **_inside(says if part is None else part), **_reasons(says)}
        if part is not None:
            at = part.get("at", part.get("to"))
            line["at"] = [at] if isinstance(at, str) else at
        if says.get("required") and path == rule.fields[0]:  # the others of a list may be there
            line["required"] = True
        if name in limits:
            line["limits"] = describe(limits[name])
        if name in limits and line["becomes"] == "said":  # what is not said need not fit
            line["schema"] = limited(canonical.get(name, {}), limits[name])
            if name in PREFERENCES:
                line["clamped"] = True
        for silence in ("silent", "absent", "default"):
            if silence in says:
                line[silence] = says[silence]
        yield line


def becomes(says: Mapping[str, Any]) -> str:
    """Name the fate of a line's fields: `said`, `fixed`, `dropped`, `refused`, or `const` where it has none."""
    if "drop" in says:
        return "dropped"
    if "refuse" in says:
        return "refused"
    if "fixed" in says or "infer" in says:  # who infers writes nothing: this form of a message always is it
        return "fixed"
    return "const" if "const" in says else "said"


def limited(canonical: Mapping[str, Json], own: Mapping[str, Json]) -> dict[str, Json]:
    """
    Lay a dialect's limits over the canonical schema of a field, as plain JSON Schema.

    Null, which says nothing, is left out. Patterns of specs match the whole string, those of JSON Schema need not.
    """
    schema = {word: argument for word, argument in {**canonical, **own}.items() if word not in _BESIDE}
    kinds = schema.get("type")
    if isinstance(kinds, list):
        plain = [kind for kind in kinds if kind != "null"]
        schema["type"] = plain[0] if len(plain) == 1 else plain
    pattern = schema.get("pattern", "^")
    if not pattern.startswith("^"):
        schema["pattern"] = f"^({pattern})$"
    return schema


def word_of(value: Json) -> str:
    """Spell a canonical word as a key: a text as it is, else its JSON text."""
    return value if isinstance(value, str) else pydantic_core.to_json(value).decode()


def _inside(says: Mapping[str, Any]) -> dict[str, Json]:
    """Give the tables of a line: words, geometry, scale, roles of images, the constant."""
    if "const" in says:
        return {"value": says["const"]}
    if "infer" in says:
        return {"value": says["infer"]}
    if "fixed" in says:
        return {"value": says["value"]}
    via = says.get("via", "same")
    if is_over_images(via):
        kind = next(word for word in ("image", "images", "mask") if word in via)
        return {"forms": list(dict.fromkeys(_roles(via[kind]))), **_polarity(via, kind)}
    found: dict[str, Json] = {}
    for codec in via if isinstance(via, list) else [via]:
        if isinstance(codec, str):
            continue
        if "enum" in codec:
            rows = codec["enum"].items() if isinstance(codec["enum"], dict) else codec["enum"]
            found["words"] = {word_of(word): native for word, native in rows}
            if "null" in codec:
                found["null"] = codec["null"]
            if codec.get("open"):
                found["open"] = True
        elif "rows" in codec:
            found["words"] = {word_of(word): natives for word, natives in codec["rows"]}
        elif "frame" in codec:
            found["geometry"] = codec["frame"]
        else:
            found |= {name: codec[name] for name in _NUMBERS if name in codec}
    return found


def _polarity(via: Mapping[str, Any], kind: str) -> dict[str, Json]:
    """Tell which pixels of a mask mean edit: the dialect's own polarity, or those that a place names."""
    if kind != "mask":
        return {}
    named = [role["edits"] for role in via["mask"] if isinstance(role, dict) and "edits" in role]
    polarity = list(named[0]) if named else [via["edits"]]
    return {"edits": polarity, "soft": via.get("soft", False)}


def _reasons(says: Mapping[str, Any]) -> dict[str, Json]:
    """Give the comment of a line and where the provider says so."""
    pairs = (("reason", "reason"), ("reason", "why"), ("source", "source"))
    return {name: says[key] for name, key in pairs if key in says}


def _how(says: Mapping[str, Any]) -> tuple[str, bool]:
    """Say in words how a rule says its field, and whether nothing can be lost."""
    if "const" in says:
        return f"always {says['const']!r}", True
    for word in ("drop", "refuse"):
        if word in says:
            return ("dropped", False) if word == "drop" else ("refused", True)
    if "fixed" in says:
        return "fixed", False
    if "parts" in says or "each" in says:
        return "list", True
    if "infer" in says:
        return "inferred", False
    if "find" in says:
        return f"found in {says['find']}", False
    via = says.get("via", "same")
    if is_over_images(via):
        return _how_images(via), "mask" not in via or via.get("soft", False)  # edges that are soft are made hard
    if is_joint(via):
        name = via if isinstance(via, str) else next(iter(via))
        detail = via["frame"]["form"] if name == "frame" else ""
        return f"{name} {detail}".strip(), name != "frame"
    codec = compile_codec(via)
    table = via.get("enum") if isinstance(via, dict) else None
    return codec.name + ("" if not isinstance(table, dict) else ": " + _words_of(table)), codec.exact


def _words_of(table: Mapping[str, Json]) -> str:
    """Say what a table makes of each word, those that the dialect has no word for last."""
    said = [f"{word} = {native}" for word, native in table.items() if native is not None]
    none = [word for word, native in table.items() if native is None]
    return ", ".join(said) + (f"; no word for {', '.join(none)}" if none else "")


def _how_images(via: Mapping[str, Any]) -> str:
    """Say in words in which forms images or a mask are said, and what the mask means."""
    kind = next(word for word in ("image", "images", "mask") if word in via)
    edits = f", {via['edits']} means edit" if "edits" in via else ""
    return (
        f"{kind} as {', '.join(dict.fromkeys(_roles(via[kind])))}{edits}{', soft edges too' if via.get('soft') else ''}"
    )


def _roles(places: Any) -> Iterable[str]:
    """Name the forms in which a place or several hold an image."""
    entries = places if isinstance(places, list) else [places]
    flat = [role for entry in entries for role in (entry if isinstance(entry, list) else [entry])]
    return [role if isinstance(role, str) else next(iter(role)) for role in flat]
