"""Programs of so many rules that not all of them are compared."""

from __future__ import annotations

import pytest

from scoredsl import api
from scoredsl.lint import buckets
from scoredsl.semantics import program as p


def codes(text: str) -> list[str]:
    return [each.code for each in api.check_text(text)[1]]


@pytest.mark.parametrize(("count", "said"), [(2, ["paid-twice"]), (30, ["paid-twice"]), (31, [])])
def test_special_rules_of_one_general_rule(count: int, said: list[str]) -> None:
    specials = "".join(f'on page where url = "/{i}" add {i + 5}\n' for i in range(count))
    assert codes("on page add 1\n" + specials) == said


def pairs(*triggers: str) -> list[tuple[int, int]]:
    program, _ = api.check_text("".join(f"on {trigger} add {i + 1}\n" for i, trigger in enumerate(triggers)))
    assert program is not None
    rules = [rule for rule in program.scores[0].rules if isinstance(rule, p.OnRule)]
    return [(one.index, other.index) for one, other in buckets.by_event(rules)]


def test_pairs_by_event() -> None:
    assert pairs("a", "b", "a", "a or b", "c") == [(0, 2), (0, 3), (1, 3), (2, 3)]
    assert pairs("a", "any", "b", "any") == [(0, 1), (1, 2), (0, 3), (1, 3), (2, 3)]
    assert pairs("2 a within 1d", "any", "a then b within 1d", "a", "2 any within 3d") == [(1, 3)]
    assert pairs("a or b", "b or a") == [(0, 1)]


@pytest.mark.parametrize(("most", "found"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3)])
def test_no_more_pairs_than_that(most: int, found: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MOST_PAIRS", most)
    assert len(pairs("a", "a", "a")) == found
