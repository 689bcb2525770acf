"""The walk against the reference interpreter, on random programs over the whole language and random logs."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.kernel.encode import encode
from scoredsl.engine.kernel.walker import KernelPlan, Walker
from scoredsl.plan.lowering import lower
from scoredsl.reference import history_of, score_log
from scoredsl.semantics.zones import zone
from tests.kernel.by_hand import ByHand
from tests.strategies.programs import MAIN, Case, cases, checked


@given(cases())
def test_scores(case: Case) -> None:
    walk = ByHand(case.program, case.events, case.profile_rows)
    for instant in case.instants:
        expected = score_log(case.log, instant)
        rows, tally = walk.scores(instant)
        assert rows == expected.rows
        assert tally == expected.tally


@given(cases())
def test_histories(case: Case) -> None:
    walk = ByHand(case.program, case.events, case.profile_rows)
    for instant in {case.instants[0], case.instants[len(case.instants) // 2], case.instants[-1]}:
        expected = list(history_of(case.log, instant))
        assert walk.history(instant) == expected
        assert walk.history(instant, "alerts") == [row for row in expected if row.tier != row.from_tier]


def test_a_plan_lives_as_long_as_its_walkers() -> None:
    """When Python ends it lets go of them in any order."""
    physical = lower(checked({MAIN: "on visit add 5 once per day expire after 3d\n"}))
    plan = KernelPlan(encode(physical, zone("UTC"), 0, 1))
    walkers = [Walker(plan, 0, "scores") for _ in range(2)]
    plan.__del__()
    for walker in walkers:
        assert walker.leads == 0
        walker.__del__()
