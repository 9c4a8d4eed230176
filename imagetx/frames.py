"""
The forms of a geometry: how a dialect is told, pixels or a ratio and a tier.

Each writes what is asked, says what it loses by that, and reads it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from imagetx.asked import Asked, Framed, Loss, is_edge, is_ratio, is_size
from imagetx.grid import Ideal, Pair, rank
from imagetx.tiers import HOME, TIERS, Option, Table, read_tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """
    One way to tell a dialect its geometry.

    Args:
        count: How many native values there are.
        auto: "auto" is a native value.
        solve: Writes what is asked, which is not nothing.
        say: Reads native values, None being absent, into canonical fields.
        near: Gives the three nearest legal values as text, the chosen one first.
    """

    count: int
    auto: bool
    solve: Callable[[Asked], Framed]
    say: Callable[[tuple[Json, ...]], dict[str, str]]
    near: Callable[[Asked], list[str]]


def nearest(near: list[str]) -> str:
    """
    Word the nearest legal values for an error or a note.
    """
    return f"nearest are {', '.join(near)}"


def list_form(texts: list[str], *, paired: bool, auto: bool) -> Form:
    """
    Build the form of a dialect that has listed pairs.

    Args:
        texts: The pairs as "WxH".
        paired: Two integers, else one text.
        auto: The text may be "auto".
    """
    pairs = [_pair(text) for text in texts]

    def near(ideal: Ideal) -> Iterator[Pair]:
        return iter(sorted(pairs, key=lambda pair: rank(pair, ideal)))

    return pixel_form(near, paired=paired, auto=auto)


def pixel_form(near: Callable[[Ideal], Iterator[Pair]], *, paired: bool, auto: bool) -> Form:
    """
    Build the form of a dialect that is told pixels.

    Args:
        near: Gives legal pairs for an ideal geometry, the chosen one first.
        paired: Two integers, else one text.
        auto: The text may be "auto".
    """

    def solve(asked: Asked) -> Framed:
        pairs = near(asked.ideal)
        pair = next(pairs)
        losses = tuple(_pixel_losses(asked, pair, pairs))
        return Framed(pair if paired else (_text(pair),), losses)

    def say(natives: tuple[Json, ...]) -> dict[str, str]:
        if paired:
            whole = all(is_edge(native) for native in natives)
            return {"size": f"{natives[0]}x{natives[1]}"} if whole else {}
        (native,) = natives
        known = is_size(native) or (auto and native == "auto")
        return {"size": native} if known else {}

    return Form(
        count=2 if paired else 1,
        auto=auto,
        solve=solve,
        say=say,
        near=lambda asked: _first(map(_text, near(asked.ideal))),
    )


def _pixel_losses(asked: Asked, pair: Pair, others: Iterator[Pair]) -> Iterator[Loss]:
    """
    Say which fields a pair of edges does not meet; the others are the next nearest.
    """
    (width, height), used, why = pair, _text(pair), {}
    if asked.pixels is not None and asked.pixels != pair:
        why["size"] = f"{_text(asked.pixels)} is not legal here"
    ratio = asked.ratio
    if ratio is not None and width * ratio.denominator != height * ratio.numerator:
        why["aspect_ratio"] = f"{used} is not exactly {asked.label}"
    if asked.tier is not None:
        share, area = 100 * width * height, TIERS[asked.tier]
        if not 95 * area <= share <= 100 * area:
            why["resolution"] = f"{used} is not 95 to 100 % of {asked.tier}"
    if why == {}:
        return
    near = nearest([used, *(_text(other) for other in islice(others, 2))])
    decided = asked.pixels is not None
    for field, reason in why.items():
        shown = f"{reason}; {near}"
        if decided and field != "size":
            shown = "the size decides"
        yield Loss(field, used, shown)


def ratio_form(table: Table) -> Form:
    """
    Build the form of a dialect that is told a ratio and, perhaps, a tier.
    """
    count = 1 if table.tiers == () else 2

    def options(asked: Asked) -> list[Option]:
        if asked.pixels is not None:
            return table.near(asked.ideal)
        tier = table.tier(HOME if asked.tier is None else asked.tier)
        return table.near(asked.ideal, asked.label, tier)

    def near(asked: Asked) -> list[str]:
        if asked.pixels is None and asked.ratio is None:
            return [] if asked.tier is None else table.near_tiers(asked.tier)
        return _first(option.label if asked.pixels is None else str(option) for option in options(asked))

    def solve(asked: Asked) -> Framed:
        option, tier = None, None
        if asked.pixels is not None or asked.ratio is not None:
            option = options(asked)[0]
        if asked.pixels is not None and option is not None:
            tier = option.tier
        elif asked.tier is not None:
            tier = table.tier(asked.tier)
        natives = (None if option is None else option.label, tier)
        losses = tuple(_ratio_losses(table, asked, option, tier, near))
        return Framed(natives[:count], losses)

    return Form(count=count, auto=False, solve=solve, say=_say_ratio, near=near)


def _say_ratio(natives: tuple[Json, ...]) -> dict[str, str]:
    """
    Read a ratio and, perhaps, a tier, each for itself.
    """
    said: dict[str, str] = {}
    if is_ratio(natives[0]):
        said["aspect_ratio"] = natives[0]
    tier = read_tier(natives[1]) if len(natives) > 1 else None
    if tier is not None:
        said["resolution"] = tier
    return said


def _ratio_losses(
    table: Table,
    asked: Asked,
    option: Option | None,
    tier: str | None,
    near: Callable[[Asked], list[str]],
) -> Iterator[Loss]:
    """
    Say which fields an option and a tier do not meet.
    """
    decided = "the size decides" if asked.pixels is not None else None
    if option is not None and asked.pixels not in (None, option.pixels):
        known = option.pixels is not None
        why = (
            f"{_text(asked.pixels)} is not published here" if known else "a ratio can be asked for here, pixels cannot"
        )
        reason = f"{why}; {nearest(near(asked))}"
        yield Loss("size", str(option), reason)
    if option is not None and asked.ratio not in (None, option.ratio):
        reason = f"{asked.label} is not offered; {nearest(near(asked))}"
        yield Loss("aspect_ratio", option.label, decided or reason)
    given = table.always if tier is None else tier
    if asked.tier is not None and given != asked.tier:
        yield Loss("resolution", given, decided or _tier_reason(table, asked.tier))


def _tier_reason(table: Table, asked: str) -> str:
    """
    Say why a tier is not met.
    """
    if table.tiers != ():
        return f"{asked} is not offered; {nearest(table.near_tiers(asked))}"
    if table.always is not None:
        return f"always {table.always} here"
    return "no resolution can be said here"


def _first(texts: Iterator[str]) -> list[str]:
    """
    Give the first three different texts.
    """
    found: list[str] = []
    for text in texts:
        if text not in found:
            found.append(text)
        if len(found) == 3:
            break
    return found


def _pair(text: str) -> Pair:
    """
    Read a pair of a spec.
    """
    width, height = text.split("x")
    return int(width), int(height)


def _text(pair: Pair) -> str:
    """
    Write a pair as text.
    """
    return f"{pair[0]}x{pair[1]}"
