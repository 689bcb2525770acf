"""A CSV or TSV file as SQL, where all of its rows are well-formed; every cell is a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoredsl.engine.scan.lines import shape
from scoredsl.engine.scan.objects import list_of, object_of
from scoredsl.engine.scan.parts import Raw, TablePart
from scoredsl.engine.scan.sql import Functions, literal
from scoredsl.engine.scan.times import clear, parsed, time_of_text
from scoredsl.engine.sources import delimited
from scoredsl.engine.sources.files import LocalFile
from scoredsl.engine.sources.locate import Records, records
from scoredsl.engine.sources.options import ReadOptions, SourceError
from scoredsl.engine.sources.records import Columns
from scoredsl.engine.sources.tables import Flaw
from scoredsl.engine.sources.times import TimeReader


@dataclass(frozen=True, slots=True)
class CopiedRows:
    """Which records of the file the rows are, by their order; what is wrong with the other records; where all are."""

    indexes: Sequence[int]
    flaws: list[Flaw]
    located: Records


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose quotes and line ends are plain. `columns` are those that are read; `rows` stand below the header."""

    file: LocalFile
    delimiter: str
    header: tuple[str, ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    rows: int | None
    """None: as many as DuckDB finds, which cannot be wrong."""
    source: str
    """What follows FROM; the columns are c0, c1, ..., then n, the row from 1."""
    copied: CopiedRows | None = None
    """None: all records are rows."""

    def index(self, row: int) -> int:
        """The index of the record that a row is."""
        return row if self.copied is None else self.copied.indexes[row - 1]

    def column(self, name: str) -> str:
        """A column in SQL; of two with one name the first counts."""
        return f"c{self.header.index(name)}"


def opened(db: Any, file: LocalFile) -> CsvFile | None:
    """Looks at the bytes of a file; None where Python must read it."""
    import duckdb

    delimiter = delimited.delimiter_of(file)
    found = None if delimiter is None else shape(file.path, delimiter)
    if delimiter is None or found is None:
        return None
    size = Path(file.path).stat().st_size
    try:
        header = delimited.header_of(db, file, delimiter, size)
        # The header as it stands in the file must be what the rows are read with.
        sql = delimited.scan(delimiter, len(header), size, "") + " LIMIT 1"
        first = db.execute(sql, [file.path]).fetchall()
    except (SourceError, duckdb.Error):
        return None
    columns, notes = delimited.named(file, header)
    if first != [header] or len(header) < 2 or not columns:
        return None
    # Lines are allowed no more than they need: DuckDB's buffers, and what it reads at a time, grow with them.
    sql = delimited.scan(delimiter, len(header), 0, "", parallel=not found.broken)
    read = sql.replace("read_csv(?", f"read_csv({literal(file.path)}", 1).replace("header = false", "header = true", 1)
    source = f"(SELECT *, row_number() OVER () AS n FROM ({read}) AS t)"
    rows = None if found.rows is None else found.rows - 1
    return CsvFile(file, delimiter, header, tuple(columns), tuple(notes), rows, source)


def copied(db: Any, file: LocalFile) -> CsvFile | None:
    """The rows that are well-formed, copied; the reasons of all others are `flaws`. None where Python must read it."""
    import duckdb

    delimiter = delimited.delimiter_of(file)
    if delimiter is None:
        return None
    copy = f"{file.spare}.parquet"

    def take(sql: str, path: str) -> int:
        read = sql.replace("read_csv(?", f"read_csv({literal(path)}", 1)
        ((count,),) = db.execute(f"COPY ({read}) TO {literal(copy)} (FORMAT parquet)").fetchall()
        return int(count)

    try:
        header = delimited.header_of(db, file, delimiter, Path(file.path).stat().st_size)
        count, path, flawed = delimited.well_formed(db, file, delimiter, header, take)
        names = ", ".join([*(f"c{i}" for i in range(len(header))), "n"])
        source = f"(SELECT * FROM read_parquet({literal(copy)}, file_row_number = true) AS t({names}) WHERE n > 0)"
        first = db.execute(f"SELECT * FROM read_parquet({literal(copy)}) LIMIT 1").fetchall()
        columns, notes = delimited.named(file, header)
        if first != [header] or not columns:
            return None
        located = records(path, delimiter)
        indexes, flaws = delimited.accounted(file, located, count, flawed)
    except (SourceError, duckdb.Error):
        return None
    rows = CopiedRows(indexes, flaws, located)
    return CsvFile(file, delimiter, header, tuple(columns), tuple(notes), count - 1, source, rows)


def all_cells(csv: CsvFile) -> list[str]:
    """All cells in SQL: what is wrong in a cell that is not asked for DuckDB does not see."""
    return [f"c{i}" for i in range(len(csv.header))]


def part(
    csv: CsvFile,
    columns: Columns,
    options: ReadOptions,
    times: TimeReader,
    functions: Functions,
    base: int,
    profile: bool,
    quick: bool,
) -> TablePart:
    """The file as SQL. `quick`: times are read as if all were written as usual; `unclear` says which are not."""

    def text(name: str) -> str:
        return f"nullif({csv.column(name)}, '')"

    event = None
    if not profile:
        event = literal(options.event_name) if options.event_name else text(columns.event)
    inner = object_of(csv.column(columns.opened), functions) if columns.opened else None

    def held(name: str) -> tuple[Raw, ...]:
        if name == columns.opened and inner is not None:
            return (Raw("text", f"CASE WHEN ({inner}) IS NULL THEN {csv.column(name)} END"),)
        if name in columns.dropped or name not in csv.columns:
            return ()
        cell = csv.column(name)
        if name in options.list_columns:
            cells = list_of(cell, functions)
            return (Raw("json", cells), Raw("text", cell))
        return (Raw("text", cell),)

    time, unclear, given = "NULL::BIGINT", "false", None
    if columns.time:
        cell, given = csv.column(columns.time), text(columns.time)
        usual = clear(cell, options)
        if quick and usual is not None:
            time, unclear = parsed(cell), f"{cell} <> '' AND NOT {usual}"
        else:
            time = time_of_text(cell, options, times, functions)
    return TablePart(
        source=csv.source,
        lead=text(columns.lead),
        event=event,
        time=time,
        id=text(columns.id) if columns.id and not profile else None,
        place=f"n + {base}",
        columns=held,
        inner=inner,
        given=given,
        unclear=unclear,
    )
