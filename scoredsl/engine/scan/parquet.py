"""A Parquet file as SQL: DuckDB reads it, and its statistics say, where they can, that nothing is to be rejected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoredsl.engine.scan import typed
from scoredsl.engine.scan.objects import object_of
from scoredsl.engine.scan.parts import Raw, TablePart
from scoredsl.engine.scan.sql import Functions, literal
from scoredsl.engine.scan.times import FIRST, LAST, clear, parsed, time_of_text
from scoredsl.engine.sources.duck import readable
from scoredsl.engine.sources.files import LocalFile
from scoredsl.engine.sources.options import ReadOptions
from scoredsl.engine.sources.records import Columns
from scoredsl.engine.sources.times import TimeReader

ROW = "file_row_number"
"""What DuckDB calls the row's number; a file with a column of this name it does not number."""


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """What a Parquet file holds: the names of its columns, DuckDB's types, how many rows."""

    file: LocalFile
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: int

    @property
    def source(self) -> str:
        """What follows FROM; the columns are c0, c1, ..., then n, the row from 0."""
        names = ", ".join([*(f"c{i}" for i in range(len(self.columns))), "n"])
        read = f"read_parquet({literal(self.file.path)}, {ROW} = true, hive_partitioning = false)"
        return f"{read} AS t({names})"

    def column(self, name: str) -> tuple[str, str]:
        """A column in SQL and its type."""
        place = self.columns.index(name)
        return f"c{place}", self.kinds[place]


def opened(db: Any, file: LocalFile) -> ParquetFile:
    """Looks at a file. Raises SourceError."""
    path = literal(file.path)
    with readable(file.name, file.path):
        found = db.execute(f"DESCRIBE SELECT * FROM read_parquet({path}, hive_partitioning = false)").fetchall()
        ((rows,),) = db.execute(f"SELECT num_rows FROM parquet_file_metadata({path})").fetchall()
    return ParquetFile(file, tuple(str(row[0]) for row in found), tuple(str(row[1]) for row in found), int(rows))


def part(
    parquet: ParquetFile,
    columns: Columns,
    options: ReadOptions,
    times: TimeReader,
    functions: Functions,
    base: int,
    profile: bool,
    quick: bool,
) -> TablePart | None:
    """The file as SQL; None where its lead, name or id is of a type that can be none.

    `quick`: texts of times are read as if all were written in the usual way; `unclear` says which are not.
    """
    lead = typed.text(*parquet.column(columns.lead), functions)
    event = id_ = None
    if not profile:
        named = options.event_name
        event = literal(named) if named else typed.text(*parquet.column(columns.event), functions)
        id_ = typed.text(*parquet.column(columns.id), functions) if columns.id else None
        if event is None or (columns.id and id_ is None):
            return None
    time, given, unclear = "NULL::BIGINT", None, "false"
    if columns.time:
        cell, kind = parquet.column(columns.time)
        given = f"nullif({cell}, '')" if kind in ("VARCHAR", "JSON") else cell
        usual = clear(cell, options) if kind == "VARCHAR" else None
        if quick and usual is not None:
            time, unclear = parsed(cell), f"{cell} <> '' AND NOT {usual}"
        else:
            time = _time(cell, kind, options, times, functions)
    if lead is None:
        return None
    inner = None
    if columns.opened:
        column, kind = parquet.column(columns.opened)
        if kind not in ("VARCHAR", "JSON"):
            column = f"{typed.plain_json(kind, functions)}({column})"
        inner = object_of(column, functions)

    def held(name: str) -> tuple[Raw, ...]:
        if name == columns.opened and inner is not None:
            # What is no object is a property of its own.
            raws = typed.raws(*parquet.column(name), functions)
            return tuple(Raw(raw.kind, f"CASE WHEN ({inner}) IS NULL THEN {raw.sql} END") for raw in raws)
        if name in columns.dropped or name not in parquet.columns:
            return ()
        return typed.raws(*parquet.column(name), functions)

    return TablePart(
        source=parquet.source,
        lead=lead,
        event=event,
        time=time,
        id=id_,
        place=f"n + {base + 1}",
        columns=held,
        inner=inner,
        given=given,
        unclear=unclear,
    )


def _time(
    column: str, kind: str, options: ReadOptions, times: TimeReader, functions: Functions
) -> str:
    """The time in SQL."""
    if kind in ("VARCHAR", "JSON"):
        return time_of_text(column, options, times, functions)
    if kind in typed.WHOLE:
        return time_of_text(f"CAST({column} AS VARCHAR)", options, times, functions)
    if kind == "TIMESTAMP WITH TIME ZONE" or (kind in typed.STAMPS and options.timezone is None):
        stamp = typed.micros(column, kind)
        return f"CASE WHEN {stamp} BETWEEN {FIRST} AND {LAST} THEN {stamp} END"
    if kind == "DATE" and options.timezone is None:
        return f"CASE WHEN {column} BETWEEN '0001-01-01' AND '9999-12-31' THEN epoch_us({column}) END"
    slow = functions.native(("time", kind, options.time_format, options.timezone), times.read, kind, "BIGINT")
    return f"{slow}({column})"


def statistics(db: Any, parquet: ParquetFile, columns: Columns, named: bool, utc: bool) -> tuple[int, int] | None:
    """The oldest and the newest time, if the statistics of the file say so and that no row is to be rejected.

    `named`: there is a column for the event's name. `utc`: a timestamp without a timezone is in UTC.
    """
    names = [columns.lead, columns.time, *([columns.event] if named else [])]
    kind = parquet.column(columns.time)[1]
    texts = [parquet.column(name)[1] == "VARCHAR" for name in names if name != columns.time]
    if not all(texts) or len(set(parquet.columns)) < len(parquet.columns):
        return None
    if kind != "TIMESTAMP WITH TIME ZONE" and not (kind == "TIMESTAMP" and utc):
        return None
    sql = (
        "SELECT path_in_schema, count(*) = count(stats_null_count), sum(stats_null_count), "
        "count(*) = count(stats_min_value), min(stats_min_value), "
        "epoch_us(min(TRY_CAST(stats_min_value AS TIMESTAMP))), epoch_us(max(TRY_CAST(stats_max_value AS TIMESTAMP))), "
        "sum(num_values) "
        f"FROM parquet_metadata({literal(parquet.file.path)}) GROUP BY path_in_schema"
    )
    found = {row[0]: row[1:] for row in db.execute(sql).fetchall()}
    for name in names:
        known = found.get(name)
        if known is None or not (known[0] and known[1] == 0 and known[2]) or known[3] == "" or known[6] != parquet.rows:
            return None
    first, last = found[columns.time][4:6]
    if first is None or last is None or not FIRST <= first <= last <= LAST:
        return None
    return first, last

