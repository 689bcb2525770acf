"""The one pass against the reference: random order-free programs and logs on a coarse grid of times, exact."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.onepass import (
    Limits,
    TooManyLeadsError,
    fold_parts,
    fold_relation,
    grouped_query,
    plan_of,
    result_query,
)
from scoredsl.engine.onepass.run import many_leads
from scoredsl.engine.scan import scan_events
from scoredsl.engine.scan.parts import TablePart
from scoredsl.engine.sources.options import ReadOptions
from scoredsl.reference import Log, score_log
from scoredsl.semantics.log import Event
from scoredsl.semantics.program import Program
from tests.strategies.plain import DAY, START, plain_cases
from tests.strategies.programs import Case, checked


def expected(program: Program, events: list[Event], instant: int) -> list[tuple[Any, ...]]:
    found = []
    for row in score_log(Log.of(program, events), instant).rows:
        cells: list[Any] = [row.lead]
        for score in program.scores:
            cells.append(row.values[score.name])
            if score.tiers:
                cells.append(row.tiers[score.name])
        found.append((*cells, *row.grids.values(), *row.labels.values()))
    return found


@given(plain_cases())
def test_one_pass_is_the_reference(case: Case) -> None:
    program, events, (instant,) = case.program, case.events, case.instants
    plan = plan_of(program, instant)
    assert plan is not None
    with duckdb.connect() as db:
        db.execute("CREATE TABLE log (lead VARCHAR, event VARCHAR, time BIGINT)")
        db.executemany("INSERT INTO log VALUES (?, ?, ?)", [(each.lead, each.name, each.time) for each in events])
        wanted = expected(program, events, instant)
        folded = fold_relation(db, plan, "log")
        db.register("folded", folded)
        assert db.execute(result_query(plan, "folded", millionths=True)).fetchall() == wanted
        grouped = [tuple(row) for row in db.execute(grouped_query(plan, "log")).fetchall()]
        doubles = [
            tuple(v / 1_000_000 if isinstance(v, int) and not isinstance(v, bool) else v for v in row) for row in wanted
        ]
        assert grouped == doubles


@given(plain_cases(), st.integers(1, 4), st.sampled_from(["us", "ms"]), st.booleans())
def test_parquet_is_read_by_arrow(case: Case, group: int, unit: str, coded: bool) -> None:
    """Files whose columns are plain go past DuckDB, by two threads, a row group at a time."""
    program, events, (instant,) = case.program, case.events, case.instants
    if unit == "ms":
        events = [replace(each, time=each.time // 1000 * 1000) for each in events]
    plan = plan_of(program, instant)
    assert plan is not None
    names = pa.array([each.name for each in events])
    log = pa.table({
        "lead": pa.array([each.lead for each in events]),
        "event": names.dictionary_encode() if coded else names,
        "time": pa.array([each.time for each in events], pa.int64()).cast(pa.timestamp("us")).cast(pa.timestamp(unit)),
    })
    with TemporaryDirectory() as folder, duckdb.connect() as db:
        path = f"{folder}/log.parquet"
        pq.write_table(log, path, row_group_size=group)
        with scan_events([path], ReadOptions(), db) as scan:
            assert all(isinstance(part, TablePart) and part.plain is not None for part in scan.parts)
            folded = fold_parts(db, plan, scan.parts, Limits(threads=2))
        db.register("folded", folded)
        query = result_query(plan, "folded", millionths=True, order=False)
        assert db.execute(query).fetchall() == expected(program, events, instant)


def test_more_leads_than_memory() -> None:
    """What does not fit is said, in whichever thread, and is left to the walk."""
    program = checked({"main.score": "on a add 1\n"})
    plan = plan_of(program, START)
    assert plan is not None
    log = pa.table({
        "lead": [f"lead {i}" for i in range(50_000)], "event": ["a"] * 50_000,
        "time": pa.array([START] * 50_000, pa.int64()).cast(pa.timestamp("us")),
    })
    with TemporaryDirectory() as folder, duckdb.connect() as db:
        pq.write_table(log, f"{folder}/log.parquet", row_group_size=1_000)
        with scan_events([f"{folder}/log.parquet"], ReadOptions(), db) as scan:
            assert fold_parts(db, plan, scan.parts, Limits(threads=3)).num_rows == 50_000
            with pytest.raises(TooManyLeadsError):
                fold_parts(db, plan, scan.parts, Limits(threads=3, memory=1 << 20))


def test_leads_are_in_the_order_of_their_bytes() -> None:
    leads = ["", "a", "a\0", "a\0b", "Z", "é", "a" * 16, "a" * 16 + "b", "a" * 16 + "a", "a" * 40, "a" * 15 + "\xff"]
    plan = plan_of(checked({"main.score": "on a add 1\n"}), START)
    assert plan is not None
    with duckdb.connect() as db:
        db.execute("CREATE TABLE log (lead VARCHAR, event VARCHAR, time BIGINT)")
        db.executemany("INSERT INTO log VALUES (?, 'a', 1)", [(lead,) for lead in reversed(leads)])
        assert fold_relation(db, plan, "log").column("lead").to_pylist() == sorted(leads, key=str.encode)


@pytest.mark.parametrize(
    "rule",
    [
        "on a add 1 once per day", "on a add amount", "on 2 a add 1", "on a if score > 1 add 1", "on a reset",
        "on a add 1 expire after 3d unless repeated", "on a add 1 decay by half every 3d", "on a add 1 ends on b",
        "when has a add 1", "tier t from 5 until below 3", "maximum 3 when has a", "ignore a", "exclude when no a",
        "on a where x = 1 add 1", "on a 1d apart add 1", "on a add 1 up to 3 points per day", "label l when has a",
    ],
)  # fmt: skip
def test_what_needs_more(rule: str) -> None:
    assert plan_of(checked({"main.score": f"on b add 1\n{rule}\n"}), START) is None


def test_many_leads_and_bits() -> None:
    """More once rules than one word holds, more leads than the first table holds, batches, leads of all lengths."""
    names = [f"e{i}" for i in range(40)]
    rules = [f"on {name} add {i + 1} once expire after {i % 5 + 1}d" for i, name in enumerate(names)]
    program = checked({"main.score": "\n".join([*rules, "on e0 or e39 add 0.25 expire after 2d"]) + "\n"})
    plan = plan_of(program, START + 6 * DAY)
    assert plan is not None and plan.words == 2
    with duckdb.connect() as db:
        db.execute(
            f"""CREATE TABLE log AS SELECT repeat('x', (hash(i) % 40)::INT) || (hash(i + 1) % 9000)::VARCHAR AS lead,
                'e' || (hash(i + 2) % 41)::VARCHAR AS event, {START} + (hash(i + 3) % 12)::BIGINT * {DAY // 2} AS time
                FROM range(300000) t(i)"""
        )
        db.register("folded", fold_relation(db, plan, "log"))
        one = db.execute(result_query(plan, "folded")).fetchall()
        assert one == db.execute(grouped_query(plan, "log")).fetchall()
        some = sorted({row[0] for row in one})[::4000]
        events = [
            Event(lead, event, time, None, i, {})
            for i, (lead, event, time) in enumerate(
                db.execute("SELECT * FROM log WHERE lead IN (SELECT unnest(?))", [some]).fetchall()
            )
        ]
    wanted = {
        row.lead: row.values["score"] / 1_000_000 for row in score_log(Log.of(program, events), START + 6 * DAY).rows
    }
    assert {lead: value for lead, value in one if lead in wanted} == wanted
    assert len(one) > 100_000


def test_a_log_of_very_many_leads_is_left_to_the_walk() -> None:
    # A million events as if drawn among 5 million leads are of some 906,000.
    assert many_leads(1_000_000, 907_000)
    assert not many_leads(1_000_000, 906_000)
    # Events of a million leads, however many they are, are of a million.
    assert not many_leads(100_000_000, 1_000_000)
