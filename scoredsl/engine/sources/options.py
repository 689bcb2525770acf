"""What a caller says about the data, and what reading it gives (LANGUAGE section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scoredsl.semantics.log import Event, ProfileRow, Rejected

FORMATS = ("csv", "tsv", "txt", "ndjson", "json", "parquet")
"""What `input_format` may be; `jsonl` is another name of `ndjson`."""


class SourceError(Exception):
    """The data cannot be read at all. Its text is for the user: it names the file and says the repair."""


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The columns that the user named; None means: look under the usual names (`columns.USUAL`)."""

    lead: str | None = None
    event: str | None = None
    time: str | None = None
    id: str | None = None
    properties: str | None = None

    def of(self, role: str) -> str | None:
        """The column that was named for a role, None where none was."""
        named: str | None = getattr(self, role)
        return named


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How the files of one source are read.

    `event_name`: the name of every event of a log of one kind, which has no column for it.
    `time_format`: such as `yyyymmdd`, `dd.mm.yyyy hh:mm:ss`, `%d/%m/%Y`, or what numbers are (`seconds`,
    `milliseconds`, `microseconds`, `nanoseconds`, `excel`); it rules texts and numbers, never typed timestamps.
    `input_format`: one of FORMATS, for all files, whatever their names. `timezone`: the IANA name for times without an
    offset in the time column (None: UTC). `list_columns`: columns declared `list`; such a CSV cell is a JSON array.
    """

    columns: ColumnNames = ColumnNames()
    event_name: str | None = None
    time_format: str | None = None
    input_format: str | None = None
    timezone: str | None = None
    list_columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """The column that plays a role: as it was named, by the role's own name, or under another usual name."""

    column: str
    how: Literal["named", "own", "usual"]


@dataclass(frozen=True, slots=True)
class EventLog:
    """A log that was read. `events` are in the order of the files, then the rows; `place` grows with them.

    `rejected` is in the same order. `found` is by role (lead, event, time, id, properties), of the first file that has
    the role. `notes` are sentences for standard error. `row_count` counts the usable and the rejected rows.
    """

    events: list[Event]
    rejected: list[Rejected] = field(default_factory=list)
    found: Mapping[str, Found] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    row_count: int = 0


@dataclass(frozen=True, slots=True)
class ProfileTable:
    """A profile source that was read: as `EventLog`, with rows for events."""

    rows: list[ProfileRow]
    rejected: list[Rejected] = field(default_factory=list)
    found: Mapping[str, Found] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    row_count: int = 0
