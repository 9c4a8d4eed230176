"""
What a geometry asks for, read from its texts, and what came of it.

Beneath geometry.py: the values that go between its frames and their forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from imagetx.errors import Unsayable
from imagetx.grid import Ideal, Pair, apart
from imagetx.tiers import HOME, TIERS, read_tier

EDGE_MAX = 999_999_999
"""No edge or term of a ratio is larger: int() of endless digits would fail."""

_TERM = "([1-9][0-9]{0,8})"
_SIZE = re.compile(f"{_TERM}x{_TERM}")
_RATIO = re.compile(f"{_TERM}:{_TERM}")


def parse_size(text: str) -> Pair | None:
    """
    Read a size.

    Args:
        text: "WxH" in pixels, edges 1..999999999 without leading zeros, or "auto".

    Returns:
        Width and height; None for "auto", which is absence.

    Raises:
        Unsayable: The text is neither.
    """
    if text == "auto":
        return None
    found = _SIZE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Unsayable(
            reason="the size is malformed",
            expected='a size as "WxH" in pixels, such as "1536x1024", or "auto"',
        )
    return int(found[1]), int(found[2])


def parse_ratio(text: str) -> Fraction:
    """
    Read an aspect ratio.

    Args:
        text: "W:H", terms 1..999999999 without leading zeros, common factors allowed.

    Returns:
        Width by height.

    Raises:
        Unsayable: The text is anything else.
    """
    found = _RATIO.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Unsayable(
            reason="the aspect_ratio is malformed",
            expected='an aspect_ratio as "W:H", such as "16:9"',
        )
    return Fraction(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True)
class Loss:
    """
    Say that a field was not met.

    Args:
        field: `size`, `aspect_ratio` or `resolution`.
        used: What stands in its place (approximated); None: nothing (dropped).
        reason: Why, and where it helps what the nearest legal values are.
    """

    field: str
    used: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Framed:
    """
    Give the native values of a geometry and what they lose.

    Args:
        natives: In the order of the spec; None is not written.
        losses: One for each field that was asked and not met, no others.
    """

    natives: tuple[str | int | None, ...]
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    Hold what was asked, read; absent, "auto" and an unknown tier are None.

    Args:
        pixels: Of the size.
        label: The aspect ratio as it was written.
        ratio: The aspect ratio.
        tier: The resolution, one of TIERS.
    """

    pixels: Pair | None = None
    label: str | None = None
    ratio: Fraction | None = None
    tier: str | None = None

    @property
    def nothing(self) -> bool:
        """
        Tell that no geometry is asked for.
        """
        return self.pixels is None and self.ratio is None and self.tier is None

    @property
    def ideal(self) -> Ideal:
        """
        Give the ideal geometry: the size decides, else ratio (1:1) and tier (1K).
        """
        if self.pixels is not None:
            width, height = self.pixels
            ratio = Fraction(width, height)
            return Ideal(ratio=ratio, area=width * height, pixels=self.pixels)
        ratio = Fraction(1) if self.ratio is None else self.ratio
        return Ideal(ratio=ratio, area=TIERS[HOME if self.tier is None else self.tier])

    @property
    def counterpart(self) -> Pair | None:
        """
        Give the size that was meant if the ratio is right and the size is not.

        Returns:
            A size of the asked ratio and the asked size's area if the two
            disagree by more than 4 %, else None.
        """
        if self.pixels is None or self.ratio is None:
            return None
        width, height = self.pixels
        ratio = self.ratio
        if 25 * apart(width * ratio.denominator, height * ratio.numerator) <= 26:
            return None
        area = width * height
        return max(1, isqrt(int(area * ratio))), max(1, isqrt(int(area / ratio)))


def read(size: str | None, aspect_ratio: str | None, resolution: str | None) -> Asked:
    """
    Read the three fields; None is absent.

    Raises:
        Unsayable: A text is malformed. An unknown resolution is not: it is a
            word that the canonical enumeration may get one day.
    """
    if resolution is not None and not isinstance(resolution, str):
        raise Unsayable(reason="the resolution is no text", expected="a text")
    return Asked(
        pixels=None if size is None else parse_size(size),
        label=aspect_ratio,
        ratio=None if aspect_ratio is None else parse_ratio(aspect_ratio),
        tier=None if resolution is None else read_tier(resolution),
    )


def is_size(value: object) -> bool:
    """
    Tell whether a native value is a size as we would write it, "auto" apart.
    """
    return isinstance(value, str) and _SIZE.fullmatch(value) is not None


def is_ratio(value: object) -> bool:
    """
    Tell whether a native value is an aspect ratio as we would write it.
    """
    return isinstance(value, str) and _RATIO.fullmatch(value) is not None


def is_edge(value: object) -> bool:
    """
    Tell whether a native value is an edge in pixels, 1..999999999; true is not.
    """
    return type(value) is int and 1 <= value <= EDGE_MAX
