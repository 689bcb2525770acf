"""Results that the cluster writes itself: a folder of part files, each sorted by lead (LANGUAGE section 10).

The cells are those of `engine/results`: in CSV as text, in NDJSON and Parquet numbers as doubles.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from scoredsl.engine.result_rows import ResultRows
from scoredsl.engine.results import Column, cell
from scoredsl.semantics.values import instant_text

Format = Literal["parquet", "csv", "ndjson"]
FORMATS: Mapping[str, Format] = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
"""By the end of the folder's name."""
WRITERS: Mapping[Format, str] = {"parquet": "parquet", "csv": "csv", "ndjson": "json"}
"""What Spark calls them."""
OPTIONS: Mapping[Format, Mapping[str, str]] = {
    "parquet": {},
    "csv": {
        "header": "true",
        "quote": '"',
        "escape": '"',
        "emptyValue": "",
        "nullValue": "",
        "ignoreLeadingWhiteSpace": "false",
        "ignoreTrailingWhiteSpace": "false",
    },
    "ndjson": {"ignoreNullFields": "false"},
}
"""What Spark's writers are told, so that values are read as `engine/results` would have written them."""
_TYPES = {"text": "string", "points": "double", "boolean": "boolean", "time": "timestamp"}
_BATCH = 20_000


def names(columns: Sequence[Column]) -> list[str]:
    """What the columns are called on their way; a name of the rules may be any text."""
    return [f"c{i}" for i in range(len(columns))]


def _type(column: Column, format: Format) -> str:
    return "string" if format == "csv" or (format == "ndjson" and column.type == "time") else _TYPES[column.type]


def schema(columns: Sequence[Column], format: Format) -> str:
    """The columns of the rows, as Spark has them; `told` is NULL but in the last row of a partition."""
    each = [f"{name} {_type(column, format)}" for name, column in zip(names(columns), columns, strict=True)]
    return ", ".join([*each, "told string"])


def batches(rows: ResultRows, format: Format) -> Iterator[Any]:
    """The rows as Arrow record batches."""
    import pyarrow as pa

    if format == "csv":
        found = rows.rows()
        while some := list(islice(found, _BATCH)):
            cells = [
                [None if value is None else cell(value, column.type) for value in values]
                for column, values in zip(rows.columns, zip(*some, strict=True), strict=True)
            ]
            yield _batch([pa.array(each, pa.string()) for each in cells])
        return
    for batch in rows.batches():
        arrays = list(batch.columns)
        for i, column in enumerate(rows.columns):
            if column.type == "time" and format == "ndjson":
                times = arrays[i].cast(pa.int64()).to_pylist()
                arrays[i] = pa.array([None if time is None else instant_text(time) for time in times], pa.string())
        yield _batch(arrays)


def last_row(columns: Sequence[Column], format: Format, told: Mapping[str, Any]) -> Any:
    """The row that says what was counted."""
    import pyarrow as pa

    kinds = {
        "string": pa.string(), "double": pa.float64(), "boolean": pa.bool_(), "timestamp": pa.timestamp("us", tz="UTC")
    }  # fmt: skip
    return _batch([pa.nulls(1, kinds[_type(column, format)]) for column in columns], json.dumps(told))


def _batch(arrays: list[Any], told: str | None = None) -> Any:
    import pyarrow as pa

    last = pa.array([told] * len(arrays[0]), pa.string())
    return pa.RecordBatch.from_arrays([*arrays, last], [*(f"c{i}" for i in range(len(arrays))), "told"])
