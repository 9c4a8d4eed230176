"""
The free grid: pairs of edges that are multiples of a number, within bounds.

The rule is design.md's, row "size, aspect_ratio, resolution". Edges of a ratio
and a tier are irrational (16:9 at 1K is 1365.33.. by 768), so everything here
is done on the squares of the edges: those are exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, Any

from imagetx.errors import Unsayable

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any
Pair = tuple[int, int]
Rank = tuple[bool, Fraction, Fraction, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ideal:
    """
    What a geometry would be if every pair were legal.

    Args:
        ratio: The nominal ratio, width by height.
        area: In pixels: of the size as given, or of the tier.
        pixels: The size as given; None for a ratio and a tier, whose area is
            then a cap and not only a wish.
    """

    ratio: Fraction
    area: int
    pixels: Pair | None = None


def apart(a: int, b: int) -> Fraction:
    """
    Tell how far two positive numbers are apart: max(a/b, b/a), 1 if equal.
    """
    return Fraction(a, b) if a >= b else Fraction(b, a)


def rank(pair: Pair, ideal: Ideal) -> Rank:
    """
    Give the order in which pairs are preferred, the least first.

    Returns:
        Not the exact hit, distance of the ratio, distance of the area, short
        edge: design.md's order.
    """
    width, height = pair
    ratio = ideal.ratio
    return (
        pair != ideal.pixels,
        apart(width * ratio.denominator, height * ratio.numerator),
        apart(width * height, ideal.area),
        min(pair),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """
    A free grid and its bounds, all of them inclusive.

    Args:
        multiple: Every edge is a multiple of this, in pixels.
        low: The shortest legal edge, itself on the grid.
        high: The longest legal edge, itself on the grid.
        least: The smallest legal area, in pixels.
        most: The largest legal area, in pixels.
        ratio: The long edge is at most this times the short one; None: free.
    """

    multiple: int
    low: int
    high: int
    least: int
    most: int
    ratio: Fraction | None

    def legal(self, pair: Pair) -> bool:
        """
        Tell whether a pair of edges is on the grid and within its bounds.
        """
        short, long = min(pair), max(pair)
        if short % self.multiple != 0 or long % self.multiple != 0:
            return False
        if short < self.low or long > self.high:
            return False
        if not self.least <= short * long <= self.most:
            return False
        bound = self.ratio
        return bound is None or long * bound.denominator <= short * bound.numerator

    def nearest(self, ideal: Ideal) -> Iterator[Pair]:
        """
        Give the legal pairs for an ideal geometry, lazily, the chosen one first.

        Raises:
            Unsayable: No pair at all is legal (the spec contradicts itself).
        """
        if ideal.pixels is None:
            first = self._exact(self._clamp(ideal.ratio), ideal.area)
        else:
            first = ideal.pixels if self.legal(ideal.pixels) else None
        given = set()
        if first is not None:
            given.add(first)
            yield first
        for ring in self._rings(ideal):
            for pair in ring:
                if pair not in given:
                    given.add(pair)
                    yield pair
        if len(given) == 0:
            raise Unsayable(reason="no size is legal here")

    def _clamp(self, ratio: Fraction) -> Fraction:
        """
        Bring a ratio within the grid's bound.
        """
        if self.ratio is None:
            return ratio
        return max(1 / self.ratio, min(self.ratio, ratio))

    def _exact(self, ratio: Fraction, area: int) -> Pair | None:
        """
        Give the largest legal pair of exactly this ratio, 0..5 % below the area.
        """
        wide, tall = ratio.numerator, ratio.denominator
        by_area = isqrt(min(area, self.most) // (wide * tall))
        times = min(by_area, self.high // max(wide, tall))
        # wide and tall have no common factor, so only multiples are on the grid
        times -= times % self.multiple
        pair = (wide * times, tall * times)
        if 20 * wide * tall * times * times < 19 * area or not self.legal(pair):
            return None
        return pair

    def _brackets(self, ideal: Ideal) -> tuple[Pair, Pair]:
        """
        Scale the ideal edges into the bounds and bracket them on the grid.

        Returns:
            Floor and ceiling of the width and of the height, in grid steps.
            Where bounds contradict each other the upper ones win.
        """
        ratio = self._clamp(ideal.ratio)
        width, height = ideal.area * ratio, ideal.area / ratio  # squares of the edges
        short, long = (height, width) if ratio > 1 else (width, height)
        floor = max(self.low**2 / short, Fraction(self.least, ideal.area))
        ceiling = min(self.high**2 / long, Fraction(self.most, ideal.area))
        scale = min(max(Fraction(1), floor), ceiling)
        return self._bracket(width * scale), self._bracket(height * scale)

    def _bracket(self, square: Fraction) -> Pair:
        """
        Give floor and ceiling, in grid steps, of an edge given by its square: one that is not too long.
        """
        unit = self.multiple**2 * square.denominator
        floor = isqrt(square.numerator // unit)
        ceiling = floor if floor * floor * unit == square.numerator else floor + 1
        least = self.low // self.multiple
        return max(floor, least), max(ceiling, least)

    def _rings(self, ideal: Ideal) -> Iterator[list[Pair]]:
        """
        Give the legal candidates around the ideal edges, ranked, wider and wider.

        A tier's area is a cap for the first two rings: the candidates, and one
        grid step further. The rule says no more, so then the cap is given up
        (on OpenAI every legal pair is above 512). The last ring is the whole grid.
        """
        width, height = self._brackets(ideal)

        def ring(step: int, most: int) -> list[Pair]:
            pairs = (
                (x, y)
                for x in self._edges(width, step)
                for y in self._edges(height, step)
                if x * y <= most and self.legal((x, y))
            )
            return sorted(pairs, key=lambda pair: rank(pair, ideal))

        if ideal.pixels is None:
            for step in (0, 1):
                yield ring(step, ideal.area)
        yield ring(0, self.most)
        step, whole = 1, (self.high - self.low) // self.multiple
        while step < 2 * whole:
            yield ring(step, self.most)
            step *= 2

    def _edges(self, bracket: Pair, step: int) -> range:
        """
        Give the edges at most so many grid steps around a bracket.
        """
        least = max(bracket[0] * self.multiple - step * self.multiple, self.low)
        most = min(bracket[1] * self.multiple + step * self.multiple, self.high)
        return range(least, most + 1, self.multiple)


def compile_grid(spec: dict[str, Json]) -> Grid:
    """
    Compile the bounds of a spec's free grid.

    Args:
        spec: `multiple`, `max`, and as they apply `min`, `pixels` (a pair, either
            may be null) and `ratio`; bounds that are off the grid move inwards.
    """
    multiple: int = spec["multiple"]
    least_edge: int = spec.get("min", multiple)
    low = -(-least_edge // multiple) * multiple  # the division rounds up
    high = spec["max"] // multiple * multiple
    least, most = spec.get("pixels", (None, None))
    bound = spec.get("ratio")
    return Grid(
        multiple=multiple,
        low=max(low, multiple),
        high=high,
        least=1 if least is None else least,
        most=high * high if most is None else most,
        # by its text: 1.9 in JSON means nineteen tenths, not the nearest double
        ratio=None if bound is None else Fraction(str(bound)),
    )
