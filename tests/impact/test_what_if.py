"""What would bring a lead to a tier: by hand, and on random programs against scoring and brute force."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.impact.what_if.answer import ScoreAnswer, what_if
from scoredsl.impact.what_if.lead import rank
from scoredsl.impact.what_if.search import NoWay
from scoredsl.impact.what_if.wording import way_texts
from scoredsl.reference import LeadRun, Log
from scoredsl.reference.history import lead_history
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow
from tests.strategies.choices import Choices
from tests.strategies.logs import Logs
from tests.strategies.programs import Case, Programs
from tests.strategies.setting import draw_setting

DAY = 86_400_000_000
T = 20_000 * DAY
LITTLE = 3_000
Question = tuple[Case, int, list[tuple[str, dict[str, Any]]]]


def answer(
    text: str, events: Sequence[tuple[Any, ...]] = (), fields: dict[str, Any] | None = None, tier: str | None = None
) -> ScoreAnswer:
    """Of the last score of a program; events are (name, days before T, properties)."""
    program, problems = api.check_text(text)
    assert program is not None, problems
    log = [Event("a", name, T - days * DAY, None, i, *(more or [{}])) for i, (name, days, *more) in enumerate(events)]
    rows = [ProfileRow("a", None, 0, fields or {})]
    score = program.scores[-1]
    wanted = None if tier is None else score.tier(tier)
    return what_if(Log.of(program, log, rows), "a", T, score, wanted)


def way(found: ScoreAnswer) -> list[str]:
    assert found.ways, found.no_way
    first = found.ways[0]
    assert first.fewest and found.no_way is None
    return way_texts(first)


def no_way(found: ScoreAnswer) -> NoWay:
    assert found.no_way is not None, found.ways
    return found.no_way


def most(found: ScoreAnswer) -> tuple[int | None, str]:
    """Of a tier that is proven to be out of reach: the most that there is, and what it is made of."""
    told = no_way(found)
    assert told.proven and told.highest == told.most
    return told.most, ", ".join(f"{what} {worth // 1_000_000}" for what, worth in told.parts)


TWO = "tier hot from 60; tier warm from 20\n"


# ---- by hand


def test_the_fewest_events() -> None:
    text = TWO + "on demo add 40 once; on trial add 35 once; on visit add 5"
    assert way(answer(text)) == ["demo"], "warm is next"
    assert sorted(way(answer(text, tier="hot"))) == ["demo", "trial"]
    found = answer(text, [("demo", 3), ("trial", 400)], tier="hot")
    assert found.tier == "hot" and found.target is None and (found.ways, found.no_way) == ((), None)
    assert way(answer(text, [("demo", 3)])) == ["trial"]
    assert way(answer(TWO + "on demo add 40 once; on visit add 5", [("demo", 1)])) == ["visit"] * 4


def test_properties_that_are_needed_and_no_others() -> None:
    text = TWO + 'on page where url starts with "/pricing" and seconds > 30 add 20; on page add 1'
    assert way(answer(text + "\nignore page where bot")) == ['page with seconds 31, url "/pricing"']


def test_amounts_are_as_small_as_is_enough() -> None:
    assert way(answer(TWO + "on purchase add amount / 10")) == ["purchase with amount 200"]
    assert way(answer(TWO + "on purchase add amount / 10 up to 15 points; on visit add 5")) == [
        "purchase with amount 150", "visit",
    ]  # fmt: skip


def test_counts_and_chains_that_have_begun() -> None:
    text = TWO + "on 3 visit within 7d add 20; on cart then paid with same order within 3d add 60"
    assert way(answer(text, [("visit", 2), ("visit", 1)])) == ["visit"]
    found = answer(text, [("cart", 1, {"order": "17"}), ("cart", 9, {"order": "4"})], tier="hot")
    assert way(found) == ['paid with order "17"']
    assert way(answer(text, tier="hot")) == ["cart with the same order", "paid with the same order"]


def test_another_value_each_time() -> None:
    text = TWO + "on opened add 10 once per campaign"
    assert way(answer(text)) == ["opened with another campaign"] * 2
    assert way(answer(text, [("opened", 1, {"campaign": "x"})])) == ["opened with another campaign"], "any but x"
    assert way(answer(text + "; on opened add 10")) == ["opened"], "one is enough, whatever its campaign"
    closed = TWO + 'event opened with campaign text one of "x", "y"\non opened add 10 once per campaign'
    assert no_way(answer(closed, tier="hot")).proven is False, "a missing campaign is a third value, and no more come"


def test_another_value_of_which_something_is_asked() -> None:
    text = TWO + 'on page where url starts with "/pricing" add 10 once per url'
    assert way(answer(text)) == ['page with url "/pricing"', 'page with url "/pricing-2"']
    text = TWO + 'on page where url ends with ".pdf" add 10 once per url'
    assert way(answer(text)) == ['page with url ".pdf"', 'page with url "2-.pdf"']
    text = TWO + 'on page where lang in ["de", "fr"] add 10 once per lang'
    assert sorted(way(answer(text))) == ['page with lang "de"', 'page with lang "fr"']


def test_values_are_declared_ones() -> None:
    text = TWO + 'event page with lang text one of "de", "fr"\non page where lang != "de" add 20'
    assert way(answer(text)) == ['page with lang "fr"']


def test_amounts_of_which_points_are_no_straight_line() -> None:
    assert way(answer(TWO + "on purchase add max(0, amount - 100)")) == ["purchase with amount 120"]
    assert way(answer(TWO + "on purchase subtract min(0, 3 - amount)")) == ["purchase with amount 23"]


def test_nothing_is_proven_of_events_that_cannot_be_made_up() -> None:
    """No text is found for which a regular expression holds: so nobody can say what such an event would do."""
    text = "tier hot from 50; on page where url matches /z{3}y/ and url matches /q[a-f]{3}/ add 50; on visit add 5 once"
    assert not no_way(answer(text)).proven
    never = "tier hot from 50; on page where size > 5 and size < 3 add 50; on visit add 5 once"
    assert most(answer(never)) == (5_000_000, "visit 5")


def test_points_that_were_taken_among_points_that_were_given() -> None:
    """One rule has given 30 and taken 20: once the 20 are over, it is 30."""
    text = "tier hot from 30; on spent add amount once per order expire after 10d"
    found = answer(text, [("spent", 8, {"amount": -20, "order": 1}), ("spent", 2, {"amount": 30, "order": 2})])
    assert found.by_itself is not None and found.by_itself.time == T + 2 * DAY


def test_days_apart() -> None:
    found = answer(TWO + "on visit add 10 at most 1 time per day")
    assert way(found) == ["visit", "visit"]
    (only,) = found.ways
    assert (only.schedule.gap, only.instant) == (DAY, T + DAY)
    assert [event.time for event in only.events] == [T, T + DAY]


def test_time_that_makes_fewer_do() -> None:
    found = answer(TWO + "on visit add 10 at most 1 time per day; on opened add 2")
    now, later = found.ways
    assert [event.name for event in now.events] == ["visit", *["opened"] * 5]
    assert [event.name for event in later.events] == ["visit"] * 2 and later.instant == T + DAY


def test_conditions_about_the_lead() -> None:
    text = TWO + 'when count of visit in last 7d >= 3 add 20; when country = "DE" add 40'
    assert way(answer(text, fields={"country": "FR"})) == ["visit"] * 3
    assert way(answer(text, fields={"country": "DE"})) == ["visit"] * 3
    assert most(answer(text, fields={"country": "FR"}, tier="hot")) == (20_000_000, "visit 20")
    assert way(answer(TWO + "start at 30; when inactive for 30d subtract 20", [("visit", 40)])) == ["visit"]


def test_formulas() -> None:
    text = "score fit\n  when size > 10 add 40\nscore act\n  on visit add 10\n"
    text += "score all = 0.5 * fit + act\n  tier t from 50\n"
    assert way(answer(text, fields={"size": 20})) == ["visit"] * 3
    assert way(answer(text, fields={"size": 2})) == ["visit"] * 5


def test_no_events_can_bring_it_there() -> None:
    text = "tier hot from 100\nmaximum 200\non demo add 40 once; on trial add 35 once; on visit add 20 up to 10 points"
    assert most(answer(text)) == (85_000_000, "demo 40, trial 35, visit 10")
    capped = "tier hot from 100; maximum 90; on visit add 5"
    assert most(answer(capped)) == (90_000_000, "visit 90")
    grouped = "tier hot from 100\ngroup email\n  maximum 40\n  on opened add 1\non demo add 40 once"
    assert most(answer(grouped)) == (80_000_000, "demo 40, email 40")
    assert no_way(answer("tier hot from 50; on demo add 40 until 2001-01-01; on visit add 5 once")).most == 5_000_000
    assert no_way(answer('tier hot from 50; on demo if plan = "x" add 60', fields={"plan": "y"})).most == 0


def test_points_that_were_taken_end() -> None:
    text = "tier hot from 40; on demo add 40 once; on gone subtract 30 expire after 10d"
    found = answer(text, [("gone", 4)])
    (only,) = found.ways
    assert [event.name for event in only.events] == ["demo"]
    assert (only.schedule.start, only.value) == (6 * DAY, 40_000_000), "six days later"
    by_itself = answer(text, [("gone", 4), ("demo", 3)])
    assert by_itself.by_itself is not None and by_itself.by_itself.time == T + 6 * DAY


def test_when_it_falls_out_of_its_tier() -> None:
    text = "tier hot from 60; tier warm from 20 until below 10\n"
    text += "on demo add 40 once expire after 30d; on visit add 15 expire after 10d"
    found = answer(text, [("demo", 5), ("visit", 4), ("visit", 3)])
    assert found.tier == "hot" and found.leaves is not None
    assert (found.leaves.time, found.leaves.value, found.leaves.tier) == (T + 6 * DAY, 55_000_000, "warm")
    found = answer(text, [("demo", 5)])
    assert found.leaves is not None and (found.leaves.time, found.leaves.tier) == (T + 25 * DAY, None)
    assert answer("tier hot from 40; on demo add 40", [("demo", 5)]).leaves is None


def test_a_lead_in_the_highest_tier_is_asked_nothing() -> None:
    found = answer("tier hot from 10; on demo add 10", [("demo", 1)])
    assert (found.target, found.ways, found.no_way, found.by_itself) == (None, (), None, None)


@pytest.mark.parametrize("count", [1, 7, 25])
def test_many_events_need_no_long_search(count: int) -> None:
    found = answer(f"tier hot from {count * 5}; on visit add 5; on opened add 2; on clicked add 4; on shared add 3")
    assert way(found) == ["visit"] * count


def test_too_many_for_a_search() -> None:
    """What is found is a way, and it is not said to be the shortest."""
    text = "tier hot from 200; on 3 played within 7d add 7; on a then b with same x within 3d add 30 once; on c add 2"
    found = answer(text)
    (only,) = found.ways
    assert not only.fewest and only.value >= 200_000_000 and len(only.events) < 110


# ---- at random


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A case, one of its instants, and a few events that might be added, drawn as its log is."""
    choices = Choices(draw)
    setting = draw_setting(choices)
    files = Programs(choices, setting).files()
    logs = Logs(choices, setting)
    events, rows = logs.log()
    instants = logs.instants(events, "\n".join(files.values()))
    instant = choices.pick(instants)
    more = [(logs.name(), dict(logs.properties())) for _ in range(choices.one(3, 6))]
    return Case(files, events, rows, instants), instant, more


def leads(case: Case, instant: int) -> Iterator[tuple[Log, LeadRun]]:
    log = case.log
    for lead in log.leads:
        run = log.run(lead, instant)
        if run.exists and not run.excluded:
            yield log, run


def scored(program: p.Program, run: LeadRun, added: Sequence[Event], score: str) -> tuple[int, str | None] | None:
    """The value and tier with events added, from the log on; None where the lead is excluded."""
    instant = max([run.instant, *(event.time for event in added)])
    after = Log.of(program, [*run.events, *added], run.rows).run(run.lead, instant)
    if after.excluded:
        return None
    scores = after.scores()
    return scores.values[score], scores.tiers[score]


@given(questions())
def test_ways_are_ways_and_none_is_shorter(question: Question) -> None:
    case, instant, more = question
    program = case.program
    for log, run in leads(case, instant):
        for score in program.scores:
            if not score.tiers:
                continue
            found = what_if(log, run.lead, instant, score, work=LITTLE)
            assert (found.value, found.tier) == (run.state(score, instant).value, run.tier(score))
            if found.target is None:
                assert found.tier == score.tiers[0].name
                continue
            wanted = rank(score, found.target.name)
            for each in found.ways:
                after = scored(program, run, each.events, score.name)
                assert after == (each.value, each.tier)
                assert rank(score, each.tier) <= wanted
                assert max(event.time for event in each.events) == each.instant
            shorter = 2 if found.no_way is not None and found.no_way.proven else 0
            if found.ways and all(each.fewest for each in found.ways):
                shorter = min(2, min(len(each.events) for each in found.ways) - 1)
            tries = [*shorter_logs(run, more, shorter)]
            if found.no_way is not None and found.no_way.proven:
                tries += [spread(run, more * times, gap) for times in (1, 4) for gap in (0, DAY, 9 * DAY)]
            for tried in tries:
                after = scored(program, run, tried, score.name)
                assert after is None or rank(score, after[1]) > wanted, tried


def shorter_logs(run: LeadRun, more: list[tuple[str, dict[str, Any]]], most: int) -> Iterator[list[Event]]:
    """All that can be added of some events, up to so many, at T."""
    for count in range(1, most + 1):
        for chosen in product(more, repeat=count):
            yield [
                Event(run.lead, name, run.instant, None, 10_000 + i, properties)
                for i, (name, properties) in enumerate(chosen)
            ]


def spread(run: LeadRun, more: Sequence[tuple[str, dict[str, Any]]], gap: int) -> list[Event]:
    """All that can be added, one after the other."""
    return [
        Event(run.lead, name, run.instant + i * gap, None, 10_000 + i, properties)
        for i, (name, properties) in enumerate(more)
    ]


@given(questions())
def test_when_it_leaves_by_itself(question: Question) -> None:
    case, instant, _ = question
    for log, run in leads(case, instant):
        for score in case.program.scores:
            if not score.tiers:
                continue
            found = what_if(log, run.lead, instant, score, score.tiers[0], work=0)
            now = rank(score, found.tier)
            until = instant + min(found.horizon, 10 * DAY)
            leaves = found.leaves.time if found.leaves is not None else until + 1
            course = lead_history(LeadRun(case.program, run.zone, run.lead, run.events, run.rows, min(until, leaves)))
            lower = [
                (row.time, row.value, row.tier)
                for row in course
                if row.score == score.name and (row.time or 0) > instant and rank(score, row.tier) > now
            ]
            fallen = [] if found.leaves is None or leaves > until else [found.leaves]
            assert lower == [(each.time, each.value, each.tier) for each in fallen]
            future = LeadRun(case.program, run.zone, run.lead, run.events, run.rows, instant, until)
            instants = set(future.instants(score, instant, until)) | {instant + i * DAY for i in range(1, 4)}
            for at in sorted({each + step for each in instants for step in (-1, 0, 1)}):
                if not instant < at <= min(until, leaves):
                    continue
                then = LeadRun(case.program, run.zone, run.lead, run.events, run.rows, at)
                if at < leaves:
                    assert rank(score, then.tier(score)) <= now, at
                else:
                    assert rank(score, then.tier(score)) > now
