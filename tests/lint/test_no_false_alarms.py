"""What the shipped programs are told: nothing, but where it is deserved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scoredsl import api

ROOT = Path(__file__).resolve().parents[2]
CONFORMANCE = ROOT / "tests" / "conformance"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").glob("*/README.md"))]
BEFORE = 1_767_225_600_000_000
"""2026-01-01: no campaign of the conformance cases is over yet."""

DESERVED = {
    # The score is 30 at the most, as the comment in the contract says.
    "1-one-line-program": ["unreachable-tier"],
    # fit is 55 at the most, and A begins at 75; the penalty for not opening is for those without an email, too.
    "1-the-contract-program": ["never-sent", "empty-band"],
    # 1_000 and 1_000.5 show how numbers are written; an order of 1000 is paid by both.
    "1-numbers": ["paid-twice"],
    # These show how a minimum hides what is taken below it.
    "1-several-statements-on-a-line": ["owed-points"],
    "5-set-to-and-bounds": ["owed-points"],
    "6-groups-and-bounds": ["owed-points", "owed-points"],
    "6-start-at": ["owed-points"],
    # It shows that an empty text is missing, so that x = "" never holds.
    "4-missing-is-null-absent-or-empty": ["never-holds"],
    # It shows that the score after if is within its bounds, so that score > 50 never holds below maximum 50.
    "5-if-score-with-bounds-and-when": ["never-holds"],
    # It shows that once is for ever.
    "5-limit-once": ["once-expires"],
}
"""What is said about conformance cases, which show on purpose what a warning is about."""


def said(path: Path, now: int | None = BEFORE) -> list[str]:
    program, found = api.check(str(path), now=now)
    assert program is not None
    return [each.code for each in found]


CASES = sorted(path for path in CONFORMANCE.glob("*/rules.score") if (path.parent / "expect.csv").exists())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_conformance(path: Path) -> None:
    assert said(path) == DESERVED.get(path.parent.name, [])


def test_campaigns_that_are_over() -> None:
    """With a later clock these are told so, and nothing else is told."""
    later = BEFORE + 365 * 86_400_000_000
    over = [path.parent.name for path in CASES if said(path, later) != said(path)]
    assert over == ["1-dates", "5-from-until", "5-trigger-without-details", "5-until-includes-the-day"]


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/*.score")), ids=lambda path: path.parent.name)
def test_examples(path: Path) -> None:
    assert said(path) == []


PROGRAMS = [
    (page.relative_to(ROOT).as_posix(), i, text)
    for page in PAGES
    for i, text in enumerate(re.findall(r"^```score\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL))
]


@pytest.mark.parametrize(("page", "number", "text"), PROGRAMS, ids=[f"{page}-{number}" for page, number, _ in PROGRAMS])
def test_documentation(page: str, number: int, text: str) -> None:
    found = [each.code for each in api.check_text(text, now=BEFORE)[1]]
    assert found == (["unreachable-tier"] if "# A first program" in text else [])
