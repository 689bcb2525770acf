"""The walk against the reference interpreter, on random programs over the whole language and random logs."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.reference import history_of, score_log
from tests.kernel.by_hand import ByHand
from tests.strategies.programs import Case, cases


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
