"""From the user's files to SQL whose rows are exactly the events (profile rows) that `sources.read` gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

from scoredsl.engine.scan import delimited, ndjson, parquet
from scoredsl.engine.scan.delimited import CsvFile
from scoredsl.engine.scan.parts import Part, PlainColumns, TablePart
from scoredsl.engine.scan.records import RecordsPart, events_part, profile_part
from scoredsl.engine.scan.sql import Functions, both, literals
from scoredsl.engine.sources.duck import cursor, readable, rows
from scoredsl.engine.sources.files import LocalFile, expand, prepare
from scoredsl.engine.sources.locate import records
from scoredsl.engine.sources.options import Found, ReadOptions, SourceError
from scoredsl.engine.sources.parquet import plain
from scoredsl.engine.sources.read import read_table, require_one_name, say_encoding
from scoredsl.engine.sources.records import (
    Collected,
    Columns,
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
from scoredsl.engine.sources.tables import Record, Table
from scoredsl.engine.sources.times import TimeReader
from scoredsl.semantics.log import Event, ProfileRow, Rejected

_LOOKED_AT = 20_000
"""By so many first rows of a file it is judged whether its columns have numbers with a comma."""

Leads: TypeAlias = "str | tuple[str, ...] | None"
"""A lead, some leads, or (None) all."""
Row: TypeAlias = tuple[int, Record]
"""An index in its file, and the record there."""


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file's rows as SQL, how many are usable, and the newest time among them (None: no row has one)."""

    part: Part
    usable: int
    newest: int | None
    has_id: bool
    events_of: Callable[[Leads], list[Event]]
    """The events of leads, in their order."""
    rows_of: Callable[[Leads], list[ProfileRow]]
    """The profile rows of leads, in their order."""


@dataclass(slots=True)
class Scan:
    """A source that SQL can read as often as it likes. Close it when nothing reads it any more.

    `db`: the connection that all SQL is for; its cursors see the same. `rejected`, `found`, `notes` and `row_count` are
    those of `EventLog`. `usable`: how many rows are not rejected.
    """

    db: Any
    functions: Functions
    files: list[ScanFile] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    found: Mapping[str, Found] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    row_count: int = 0
    _folder: TemporaryDirectory[str] | None = None

    @property
    def parts(self) -> list[Part]:
        return [file.part for file in self.files]

    @property
    def usable(self) -> int:
        return sum(file.usable for file in self.files)

    @property
    def has_id(self) -> bool:
        """Whether any event may have an id."""
        return any(file.has_id for file in self.files)

    def newest(self) -> int | None:
        """The newest time of the usable rows, None where none has one."""
        return max((file.newest for file in self.files if file.newest is not None), default=None)

    def close(self) -> None:
        """Removes what was unpacked or read from standard input."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Sieve(Protocol):
    """Who knows files that were read before: they are left out."""

    def has_path(self, given: str) -> bool:
        """Whether a file is known by its path, before it is opened."""
        ...

    def has_content(self, file: LocalFile) -> bool:
        """Whether what is in it is known."""
        ...

    def took(self, file: LocalFile, usable: int) -> None:
        """A file was taken, with so many usable rows."""
        ...


class EventScan(Scan):
    """A log."""

    def events_of(self, leads: Leads) -> list[Event]:
        """All events of leads, as `read_events` gives them; the log is read once for all of them."""
        return [event for file in self.files for event in file.events_of(leads)]


class ProfileScan(Scan):
    """Profile files."""

    def rows_of(self, leads: Leads) -> list[ProfileRow]:
        """All profile rows of leads, as `read_profiles` gives them; the files are read once for all of them."""
        return [row for file in self.files for row in file.rows_of(leads)]


def scan_events(paths: Sequence[str], options: ReadOptions, db: Any, sieve: Sieve | None = None) -> EventScan:
    """Looks at a log: as `read_events`, but the events stay where they are. `db`: from `sources.duck.connection`.

    With a `sieve` there may be no file, and no row in those there are. Raises SourceError as `read_events` does.
    """
    require_one_name(options)
    scan = EventScan(db, Functions(db))
    _Scanner(scan, options, profile=False, sieve=sieve).run(paths)
    return scan


def scan_profiles(paths: Sequence[str], options: ReadOptions, db: Any, sieve: Sieve | None = None) -> ProfileScan:
    """Looks at profile files: as `read_profiles`, but the rows stay where they are."""
    scan = ProfileScan(db, Functions(db))
    _Scanner(scan, options, profile=True, sieve=sieve).run(paths)
    return scan


def scan_file(file: LocalFile, options: ReadOptions, db: Any, profile: bool) -> tuple[Scan, Collected]:
    """Looks at one file of several, and what it gave beside its usable rows, of which there need be none.

    Places are those inside the file. Raises SourceError.
    """
    scan = ProfileScan(db, Functions(db)) if profile else EventScan(db, Functions(db))
    scanner = _Scanner(scan, options, profile, None)
    if file.empty:
        scanner.collected.note(f"{file.name} is empty.")
    else:
        scanner.file(file, 0)
    return scan, scanner.collected


class _Scanner:
    """Makes the files of a scan, one after the other."""

    def __init__(self, scan: Scan, options: ReadOptions, profile: bool, sieve: Sieve | None) -> None:
        self.scan = scan
        self.sieve = sieve
        self.db = scan.db
        self.options = options
        self.profile = profile
        self.times = TimeReader(options.time_format, options.timezone, *(["--profile-time-format"] if profile else []))
        self.collected = Collected()

    def run(self, paths: Sequence[str]) -> None:
        folder = TemporaryDirectory(prefix="scoredsl-")
        self.scan._folder = folder
        base = 0
        try:
            for number, given in enumerate(expand(paths) if paths or self.sieve is None else ()):
                if self.sieve is not None and self.sieve.has_path(given):
                    continue
                file = prepare(given, number, self.options.input_format, Path(folder.name))
                if file.empty:
                    self.collected.note(f"{file.name} is empty.")
                elif self.sieve is None or not self.sieve.has_content(file):
                    usable = self.scan.usable
                    base += self.file(file, base)
                    if self.sieve is not None:
                        self.sieve.took(file, self.scan.usable - usable)
            if self.sieve is None or self.collected.row_count:
                require_usable(paths, range(self.scan.usable), self.collected)
        except BaseException:
            self.scan.close()
            raise
        self.scan.rejected = self.collected.in_order()
        self.scan.found, self.scan.notes = self.collected.found, self.collected.notes
        self.scan.row_count = self.collected.row_count

    def file(self, file: LocalFile, base: int) -> int:
        """Takes a file up; gives what is more than every index in it."""
        before = self.collected.copy()
        found: int | None = None
        if file.format == "parquet":
            found = self.parquet(file, base)
        elif file.format in ("csv", "tsv", "txt"):
            found = self.delimited(file, base)
        else:
            found = self.ndjson(file, base)
        if found is None:
            self.collected = before
            return self.records(file, base)
        return found

    # ---- what SQL reads

    def parquet(self, file: LocalFile, base: int) -> int | None:
        opened = parquet.opened(self.db, file)
        if not opened.rows:
            self.collected.note(f"{file.name} has no rows.")
            return 1
        if parquet.ROW in map(str.lower, opened.columns):
            return None
        columns = self.columns(file, opened.columns)

        def made(quick: bool) -> TablePart | None:
            options, functions = self.options, self.scan.functions
            return parquet.part(opened, columns, options, self.times, functions, base, self.profile, quick)

        part = made(quick=True)
        if part is None:
            return None
        self.collected.row_count += opened.rows
        known: tuple[int, int] | None = None
        newest: int | None
        if not self.profile:
            named, utc = self.options.event_name is None, self.options.timezone is None
            known = parquet.statistics(self.db, opened, columns, named, utc)
        if known is not None:
            moment, name = opened.column(columns.time)[0], self.options.event_name
            part = replace(part, time=f"epoch_us({moment})", moment=moment, lead=opened.column(columns.lead)[0])
            if name is None:
                part = replace(part, event=opened.column(columns.event)[0])
            event = columns.event if name is None else None
            part = replace(part, plain=PlainColumns(file.path, columns.lead, columns.time, event, name))
            newest, rejected = known[1], 0
        else:
            with readable(file.name, file.path):
                part, newest, rejected, _ = self.checked(made)

        def found(where: str) -> Iterator[Row]:
            names = ", ".join(f"c{i}" for i in range(len(opened.columns)))
            for index, *cells in _rows(self.db, f"SELECT n + 1, {names} FROM {opened.source} WHERE {where}"):
                yield index, dict(zip(opened.columns, cells, strict=True))

        texts = {
            name: opened.column(name)[0]
            for name in opened.columns
            if opened.column(name)[1] in ("VARCHAR", "JSON") and name not in columns.dropped
        }
        self.commas(file, columns, texts, opened.source, "n + 1", lambda index: (index, ""))

        def place(index: int, record: Record) -> tuple[int, str]:
            return index, json.dumps({key: plain(value) for key, value in record.items()}, ensure_ascii=False)

        self.take(file, part, columns, base, opened.rows - rejected, newest, found, place if rejected else None, True)
        return opened.rows + 1

    def delimited(self, file: LocalFile, base: int) -> int | None:
        """All rows as they stand in the file; if some are not well-formed, a copy of the others."""
        before = self.collected.copy()
        for look in (delimited.opened, delimited.copied):
            opened = look(self.db, file)
            found = None if opened is None else self._delimited(file, opened, base)
            if found is not None:
                return found
            self.collected = before.copy()
        return None

    def _delimited(self, file: LocalFile, opened: CsvFile, base: int) -> int | None:
        import duckdb

        copied = opened.copied
        flaws = copied.flaws if copied else []
        say_encoding(file, flaws, self.collected)
        for note in opened.notes:
            self.collected.note(note)
        try:
            columns = self.columns(file, opened.columns)
            if self.options.list_columns & {columns.lead, columns.event, columns.time, columns.id, columns.opened}:
                return None
            options, functions = self.options, self.scan.functions

            def made(quick: bool) -> TablePart | None:
                return delimited.part(opened, columns, options, self.times, functions, base, self.profile, quick)

            part, newest, rejected, count = self.checked(made, delimited.all_cells(opened))
        except (duckdb.Error, SourceError):
            return None
        if not count or opened.rows not in (None, count):
            return None
        self.collected.row_count += count + len(flaws)
        places = {name: opened.header.index(name) for name in opened.columns}

        def found(where: str) -> Iterator[Row]:
            names = ", ".join(f"c{i}" for i in range(len(opened.header)))
            for row, *cells in _rows(self.db, f"SELECT n, {names} FROM {opened.source} WHERE {where}"):
                index = opened.index(row)
                record = {name: cells[place] for name, place in places.items() if cells[place]}
                if self.options.list_columns:
                    read_lists(Table(opened.columns, [(index, record, None)], _nowhere), self.options.list_columns)
                yield index, record

        located = cache(lambda: copied.located if copied else records(file.path, opened.delimiter))
        texts = {name: opened.column(name) for name in opened.columns if name not in columns.dropped}
        self.commas(file, columns, texts, opened.source, "n", lambda row: located().where(opened.index(row)))
        reject_flaws(file, Table((), [], lambda index: located().where(index), flaws), base, self.collected)

        def place(index: int, record: Record) -> tuple[int, str]:
            return located().where(index)

        self.take(file, part, columns, base, count - rejected, newest, found, place if rejected else None, False)
        last: int = max([opened.index(count), *(flaw.index for flaw in flaws)])
        return last + 1

    def ndjson(self, file: LocalFile, base: int) -> int | None:
        import duckdb

        opened = ndjson.opened(file)
        if opened is None:
            return None
        try:
            found = ndjson.contents(self.db, opened)
        except duckdb.Error:
            return None
        if found is None or found[1].lines <= found[1].flaws:
            return None
        opened, held = found
        self.collected.row_count += held.lines
        columns = self.columns(file, held.keys)
        part = ndjson.NdjsonPart(
            opened, columns, self.options, self.times, self.scan.functions, base, self.profile, held.odd
        )
        ((newest, rejected),) = self.db.execute(
            "SELECT max(time) FILTER (WHERE NOT unusable), count(*) FILTER (WHERE unusable) "
            f"FROM (SELECT time, ({part.unusable()}) AS unusable FROM {part.heads()})"
        ).fetchall()
        some = f"FROM (SELECT * FROM {opened.source()} LIMIT {_LOOKED_AT})"
        commas = f"SELECT bool_or(regexp_matches(line, '{ndjson.COMMA}')) {some}"
        if self.db.execute(commas).fetchall() == [(True,)]:
            say_commas(file, opened.table(_rows(self.db, f"SELECT n, line {some}")), columns.dropped, self.collected)
        if rejected:
            for row in _rows(self.db, f"SELECT n, line FROM {part.heads()} WHERE {part.unusable()}"):
                table = opened.table([row])
                reject_flaws(file, table, base, self.collected)
                for index, record, text in table.rows:
                    reject(file, table, base, index, text, self.reason(record, columns, text), self.collected)
            part = replace(part, usable=True)

        def table_of(leads: Leads) -> Table:
            where = both([*_is_lead("lead", leads), f"NOT ({part.unusable()})"])
            return opened.table(_rows(self.db, f"SELECT n, line FROM {part.heads()} WHERE {where}"))

        def events_of(leads: Leads) -> list[Event]:
            return [
                self.event(columns, base, index, record, text, False) for index, record, text in table_of(leads).rows
            ]

        def rows_of(leads: Leads) -> list[ProfileRow]:
            return [
                self.profile_row(columns, base, index, record, text, False)
                for index, record, text in table_of(leads).rows
            ]

        if held.lines > rejected:
            self.scan.files.append(ScanFile(part, held.lines - rejected, newest, bool(columns.id), events_of, rows_of))
        return opened.lines.number(held.last) + 1

    def columns(self, file: LocalFile, names: tuple[str, ...]) -> Columns:
        """The columns that play a role. Raises SourceError."""
        options, table = self.options, Table(names, [], _nowhere)
        if self.profile:
            roles: tuple[str, ...] = ("lead", "time", "properties")
            return profile_columns(roles_of(file, table, options, roles, frozenset({"time"}), self.collected))
        roles = ("lead", "time", "id", "properties")
        if options.event_name is None:
            roles = ("lead", "event", "time", "id", "properties")
        found = roles_of(file, table, options, roles, frozenset(), self.collected)
        if options.event_name is not None and "event" in table.columns:
            self.collected.note(f"Column event of {file.name} is not read: every event is {options.event_name}.")
        return event_columns(found)

    def commas(
        self,
        file: LocalFile,
        columns: Columns,
        texts: Mapping[str, str],
        source: str,
        index: str,
        where: Callable[[int], tuple[int, str]],
    ) -> None:
        """Says which columns have numbers with a comma, by the first rows. `texts`: SQL of columns of text, by name."""
        if not texts:
            return
        first = f"(SELECT * FROM {source} LIMIT {_LOOKED_AT})"
        tested = ", ".join(f"bool_or(contains({text}, ','))" for text in texts.values())
        (found,) = self.db.execute(f"SELECT {tested} FROM {first}").fetchall()
        some = [name for name, one in zip(texts, found, strict=True) if one]
        if some:
            chosen = ", ".join([index, *(texts[name] for name in some)])
            rows: list[tuple[int, Record, str | None]] = [
                (place, dict(zip(some, cells, strict=True)), None)
                for place, *cells in _rows(self.db, f"SELECT {chosen} FROM {first}")
            ]
            table = Table(tuple(some), rows, where)
            if file.format != "parquet":
                read_lists(table, self.options.list_columns)
            say_commas(file, table, columns.dropped, self.collected)

    def checked(
        self, made: Callable[[bool], TablePart | None], needed: Sequence[str] = ()
    ) -> tuple[TablePart, int | None, int, int]:
        """A part, the newest time of its usable rows, how many are to be rejected, and how many there are.

        The quick part is taken if no row is unclear. `needed`: columns that must be readable.
        """
        part, (newest, rejected, unclear, count, *_) = self._looked_at(made(True), needed)
        if unclear:
            part, (newest, rejected, _, count, *_) = self._looked_at(made(False), needed)
        return part, newest, rejected, count

    def _looked_at(self, part: TablePart | None, needed: Sequence[str]) -> tuple[TablePart, tuple[Any, ...]]:
        assert part is not None
        names = [f"n{i}" for i in range(len(needed))]
        counts = "".join(f", count({name})" for name in names)
        more = "".join(f", {column} AS {name}" for column, name in zip(needed, names, strict=True))
        columns = f"({part.unusable()}) AS unusable, ({part.unclear}) AS unclear, ({part.time}) AS time{more}"
        (found,) = self.db.execute(
            "SELECT max(time) FILTER (WHERE NOT unusable), count(*) FILTER (WHERE unusable), "
            f"count(*) FILTER (WHERE unclear), count(*){counts} FROM (SELECT {columns} FROM {part.source})"
        ).fetchall()
        return part, found

    def take(
        self,
        file: LocalFile,
        part: TablePart,
        columns: Columns,
        base: int,
        usable: int,
        newest: int | None,
        found: Callable[[str], Iterator[Row]],
        place: Callable[[int, Record], tuple[int, str]] | None,
        typed: bool,
    ) -> None:
        """Adds a file that SQL reads; what is to be rejected is looked at by Python, which says why.

        `found` gives the records for which SQL is true. `place`: row and text of a record; None: none is rejected.
        """
        if place is not None:
            for index, record in found(part.unusable()):
                row, text = place(index, record)
                self.collected.reject(base + index, file, row, self.reason(record, columns), text)
            part = replace(part, where=(f"NOT ({part.unusable()})",))

        def events_of(leads: Leads) -> list[Event]:
            usable = both([*_is_lead(part.lead, leads), *part.where])
            return [self.event(columns, base, index, record, None, typed) for index, record in found(usable)]

        def rows_of(leads: Leads) -> list[ProfileRow]:
            usable = both([*_is_lead(part.lead, leads), *part.where])
            return [self.profile_row(columns, base, index, record, None, typed) for index, record in found(usable)]

        if usable:
            self.scan.files.append(ScanFile(part, usable, newest, bool(columns.id), events_of, rows_of))

    def event(self, columns: Columns, base: int, index: int, record: Record, text: str | None, typed: bool) -> Event:
        """The event of a record that is usable."""
        head = event_head(record, text, columns, self.options, self.times)
        properties = properties_of(typed, record, text, columns)
        return Event(head.lead, head.name, head.time, head.id, base + index, properties)

    def profile_row(
        self, columns: Columns, base: int, index: int, record: Record, text: str | None, typed: bool
    ) -> ProfileRow:
        """The profile row of a record that is usable."""
        lead, time = profile_head(record, text, columns, self.times)
        return ProfileRow(lead, time, base + index, properties_of(typed, record, text, columns))

    def reason(self, record: Record, columns: Columns, text: str | None = None) -> str:
        """Why a record is rejected."""
        try:
            if self.profile:
                profile_head(record, text, columns, self.times)
            else:
                event_head(record, text, columns, self.options, self.times)
        except UnusableError as problem:
            return str(problem)
        raise AssertionError("SQL takes this row for unusable, Python does not")

    # ---- what Python reads

    def records(self, file: LocalFile, base: int) -> int:
        table = read_table(self.db, file, self.collected)
        for note in table.notes:
            self.collected.note(note)
        if not table.count:
            self.collected.note(f"{file.name} has no rows.")
        self.collected.row_count += table.count
        if self.options.list_columns and file.format in ("csv", "tsv", "txt"):
            read_lists(table, self.options.list_columns)
        if not table.rows:
            reject_flaws(file, table, base, self.collected)
            return table.size
        columns = self.columns(file, table.columns)
        say_commas(file, table, columns.dropped, self.collected)
        reject_flaws(file, table, base, self.collected)
        usable = 0
        newest: int | None = None

        def seen(time: int | None) -> None:
            nonlocal usable, newest
            usable += 1
            if time is not None and (newest is None or time > newest):
                newest = time

        def events() -> Iterator[Event]:
            for index, record, text in table.rows:
                try:
                    head = event_head(record, text, columns, self.options, self.times)
                except UnusableError as problem:
                    reject(file, table, base, index, text, str(problem), self.collected)
                    continue
                seen(head.time)
                properties = properties_of(table.typed, record, text, columns)
                yield Event(head.lead, head.name, head.time, head.id, base + index, properties)

        def profile_rows() -> Iterator[ProfileRow]:
            for index, record, text in table.rows:
                try:
                    lead, time = profile_head(record, text, columns, self.times)
                except UnusableError as problem:
                    reject(file, table, base, index, text, str(problem), self.collected)
                    continue
                seen(time)
                yield ProfileRow(lead, time, base + index, properties_of(table.typed, record, text, columns))

        part = profile_part(self.db, profile_rows()) if self.profile else events_part(self.db, events())

        def events_of(leads: Leads) -> list[Event]:
            return _kept_events(self.db, part, leads)

        def rows_of(leads: Leads) -> list[ProfileRow]:
            return _kept_rows(self.db, part, leads)

        if usable:
            self.scan.files.append(ScanFile(part, usable, newest, bool(columns.id), events_of, rows_of))
        return table.size


def _is_lead(column: str, leads: Leads) -> list[str]:
    """The condition that a column is one of these leads; what always holds for all leads."""
    if leads is None:
        return ["true"]
    wanted = (leads,) if isinstance(leads, str) else leads
    return [f"({column}) IN ({literals(wanted)})" if wanted else "false"]


def _kept_events(db: Any, part: RecordsPart, leads: Leads) -> list[Event]:
    sql = f"SELECT lead, event, time, id, place, properties FROM {part.table} WHERE {both(_is_lead('lead', leads))}"
    return [
        Event(who, name, time, id_, place, json.loads(properties))
        for who, name, time, id_, place, properties in _rows(db, sql)
    ]


def _kept_rows(db: Any, part: RecordsPart, leads: Leads) -> list[ProfileRow]:
    sql = f"SELECT lead, time, place, properties FROM {part.table} WHERE {both(_is_lead('lead', leads))}"
    return [ProfileRow(who, time, place, json.loads(properties)) for who, time, place, properties in _rows(db, sql)]


def _rows(db: Any, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, on a cursor of its own."""
    with closing(cursor(db)) as other:
        yield from rows(other, sql)


def _nowhere(index: int) -> tuple[int, str]:
    raise AssertionError(index)
