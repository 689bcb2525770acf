"""The canonical form of a program computes the same, and "equal" holds for random leads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.plan.logical import written
from scoredsl.proof.canonical import canonical
from scoredsl.proof.prove import unproven
from scoredsl.proof.representatives import Representatives
from scoredsl.reference import Log, history_of, score_log
from scoredsl.semantics import program as p
from tests.strategies.changed import Changed, changed
from tests.strategies.programs import Case, cases


def everything(program: p.Program, case: Case) -> tuple[list[Any], list[Any]]:
    """All columns at all instants, by name, and the history without causes."""
    log = Log.of(program, case.events, case.profile_rows)
    rows = history_of(log, case.instants[-1])
    return (
        [[(row.lead, dict(row.values), dict(row.tiers), dict(row.grids), dict(row.labels))
          for row in score_log(log, instant).rows] for instant in case.instants],
        sorted((row.lead, -1 if row.time is None else row.time, row.score, row.value, row.tier or "") for row in rows),
    )


@given(cases())
def test_the_canonical_form_computes_the_same(case: Case) -> None:
    form = canonical(written(case.program), Representatives()).program()
    assert everything(form, case) == everything(case.program, case)


@given(changed(most=1))
def test_what_a_shared_canon_says_of_the_second_program_holds(pair: Changed) -> None:
    """The second program is rewritten to what the first wrote."""
    same = Representatives()
    canonical(written(pair.case.program), same)
    form = canonical(written(pair.new), same).program()
    assert everything(form, pair.case) == everything(pair.new, pair.case)


@given(changed(most=1))
def test_programs_with_equal_forms_give_every_lead_the_same(pair: Changed) -> None:
    same = Representatives()
    one, other = (canonical(written(each), same) for each in (pair.case.program, pair.new))
    if not unproven(one, other):
        assert everything(pair.case.program, pair.case) == everything(pair.new, pair.case)
