"""What tests reach, by hand: each goal with a test that reaches it and one that just does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl import api
from scoredsl.testing.coverage import coverage, merged
from scoredsl.testing.goals import goals
from tests.strategies.programs import Case, cases, checked

ROOT = Path(__file__).resolve().parents[2]


def missing(text: str) -> list[str]:
    program, diagnostics = api.check_text(text)
    assert program is not None, [d.message for d in diagnostics]
    return [goal.missing for goal, reached in coverage(program).items() if not reached]


def with_test(rules: str, *lines: str) -> str:
    return "\n".join([rules, 'test "t"', *(f"  {line}" for line in lines), ""])


A = "given a at 2026-03-01 10:00"
REACHED = [
    ("on a add 5", "No test makes this rule give points.",
     (A, "expect score = 5"), ("given b at 2026-03-01", "expect score = 0")),
    ("on a add 5\non b reset", "No test makes this rule reset the score.",
     (A, "given b at 2026-03-02", "expect score = 0"), (A, "expect score = 5")),
    ("on a add 5 once", "No test reaches the limit: only the first time.",
     ("given 2 a at 2026-03-01 every 1h", "expect score = 5"), (A, "expect score = 5")),
    ("on a add 5 at most 2 times per day", "No test reaches the limit: at most twice in a calendar day.",
     ("given 3 a at 2026-03-01 every 1h", "expect score = 10"),
     ("given 3 a at 2026-03-01 every 12h", "expect score = 15")),
    ("on a add 5 but not above 8", "No test is stopped by: but not above 8.",
     ("given 2 a at 2026-03-01 every 1h", "expect score = 8"), (A, "expect score = 5")),
    ("on a add 5 up to 8 points", "No test reaches the cap of 8 points.",
     ("given 2 a at 2026-03-01 every 1h", "expect score = 8"), (A, "expect score = 5")),
    ("on a add 5 from 2026-03-01", "No test has it happen before 2026-03-01.",
     ("given a at 2026-02-28 23:59", A, "expect score = 5"), (A, "expect score = 5")),
    ("on a add 5 until 2026-03-01", "No test has it happen after its end (up to and including 2026-03-01).",
     (A, "given a at 2026-03-02", "expect score = 5"), (A, "expect score = 5")),
    ("on 2 a within 1h add 5", "No test is too slow for the window of 1 hour.",
     ("given 2 a at 2026-03-01 every 1h", "expect score = 0"),
     ("given 2 a at 2026-03-01 every 59m", "expect score = 5")),
    ("on a then b within 1h add 5", "No test is too slow for the window of 1 hour.",
     (A, "given b at 2026-03-01 11:00", "expect score = 0"), (A, "given b at 2026-03-01 10:59", "expect score = 5")),
    ("on a without b within 1h add 5", "No test has the b event come within 1 hour.",
     (A, "given b at 2026-03-01 10:59", "expect score = 0 at 2026-03-02"), (A, "expect score = 5 at 2026-03-02")),
    ("on a add 5 expire after 1d", "No test looks after the points have expired (after 1 day).",
     (A, "expect score = 0 at 2026-03-02 10:00"), (A, "expect score = 5 at 2026-03-02 09:59")),
    ("on a add 5 expire after 1d", "No test looks before the points expire (after 1 day).",
     (A, "expect score = 5 at 2026-03-02 09:59"), (A, "expect score = 0 at 2026-03-02 10:00")),
    ("on a add 5 decay to zero over 5d", "No test looks at the points when they have begun to fade.",
     (A, "expect score = 4 at 2026-03-02 10:00"), (A, "expect score = 5")),
    ("on a add 5 ends on b", "No test ends the points with a b event.",
     (A, "given b at 2026-03-02", "expect score = 0"),
     (A, "given b at 2026-03-02", "expect score = 5 at 2026-03-01 12:00")),
    ("on a add 5\nmaximum 8", "No test reaches the maximum of 8.",
     ("given 2 a at 2026-03-01 every 1h", "expect score = 8"), (A, "expect score = 5")),
    ("on a add 5\nmaximum 8", "No test stays within the maximum of 8.",
     (A, "expect score = 5"), ("given 2 a at 2026-03-01 every 1h", "expect score = 8")),
    ("on a add 5\ntier t from 5", "No test has a lead in the tier t.",
     (A, "expect score = 5"), (A, "expect score = 0 at 2026-03-01")),
    ("on a add 5\ntier t from 5", "No test has a lead who is not in the tier t, with less than 5 points.",
     (A, "expect score = 0 at 2026-03-01"), (A, "expect score = 5")),
    ("on a add 5 expire after 1d\non b add 3\ntier t from 8 until below 3",
     "No test has a lead who stays in the tier t with less than 8 points.",
     (A, "given b at 2026-03-01 12:00", "expect score tier t at 2026-03-03"),
     (A, "given b at 2026-03-01 12:00", "expect score tier t")),
    ("on a add 5 expire after 1d\ntier t from 5 until below 3", "No test has a lead who falls out of the tier t.",
     (A, "expect score tier none at 2026-03-03"), (A, "expect score tier t")),
    ("when x >= 5 add 1", "No test has a lead for whom this counts: x is at least 5.",
     ("given profile x 5", "expect score = 1"), ("given profile x 4", "expect score = 0")),
    ("when x >= 5 add 1", "No test has a case in which x is less than 5.",
     ("given profile x 4", "expect score = 0"), ("given profile y 4", "expect score = 0")),
    ("when x >= 5 add 2, else add 1", "No test has a lead for whom nothing above holds (else).",
     ("given profile x 4", "expect score = 1"), ("given profile x 5", "expect score = 2")),
    ('on a where p = "x" add 5', 'No test has a case in which it is not so that p is "x".',
     ('given a with p "y" at 2026-03-01', "expect score = 0"),
     ('given a with p "x" at 2026-03-01', "expect score = 5")),
    ("on a if score < 5 add 5", "No test has a case in which the score is at least 5.",
     ("given 2 a at 2026-03-01 every 1h", "expect score = 5"), (A, "expect score = 5")),
    ("when count of a where n > 3 >= 1 add 5", "No test has a case in which n is at most 3.",
     ("given a with n 3 at 2026-03-01", "expect score = 0"), ("given a with n 4 at 2026-03-01", "expect score = 5")),
    ('exclude when mail = "x"\non a add 5', 'No test has a case in which mail is "x".',
     ('given profile mail "x"', A, "expect excluded"), ('given profile mail "y"', A, "expect score = 5")),
    ("ignore a where bot = true\non a add 5", "No test has a case in which bot is true.",
     ("given a with bot true at 2026-03-01", "expect score = 0"), (A, "expect score = 5")),
    ("score s\n  on a add 5\ngrid g = s (A from 5, B)", "No test has s in the band A of g.",
     (A, "expect s = 5"), (A, "expect s = 0 at 2026-03-01")),
    ("score s\n  on a add 5\nlabel l when s >= 5", "No test has a lead with the label l.",
     (A, "expect l"), (A, "expect no l at 2026-03-01")),
]  # fmt: skip


@pytest.mark.parametrize("rules, sentence, does, does_not", REACHED, ids=[sentence for _, sentence, _, _ in REACHED])
def test_by_hand(rules: str, sentence: str, does: tuple[str, ...], does_not: tuple[str, ...]) -> None:
    assert sentence in missing(with_test(rules, *does_not))
    assert sentence not in missing(with_test(rules, *does))


def test_without_tests_nothing_is_reached() -> None:
    program, _ = api.check_text("on a add 5 once, expire after 3d\ntier t from 5\nwhen x > 3 add 2")
    assert program is not None
    found = coverage(program)
    assert len(found) == 9 and not any(found.values())


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/rules.score")), ids=lambda path: path.parent.name)
def test_the_tests_of_every_example_reach_all(path: Path) -> None:
    program, _ = api.check(path.as_posix())
    assert program is not None
    found = coverage(program)
    assert len(found) > 20 and [goal.missing for goal, reached in found.items() if not reached] == []


@given(cases())
def test_every_program_has_goals_each_with_a_sentence(case: Case) -> None:
    found = goals(case.program)
    assert all(goal.missing.startswith("No test ") and goal.missing.endswith(".") for goal in found)
    assert len({goal.key for goal in found}) <= len(found)
    assert [goal.identity for goal in goals(checked(case.files))] == [goal.identity for goal in found]


@given(cases(), st.data())
def test_another_test_never_takes_anything_away(case: Case, data: st.DataObject) -> None:
    score = case.program.scores[0].name
    times = ("2026-02-10", "2026-03-01", "2026-06-01")
    tests = [f'test "{i}"\n  expect {score} = 1 at {data.draw(st.sampled_from(times))}\n' for i in range(2)]
    main = case.files["main.score"]
    one, two = (checked({**case.files, "main.score": main + "".join(tests[:n])}) for n in (1, 2))
    before, after = coverage(one), coverage(two)
    assert sum(after.values()) >= sum(before.values()) and len(before) == len(after)


def test_two_files_of_tests_are_put_together() -> None:
    rules = "on a add 5 once"
    one, two = (api.check_text(with_test(rules, *lines))[0] for lines in (
        (A, "expect score = 5"), ("given 2 a at 2026-03-01 every 1h", "expect score = 5"),
    ))  # fmt: skip
    assert one is not None and two is not None
    assert sum(coverage(one).values()) == 1
    found = merged([coverage(one), coverage(two)])
    assert len(found) == 2 and all(found.values())
