"""The pages of the checks: one for each; the wrong example gives just this warning, the right one gives none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scoredsl
from scoredsl import api
from scoredsl.diagnostics.codes import codes, page
from scoredsl.lint import run
from scoredsl.lint.codes import CODES, OF_ONE_PROGRAM, WITH_A_CLOCK, WITH_A_LOG
from scoredsl.lint.log import LogNames

LINT = Path(scoredsl.__file__).parent / "lint"
NOW = 1_780_272_000_000_000
_PAGE = re.compile(
    r"# (?P<code>[a-z-]+): (?P<title>[^\n]+)\n\n(?P<text>.+?)\n\n"
    r"## Wrong\n\n```score\n(?P<wrong>.*?)\n```\n\n## Right\n\n```score\n(?P<right>.*?)\n```\n",
    re.DOTALL,
)


SEEN = frozenset({("page_view", "url")})


def log(code: str, fired: bool) -> LogNames | None:
    """The log that a page is about."""
    return LogNames({"page_view": 900}, SEEN, fired={("score", 0): fired}) if code in WITH_A_LOG else None


def said(text: str, at_hand: LogNames | None) -> list[str]:
    _, found = api.check_text(text + "\n", now=NOW, log=at_hand)
    return [each.code for each in found]


def test_each_check_is_a_file_and_has_a_code() -> None:
    named = [check.__name__.rpartition(".")[2].replace("_", "-") for check in run.CHECKS]
    assert [check.CODE for check in run.CHECKS] == named
    assert list(CODES) == named
    files = {path.stem.replace("_", "-") for path in LINT.glob("*.py") if "\nCODE = " in path.read_text("utf-8")}
    assert files == set(CODES)
    assert set(CODES) >= OF_ONE_PROGRAM | WITH_A_CLOCK | WITH_A_LOG
    assert set(CODES) <= set(codes())


@pytest.mark.parametrize("code", CODES)
def test_page(code: str) -> None:
    match = _PAGE.fullmatch(page(code))
    assert match is not None, "the page has another form"
    assert match["code"] == code
    assert 1 <= len(re.findall(r"[.?!](?=\s|\Z)", match["text"])) <= 6
    assert said(match["wrong"], log(code, fired=False)) == [code]
    assert said(match["right"], log(code, fired=True)) == []


def test_the_documentation_lists_all_of_them() -> None:
    text = (LINT.parents[1] / "docs" / "warnings.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) == sorted(CODES)
