"""The `frame` codec by section 6 of the guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import isqrt
from typing import Any

Json = Any
Pair = tuple[int, int]
Loss = tuple[str, bool]
"""A field that is not met, and whether something stands in its place."""

TIERS = {"512": 512**2, "1K": 1024**2, "2K": 2048**2, "4K": 4096**2}


class Refused(Exception):
    """Malformed, or size and ratio disagree."""


class Asked:
    """What a request asks of its geometry."""

    def __init__(self, size: Json, label: Json, tier: Json) -> None:
        self.pixels = None if size in (None, "auto") else _terms(size, "x")
        self.label = label
        self.ratio = None if label is None else Fraction(*_terms(label, ":"))
        word = None if tier is None else tier.upper()
        self.tier = word if word in TIERS else None
        self.lost = [("resolution", False)] if word is not None and word not in TIERS else []
        if self.pixels and self.ratio and apart(Fraction(*self.pixels), self.ratio) > Fraction(26, 25):
            raise Refused
        self.ideal_ratio = Fraction(*self.pixels) if self.pixels else self.ratio or Fraction(1)
        self.ideal_area = self.pixels[0] * self.pixels[1] if self.pixels else TIERS[self.tier or "1K"]

    @property
    def nothing(self) -> bool:
        return self.pixels is None and self.ratio is None and self.tier is None


def _terms(text: str, separator: str) -> Pair:
    found = re.fullmatch(rf"([1-9][0-9]{{0,8}}){separator}([1-9][0-9]{{0,8}})", text)
    if found is None:
        raise Refused
    return int(found[1]), int(found[2])


def apart(a: Fraction | int, b: Fraction | int) -> Fraction:
    return Fraction(max(a, b)) / Fraction(min(a, b))


def encode(frame: Json, size: Json, label: Json, tier: Json) -> tuple[list[Json], list[Loss]]:
    """Give the native values, None where nothing is written, and what is not met."""
    asked = Asked(size, label, tier)
    width = 2 if frame.get("as") in ("pair", "texts") or "tiers" in frame else 1
    if asked.nothing:
        auto = frame.get("auto") and size == "auto"
        return ["auto"] if auto else [None] * width, asked.lost
    if frame["form"] == "ratio":
        natives, losses = _by_ratio(frame, asked)
        ratio = natives[0]
        natives[0] = ratio if ratio is None else ratio.replace(":", frame.get("separator", ":"))
        return natives[:width], losses + asked.lost
    pairs = [_terms(text, "x") for text in frame.get("pairs", ())]
    pair = min(pairs, key=lambda each: _rank(each, asked)) if frame["form"] == "list" else next(_grid(frame, asked))
    natives = {
        "text": [frame.get("separator", "x").join(map(str, pair))],
        "pair": list(pair),
        "texts": list(map(str, pair)),
    }
    return natives[frame["as"]], [*_unmet(asked, pair), *asked.lost]


def _rank(pair: Pair, asked: Asked) -> Any:
    return (
        pair != asked.pixels,
        apart(Fraction(*pair), asked.ideal_ratio),
        apart(pair[0] * pair[1], asked.ideal_area),
        min(pair),
    )


def _unmet(asked: Asked, pair: Pair) -> Iterator[Loss]:
    if asked.pixels not in (None, pair):
        yield "size", True
    if asked.ratio is not None and Fraction(*pair) != asked.ratio:
        yield "aspect_ratio", True
    if asked.tier is not None and not 95 * TIERS[asked.tier] <= 100 * pair[0] * pair[1] <= 100 * TIERS[asked.tier]:
        yield "resolution", True


def _by_ratio(frame: Json, asked: Asked) -> tuple[list[Json], list[Loss]]:
    tiers = frame.get("tiers", [])
    near = {tier: (apart(TIERS[tier], TIERS[asked.tier or "1K"]), TIERS[tier]) for tier in tiers}
    offered = min(tiers, key=near.__getitem__) if tiers else None
    tier = offered if asked.tier is not None else None
    chosen, published = None, None
    if asked.pixels is not None or asked.ratio is not None:
        chosen, found, published = _between(frame, asked) if "between" in frame else _option(frame, asked, offered)
        tier = found if asked.pixels is not None else tier
    losses: list[Loss] = []
    if asked.pixels is not None and published != asked.pixels:
        losses.append(("size", True))
    if asked.ratio is not None and chosen is not None and Fraction(*_terms(chosen, ":")) != asked.ratio:
        losses.append(("aspect_ratio", True))
    given = frame.get("tier") if tier is None else tier
    if asked.tier is not None and given != asked.tier:
        losses.append(("resolution", given is not None))
    return [chosen, tier], losses


def _option(frame: Json, asked: Asked, offered: str | None) -> tuple[str, str | None, Pair | None]:
    """Give ratio, tier and published pixels of the preferred option."""
    table = frame.get("pixels", {})
    options = []
    for tier in frame.get("tiers", [None]):
        if asked.pixels is None and tier != offered:
            continue
        for label in frame["ratios"]:
            text = table.get(label if tier is None else f"{label} {tier}")
            pixels = None if text is None else _terms(text, "x")
            ratio = Fraction(*_terms(label, ":"))
            nominal = TIERS[tier or frame.get("tier", "1K")]
            area = nominal if pixels is None else pixels[0] * pixels[1]
            short = nominal * min(ratio, 1 / ratio) if pixels is None else Fraction(min(pixels) ** 2)
            exact = asked.pixels is not None and pixels == asked.pixels
            named = label == asked.label and asked.pixels is None
            rank = (not exact, not named, apart(ratio, asked.ideal_ratio), apart(area, asked.ideal_area), short)
            options.append((rank, (label, tier, pixels)))
    return min(options, key=lambda option: option[0])[1]


def _between(frame: Json, asked: Asked) -> tuple[str, str | None, Pair | None]:
    least, greatest = (Fraction(*_terms(label, ":")) for label in frame["between"])
    inside = min(max(asked.ideal_ratio, least), greatest)
    inside = inside.limit_denominator(9999 // max(1, -(-greatest.numerator // greatest.denominator)))
    if inside == asked.ideal_ratio and asked.label is not None and asked.pixels is None:
        return asked.label, None, None
    bounds = {least: frame["between"][0], greatest: frame["between"][1]}
    return bounds.get(inside, f"{inside.numerator}:{inside.denominator}"), None, None


def _grid(frame: Json, asked: Asked) -> Iterator[Pair]:
    """Give the preferred pair of a free grid."""
    step = frame["multiple"]
    low = max(step, -(-frame.get("min", step) // step) * step)
    high = frame["max"] // step * step
    bounds = frame.get("pixels", [None, None])
    least, most = bounds[0] or 1, bounds[1] or high * high
    bound = Fraction(str(frame["ratio"])) if "ratio" in frame else None

    def legal(pair: Pair) -> bool:
        short, long = min(pair), max(pair)
        on_grid = short % step == 0 and long % step == 0 and low <= short and long <= high
        return on_grid and least <= short * long <= most and (bound is None or Fraction(long, short) <= bound)

    ratio = asked.ideal_ratio if bound is None else max(1 / bound, min(bound, asked.ideal_ratio))
    if asked.pixels is not None:
        if legal(asked.pixels):
            yield asked.pixels
    else:
        wide, tall = ratio.numerator, ratio.denominator
        times = min(isqrt(min(asked.ideal_area, most) // (wide * tall)), high // max(wide, tall)) // step * step
        pair = (wide * times, tall * times)
        if times and legal(pair) and 20 * pair[0] * pair[1] >= 19 * asked.ideal_area:
            yield pair
    squares = (asked.ideal_area * ratio, asked.ideal_area / ratio)
    scale = max(Fraction(1), low**2 / min(squares), Fraction(least, asked.ideal_area))
    scale = min(scale, high**2 / max(squares), Fraction(most, asked.ideal_area))

    def bracket(square: Fraction) -> Pair:
        floor = isqrt(square.numerator // (square.denominator * step**2))
        ceiling = floor if floor**2 * step**2 == square else floor + 1
        return tuple(min(max(each * step, low), high) for each in (floor, ceiling))  # type: ignore[return-value]

    brackets = [bracket(square * scale) for square in squares]
    capped = [] if asked.pixels is not None else [(0, asked.ideal_area), (1, asked.ideal_area)]
    for ring, cap in [*capped, *((ring, most) for ring in (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024))]:
        edges = [range(max(a - ring * step, low), min(b + ring * step, high) + 1, step) for a, b in brackets]
        pairs = [(x, y) for x in edges[0] for y in edges[1] if x * y <= cap and legal((x, y))]
        if pairs:
            yield min(pairs, key=lambda pair: _rank(pair, asked))


def decode(frame: Json, natives: list[Json]) -> dict[str, str]:
    """Give the canonical fields that native values say."""
    first = natives[0]
    if frame["form"] == "ratio":
        theirs = frame.get("separator", ":")
        first = first.replace(theirs, ":") if isinstance(first, str) and (theirs == ":" or ":" not in first) else None
        said = {"aspect_ratio": first} if first and re.fullmatch(r"[1-9][0-9]{0,8}:[1-9][0-9]{0,8}", first) else {}
        tier = natives[1].upper() if len(natives) > 1 and isinstance(natives[1], str) else None
        return said | ({"resolution": tier} if tier in TIERS else {})
    if frame["as"] == "text":
        theirs = frame.get("separator", "x")
        first = first.replace(theirs, "x") if isinstance(first, str) and (theirs == "x" or "x" not in first) else None
        sized = first and re.fullmatch(r"[1-9][0-9]{0,8}x[1-9][0-9]{0,8}", first)
        return {"size": first} if sized or (frame.get("auto") and first == "auto") else {}
    if frame["as"] == "texts":
        natives = [
            int(each) if isinstance(each, str) and re.fullmatch("[1-9][0-9]{0,8}", each) else 0 for each in natives
        ]
    whole = all(type(each) is int and 1 <= each <= 999999999 for each in natives)
    return {"size": f"{natives[0]}x{natives[1]}"} if whole else {}
