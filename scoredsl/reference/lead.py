"""The scores of one lead at an instant, and their course (LANGUAGE sections 5, 6 and 10)."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from scoredsl.reference.awards import Award, Awarding, Segment, capped, count_lost, worth
from scoredsl.reference.clock import Profile, Seen, Timeline
from scoredsl.reference.evaluate import Evaluator, points_of
from scoredsl.reference.instants import moving_instants
from scoredsl.reference.tally import Tally
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.values import LARGEST_FORMULA, to_millionths
from scoredsl.semantics.zones import Zone

FROM_ALWAYS = 0
"""A profile row without a time counts as from 1970-01-01 for the course of a score (section 6)."""


@dataclass(frozen=True, slots=True)
class RuleWorth:
    """What a rule is worth at an instant, after `up to`; for a `when` rule also which branch holds."""

    rule: p.Rule
    value: int
    uncapped: int
    awards: tuple[tuple[Award, int], ...] = ()
    branch: int | None = None
    computed: bool = True
    """False where the branch holds and its points cannot be computed."""


@dataclass(frozen=True, slots=True)
class ScoreState:
    """A score at an instant: its value in millionths and all that it is made of."""

    score: p.Score
    instant: int
    value: int
    rules: tuple[RuleWorth, ...]
    groups: tuple[tuple[int, int], ...]
    """(sum, bounded) of each group."""
    unbounded: int
    segment: Segment | None
    maximum: p.Bound | None
    """The maximum that holds (the lowest); likewise the minimum."""
    minimum: p.Bound | None
    group_bounds: tuple[tuple[p.Bound | None, p.Bound | None], ...] = ()
    divided_by_zero: bool = False


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One change of a score (section 10). `time` is None for what held from always; points are millionths."""

    lead: str
    time: int | None
    score: str
    value: int
    change: int
    tier: str | None
    from_tier: str | None
    cause: str


@dataclass(frozen=True, slots=True)
class LeadScores:
    """All columns of a lead at T: scores in millionths, tiers, grid cells, labels."""

    lead: str
    values: Mapping[str, int]
    tiers: Mapping[str, str | None]
    grids: Mapping[str, str]
    labels: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Change:
    """A score from an instant on: its state, its tier, and its state just before (None at the beginning)."""

    instant: int
    state: ScoreState
    tier: str | None
    before: ScoreState | None


@dataclass(slots=True)
class Course:
    """A score from its beginning to T: the states at which it changed, with the tier after each."""

    states: list[Change] = field(default_factory=list)
    instants: list[int] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    """The tiers with a course that the lead is in at the end."""


class LeadRun:
    """One lead seen at T: only what happened at or before T exists.

    `events` are the lead's events (ignored ones and duplicates already taken out), in canonical order.
    """

    def __init__(
        self,
        program: p.Program,
        zone: Zone,
        lead: str,
        events: Sequence[Event],
        rows: Sequence[ProfileRow],
        instant: int,
        horizon: int | None = None,
    ) -> None:
        """`horizon`: look ahead until then, as if no event followed (explanations); `instant` stays what is seen."""
        self.program = program
        self.lead = lead
        self.instant = instant
        self.until = instant if horizon is None else horizon
        self.evaluator = Evaluator(zone)
        self.zone = zone
        self.events = [event for event in events if event.time <= instant]
        self.rows = [row for row in rows if row.time is None or row.time <= instant]
        self.profile = Profile(self.rows)
        self.timeline = Timeline(self.events)
        self._segments: dict[str, list[Segment]] = {}
        self._courses: dict[str, Course] = {}
        self._states: dict[tuple[str, int], ScoreState] = {}

    @property
    def exists(self) -> bool:
        """A lead at T has an event or a profile row at or before T."""
        return bool(self.events) or bool(self.rows)

    @property
    def excluded(self) -> bool:
        seen = self.seen(self.instant)
        return any(self.evaluator.holds(condition, seen) for condition in self.program.excludes)

    def seen(self, instant: int, scores: Mapping[str | None, int] | None = None) -> Seen:
        """All of the lead's events up to an instant, whatever was reset."""
        return Seen(self.timeline, instant + 1, self.profile, instant, scores or {})

    # ---- values

    def segments(self, score: p.Score) -> list[Segment]:
        found = self._segments.get(score.name)
        if found is None:

            def before(segment: Segment, instant: int) -> int:
                return self.before_in(score, segment, instant)

            awarding = Awarding(score, self.evaluator, self.profile, self.events, self.until, before)
            found = self._segments[score.name] = awarding.segments()
        return found

    def before_in(self, score: p.Score, segment: Segment, instant: int) -> int:
        """The reported value at an instant if nothing occurred at it (`score` after `if`)."""
        return self.rule_score(score, segment, instant, instant).value

    def state(self, score: p.Score, instant: int) -> ScoreState:
        """A score at an instant between the lead's beginning and T."""
        key = (score.name, instant)
        found = self._states.get(key)
        if found is None:
            if score.formula is not None:
                found = self.formula(score, instant)
            else:
                found = self.rule_score(score, self.segment_at(score, instant), instant + 1, instant)
            self._states[key] = found
        return found

    def value(self, score: p.Score, instant: int) -> int:
        """The reported value at an instant up to T, from the course where that is known."""
        course = self._courses.get(score.name)
        if course is None or instant > self.instant:
            return self.state(score, instant).value
        return course.states[bisect_right(course.instants, instant) - 1].state.value

    def segment_at(self, score: p.Score, instant: int) -> Segment:
        segments = self.segments(score)
        return [s for s in segments if s.begin is None or s.begin <= instant][-1]

    def rule_score(self, score: p.Score, segment: Segment, limit: int, instant: int) -> ScoreState:
        """The value of a score made of rules (section 6): worths, caps, groups, bounds.

        What has a time below `limit` is seen: for `if` the instant itself, else the microsecond after it.
        """
        seen = Seen(segment.timeline, limit, self.profile, instant, {})
        by_rule: dict[int, list[tuple[Award, int]]] = {}
        for award in segment.awards_before(limit):
            by_rule.setdefault(award.rule.index, []).append((award, worth(award, instant, limit, self.evaluator)))
        worths: list[RuleWorth] = []
        for rule in score.rules:
            if isinstance(rule, p.WhenRule):
                worths.append(self.when(rule, seen))
            else:
                parts = by_rule.get(rule.index, [])
                total = sum(each for _, each in parts)
                worths.append(RuleWorth(rule, capped(rule, parts, self.evaluator), total, tuple(parts)))
        groups: list[tuple[int, int]] = []
        group_bounds: list[tuple[p.Bound | None, p.Bound | None]] = []
        for i, group in enumerate(score.groups):
            total = sum(each.value for each in worths if each.rule.group == i)
            bounded, low, high = self.bounded(total, group.bounds, seen)
            groups.append((total, bounded))
            group_bounds.append((low, high))
        total = sum(each.value for each in worths if each.rule.group is None) + sum(b for _, b in groups)
        # what `set to` gave stands in for `start at`, whose points a plain reset keeps
        replaced = segment.set_to is not None
        total += (segment.set_to or 0) if replaced else (score.start or 0)
        value, low, high = self.bounded(total, score.bounds, seen)
        return ScoreState(
            score, instant, value, tuple(worths), tuple(groups), total, segment, high, low, tuple(group_bounds)
        )

    def when(self, rule: p.WhenRule, seen: Seen) -> RuleWorth:
        """The first branch whose condition holds counts, alone; if its points can't be computed, nothing counts."""
        for i, branch in enumerate(rule.branches):
            if branch.condition is None or self.evaluator.holds(branch.condition, seen):
                points = points_of(self.evaluator.number(branch.points.amount, seen, None))
                if points is None:
                    return RuleWorth(rule, 0, 0, (), i, False)
                points *= branch.points.sign
                value = points if rule.up_to is None else max(-rule.up_to, min(rule.up_to, points))
                return RuleWorth(rule, value, points, (), i)
        return RuleWorth(rule, 0, 0)

    def bounded(
        self, value: int, bounds: Sequence[p.Bound], seen: Seen
    ) -> tuple[int, p.Bound | None, p.Bound | None]:
        """The value within the highest minimum and the lowest maximum that hold; if they cross, the maximum wins."""
        low: p.Bound | None = None
        high: p.Bound | None = None
        for bound in bounds:
            if bound.when is not None and not self.evaluator.holds(bound.when, seen):
                continue
            if bound.kind == "minimum" and (low is None or bound.number > low.number):
                low = bound
            if bound.kind == "maximum" and (high is None or bound.number < high.number):
                high = bound
        if low is not None:
            value = max(value, low.number)
        if high is not None:
            value = min(value, high.number)
        return value, low, high

    def formula(self, score: p.Score, instant: int) -> ScoreState:
        """A formula in double precision over reported values; a quotient whose divisor is 0 is 0."""
        assert score.formula is not None
        names = formula_scores(score)
        scores: dict[str | None, int] = {name: self.value(self.program.score(name), instant) for name in names}
        divided = False

        def on_zero() -> float:
            nonlocal divided
            divided = True
            return 0.0

        seen = self.seen(instant, scores)
        number = self.evaluator.number(score.formula, seen, None, on_zero)
        assert number is not None
        points = clamped(number)
        value, low, high = self.bounded(points, score.bounds, seen)
        return ScoreState(score, instant, value, (), (), points, None, high, low, (), divided)

    # ---- the course

    def beginning(self) -> int:
        """The instant of the lead's first event or profile row (from always: 1970-01-01); never after T."""
        times = [event.time for event in self.events[:1]]
        times += [FROM_ALWAYS if row.time is None else row.time for row in self.rows]
        return min([*times, self.instant])

    def instants(self, score: p.Score, start: int, until: int) -> list[int]:
        """The instants in (start, until] at which the score may change."""
        found: set[int] = {event.time for event in self.events}
        found.update(row.time for row in self.rows if row.time is not None)
        for each in formula_closure(self.program, score):
            found.update(moving_instants(each, self.events, self.profile, self.zone, start, until))
            if each.formula is None:
                for segment in self.segments(each):
                    if segment.begin is not None:
                        found.add(segment.begin)
                    found.update(self.award_instants(segment, until))
        return sorted(instant for instant in found if start < instant <= until)

    def award_instants(self, segment: Segment, until: int) -> Iterator[int]:
        """When awards are made, end, and decay."""
        fading: list[tuple[int, int]] = []
        for award in segment.awards:
            yield award.instant
            if award.end is not None:
                yield award.end
            if award.rule.decay is not None:
                end = until if award.end is None else min(award.end, until)
                end = min(end, award.instant + (days_of_fading(award.rule.decay, award.points) + 2) * 86_400_000_000)
                if award.rule.decay.kind == "percent":
                    yield from self.steps(award, award.rule.decay.days, end)
                    continue
                fading.append((award.instant, end))
        last = date.min
        for since, end in sorted(fading):
            day = max(last, self.zone.local_date(since))
            while self.zone.midnight(day) <= end:
                yield from self.zone.begins(day)
                if day == date.max:
                    return
                day += timedelta(days=1)
            last = max(last, day)

    def steps(self, award: Award, days: int, until: int) -> Iterator[int]:
        """The midnights at which a decay in steps takes its next one."""
        day = self.zone.local_date(award.instant)
        while (date.max - day).days >= days:
            day += timedelta(days=days)
            if self.zone.midnight(day) > until:
                return
            yield from self.zone.begins(day)

    def course(self, score: p.Score) -> Course:
        """All changes of a score's value or tier from the lead's beginning to T."""
        known = self._courses.get(score.name)
        if known is not None:
            return known
        start = self.beginning()
        course = Course()
        last: tuple[int, str | None] | None = None
        before: ScoreState | None = None
        if score.formula is not None:
            instants = self.formula_instants(score, start)
        else:
            instants = self.instants(score, start, self.instant)
        for instant in [start, *instants]:
            state = self.state(score, instant)
            tier = self.tier_after(score, state.value, course.kept)
            if last is None or last != (state.value, tier):
                course.instants.append(instant)
                course.states.append(Change(instant, state, tier, before))
                last = (state.value, tier)
            before = state
        self._courses[score.name] = course
        return course

    def formula_instants(self, score: p.Score, start: int) -> list[int]:
        """The instants after `start`, up to T, at which a formula may change: where a score or bound of it does."""
        found: set[int] = set()
        for name in formula_scores(score):
            found.update(self.course(self.program.score(name)).instants)
        if any(bound.when is not None for bound in score.bounds):
            found.update(event.time for event in self.events)
            found.update(row.time for row in self.rows if row.time is not None)
            found.update(moving_instants(score, self.events, self.profile, self.zone, start, self.instant))
        return sorted(instant for instant in found if start < instant <= self.instant)

    def tier_after(self, score: p.Score, value: int, kept: set[str]) -> str | None:
        """The tier of a lead with this value; `kept` are the tiers with a course that it is in, which this updates."""
        tier_now: str | None = None
        for tier in reversed(score.tiers):
            reached = value > tier.number if tier.above else value >= tier.number
            if tier.follows_the_course:
                if reached:
                    kept.add(tier.name)
                elif tier.until_below is not None and value < tier.until_below:
                    kept.discard(tier.name)
                reached = tier.name in kept
            if reached:
                tier_now = tier.name
        return tier_now

    def tier(self, score: p.Score) -> str | None:
        """The tier at T."""
        if not score.tiers:
            return None
        if any(tier.follows_the_course for tier in score.tiers):
            return self.course(score).states[-1].tier
        return self.tier_after(score, self.state(score, self.instant).value, set())

    # ---- results

    def scores(self, tally: Tally | None = None) -> LeadScores:
        """All columns at T."""
        values: dict[str, int] = {}
        tiers: dict[str, str | None] = {}
        for score in self.program.scores:
            state = self.state(score, self.instant)
            values[score.name] = state.value
            if score.tiers:
                tiers[score.name] = self.tier(score)
            if tally is not None:
                self.count(score, state, tally)
        grids = {grid.name: self.cell(grid, values) for grid in self.program.grids}
        by_name: dict[str | None, int] = dict(values.items())
        seen = self.seen(self.instant, by_name)
        labels = {label.name: self.evaluator.holds(label.condition, seen) for label in self.program.labels}
        return LeadScores(self.lead, values, tiers, grids, labels)

    def count(self, score: p.Score, state: ScoreState, tally: Tally) -> None:
        if score.formula is None:
            count_lost(self.segments(score), tally, score)
        if state.divided_by_zero:
            tally.divisions_by_zero[score.name] += 1
        for each in state.rules:
            if not each.computed:
                tally.points_missing[each.rule.name] += 1

    def cell(self, grid: p.Grid, values: Mapping[str, int]) -> str:
        names: list[str] = []
        for axis in grid.axes:
            value = values[axis.score]
            names.append(next(name for name, number in axis.bands if number is None or value >= number))
        return "".join(names)


def days_of_fading(decay: p.Decay, points: int) -> int:
    """The age in days from which on an award of so many millionths is worth nothing, or no other amount any more."""
    if decay.kind == "zero":
        return decay.days
    factor = 0.5 if decay.kind == "half" else 1 - decay.percent / 100
    if factor in (0, 1) or points == 0:
        return decay.days
    return math.ceil(math.log(abs(points) * 2) / -math.log(factor) + 1) * decay.days


def clamped(number: float) -> int:
    """A formula's result: rounded to millionths, within ±9·10^12."""
    points = to_millionths(number)
    if points is None:
        return LARGEST_FORMULA if number > 0 else -LARGEST_FORMULA if number < 0 else 0
    return max(-LARGEST_FORMULA, min(LARGEST_FORMULA, points))


def formula_scores(score: p.Score) -> list[str]:
    """The scores that a formula names, each once."""
    return [] if score.formula is None else _names_in(score.formula)


def _names_in(value: e.Value) -> list[str]:
    match value:
        case e.ScoreValue(name) if name is not None:
            return [name]
        case e.Negative(operand):
            return _names_in(operand)
        case e.Arithmetic(_, left, right):
            return list(dict.fromkeys(_names_in(left) + _names_in(right)))
        case e.Call(_, arguments):
            return list(dict.fromkeys(name for argument in arguments for name in _names_in(argument)))
        case _:
            return []


def formula_closure(program: p.Program, score: p.Score) -> list[p.Score]:
    """A score and all that its formula is made of."""
    found = [score]
    if score.formula is not None:
        for name in formula_scores(score):
            found.extend(each for each in formula_closure(program, program.score(name)) if each not in found)
    return found
