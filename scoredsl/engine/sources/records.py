"""What is made of one record: its head and its properties, or the reason why it is rejected (LANGUAGE section 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.engine.sources import columns as names
from scoredsl.engine.sources.commas import comma_notes
from scoredsl.engine.sources.files import LocalFile, said
from scoredsl.engine.sources.json_files import NotJsonError, decoded, without_infinities, written
from scoredsl.engine.sources.options import Found, ReadOptions, SourceError
from scoredsl.engine.sources.parquet import plain
from scoredsl.engine.sources.tables import Record, Table
from scoredsl.engine.sources.times import TimeReader
from scoredsl.semantics.log import Rejected, Value
from scoredsl.semantics.values import as_text

_EVENT_COLUMNS = ("lead", "event", "time", "id")
_SHOWN = 500


class UnusableError(Exception):
    """Why a record is rejected."""


class Collected:
    """What the files of a source gave, beside the usable rows."""

    def __init__(self) -> None:
        self.rejected: list[tuple[int, Rejected]] = []
        self.found: dict[str, Found] = {}
        self.notes: list[str] = []
        self.encodings: list[str] = []
        """Of the notes those about files that are not UTF-8."""
        self.row_count = 0

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def reject(self, place: int, file: LocalFile, row: int, reason: str, text: str) -> None:
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        self.rejected.append((place, Rejected(file.given, row, reason, shown)))

    def copy(self) -> Collected:
        """As it stands now."""
        other = Collected()
        other.rejected, other.found = [*self.rejected], {**self.found}
        other.notes, other.encodings, other.row_count = [*self.notes], [*self.encodings], self.row_count
        return other

    def in_order(self) -> list[Rejected]:
        return [rejected for _, rejected in sorted(self.rejected, key=lambda pair: pair[0])]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file that play a role (an empty text, which no column is called, where there is none).

    `dropped` are those that are not properties; what is in the column `opened` stands beside the others.
    """

    lead: str
    event: str
    time: str
    id: str
    opened: str
    dropped: frozenset[str]


def event_columns(found: Mapping[str, Found]) -> Columns:
    """The columns of a log."""
    return _columns(found, (*_EVENT_COLUMNS, *(one.column for one in found.values())))


def profile_columns(found: Mapping[str, Found]) -> Columns:
    """The columns of a profile file: `event` and `id` are fields like any other."""
    return _columns(found, [one.column for one in found.values()])


def _columns(found: Mapping[str, Found], dropped: Sequence[str]) -> Columns:
    lead, event, time, id_, opened = (
        found[role].column if role in found else "" for role in ("lead", "event", "time", "id", "properties")
    )
    return Columns(lead, event, time, id_, opened, frozenset(dropped))


@dataclass(frozen=True, slots=True)
class Head:
    """What makes a record an event."""

    lead: str
    name: str
    time: int
    id: str | None


def event_head(record: Record, text: str | None, columns: Columns, options: ReadOptions, times: TimeReader) -> Head:
    """Lead, name, time and id of a record. Raises UnusableError."""
    who = text_of(record, columns.lead, text, "lead")
    if who is None:
        raise UnusableError("The lead is missing")
    name = options.event_name or text_of(record, columns.event, text, "event name")
    if name is None:
        raise UnusableError("The event name is missing")
    instant = _instant(record.get(columns.time), times)
    if instant is None:
        raise UnusableError("The time is missing")
    return Head(who, name, instant, text_of(record, columns.id, text, "id") if columns.id else None)


def profile_head(record: Record, text: str | None, columns: Columns, times: TimeReader) -> tuple[str, int | None]:
    """Lead and time of a record; without a time it holds from always. Raises UnusableError."""
    who = text_of(record, columns.lead, text, "lead")
    if who is None:
        raise UnusableError("The lead is missing")
    return who, _instant(record.get(columns.time), times) if columns.time else None


def read_lists(table: Table, wanted: frozenset[str]) -> None:
    for column in wanted.intersection(table.columns):
        for _, record, _ in table.rows:
            cell = record.get(column)
            if isinstance(cell, str):
                value = json_of(cell)
                if isinstance(value, list):
                    record[column] = value


def json_of(text: str) -> Value:
    """The value of a JSON text, None if it is none."""
    try:
        return without_infinities({"": decoded(text)}, text)[""]
    except NotJsonError:
        return None


def roles_of(
    file: LocalFile,
    table: Table,
    options: ReadOptions,
    roles: Sequence[str],
    own_name_only: frozenset[str],
    collected: Collected,
) -> dict[str, Found]:
    # Only profiles have a column that is never guessed, and their options have names of their own.
    option = "--profile-" if own_name_only else "--"
    try:
        found, notes = names.find(table.columns, options.columns, roles, own_name_only, option)
    except SourceError as problem:
        raise SourceError(f"{file.name} has {problem}") from None
    for role in roles:
        if role in found or role in ("id", "properties") or role in own_name_only:
            continue
        other = " or, if all its events are of one kind, --event-name" if role == "event" else ""
        raise SourceError(
            f"{file.name} has no column that is known as the {role}; name it with {option}{role}-column{other}. "
            f"Its columns are {names.listed(table.columns)}."
        )
    for note in notes:
        collected.note(note)
    for role, one in found.items():
        collected.found.setdefault(role, one)
    return found


def say_commas(file: LocalFile, table: Table, dropped: frozenset[str], collected: Collected) -> None:
    for note in comma_notes(table, file.name, dropped):
        collected.note(note)


def text_of(record: Record, column: str, text: str | None, role: str) -> str | None:
    """A lead, name or id; a number as it is written (in a typed file: its shortest decimal form); None if missing."""
    value = record.get(column)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and text is not None:
        return written(text, column)
    made = plain(value)
    if isinstance(made, str):
        return made or None
    if made is None:
        return None
    if isinstance(made, int) and not isinstance(made, bool):
        return str(made)
    if isinstance(made, float):
        return as_text(made)
    kind = {bool: "true or false", list: "a list", dict: "an object"}.get(type(made), "no text")
    raise UnusableError(f"The {role} is {kind}, it must be a text")


def _instant(value: Any, times: TimeReader) -> int | None:
    """The instant of a value, None where there is none. Raises UnusableError where it cannot be read."""
    if value is None or value == "":
        return None
    instant = times.read(value)
    if instant is None:
        raise UnusableError(times.trouble(value))
    return instant


def properties_of(typed: bool, record: Record, text: str | None, columns: Columns) -> Record:
    """The record's other columns; what is in the column `properties` stands beside them. The record is changed."""
    opened = columns.opened
    held = record.get(opened)
    own = record  # it is not needed any more as it was: a copy would double the memory
    for key in columns.dropped:
        own.pop(key, None)
    if typed:
        own = {key: plain(value) for key, value in own.items()}
    elif text is not None:
        own = without_infinities(own, text)
    if held is None:
        return own
    inner = json_of(held) if isinstance(held, str) else plain(held)
    if not isinstance(inner, dict):
        return {**own, opened: plain(held)}
    return {**inner, **{key: value for key, value in own.items() if value not in (None, "") or key not in inner}}


def reject(
    file: LocalFile, table: Table, base: int, index: int, text: str | None, reason: str, collected: Collected
) -> None:
    row, shown = table.where(index)
    collected.reject(base + index, file, row, reason, shown if text is None else text)


def reject_flaws(file: LocalFile, table: Table, base: int, collected: Collected) -> None:
    for flaw in table.flaws:
        reject(file, table, base, flaw.index, None, flaw.reason, collected)


def require_usable(paths: Sequence[str], usable: Sequence[object], collected: Collected) -> None:
    if usable:
        return
    given = ", ".join(said(path) for path in paths)
    if collected.row_count == 0:
        said_so = [note for note in collected.notes if note.endswith((" is empty.", " has no rows."))]
        raise SourceError(said_so[0] if len(said_so) == 1 else f"{given}: there are no rows.")
    first = collected.in_order()[0]
    if collected.encodings and "UTF-8" in first.reason:
        raise SourceError(collected.encodings[0])
    rows = "its only row is" if collected.row_count == 1 else f"all {collected.row_count:,} rows are"
    place = f"row {first.row}" + (f" of {said(first.file)}" if len(paths) > 1 or first.file != paths[0] else "")
    raise SourceError(f"{given}: {rows} rejected. The first, {place}: {first.reason}.")
