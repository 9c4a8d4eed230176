"""
Sizes drawn to scale: numbers for the reference's figures, computed from a dialect's geometry.

Listed sizes are shapes side by side; a free grid is the region of the plane that its bounds leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, sqrt
from typing import Any, Final

from imagetx.document import Json
from imagetx.tiers import HOME, TIERS

FIGURE: Final = 104.0
"""Longest edge of a box, in units of the figure."""

PLANE: Final = 220.0
"""Edge of the plane of a free grid, in units of the figure."""

_RAYS: Final = 96
_SLACK: Final = 1.02


def drawing(frame: Mapping[str, Any]) -> dict[str, Json]:
    """
    Draw a geometry.

    Args:
        frame: The geometry of a line of `explain`.

    Returns:
        `{"kind": "shapes", "shapes": [{"label", "boxes": [{"label", "says", "width", "height"}]}]}`, all boxes to
        one scale, a box a tier, the greatest first; or `{"kind": "region", "points", "most", "least"}` for a free
        grid: points of a polygon on a plane of `PLANE` units, whose axes end at `most` px.
    """
    if frame["form"] == "pixels":
        return _region(frame)
    shapes = _listed(frame) if frame["form"] == "list" else _ratios(frame)
    longest = max(max(size) for _, boxes in shapes for _, size, _ in boxes)
    return {
        "kind": "shapes",
        "shapes": [{"label": label, "boxes": [_box(*box, longest) for box in boxes]} for label, boxes in shapes],
    }


Size = tuple[float, float]
Shapes = list[tuple[str, list[tuple[str, Size, str]]]]


def _box(label: str, size: Size, says: str, longest: float) -> dict[str, Json]:
    width, height = (max(round(edge / longest * FIGURE, 1), 1.0) for edge in size)
    return {"label": label, "says": says, "width": width, "height": height}


def _listed(frame: Mapping[str, Any]) -> Shapes:
    sizes = sorted((_edges(text) for text in frame["pairs"]), key=lambda size: (size[0] / size[1], size[0]))
    return [(f"{size[0]:.0f}x{size[1]:.0f}", [("", size, _ratio_of(size))]) for size in sizes]


def _ratio_of(size: Size) -> str:
    width, height = (int(edge) for edge in size)
    by = gcd(width, height)
    return f"{width // by}:{height // by}" if max(width, height) // by < 40 else f"{width / height:.2f}:1"


def _ratios(frame: Mapping[str, Any]) -> Shapes:
    """Draw each ratio with its published pixels, or with the area of its tier where there are none."""
    ratios = frame.get("ratios") or [frame["between"][0], "1:1", frame["between"][1]]
    published: Mapping[str, str] = frame.get("pixels", {})
    shapes = []
    for ratio in sorted(ratios, key=_as_number):
        boxes = []
        for tier in reversed(frame.get("tiers", [""])):
            pixels = published.get(f"{ratio} {tier}".strip())
            size = _sized(ratio, TIERS[tier or frame.get("tier", HOME)]) if pixels is None else _edges(pixels)
            boxes.append((tier, size, pixels or ""))
        shapes.append((ratio, boxes))
    return shapes


def _sized(ratio: str, area: int) -> Size:
    by = _as_number(ratio)
    return sqrt(area * by), sqrt(area / by)


def _edges(text: str) -> Size:
    width, _, height = text.partition("x")
    return float(width), float(height)


def _as_number(text: str) -> float:
    width, _, height = text.partition(":")
    return int(width) / int(height)


def _region(frame: Mapping[str, Any]) -> dict[str, Json]:
    """Walk the rays of all ratios from the lowest to the highest legal edge, and back."""
    low, high = float(frame.get("min", frame["multiple"])), float(frame["max"])
    least, most = frame.get("pixels", (None, None))
    bound = min(float(frame.get("ratio", high / low)), high / low)
    ratios = [bound ** (2 * step / _RAYS - 1) for step in range(_RAYS + 1)]
    inner, outer = [], []
    for ratio in ratios:
        long = max(ratio, 1 / ratio)
        near, far = low * long, high  # of the long edge
        near = max(near, sqrt((least or 0) * long))
        far = min(far, sqrt(most * long)) if most is not None else far
        if near <= far * _SLACK:
            inner.append(_on_plane(near, ratio, high))
            outer.append(_on_plane(max(far, near), ratio, high))
    points = " ".join(f"{x},{y}" for x, y in (*outer, *reversed(inner)))
    return {"kind": "region", "points": points, "most": int(high), "least": int(low)}


def _on_plane(long: float, ratio: float, most: float) -> tuple[float, float]:
    """Place a size on the plane, whose origin is below and left."""
    width, height = (long, long / ratio) if ratio >= 1 else (long * ratio, long)
    return round(width / most * PLANE, 1), round(PLANE - height / most * PLANE, 1)
