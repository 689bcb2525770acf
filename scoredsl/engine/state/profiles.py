"""Profile rows as a state keeps them: as they were read, for what a later row leaves open is filled from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scoredsl.engine.scan.sql import literal


def merge(db: Any, before: Path | None, readings: str, columns: Sequence[str], into: Path) -> int:
    """Writes the rows that there were and, behind them, new ones; gives how many there are then.

    The rows of a lead that have one time, or none, become one: at any instant all of them hold or none, and of a field
    the last known value counts. So a file that is given each day, whole, takes no more room than once.
    """
    kept = [] if before is None else [f"SELECT lead, time, -1::BIGINT AS place{_listed(columns)} FROM {source(before)}"]
    rows = "\nUNION ALL\n".join([*kept, f"SELECT lead, time, place{_listed(columns)} FROM ({readings})"])
    last = "".join(f", last({one} ORDER BY place) FILTER (WHERE {one} IS NOT NULL) AS {one}" for one in columns)
    db.execute(
        f"COPY (SELECT lead, time, 0::BIGINT AS place{last} FROM ({rows}) GROUP BY lead, time) "
        f"TO {literal(str(into))} (FORMAT parquet, COMPRESSION zstd)"
    )
    ((count,),) = db.execute(f"SELECT count(*) FROM {source(into)}").fetchall()
    return int(count)


def source(path: Path) -> str:
    """The rows of a file, as they follow FROM."""
    return f"read_parquet({literal(str(path))})"


def _listed(columns: Sequence[str]) -> str:
    return "".join(f", {one}" for one in columns)
