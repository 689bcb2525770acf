"""A test for the rule at the cursor: it passes, and does not without the rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoredsl.ide.edits import applied
from scoredsl.ide.new_test import new_test, rule_at
from scoredsl.testing import run_tests
from tests.ide.marked import MAIN, Marked, marked

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def added(case: Marked) -> str | None:
    """The text with the test; it is checked here that all tests of it pass, and the new one not without the rule."""
    rule = rule_at(case.analysis, case.offset)
    assert rule is not None
    edit = new_test(case.analysis.program, rule)
    if edit is None:
        return None
    text = applied(case.text, [edit])
    case.project.open(case.path, text)
    *_, last = results = list(run_tests(case.analysis.program))
    assert all(each.passed for each in results)
    span = rule.place.span
    case.project.open(case.path, text[: span.start] + "on never_at_all add 0" + text[span.end :])
    *_, last = run_tests(case.analysis.program)
    assert not last.passed
    return text


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("on visit§ add 5\n", ['test "on visit add 5"\n  given visit at ', "  expect score = 5 at "]),
        ('on visit add 5\non demo §where plan = "pro" add 40 as "A demo"\n',
         ['test "A demo"\n  given demo with plan "pro" at ', "= 40 at "]),
        ('on visit add 5\nwhen §country = "DE" add 7\n',
         ['given profile country "de"', "expect score = 7 at 2026-03-02"]),
        ("score s\n  on 3 visits§ within 7d add 9\n", ["given 3 visits at", "expect s = 9"]),
        ('on a§ add 1\ntest "on a add 1"\n  given a at 2026-01-01\n  expect score = 1\n', ['test "on a add 1 (2)"']),
        ("on visit add 5\non left§ reset\n", ["given visit", "given left", "expect score = 0"]),
    ],
)  # fmt: skip
def test_a_test_is_added_at_the_end(text: str, there: list[str]) -> None:
    case = marked(text)
    found = added(case)
    assert found is not None and found.startswith(case.text.rstrip() + "\n\ntest ")
    assert [part for part in there if part not in found] == [], found


@pytest.mark.parametrize("text", ["on a§ where n > 5 and n < 3 add 1\n", "on a§ add 0\n"])
def test_none_for_a_rule_that_makes_no_difference(text: str) -> None:
    assert added(marked(text)) is None


@pytest.mark.parametrize("text", ["on b add 1\n§\n", "§event b\non b add 1\n", "on b§ add 1\non c ad 1\n"])
def test_no_rule_is_there(text: str) -> None:
    case = marked(text)
    assert rule_at(case.analysis, case.offset) is None


def test_every_rule_of_the_starter_has_one() -> None:
    text = (EXAMPLES / "starter" / "rules.score").read_text()
    rules = [rule for _, rule in marked(text).analysis.program.rules()]
    assert len(rules) > 2
    for rule in rules:
        at = rule.place.span.start
        case = marked(f"{text[:at]}§{text[at:]}")
        assert case.path == MAIN and added(case) is not None, rule
