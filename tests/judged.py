"""
What a request still says after it went there and came back: the judge of law L2, written by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from imagetx.document import equal
from imagetx.words import SILENCE
from tests.dialects import Case
from tests.images import same_images, same_mask

Json = Any
GEOMETRY = ("size", "aspect_ratio", "resolution")
TIERS = {"512": 512**2, "1K": 1024**2, "2K": 2048**2, "4K": 4096**2}
_ASIDE = {"model", "operation", "provider_options", *GEOMETRY}


def differences(case: Case, request: Mapping[str, Json], back: Mapping[str, Json]) -> set[str]:
    """Name the fields that were given and do not come back, and those that came back and were not given."""
    lost = {name for name, value in request.items() if not satisfied(case, name, value, back)}
    added = {
        name
        for name, value in back.items()
        if name not in request and name not in _ASIDE and not means_silence(case, name, value)
    }
    if is_unframed(case, request):
        lost |= {name for name in GEOMETRY if request.get(name) not in {None, "auto"}}
    return lost | added | unasked_geometry(request, back)


def is_unframed(case: Case, request: Mapping[str, Json]) -> bool:
    """Say whether a request has images and the dialect says no geometry beside images: the frames are not its own."""
    shared, *variants = sections(case)
    beside = [each for each in variants if '"/image/' in json.dumps(each) or "inputs" in each]
    framed = [rule for each in (shared, *beside) for rule in each.get("rules", ()) if "frame" in str(rule.get("via"))]
    dropped = all("resolution" in each.get("drop", ()) for each in beside)
    return "image" in request and beside != [] and (dropped or not framed)


def unasked_geometry(request: Mapping[str, Json], back: Mapping[str, Json]) -> set[str]:
    """Name the geometry that comes back where none was asked: what the dialect always sends is said by a note."""
    if any(request.get(name) not in {None, "auto"} for name in GEOMETRY):
        return set()
    return {name for name in GEOMETRY if back.get(name) not in {None, "auto"}}


def silent_anyway(request: Mapping[str, Json], back: Mapping[str, Json]) -> set[str]:
    """Name the fields that came back as canonical silence: a note of them is allowed and not demanded."""
    return {name for name in back if name not in request and equal(back[name], SILENCE.get(name))}


def sections(case: Case) -> list[Json]:
    """List the request section of a dialect and those of its variants."""
    section = case.dialect.says["request"]
    return [section, *section.get("variants", {}).values()]


def rules(case: Case) -> list[Json]:
    return [rule for section in sections(case) for rule in section.get("rules", ())]


def means_silence(case: Case, name: str, value: Json) -> bool:
    silent = [rule["silent"] for rule in rules(case) if rule.get("from") == name and "silent" in rule]
    fixed = [
        section[key][name] for section in sections(case) for key in ("fixed", "implies") if name in section.get(key, {})
    ]
    canonical = [SILENCE[name]] if name in SILENCE else []
    return any(equal(value, silence) for silence in [*silent, *fixed, *canonical])


def sent_anyway(case: Case, name: str, value: Json) -> bool:
    """Say whether a geometry is what the dialect sends by itself where none is asked (`default` of a frame)."""
    sent = [rule for rule in rules(case) if "default" in rule and "frame" in str(rule.get("via"))]
    return name in GEOMETRY and any(
        value == rule["default"] or pixels_met(rule["via"]["frame"], name, value, {"size": rule["default"]})
        for rule in sent
    )


def satisfied(case: Case, name: str, value: Json, back: Mapping[str, Json]) -> bool:
    """Say whether a decoded request still says a field (style.md, L2)."""
    if name in ("image", "mask"):
        return name in back and (same_images if name == "image" else same_mask)(value, back[name])
    if name == "provider_options":
        return carried(value, back.get(name))
    if equal(back.get(name), value) or (name not in back and means_silence(case, name, value)):
        return True
    return name in GEOMETRY and geometry_met(case, name, value, back)


def carried(given: Json, back: Json) -> bool:
    """Say whether native keys that were given come back; a verbatim word of a field (style) may stand beside them."""
    if isinstance(given, dict) and isinstance(back, dict):
        return all(key in back and carried(value, back[key]) for key, value in given.items())
    return equal(given, back)


def geometry_met(case: Case, name: str, value: str, back: Mapping[str, Json]) -> bool:
    """Judge geometry by what was achieved: pixels, ratio and tier, as one of the dialect's frames says it."""
    frames = [rule["via"]["frame"] for rule in rules(case) if "frame" in str(rule.get("via"))]
    frames = [frame for frame in frames if (frame["form"] == "ratio") != ("size" in back)] or frames  # its variant's
    return value == "auto" or any(
        (ratio_met if frame["form"] == "ratio" else pixels_met)(frame, name, value, back) for frame in frames
    )


def ratio_met(frame: Json, name: str, value: str, back: Mapping[str, Json]) -> bool:
    label, tier = back.get("aspect_ratio"), back.get("resolution")
    key = f"{label} {tier}" if "tiers" in frame else label
    if name == "size":
        return frame.get("pixels", {}).get(key) == value
    if name == "aspect_ratio":
        return label is not None and _ratio(value) == _ratio(label)  # 7:5 is said as 14:10
    return bool(value == (tier or frame.get("tier")))


def _ratio(text: str) -> Fraction:
    width, height = map(int, text.split(":"))
    return Fraction(width, height)


def pixels_met(frame: Json, name: str, value: str, back: Mapping[str, Json]) -> bool:
    if "size" not in back:
        return False
    width, height = map(int, back["size"].split("x"))
    if name == "aspect_ratio":
        return Fraction(width, height) == _ratio(value)
    return name == "resolution" and Fraction(95, 100) * TIERS[value] <= width * height <= TIERS[value]
