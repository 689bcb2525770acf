"""Completion, signatures, hints, lenses and runs of tests: cases with the cursor as §."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scoredsl.diagnostics import Edit
from scoredsl.ide.completion import Entry, complete
from scoredsl.ide.edits import applied
from scoredsl.ide.hints import hints, lenses
from scoredsl.ide.runs import run, summary
from scoredsl.ide.signatures import signature
from scoredsl.syntax.expect import completed, expected
from scoredsl.syntax.parse import parse_text
from tests.ide.marked import Marked, marked

NOW = 1_767_571_200_000_000  # 2026-01-05
STARTER = Path(__file__).resolve().parents[2] / "examples" / "starter" / "rules.score"
BASE = """\
event page_view with url text, plan text one of "free", "pro"
event "Order Done" with amount number
profile country text one of "DE", "AT"
define pricing: url starts with "/pricing"
events visits: page_view or "Order Done"
score fit
  tier warm from 5
  tier "A+" from 50
  on page_view add 1 expire after 45d
grid grade = fit (A from 5, B)
label good when fit > 5
score s
"""


def at(text: str, base: str = BASE) -> Marked:
    return marked(f"{base}{text}\n  on page_view add 2\n")


def labels(text: str, base: str = BASE) -> list[str]:
    case = at(text, base)
    return [each.label for each in complete(case.analysis, case.offset, NOW, ["rules.score", "lib/catalog.score"])]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("§", ["on", "when", "score"]),
        ("score s\n  §", ["on", "when", "threshold"]),
        ('test "t"\n  §', ["given", "expect"]),
    ],
)
def test_what_most_statements_begin_with_comes_first(text: str, first: list[str]) -> None:
    assert labels(text, "")[: len(first)] == first


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        # what begins here
        ("§", ["event", "score", "test", "import", "define"], ["on", "given", "threshold"]),
        ("  §", ["on", "when", "tier", "threshold", "group", "start at"], ["given", "event", "import"]),
        ("  group g\n    §", ["on", "when", "maximum"], ["tier", "group", "event"]),
        ('test "t"\n  §', ["given", "given profile", "expect"], ["on", "event"]),
        # events
        ("  on §", ["page_view", '"Order Done"', "visits", "any", "inactivity of"], ["url", "add"]),
        ("  on pa§", ["page_view"], ["add"]),
        ("  on page_view then §", ["page_view", '"Order Done"'], ["then"]),
        ("  when has §", ["page_view", "visits", "any"], ["country"]),
        ('test "t"\n  given §', ["page_view", '"Order Done"'], ["visits", "country"]),
        # clauses
        ("  on page_view §", ["add", "subtract", "where", "then", "within", "if"], ["once", "expire after"]),
        ("  on page_view add 5 §", ["once", "at most", "expire after", "up to", "as", "but not above"],
         ["add", "where", "but not below"]),
        ("  on page_view add 5 expire after 3d §", ["once", "as"], ["expire after", "never expire"]),
        ("  on page_view add 5 at m§", ["at most"], []),
        ("  on page_view reset §", ["as", "from"], ["once", "expire after"]),
        ("  when country = \"DE\" add 5 §", ["else", "else when", "as"], ["once", "expire after", "from"]),
        ("  on page_view\n      add 5\n      §", ["once"], ["event"]),
        # properties, fields, defines
        ("  on page_view where §", ["url", "plan", "pricing", "lead.country"], ["page_view"]),
        ("  on page_view where url = \"x\" and p§", ["plan", "pricing"], ["page_view"]),
        ("  on page_view add 1 once per §", ["url", "day", "week"], ["country"]),
        ("  when §", ["country", "count of", "has"], ["url", "page_view"]),
        ("  when no §", ["page_view"], ["country"]),
        ("  when country in last §", ["30d"], ["country"]),
        ("  when latest §", ["url", "amount"], ["country"]),
        ("  when sum of §", ["amount"], ["country"]),
        ("  when days until §", ["country"], ["amount"]),
        ("  on page_view where `u§", ["`url`"], ["`country`"]),
        # values
        ('  on page_view where plan = §', ['"free"', '"pro"'], ['"DE"']),
        ('  on page_view where plan = "f§"', ['"free"', '"pro"'], ['"DE"', "add"]),
        ('  on page_view where plan in ["free", §', ['"pro"'], ['"DE"']),
        ('  when country != "§', ['"DE"', '"AT"'], ['"free"']),
        ('test "t"\n  given profile country §', ['"DE"'], ['"free"']),
        ('test "t"\n  given page_view with plan §', ['"free"'], ['"DE"']),
        # durations, dates
        ("  on page_view add 5 expire after §", ["45d", "30d"], ["add"]),
        ("  on page_view add 5 from §", ["2026-01-05"], ["30d"]),
        # scores, tiers, grids, labels
        ('score x = 2 * §', ["fit", "s"], ["country"]),
        ('test "t"\n  expect §', ["fit", "grade", "good"], ["page_view"]),
        ('test "t"\n  expect fit §', ["tier", "becomes", "="], ["fit"]),
        ('test "t"\n  expect fit tier §', ["warm", "none"], ["fit"]),
        ('test "t"\n  expect fit tier "§', ['"A+"'], ['"warm"']),
        ('test "t"\n  expect grade §', ["A", "B"], ["fit"]),
        ("grid g = §", ["fit", "s"], ["grade"]),
        ("label l when §", ["fit", "country"], ["page_view"]),
        # other files, timezones
        ('import "§', ['"lib/catalog.score"'], ['"rules.score"']),
        ('timezone "§', ['"Europe/Berlin"'], []),
        # nothing in a comment, nothing for a new name
        ("  # on §", [], ["page_view"]),
        ("define §", [], ["url", "pricing", "page_view"]),
        ("profile x §", ["number", "text"], ["event"]),
    ],
)
def test_completion(text: str, there: list[str], not_there: list[str]) -> None:
    found = labels(text)
    assert [each for each in there if each not in found] == [], found
    assert [each for each in not_there if each in found] == [], found


def test_values_of_a_property_come_first() -> None:
    assert labels("  on page_view where plan = §")[:2] == ['"free"', '"pro"']


def test_what_is_used_and_not_declared_may_be_declared() -> None:
    assert "bought" in labels("event §\n  on bought add 1", "on bought add 1\n")


def test_names_come_from_imported_files() -> None:
    case = marked('import "c.score"\non §\n--- c.score\nevent from_there\n')
    assert "from_there" in [each.label for each in complete(case.analysis, case.offset, NOW)]


def chosen(text: str, label: str) -> str:
    """The line after an entry is taken, tab stops as their text."""
    case = at(text)
    entry: Entry = next(each for each in complete(case.analysis, case.offset, NOW) if each.label == label)
    insert = re.sub(r"\$\{\d+:?([^}]*)\}", r"\1", entry.insert)
    line = case.text[: case.offset].count("\n")
    return applied(case.text, [Edit(entry.replace, insert)]).splitlines()[line]


@pytest.mark.parametrize(
    ("text", "label", "line"),
    [
        ("  on pa§ add 1", "page_view", "  on page_view add 1"),
        ("  on pa§ge add 1", "page_view", "  on page_view add 1"),
        ('  on page_view where plan = "§" add 1', '"pro"', '  on page_view where plan = "pro" add 1'),
        ('  on page_view where plan = "§', '"pro"', '  on page_view where plan = "pro"'),
        ("  on page_view add 5 at m§", "at most", "  on page_view add 5 at most 3 times per day"),
        ("  on page_view add 5 but not ab§", "but not above", "  on page_view add 5 but not above 100"),
        ("  when lead.c§", "lead.country", "  when lead.country"),
        ("  on O§", '"Order Done"', '  on "Order Done"'),
    ],
)
def test_what_is_replaced(text: str, label: str, line: str) -> None:
    assert chosen(text, label) == line


def test_each_word_that_is_offered_may_stand_there() -> None:
    """Keywords of a line that is typed word by word: each is accepted by the grammar where it stands."""
    line = 'on page_view where plan = "pro" then "Order Done" within 3d add 5 once per day, expire after 30d as "x"'
    words = line.split(" ")
    for i in range(1, len(words)):
        prefix = " ".join(words[:i]) + " "
        may = expected(prefix)
        for terminal in may - {"$END"}:
            assert completed(prefix, terminal, _sample(terminal)) is not None, (prefix, terminal)


def _sample(terminal: str) -> str:
    from scoredsl.syntax.expect import _sample as sample

    return sample(terminal)


def test_a_completed_statement_is_the_one_that_is_written() -> None:
    assert completed("on a where ", "NAME", "x") == parse_text("on a where x add 1")
    assert completed("on a a ", "NAME", "x") is None
    assert expected("on a a ") == frozenset()


# ---- signatures


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("  on page_view §", "on EVENT"),
        ("  on page_view where url = \"x\" §", "[where ...]"),
        ("  on page_view add 5 §", "add N"),
        ("  on page_view add 5 at most 3 times §", "[once | at most N times]"),
        ("  on page_view add 5 once, expire after §", "[expire after D]"),
        ("  when country = \"DE\" add 5, else when §", "[, else when ... add N]"),
        ("  tier warm from §", "from N"),
        ('test "t"\n  given page_view at §', "at TIME"),
        ('test "t"\n  expect fit = 5 at §', "[at TIME]"),
    ],
)
def test_signature(text: str, part: str) -> None:
    case = at(text)
    found = signature(case.analysis.file, case.offset)
    assert found is not None
    assert found.parts[found.active].text == part
    start, end = found.stretch(found.active)
    assert found.label[start:end] == part


def test_no_signature_where_no_statement_is() -> None:
    case = at("  §")
    assert signature(case.analysis.file, case.offset) is None


# ---- hints


def hinted(text: str) -> str:
    """The text with its hints in ‹...›."""
    case = marked(text)
    found = hints(case.analysis, case.project.program(case.path), 0, len(case.text))
    shown = case.text
    for hint in sorted(found, key=lambda each: each.offset, reverse=True):
        shown = f"{shown[: hint.offset]}‹{hint.text.strip()}›{shown[hint.offset :]}"
    return shown


def test_hints() -> None:
    assert hinted(
        "score s\n  threshold 10\n  expire after 30d\n  decay to zero over 60d\n  on a add 1\n"
        "  on b add 1 never expire\n"
        "  when x = 1 add 1\n  group g\n    expire after 7d unless repeated\n    on c add 1, decay 10% every 1d\n"
        'test "t"\n  given a at 2026-01-01\n  expect s = 12\n  expect s = 2\n'
    ) == (
        "score s\n  threshold 10‹as qualified›\n  expire after 30d\n  decay to zero over 60d\n"
        "  on a add 1‹expire after 30d›‹decay to zero over 60d›\n  on b add 1 never expire‹decay to zero over 60d›\n"
        "  when x = 1 add 1\n  group g\n    expire after 7d unless repeated\n"
        "    on c add 1, decay 10% every 1d‹expire after 7d unless repeated›\n"
        'test "t"\n  given a at 2026-01-01\n  expect s = 12‹qualified›\n  expect s = 2\n'
    ).replace("‹expire after 30d›‹decay to zero over 60d›", "‹decay to zero over 60d›‹expire after 30d›")


def test_hints_of_a_file_without_a_header() -> None:
    assert hinted("expire after 30d\non a add 1\n") == "expire after 30d\non a add 1‹expire after 30d›\n"


# ---- lenses and runs


def test_lenses() -> None:
    case = marked(STARTER.read_text())
    found = lenses(case.analysis, case.project.program(case.path), {})
    assert [each.title for each in found if not each.command] == ["9 rules, 2 tiers"]
    assert sum(each.command == "run test" for each in found) == case.text.count('\ntest "')
    assert found[0].title == "Run all 7 tests"


def test_the_lens_of_a_score_says_the_most_that_a_lead_can_have() -> None:
    case = marked("score s\n  tier t from 5\n  on a add 30 once\n  when x = 1 add 5\nscore u\n  on a add 1\n")
    found = lenses(case.analysis, case.project.program(case.path), {})
    assert [each.title for each in found] == ["2 rules, 1 tier, most a lead can have: 35", "1 rule, 0 tiers"]


def test_a_run_gives_what_does_not_hold() -> None:
    case = marked('on a add 1\ntest "good"\n  given a at 2026-01-01\n  expect score = 1\ntest "bad"\n  given a at '
                  "2026-01-01\n  expect score = 2\n  expect score = 3\n")
    results = run(case.analysis)
    assert results is not None
    assert [(each.name, len(each.failures)) for each in results] == [("good", 0), ("bad", 2)]
    assert case.slice(results[1].failures[0].span) == "expect score = 2"
    assert summary(results) == '1 of 2 tests failed: "bad" expected score = 2, but score = 1.'
    only = run(case.analysis, "good")
    assert only is not None and summary(only) == "1 test passed."
    assert summary(run(case.analysis, "none") or []) == "There is no such test."


def test_nothing_is_run_while_there_is_an_error() -> None:
    assert run(marked('on a ad 1\ntest "t"\n  expect score = 0\n').analysis) is None
