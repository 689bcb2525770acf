"""Logical plans: passes before and after, and JSON there and back."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.plan.logical import LogicalPlan, logical_plan, written
from scoredsl.plan.lowering import lower
from scoredsl.plan.serial import PlanFileError, from_json, to_json
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from tests.strategies.programs import Case, cases


def planned(text: str) -> LogicalPlan:
    program, diagnostics = api.check_text(text)
    assert program is not None, diagnostics
    return logical_plan(program)


def only_rule(text: str) -> p.Rule:
    (rule,) = planned(text).scores[0].rules
    return rule


# ---- passes, each with what goes in and what comes out


@pytest.mark.parametrize(
    ("text", "number"),
    [("on a add 2 * 3 + 1", 7.0), ("on a add max(1, 2) / 4", 0.5), ("on a add round(2.5)", 3.0)],
)
def test_constants_are_folded(text: str, number: float) -> None:
    rule = only_rule(text)
    assert isinstance(rule, p.OnRule)
    assert rule.effect == p.Points(1, e.Constant(number))


def test_what_cannot_be_computed_stays() -> None:
    rule = only_rule("on a add 1 / 0")
    assert isinstance(rule, p.OnRule)
    assert rule.effect == p.Points(1, e.Arithmetic("/", e.Constant(1.0), e.Constant(0.0)))


@pytest.mark.parametrize(
    "condition",
    ["x > 5 and x < 3", "x >= 5 and x < 5", "x = 4 and x > 4", 'x = "a" and x = "b"', "x > 5 and (y = 1 and x < 3)",
     "1 > 2 and x = 1", "not (1 < 2)"],
)  # fmt: skip
def test_rules_that_can_never_fire_are_dropped(condition: str) -> None:
    assert planned(f"on a where ({condition}) add 1\nwhen ({condition}) add 2").scores[0].rules == ()


@pytest.mark.parametrize(
    "condition", ["x > 3 and x < 5", "x >= 5 and x <= 5", 'x = "a" or x = "b"', "x > 5 and y < 3", "x != 1 and x = 2"]
)
def test_rules_that_can_fire_stay(condition: str) -> None:
    assert len(planned(f"on a where ({condition}) add 1\nwhen ({condition}) add 2").scores[0].rules) == 2


def test_one_match_serves_several_rules() -> None:
    plan = lower(
        planned(
            'on a where url contains "x" add 1\non a where url contains "x" add 2 once\n'
            'on 3 a where url contains "x" within 2d add 3'
        ).program()
    )
    assert len(plan.events.bits) == 1


# ---- JSON


@given(cases())
def test_a_plan_is_the_same_after_json(case: Case) -> None:
    plan = logical_plan(case.program)
    text = to_json(plan)
    again = from_json(text)
    assert again == plan
    assert to_json(again) == text
    assert lower(again.program()) == lower(plan.program())


@given(cases())
def test_passes_come_to_an_end(case: Case) -> None:
    """What is prepared once is not changed by preparing it again."""
    plan = logical_plan(case.program)
    assert logical_plan(plan.program()) == plan
    assert written(plan.program()) == plan


def test_what_is_no_plan_is_refused() -> None:
    good = json.loads(to_json(planned("on a add 1")))
    for change, said in [
        ({"kind": "other"}, "no plan"),
        ({"version": 99}, "version 99"),
        ({"plan": {"is": "LogicalPlan"}}, "damaged"),
        ({"plan": [1]}, "damaged"),
    ]:
        with pytest.raises(PlanFileError, match=said):
            from_json(json.dumps({**good, **change}))
    with pytest.raises(PlanFileError, match="not valid JSON"):
        from_json("{")
    good["plan"]["timezone"] = 5
    with pytest.raises(PlanFileError, match="damaged"):
        from_json(json.dumps(good))
