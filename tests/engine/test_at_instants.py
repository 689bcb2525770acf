"""Scores of each lead at instants of its own, against the reference interpreter on the lead seen at that instant."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.at_instants import ALWAYS, NEVER, Asked, interpreted_at, walked_at
from scoredsl.engine.fast import Resources
from scoredsl.engine.scan import scan_events, scan_profiles
from scoredsl.engine.sources import ReadOptions, read_events, read_profiles
from scoredsl.engine.sources.duck import connection
from scoredsl.plan.logical import prepared, written
from scoredsl.reference import Log, score_log
from tests.engine.test_fast import write_log
from tests.strategies.programs import Case, cases

LITTLE = Resources(memory=1 << 20, threads=2)
_PLAIN = ReadOptions()


@given(cases())
def test_each_lead_at_its_own_instants(case: Case) -> None:
    plan = prepared(replace(written(case.program), excludes=(), grids=(), labels=()))
    program = plan.program()
    until = case.instants[-1]
    with TemporaryDirectory() as folder, connection() as db:
        log_path, profile_path = write_log(case, Path(folder))
        rows = read_profiles([profile_path]).rows if profile_path else []
        log = Log.of(program, read_events([log_path]).events, rows)
        leads = [*log.leads, "nobody"]
        pairs = [(lead, instant) for instant in case.instants for lead in range(len(leads))]
        # One instant of each lead is left out, and the others are asked for in no order.
        pairs = sorted(pairs[1:], key=lambda pair: (pair[1] * 7919 + pair[0]) % 1009)
        asked = Asked(leads, *(np.array(each, np.int64) for each in zip(*pairs, strict=True)))
        with scan_events([log_path], _PLAIN, db) as events:
            profiles = scan_profiles([profile_path], _PLAIN, db) if profile_path else None
            fast = walked_at(plan, events, profiles, asked, until, LITTLE)
            if profiles is not None:
                profiles.close()
        slow = interpreted_at(plan, log, asked, until)
        assert np.array_equal(fast.values, slow.values)
        assert np.array_equal(fast.tiers, slow.tiers)
        assert np.array_equal(fast.entered, slow.entered)
        for instant in case.instants:
            table = {row.lead: row for row in score_log(log, instant).rows}
            for place, (lead, at) in enumerate(pairs):
                if at == instant and leads[lead] in table:
                    row = table[leads[lead]]
                    assert [row.values[score.name] for score in program.scores] == fast.values[place].tolist()


def test_when_a_tier_was_entered(tmp_path: Path) -> None:
    """By hand: eva is warm on the first day, hot at once on the third; tom never is; ann is in it from always."""
    from scoredsl import api

    text = "when vip add 10\non visit add 10 expire after 1d\non demo add 40\nthreshold 40 as hot\nthreshold 10 as warm"
    program, _ = api.check_text(text, "rules.score")
    assert program is not None
    (tmp_path / "events.csv").write_text(
        "lead,event,time\neva,visit,2026-03-01\neva,demo,2026-03-03\ntom,other,2026-03-01\n"
    )
    (tmp_path / "profiles.csv").write_text("lead,vip\nann,true\n")
    day = 86_400_000_000
    first = 1_772_323_200_000_000  # 2026-03-01
    asked = Asked(["eva", "tom", "ann"], np.array([0, 0, 0, 0, 1, 2]), first + day * np.array([-1, 0, 1, 2, 2, 0]))
    plan = prepared(written(program))
    with connection() as db, scan_events([str(tmp_path / "events.csv")], _PLAIN, db) as events:
        profiles = scan_profiles([str(tmp_path / "profiles.csv")], _PLAIN, db)
        made = walked_at(plan, events, profiles, asked, first + 9 * day, LITTLE)
        profiles.close()
    assert (made.values[:, 0] // 10**6).tolist() == [0, 10, 0, 40, 0, 10]
    assert made.tiers[:, 0].tolist() == [-1, 1, -1, 0, -1, 1]
    assert made.entered.tolist() == [[first + 2 * day, first], [NEVER, NEVER], [NEVER, ALWAYS]]
