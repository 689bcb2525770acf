"""Scores of several programs from one reading of a log, against the reference interpreter on each program alone."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.fast import Resources
from scoredsl.engine.scan import scan_events, scan_profiles
from scoredsl.engine.side_by_side import SideBySide, interpreted, walked
from scoredsl.engine.sources import ReadOptions, read_events, read_profiles
from scoredsl.engine.sources.duck import connection
from scoredsl.impact.combined import combined
from scoredsl.plan.logical import prepared, written
from scoredsl.reference import Log, history_of, score_log
from scoredsl.semantics.program import Program
from tests.engine.test_fast import write_log
from tests.strategies.changed import Changed, changed

LITTLE = Resources(memory=1 << 20, threads=2)
_PLAIN = ReadOptions()


def by_definition(program: Program, log: Log, instant: int, loud: int, since: int | None) -> tuple[list[Any], Any]:
    """The rows of the leads, and how many alerts of each kind there were."""
    rows = []
    for row in score_log(log, instant).rows:
        tiers = [[tier.name for tier in score.tiers] for score in program.scores]
        numbers = [
            -1 if row.tiers.get(score.name) is None else names.index(row.tiers[score.name])
            for score, names in zip(program.scores, tiers, strict=True)
        ]
        cells = [grid.cells.index(row.grids[grid.name]) for grid in program.grids]
        labels = [row.labels[label.name] for label in program.labels]
        rows.append((row.lead, *(row.values[score.name] for score in program.scores), *numbers, *cells, *labels))
    times = [event.time for events in log.events.values() for event in events if event.time <= instant]
    start = min(times, default=instant) if since is None else since
    places = {score.name: i for i, score in enumerate(program.scores[:loud])}
    alerts: Counter[tuple[int, int, int]] = Counter()
    for change in history_of(log, instant):
        if change.score not in places or change.tier == change.from_tier or change.time is None or change.time < start:
            continue
        names = [tier.name for tier in program.score(change.score).tiers]
        was, now = (-1 if tier is None else names.index(tier) for tier in (change.from_tier, change.tier))
        alerts[places[change.score], was, now] += 1
    return rows, alerts


def tables(db: Any, made: SideBySide) -> tuple[list[Any], Any]:
    rows = db.execute(f"SELECT * FROM {made.name}_leads ORDER BY lead").fetchall()
    counts = db.execute(f"SELECT score, was, now, sum(alerts) FROM {made.name}_alerts GROUP BY ALL").fetchall()
    return rows, Counter({(score, was, now): int(count) for score, was, now, count in counts})


@given(changed())
def test_two_programs_from_one_reading(both: Changed) -> None:
    case = both.case
    runs, _ = combined([written(case.program), written(both.new)], [])
    with TemporaryDirectory() as folder, connection() as db:
        log_path, profile_path = write_log(case, Path(folder))
        events = read_events([log_path]).events
        rows = read_profiles([profile_path]).rows if profile_path else []
        with scan_events([log_path], _PLAIN, db) as scan:
            profiles = scan_profiles([profile_path], _PLAIN, db) if profile_path else None
            for number, run in enumerate(runs):
                plan = prepared(run.plan)
                program = plan.program()
                log = Log.of(program, events, rows)
                for since in (None, case.instants[0]):
                    instant = case.instants[-1]
                    name = f"t{number}_{'all' if since is None else 'since'}"
                    loud = run.loud if since is None else min(1, run.loud)
                    counted = len(plan.scores) if since is None else 1
                    made = walked(plan, loud, scan, profiles, instant, since, LITTLE, name, counted=counted)
                    wanted = by_definition(program, log, instant, loud, made.since)
                    assert tables(db, made) == wanted
                    assert made.leads == len(wanted[0])
                    slow = interpreted(plan, loud, log, db, instant, since, f"{name}_slow", counted=counted)
                    assert tables(db, slow) == by_definition(program, log, instant, loud, since)
                    assert made.rules == slow.rules
                    assert len(made.rules) == sum(len(score.rules) for score in plan.scores[:counted])
            if profiles is not None:
                profiles.close()
