"""
Size, aspect ratio and resolution: one geometry, said in a dialect's own terms.

A frame is the joint codec of the three fields. It has three forms: `pixels` (a
free grid, see grid.py), `list` (listed pairs) and `ratio` (ratio and tier, see
tiers.py). The rule is design.md's, row "size, aspect_ratio, resolution". What is
met: a size by its pixels, an aspect ratio exactly (by name on ratio dialects), a
resolution by its name, or on pixel dialects by 95..100 % of its area.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from imagetx.asked import Asked, Framed, Loss, parse_ratio, parse_size, read
from imagetx.errors import Unsayable
from imagetx.frames import Form, list_form, nearest, pixel_form, ratio_form
from imagetx.grid import compile_grid
from imagetx.tiers import TIERS, compile_table

__all__ = [
    "TIERS",
    "Frame",
    "Framed",
    "Loss",
    "compile_frame",
    "parse_ratio",
    "parse_size",
]

Json = Any

MEMO_MAX = 1024
"""So many asked geometries a frame remembers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    Codec of the geometry.

    Canonical: `size`, `aspect_ratio`, `resolution`.
    Native: one text, two integers, a ratio, or a ratio and a tier.
    Law: stable; exact on legal native values, others are said and kept.
    Notes: a loss for every field that the native values do not meet.

    Args:
        form: How the dialect is told.
        memo: What was encoded before; not part of the value.
    """

    form: Form
    # filling it twice gives the same values, so threads need no lock
    memo: dict[tuple[str | None, str | None, str | None], Framed] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def encode(self, size: str | None, aspect_ratio: str | None, resolution: str | None) -> Framed:
        """
        Write a geometry; None is absent.

        Raises:
            Unsayable: A text is malformed, or size and aspect ratio disagree.
        """
        key = (size, aspect_ratio, resolution)
        try:
            framed = self.memo.get(key)
        except TypeError:  # a list or an object, which no limit has caught
            raise Unsayable(reason="no text", expected="a text") from None
        if framed is None:
            asked = read(size, aspect_ratio, resolution)
            framed = self._encode(asked, size, resolution)
            if resolution is None or asked.tier is not None:  # bounded texts only
                if len(self.memo) >= MEMO_MAX:
                    self.memo.clear()
                self.memo[key] = framed
        return framed

    def decode(self, natives: tuple[Json, ...]) -> tuple[dict[str, str], tuple[int, ...]]:
        """
        Read native values; None is absent.

        Returns:
            The canonical fields they say, and the indexes of those that encode
            would not write again: they stay native as well.
        """
        said = self.form.say(natives)
        framed = self.encode(said.get("size"), said.get("aspect_ratio"), said.get("resolution"))
        return said, tuple(
            index
            for index, (was, again) in enumerate(zip(natives, framed.natives, strict=True))
            if was is not None and was != again
        )

    def nearest(self, size: str | None, aspect_ratio: str | None, resolution: str | None) -> tuple[str, ...]:
        """
        Give the three nearest legal values, the chosen one first.

        Sizes on pixel dialects and for a size where pixels are published, else
        ratios; tiers where only a resolution is asked of a ratio dialect. Fewer
        where there are fewer.

        Raises:
            Unsayable: A text is malformed.
        """
        return tuple(self.form.near(read(size, aspect_ratio, resolution)))

    def _encode(self, asked: Asked, size: str | None, resolution: str | None) -> Framed:
        """
        Write what was read, and say of an unknown resolution that it is dropped.
        """
        counterpart = asked.counterpart
        if counterpart is not None:
            near = self.form.near(Asked(pixels=counterpart))
            raise Unsayable(
                reason=f"size {size} and aspect_ratio {asked.label} disagree",
                expected=f"a size within 4 % of {asked.label}, {nearest(near)}",
            )
        if not asked.nothing:
            framed = self.form.solve(asked)
        elif self.form.auto and size == "auto":
            framed = Framed(("auto",))
        else:
            framed = Framed((None,) * self.form.count)
        if resolution is None or asked.tier is not None:
            return framed
        reason = f"the resolution is none of {', '.join(TIERS)}"
        loss = Loss("resolution", None, reason)
        return Framed(framed.natives, (*framed.losses, loss))


def compile_frame(spec: dict[str, Json]) -> Frame:
    """
    Compile a frame.

    Args:
        spec: `form` and what belongs to it, valid under the meta-schema:
            `pixels` as, auto, and the bounds that grid.compile_grid reads;
            `list` as, auto, pairs;
            `ratio` what tiers.compile_table reads.

    Returns:
        A frame; its natives are one text or width and height (`as`), or ratio
        and, where there are tiers, tier.
    """
    if spec["form"] == "ratio":
        return Frame(form=ratio_form(compile_table(spec)))
    paired, auto = spec["as"] == "pair", spec.get("auto", False) is True
    if spec["form"] == "pixels":
        form = pixel_form(compile_grid(spec).nearest, paired=paired, auto=auto)
        return Frame(form=form)
    return Frame(form=list_form(spec["pairs"], paired=paired, auto=auto))
