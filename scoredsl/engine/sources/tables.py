"""What every reader gives: the records of one file, and what in it cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from scoredsl.semantics.log import Value

Record: TypeAlias = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A record that cannot be read: its index in the file, and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """The records of one file.

    `columns`: their names in the order of the file (of JSON: as they first occur). `rows`: index (growing, not without
    gaps), the record, and the JSON text it was decoded from (None for other formats). `flaws`: in any order. `where`
    gives the 1-based row of an index, as it is reported, and the text that stands there. `typed`: values may be
    DuckDB's own (timestamps, decimals, ...), to be made plain by `parquet.plain`. `notes`: sentences for the user.
    """

    columns: tuple[str, ...]
    rows: list[tuple[int, Record, str | None]]
    where: Callable[[int], tuple[int, str]]
    flaws: list[Flaw] = field(default_factory=list)
    typed: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """More than every index."""
        last = self.rows[-1][0] if self.rows else 0
        return max(last, max((flaw.index for flaw in self.flaws), default=0)) + 1

    @property
    def count(self) -> int:
        """How many records there are, readable or not."""
        return len(self.rows) + len(self.flaws)
