"""How many awards of a rule can live at once, and what they can be worth together (LANGUAGE section 5.1).

A limit, or a trigger that needs time between its occurrences, sets a pace: so many awards back there lies at least so
much time. What expires, fades or ends with a campaign cuts off all that is too old.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from scoredsl.reasoning.calendar import Clocks, days_between, least_time
from scoredsl.reasoning.keys import number_of_values
from scoredsl.reasoning.normal import DAY
from scoredsl.semantics import program as p
from scoredsl.semantics.values import to_millionths

MOST_AWARDS = 10_000
"""More awards than that are not counted: the points are taken to have no bound."""


@dataclass(frozen=True, slots=True)
class Age:
    """The least age of an award: in microseconds, and in midnights, as decay counts it.

    Where clocks are set back over midnight an award can be a day younger than that it was made.
    """

    time: int
    days: int


@dataclass(frozen=True, slots=True)
class Pace:
    """`many` awards in each of `period` (a calendar period), or of `every` microseconds, or, with neither, for ever."""

    many: int
    every: int | None = None
    period: p.Period | None = None
    title: str = ""

    @property
    def for_ever(self) -> bool:
        return self.every is None and self.period is None

    def ages(self, clocks: Clocks) -> Iterator[Age]:
        """The least ages of the awards, from the newest back, each compared with the newest."""
        for step in count():
            if self.for_ever:
                if step:
                    return
                age = Age(0, -clocks.goes_back)
            elif self.every is not None:
                time = step * self.every
                age = Age(time, max(-clocks.goes_back, (time - clocks.shift) // DAY))
            else:
                assert self.period is not None
                days = days_between(self.period, max(0, step - clocks.goes_back))
                age = Age(max(0, least_time(days, clocks.shift) + 1), days - clocks.goes_back)
            for _ in range(self.many):
                yield age


def paces(rule: p.OnRule) -> list[Pace]:
    """All that keeps a rule from being awarded at any time; empty where nothing does."""
    found = [pace for limit in rule.limits if (pace := _of_limit(limit, rule)) is not None]
    trigger = trigger_pace(rule.trigger)
    return [*found, trigger] if trigger is not None else found


def _of_limit(limit: p.Limit, rule: p.OnRule) -> Pace | None:
    values = 1 if limit.per is None else number_of_values(rule.trigger, limit.per)
    return None if values is None else Pace(limit.count * values, limit.every, limit.period)


def trigger_pace(trigger: p.Trigger) -> Pace | None:
    """The time that a trigger needs between its occurrences."""
    match trigger:
        case p.Inactivity(_, duration, _, _):
            return Pace(1, duration)
        case p.Occurs(pattern) if pattern.apart is not None:
            return Pace(1, pattern.apart)
        case p.Count(many, pattern, None, _) if pattern.apart is not None:
            return Pace(1, many * pattern.apart)
        case p.Chain(steps, None, _) if steps[-1].apart is not None:
            return Pace(1, steps[-1].apart)
        case p.Absence(opening, _, None, _) if opening.apart is not None:
            return Pace(1, opening.apart)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What ends an award by age: after `time` microseconds, after `days` midnights, by the length of the campaign."""

    time: int | None
    days: int | None
    campaign: int | None

    @classmethod
    def of(cls, rule: p.OnRule) -> Lifetime:
        expiry, decay = rule.expiry, rule.decay
        time = None if expiry is None or expiry.unless_repeated else expiry.duration
        days = decay.days if decay is not None and decay.kind == "zero" else None
        campaign = None if rule.start is None or rule.stop is None else rule.stop - rule.start
        return cls(time, days, campaign)

    @property
    def endless(self) -> bool:
        return self.time is None and self.days is None and self.campaign is None

    def over(self, age: Age) -> bool:
        """Whether an award of at least this age is gone, or cannot have been made."""
        return (
            (self.time is not None and age.time >= self.time)
            or (self.days is not None and age.days >= self.days)
            or (self.campaign is not None and age.time >= self.campaign)
        )


def most_worth(rule: p.OnRule, points: int, clocks: Clocks) -> int | None:
    """The most that awards of so many millionths (above 0) are worth together; None where there is no bound."""
    lifetime = Lifetime.of(rule)
    worths = [_summed(pace, lifetime, rule.decay, points, clocks) for pace in paces(rule)]
    return min((each for each in worths if each is not None), default=None)


def _summed(pace: Pace, lifetime: Lifetime, decay: p.Decay | None, points: int, clocks: Clocks) -> int | None:
    if lifetime.endless and decay is None and not pace.for_ever:
        return None
    total = 0
    for number, age in enumerate(pace.ages(clocks)):
        if lifetime.over(age):
            return total
        if number >= MOST_AWARDS:
            return None
        worth = _faded(decay, points, age.days)
        if worth == 0:
            return total
        total += worth
    return total


def _faded(decay: p.Decay | None, points: int, days: int) -> int:
    """What an award is worth at the least age in days, as the reference computes it."""
    match decay:
        case None:
            return points
        case p.Decay("zero", length, _):
            factor = max(0.0, 1 - days / length)
        case p.Decay("half", length, _):
            factor = 0.5 ** (days / length)
        case p.Decay(_, length, percent):
            factor = 1.0 if percent == 100 and days < length else (1 - percent / 100) ** (days // length)
    return to_millionths(points / 1_000_000 * factor) or 0


def most_periods(rule: p.OnRule, period: p.Period, clocks: Clocks) -> int | None:
    """In how many calendar periods the living awards of a rule can lie."""
    lifetime = Lifetime.of(rule)
    ages = islice(Pace(1, None, period).ages(clocks), MOST_AWARDS)
    return next((number for number, age in enumerate(ages) if lifetime.over(age)), None)
