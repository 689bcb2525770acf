"""Runs a query for real: in DuckDB, in a private PostgreSQL server, or in ClickHouse (chdb)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from scoredsl.targets.sql.columns import ColumnType
from scoredsl.targets.sql.tables import TableData

ENGINES = ("duckdb", "postgres", "clickhouse")


class MissingError(Exception):
    """A driver or server is not there; the text says what to install."""


def run(engine: str, tables: Sequence[TableData], sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query over tables that are made for it. Raises MissingError."""
    with opened(engine) as run_query:
        return run_query(tables, sql)


Runner = Callable[[Sequence[TableData], str], list[tuple[Any, ...]]]


@contextmanager
def opened(engine: str) -> Iterator[Runner]:
    """A function that runs queries in an engine, each over tables of its own. Raises MissingError."""
    if engine == "duckdb":
        yield _run_duckdb
    elif engine == "postgres":
        with _postgres() as connection:
            yield lambda tables, sql: _run_postgres(connection, tables, sql)
    else:
        with _clickhouse() as session:
            yield lambda tables, sql: _run_clickhouse(session, tables, sql)


_TYPES: dict[str, dict[ColumnType, str]] = {
    "duckdb": {"text": "VARCHAR", "number": "DOUBLE", "boolean": "BOOLEAN", "time": "TIMESTAMP"},
    "postgres": {"text": "TEXT", "number": "DOUBLE PRECISION", "boolean": "BOOLEAN", "time": "TIMESTAMP"},
    "clickhouse": {
        "text": "Nullable(String)", "number": "Nullable(Float64)", "boolean": "Nullable(Bool)",
        "time": "Nullable(DateTime64(6, 'UTC'))",
    },
}  # fmt: skip


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _create(engine: str, table: TableData) -> str:
    columns = []
    for name, kind in table.columns:
        made = _TYPES[engine][kind]
        if (engine == "clickhouse" and name in ("lead", "event")) or (engine == "clickhouse" and name == "time"
                                                                     and table.name == "events"):
            made = made.removeprefix("Nullable(").removesuffix(")")
        columns.append(f"{_quoted(name)} {made}")
    return f"{_quoted(table.name)} ({', '.join(columns)})"


def _run_duckdb(tables: Sequence[TableData], sql: str) -> list[tuple[Any, ...]]:
    import duckdb
    import pyarrow as pa

    types = {"text": pa.string(), "number": pa.float64(), "boolean": pa.bool_(), "time": pa.timestamp("us")}
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for table in tables:
            db.execute(f"CREATE TABLE {_create('duckdb', table)}")
            if table.rows:
                arrays = [pa.array([row[i] for row in table.rows], types[kind])
                          for i, (_, kind) in enumerate(table.columns)]
                db.register("loaded", pa.table(arrays, names=[f"c{i}" for i in range(len(arrays))]))
                db.execute(f"INSERT INTO {_quoted(table.name)} SELECT * FROM loaded")
                db.unregister("loaded")
        return [tuple(row) for row in db.execute(sql).fetchall()]


# ---- PostgreSQL


def postgres_programs() -> Path | None:
    """The folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: _version(path.parent.parent.name))
    if found:
        return found[-1].parent
    other = shutil.which("initdb")
    return Path(other).resolve().parent if other else None


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())


@contextmanager
def _postgres() -> Iterator[Any]:
    """A connection to a server of our own: data in a temporary folder, no port but a socket in it."""
    try:
        import psycopg
    except ImportError:
        raise MissingError(
            'The driver of PostgreSQL is not installed. Install it with: pip install "psycopg[binary]"'
        ) from None
    programs = postgres_programs()
    if programs is None:
        raise MissingError(
            "There is no PostgreSQL server here. Install one (Debian and Ubuntu: apt-get install postgresql)."
        )
    root = os.name == "posix" and os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="scoredsl-pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder, "data")
        if root:
            shutil.chown(folder, "postgres", "postgres")
        as_user = _as_postgres() if root else []

        def call(*words: str) -> None:
            done = subprocess.run([*as_user, *words], capture_output=True, text=True, cwd=folder, check=False)
            if done.returncode != 0:
                raise MissingError(f"PostgreSQL could not be started: {(done.stderr or done.stdout).strip()}")

        call(str(programs / "initdb"), "-D", str(data), "-U", "scoredsl", "-A", "trust", "-E", "UTF8",
             "--locale", "C.UTF-8", "--no-sync")  # fmt: skip
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c full_page_writes=off"
        control = str(programs / "pg_ctl")
        call(control, "-D", str(data), "-w", "-l", str(Path(folder, "log")), "-o", options, "start")
        try:
            with psycopg.connect(host=folder, user="scoredsl", dbname="postgres", autocommit=True) as connection:
                yield connection
        finally:
            subprocess.run([*as_user, control, "-D", str(data), "-m", "immediate", "-w", "stop"],
                           capture_output=True, cwd=folder, check=False)


def _as_postgres() -> list[str]:
    """The beginning of a command that runs as the user postgres: a server refuses to run as root."""
    setpriv = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    ways = (setpriv, ["runuser", "-u", "postgres", "--"])
    for words in ways:
        if shutil.which(words[0]):
            return words
    raise MissingError("PostgreSQL does not run as root, and neither setpriv nor runuser is there to change the user.")


def _run_postgres(connection: Any, tables: Sequence[TableData], sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE IF EXISTS {_quoted(table.name)}")
            cursor.execute(f"CREATE TABLE {_create('postgres', table)}")
            with cursor.copy(f"COPY {_quoted(table.name)} FROM STDIN") as copy:
                for row in table.rows:
                    copy.write_row(row)
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]


# ---- ClickHouse


@contextmanager
def _clickhouse() -> Iterator[Any]:
    try:
        from chdb import session
    except ImportError:
        raise MissingError("ClickHouse is not installed. Install it with: pip install chdb") from None
    with tempfile.TemporaryDirectory(prefix="scoredsl-ch-", ignore_cleanup_errors=True) as folder:
        make: Any = session.Session
        found = make(folder)
        try:
            found.query("CREATE DATABASE IF NOT EXISTS scoredsl ENGINE = Atomic")
            yield found
        finally:
            found.close()


def _run_clickhouse(session: Any, tables: Sequence[TableData], sql: str) -> list[tuple[Any, ...]]:
    import json

    with tempfile.TemporaryDirectory(prefix="scoredsl-ch-rows-") as folder:
        session.query("USE scoredsl")
        for table in tables:
            session.query(f"DROP TABLE IF EXISTS {_quoted(table.name)} SYNC")
            session.query(f"CREATE TABLE {_create('clickhouse', table)} ENGINE = Memory")
            if not table.rows:
                continue
            path = Path(folder, f"{table.name}.json")
            with path.open("w", encoding="utf-8") as file:
                for row in table.rows:
                    file.write(json.dumps([_plain(value) for value in row], ensure_ascii=False) + "\n")
            session.query(
                f"INSERT INTO {_quoted(table.name)} SELECT * FROM file('{path}', 'JSONCompactEachRow', "
                f"'{_structure(table)}') SETTINGS input_format_json_read_numbers_as_strings = 0"
            )
        answer = session.query(sql, "JSONCompactEachRow").bytes().decode()
    return [tuple(json.loads(line)) for line in answer.splitlines() if line]


def _structure(table: TableData) -> str:
    made = _create("clickhouse", table).partition(" (")[2].removesuffix(")")
    return made.replace("'", "\\'")


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value
