"""Records that Python has read, as a table of DuckDB: for files, and rows, that SQL does not read exactly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from scoredsl.engine.scan.parts import Raw, Relation
from scoredsl.engine.scan.sql import pointer
from scoredsl.semantics.log import Event, ProfileRow, Value

_BATCH = 50_000
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class RecordsPart:
    """A table of lead, event, time, id, place, and the properties as the JSON text of an object."""

    table: str
    profile: bool

    def relation(self, names: Sequence[str], until: int | None) -> Relation:
        chosen = [
            f"CAST(json_extract(properties, {pointer([name])}) AS VARCHAR) AS r{i}" for i, name in enumerate(names)
        ]
        head = ["lead", "time", "place"] if self.profile else ["lead", "event", "time", "id", "place"]
        where = ""
        if until is not None:
            where = f" WHERE time <= {until}" + (" OR time IS NULL" if self.profile else "")
        fields = {name: (Raw("json", f"r{i}"),) for i, name in enumerate(names)}
        return Relation(f"SELECT {', '.join([*head, *chosen])} FROM {self.table}{where}", fields)


def events_part(db: Any, events: Iterable[Event]) -> RecordsPart:
    rows = ((e.lead, e.name, e.time, e.id, e.place, _json(e.properties)) for e in events)
    return RecordsPart(_table(db, rows), profile=False)


def profile_part(db: Any, rows: Iterable[ProfileRow]) -> RecordsPart:
    made = ((row.lead, None, row.time, None, row.place, _json(row.fields)) for row in rows)
    return RecordsPart(_table(db, made), profile=True)


def _json(properties: Any) -> str:
    return json.dumps({key: _without_infinities(value) for key, value in properties.items()}, ensure_ascii=False)


def _without_infinities(value: Value) -> Value:
    return None if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))) else value


def _table(db: Any, rows: Iterable[tuple[Any, ...]]) -> str:
    """A table of its own; not a temporary one, for other cursors see it, too."""
    import pyarrow

    text, number = pyarrow.string(), pyarrow.int64()
    kinds = {"lead": text, "event": text, "time": number, "id": text, "place": number, "properties": text}
    name = f"scoredsl_records_{next(_numbers)}"
    db.execute(
        f"CREATE TABLE {name} "
        "(lead VARCHAR, event VARCHAR, time BIGINT, id VARCHAR, place BIGINT, properties VARCHAR)"
    )
    found = iter(rows)
    while batch := list(islice(found, _BATCH)):
        columns = zip(zip(*batch, strict=True), kinds.values(), strict=True)
        table = pyarrow.table([pyarrow.array(column, kind) for column, kind in columns], names=list(kinds))
        db.register(f"{name}_batch", table)
        db.execute(f"INSERT INTO {name} SELECT * FROM {name}_batch")
        db.unregister(f"{name}_batch")
    return name
