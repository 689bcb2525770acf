"""What two programs make of one lead, side by side: where their columns differ, and what else came about on the way.

The second guides the search: a log in which a rule fires, a cap is reached or a value is met for the first time is
worth going on from, and so is one where the awards of both programs differ and only a bound hides it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scoredsl.reference import LeadRun, Log
from scoredsl.reference.lead import FROM_ALWAYS, ScoreState
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import leaves
from scoredsl.testing.rechecking import EVERYTHING
from scoredsl.testing.run import LEAD
from scoredsl.testing.sums import thresholds
from scoredsl.testing.telling import NOWHERE, Givens

DAY = 86_400_000_000
_MOST_INSTANTS = 400
"""A log in which a score may change more often is not looked at: it would take too long."""

_MANY_INSTANTS = 30
"""Of more not all are looked at."""

Marks: TypeAlias = frozenset[Hashable]


@dataclass(frozen=True, slots=True)
class Observed:
    """`differs` is an expectation that holds in the first program alone; `marks` are what came about.

    `nearly`: awards or inner sums differ, whatever is reported.
    """

    differs: p.Expectation | None
    marks: Marks
    nearly: bool = False


class Observer:
    """Runs logs through two programs. `columns` are the scores, grids and labels that may differ."""

    def __init__(self, one: p.Program, other: p.Program, columns: frozenset[str], reach: int) -> None:
        """`reach`: how long after its last event a lead is looked at, in microseconds."""
        self.programs = one, other
        self.everything = EVERYTHING in columns
        self.reach = reach + DAY
        self.effort = 0
        """How many rules were looked at, at how many instants, so far."""
        second = {score.name: score for score in other.scores}
        wanted = columns | {name for program in self.programs for name in _beneath(program, columns)}
        self.scores = [
            (score, second[score.name])
            for score in one.scores
            if score.name in second and (self.everything or score.name in wanted)
        ]
        self.numbers = {score.name: sorted({
            number for each in self.programs for _, name, number in thresholds(each) if name == score.name
        }) for score, _ in self.scores}  # fmt: skip
        grids = {grid.name: grid for grid in other.grids}
        self.grids = [(grid, grids[grid.name]) for grid in one.grids
                      if grid.name in grids and (self.everything or grid.name in columns)]  # fmt: skip
        labels = {label.name: label for label in other.labels}
        self.labels = [(label, labels[label.name]) for label in one.labels
                       if label.name in labels and (self.everything or label.name in columns)]  # fmt: skip

    def of(self, givens: Givens) -> Observed:
        """What comes of a log; the lead is looked at from its beginning until `reach` after its last event."""
        if not givens.times and not givens.rows:
            return Observed(None, frozenset())
        until = max(givens.times, default=FROM_ALWAYS) + self.reach
        logs = [Log.of(program, givens.events, givens.rows) for program in self.programs]
        one, other = (log.run(LEAD, until) for log in logs)
        if not one.exists or not other.exists:
            return self._of_presence(logs, givens)
        marks: set[Hashable] = set()
        nearly = False
        instants: set[int] = {one.beginning(), other.beginning()}
        reported: list[tuple[int, p.Expectation]] = []
        for score, same in self.scores:
            found = _thinned(sorted({*_instants(one, score), *_instants(other, same)}), givens, score, same)
            self.effort += len(found) * (len(score.rules) + len(same.rules) + 2)
            if len(found) > _MOST_INSTANTS:
                break
            instants.update(found)
            nearly |= self._score(one, other, score, same, found, marks, reported)
        self._of_columns(one, other, sorted(instants), marks, reported)
        differs = self._visible(logs, reported, sorted(instants), givens)
        return Observed(differs, frozenset(marks), nearly)

    # ---- scores

    def _score(
        self, one: LeadRun, other: LeadRun, score: p.Score, same: p.Score, instants: list[int],
        marks: set[Hashable], reported: list[tuple[int, p.Expectation]],
    ) -> bool:  # fmt: skip
        nearly = False
        kept: tuple[set[str], set[str]] = set(), set()
        worths: tuple[set[Hashable], set[Hashable]] = set(), set()
        for instant in instants:
            was, now = one.state(score, instant), other.state(same, instant)
            tier, tier_now = one.tier_after(score, was.value, kept[0]), other.tier_after(same, now.value, kept[1])
            if was.value != now.value:
                reported.append((instant, p.Expectation("value", instant, NOWHERE, score.name, "=", was.value)))
            elif tier != tier_now:
                reported.append((instant, p.Expectation("tier", instant, NOWHERE, score.name, tier=tier)))
            nearly |= was.unbounded != now.unbounded
            for side, state in enumerate((was, now)):
                worths[side].update(_worths(state))
                worths[side].add(("value", self._place(score.name, state.value)))
                worths[side].add(("unbounded", self._place(score.name, state.unbounded)))
                worths[side].add(("is", state.value))
        if score.formula is None:
            awards = [_awards(run, each) for run, each in ((one, score), (other, same))]
            nearly |= sorted(awards[0].values(), key=repr) != sorted(awards[1].values(), key=repr)
            for side, by_rule in enumerate(awards):
                worths[side].update(("awards", rule, _size(len(each))) for rule, each in by_rule.items())
        marks.update((score.name, side, each) for side in (0, 1) for each in worths[side])
        return nearly

    def _place(self, score: str, value: int) -> tuple[int, bool]:
        """Between which of the score's numbers a value lies, and whether it is one of them."""
        numbers = self.numbers[score]
        at = bisect_right(numbers, value)
        return at, at > 0 and numbers[at - 1] == value

    # ---- grids and labels

    def _of_columns(
        self, one: LeadRun, other: LeadRun, instants: list[int], marks: set[Hashable],
        reported: list[tuple[int, p.Expectation]],
    ) -> None:  # fmt: skip
        for grid, same in self.grids:
            for instant in instants:
                cell, now = (_cell(run, each, instant) for run, each in ((one, grid), (other, same)))
                marks.add((grid.name, cell, now))
                if cell != now:
                    reported.append((instant, p.Expectation("cell", instant, NOWHERE, grid.name, text=cell)))
        for label, same_label in self.labels:
            for instant in instants:
                so, so_now = (_holds(run, each, instant) for run, each in ((one, label), (other, same_label)))
                marks.add((label.name, so, so_now))
                if so != so_now:
                    reported.append((instant, p.Expectation("label", instant, NOWHERE, label.name, holds=so)))

    # ---- who is scored

    def _visible(
        self, logs: list[Log], reported: list[tuple[int, p.Expectation]], instants: list[int], givens: Givens
    ) -> p.Expectation | None:
        """The first of the differences that somebody sees: of a lead that is excluded nothing is reported."""
        if not any(program.excludes for program in self.programs):
            return min(reported, key=lambda each: each[0])[1] if reported else None
        known = dict(reversed(reported))
        for instant in sorted({*instants, *known} if self.everything else known)[:_MOST_INSTANTS]:
            one, other = (log.run(LEAD, instant) for log in logs)
            if not one.exists or not other.exists:
                continue
            if one.excluded != other.excluded:
                return p.Expectation("excluded", instant, NOWHERE)
            if instant in known and not one.excluded:
                return known[instant]
        return None

    def _of_presence(self, logs: list[Log], givens: Givens) -> Observed:
        """A lead whose events are all ignored is not there."""
        last = max(givens.times, default=0)
        there = [log.run(LEAD, last) for log in logs]
        seen = [run.exists and not run.excluded for run in there]
        if seen[0] == seen[1]:
            return Observed(None, frozenset({("there", *seen)}))
        return Observed(p.Expectation("excluded", last, NOWHERE), frozenset())


def _beneath(program: p.Program, columns: frozenset[str]) -> Iterator[str]:
    """The scores that grids and labels among the columns are made of."""
    for grid in program.grids:
        if grid.name in columns:
            yield from (axis.score for axis in grid.axes)
    for label in program.labels:
        if label.name in columns:
            yield from (each.name for each in _scores_in(label.condition) if each.name is not None)


def _instants(run: LeadRun, score: p.Score) -> Iterator[int]:
    start = run.beginning()
    yield start
    yield from run.instants(score, start, run.instant)


def _thinned(instants: list[int], givens: Givens, *scores: p.Score) -> list[int]:
    """Where points fade, not every midnight after the last event; all of them where a tier depends on the course."""
    if len(instants) <= _MANY_INSTANTS or any(tier.follows_the_course for score in scores for tier in score.tiers):
        return instants
    last = max(givens.times, default=0)
    until = bisect_right(instants, last)
    rest = instants[until:]
    step = max(1, len(rest) // _MANY_INSTANTS)
    return [*instants[:until], *rest[:5], *rest[5::step]]


def _worths(state: ScoreState) -> Iterator[Hashable]:
    """Which branches hold, which rules are capped, which bounds take or give."""
    for each in state.rules:
        if isinstance(each.rule, p.WhenRule):
            yield "branch", each.rule.index, each.branch, each.computed
        elif each.value != each.uncapped:
            yield "capped", each.rule.index
        elif each.value:
            yield "counts", each.rule.index
    for i, (total, bounded) in enumerate(state.groups):
        yield "group", i, (total > bounded) - (total < bounded)
    yield "bounded", (state.unbounded > state.value) - (state.unbounded < state.value)


def _awards(run: LeadRun, score: p.Score) -> Mapping[int | None, list[tuple[int, int, int | None]]]:
    """(instant, points, end) of the awards of each rule, in all segments; under None what resets did."""
    found: dict[int | None, list[tuple[int, int, int | None]]] = {}
    for segment in run.segments(score):
        if segment.begin is not None:
            found.setdefault(None, []).append((segment.begin, segment.set_to or 0, None))
        for award in segment.awards:
            found.setdefault(award.rule.index, []).append((award.instant, award.points, award.end))
    return found


def _size(number: int) -> int:
    """Counts that are told apart: few ones exactly, more of them roughly."""
    return number if number <= 6 else 6 + number.bit_length()


def _cell(run: LeadRun, grid: p.Grid, instant: int) -> str:
    return run.cell(grid, {axis.score: _value(run, axis.score, instant) for axis in grid.axes})


def _holds(run: LeadRun, label: p.Label, instant: int) -> bool:
    named = {each.name for each in _scores_in(label.condition)}
    values: dict[str | None, int] = {name: _value(run, name, instant) for name in named if name is not None}
    return run.evaluator.holds(label.condition, run.seen(instant, values))


def _scores_in(condition: e.Condition) -> list[e.ScoreValue]:
    return [leaf for leaf in leaves(condition) if isinstance(leaf, e.ScoreValue)]


def _value(run: LeadRun, score: str, instant: int) -> int:
    return run.state(run.program.score(score), instant).value
