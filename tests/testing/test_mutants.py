"""Mutants by hand, what makes no difference, and that a change is never called the same wrongly."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl import api
from scoredsl.reference import Log
from scoredsl.reference.history import lead_history
from scoredsl.semantics.program import Program
from scoredsl.syntax.parse import parse_file
from scoredsl.testing.mutants import mutants, mutated
from scoredsl.testing.mutation import Subject, judge_mutant
from scoredsl.testing.rechecking import changed_columns, plan_shape, rechecked
from scoredsl.text import Source
from tests.strategies.programs import MAIN, Case, cases


def changes(text: str) -> list[str]:
    """Each mutant as `before -> after`."""
    source = Source(text, "rules.score")
    return [f"{source.slice(each.span)} -> {each.text}" for each in mutants(parse_file(source))]


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("on a add 5", ["add -> subtract", "5 -> 6"]),
        ("on a subtract amount / 10", ["subtract -> add", "10 -> 11"]),
        ("on a add 0.4", ["add -> subtract", "0.4 -> 0.5"]),
        ("on a reset", []),
        ("on a set to 5", ["5 -> 6"]),
        ("on a add x once", ["add -> subtract", "once -> at most 2 times"]),
        ("on a add x once per p per day", ["add -> subtract", "once -> at most 2 times", "day -> week"]),
        ("on a add x at most 3 times every 1h", ["add -> subtract", "3 -> 2", "3 -> 4", "1h -> 2h", "1h -> 59m"]),
        ("on a add x up to 9 points per month", ["add -> subtract", "9 -> 10", "9 -> 8", "month -> year"]),
        ("on a add x but not above 9", ["add -> subtract", "9 -> 10", "9 -> 8"]),
        (
            "on a add x expire after 30d unless repeated",
            ["add -> subtract", "30d -> 29d", "30d -> 31d", " unless repeated -> "],
        ),
        ("on a add x decay 10% every 7d", ["add -> subtract", "10 -> 11", "10 -> 9", "7d -> 6d", "7d -> 8d"]),
        ("on a add x from 2026-03-01", ["add -> subtract", "2026-03-01 -> 2026-02-28", "2026-03-01 -> 2026-03-02"]),
        ("on 3 a 30m apart within 1w reset", ["3 -> 2", "3 -> 4", "30m -> 29m", "30m -> 31m", "1w -> 2w", "1w -> 6d"]),
        ("on a if score < 5 reset", ["< -> <=", "5 -> 4", "5 -> 6"]),
        ("when x >= -5 add p", [">= -> >", "5 -> 4", "5 -> 6", "add -> subtract"]),
        ("when x between 1 and 3 add p", ["1 -> 0", "1 -> 2", "3 -> 2", "3 -> 4", "add -> subtract"]),
        ("when x is known add p", ["known -> missing", "add -> subtract"]),
        ("when no a in last 60d add p", ["no -> has", "60d -> 59d", "60d -> 61d", "add -> subtract"]),
        ('when x in ["a", "b"] add p', ["add -> subtract"]),
        ("tier t above 5 until below 3", ["above -> from", "5 -> 4", "5 -> 6", "3 -> 2", "3 -> 4"]),
        ("threshold 5 for good", ["5 -> 4", "5 -> 6", "for good -> "]),
        ("maximum 9; start at 3", ["9 -> 10", "9 -> 8", "3 -> 4"]),
        ("grid g = s (A from 5, B)", ["5 -> 4", "5 -> 5.5"]),
        ("define n: 5", ["5 -> 4", "5 -> 6"]),
        ('event a with n number\ntest "t"\n  given a with n 5 at 2026-03-01\n  expect s = 5', []),
    ],
)
def test_by_hand(text: str, wanted: list[str]) -> None:
    assert sorted(changes(text)) == sorted(wanted)


@given(cases())
def test_mutants_of_every_program_are_edits_inside_their_statements(case: Case) -> None:
    source = Source(case.files[MAIN], MAIN)
    found = mutants(parse_file(source))
    assert len({(each.span, each.text) for each in found}) == len(found), "each once"
    for mutant in found:
        assert mutant.statement.start <= mutant.span.start <= mutant.span.end <= mutant.statement.end
        assert mutated(source.text, mutant) != source.text


# ---- what makes no difference


def columns(one: str, other: str) -> frozenset[str]:
    first, second = (api.check_text(text)[0] for text in (one, other))
    assert first is not None and second is not None
    return changed_columns(plan_shape(first), plan_shape(second))


FIVES = "score s\n  on a add 10\n  on b subtract 5 up to 25 points\n  minimum 0\n  tier t {}\nlabel l when s {}\n"


def test_a_threshold_between_two_possible_values_is_the_same() -> None:
    assert columns(FIVES.format("from 20", ">= 20"), FIVES.format("from 16", "> 15")) == frozenset()
    assert (
        columns(FIVES.format("from 20 until below 10", "< 20"), FIVES.format("above 15 until below 6", "<= 19"))
        == frozenset()
    )
    assert columns(FIVES.format("from 20", ">= 20"), FIVES.format("from 15", ">= 20")) == {"s", "l"}
    assert columns(FIVES.format("from 20", ">= 20"), FIVES.format("from 21", ">= 20")) == {"s", "l"}
    assert columns(FIVES.format("from 20", ">= 20"), FIVES.format("from 20", ">= 15")) == {"l"}


@pytest.mark.parametrize(
    "rule",
    [
        "on a add 7",
        "on a add 5 decay by half every 30d",
        "on a add amount",
        "on a set to 3",
        "start at 1",
        "maximum 99",
        "on a add 5 but not above 12",
        "when x = 1 add y",
        "on a add 5 up to 12 points",
    ],
)
def test_one_rule_of_another_step_and_every_number_matters(rule: str) -> None:
    one, other = (FIVES.format(f"from {number}", ">= 0").replace("  minimum 0\n", f"  {rule}\n") for number in (20, 19))
    assert "s" in columns(one, other)


def test_scores_made_of_scores() -> None:
    text = "score s\n  on a add 10\nscore f = {}\n  tier t from {}\n"
    assert columns(text.format("0.5 * s + 5", 20), text.format("0.5 * s + 5", 16)) == frozenset()
    assert columns(text.format("s - -s", 20), text.format("s - -s", 11)) == frozenset()
    assert columns(text.format("0.4 * s", 20), text.format("0.4 * s", 19)) == {"f"}
    assert columns(text.format("s / 2", 20), text.format("s / 2", 19)) == {"f"}
    assert columns(text.format("s", 20), text.format("s", 20).replace("add 10", "add 20")) == {"s", "f"}


def test_durations_in_other_units_are_the_same() -> None:
    assert columns("on a add 5 expire after 1w", "on a add 5 expire after 7d") == frozenset()


@given(cases(), st.data())
def test_what_is_called_the_same_is_the_same_for_every_lead(case: Case, data: st.DataObject) -> None:
    found = mutants(parse_file(Source(case.files[MAIN], MAIN)))
    if not found:
        return
    mutant = data.draw(st.sampled_from(found))
    if judge_mutant(mutant, [Subject(case.program)]).outcome != "same":
        return
    changed = rechecked(case.program, {MAIN: mutated(case.files[MAIN], mutant)})
    assert changed is not None
    for instant in case.instants:
        assert seen(case.program, case, instant) == seen(changed, case, instant)


def seen(program: Program, case: Case, instant: int) -> list[object]:
    log = Log.of(program, case.events, case.profile_rows)
    found: list[object] = []
    for lead in log.leads:
        run = log.run(lead, instant)
        found += [run.excluded, run.exists]
        if run.exists and not run.excluded:
            scores = run.scores()
            rows = [(row.time, row.score, row.value, row.tier) for row in lead_history(run)]
            found += [rows, scores.values, scores.tiers, scores.grids, scores.labels]
    return found


def test_runs_of_tests_are_concerned_only_where_their_columns_are() -> None:
    text = 'score one\n  on a add 5\nscore two\n  on a add 7\ntest "one"\n  given a at 2026-03-01\n  expect one = 5\n'
    program, _ = api.check_text(text)
    assert program is not None
    found = mutants(parse_file(Source(text, "rules.score")))
    outcomes = [(each.text, judge_mutant(each, [Subject(program)]).outcome) for each in found]
    assert outcomes == [("subtract", "noticed"), ("6", "noticed"), ("subtract", "unnoticed"), ("8", "unnoticed")]
    assert all(one.span <= other.span for one, other in pairwise(found))
