"""Rules of one event become a group, where every program means the same afterwards."""

from __future__ import annotations

import pytest

from scoredsl.ide.edits import applied
from scoredsl.ide.grouping import grouping
from scoredsl.ide.project import Project
from scoredsl.semantics.check import Checked
from tests.ide.marked import MAIN, Marked, NoFiles, marked

RULES = """\
score s
  on visit add 1
  # the price
  on visit where url = "/p" add 5 once,
    expire after 30d

  on visit where url = "/d" add 3
  on demo add 40
"""
GROUPED = """\
score s
  group visit
    on visit add 1
    # the price
    on visit where url = "/p" add 5 once,
      expire after 30d

    on visit where url = "/d" add 3
  on demo add 40
"""


def turned(case: Marked) -> str | None:
    """At the first mark, else at the cursor."""
    start, end = (case.spans[0].start, case.spans[0].end) if case.spans else (case.offset, case.offset)
    found = grouping(case.project, case.path, start, end)
    assert len(found) <= 1
    return applied(case.text, list(found[0].edits)) if found else None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (RULES.replace("on visit add", "on vi§sit add"), GROUPED),
        (RULES.replace('url = "/d"', 'url §= "/d"'), GROUPED),
        (RULES.replace("  on visit add", "⟦  on visit add").replace("add 3", "add 3⟧"), GROUPED),
        ("on a add 1\non §a add 2\non a add 3\n", "group a\n  on a add 1\n  on a add 2\n  on a add 3\n"),
        (
            "group a\n  on b add 1\n\non a or b add 1\non a or b add 2\non a or b§ add 3",
            "group a\n  on b add 1\n\ngroup a_or_b\n  on a or b add 1\n  on a or b add 2\n  on a or b add 3",
        ),
        (
            "group a\n  on b add 1\n\non a add 1\r\non a add 2\r\non §a add 3\r\n",
            "group a\n  on b add 1\n\ngroup a_2\r\n  on a add 1\r\n  on a add 2\r\n  on a add 3\r\n",
        ),
        ('on "Ünï" add 1\non §"Ünï" add 2\non "Ünï" add 3\n',
         'group n\n  on "Ünï" add 1\n  on "Ünï" add 2\n  on "Ünï" add 3\n'),
    ],
)  # fmt: skip
def test_rules_become_a_group(text: str, wanted: str) -> None:
    case = marked(text)
    assert turned(case) == wanted
    project = Project(NoFiles(), Checked.said)
    project.open(MAIN, wanted)
    assert project.analysis(MAIN).errors == 0


@pytest.mark.parametrize(
    "text",
    [
        "on a add 1\non §a add 2\non b add 3\n",  # two are too few
        "on a add 1\non a add 2\non b add 1\non §a add 3\n",  # they do not follow each other
        "⟦on a add 1\non a add 2\non b add 1\non a add 3⟧\n",
        "⟦on a add 1\non a add 2⟧\non a add 3\n",  # no more than is selected
        "on a reset\non §a reset\non a reset\n",  # a group has no resets
        "group g\n  on a add 1\n  on §a add 2\n  on a add 3\n",  # they are in one
        "on a add 1\non §a add 2\non a add 3\non b ad 1\n",  # a broken program means nothing
        "when x = 1 add 1\nwhen §x = 2 add 1\nwhen x = 3 add 1\n",
        "# §\n",
        "event a\nevent §b\nevent c\n",
    ],
)
def test_otherwise_it_is_not_offered(text: str) -> None:
    assert turned(marked(text)) is None


def test_not_if_a_program_that_imports_the_file_is_broken_by_it() -> None:
    text = "on a add 1\non a add 2\non a add 3\n"
    assert turned(marked(f'--- {MAIN}\n§{text}')) is not None
    assert turned(marked(f'--- main.score\nimport "{MAIN}"\non b ad 1\n--- {MAIN}\n§{text}')) is None
