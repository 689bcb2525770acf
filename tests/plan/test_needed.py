"""Which events a walk needs, worked out by hand."""

from __future__ import annotations

import pytest

from scoredsl import api
from scoredsl.plan.logical import logical_plan
from scoredsl.plan.lowering import lower
from scoredsl.plan.needed import ALWAYS, Needed, needed_events

DAY = 86_400_000_000
T = 1000 * DAY


def since(text: str, until: int | None = T) -> Needed | None:
    program, diagnostics = api.check_text(text)
    assert program is not None, diagnostics
    return needed_events(lower(logical_plan(program).program()), until)


def test_an_event_is_needed_until_the_last_award_for_it_has_expired() -> None:
    text = "on a add 1 expire after 30d\non b add 2 expire after 14d\non b add 3 expire after 60d\non c add 1"
    assert since(text) == Needed((T - 30 * DAY, T - 60 * DAY, ALWAYS))


def test_a_course_needs_what_has_expired() -> None:
    assert since("on a add 1 expire after 30d", None) == Needed((ALWAYS,))


@pytest.mark.parametrize(
    "text",
    [
        "on a add 1 once expire after 30d",
        "on a add 1 at most 2 times expire after 30d",
        "on a add 5 up to 20 points expire after 30d",
        "on a add 5 expire after 30d unless repeated",
        "on a add 5 decay by half every 30d expire after 60d",
        "on a add n expire after 30d",
        "on 2 a within 7d add 5 expire after 30d",
        "on a then a within 7d add 5 expire after 30d",
        "on a add 5 expire after 30d\nwhen count of a >= 2 add 3",
        "on a add 5 expire after 30d\nlabel seen when count of a >= 2",
        "on a add 5 expire after 30d\nignore a where n > 3\non a add 1 once",
        "score s\n  on a add 5 expire after 30d\n  on b if score < 10 add 5",
        "score s\n  threshold 5 as hot until below 2\n  on a add 5 expire after 30d",
    ],
)
def test_what_came_of_it_may_still_matter(text: str) -> None:
    found = since(text)
    assert found is not None
    assert found.since[0] == ALWAYS


@pytest.mark.parametrize("text", ["on any add 1", "on inactivity of 30d subtract 5\non a add 1"])
def test_any_event_is_one_with_a_bit(text: str) -> None:
    found = since(text)
    assert found is not None
    assert ALWAYS in found.since


@pytest.mark.parametrize("text", ["when inactive for 30d subtract 5", "label cold when inactive for 9d"])
def test_inactivity_needs_all_events(text: str) -> None:
    assert since(f"{text}\non b add 1") is None


def test_what_nothing_listens_to_is_not_needed() -> None:
    assert since("when plan = \"pro\" add 5") == Needed(())
