"""Every construct of the language has a sentence; sentences by hand; a number that changes changes the sheet."""

from __future__ import annotations

import dataclasses
import inspect
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl import api
from scoredsl.prose import Words, sentence
from scoredsl.prose.examples import steps
from scoredsl.prose.rules import points
from scoredsl.prose.scores import bound_sentence, label_sentence, left_out, tier_sentence
from scoredsl.prose.sheet import sheet
from scoredsl.report.formats import html, markdown
from scoredsl.semantics import expressions, program
from scoredsl.text import Source, Span
from tests.strategies.programs import MAIN, Case, cases, checked

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/rules.score"))

_BLOCK = re.compile(r"```score\n(.*?)\n```\n\n(.+)\n")
RULES = dict(_BLOCK.findall((Path(__file__).parent / "sentences.md").read_text("utf-8")))


def test_there_are_rules() -> None:
    assert len(RULES) > 70


def one(text: str) -> program.Program:
    found, diagnostics = api.check_text(f"{text}\n")
    assert found is not None, [d.message for d in diagnostics]
    return found


@pytest.mark.parametrize("text", RULES)
def test_rules(text: str) -> None:
    found = one(text)
    ((_, rule),) = found.rules()
    assert sentence(rule, Words.of(found)) == RULES[text]


def classes(value: Any) -> set[type]:
    """The classes of all nodes in a value."""
    if isinstance(value, tuple | frozenset | list):
        return set().union(*(classes(each) for each in value))
    if isinstance(value, dict):
        return classes(list(value.values()))
    if dataclasses.is_dataclass(value) and not isinstance(value, Source):
        return {type(value)}.union(*(classes(getattr(value, each.name)) for each in dataclasses.fields(value)))
    return set()


REST = """\
timezone "Europe/Berlin"
event page_view "Page viewed" with page text, n number
event demo
event order with order text
profile country text
profile tags list
profile paid boolean
ignore page_view where page contains "bot"
exclude when country = "XX"
score a "First"
  start at 3
  minimum 0
  maximum 100 when country = "DE"
  tier hot from 50 until below 40 "Hot lead"
  tier "A+" above 70 for good
  on page_view add 5
  group g "Pages"
    maximum 20
    on demo add 4 as "Demo!"
score b = 0.4 * a + 2
grid gr = a (A from 50, B) by b (1 from 7, 2 from 3, 3)
label call when a >= 10 and b < 3
test "an example"
  given profile country "DE", tags ["x", "y"], paid true
  given profile country "AT" at 2026-01-03
  given 3 page_view with page "/a", n 2.5 at 2026-01-02 10:00 every 1d
  expect a = 15
  expect a between 3 and 20 at 2026-01-02 10:00
  expect a tier none
  expect a becomes none at 2026-01-02 10:00
  expect gr B3
  expect no call
  expect excluded
"""


def test_every_node_of_the_language_is_here() -> None:
    """The sentences above, and the program, hold every class of a checked program."""
    known = {
        each
        for module in (expressions, program)
        for _, each in inspect.getmembers(module, inspect.isclass)
        if dataclasses.is_dataclass(each) and each.__module__ == module.__name__
    }
    seen = set().union(*(classes(one(text)) for text in (*RULES, REST)))
    assert known - seen == set()


def test_scores_by_hand() -> None:
    found = one(REST)
    words = Words.of(found)
    a = found.score("a")
    assert [bound_sentence(bound, "The score", words) for bound in a.bounds] == [
        "The score is never less than 0.",
        'The score is never more than 100 as long as country is "DE".',
    ]
    assert [tier_sentence(tier) for tier in a.tiers] == [
        "Above 70 points, and then for good.", "From 50 points on, and until it has less than 40."
    ]  # fmt: skip
    assert label_sentence(found.labels[0], words) == "Yes as long as a is at least 10 and b is less than 3, else no."
    assert left_out(found, words) == [
        'No rule sees: “Page viewed” events where page contains "bot".',
        'A lead gets no score as long as country is "XX".',
    ]
    assert [points(rule, words) for rule in a.rules] == ["+5", "+4"]
    (test,) = found.tests
    assert [(step.when, step.what) for step in steps(test, words)] == [
        ("From the beginning", 'the lead has country "DE", tags ["x", "y"] and paid true'),
        ("2026-01-02 10:00", '“Page viewed” with page "/a" and n 2.5 (3 times, every 1 day)'),
        ("2026-01-02 10:00", "a is between 3 and 20"),
        ("2026-01-02 10:00", "in a the lead comes into no tier at this moment"),
        ("From 2026-01-03 on", 'the lead has country "AT"'),
        ("2026-01-04 10:00", "a is 15"),
        ("2026-01-04 10:00", "in a the lead is in no tier"),
        ("2026-01-04 10:00", "gr is B3"),
        ("2026-01-04 10:00", "call is no"),
        ("2026-01-04 10:00", "the lead gets no score"),
    ]


def test_a_time_that_comes_twice_is_told_apart() -> None:
    words = Words.of(one(REST))
    first = words.zone.instant(datetime(2026, 10, 25, 2, 30))
    assert words.instant(first) == "2026-10-25 02:30"
    assert words.instant(first + 3_600_000_000) == "2026-10-25T01:30:00Z"


# ---- a number that changes changes the sheet

_NUMBER = re.compile(r"(?<![\w.\"/-])[0-9]+(?:\.[0-9]+)?(?=[smhdw%]?\b)(?!-[0-9])")


def meaning(value: Any) -> Any:
    """A program without its places and texts."""
    match value:
        case program.Place() | Source() | Span():
            return None
        case tuple() | list():
            return tuple(meaning(each) for each in value)
        case dict():
            return tuple((key, meaning(each)) for key, each in value.items())
        case _ if dataclasses.is_dataclass(value):
            return type(value), tuple(meaning(getattr(value, each.name)) for each in dataclasses.fields(value))
        case _:
            return value


def numbers(text: str) -> list[re.Match[str]]:
    """The numbers of a program, those in texts and comments left out."""
    masked = re.sub(r'"(?:[^"\\\n]|\\.)*"|#.*', lambda found: "x" * len(found[0]), text)
    return list(_NUMBER.finditer(masked))


def require_told_apart(files: dict[str, str], match: re.Match[str], other: str) -> None:
    text = files[MAIN]
    changed = {**files, MAIN: text[: match.start()] + other + text[match.end() :]}
    found, _ = api.check(MAIN, changed)
    if found is not None and meaning(found) != meaning(checked(files)):
        before, after = markdown.page(sheet(checked(files))), markdown.page(sheet(found))
        assert before != after, (text.splitlines()[text[: match.start()].count("\n")], other)


@given(cases(), st.data())
def test_two_programs_that_differ_in_one_number_have_different_sheets(case: Case, data: st.DataObject) -> None:
    found = numbers(case.files[MAIN])
    if found:
        match = data.draw(st.sampled_from(found))
        require_told_apart(case.files, match, data.draw(st.sampled_from(["1", "2", "7", "30.5", "1000", "0"])))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.parent.name for path in EXAMPLES])
def test_numbers_of_the_examples(path: Path) -> None:
    folder = path.parent
    files = {
        MAIN: path.read_text("utf-8"),
        **{each.name: each.read_text("utf-8") for each in folder.glob("*.score") if each != path},
    }
    found = numbers(files[MAIN])
    assert len(found) > 20
    for match in found[:: max(1, len(found) // 40)]:
        require_told_apart(files, match, str(int(float(match[0])) + 1))


@given(cases())
def test_every_program_has_a_sheet_in_both_formats(case: Case) -> None:
    page = sheet(case.program)
    assert sheet(checked(case.files)) == page
    assert markdown.page(page).startswith("# Rule sheet: main.score") and html.page(page).endswith("</html>")


# ---- the examples

SHEETS = Path(__file__).parent / "sheets"


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.parent.name for path in EXAMPLES])
def test_the_sheets_of_the_examples(path: Path) -> None:
    """After a change that is meant: `scoredsl docs examples/NAME --out tests/prose/sheets/NAME.md`."""
    found, _ = api.check(path.as_posix())
    kept = (SHEETS / f"{path.parent.name}.md").read_text("utf-8")
    assert markdown.page(sheet(found)) + "\n" == kept


def test_the_page_in_the_docs_shows_what_comes() -> None:
    page = (ROOT / "docs" / "rule-sheet.md").read_text("utf-8")
    rules = re.search(r"```score\n(.*?)```", page, re.DOTALL)
    shown = "\n".join(line.removeprefix(">").removeprefix(" ") for line in page.splitlines() if line.startswith(">"))
    assert rules is not None and shown in markdown.page(sheet(one(rules[1])))
