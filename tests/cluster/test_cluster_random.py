"""The workers' steps, and Sail, against the reference interpreter on random programs and logs; to the byte."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.cluster.packets import unpacked
from scoredsl.engine.cluster.run import Cluster, lead_of, look, results
from scoredsl.engine.fast import Outcome, Resources, result_columns
from scoredsl.engine.kernel.walker import Mode
from scoredsl.engine.result_rows import ResultRows
from scoredsl.engine.results import alert_rows, history_rows, score_rows
from scoredsl.engine.sources import ReadOptions, read_events, read_profiles
from scoredsl.plan.logical import logical_plan
from scoredsl.reference import Log, Tally, history_of, score_log
from scoredsl.semantics.log import Rejected
from tests.cluster.case_files import write_files
from tests.cluster.in_process import job_of, look_at, packets_of, ran, shuffled
from tests.strategies.programs import Case, cases

_PLAIN = ReadOptions()
LITTLE = Resources(memory=1 << 20)
MODES: tuple[Mode, ...] = ("scores", "history", "alerts")
SOME = settings(max_examples=max(1, settings.default.max_examples // 2))
FEW = settings(max_examples=max(1, settings.default.max_examples // 6), phases=[Phase.explicit, Phase.generate])
"""An example on a cluster is a few jobs: what fails is made smaller in the test without one."""


@dataclass(frozen=True)
class Expected:
    """What the reference interpreter gives on the files of a case."""

    log: Log
    usable: int
    rejected: list[Rejected]
    newest: int
    instant: int
    rows: dict[Mode, list[Any]]
    tally: Tally
    leads: int


def expected(case: Case, logs: list[str], profiles: list[str]) -> Expected:
    read = read_events(logs)
    versions = read_profiles(profiles).rows if profiles else []
    log, instant = Log.of(case.program, read.events, versions), case.instants[-1]
    table, changes = score_log(log, instant), list(history_of(log, instant))
    newest = max([event.time for event in read.events] + [row.time for row in versions if row.time is not None])
    rows: dict[Mode, list[Any]] = {
        "scores": [list(row) for row in score_rows(case.program, table.rows)],
        "history": list(history_rows(changes)),
        "alerts": list(alert_rows(changes)),
    }
    return Expected(log, len(read.events), read.rejected, newest, instant, rows, table.tally, len(table.rows))


def assert_same(found: Outcome, mode: Mode, wanted: Expected) -> None:
    assert [list(row) for row in found.rows.rows()] == wanted.rows[mode]
    if mode == "scores":
        assert by_rule(found.tally) == by_rule(wanted.tally)
        assert found.leads == wanted.leads


def by_rule(tally: Tally) -> Tally:
    """What both count in the same way: the reference counts in the whole log what is left out, engines up to T."""
    return replace(tally, ignored=0, duplicates=0)


@SOME
@given(cases(), st.booleans(), st.integers(1, 3), st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_steps_and_the_definition(
    case: Case, with_ids: bool, files: int, partitions: int, random: Random
) -> None:
    """Whatever files a log is in, and in whatever order its rows come to the walk."""
    case = case.with_ids() if with_ids else case
    plan = logical_plan(case.program)
    with TemporaryDirectory() as folder:
        logs, profiles = write_files(case, Path(folder), files)
        wanted = expected(case, logs, profiles)
        job = job_of(plan, logs, profiles)
        events = look_at(job, logs, False)
        assert (events.usable, events.rejected) == (wanted.usable, wanted.rejected)
        job = replace(job, until=wanted.instant, ids=events.has_id)
        parts = shuffled(job, random, partitions)
        for mode in MODES:
            packets = [packets_of(ran("walk", replace(job, mode=mode), part)) for part in parts]
            random.shuffle(packets)
            program = plan.program()
            columns, width = result_columns(program, mode)
            with ResultRows(columns, width) as rows:
                together = [packet for one in packets for packet in one]
                assert_same(unpacked(together, rows, program, mode), mode, wanted)


@FEW
@given(cases(), st.booleans(), st.integers(1, 3))
def test_sail_and_the_definition(sail: Cluster, case: Case, with_ids: bool, files: int) -> None:
    assert_cluster(sail, case.with_ids() if with_ids else case, files)


def assert_cluster(cluster: Cluster, case: Case, files: int) -> None:
    """A cluster gives what the reference interpreter gives on the same files, and finds a lead."""
    with TemporaryDirectory() as folder:
        logs, profiles = write_files(case, Path(folder), files)
        wanted = expected(case, logs, profiles)
        source = look(cluster, logs, _PLAIN, profiles, _PLAIN, logical_plan(case.program))
        assert (source.events.usable, source.events.rejected) == (wanted.usable, wanted.rejected)
        assert source.newest() == wanted.newest
        for mode in MODES:
            with results(source, wanted.instant, mode, LITTLE) as found:
                assert_same(found, mode, wanted)
        lead = wanted.log.leads[0]
        events, versions = lead_of(source, lead)
        alone = score_log(Log.of(case.program, events, versions), wanted.instant)
        assert [list(row) for row in score_rows(case.program, alone.rows)] == [
            row for row in wanted.rows["scores"] if row[0] == lead
        ]
