"""
What a line of `explain` says, in words: its rule, what is lost by it, a geometry, what input images must be.

`conditions.py` words when something holds; here stands what is done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from imagetx.document import Json

_RULES: Final[Mapping[str, str]] = {
    "same": "unchanged",
    "number": "as its text",
    "boolean": "as its text",
    "enum": "word for word",
    "rows": "word for word",
    "list": "an item of the list",
}
_NAMED: Final = frozenset({"style", "sampler"})
"""Fields that take names of a provider's own: there are more words than a table can list."""

_FORMS: Final[Mapping[str, str]] = {
    "pixels": "nearest legal pixels",
    "list": "nearest listed size",
    "ratio": "nearest ratio and tier",
}


def rule(line: Mapping[str, Any]) -> str:
    """
    Name the rule that says a field.

    Args:
        line: A line of `explain`.

    Returns:
        A few words: `unchanged`, `word for word`, `nearest listed size`, `always 1`.
    """
    if line["becomes"] in ("const", "fixed"):
        return f"always {literal(line.get('value'))}"
    if line["becomes"] in ("dropped", "refused"):
        return str(line["becomes"])
    if "geometry" in line:
        geometry = line["geometry"]
        tiers = "tiers" in geometry or geometry["form"] != "ratio"
        return _FORMS[geometry["form"]] if tiers else "nearest ratio"
    name, _, _ = str(line["how"]).partition(":")
    if "scale" in line:
        scale = line["scale"]
        return "scaled" + "".join(f", {key} {scale[key]}" for key in ("by", "add") if key in scale)
    return "word for word" if "words" in line else _RULES.get(name, name)


def lost(line: Mapping[str, Any]) -> str:
    """
    Say what is lost where a line says its field; "" where nothing can be.

    Args:
        line: A line of `explain`.
    """
    match line["becomes"]:
        case "dropped":
            return "all of it"
        case "refused":
            return ""
        case "fixed":
            return f"any value but {literal(line.get('value'))}"
    if "geometry" in line:
        return _lost_geometry(str(line["field"]), line["geometry"])
    if "words" in line:
        other = "" if line["exact"] or line["field"] not in _NAMED else "any other word"
        return _lost_words(line["words"]) or other
    if line["exact"]:
        return ""
    return "hard edges where the mask has soft ones" if line["field"] == "mask" else "what has no native value"


def _lost_geometry(field: str, frame: Mapping[str, Any]) -> str:
    if frame["form"] != "ratio":
        return {
            "size": "pixels that are not legal",
            "aspect_ratio": "ratios that no legal size has exactly",
            "resolution": "areas that no legal size has",
        }.get(field, "")
    tiers = frame.get("tiers")
    return {
        "size": "pixels: only their ratio " + ("and tier are" if tiers else "is") + " said",
        "aspect_ratio": "ratios that are not " + ("in the bounds" if "between" in frame else "listed"),
        "resolution": "tiers that are not listed",
    }.get(field, "")


def _lost_words(table: Mapping[str, Json]) -> str:
    """Say which words share a native one, and which have none."""
    natives: dict[str, list[str]] = {}
    for word, native in table.items():
        natives.setdefault("" if native is None else literal(native), []).append(word)
    none = natives.pop("", [])
    said = [f"{' = '.join(words)}" for words in natives.values() if len(words) > 1]
    return "; ".join([*said, *([f"no word for {', '.join(none)}"] if none else [])])


def words(table: Mapping[str, Json]) -> list[dict[str, Json]]:
    """
    Give a table of words by its native words.

    Args:
        table: Canonical word -> native value, None where there is none.

    Returns:
        `{"native", "canonical": [...]}` in the order of the table, the words without a native one last.
    """
    natives: dict[str, list[str]] = {}
    for word, native in table.items():
        natives.setdefault("" if native is None else literal(native), []).append(word)
    none = natives.pop("", [])
    said: list[dict[str, Json]] = [{"native": native, "canonical": list(own)} for native, own in natives.items()]
    return said + ([{"native": None, "canonical": list(none)}] if none else [])


def geometry(frame: Mapping[str, Any]) -> str:
    """
    Say what sizes there are, in one line.

    Args:
        frame: The geometry of a line of `explain`.
    """
    return ", ".join(_geometry(frame))


def _geometry(frame: Mapping[str, Any]) -> Iterator[str]:
    if frame["form"] == "list":
        yield f"{len(frame['pairs'])} listed size{'' if len(frame['pairs']) == 1 else 's'}"
    elif frame["form"] == "pixels":
        yield f"edges {frame.get('min', frame['multiple'])} to {frame['max']} px"
        if frame["multiple"] > 1:
            yield f"in multiples of {frame['multiple']}"
        low, high = frame.get("pixels", (None, None))
        if low is not None or high is not None:
            yield between(low, high, "px in all")
        if "ratio" in frame:
            yield f"at most {frame['ratio']}:1"
    else:
        bounds = frame.get("between")
        yield f"any ratio {bounds[0]} to {bounds[1]}" if bounds else f"{len(frame['ratios'])} ratios"
        if "tiers" in frame:
            yield "tiers " + " ".join(frame["tiers"])
        elif "tier" in frame:
            yield f"always {frame['tier']}"
    if frame.get("auto"):
        yield "or auto"


def inputs(says: Mapping[str, Any]) -> list[dict[str, Json]]:
    """
    Say what input images must be.

    Args:
        says: `inputs` of a form of `explain`: by `image`, `mask`, `first`.

    Returns:
        `{"what", "limits", "source"}` each.
    """
    return [
        {"what": what, "limits": "; ".join(_input(own)), "source": own.get("source")}
        for what, own in says.items()
        if isinstance(own, Mapping)
    ]


def _input(own: Mapping[str, Any]) -> Iterator[str]:
    if "least" in own or "most" in own:
        yield between(own.get("least") or None, own.get("most"), "images" if own.get("most") != 1 else "image")
    if "types" in own:
        yield ", ".join(kind.removeprefix("image/") for kind in own["types"])
    if "bytes" in own:
        yield f"at most {own['bytes']:,} bytes each"
    if "edge" in own:
        yield between(own["edge"][0], own["edge"][1], "px an edge")
    if "pixels" in own:
        yield between(own["pixels"][0], own["pixels"][1], "px in all")
    if "ratio" in own:
        yield f"at most {own['ratio']}:1"
    if "sizes" in own:
        yield "one of " + ", ".join(own["sizes"])
    if own.get("alike"):
        yield "the size of the first image"


def between(low: Json, high: Json, unit: str) -> str:
    """Say a range with both ends; None is no end."""
    if low is None and high is None:
        return f"any {unit}"
    if low == high:
        return f"exactly {low:,} {unit}"
    if high is None:
        return f"at least {low:,} {unit}"
    return f"at most {high:,} {unit}" if low is None else f"{low:,} to {high:,} {unit}"


def literal(value: Json) -> str:
    """Write a value as JSON, a text that is a plain word as it is."""
    plain = isinstance(value, str) and value != "" and value.isprintable()
    return value if plain else json.dumps(value, ensure_ascii=False)
