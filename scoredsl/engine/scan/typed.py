"""How the columns of a typed file (Parquet) stand in SQL, so that they read as `sources.parquet.plain` makes them."""

from __future__ import annotations

import json
import re
from typing import Any

from scoredsl.engine.scan.parts import Raw
from scoredsl.engine.scan.sql import Functions
from scoredsl.engine.scan.times import FIRST, LAST
from scoredsl.engine.sources.parquet import plain
from scoredsl.engine.sources.records import text_of

WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"})
STAMPS = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"})
_DECIMAL = re.compile(r"DECIMAL\(([0-9]+),([0-9]+)\)")
_EXACT_DIGITS = 15
"""A decimal of so many digits is a whole number over a power of ten, both of them exact doubles."""
_JSON_ALIKE = re.compile(r"(?:(?:VARCHAR|BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT)(?:\[\])*)\[\]")


def raws(column: str, kind: str, functions: Functions) -> tuple[Raw, ...]:
    """The value of a column of a DuckDB type."""
    decimal = _DECIMAL.fullmatch(kind)
    if kind in ("VARCHAR", "JSON"):
        return (Raw("text", f"CAST({column} AS VARCHAR)" if kind == "JSON" else column),)
    if kind in WHOLE or kind in ("FLOAT", "DOUBLE") or (decimal and int(decimal[1]) <= _EXACT_DIGITS):
        return (Raw("number", column if kind == "DOUBLE" else f"CAST({column} AS DOUBLE)"),)
    if kind == "BOOLEAN":
        return (Raw("boolean", column),)
    if kind in STAMPS:
        # What lies outside these years is the text that DuckDB writes for it.
        stamp = micros(column, kind)
        inside = f"{stamp} BETWEEN {FIRST} AND {LAST}"
        return (
            Raw("moment", f"CASE WHEN {inside} THEN {stamp} END"),
            Raw("text", f"CASE WHEN NOT ({inside}) THEN CAST({column} AS VARCHAR) END"),
        )
    if kind == "DATE":
        return (Raw("text", f"CASE {column} WHEN 'infinity' THEN '9999-12-31' WHEN '-infinity' THEN '0001-01-01' "
                            f"ELSE CAST({column} AS VARCHAR) END"),)  # fmt: skip
    if kind == "UUID" or kind.startswith("ENUM("):
        return (Raw("text", f"CAST({column} AS VARCHAR)"),)
    if kind == "BLOB":
        return (Raw("text", f"TRY(decode({column}))"),)
    if _JSON_ALIKE.fullmatch(kind):
        return (Raw("json", f"CAST(to_json({column}) AS VARCHAR)"),)
    return (Raw("json", f"{plain_json(kind, functions)}({column})"),)


def plain_json(kind: str, functions: Functions) -> str:
    """The function that makes JSON text of any value."""
    return functions.native(("plain", kind), _plain_json, kind)


def _text(value: Any) -> str | None:
    return text_of({"": value}, "", None, "")


def _plain_json(value: Any) -> str | None:
    made = plain(value)
    return None if made is None else json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def micros(column: str, kind: str) -> str:
    """Microseconds of a timestamp column; infinities are the ends of the years 1 to 9999, as Python has them."""
    if kind == "TIMESTAMP_NS":
        # Cut towards 1970, as Python is given them; a cast would round.
        return f"epoch_ns({column}) // 1000"
    stamp = column if kind in ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE") else f"CAST({column} AS TIMESTAMP)"
    return (
        f"CASE WHEN isfinite({stamp}) THEN epoch_us({stamp}) WHEN {stamp} IS NULL THEN NULL "
        f"WHEN {stamp} > '2000-01-01' THEN {LAST} ELSE {FIRST} END"
    )


def text(column: str, kind: str, functions: Functions) -> str | None:
    """A lead, name or id of a column; None for a type that can be none."""
    if kind == "VARCHAR":
        return f"nullif({column}, '')"
    if kind == "JSON":
        return f"nullif(CAST({column} AS VARCHAR), '')"
    if kind in WHOLE or kind in ("UUID", "HUGEINT", "UHUGEINT"):
        return f"CAST({column} AS VARCHAR)"
    if kind.startswith("ENUM("):
        return f"nullif(CAST({column} AS VARCHAR), '')"
    if kind == "BOOLEAN" or kind.endswith("]") or kind.startswith(("STRUCT(", "MAP(", "UNION(")):
        return None
    return f"{functions.native(('text', kind), _text, kind)}({column})"
