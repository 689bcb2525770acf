"""The events of a log with one property as text, set in a table of DuckDB: for what counts contents, not for rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoredsl.engine.scan.parts import Raw
from scoredsl.engine.scan.scan import EventScan
from scoredsl.engine.scan.sql import literal


def contents(scan: EventScan, properties: Sequence[str], until: int, table: str) -> None:
    """Makes a table of (lead, event, time, p0, p1, ...) of the events up to an instant; missing values are NULL."""
    pieces = []
    for part in scan.parts:
        found = part.relation(list(properties), until)
        columns = [f"{_first(found.fields.get(name, ()))} AS p{i}" for i, name in enumerate(properties)]
        pieces.append(f"SELECT {', '.join(['lead', 'event', 'time', *columns])} FROM ({found.sql})")
    scan.db.execute(f"CREATE TEMP TABLE {table} AS {' UNION ALL '.join(pieces)}")


def one_lead_one_time(db: Any, table: str) -> Any:
    """Which leads have events when, and how many: Arrow columns lead, time, events."""
    return db.sql(
        f"SELECT lead, time, count(*) AS events FROM {table} GROUP BY lead, time ORDER BY lead, time"
    ).to_arrow_table()


def grouped(db: Any, table: str, column: str) -> Any:
    """Arrow columns lead, time, value (text) of every event; `column` is `event` or one of the properties."""
    return db.sql(f"SELECT lead, time, {column} AS value FROM {table} ORDER BY lead, time, value").to_arrow_table()


def _first(raws: Sequence[Raw]) -> str:
    """The first of several values that is known, as text."""
    texts = [_text(raw) for raw in raws]
    return f"coalesce({', '.join(texts)})" if len(texts) > 1 else texts[0] if texts else "NULL::VARCHAR"


def _text(raw: Raw) -> str:
    x = raw.sql
    match raw.kind:
        case "text":
            return f"nullif({x}, '')"
        case "number":
            whole = f"{x} = floor({x}) AND abs({x}) < 1e15"
            return f"CASE WHEN {whole} THEN CAST(CAST({x} AS BIGINT) AS VARCHAR) ELSE CAST({x} AS VARCHAR) END"
        case "boolean":
            return f"CAST({x} AS VARCHAR)"
        case "moment":
            return f"strftime(make_timestamp({x}), {literal('%Y-%m-%dT%H:%M:%SZ')})"
        case "json":
            return f"nullif(json_extract_string({x}, '$'), '')"
