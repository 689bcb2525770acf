"""From files to the records of the language: events, profile rows, and what was rejected (LANGUAGE section 3)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scoredsl.engine.output import reason as why
from scoredsl.engine.output import replacing
from scoredsl.engine.sources import columns as names
from scoredsl.engine.sources.commas import comma_notes
from scoredsl.engine.sources.delimited import read_csv, read_tsv, read_txt
from scoredsl.engine.sources.duck import connection
from scoredsl.engine.sources.encodings import trouble
from scoredsl.engine.sources.files import LocalFile, expand, prepare, said
from scoredsl.engine.sources.json_files import (
    NotJsonError,
    decoded,
    read_json,
    read_ndjson,
    without_infinities,
    written,
)
from scoredsl.engine.sources.options import EventLog, Found, ProfileTable, ReadOptions, SourceError
from scoredsl.engine.sources.parquet import plain, read_parquet
from scoredsl.engine.sources.tables import Record, Table
from scoredsl.engine.sources.times import TimeReader
from scoredsl.semantics.log import Event, ProfileRow, Rejected, Value
from scoredsl.semantics.values import as_text

_READERS: Mapping[str, Callable[[Any, LocalFile], Table]] = {
    "csv": read_csv,
    "tsv": read_tsv,
    "txt": read_txt,
    "ndjson": read_ndjson,
    "json": read_json,
    "parquet": read_parquet,
}
_EVENT_COLUMNS = ("lead", "event", "time", "id")
_SHOWN = 500
_PLAIN = ReadOptions()


class _UnusableError(Exception):
    """Why a record is rejected."""


class _Collected:
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

    def in_order(self) -> list[Rejected]:
        return [rejected for _, rejected in sorted(self.rejected, key=lambda pair: pair[0])]


def read_events(paths: Sequence[str], options: ReadOptions = _PLAIN) -> EventLog:
    """Reads a log. `paths` are files, patterns and `-`.

    Raises SourceError where a file cannot be read, a column is not found or no row at all is usable.
    """
    if options.event_name is not None and options.columns.event is not None:
        raise SourceError("Say --event-name or --event-column, not both.")
    if options.event_name == "":
        raise SourceError("The event name is empty; write one.")
    times = TimeReader(options.time_format, options.timezone)
    collected = _Collected()
    events: list[Event] = []
    roles = ("lead", "time", "id", "properties") if options.event_name is not None else (
        "lead", "event", "time", "id", "properties"
    )  # fmt: skip
    for file, table, base in _tables(paths, options, collected):
        if not table.rows:
            _reject_flaws(file, table, base, collected)
            continue
        found = _roles(file, table, options, roles, frozenset(), collected)
        lead, event, time, id_, opened = (
            _column(found, role) for role in ("lead", "event", "time", "id", "properties")
        )
        if options.event_name is not None and "event" in table.columns:
            collected.note(f"Column event of {file.name} is not read: every event is {options.event_name}.")
        dropped = {*_EVENT_COLUMNS, *(one.column for one in found.values())}
        _say_commas(file, table, dropped, collected)
        _reject_flaws(file, table, base, collected)
        for index, record, text in table.rows:
            try:
                who = _text(record, lead, text, "lead")
                if who is None:
                    raise _UnusableError("The lead is missing")
                name = options.event_name or _text(record, event, text, "event name")
                if name is None:
                    raise _UnusableError("The event name is missing")
                instant = _instant(record.get(time), times)
                if instant is None:
                    raise _UnusableError("The time is missing")
                own_id = _text(record, id_, text, "id") if id_ else None
            except _UnusableError as problem:
                _reject(file, table, base, index, text, str(problem), collected)
                continue
            properties = _properties(table, record, text, dropped, opened, options)
            events.append(Event(who, name, instant, own_id, base + index, properties))
    _require_usable(paths, events, collected)
    return EventLog(events, collected.in_order(), collected.found, collected.notes, collected.row_count)


def read_profiles(paths: Sequence[str], options: ReadOptions = _PLAIN) -> ProfileTable:
    """Reads profile files, as `read_events`. Their time is the column `time` or the one that is named, never guessed.

    `event` and `id` are fields like any other.
    """
    times = TimeReader(options.time_format, options.timezone, "--profile-time-format")
    collected = _Collected()
    rows: list[ProfileRow] = []
    for file, table, base in _tables(paths, options, collected):
        if not table.rows:
            _reject_flaws(file, table, base, collected)
            continue
        found = _roles(file, table, options, ("lead", "time", "properties"), frozenset({"time"}), collected)
        lead, time, opened = (_column(found, role) for role in ("lead", "time", "properties"))
        dropped = {one.column for one in found.values()}
        _say_commas(file, table, dropped, collected)
        _reject_flaws(file, table, base, collected)
        for index, record, text in table.rows:
            try:
                who = _text(record, lead, text, "lead")
                if who is None:
                    raise _UnusableError("The lead is missing")
                instant = _instant(record.get(time), times) if time else None
            except _UnusableError as problem:
                _reject(file, table, base, index, text, str(problem), collected)
                continue
            fields = _properties(table, record, text, dropped, opened, options)
            rows.append(ProfileRow(who, instant, base + index, fields))
    _require_usable(paths, rows, collected)
    return ProfileTable(rows, collected.in_order(), collected.found, collected.notes, collected.row_count)


def write_rejects(path: str, rejected: Sequence[Rejected]) -> None:
    """Writes rejected rows as CSV: file, row, reason, text. Raises SourceError where the file cannot be written."""
    try:
        with replacing(path) as place, place.open("w", encoding="utf-8", errors="replace", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(["file", "row", "reason", "text"])
            writer.writerows((one.file, one.row, one.reason, one.text) for one in rejected)
    except OSError as problem:
        raise SourceError(f"{path} cannot be written: {why(problem)}.") from problem


def _tables(
    paths: Sequence[str], options: ReadOptions, collected: _Collected
) -> Iterator[tuple[LocalFile, Table, int]]:
    """Each file's records and the number that its places begin after."""
    base = 0
    with TemporaryDirectory(prefix="scoredsl-") as folder, connection() as db:
        for number, given in enumerate(expand(paths)):
            file = prepare(given, number, options.input_format, Path(folder))
            if file.empty:
                collected.note(f"{file.name} is empty.")
                continue
            table = _table(db, file, collected)
            for note in table.notes:
                collected.note(note)
            if not table.count:
                collected.note(f"{file.name} has no rows.")
            collected.row_count += table.count
            if options.list_columns and file.format in ("csv", "tsv", "txt"):
                _read_lists(table, options.list_columns)
            yield file, table, base
            base += table.size


def _table(db: Any, file: LocalFile, collected: _Collected) -> Table:
    """The records of a file; if it is not UTF-8 text, that is said."""
    try:
        table = _READERS[file.format](db, file)
    except SourceError:
        wrong = None if file.format == "parquet" else _encoding(file)
        if wrong is not None:
            raise SourceError(wrong) from None
        raise
    if any("UTF-8" in flaw.reason for flaw in table.flaws):
        wrong = _encoding(file)
        if wrong is not None:
            collected.encodings.append(wrong)
            collected.note(wrong)
    return table


def _encoding(file: LocalFile) -> str | None:
    with Path(file.path).open("rb") as lines:
        return trouble(lines, file.given)


def _read_lists(table: Table, wanted: frozenset[str]) -> None:
    for column in wanted.intersection(table.columns):
        for _, record, _ in table.rows:
            cell = record.get(column)
            if isinstance(cell, str):
                value = _json(cell)
                if isinstance(value, list):
                    record[column] = value


def _json(text: str) -> Value:
    """The value of a JSON text, None if it is none."""
    try:
        return without_infinities({"": decoded(text)}, text)[""]
    except NotJsonError:
        return None


def _roles(
    file: LocalFile,
    table: Table,
    options: ReadOptions,
    roles: Sequence[str],
    own_name_only: frozenset[str],
    collected: _Collected,
) -> dict[str, Found]:
    try:
        found, notes = names.find(table.columns, options.columns, roles, own_name_only)
    except SourceError as problem:
        raise SourceError(f"{file.name} has {problem}") from None
    for role in roles:
        if role in found or role in ("id", "properties") or role in own_name_only:
            continue
        other = " or, if all its events are of one kind, --event-name" if role == "event" else ""
        raise SourceError(
            f"{file.name} has no column that is known as the {role}; name it with --{role}-column{other}. "
            f"Its columns are {names.listed(table.columns)}."
        )
    for note in notes:
        collected.note(note)
    for role, one in found.items():
        collected.found.setdefault(role, one)
    return found


def _say_commas(file: LocalFile, table: Table, dropped: set[str], collected: _Collected) -> None:
    for note in comma_notes(table, file.name, dropped):
        collected.note(note)


def _column(found: Mapping[str, Found], role: str) -> str:
    """The column of a role; an empty text, which no column is called, where there is none."""
    return found[role].column if role in found else ""


def _text(record: Record, column: str, text: str | None, role: str) -> str | None:
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
    raise _UnusableError(f"The {role} is {kind}, it must be a text")


def _instant(value: Any, times: TimeReader) -> int | None:
    """The instant of a value, None where there is none. Raises _UnusableError where it cannot be read."""
    if value is None or value == "":
        return None
    instant = times.read(value)
    if instant is None:
        raise _UnusableError(times.trouble(value))
    return instant


def _properties(
    table: Table, record: Record, text: str | None, dropped: set[str], opened: str, options: ReadOptions
) -> Record:
    """The record's other columns; what is in the column `properties` stands beside them."""
    held = record.get(opened)
    own = record  # it is not needed any more as it was: a copy would double the memory
    for key in dropped:
        own.pop(key, None)
    if table.typed:
        own = {key: plain(value) for key, value in own.items()}
    elif text is not None:
        own = without_infinities(own, text)
    if held is None:
        return own
    inner = _json(held) if isinstance(held, str) else plain(held)
    if not isinstance(inner, dict):
        return {**own, opened: plain(held)}
    return {**inner, **{key: value for key, value in own.items() if value not in (None, "") or key not in inner}}


def _reject(
    file: LocalFile, table: Table, base: int, index: int, text: str | None, reason: str, collected: _Collected
) -> None:
    row, shown = table.where(index)
    collected.reject(base + index, file, row, reason, shown if text is None else text)


def _reject_flaws(file: LocalFile, table: Table, base: int, collected: _Collected) -> None:
    for flaw in table.flaws:
        _reject(file, table, base, flaw.index, None, flaw.reason, collected)


def _require_usable(paths: Sequence[str], usable: Sequence[object], collected: _Collected) -> None:
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
