"""The examples notice every change; where tests are taken away, tests that notice are found, and they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoredsl import api
from scoredsl.semantics.program import Program
from scoredsl.syntax.parse import parse_file
from scoredsl.testing import run_tests
from scoredsl.testing.killing import Judged, judged
from scoredsl.testing.mutants import mutants, mutated
from scoredsl.testing.mutation import Subject, all_mutants, judge_mutant
from scoredsl.text import Source

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/rules.score"))
NAMES = [path.parent.name for path in EXAMPLES]


def program_of(path: str, text: str) -> Program:
    found, diagnostics = api.check(path, {path: text})
    assert found is not None, diagnostics
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_the_tests_of_every_example_notice_every_change(path: Path) -> None:
    subject = Subject(program_of(path.as_posix(), path.read_text("utf-8")))
    verdicts = [judge_mutant(mutant, [subject]) for mutant in all_mutants([subject])]
    outcomes = [verdict.outcome for verdict in verdicts]
    assert outcomes.count("noticed") > 40
    assert [verdict.mutant for verdict in verdicts if verdict.outcome == "unnoticed"] == []


def require_killed(path: str, text: str, index: int, found: Judged) -> None:
    """The block, written into the file by hand, passes on the rules and fails on the mutant."""
    mutant = mutants(parse_file(Source(text, path)))[index]
    after = f"{text}\n{found.test}\n"
    assert all(result.passed for result in run_tests(program_of(path, after)))
    results = list(run_tests(program_of(path, f"{mutated(text, mutant)}\n{found.test}\n")))
    assert not results[-1].passed


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_without_tests_nearly_every_change_gets_one(path: Path) -> None:
    text = path.read_text("utf-8").partition('\ntest "')[0] + "\n"
    name = path.as_posix()
    subject = Subject(program_of(name, text))
    every = 4  # a quarter of the changes
    found = [(i, judged(mutant, [subject])) for i, mutant in enumerate(all_mutants([subject])) if i % every == 0]
    unnoticed = [(i, each) for i, each in found if each.outcome == "unnoticed"]
    killed = [(i, each) for i, each in unnoticed if each.test]
    assert len(unnoticed) > 8 and len(killed) >= 0.9 * len(unnoticed)
    for i, each in killed:
        assert each.file == name
        require_killed(name, text, i, each)


WHOLE = """\
timezone "Europe/Berlin"
profile plan text one of "Free", "Pro"
event order with amount number, `order id` text
event `page view` with url text
ignore `page view` where url contains "bot"
exclude when plan = "free"
score s
  on order where amount > 100 add amount / 3 once per `order id`
  on 3 `page view` with same url within 90m add 5 expire after 2h
  on order then `page view` within 30m subtract 4 but not below 0
  on every 7d without order if score > 10 subtract 2
  when plan = "pro" add 20
  tier "A+" from 40 until below 30
"""


def test_names_in_backquotes_closed_sets_times_of_another_zone() -> None:
    subject = Subject(program_of("rules.score", WHOLE))
    found = [judged(mutant, [subject]) for mutant in all_mutants([subject])]
    unnoticed = [(i, each) for i, each in enumerate(found) if each.outcome == "unnoticed"]
    killed = [(i, each) for i, each in unnoticed if each.test]
    assert len(unnoticed) > 20 and len(killed) >= 0.85 * len(unnoticed), [e.after for _, e in unnoticed if not e.test]
    for i, each in killed:
        require_killed("rules.score", WHOLE, i, each)


def test_the_search_gives_the_same_each_time() -> None:
    subject = Subject(program_of("rules.score", WHOLE))
    mutant = all_mutants([subject])[3]
    assert judged(mutant, [subject]) == judged(mutant, [subject])
