"""Files for the tests of the sources, and short ways to read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scoredsl.engine.sources import EventLog, ReadOptions, read_events
from scoredsl.semantics.values import instant_of_text

T = "2026-03-01T00:00:00Z"


def micros(text: str) -> int:
    instant = instant_of_text(text, None)
    assert instant is not None
    return instant


def written(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def parquet(folder: Path, name: str, **columns: Any) -> str:
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return str(path)


def log(folder: Path, name: str, content: str | bytes, options: ReadOptions | None = None) -> EventLog:
    return read_events([written(folder, name, content)], options or ReadOptions())


def rejects(found: EventLog) -> list[tuple[int, str]]:
    return [(one.row, one.reason) for one in found.rejected]
