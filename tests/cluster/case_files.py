"""The log and the profiles of a random case as files: NDJSON, CSV and Parquet, one after the other."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scoredsl.semantics.values import instant_text
from tests.strategies.programs import Case

Row = dict[str, Any]


def write_files(case: Case, folder: Path, count: int) -> tuple[list[str], list[str]]:
    """Writes at most `count` files for each of the two; gives their paths."""
    events: list[Row] = []
    for event in case.events:
        row: Row = {"lead": event.lead, "event": event.name, "time": instant_text(event.time)}
        if event.id is not None:
            row["id"] = event.id
        events.append({**row, "properties": dict(event.properties)})
    profiles: list[Row] = []
    for version in case.profile_rows:
        time = {} if version.time is None else {"time": instant_text(version.time)}
        profiles.append({"lead": version.lead, **time, "properties": dict(version.fields)})
    return _written(events, folder, "events", count), _written(profiles, folder, "profiles", count)


def _written(rows: Sequence[Row], folder: Path, name: str, count: int) -> list[str]:
    size = -(-len(rows) // count)
    writers = (_ndjson, _csv, _parquet)
    paths = []
    for i, at in enumerate(range(0, len(rows), size or 1)):
        path, write = folder / f"{name}{i}", writers[i % 3]
        paths.append(write(rows[at : at + size], path))
    return paths


def _ndjson(rows: Sequence[Row], path: Path) -> str:
    path = path.with_suffix(".ndjson")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def _csv(rows: Sequence[Row], path: Path) -> str:
    path = path.with_suffix(".csv")
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "properties": json.dumps(row["properties"])})
    return str(path)


def _parquet(rows: Sequence[Row], path: Path) -> str:
    path = path.with_suffix(".parquet")
    texts = [{**row, "properties": json.dumps(row["properties"])} for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    pq.write_table(pa.table({name: pa.array([row.get(name) for row in texts], pa.string()) for name in names}), path)
    return str(path)
