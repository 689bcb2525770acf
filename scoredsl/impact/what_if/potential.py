"""How much a score can still gain by a number of added events: never less than what really can be.

What lies above cannot be reached, so a search need not look there, and what it finds with the first number of events
that is not ruled out is the fewest.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoredsl.impact.what_if.asked import points, taken, triggers
from scoredsl.impact.what_if.candidates import Candidate
from scoredsl.impact.what_if.lead import NOW, Schedule, Subject
from scoredsl.reasoning.ranges import EVERYTHING, Range, range_of
from scoredsl.reference import LeadRun
from scoredsl.reference.clock import NO_EVENTS, Seen, property_of
from scoredsl.reference.evaluate import points_of
from scoredsl.reference.lead import ScoreState
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import about_profile_alone, constant_points, in_order
from scoredsl.semantics.log import Event
from scoredsl.semantics.values import LARGEST_FORMULA, distinct_key, to_millionths

ANY_NUMBER = 1_000_000
"""More events than anyone would add."""
_UNBOUNDED = math.inf


@dataclass(frozen=True, slots=True)
class _Payment:
    """A rule pays so many points at most for each of up to `times` events like a candidate, `total` in all."""

    rule: p.OnRule
    points: int
    times: float
    total: float


class Potential:
    """Upper bounds for the score of a subject, by a set of candidates. `events` are the candidates as events."""

    def __init__(self, subject: Subject, candidates: Sequence[Candidate]) -> None:
        self.subject = subject
        self.candidates = candidates
        self.events = [each.event(subject, NOW, 0) for each in candidates]
        self.may_reset = {
            score.name: any(self._may_reset(rule) for rule in score.rules if isinstance(rule, p.OnRule))
            for score in subject.program.scores
        }

    def _may_reset(self, rule: p.OnRule) -> bool:
        if not isinstance(rule.effect, p.Reset):
            return False
        pattern = triggers(rule)
        return pattern is None or any(taken(self.subject, pattern, event) for event in self.events)

    # ---- the score

    def most(self, run: LeadRun, schedule: Schedule, remaining: int) -> float:
        """The most that the score can be after `remaining` more events, in millionths; infinity: no bound.

        `run` is the lead after the events that were added before, at the instant of the next one unless time passes
        between them.
        """
        found: dict[str, float] = {}
        for score in in_order(self.subject.program):
            if score.formula is None:
                found[score.name] = self._rules(run, score, schedule, remaining)
            else:
                found[score.name] = self._formula(score, found)
        return found[self.subject.score.name]

    def _formula(self, score: p.Score, others: Mapping[str, float]) -> float:
        def leaf(value: e.Value) -> Range:
            assert isinstance(value, e.ScoreValue) and value.name is not None
            return -math.inf, others[value.name] / 1_000_000

        assert score.formula is not None
        _, high = range_of(score.formula, leaf, on_zero=(0.0, 0.0)) or EVERYTHING
        most = to_millionths(high) if math.isfinite(high) else None
        return _bounded(_UNBOUNDED if most is None or most >= LARGEST_FORMULA else float(most), score.bounds)

    def _rules(self, run: LeadRun, score: p.Score, schedule: Schedule, remaining: int) -> float:
        state = run.state(score, run.instant)
        worths = {each.rule.index: each.value for each in state.rules}
        pays = [
            self._payments(run, score, event, candidate, worths, schedule, remaining)
            for candidate, event in zip(self.candidates, self.events, strict=True)
        ]
        starts = [
            float(sum(worths[rule.index] for rule in score.rules if _holder(rule) == i)) for i in _holders(score)
        ]
        base = float(state.unbounded - starts[0] - sum(bounded for _, bounded in state.groups))
        total = apart = base  # all payments chosen together; for each group by itself, within its bounds
        for holder, start in enumerate(starts):
            gain = self._by_itself(score, state, holder, schedule)
            own = [[each for each in payments if _holder(each.rule) == holder] for payments in pays]
            bounds = () if holder == 0 else score.groups[holder - 1].bounds
            now = start if holder == 0 else max(start, float(state.groups[holder - 1][1]))
            apart += _bounded(now + gain + _best(own, remaining), bounds)
            total += _bounded(now + gain, tuple(bound for bound in bounds if bound.kind == "minimum"))
        return _bounded(min(apart, total + _best(pays, remaining)), score.bounds)

    # ---- what rules can pay

    def _payments(
        self,
        run: LeadRun,
        score: p.Score,
        event: Event,
        candidate: Candidate,
        worths: Mapping[int, int],
        schedule: Schedule,
        remaining: int,
    ) -> list[_Payment]:
        found = []
        for rule in score.rules:
            if not isinstance(rule, p.OnRule):
                continue
            pattern = triggers(rule)
            if pattern is None or not taken(self.subject, pattern, event) or self._never(rule):
                continue
            amount = points(self.subject, rule, event) or 0
            if amount <= 0:
                continue
            times = float(remaining)
            trigger = rule.trigger
            if isinstance(trigger, p.Count) and trigger.same is None:
                times = float((remaining + trigger.count - 1) // trigger.count)
            if not self.may_reset[score.name]:
                times = min(times, self._left(run, score, rule, event, candidate, schedule))
            cap = rule.up_to
            plain = cap is not None and cap.per is None and cap.period is None
            total = float(cap.number - worths[rule.index]) if cap is not None and plain else _UNBOUNDED
            found.append(_Payment(rule, amount, times, total))
        return found

    def _never(self, rule: p.OnRule) -> bool:
        """Whether the rule cannot occur any more, whatever is added."""
        if rule.stop is not None and rule.stop <= self.subject.instant:
            return True
        if rule.state is None or not about_profile_alone(rule.state):
            return False
        return not self.subject.evaluator.holds(rule.state, self._seen())

    def _seen(self) -> Seen:
        """The lead's profile alone."""
        return Seen(NO_EVENTS, 0, self.subject.profile, self.subject.instant, {})

    def _left(
        self, run: LeadRun, score: p.Score, rule: p.OnRule, event: Event, candidate: Candidate, schedule: Schedule
    ) -> float:
        """How many more awards the limits of a rule allow for events like this one."""
        if not rule.limits:
            return _UNBOUNDED
        awards = [award for award in run.segments(score)[-1].awards if award.rule.index == rule.index]
        left = _UNBOUNDED
        now, zone = run.instant, run.zone
        for limit in rule.limits:
            if candidate.renews(limit.per) or (schedule.gap and (limit.period is not None or limit.every is not None)):
                continue
            wanted = None if limit.per is None else distinct_key(property_of(event, limit.per))
            used = 0
            for award in awards:
                known = limit.per is not None and award.event is not None
                key = distinct_key(property_of(award.event, limit.per)) if known else None  # type: ignore[arg-type]
                used += (
                    key == wanted
                    and (limit.every is None or award.instant > now - limit.every)
                    and (
                        limit.period is None
                        or zone.period(award.instant, limit.period) == zone.period(now, limit.period)
                    )
                )
            left = min(left, float(max(0, limit.count - used)))
        return left

    # ---- what can come beside awards

    def _by_itself(self, score: p.Score, state: ScoreState, holder: int, schedule: Schedule) -> float:
        """What the rules outside of groups (holder 0) or of a group can gain without an award for an added event.

        Conditions about the lead may change, points taken may end or be forgotten, silence and absence may pay.
        """
        gain = 0.0
        later = bool(schedule.gap)
        for each in state.rules:
            rule = each.rule
            if _holder(rule) != holder:
                continue
            if isinstance(rule, p.WhenRule):
                gain += max(0.0, self._branches(rule) - each.value)
                continue
            quiet = isinstance(rule.trigger, p.Absence | p.Inactivity)
            taken_away = sum(-now for _, now in each.awards if now < 0)
            if taken_away and (later or quiet or rule.ends_on is not None or self.may_reset[score.name]):
                gain += taken_away
            if later and quiet and self._may_pay(rule):
                gain = _UNBOUNDED
        if holder == 0 and self.may_reset[score.name]:
            starts = [score.start or 0, *(_set_to(rule) for rule in score.rules)]
            positive = sum(max(0, each.value) for each in state.rules)
            gain += max(0.0, max(starts) - state.unbounded + positive)
        if holder == 0:
            return gain
        bounded = state.groups[holder - 1][1]
        raised = [bound.number - bounded for bound in score.groups[holder - 1].bounds if bound.kind == "minimum"]
        return gain + max([0, *raised])

    def _may_pay(self, rule: p.OnRule) -> bool:
        if not isinstance(rule.effect, p.Points) or self._never(rule):
            return False
        constant = constant_points(rule.effect)
        return constant is None or constant > 0

    def _branches(self, rule: p.WhenRule) -> float:
        """The most that a `when` rule can be worth with the lead's profile."""
        most = 0.0
        for branch in rule.branches:
            condition = branch.condition
            fixed = condition is not None and about_profile_alone(condition)
            if fixed and condition is not None and not self.subject.evaluator.holds(condition, self._seen()):
                continue
            worth = self._worth(branch.points)
            most = max(most, worth if rule.up_to is None else min(worth, float(rule.up_to)))
            if fixed:
                break
        return most

    def _worth(self, given: p.Points) -> float:
        """The points of a branch, as far as the profile tells."""
        constant = constant_points(given)
        if constant is not None:
            return float(constant)
        if not about_profile_alone(given.amount):
            return _UNBOUNDED
        found = points_of(self.subject.evaluator.number(given.amount, self._seen(), None))
        return 0.0 if found is None else float(found * given.sign)


def _set_to(rule: p.Rule) -> int:
    return rule.effect.points or 0 if isinstance(rule, p.OnRule) and isinstance(rule.effect, p.Reset) else 0


def _holders(score: p.Score) -> range:
    """0 for the rules outside of groups, then the groups from 1 on."""
    return range(len(score.groups) + 1)


def _holder(rule: p.Rule) -> int:
    return 0 if rule.group is None else rule.group + 1


def _bounded(most: float, bounds: Sequence[p.Bound]) -> float:
    """The most within its bounds: a minimum may raise it, a maximum that always holds lowers it."""
    for bound in bounds:
        if bound.kind == "minimum":
            most = max(most, float(bound.number))
    for bound in bounds:
        if bound.kind == "maximum" and bound.when is None:
            most = min(most, float(bound.number))
    return most


def _best(pays: Sequence[Sequence[_Payment]], remaining: int) -> float:
    """The most that `remaining` events can be paid. Where there is no end of them, each rule pays all that it can."""
    if remaining >= ANY_NUMBER:
        return _all_of_them(pays)
    amounts: list[float] = []
    for payments in pays:
        each = [0.0] * remaining
        for payment in payments:
            left = payment.total
            for use in range(int(min(payment.times, remaining))):
                paid = min(float(payment.points), left)
                each[use] += paid
                left -= paid
        amounts += [amount for amount in each if amount > 0]
    return sum(heapq.nlargest(remaining, amounts))


def _all_of_them(pays: Sequence[Sequence[_Payment]]) -> float:
    by_rule: dict[int, list[_Payment]] = {}
    for payments in pays:
        for payment in payments:
            by_rule.setdefault(id(payment.rule), []).append(payment)
    total = 0.0
    for payments in by_rule.values():
        keyed = any(limit.per is not None for limit in payments[0].rule.limits)  # there may be further values
        endless = keyed or any(each.times >= ANY_NUMBER // 1000 for each in payments)
        paid = _UNBOUNDED if endless else max(each.points * each.times for each in payments)
        total += min(paid, max(each.total for each in payments))
    return total
