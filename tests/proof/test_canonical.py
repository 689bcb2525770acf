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
from scoredsl.semantics import program as p
from tests.proof.verdicts import everything as outcomes
from tests.strategies.changed import Changed, changed
from tests.strategies.programs import Case, cases
from tests.strategies.suspicious import suspicious_cases


def everything(program: p.Program, case: Case) -> tuple[list[Any], list[Any]]:
    return outcomes(program, case.events, case.profile_rows, case.instants)


@given(cases())
def test_the_canonical_form_computes_the_same(case: Case) -> None:
    form = canonical(written(case.program), Representatives()).program()
    assert everything(form, case) == everything(case.program, case)


@given(suspicious_cases())
def test_what_never_acts_is_left_out(case: Case) -> None:
    """Programs full of limits beside limits, branches behind branches and bounds out of reach."""
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
