"""The SQL run for real on random programs and logs, against the reference: DuckDB always, others where they are."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.reference import Log, score_log
from scoredsl.targets.sql import compile_program
from scoredsl.targets.sql.run import opened, postgres_programs
from scoredsl.targets.sql.tables import differences, event_table, expected_rows, held, profile_table, tables_of
from tests.strategies.order_free import order_free_cases
from tests.strategies.programs import Case

_FEWER = settings(max_examples=max(20, settings().max_examples // 3),
                  suppress_health_check=[*settings().suppress_health_check, HealthCheck.function_scoped_fixture])


def agree(run: Any, dialect: str, case: Case) -> None:
    """The query and the reference agree at the case's last instants, in all that could be written."""
    program = case.program
    tables = tables_of(case.events, case.profile_rows, True)
    for instant in case.instants[-3:]:
        query = compile_program(program, dialect, tables, instant)
        if query.sql is None:
            continue
        data = held(program, case.events, case.profile_rows, query.read)
        made = [
            event_table(program, data.events, query.read, tables),
            profile_table(program, data.rows, query.read, tables),
        ]
        log = Log.of(program, data.events, data.rows)
        expected = list(expected_rows(program, score_log(log, instant), query.columns))
        found = list(differences(query.columns, run(made, query.sql), expected))
        assert not found, (found, instant, query.sql)


@given(order_free_cases())
def test_duckdb(case: Case) -> None:
    with opened("duckdb") as run:
        agree(run, "duckdb", case)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    if importlib.util.find_spec("psycopg") is None or postgres_programs() is None:
        pytest.skip("PostgreSQL or psycopg is not installed")
    with opened("postgres") as run:
        yield run


@_FEWER
@given(case=order_free_cases())
def test_postgres(postgres: Any, case: Case) -> None:
    agree(postgres, "postgres", case)


@pytest.fixture(scope="module")
def clickhouse() -> Iterator[Any]:
    if importlib.util.find_spec("chdb") is None:
        pytest.skip("chdb is not installed")
    with opened("clickhouse") as run:
        yield run


@_FEWER
@given(case=order_free_cases())
def test_clickhouse(clickhouse: Any, case: Case) -> None:
    agree(clickhouse, "clickhouse", case)
