"""The list of a file's tests, and what came of them."""

from __future__ import annotations

from scoredsl.ide.runs import run
from scoredsl.ide.test_list import listed_tests
from tests.ide.marked import marked

RULES = """\
score interest
  on visit add 5
⟦test "one"
  given visit at 2026-01-05
  expect interest = 5⟧
⟦test "two"
  given 2 visit at 2026-01-05 every 1d
  expect interest = 5 at 2026-01-05
  expect interest = 11 at 2026-01-06⟧
"""


def test_each_test_is_listed_with_its_block() -> None:
    there = marked(RULES)
    found = listed_tests(there.analysis.file)
    assert [each.name for each in found] == ["one", "two"]
    assert [each.span for each in found] == there.spans


def test_a_broken_rule_hides_no_test() -> None:
    assert [each.name for each in listed_tests(marked(RULES.replace("add 5", "ad 5")).analysis.file)] == ["one", "two"]


def test_a_failure_says_where_the_points_came_from() -> None:
    there = marked(RULES)
    passed, failed = run(there.analysis) or ()
    assert passed.failures == ()
    (failure,) = failed.failures
    assert there.slice(failure.span) == "expect interest = 11 at 2026-01-06"
    assert (failure.expected, failure.actual) == ("interest = 11", "interest = 10")
    head, *lines = failure.ledger.splitlines()
    assert head == "interest = 10"
    assert [line.split()[0] for line in lines] == ["+5", "+5", "--", "10"]
