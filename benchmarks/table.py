"""
Results: rows with columns, targets beside the figures they bind, printed as tables or written as JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = Any
Cell = str | int | float | None

MARKS: Final = {True: "ok", False: "MISSED", None: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    Bind a column to what design.md promises.

    Attributes:
        column: Name of the column.
        most: The figure must not be above.
        source: What the promise says.
        where: A column and its words, of the rows for which it is promised; None is all.
    """

    column: str
    most: float
    source: str
    where: tuple[str, Sequence[str]] | None = None

    def met(self, row: dict[str, Cell]) -> bool | None:
        """Say whether a row keeps it; None where there is no figure, or nothing is promised."""
        figure = row.get(self.column)
        if self.where is not None and row.get(self.where[0]) not in self.where[1]:
            return None
        return None if isinstance(figure, str) or figure is None else figure <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    Hold one table.

    Attributes:
        name: What JSON calls it.
        title: What is measured, in which unit.
        rows: Figures and words by column.
        targets: What binds columns.
        remarks: What a reader has to know, versions of others for example.
    """

    name: str
    title: str
    rows: Sequence[dict[str, Cell]]
    targets: Sequence[Target] = ()
    remarks: Sequence[str] = ()

    def columns(self) -> list[str]:
        """Name the columns, in the order in which rows bring them."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def text(self) -> str:
        """Print the table, with a mark beside each figure that is bound."""
        bound = {target.column: target for target in self.targets}
        names = self.columns()
        lines = [[f"{name} (<= {shown(bound[name].most)})" if name in bound else name for name in names]]
        for row in self.rows:
            marks = {name: MARKS[bound[name].met(row)] if name in bound else "" for name in names}
            lines.append([f"{shown(row.get(name))} {marks[name]}".rstrip() for name in names])
        widths = [max(len(line[place]) for line in lines) for place in range(len(names))]
        numeric = [any(isinstance(row.get(name), int | float) for row in self.rows) for name in names]
        out = [
            "  ".join(
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, number in zip(line, widths, numeric, strict=True)
            ).rstrip()
            for line in lines
        ]
        told = [f"Target: {target.column} <= {shown(target.most)}: {target.source}." for target in self.targets]
        return "\n".join([self.title, "", *out, "", *told, *self.remarks]).rstrip() + "\n"

    def to_json(self) -> dict[str, Json]:
        """Give the table as JSON: figures whole, each target with the rows that miss it."""
        return {
            "name": self.name,
            "title": self.title,
            "rows": list(self.rows),
            "targets": [
                {
                    "column": target.column,
                    "most": target.most,
                    "source": target.source,
                    "missed": [at for at, row in enumerate(self.rows) if target.met(row) is False],
                }
                for target in self.targets
            ],
            "remarks": list(self.remarks),
        }


def shown(cell: Cell) -> str:
    """Print a figure with three digits that matter, and what is no figure as it is."""
    if cell is None:
        return "-"
    if not isinstance(cell, float):
        return str(cell)
    if cell >= 100:
        return f"{cell:.0f}"
    if cell >= 10:
        return f"{cell:.1f}"
    return f"{cell:.2f}" if cell >= 0.1 or cell == 0 else f"{cell:.4f}"
