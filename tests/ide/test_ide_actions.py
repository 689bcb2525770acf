"""Code actions: what is offered at a place, and the text that each gives."""

from __future__ import annotations

import pytest

from scoredsl import api
from scoredsl.ide.actions import Action, actions
from scoredsl.ide.edits import applied
from tests.ide.marked import Marked, marked


def offered(case: Marked) -> list[Action]:
    """At the first mark, else at the cursor."""
    start, end = (case.spans[0].start, case.spans[0].end) if case.spans else (case.offset, case.offset)
    return actions(case.project, case.path, start, end, case.analysis.diagnostics)


def done(case: Marked, title: str) -> str:
    found = [each for each in offered(case) if title in each.title]
    assert len(found) == 1, [each.title for each in offered(case)]
    return "".join(
        applied(text, [edit for edit in found[0].edits if edit.span.file == path]) for path, text in case.texts.items()
    )


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        ("Write a_b", "event a_b\non §a_bb add 1\n", "event a_b\non a_b add 1\n"),
        ("Declare it: event zzz", "event a\n\non §zzz add 1\n", "event a\nevent zzz\n\non zzz add 1\n"),
        (
            "Declare it: profile size number",
            "profile country text\nwhen §size > 5 add 1\n",
            "profile country text\nprofile size number\nwhen size > 5 add 1\n",
        ),
        (
            "Declare amount as a property of a",
            "event a with url text\non a add §amount / 2\n",
            "event a with url text, amount number\non a add amount / 2\n",
        ),
        (
            "Declare it: event zzz",
            'import "c.score"\non §zzz add 1\n--- c.score\nevent a\n',
            'import "c.score"\non zzz add 1\nevent a\nevent zzz\n',
        ),
        (
            "Make all 2 sure repairs",
            "on a add +5§\non b add 5 at most once\n",
            "on a add 5\non b add 5 once\n",
        ),
        (
            "define condition",
            'score s\n  on a where ⟦url starts with "/p"⟧ and n > 1 add 1\n',
            'define condition: url starts with "/p"\n\nscore s\n  on a where condition and n > 1 add 1\n',
        ),
        (
            "define condition_2",
            "define condition: n > 5\nscore s\n  on a where condition add 1\n  when ⟦n > 1 or m > 1⟧ add 1\n",
            "define condition: n > 5\ndefine condition_2: n > 1 or m > 1\n\nscore s\n  on a where condition add 1\n  "
            "when condition_2 add 1\n",
        ),
        (
            "Write big out",
            "define §big: n > 5\non a where big add 1\n",
            "on a where n > 5 add 1\n",
        ),
        (
            "Write big out",
            "define big: n > 5 or m > 5\non a where §big and k = 1 add 1\n",
            "on a where (n > 5 or m > 5) and k = 1 add 1\n",
        ),
        (
            "Silence given-below",
            'on a add 1\ntest "t"\n  given a at 2026-01-05\n  expect score = 1\n  §given a at 2026-01-02\n',
            'on a add 1\ntest "t"\n  given a at 2026-01-05\n  expect score = 1\n'
            "  # scoredsl: ignore[given-below] reason\n  given a at 2026-01-02\n",
        ),
    ],
)
def test_action(title: str, text: str, wanted: str) -> None:
    assert done(marked(text), title) == wanted


def test_what_is_silenced_is_silent() -> None:
    case = marked('on a add 1\ntest "t"\n  given a at 2026-01-05\n  expect score = 1\n  §given a at 2026-01-02\n')
    assert any(each.code == "given-below" for each in case.analysis.diagnostics)
    assert not any(each.code == "given-below" for each in api.check_text(done(case, "Silence given-below"))[1])


def test_a_sure_repair_is_preferred() -> None:
    (repair, _) = offered(marked("on a add +§5\n"))
    assert repair.sure and repair.about is not None and repair.about.code == "plus-sign"


@pytest.mark.parametrize(
    "text",
    [
        "on a where ⟦n > 1 add⟧ 1\n",  # half a condition
        "on ⟦a⟧ add 1\n",
        "score s\n  when has a⟦ and has b⟧ add 1\n",
        "define §x: 5\non a add 1\n",  # nothing uses it
    ],
)
def test_nothing_is_offered_where_nothing_is_sure(text: str) -> None:
    assert offered(marked(text)) == []
