"""Columns of numbers with a comma (`1,5`, `1.200,50`, `1,200`), which to the language are none: said, never guessed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from scoredsl.engine.sources.tables import Table
from scoredsl.semantics.log import Value

_COMMA = re.compile(
    r"\s*[+-]?(?:(?:[0-9]+|[0-9]{1,3}(?:[.'’\s][0-9]{3})+),[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?)\s*"
)
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_GROUP = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_MOST = 0.9
"""A column of which so many values are numbers, with or without a comma, is one of numbers."""


def comma_notes(table: Table, name: str, left_out: Container[str]) -> Iterator[str]:
    """A sentence for each column of numbers with a comma. `left_out` are columns that are no properties."""
    first: dict[str, tuple[int, str]] = {}
    for index, record, _ in table.rows:
        for column, value in record.items():
            if isinstance(value, str) and "," in value and column not in first and _COMMA.fullmatch(value):
                first[column] = (index, value.strip())
    for column, (index, value) in first.items():
        if column in left_out:
            continue
        known = [cell for _, record, _ in table.rows if (cell := record.get(column)) is not None and cell != ""]
        numbers = sum(map(_is_number, known))
        if numbers >= _MOST * len(known):
            row = table.where(index)[0]
            yield (
                f"Column {column} of {name} has numbers with a comma, such as {value} in row {row:,}: to rules they "
                f"are no numbers. Write them with a decimal point and no thousands separators: {_meant(value)}."
            )


def _is_number(cell: Value) -> bool:
    return not isinstance(cell, str) or bool(_NUMBER.fullmatch(cell) or _COMMA.fullmatch(cell))


def _meant(value: str) -> str:
    """The number that is meant; both, where the comma may be either."""
    bare = re.sub(r"['’\s]", "", value)
    if bare.rfind(".") > bare.rfind(","):
        return bare.replace(",", "")
    whole = bare.replace(",", "")
    if bare.count(",") > 1:
        return whole
    decimal = bare.replace(".", "").replace(",", ".")
    return f"{decimal} or {whole}" if _GROUP.fullmatch(bare) else decimal
