"""Runs on a state: what a run over everything gives, however the log is divided, on random programs and logs."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.fast import Resources, run
from scoredsl.engine.kernel.walker import Mode
from scoredsl.engine.results import alert_rows, history_rows, score_rows
from scoredsl.engine.scan import scan_events, scan_profiles
from scoredsl.engine.sources import ReadOptions, SourceError, read_events, read_profiles
from scoredsl.engine.sources.duck import connection
from scoredsl.engine.state import Increment, basis_of, opened
from scoredsl.engine.state.manifest import Basis
from scoredsl.plan.logical import LogicalPlan, logical_plan
from scoredsl.plan.lowering import lower
from scoredsl.reference import Log, Tally, history_of, score_log
from scoredsl.reference.run import leads_at
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Program
from tests.engine.test_fast import write_log
from tests.strategies.choices import Choices
from tests.strategies.programs import Case, cases

LITTLE = Resources(memory=1 << 20, threads=2)
Row = list[Any]

few = settings(max_examples=settings().max_examples // 2)
"""An example is several runs."""


@pytest.fixture(autouse=True)
def _unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here survives the machine: there is no need to wait for the disk."""
    monkeypatch.setattr(os, "fsync", lambda file: None)


@dataclass(frozen=True)
class Part:
    """What one run is given, and the instant it asks for."""

    events: list[Event]
    profile_rows: list[ProfileRow]
    instant: int


@dataclass(slots=True)
class Division:
    """A case whose log comes in several runs."""

    case: Case
    parts: list[Part]


@st.composite
def divisions(draw: st.DrawFn) -> Division:
    """Any division, or one by time, where late events are few; some events come in two runs, with their ids."""
    case = draw(cases())
    choices = Choices(draw)
    if choices.chance(50):
        case = case.with_ids()
    usable = [event for event in case.events if str(event.properties.get("amount")) != "nan"]  # no JSON: rejected
    events, rows = choices.shuffled(usable or case.events[:1]), choices.shuffled(case.profile_rows)
    if choices.chance(60):
        events.sort(key=lambda event: event.time)
        for _ in range(choices.one(0, 0, 1, 2)):
            events.append(events.pop(choices.number(0, len(events) - 1)))
    count = choices.one(2, 2, 3, 4)
    cuts = sorted(choices.number(0, len(events)) for _ in range(count - 1))
    parts: list[Part] = []
    for begin, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
        some = events[begin:end]
        if begin and choices.chance(30):
            some = [*choices.shuffled([event for event in events[:begin] if event.id is not None])[:2], *some]
        few = [row for row in rows if choices.chance(100 // count)]
        parts.append(Part(some, few, choices.pick(case.instants)))
    return Division(case, parts)


@dataclass(slots=True)
class Runs:
    """Runs of one program on a state in a folder; and what they were given so far, as `sources` read it."""

    case: Case
    folder: Path
    count: int = 0
    plan: LogicalPlan = field(init=False)
    basis: Basis = field(init=False)
    events: list[Event] = field(default_factory=list)
    profile_rows: list[ProfileRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = logical_plan(self.case.program)
        self.basis = basis_of(self.plan, lower(self.plan.program()))

    def log(self, program: Program) -> Log:
        return Log.of(
            program,
            [replace(event, place=place) for place, event in enumerate(self.events)],
            [replace(row, place=place) for place, row in enumerate(self.profile_rows)],
        )

    def run(
        self, part: Part, mode: Mode, *, only_new: bool = False, replace_profiles: bool = False
    ) -> tuple[list[Row], Tally, int]:
        """The rows of a run, its tally, and how many alerts were withdrawn."""
        self.count += 1
        place = self.folder / f"run{self.count}"
        place.mkdir()
        log, profiles = write_log(replace(self.case, events=part.events, profile_rows=part.profile_rows), place)
        with suppress(SourceError):
            self.events += read_events([log]).events
        if profiles is not None and replace_profiles:
            self.profile_rows = []
        with suppress(SourceError):
            self.profile_rows += read_profiles([profiles]).rows if profiles is not None else []
        with opened(str(self.folder / "state")) as state, connection() as db:
            increment = Increment(state, self.basis, only_new=only_new, replace_profiles=replace_profiles)
            # (Not through its sieves: two runs may well be given the same few events without ids.)
            with scan_events([log], ReadOptions(), db, Everything()) as new:
                more = scan_profiles([profiles], ReadOptions(), db) if profiles is not None else None
                with run(self.plan, new, more, part.instant, mode, LITTLE, None, increment) as found:
                    made = [list(row) for row in found.rows.rows()], found.tally, found.withdrawn
                increment.commit()
                if more is not None:
                    more.close()
                return made


class Everything:
    """A sieve that lets everything through, also a file without rows."""

    def has_path(self, given: str) -> bool:
        return False

    def has_content(self, file: Any) -> bool:
        return False

    def took(self, file: Any, usable: int) -> None:
        pass


@few
@given(divisions())
def test_a_run_gives_what_one_over_everything_gives(division: Division) -> None:
    """At any instant, also one before the last; and what is counted is the same as well."""
    program = division.case.program
    planned = logical_plan(program).program()  # without what no event can ever meet: nothing is said of it
    with TemporaryDirectory() as folder:
        runs = Runs(division.case, Path(folder))
        for part in division.parts:
            rows, tally, _ = runs.run(part, "scores")
            assert rows == list(score_rows(program, score_log(runs.log(program), part.instant).rows))
            assert tally == score_log(runs.log(planned), part.instant).tally
        for instant in {division.case.instants[0], division.case.instants[-1]}:
            rows, _, _ = runs.run(Part([], [], instant), "history")
            assert rows == list(history_rows(history_of(runs.log(program), instant)))


@few
@given(divisions())
def test_alerts_are_those_that_no_run_gave(division: Division) -> None:
    """Each run gives the alerts of everything so far that were not given yet; what was given and is none is counted."""
    program = division.case.program
    given_before: set[tuple[Any, ...]] = set()
    whole: list[Row] = []
    last = min(division.case.instants)
    with TemporaryDirectory() as folder:
        runs = Runs(division.case, Path(folder))
        for part in division.parts:
            last = max(last, part.instant)
            rows, _, withdrawn = runs.run(replace(part, instant=last), "alerts", only_new=True)
            whole = list(alert_rows(history_of(runs.log(program), last)))
            asked = {lead.lead for lead in leads_at(runs.log(program), last)}
            gone = {key for key in given_before if key[0] in asked} - {alert(row) for row in whole}
            assert rows == [row for row in whole if alert(row) not in given_before]
            assert withdrawn == len(gone)
            given_before = (given_before - gone) | {alert(row) for row in whole}
        rows, _, _ = runs.run(Part([], [], last), "alerts")
        assert rows == whole


def alert(row: Row) -> tuple[Any, ...]:
    """What makes an alert: lead, time, score and tiers; not the value or its cause."""
    return row[0], row[1], row[2], row[4], row[5]


@few
@given(divisions())
def test_profiles_can_be_replaced(division: Division) -> None:
    """Of the profile rows those that came last are there, and no others."""
    program = division.case.program
    with TemporaryDirectory() as folder:
        runs = Runs(division.case, Path(folder))
        for part in division.parts:
            rows, _, _ = runs.run(part, "scores", replace_profiles=True)
            assert rows == list(score_rows(program, score_log(runs.log(program), part.instant).rows))
