"""Which goals the tests of a program reach, seen at the instants of their expectations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from scoredsl.reference import LeadRun, Log
from scoredsl.reference.clock import Seen
from scoredsl.reference.evaluate import Evaluator
from scoredsl.reference.history import bound_effects
from scoredsl.reference.lead import ScoreState
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.testing.goals import Goal, goals
from scoredsl.testing.run import LEAD, log_of

DAY = 86_400_000_000
_LONG = 10**17
"""A window that nothing is too slow for, in microseconds."""


def coverage(program: p.Program) -> dict[Goal, bool]:
    """All goals of a program, and whether one of its tests reaches them."""
    found = goals(program)
    reached: set[tuple[object, ...]] = set()
    clauses = [goal.key for goal in found if goal.key[0] == "clause"]
    for test in program.tests:
        _Watched(program, test, reached).look()
        open_ = [key for key in clauses if key not in reached]
        reached.update(_matters(program, test, open_))
    return {goal: goal.key in reached for goal in found}


def merged(several: Iterable[dict[Goal, bool]]) -> dict[Goal, bool]:
    """Programs that share files: a goal is reached if it is in one of them."""
    found: dict[object, tuple[Goal, bool]] = {}
    for each in several:
        for goal, reached in each.items():
            _, before = found.get(goal.identity, (goal, False))
            found[goal.identity] = (goal, before or reached)
    return dict(found.values())


class _Watch(Evaluator):
    """Notes of every comparison whether it was so, and whether it was not so though there was something to compare."""

    def __init__(self, evaluator: Evaluator, reached: set[tuple[object, ...]]) -> None:
        super().__init__(evaluator.zone)
        self.reached = reached

    def holds(self, condition: e.Condition, seen: Seen, event: Event | None = None) -> bool:
        answer = super().holds(condition, seen, event)
        if answer or self.known(condition, seen, event):
            self.reached.add(("condition", id(condition), answer))
        return answer

    def known(self, condition: e.Condition, seen: Seen, event: Event | None) -> bool:
        """Whether nothing is missing in a comparison of numbers."""
        match condition:
            case e.CompareNumbers(_, left, right):
                return None not in (self.number(left, seen, event), self.number(right, seen, event))
            case _:
                return True


class _Watched:
    """One test, looked at where it looks."""

    def __init__(self, program: p.Program, test: p.TestCase, reached: set[tuple[object, ...]]) -> None:
        self.program = program
        self.test = test
        self.reached = reached
        self.log = log_of(program, test)

    def look(self) -> None:
        self.ignored()
        for expectation in self.test.expectations:
            run = self.run(expectation.at)
            if run.excluded:
                continue
            scores = run.scores()
            for score in self.program.scores:
                self.score(run, score, run.state(score, run.instant), scores.tiers.get(score.name))
            for name, holds in scores.labels.items():
                self.reached.add(("label", name, holds))
            for grid in self.program.grids:
                for axis in grid.axes:
                    value = scores.values[axis.score]
                    band = next(name for name, number in axis.bands if number is None or value >= number)
                    self.reached.add(("band", grid.name, axis.score, band))

    def run(self, instant: int) -> LeadRun:
        rows: Sequence[ProfileRow] = self.log.rows.get(LEAD, ())
        events = self.log.events.get(LEAD, ())
        run = LeadRun(self.program, self.log.zone, LEAD, events, rows, instant)
        if not run.exists:
            nothing = (ProfileRow(LEAD, None, 0, {}),)
            run = LeadRun(self.program, self.log.zone, LEAD, (), nothing, instant)
        run.evaluator = _Watch(run.evaluator, self.reached)
        return run

    def ignored(self) -> None:
        """The conditions of what is ignored: no run sees these events."""
        run = self.run(max((each.at for each in self.test.expectations), default=0))
        for i, given in enumerate(self.test.events):
            event = Event(LEAD, given.name, given.time, None, i, given.properties)
            for pattern in self.program.ignores:
                run.evaluator.takes(pattern, event, run.profile)

    # ---- scores

    def score(self, run: LeadRun, score: p.Score, state: ScoreState, tier: str | None) -> None:
        add, name = self.reached.add, score.name
        for each in score.tiers:
            self.tier(run, score, each, state.value, tier)
        for (group, _), (bound, effect) in bound_effects(state).items():
            if bound is not None:
                add(("bound", name, group, bound.place.span, effect != 0))
        for worth in state.rules:
            index = worth.rule.index
            if worth.branch is not None:
                add(("branch", name, index, worth.branch))
            if worth.uncapped:
                add(("cap", name, index, worth.value != worth.uncapped))
        if score.formula is None:
            self.awards(run, score)

    def tier(self, run: LeadRun, score: p.Score, tier: p.Tier, value: int, now: str | None) -> None:
        below = value <= tier.number if tier.above else value < tier.number
        in_it = now == tier.name
        if in_it:
            self.reached.add(("tier", score.name, tier.name, "kept" if below else "in"))
            self.reached.add(("tier", score.name, tier.name, "in"))
        elif below:
            self.reached.add(("tier", score.name, tier.name, "out"))
        if tier.until_below is not None:
            states = run.course(score).states
            for before, after in pairwise(states):
                if before.tier == tier.name and after.state.value < tier.until_below:
                    self.reached.add(("tier", score.name, tier.name, "left"))

    def awards(self, run: LeadRun, score: p.Score) -> None:
        for segment in run.segments(score):
            if segment.reset is not None:
                self.reached.add(("fired", score.name, segment.reset.index))
            for award in segment.awards:
                rule, now = award.rule, run.instant
                self.reached.add(("fired", score.name, rule.index))
                said = {
                    "alive": award.lives(now),
                    "expired": award.expires is not None and award.expires <= now,
                    "ended": award.ends is not None and award.ends <= now,
                    "faded": award.lives(now) and now - award.instant >= DAY,
                }
                self.reached.update(("lifetime", score.name, rule.index, what) for what, so in said.items() if so)


# ---- clauses that keep an occurrence from its award: would anything be another without them?


def _matters(program: p.Program, test: p.TestCase, clauses: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    instants = [each.at for each in test.expectations if each.kind != "excluded"]
    if not instants or not clauses:
        return []
    log = log_of(program, test)
    found = []
    for key in clauses:
        _, score, index, clause = key
        before = program.score(str(score))
        after = replace(
            before,
            rules=tuple(
                _without(rule, clause) if rule.index == index and isinstance(rule, p.OnRule) else rule
                for rule in before.rules
            ),
        )
        if _awards(log, program, before, max(instants)) != _awards(log, program, after, max(instants)):
            found.append(key)
    return found


def _awards(log: Log, program: p.Program, score: p.Score, instant: int) -> list[tuple[int, int, int]]:
    run = LeadRun(program, log.zone, LEAD, log.events.get(LEAD, ()), log.rows.get(LEAD, ()), instant)
    return [
        (award.rule.index, award.instant, award.points) for segment in run.segments(score) for award in segment.awards
    ]


def _without(rule: p.OnRule, clause: object) -> p.OnRule:
    """A rule without a limit (by its number), a window, a date or a `but not`."""
    match clause:
        case int(number):
            return replace(rule, limits=rule.limits[:number] + rule.limits[number + 1 :])
        case "but not":
            return replace(rule, but_not=None)
        case "start":
            return replace(rule, start=None)
        case "stop":
            return replace(rule, stop=None)
        case _:
            return replace(rule, trigger=_patient(rule.trigger))


def _patient(trigger: p.Trigger) -> p.Trigger:
    match trigger:
        case p.Count():
            return replace(trigger, within=None)
        case p.Chain():
            return replace(trigger, within=_LONG)
        case p.Absence():
            return replace(trigger, missing=e.Pattern(e.Matcher(())))
        case _:
            return trigger
