"""What must be so of every program and log: scores, history, ledgers and what comes next agree with each other."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.reference import HistoryRow, LeadRun, LeadScores, Log, history_of, leads_at, score_log
from scoredsl.reference.ledger import comes_next, explain_lead
from scoredsl.semantics.log import Event, ProfileRow
from tests.strategies.logs import moved
from tests.strategies.programs import Case, cases, cases_with_later

AHEAD = 40 * 86_400_000_000
"""How far ahead what comes next is looked for here: longer takes too long where a rule fires every hour."""


def scores_at(log: Log, instant: int) -> list[LeadScores]:
    return score_log(log, instant).rows


def history_to(log: Log, instant: int) -> list[HistoryRow]:
    return list(history_of(log, instant))


def alerts(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    return [row for row in rows if row.tier != row.from_tier]


def same_results(case: Case, one: Log, other: Log) -> None:
    """Scores at every instant, history and alerts of two logs are equal."""
    for instant in case.instants:
        assert scores_at(one, instant) == scores_at(other, instant)
    rows, others = (history_to(log, case.instants[-1]) for log in (one, other))
    assert rows == others
    assert alerts(rows) == alerts(others)


@given(cases())
def test_programs_are_valid(case: Case) -> None:
    """The generator writes no errors; `program` asserts it."""
    assert case.program.scores


# ---- the log


@given(cases(), st.data())
def test_the_order_of_the_log_does_not_matter(case: Case, data: st.DataObject) -> None:
    """Events with ids in any order, some of them again: at the same time further down, or later anywhere."""
    case = case.with_ids()
    kept = [event for events in case.log.events.values() for event in events]
    lines = list(data.draw(st.permutations(case.events)))
    again = data.draw(st.lists(st.tuples(st.sampled_from(kept), st.integers(0, 3), st.integers(0, 50)), max_size=5)
                      if kept else st.just([]))
    for event, hours, at in again:
        twin = Event(event.lead, case.events[at % len(case.events)].name, event.time + hours * 3_600_000_000,
                     event.id, 0, case.events[at % len(case.events)].properties)
        first = 0 if hours else next(i for i, each in enumerate(lines) if each is event) + 1
        lines.insert(min(len(lines), first + at % (len(lines) + 1)), twin)
    rows = data.draw(st.permutations(case.profile_rows))
    shuffled = Log.of(case.program, [moved(event, place) for place, event in enumerate(lines)], rows)
    same_results(case, case.log, shuffled)


@given(cases())
def test_lines_without_ids_are_told_apart_by_place_alone(case: Case) -> None:
    """The order in which the reader hands over the lines is nothing: their place counts."""
    backwards = Log.of(case.program, case.events[::-1], case.profile_rows[::-1])
    same_results(case, case.log, backwards)


@given(cases_with_later())
def test_what_comes_later_is_not_seen(drawn: tuple[Case, int, list[Event], list[ProfileRow]]) -> None:
    """Scores, history and ledgers at T without all that is later, and with other things that are later."""
    case, instant, later_events, later_rows = drawn
    before = [event for event in case.events if event.time <= instant]
    rows = [row for row in case.profile_rows if row.time is None or row.time <= instant]
    without = Log.of(case.program, before, rows)
    for log in (case.log, Log.of(case.program, case.events + later_events, case.profile_rows + later_rows)):
        assert scores_at(log, instant) == scores_at(without, instant)
        assert history_to(log, instant) == history_to(without, instant)
        ledgers = [[explain_lead(run, ahead=False) for run in leads_at(each, instant)] for each in (log, without)]
        assert ledgers[0] == ledgers[1]


# ---- ledger and history


@given(cases())
def test_the_ledger_sums_to_the_score(case: Case) -> None:
    log = case.log
    for instant in case.instants:
        table = {row.lead: row for row in scores_at(log, instant)}
        for run in leads_at(log, instant):
            explanation = explain_lead(run, ahead=False)
            assert [ledger.score.name for ledger in explanation.ledgers] == list(table[run.lead].values)
            for ledger in explanation.ledgers:
                value = table[run.lead].values[ledger.score.name]
                assert ledger.value == value
                assert sum(line.worth for line in ledger.lines) == value, ledger.lines
                assert ledger.tier == table[run.lead].tiers.get(ledger.score.name)


@given(cases())
def test_history_ends_at_the_score(case: Case) -> None:
    """The last row is the score at T; changes add up, times ascend, every row is a change, alerts follow the tiers."""
    log = case.log
    for instant in {case.instants[0], case.instants[len(case.instants) // 2], case.instants[-1]}:
        history = history_to(log, instant)
        order = [score.name for score in case.program.scores]
        keys = [(row.lead, row.time is not None, row.time or 0, order.index(row.score)) for row in history]
        assert keys == sorted(keys)
        table = scores_at(log, instant)
        assert {row.lead for row in history} <= {row.lead for row in table}
        for scores in table:
            for name, value in scores.values.items():
                rows = [row for row in history if row.lead == scores.lead and row.score == name]
                assert courses(rows, instant) == (value, scores.tiers.get(name))


def courses(rows: Sequence[HistoryRow], instant: int) -> tuple[int, str | None]:
    """The value and tier that the history of one score leads to; asserts that its rows follow from each other."""
    value: int = 0
    tier: str | None = None
    time: int | None = None
    for i, row in enumerate(rows):
        assert row.change == row.value - value
        assert row.from_tier == tier
        assert (row.value, row.tier) != (value, tier)
        if row.time is None:
            assert i == 0
        else:
            assert row.time <= instant and (time is None or row.time > time)
        value, tier, time = row.value, row.tier, row.time
    return value, tier


@given(cases())
def test_the_score_at_an_instant_stands_in_later_histories(case: Case) -> None:
    """The value of the last row at or before T, in the history up to any later instant."""
    log = case.log
    for earlier, later in [*pairwise(case.instants), (case.instants[0], case.instants[-1])]:
        told = {run.lead for run in leads_at(log, later)}
        history = history_to(log, later)
        for scores in scores_at(log, earlier):
            if scores.lead not in told:
                continue
            for name, value in scores.values.items():
                rows = [row for row in history if row.lead == scores.lead and row.score == name
                        and (row.time is None or row.time <= earlier)]
                last = (rows[-1].value, rows[-1].tier) if rows else (0, None)
                assert last == (value, scores.tiers.get(name)), (name, earlier, later)


# ---- what comes next


def frozen(run: LeadRun, instant: int) -> LeadRun:
    """The lead at a later instant, if nothing happens in between."""
    return LeadRun(run.program, run.zone, run.lead, run.events, run.rows, instant)


@given(cases())
def test_what_comes_next(case: Case) -> None:
    """The score is the old one until `next_change` and the new one then; so is the tier; otherwise nothing changes."""
    log = case.log
    for instant in {case.instants[0], case.instants[-1]}:
        end = instant + AHEAD
        for run in leads_at(log, instant):
            future = LeadRun(run.program, run.zone, run.lead, run.events, run.rows, instant, end)
            now = run.scores()
            for score in run.program.scores:
                value, tier = now.values[score.name], now.tiers.get(score.name)
                change, leaves = comes_next(future, score, value, tier)
                for at in between(case, instant, end if change is None else change.time - 1):
                    assert frozen(run, at).state(score, at).value == value
                if change is not None:
                    then = frozen(run, change.time)
                    assert then.state(score, change.time).value == change.value != value
                    assert then.tier(score) == change.tier
                if tier is None:
                    assert leaves is None
                    continue
                for at in between(case, instant, end if leaves is None else leaves.time - 1):
                    assert frozen(run, at).tier(score) == tier
                if leaves is not None:
                    then = frozen(run, leaves.time)
                    assert (then.state(score, leaves.time).value, then.tier(score)) == (leaves.value, leaves.tier)
                    assert leaves.tier != tier


def between(case: Case, start: int, end: int) -> Iterator[int]:
    """A few instants from `start` to `end`."""
    later = case.instants[bisect_right(case.instants, start) : bisect_right(case.instants, end)]
    yield from sorted({start + (end - start) // 3, *later[:3], end})


def test_case_repr_is_complete() -> None:
    """A failure shows all that is needed to play it again."""
    case = Case({"main.score": "on a add 1\n"}, [Event("x", "a", 0, None, 0, {})], [], [0])
    shown: Any = repr(case)
    assert "on a add 1" in shown and "name='a'" in shown and "instants [0]" in shown
