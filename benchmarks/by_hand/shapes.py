"""
Sizes, ratios and tiers by hand: a pair of pixels on a grid, or one of a provider's ratios.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import ceil, floor, log, sqrt
from typing import Any, Final

from benchmarks.by_hand.checks import Json, Notes, Problems, text, wrong
from imagetx import Note

SIZE: Final = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})", re.ASCII)
RATIO: Final = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})", re.ASCII)
SHAPES: Final = ("size", "aspect_ratio", "resolution")
TIERS: Final = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}


def pair(request: Json, name: str, pattern: re.Pattern[str], problems: Problems) -> tuple[int, int] | None:
    """Read `WxH` or `W:H`; `auto` is silence."""
    value = request.get(name)
    if value is None:
        return None
    found = pattern.fullmatch(value) if type(value) is str else None
    if found is None:
        if value != "auto" or name != "size":
            wrong(problems, f"/{name}", "WxH or auto" if name == "size" else "W:H", value)
        return None
    return int(found[1]), int(found[2])


def asked(request: Json, problems: Problems) -> tuple[tuple[int, int] | None, tuple[int, int] | None, str | None]:
    """Read all three, which must agree within 4 percent."""
    size = pair(request, "size", SIZE, problems)
    ratio = pair(request, "aspect_ratio", RATIO, problems)
    tier = text(request, "resolution", problems)
    if size is not None and ratio is not None:
        off = size[0] * ratio[1] / (size[1] * ratio[0])
        if not 1 / 1.04 <= off <= 1.04:
            wrong(problems, "/size", "a size of the aspect_ratio", request["size"])
    return size, ratio, tier


class Grid:
    """A grid of pixels: multiples between two edges, with an area and a widest ratio."""

    def __init__(self, multiple: int, low: int, high: int, area: tuple[int, int] = (0, 10**12), widest: int = 99999):
        self.multiple, self.low, self.high, self.area, self.widest = multiple, low, high, area, widest

    def legal(self, width: int, height: int) -> bool:
        """Say whether a pair stands on the grid."""
        return (
            width % self.multiple == 0
            and height % self.multiple == 0
            and self.low <= min(width, height)
            and max(width, height) <= self.high
            and self.area[0] <= width * height <= self.area[1]
            and max(width, height) <= self.widest * min(width, height)
        )

    def nearest(self, width: float, height: float, most: float = 1e12) -> tuple[int, int]:
        """Find the pair that is nearest in ratio, then in area, not above the area of a tier."""
        widest = sqrt(width / height)
        area = min(max(width * height, self.area[0], self.low**2), self.area[1], self.high**2)
        width, height = sqrt(area) * widest, sqrt(area) / widest
        fit = min(1.0, self.high / max(width, height)) * max(1.0, self.low / min(width, height))
        step = self.multiple
        steps = [round(edge * fit / step, 6) for edge in (width, height)]
        edges = [(floor(count) * step, ceil(count) * step) for count in steps]
        legal = [(w, h) for w in edges[0] for h in edges[1] if self.legal(w, h)] or [(1024, 1024)]
        legal = [pair for pair in legal if pair[0] * pair[1] <= most] or legal
        return min(
            legal, key=lambda one: (abs(log(one[0] * height / (one[1] * width))), abs(log(one[0] * one[1] / area)))
        )

    def read(self, request: Json, problems: Problems, notes: Notes) -> tuple[int, int] | None:
        """Find the pixels of a request, with a note where they are others."""
        size, ratio, tier = asked(request, problems)
        if size is not None:
            if self.legal(*size):
                return size
            used = self.nearest(*size)
            shown = f"{used[0]}x{used[1]}"
            notes.append(Note(pointer="/size", kind="approximated", given=request["size"], used=shown, reason="grid"))
            return used
        if tier is not None and tier not in TIERS:
            notes.append(Note(pointer="/resolution", kind="dropped", given=tier, reason="no such tier"))
            tier = None
        if ratio is None and tier is None:
            return None
        edge = TIERS[tier or "1K"]
        wide, high = ratio or (1, 1)
        used = self.nearest(edge * sqrt(wide / high), edge * sqrt(high / wide), edge * edge)
        if used[0] * high != used[1] * wide:
            given, shown = request["aspect_ratio"], f"{used[0]}x{used[1]}"
            notes.append(Note(pointer="/aspect_ratio", kind="approximated", given=given, used=shown, reason="grid"))
        return used


class Ratios:
    """A provider's list of ratios, with its tiers and their published pixels where there are any."""

    def __init__(
        self,
        ratios: Iterable[str],
        tiers: Iterable[str] = (),
        pixels: Mapping[str, str] | None = None,
        only: str | None = None,
    ):
        self.ratios = {ratio: log(int(ratio.split(":")[0]) / int(ratio.split(":")[1])) for ratio in ratios}
        self.tiers = tuple(tiers)
        self.only = only
        self.pixels = {size: tuple(names.split()) for names, size in (pixels or {}).items()}

    def read(self, request: Json, problems: Problems, notes: Notes) -> tuple[str | None, str | None]:
        """Find ratio and tier of a request, with notes where they are others."""
        size, ratio, tier = asked(request, problems)
        if size is None and ratio is None and tier is None:
            return None, None
        if size is not None and request["size"] in self.pixels:
            found: Any = self.pixels[request["size"]]
            return found[0], found[1]
        used_tier = self.tier(tier, size, notes)
        if size is None and ratio is None:
            return None, used_tier
        if ratio is not None and request["aspect_ratio"] in self.ratios:
            used: str = request["aspect_ratio"]
        else:
            wide, high = size or ratio or (1, 1)
            meant = log(wide / high)
            used = min(self.ratios, key=lambda one: abs(self.ratios[one] - meant))
        if size is not None:
            notes.append(
                Note(pointer="/size", kind="approximated", given=request["size"], used=used, reason="a ratio only")
            )
        if ratio is not None and used != request["aspect_ratio"]:
            given = request["aspect_ratio"]
            notes.append(Note(pointer="/aspect_ratio", kind="approximated", given=given, used=used, reason="nearest"))
        return used, used_tier

    def tier(self, tier: str | None, size: tuple[int, int] | None, notes: Notes) -> str | None:
        """Find the tier of a request."""
        if tier is None:
            if size is None or not self.tiers:
                return None
            edge = log(sqrt(size[0] * size[1]))
            return min(self.tiers, key=lambda one: abs(log(TIERS[one]) - edge))
        if tier in self.tiers:
            return tier
        if tier != self.only:
            near = tier in TIERS and (self.only is not None or self.tiers != ())
            used = (self.only or self.tiers[0]) if near else None
            kind = "approximated" if near else "dropped"
            notes.append(Note(pointer="/resolution", kind=kind, given=tier, used=used, reason="no such tier"))
            return self.tiers[0] if near and self.tiers else None
        return None
