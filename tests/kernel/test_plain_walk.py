"""The walk of plain scores (`plain.c`) against the reference interpreter: scores, histories with causes, alerts."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.reference import history_of, score_log
from tests.kernel.by_hand import ByHand
from tests.strategies.plain import plain_cases
from tests.strategies.programs import Case


@given(plain_cases(ordered=True))
def test_plain_scores(case: Case) -> None:
    walk = ByHand(case.program, case.events, case.profile_rows)
    (instant,) = case.instants
    expected = score_log(case.log, instant)
    assert walk.scores(instant) == (expected.rows, expected.tally)


@given(plain_cases(ordered=True))
def test_plain_histories(case: Case) -> None:
    walk = ByHand(case.program, case.events, case.profile_rows)
    (instant,) = case.instants
    expected = list(history_of(case.log, instant))
    assert walk.history(instant) == expected
    assert walk.history(instant, "alerts") == [row for row in expected if row.tier != row.from_tier]
