"""A log and profiles as the rows of tables, with the types that a query reads; and its results beside the reference's.

What a table cannot hold is settled here as reading a log does: the place of lines. Of two events of a lead with the
same id and time the first in the log stays; profile rows of a lead with the same time become one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from scoredsl.reference import ScoreTable
from scoredsl.reference.clock import Profile, property_of
from scoredsl.reference.run import by_id
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.log import Value as DataValue
from scoredsl.semantics.program import Program
from scoredsl.semantics.values import as_boolean, as_instant, as_number, as_text, is_missing
from scoredsl.semantics.zones import Zone, zone
from scoredsl.targets.sql.columns import Columns, ColumnType
from scoredsl.targets.sql.pieces import Tables

_EPOCH = datetime(1970, 1, 1)


def moment(micros: int) -> datetime:
    """An instant as a time in UTC without a timezone."""
    return _EPOCH + timedelta(microseconds=micros)


def cell(value: DataValue, kind: ColumnType, where: Zone) -> Any:
    """A value in a column of a type; None where it is missing, or cannot be read so."""
    match kind:
        case "number":
            return as_number(value)
        case "boolean":
            return as_boolean(value)
        case "time":
            instant = as_instant(value, where)
            return None if instant is None else moment(instant)
        case _:
            return as_text(value)


@dataclass(frozen=True, slots=True)
class Held:
    """A log as typed columns can hold it: `lost` counts, by column, the known values that cannot stand there."""

    events: list[Event]
    rows: list[ProfileRow]
    lost: dict[str, int]


def held(program: Program, events: Sequence[Event], rows: Sequence[ProfileRow], read: Columns) -> Held:
    """Keeps what the query reads, nested data under its dotted name; what does not fit its column is missing."""
    where = zone(program.timezone)
    lost: Counter[str] = Counter()

    def kept(name: str, value: DataValue, kind: ColumnType) -> DataValue:
        if not is_missing(value) and cell(value, kind, where) is None:
            lost[name] += 1
            return None
        return value

    return Held(
        [
            replace(event, properties={
                name: kept(name, property_of(event, name), kind) for name, kind in read.properties.items()
            })
            for event in events
        ],
        [
            replace(row, fields={
                name: kept(name, Profile([row]).at(name, row.time or 0), kind) for name, kind in read.fields.items()
            })
            for row in rows
        ],
        dict(lost),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableData:
    """The columns of a table with their types (lead and event are text), and its rows."""

    name: str
    columns: tuple[tuple[str, ColumnType], ...]
    rows: list[tuple[Any, ...]]


def tables_of(events: Sequence[Event], rows: Sequence[ProfileRow], has_profiles: bool) -> Tables:
    """How the tables of this log look: ids where every event has one, versions where a profile row has a time."""
    ids = bool(events) and all(event.id is not None for event in events)
    return Tables("events", "profiles" if has_profiles else None, ids, any(row.time is not None for row in rows))


def event_table(program: Program, events: Sequence[Event], read: Columns, tables: Tables) -> TableData:
    where = zone(program.timezone)
    kept = list(events)
    if not tables.ids and any(event.id is not None for event in events):
        # some events have ids: duplicates go as in reading, where no `ignore` could change which one stays
        kept = [event for lead in _by_lead(events) for event in by_id(lead)[0]]
    elif tables.ids:
        known: set[tuple[str, int, str | None]] = set()
        kept = []
        for event in sorted(events, key=lambda event: event.place):
            key = (event.lead, event.time, event.id)
            if key not in known:
                known.add(key)
                kept.append(event)
    columns: list[tuple[str, ColumnType]] = [("lead", "text"), ("event", "text"), ("time", "time")]
    if tables.ids:
        columns.append(("id", "text"))
    columns += list(read.properties.items())
    made = []
    for event in kept:
        row: list[Any] = [event.lead, event.name, moment(event.time)]
        if tables.ids:
            row.append(event.id)
        row += [cell(property_of(event, name), kind, where) for name, kind in read.properties.items()]
        made.append(tuple(row))
    return TableData("events", tuple(columns), made)


def _by_lead(events: Sequence[Event]) -> Iterator[list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.canonical_key):
        found.setdefault(event.lead, []).append(event)
    return iter(found.values())


def profile_table(program: Program, rows: Sequence[ProfileRow], read: Columns, tables: Tables) -> TableData:
    where = zone(program.timezone)
    columns: list[tuple[str, ColumnType]] = [("lead", "text")]
    if tables.versions:
        columns.append(("time", "time"))
    columns += list(read.fields.items())
    together: dict[tuple[str, int | None], list[ProfileRow]] = {}
    for row in rows:
        together.setdefault((row.lead, row.time), []).append(row)
    made = []
    for (lead, time), same in together.items():
        fields = Profile(same)
        values: list[Any] = [lead]
        if tables.versions:
            values.append(None if time is None else moment(time))
        values += [cell(fields.at(name, time or 0), kind, where) for name, kind in read.fields.items()]
        made.append(tuple(values))
    return TableData("profiles", tuple(columns), made)


def expected_rows(program: Program, table: ScoreTable, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The reference's results: lead, then the columns that the query has."""
    for row in table.rows:
        cells: dict[str, Any] = {name: value / 1_000_000 for name, value in row.values.items()}
        cells |= {f"{name}_tier": tier for name, tier in row.tiers.items()}
        cells |= row.grids
        cells |= row.labels
        yield (row.lead, *(cells[name] for name in columns))


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell, or a lead that only one side has (`column` is empty)."""

    lead: str
    column: str
    query: Any
    reference: Any


def differences(
    columns: Sequence[str], found: Sequence[Sequence[Any]], expected: Sequence[Sequence[Any]]
) -> Iterator[Difference]:
    """Where the rows of the query and the reference's differ, lead by lead and column by column."""
    by_lead = {row[0]: row for row in found}
    for wanted in expected:
        row = by_lead.pop(wanted[0], None)
        if row is None:
            yield Difference(wanted[0], "", "no row", "a row")
            continue
        for name, one, other in zip(columns, row[1:], wanted[1:], strict=True):
            one = bool(one) if isinstance(other, bool) and one is not None else one
            if one != other:
                yield Difference(wanted[0], name, one, other)
    for lead in by_lead:
        yield Difference(lead, "", "a row", "no row")

