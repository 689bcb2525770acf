"""What a log and a profile file hold once they are read (LANGUAGE section 3).

The readers make these records, the interpreter and the engines take them. Times are whole microseconds since
1970-01-01T00:00:00Z. A value is what JSON can hold: None, bool, int, float, text, list or dict. A timestamp of a typed
source (Parquet) is the ISO 8601 text of its instant in UTC, with `Z`; a date is the text `YYYY-MM-DD`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""None, bool, int, float, str, list of Value, or dict of str to Value."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a log.

    `place` is its place in the log: the order of the files given, then the row. `id` is None where there is none.
    """

    lead: str
    name: str
    time: int
    id: str | None
    place: int
    properties: Mapping[str, Value]

    @property
    def canonical_key(self) -> tuple[int, bool, str, int]:
        """Sorts events into the canonical order: by time, ids before none, ids as text, then place."""
        return (self.time, self.id is None, self.id or "", self.place)


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One row of a profile file: a version of a lead's fields; `time` is None for a row that holds from always."""

    lead: str
    time: int | None
    place: int
    fields: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that cannot be used: its file as it was given, its 1-based row, why, and its text (may be cut)."""

    file: str
    row: int
    reason: str
    text: str
