"""NDJSON and JSON arrays: DuckDB cuts the records, each is decoded strictly by RFC 8259."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from io import SEEK_END
from pathlib import Path
from typing import Any

from scoredsl.engine.sources.duck import lines as lines_of
from scoredsl.engine.sources.duck import readable, rows
from scoredsl.engine.sources.files import LocalFile
from scoredsl.engine.sources.options import SourceError
from scoredsl.engine.sources.tables import Flaw, Record, Table
from scoredsl.semantics.log import Value

_LARGEST_RECORD = 1 << 30
_DIGITS = 4000
_BLOCK = 1 << 16
_HUGE = re.compile(r"[eE]\+?[0-9]{3}|[0-9]{300}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NOT_UTF8 = "The line is not UTF-8 text"


class NotJsonError(ValueError):
    """A text that is no JSON by RFC 8259; says why."""


def read_json(db: Any, file: LocalFile) -> Table:
    """A `.json` file: an array (its rows are the elements), an object a line, or objects over several lines.

    Raises SourceError.
    """
    with Path(file.path).open("rb") as source:
        start = source.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        table = _cut(db, file, "array")
        if not _closed(file):
            # DuckDB takes an array that is cut off after a comma for a whole one.
            raise SourceError(f"{file.name} cannot be read: its array is never closed; the file may be cut off.")
        return table
    table = read_ndjson(db, file)
    if not table.rows and start.startswith(b"{"):
        # No line is an object: perhaps each is laid out over several.
        with suppress(SourceError):
            return _cut(db, file, "unstructured")
    return table


def read_ndjson(db: Any, file: LocalFile) -> Table:
    """One object a line; blank lines are nothing; rows are the file's lines. Raises SourceError."""
    return table_of(lines_of(db, file.name, file.path))


def _closed(file: LocalFile) -> bool:
    """Whether the last sign of a file is the end of an array."""
    with Path(file.path).open("rb") as source:
        position = source.seek(0, SEEK_END)
        while position > 0:
            position = max(0, position - _BLOCK)
            source.seek(position)
            block = source.read(_BLOCK).rstrip(b" \t\r\n")
            if block:
                return block.endswith(b"]")
    return False


def _cut(db: Any, file: LocalFile, layout: str) -> Table:
    size = min(_LARGEST_RECORD, max(1 << 24, Path(file.path).stat().st_size + 1))
    sql = (
        f"SELECT json FROM read_json_objects(?, format = '{layout}', maximum_object_size = {size}, "
        "compression = 'uncompressed', hive_partitioning = false)"
    )
    with readable(file.name, file.path):
        found: list[str] = [row[0] for row in rows(db, sql, [file.path])]
    return table_of(enumerate(found, 1))


def table_of(texts: Iterable[tuple[int, str | None]]) -> Table:
    """The records of numbered texts, one each; blank ones are nothing."""
    columns: dict[str, None] = {}
    records: list[tuple[int, Record, str | None]] = []
    flaws: list[Flaw] = []
    bad: dict[int, str] = {}
    for number, text in texts:
        if text is None:
            flaws.append(Flaw(number, _NOT_UTF8))
            continue
        if not text.strip(" \t\r\n"):
            continue
        try:
            value = decoded(text)
        except NotJsonError as problem:
            flaws.append(Flaw(number, f"This is not valid JSON: {problem}"))
            bad[number] = text
            continue
        if isinstance(value, dict):
            records.append((number, value, text))
            columns.update(dict.fromkeys(value))
        else:
            flaws.append(Flaw(number, "This is not a JSON object"))
            bad[number] = text
    return Table(tuple(columns), records, lambda index: (index, bad.get(index, "")), flaws)


def decoded(text: str) -> Value:
    """The value of a JSON text; of equal keys the last wins. Raises NotJsonError. Too large a number is an infinity."""
    try:
        value = _decode(text)
    except RecursionError:
        raise NotJsonError("it is nested too deeply") from None
    except json.JSONDecodeError as problem:
        said = problem.msg.removesuffix(" starting at").removesuffix(" at").replace("delimiter", "sign")
        raise NotJsonError(f"{said[0].lower()}{said[1:]}, at character {problem.pos + 1}") from None
    if _SURROGATE.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise NotJsonError("a \\u escape is half a character") from None
    return value


def _decode(text: str) -> Value:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError:
        raise
    except NotJsonError:
        raise
    except ValueError:
        # Python refuses whole numbers of very many digits; as doubles they are infinite.
        return json.loads(text, parse_constant=_no_constant, parse_int=_whole)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < _DIGITS else float(digits)


def _no_constant(name: str) -> Value:
    raise NotJsonError(f"{name} is no number")


class _Written(str):
    """A number of a JSON text as it is written there."""

    __slots__ = ()


def written(text: str, key: str) -> str:
    """The number under `key` of a JSON object as it is written there: `5.0`, `1e2`."""
    value = json.loads(text, parse_int=_Written, parse_float=_Written)[key]
    return str(value)


def without_infinities(record: Record, text: str) -> Record:
    """The record with None for numbers beyond a double's range; `text` is what it was decoded from."""
    if not _HUGE.search(text):
        return record
    return {key: _finite(value) for key, value in record.items()}


def _finite(value: Value) -> Value:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return value
