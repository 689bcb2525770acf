"""Where two programs differ for one lead: the first instant at which a column is another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scoredsl.reference import LeadRun, Log
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Expectation, Place, Program
from scoredsl.testing.rechecking import EVERYTHING
from scoredsl.testing.run import LEAD
from scoredsl.text import Span

NOWHERE = Place("", 0, Span(0, 0))


@dataclass(frozen=True, slots=True)
class Givens:
    """What is given of one lead: events and profile rows, in the order of a test's lines."""

    events: tuple[Event, ...] = ()
    rows: tuple[ProfileRow, ...] = ()

    @property
    def size(self) -> int:
        properties = sum(len(event.properties) for event in self.events)
        return len(self.events) + properties + sum(1 + len(row.fields) for row in self.rows)

    @property
    def times(self) -> list[int]:
        return [event.time for event in self.events] + [row.time for row in self.rows if row.time is not None]


def difference(
    one: Program, other: Program, columns: frozenset[str], givens: Givens, durations: Sequence[int]
) -> Expectation | None:
    """What holds for a lead in `one` and not in `other`, at the first instant found; None where nothing is.

    `durations` say how far beyond the last event is looked, and where.
    """
    if not givens.times and not givens.rows:
        return None
    last = max(givens.times, default=0)
    until = last + max(durations, default=0) + 86_400_000_000
    first, second = (_Seen(program, givens, until) for program in (one, other))
    if EVERYTHING in columns:
        return _anything(first, second, givens, durations)
    return _of_columns(first, second, columns, givens, durations)


class _Seen:
    """A program's view of the lead."""

    def __init__(self, program: Program, givens: Givens, until: int) -> None:
        self.program = program
        self.log = Log.of(program, givens.events, givens.rows)
        self.until = until

    def at(self, instant: int) -> LeadRun:
        return self.log.run(LEAD, instant)

    def whole(self) -> LeadRun:
        return self.at(self.until)


def _of_columns(
    first: _Seen, second: _Seen, columns: frozenset[str], givens: Givens, durations: Sequence[int]
) -> Expectation | None:
    run, other = first.whole(), second.whole()
    if not run.exists or not other.exists:
        return None
    for score in first.program.scores:
        same = next((each for each in second.program.scores if each.name == score.name), None)
        if score.name not in columns or same is None:
            continue
        one, two = run.course(score), other.course(same)
        instants = sorted({*one.instants, *two.instants})
        for instant in instants:
            was, now = _known(run, score.name, instant), _known(other, score.name, instant)
            if was != now and not _excluded(first, second, instant):
                return _expected(score.name, was, now, instant)
    return _of_grids(run, other, first, second) or _of_labels(run, other, first, second, _moments(givens, durations))


def _known(run: LeadRun, score: str, instant: int) -> tuple[int, str | None]:
    """(value, tier) of a score at an instant of its course."""
    course = run.course(run.program.score(score))
    found = course.states[0]
    for change in course.states:
        if change.instant > instant:
            break
        found = change
    return (found.state.value, found.tier) if found.instant <= instant else (0, None)


def _expected(score: str, was: tuple[int, str | None], now: tuple[int, str | None], instant: int) -> Expectation:
    if was[0] != now[0]:
        return Expectation("value", instant, NOWHERE, score, "=", was[0])
    return Expectation("tier", instant, NOWHERE, score, tier=was[1])


def _excluded(first: _Seen, second: _Seen, instant: int) -> bool:
    return first.at(instant).excluded or second.at(instant).excluded


def _of_grids(run: LeadRun, other: LeadRun, first: _Seen, second: _Seen) -> Expectation | None:
    """A difference of a grid that is another itself: its scores are the same, or it is made of others."""
    changed = {grid.name: grid for grid in second.program.grids}
    for grid in first.program.grids:
        same = changed.get(grid.name)
        if same is None or same.axes == grid.axes:
            continue
        courses = [run.course(run.program.score(axis.score)) for axis in grid.axes]
        courses += [other.course(other.program.score(axis.score)) for axis in same.axes]
        for instant in sorted({instant for course in courses for instant in course.instants}):
            cell = run.cell(grid, {axis.score: _known(run, axis.score, instant)[0] for axis in grid.axes})
            now = other.cell(same, {axis.score: _known(other, axis.score, instant)[0] for axis in same.axes})
            if cell != now and not _excluded(first, second, instant):
                return Expectation("cell", instant, NOWHERE, grid.name, text=cell)
    return None


def _of_labels(run: LeadRun, other: LeadRun, first: _Seen, second: _Seen, moments: Sequence[int]) -> Expectation | None:
    """A difference of a label whose own condition is another."""
    changed = {label.name: label for label in second.program.labels}
    for label in first.program.labels:
        same = changed.get(label.name)
        if same is None or same.condition == label.condition:
            continue
        more = {instant for each in (run, other) for score in each.program.scores
                for instant in each.course(score).instants}  # fmt: skip
        for instant in sorted({*moments, *more}):
            if not first.at(instant).exists:
                continue
            so = run.evaluator.holds(label.condition, run.seen(instant, _values(run, instant)))
            now = other.evaluator.holds(same.condition, other.seen(instant, _values(other, instant)))
            if so != now and not _excluded(first, second, instant):
                return Expectation("label", instant, NOWHERE, label.name, holds=so)
    return None


def _values(run: LeadRun, instant: int) -> dict[str | None, int]:
    return {score.name: _known(run, score.name, instant)[0] for score in run.program.scores}


def _cell_or_label(run: LeadRun, other: LeadRun, columns: frozenset[str], instant: int) -> Expectation | None:
    was, now = run.scores(), other.scores()
    for name, cell in was.grids.items():
        if name in columns and cell != now.grids.get(name):
            return Expectation("cell", instant, NOWHERE, name, text=cell)
    for name, so in was.labels.items():
        if name in columns and so != now.labels.get(name):
            return Expectation("label", instant, NOWHERE, name, holds=so)
    return None


def _anything(first: _Seen, second: _Seen, givens: Givens, durations: Sequence[int]) -> Expectation | None:
    """A difference where who is scored, or which events there are, is another."""
    for instant in _moments(givens, durations):
        run, other = first.at(instant), second.at(instant)
        if run.exists and run.excluded and not other.excluded:
            return Expectation("excluded", instant, NOWHERE)
        if not run.exists or run.excluded:
            continue
        was = run.scores()
        now = other.scores() if other.exists and not other.excluded else None
        for name, value in was.values.items():
            if now is None or now.values.get(name) != value:
                return Expectation("value", instant, NOWHERE, name, "=", value)
        found = _cell_or_label(run, other, frozenset({*was.grids, *was.labels}), instant)
        if found is not None:
            return found
    return None


def _moments(givens: Givens, durations: Sequence[int]) -> list[int]:
    """The instants of events and rows, and each duration after them, a minute before and the ends too."""
    times = sorted(set(givens.times)) or [0]
    found = {*times, *(time + each + step for time in times for each in durations for step in (0, -60_000_000))}
    found.update(after - 60_000_000 for before, after in pairwise(times) if after - before > 60_000_000)
    return sorted(found)
