"""
Ratio and tier: what a dialect offers by name, with its pixels where published.

The rule is design.md's, row "size, aspect_ratio, resolution"; distances are
exact fractions, short edges are compared by their squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from imagetx.grid import Ideal, Pair, apart

Json = Any
Rank = tuple[bool, bool, Fraction, Fraction, Fraction]

TIERS: dict[str, int] = {
    "512": 512 * 512,
    "1K": 1024**2,
    "2K": 2048**2,
    "4K": 4096**2,
}
"""The resolution words and their areas in pixels."""

_TERM_MAX = 9999
"""No term of a canonical aspect ratio is larger."""

HOME = "1K"
"""The tier of a ratio that comes without one."""


def read_tier(text: Json) -> str | None:
    """
    Give the resolution word that a text is in either case, None if it is none.
    """
    if not isinstance(text, str):
        return None
    word = text.upper()
    return word if word in TIERS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """
    One thing a dialect offers.

    Args:
        label: Its ratio as the dialect writes it.
        ratio: The nominal ratio; published pixels are often a little off.
        tier: None where the dialect has no tiers.
        pixels: As published, None where they are not.
        area: Of the pixels, else of the tier.
        short: Square of the short edge, of the pixels or of ratio and tier.
    """

    label: str
    ratio: Fraction
    tier: str | None
    pixels: Pair | None
    area: int
    short: Fraction

    def __str__(self) -> str:
        """
        Give the pixels, else ratio and tier.
        """
        if self.pixels is not None:
            return f"{self.pixels[0]}x{self.pixels[1]}"
        return self.label if self.tier is None else f"{self.label} {self.tier}"

    def rank(self, ideal: Ideal, label: str | None) -> Rank:
        """
        Give the order in which options are preferred, the least first.

        Returns:
            Not the exact pixels, not the ratio as it was written (21:9 and 7:3
            are one ratio), then distances of ratio and area, then the short edge.
        """
        ratio = ideal.ratio
        return (
            ideal.pixels is None or self.pixels != ideal.pixels,
            self.label != label,
            apart(
                self.ratio.numerator * ratio.denominator,
                self.ratio.denominator * ratio.numerator,
            ),
            apart(self.area, ideal.area),
            self.short,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    All that a dialect offers.

    Args:
        options: Every ratio at every tier.
        tiers: Those that can be written; () where none can.
        always: What the dialect gives where no tier can be written, if known.
        bounds: Least and greatest ratio where any ratio between them can be written.
    """

    options: tuple[Option, ...]
    tiers: tuple[str, ...]
    always: str | None
    bounds: tuple[Option, Option] | None = None

    def tier(self, asked: str) -> str | None:
        """
        Give the nearest tier that is offered, None where none is.
        """
        nearest = self.near_tiers(asked)
        return nearest[0] if nearest else None

    def near_tiers(self, asked: str) -> list[str]:
        """
        Give the three nearest tiers by area, of equals the smaller first.
        """
        area = TIERS[asked]
        return sorted(self.tiers, key=lambda tier: (apart(TIERS[tier], area), TIERS[tier]))[:3]

    def near(self, ideal: Ideal, label: str | None = None, tier: str | None = None) -> list[Option]:
        """
        Give all options, the nearest first.

        Args:
            ideal: The ideal geometry.
            label: The ratio as it was written, if it was.
            tier: Only options of this offered tier; None: of all.
        """
        if self.bounds is not None:
            return [self._between(self.bounds, ideal.ratio, label)]
        options = self.options
        if tier is not None:
            options = tuple(option for option in options if option.tier == tier)
        return sorted(options, key=lambda option: option.rank(ideal, label))

    def _between(self, bounds: tuple[Option, Option], ratio: Fraction, label: str | None) -> Option:
        """
        Give the option of any ratio within the bounds, else that of the nearer bound.
        """
        least, greatest = bounds
        inside = min(max(ratio, least.ratio), greatest.ratio)
        inside = inside.limit_denominator(_TERM_MAX // ceil(greatest.ratio))
        if inside == ratio and label is not None:
            return _option(label, None, None, self.always or HOME)
        said = f"{inside.numerator}:{inside.denominator}"
        return next(
            (bound for bound in bounds if bound.ratio == inside), _option(said, None, None, self.always or HOME)
        )


def compile_table(spec: dict[str, Json]) -> Table:
    """
    Compile what a spec offers.

    Args:
        spec: `ratios` (or `between`, the least and the greatest), and as they apply `tiers` or `tier` (what the dialect
            always gives) and `pixels` by "RATIO TIER", without tiers by "RATIO".
    """
    tiers = tuple(spec.get("tiers", ()))
    always = spec.get("tier")
    published = spec.get("pixels", {})
    if "between" in spec:
        least, greatest = (_option(label, None, None, always or HOME) for label in spec["between"])
        return Table(options=(), tiers=(), always=always, bounds=(least, greatest))
    options = []
    for tier in tiers if tiers != () else (None,):
        for label in spec["ratios"]:
            text = published.get(label if tier is None else f"{label} {tier}")
            options.append(_option(label, tier, text, tier or always or HOME))
    return Table(options=tuple(options), tiers=tiers, always=always)


def _option(label: str, tier: str | None, text: str | None, nominal: str) -> Option:
    """
    Build an option from the texts of a spec.
    """
    ratio = Fraction(*map(int, label.split(":")))
    if text is None:
        pixels, area = None, TIERS[nominal]
        short = area * min(ratio, 1 / ratio)
    else:
        width, height = map(int, text.split("x"))
        pixels, area = (width, height), width * height
        short = Fraction(min(pixels) ** 2)
    return Option(label=label, ratio=ratio, tier=tier, pixels=pixels, area=area, short=short)
