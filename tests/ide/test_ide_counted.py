"""What the rules did on the log, above them and at thresholds; it stays with a statement while others are edited."""

from __future__ import annotations

from typing import Any

import pytest

from scoredsl.ide.counted import NOTHING_COUNTED, Counts, Did
from scoredsl.ide.hints import lenses
from scoredsl.ide.hover import hover
from tests.ide.marked import Marked, marked

RULES = """\
score interest
  tier hot from 40
  tier warm from 10
  on visit add 5
  on visit add 5
  on demo add 40 once
  when country = "DE" add 3
  on left reset
"""


def rule(kind: str, fired: int, leads: int, *owed: int) -> dict[str, Any]:
    tiers = zip(("hot", "warm"), owed, strict=False)
    owing = [{"score": "interest", "tier": tier, "leads": leads} for tier, leads in tiers]
    return {"kind": kind, "fired": fired, "leads": leads, "owed": owing}


STATS = {
    "as_of": "2026-01-03T10:00:00Z",
    "leads": 2000,
    "rules": [
        rule("on", 1204, 310, 1, 40), rule("on", 1, 1, 0, 1), rule("on", 0, 0, 0, 0), rule("when", 7, 7, 0, 0),
        rule("reset", 2, 2),
    ],
    "tiers": [
        {"score": "interest", "tier": "hot", "leads": 1}, {"score": "interest", "tier": "warm", "leads": 40}
    ],
}  # fmt: skip


def counts_of(case: Marked) -> Counts:
    return Counts.of(STATS, case.analysis.program, 90)


def shown(case: Marked, counts: Counts) -> list[tuple[str, str]]:
    """(statement, what is shown above it) of all rules."""
    spans = [each.span for each in case.analysis.file.walk() if each.keyword in ("on", "when")]
    fired = counts.fired(spans, case.analysis.source)
    found = lenses(case.analysis, None, fired)
    return [(case.analysis.source.slice(each.span), each.title) for each in found]


def test_above_each_rule_stands_what_it_did() -> None:
    case = marked(RULES)
    assert shown(case, counts_of(case)) == [
        ("on visit add 5", "fired 1,204 times for 310 leads in 90 days, 41 owe it their tier"),
        ("on visit add 5", "fired 1 time for 1 lead in 90 days, 1 owes it its tier"),
        ("on demo add 40 once", "never fired in 90 days"),
        ('when country = "DE" add 3', "holds for 7 leads"),
        ("on left reset", "fired 2 times for 2 leads in 90 days"),
    ]
    assert shown(case, NOTHING_COUNTED) == []


def test_of_several_scores_each_is_named() -> None:
    did = Did("on", 3, 3, {"fit": 2, "total": 1, "other": 0})
    assert did.words(1) == "fired 3 times for 3 leads in 1 day, 2 owe it their tier of fit, 1 owes it its tier of total"


def test_an_edit_leaves_it_above_the_rules_that_it_does_not_touch() -> None:
    case = marked(RULES)
    counts = counts_of(case)
    edited = RULES.replace("tier warm", "# new\n  on new add 1\n  tier warm").replace("40 once", "41 once")
    case.project.open(case.path, edited.replace("  on visit add 5\n", "  on  visit add 5\n", 1) + "  on broken ad\n")
    assert [(text, said.partition(" in ")[0]) for text, said in shown(case, counts)] == [
        ("on  visit add 5", "fired 1,204 times for 310 leads"),
        ("on visit add 5", "fired 1 time for 1 lead"),
        ('when country = "DE" add 3', "holds for 7 leads"),
        ("on left reset", "fired 2 times for 2 leads"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (RULES.replace("from 40", "from §40"), "1 of 2,000 leads is there or higher, as of 2026-01-03T10:00:00Z."),
        (RULES.replace("warm", "w§arm"), "41 of 2,000 leads are there or higher, as of 2026-01-03T10:00:00Z."),
        (RULES.replace("tier hot from", "t§hreshold 40 as hot #"), "1 of 2,000 leads is there or higher, as of"),
    ],
)
def test_a_threshold_says_how_many_are_above_it(text: str, says: str) -> None:
    case = marked(text)
    for counts, wanted in ((counts_of(case), says), (NOTHING_COUNTED, "From")):
        found = hover(case.analysis, case.offset, 0, case.analysis.program, counts.seen)
        assert found is not None and wanted in found.text
        assert ("leads" in found.text) is (counts is not NOTHING_COUNTED)
