"""Parquet, and how DuckDB's typed values become plain ones."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from scoredsl.engine.sources.duck import readable
from scoredsl.engine.sources.files import LocalFile
from scoredsl.engine.sources.tables import Record, Table
from scoredsl.semantics.log import Value
from scoredsl.semantics.values import instant_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_parquet(db: Any, file: LocalFile) -> Table:
    """The rows of a Parquet file, counted from 1; values are typed (see `plain`). Raises SourceError."""
    with readable(file.name, file.path):
        cursor = db.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [file.path])
        columns = tuple(str(column[0]) for column in cursor.description)
        records: list[tuple[int, Record, str | None]] = []
        while batch := cursor.fetchmany(20_000):
            start = len(records) + 1
            records += [(start + i, dict(zip(columns, row, strict=True)), None) for i, row in enumerate(batch)]

    def where(index: int) -> tuple[int, str]:
        return index, json.dumps(
            {key: plain(value) for key, value in records[index - 1][1].items()}, ensure_ascii=False
        )

    return Table(columns, records, where, typed=True)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of a timestamp; one without a timezone is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    span = aware - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def plain(value: Any) -> Value:
    """A value as JSON can hold it (`semantics.log`): timestamps and dates as ISO 8601, NaN and infinities None."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case datetime():
            return instant_text(micros(value))
        case date() | time():
            return value.isoformat()
        case Decimal():
            if not value.is_finite():
                return None
            return int(value) if value == value.to_integral_value() else float(value)
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                return None
        case dict():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return str(value)
