"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from scoredsl.engine.results import Column, cell


def show_table(
    title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], right: Collection[str] = ()
) -> None:
    """Result rows as a table with a title above it; points, and the columns in `right`, stand to the right."""
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for column in columns:
        to_the_right = column.type == "points" or column.name in right
        table.add_column(column.name, justify="right" if to_the_right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(value, column.type) for value, column in zip(row, columns, strict=True)))
    console = Console(highlight=False)
    console.print(title)
    console.print(table)
