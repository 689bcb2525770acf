"""From files to the records of the language: events, profile rows, and what was rejected (LANGUAGE section 3)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scoredsl.engine.output import reason as why
from scoredsl.engine.output import replacing
from scoredsl.engine.sources.delimited import read_csv, read_tsv, read_txt
from scoredsl.engine.sources.duck import connection
from scoredsl.engine.sources.encodings import trouble
from scoredsl.engine.sources.files import LocalFile, expand, prepare
from scoredsl.engine.sources.json_files import read_json, read_ndjson
from scoredsl.engine.sources.options import EventLog, ProfileTable, ReadOptions, SourceError
from scoredsl.engine.sources.parquet import read_parquet
from scoredsl.engine.sources.records import (
    Collected,
    UnusableError,
    event_columns,
    event_head,
    profile_columns,
    profile_head,
    properties_of,
    read_lists,
    reject,
    reject_flaws,
    require_usable,
    roles_of,
    say_commas,
)
from scoredsl.engine.sources.tables import Flaw, Table
from scoredsl.engine.sources.times import TimeReader
from scoredsl.semantics.log import Event, ProfileRow, Rejected

READERS: Mapping[str, Callable[[Any, LocalFile], Table]] = {
    "csv": read_csv,
    "tsv": read_tsv,
    "txt": read_txt,
    "ndjson": read_ndjson,
    "json": read_json,
    "parquet": read_parquet,
}
PLAIN = ReadOptions()


def read_events(paths: Sequence[str], options: ReadOptions = PLAIN) -> EventLog:
    """Reads a log. `paths` are files, patterns and `-`.

    Raises SourceError where a file cannot be read, a column is not found or no row at all is usable.
    """
    require_one_name(options)
    times = TimeReader(options.time_format, options.timezone)
    collected = Collected()
    events: list[Event] = []
    roles = ("lead", "time", "id", "properties") if options.event_name is not None else (
        "lead", "event", "time", "id", "properties"
    )  # fmt: skip
    for file, table, base in tables_of(paths, options, collected):
        if not table.rows:
            reject_flaws(file, table, base, collected)
            continue
        found = roles_of(file, table, options, roles, frozenset(), collected)
        columns = event_columns(found)
        if options.event_name is not None and "event" in table.columns:
            collected.note(f"Column event of {file.name} is not read: every event is {options.event_name}.")
        say_commas(file, table, columns.dropped, collected)
        reject_flaws(file, table, base, collected)
        for index, record, text in table.rows:
            try:
                head = event_head(record, text, columns, options, times)
            except UnusableError as problem:
                reject(file, table, base, index, text, str(problem), collected)
                continue
            properties = properties_of(table.typed, record, text, columns)
            events.append(Event(head.lead, head.name, head.time, head.id, base + index, properties))
    require_usable(paths, events, collected)
    return EventLog(events, collected.in_order(), collected.found, collected.notes, collected.row_count)


def require_one_name(options: ReadOptions) -> None:
    """Raises SourceError where the name of the events is said twice, or is empty."""
    if options.event_name is not None and options.columns.event is not None:
        raise SourceError("Say --event-name or --event-column, not both.")
    if options.event_name == "":
        raise SourceError("The event name is empty; write one.")


def read_profiles(paths: Sequence[str], options: ReadOptions = PLAIN) -> ProfileTable:
    """Reads profile files, as `read_events`. Their time is the column `time` or the one that is named, never guessed.

    `event` and `id` are fields like any other.
    """
    times = TimeReader(options.time_format, options.timezone, "--profile-time-format")
    collected = Collected()
    rows: list[ProfileRow] = []
    for file, table, base in tables_of(paths, options, collected):
        if not table.rows:
            reject_flaws(file, table, base, collected)
            continue
        found = roles_of(file, table, options, ("lead", "time", "properties"), frozenset({"time"}), collected)
        columns = profile_columns(found)
        say_commas(file, table, columns.dropped, collected)
        reject_flaws(file, table, base, collected)
        for index, record, text in table.rows:
            try:
                who, instant = profile_head(record, text, columns, times)
            except UnusableError as problem:
                reject(file, table, base, index, text, str(problem), collected)
                continue
            fields = properties_of(table.typed, record, text, columns)
            rows.append(ProfileRow(who, instant, base + index, fields))
    require_usable(paths, rows, collected)
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


def tables_of(
    paths: Sequence[str], options: ReadOptions, collected: Collected
) -> Iterator[tuple[LocalFile, Table, int]]:
    """Each file's records and the number that its places begin after."""
    base = 0
    with TemporaryDirectory(prefix="scoredsl-") as folder, connection() as db:
        for number, given in enumerate(expand(paths)):
            file = prepare(given, number, options.input_format, Path(folder))
            if file.empty:
                collected.note(f"{file.name} is empty.")
                continue
            table = read_table(db, file, collected)
            for note in table.notes:
                collected.note(note)
            if not table.count:
                collected.note(f"{file.name} has no rows.")
            collected.row_count += table.count
            if options.list_columns and file.format in ("csv", "tsv", "txt"):
                read_lists(table, options.list_columns)
            yield file, table, base
            base += table.size


def read_table(db: Any, file: LocalFile, collected: Collected) -> Table:
    """The records of a file; if it is not UTF-8 text, that is said."""
    try:
        table = READERS[file.format](db, file)
    except SourceError:
        wrong = None if file.format == "parquet" else _encoding(file)
        if wrong is not None:
            raise SourceError(wrong) from None
        raise
    say_encoding(file, table.flaws, collected)
    return table


def say_encoding(file: LocalFile, flaws: Sequence[Flaw], collected: Collected) -> None:
    """Says that a file is not UTF-8 text, if a flaw is that."""
    if any("UTF-8" in flaw.reason for flaw in flaws):
        wrong = _encoding(file)
        if wrong is not None:
            collected.encodings.append(wrong)
            collected.note(wrong)


def _encoding(file: LocalFile) -> str | None:
    with Path(file.path).open("rb") as lines:
        return trouble(lines, file.given)
