"""Which resets may change places, and what they always forget: worked out by hand (LANGUAGE section 5.1)."""

from __future__ import annotations

import pytest

from scoredsl import api
from scoredsl.proof.resets import NOTHING, after_resets, in_normal_order
from scoredsl.semantics import program as p


def rules(text: str) -> list[p.OnRule]:
    return [rule for rule in score(text).rules if isinstance(rule, p.OnRule)]


def score(text: str) -> p.Score:
    found, diagnostics = api.check_text(text + "\n")
    assert found is not None, diagnostics
    return found.scores[0]


@pytest.mark.parametrize(("one", "other", "commute"), [
    ("on a reset", "on b set to 5", True),
    ("on a reset", "on a set to 5", False),
    ("on a or b reset", "on b set to 5", False),
    ("on a where x > 5 reset", "on a where x < 5 set to 5", True),
    ("on a reset", "on inactivity of 3d set to 5", True),
    ("on a without b within 3d reset", "on inactivity of 3d set to 5", False),
    ("on inactivity of 2d set to 5", "on inactivity of 3d set to 5", True),
    ("on a set to 5", "on a then b within 1d set to 5", True),
])
def test_the_order_of_two(one: str, other: str, commute: bool) -> None:
    found, turned = (in_normal_order(rules(f"{first}\n{second}")) for first, second in ((one, other), (other, one)))
    same = [rule.effect for rule in found] == [rule.effect for rule in turned] and [
        rule.trigger for rule in found
    ] == [rule.trigger for rule in turned]
    assert same == commute


def test_what_stands_there_twice() -> None:
    assert len(in_normal_order(rules("on a reset\non b set to 5\non a reset"))) == 2
    assert len(in_normal_order(rules("on a reset\non a set to 5\non a reset"))) == 3


@pytest.mark.parametrize(("rule", "left"), [
    ("on 2 a add 1", False),
    ("on 1 a add 1", True),
    ("on a then a within 1d add 1", False),
    ("on b then a then c within 1d add 1", False),
    ("on a then b within 1d add 1", True),
    ("on 2 a where x > 5 within 1d add 1", False),
    ("on 2 b add 1", True),
])
def test_what_a_reset_at_every_event_leaves(rule: str, left: bool) -> None:
    assert (len(after_resets(score(f"on a reset\n{rule}")).rules) == 2) == left
    assert len(after_resets(score(f"on a if score > 5 reset\n{rule}")).rules) == 2


def test_what_would_come_is_forgotten_too() -> None:
    (_, rule) = after_resets(score("on a reset\non b without a within 3d add 1")).rules
    assert isinstance(rule, p.OnRule)
    assert isinstance(rule.trigger, p.Absence)
    assert rule.trigger.missing == NOTHING
