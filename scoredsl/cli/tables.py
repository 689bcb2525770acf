"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from scoredsl.engine.results import Column, cell

_WIDEST = 20
"""Columns of the terminal that a cell gets unfolded, if there is room: as many as a time takes."""


def show_table(
    title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], right: Collection[str] = ()
) -> None:
    """Result rows as a table with a title above it; points, and the columns in `right`, stand to the right."""
    from rich.cells import cell_len
    from rich.console import Console, JustifyMethod
    from rich.table import Table

    console = Console(highlight=False)
    cells = [[cell(value, column.type) for value, column in zip(row, columns, strict=True)] for row in rows]
    longest = [max((cell_len(row[i]) for row in cells), default=1) for i in range(len(columns))]
    widths = _widths(longest, [cell_len(column.name) for column in columns], console.width - 3 * len(columns) - 1)
    table = Table()
    for column, width in zip(columns, widths, strict=True):
        to_the_right = column.type == "points" or column.name in right
        justify: JustifyMethod = "right" if to_the_right else "left"
        table.add_column(column.name, justify=justify, overflow="fold", width=width)
    for row in cells:
        table.add_row(*row)
    console.print(title)
    console.print(table)


def _widths(longest: Sequence[int], headers: Sequence[int], room: int) -> Sequence[int | None]:
    """The columns' widths where there is too little room for all: headers are folded before numbers, times and names.

    None: as it comes, since there is room for everything, or for nothing.
    """
    wanted = [max(cell, header) for cell, header in zip(longest, headers, strict=True)]
    widths: list[int | None] = [None] * len(wanted)
    least = [max(1, min(_WIDEST, cell)) for cell in longest]
    left = room - sum(least)
    if sum(wanted) <= room or left < 0:
        return widths
    while left > 0:
        # One by one to the column that lacks most.
        i = max(range(len(least)), key=lambda i: wanted[i] - least[i])
        least[i] += 1
        left -= 1
    return least
