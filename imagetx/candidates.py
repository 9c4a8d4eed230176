"""
Candidates: the values of a field that are worth asking about, as a dialect's own lines name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import gcd
from typing import Any, Final

import pydantic_core

from imagetx.ability import Frame, stated
from imagetx.circumstance import PLAIN
from imagetx.document import Json
from imagetx.schemas import canonical_schemas
from imagetx.words import WORDS

Line = dict[str, Json]

_GEOMETRY: Final = ("size", "aspect_ratio", "resolution")


def candidates(name: str, told: list[Line]) -> list[Json]:
    """
    List the values of a field that are asked about.

    Args:
        name: The field.
        told: What becomes of it in every form.

    Returns:
        The words that the forms have or that are canonical, both ends of the ranges of numbers, the sizes, ratios and
        tiers that frames list; a plain value of a text.
    """
    kind = canonical_schemas()["request"]["properties"][name].get("type", [])
    if "boolean" in kind:
        return [True, False]
    found: list[Json] = []
    if "integer" in kind or "number" in kind:
        for line in told:
            found += [end for end in span(name, [line])[::-1] if end is not None]
        found.append(PLAIN[name])
    for line in told:
        if "geometry" in line:
            found += _listed(name, line["geometry"])
        elif "words" in line and not found:
            found += [_word(word) if "integer" in kind else word for word in line["words"]]
        elif "words" in line:
            found += [word for word in line["words"] if "integer" not in kind]
        if line["becomes"] == "fixed":
            found.append(line["value"])
    if name in WORDS or name in _GEOMETRY:
        found += WORDS.get(name, ()) if name != "size" else [PLAIN["size"]]
    distinct: list[Json] = []
    for value in found or [PLAIN[name]]:
        if not any(value == other and type(value) is type(other) for other in distinct):
            distinct.append(value)
    return distinct


def _word(text: str) -> Json:
    """Read a word that is spelled as JSON."""
    return pydantic_core.from_json(text)


def span(name: str, told: Iterable[Line]) -> tuple[Json, Json]:
    """
    Tell the least and the greatest number that is said without loss; None where there is none.

    Args:
        name: The field.
        told: Lines that say it: its limits, and the scale on which it is said.
    """
    canonical = canonical_schemas()["request"]["properties"][name]
    lows, highs = [canonical.get("minimum")], [canonical.get("maximum")]
    for line in told:
        schema, scale = line.get("schema", {}), line.get("scale")
        lows.append(schema.get("minimum"))
        highs.append(schema.get("maximum"))
        if scale is not None:
            ends = sorted(_unscaled(scale, end) for end in ("minimum", "maximum"))
            lows.append(_plain(ends[0]))
            highs.append(_plain(ends[1]))
    least = [low for low in lows if low is not None]
    greatest = [high for high in highs if high is not None]
    return max(least, default=None), min(greatest, default=None)


def _unscaled(scale: dict[str, Any], end: str) -> Decimal:
    """Tell which number becomes an end of a scale; infinite where it has none."""
    by, add = Decimal(str(scale.get("by", 1))), Decimal(str(scale.get("add", 0)))
    if end in scale:
        return (Decimal(str(scale[end])) - add) / by
    return Decimal("-Infinity" if (end == "minimum") == (by > 0) else "Infinity")


def _plain(number: Decimal) -> Json:
    """Give a number as JSON has it; None for one that is infinite."""
    if number.is_infinite():
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _listed(name: str, frame: dict[str, Any]) -> Iterator[Json]:
    """Yield what a frame lists of a field."""
    sizes = _sizes(frame)
    if name == "size":
        yield from sizes
    elif name == "aspect_ratio":
        yield from frame.get("ratios", frame.get("between", ()))
        yield from () if frame["form"] == "ratio" else dict.fromkeys(map(_ratio, sizes))


def _sizes(frame: dict[str, Any]) -> list[str]:
    """List the sizes of a frame: those that there are, or that are published."""
    if frame["form"] == "ratio":
        return list(dict.fromkeys(frame.get("pixels", {}).values()))
    return list(frame.get("pairs", ()))


def is_listed(name: str, frame: dict[str, Any]) -> bool:
    """Say whether a frame lists all that can be said of a field."""
    if name == "aspect_ratio":
        return frame["form"] == "list" or "ratios" in frame
    return name == "size" and bool(_sizes(frame))


def _ratio(size: str) -> str:
    width, height = map(int, size.split("x"))
    common = gcd(width, height)
    return f"{width // common}:{height // common}"


def frame_of(frame: dict[str, Any]) -> Frame:
    """Describe a frame of a spec."""
    said: dict[str, Json] = {"form": frame["form"], "sizes": _sizes(frame) or None}
    if frame["form"] == "pixels":
        low, high = frame.get("min", frame["multiple"]), frame["max"]
        said |= {"multiple": frame["multiple"], "edge": [low, high], "pixels": frame.get("pixels")}
        said["ratio"] = frame.get("ratio")
    if frame["form"] == "ratio":
        said |= {name: frame.get(name) for name in ("ratios", "between", "tiers", "tier")}
    return Frame.model_validate(stated(said))
