"""Results as files: scores, history and alerts as CSV, Parquet or NDJSON (LANGUAGE section 10).

In CSV numbers are their shortest decimals and times ISO 8601 in UTC. In Parquet and NDJSON numbers are doubles, labels
booleans; times are UTC timestamps in Parquet, ISO 8601 text in NDJSON (JSON has no type for them).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from scoredsl.engine.output import replacing
from scoredsl.reference import HistoryRow, LeadScores
from scoredsl.semantics.program import Program
from scoredsl.semantics.values import MILLION, instant_text, millionths_text

ColumnType = Literal["text", "points", "boolean", "time"]
SUFFIXES = (".csv", ".parquet", ".ndjson", ".jsonl")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: ColumnType


Row = Sequence[Any]
"""Values in the order of the columns: text, millionths, bool, or microseconds; None for nothing."""


def score_columns(program: Program) -> list[Column]:
    """`lead`, each score and its tier, grids, labels."""
    columns = [Column("lead", "text")]
    for score in program.scores:
        columns.append(Column(score.name, "points"))
        if score.tiers:
            columns.append(Column(f"{score.name}_tier", "text"))
    columns += [Column(grid.name, "text") for grid in program.grids]
    columns += [Column(label.name, "boolean") for label in program.labels]
    return columns


def score_rows(program: Program, rows: Iterable[LeadScores]) -> Iterator[list[Any]]:
    for row in rows:
        values: list[Any] = [row.lead]
        for score in program.scores:
            values.append(row.values[score.name])
            if score.tiers:
                values.append(row.tiers[score.name])
        values += [row.grids[grid.name] for grid in program.grids]
        values += [row.labels[label.name] for label in program.labels]
        yield values


HISTORY_COLUMNS = [
    Column("lead", "text"),
    Column("time", "time"),
    Column("score", "text"),
    Column("value", "points"),
    Column("change", "points"),
    Column("tier", "text"),
    Column("cause", "text"),
]
ALERT_COLUMNS = [
    Column("lead", "text"),
    Column("time", "time"),
    Column("score", "text"),
    Column("value", "points"),
    Column("from_tier", "text"),
    Column("to_tier", "text"),
    Column("cause", "text"),
]


def history_rows(rows: Iterable[HistoryRow]) -> Iterator[list[Any]]:
    for row in rows:
        yield [row.lead, row.time, row.score, row.value, row.change, row.tier, row.cause]


def alert_rows(rows: Iterable[HistoryRow]) -> Iterator[list[Any]]:
    """Changes of tier."""
    for row in rows:
        if row.tier != row.from_tier:
            yield [row.lead, row.time, row.score, row.value, row.from_tier, row.tier, row.cause]


def cell(value: Any, type_: ColumnType) -> str:
    """A value as CSV has it; nothing is an empty field."""
    if value is None:
        return ""
    match type_:
        case "points":
            return millionths_text(value)
        case "time":
            return instant_text(value)
        case "boolean":
            return "true" if value else "false"
        case _:
            return str(value)


def write_csv(stream: IO[str], columns: Sequence[Column], rows: Iterable[Row]) -> int:
    """Writes CSV; gives the number of rows."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    count = 0
    for row in rows:
        writer.writerow([cell(value, column.type) for value, column in zip(row, columns, strict=True)])
        count += 1
    return count


def write_file(path: str, columns: Sequence[Column], rows: Iterable[Row]) -> int:
    """Writes a result file by its suffix, whole or not at all; gives the number of rows.

    Raises ValueError for an unknown suffix, OSError where it cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(suffix)
    with replacing(path) as temporary:
        match suffix:
            case ".csv":
                with temporary.open("w", encoding="utf-8", newline="", errors="surrogatepass") as stream:
                    return write_csv(stream, columns, rows)
            case ".parquet":
                return _write_parquet(temporary, columns, rows)
            case _:
                return _write_ndjson(temporary, columns, rows)


def _write_ndjson(path: Path, columns: Sequence[Column], rows: Iterable[Row]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            record = {c.name: _json_value(value, c.type) for c, value in zip(columns, row, strict=True)}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count


def _json_value(value: Any, type_: ColumnType) -> Any:
    if value is None:
        return None
    if type_ == "points":
        return value / MILLION
    return instant_text(value) if type_ == "time" else value


_BATCH = 50_000


def _write_parquet(path: Path, columns: Sequence[Column], rows: Iterable[Row]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"text": pa.string(), "points": pa.float64(), "boolean": pa.bool_(), "time": pa.timestamp("us", tz="UTC")}
    schema = pa.schema([(column.name, types[column.type]) for column in columns])
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        batch: list[Row] = []

        def flush() -> None:
            arrays = [
                pa.array([_parquet_value(row[i], column.type) for row in batch], types[column.type])
                for i, column in enumerate(columns)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            batch.clear()

        for row in rows:
            batch.append(row)
            count += 1
            if len(batch) >= _BATCH:
                flush()
        flush()
    return count


def _parquet_value(value: Any, type_: ColumnType) -> Any:
    return value / MILLION if type_ == "points" and value is not None else value
