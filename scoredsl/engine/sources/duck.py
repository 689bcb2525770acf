"""The one place that talks to DuckDB: a connection that nothing on the machine can change, rows in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from scoredsl.engine.sources.options import SourceError

_BATCH = 20_000
_DETAIL = 200


@contextmanager
def connection() -> Iterator[Any]:
    """A DuckDB connection in memory: in UTC, in the order of the files, and without extensions from the net."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "preserve_insertion_order": "true",
    }
    with closing(duckdb.connect(":memory:", config=settings)) as db:
        _set(db)
        yield db


def cursor(db: Any) -> Any:
    """Another connection to the same database, so that two queries can be read at a time."""
    other = db.cursor()
    _set(other)
    return other


def _set(db: Any) -> None:
    db.execute("SET TimeZone = 'UTC'")
    db.execute("SET enable_progress_bar = false")


def rows(db: Any, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, in their order, fetched in batches. Raises duckdb.Error."""
    cursor = db.execute(sql, list(values))
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


@contextmanager
def readable(name: str, path: str) -> Iterator[None]:
    """Turns DuckDB's error into one about the file `name`, which was read from `path`."""
    import duckdb

    try:
        yield
    except duckdb.Error as problem:
        raise SourceError(f"{name} cannot be read: {detail(problem).replace(path, name)}.") from problem
    except MemoryError as problem:
        raise SourceError(f"{name} does not fit in memory; split it into several files.") from problem


def detail(problem: Exception) -> str:
    """The first line of an error of DuckDB, without its kind, cut to a readable length."""
    line = next((line.strip() for line in str(problem).splitlines() if line.strip()), type(problem).__name__)
    head, colon, tail = line.partition(" Error: ")
    text = tail if colon and " " not in head.replace("Invalid Input", "").strip() else line
    return text.rstrip(".")[:_DETAIL]


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def lines(db: Any, name: str, path: str) -> Iterator[tuple[int, str | None]]:
    """The lines of a text file with their 1-based numbers, without line ends and byte order mark; None: no UTF-8.

    Raises SourceError where the file cannot be read or is UTF-16.
    """
    import duckdb

    split = "SELECT unnest(string_split(content, chr(10))) FROM read_text(?)"
    # A file with bytes that are no UTF-8 is cut in its escaped form, so that its good lines can still be used.
    escaped = "string_split(content::VARCHAR, '\\x0A')"
    careful = f"SELECT TRY(decode(line::BLOB)) FROM (SELECT unnest({escaped}) AS line FROM read_blob(?))"
    with readable(name, path):
        try:
            cut = rows(db, split, [path])
            first = next(cut, None)
        except duckdb.InvalidInputException:
            cut = rows(db, careful, [path])
            first = next(cut, None)
        if first is None:
            return
        text: str | None = first[0]
        yield 1, None if text is None else text.removeprefix("\ufeff").removesuffix("\r")
        for number, (text,) in enumerate(cut, 2):
            yield number, None if text is None else text.removesuffix("\r")
