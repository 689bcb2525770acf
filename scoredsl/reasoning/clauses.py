"""Clauses of a rule that can never matter: what they keep out is kept out by something else (LANGUAGE section 5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from scoredsl.reasoning.calendar import Clocks
from scoredsl.reasoning.normal import DAY
from scoredsl.reasoning.pace import trigger_pace
from scoredsl.semantics import program as p

# ---- limits

_FINER = {("day", "week"), ("day", "month"), ("day", "year"), ("month", "year")}
"""Periods that lie within one of another kind."""
_SHORTEST = {"day": DAY, "week": 7 * DAY, "month": 28 * DAY, "year": 365 * DAY}
_LONGEST = {"day": DAY, "week": 7 * DAY, "month": 31 * DAY, "year": 366 * DAY}


def implies(one: p.Limit, other: p.Limit, clocks: Clocks) -> bool:
    """Whether awards that one limit lets through always pass the other."""
    if one.count > other.count or (one.per is not None and one.per != other.per):
        return False
    if one.period is not None and other.every is not None:
        periods = _most_periods(one.period, other.every, clocks)
        return periods is not None and one.count * periods <= other.count
    if one.every is None and one.period is None:
        return True
    if one.every is not None:
        if other.every is not None:
            return other.every <= one.every
        return other.period is not None and _LONGEST[other.period] + clocks.shift <= one.every and not clocks.goes_back
    return one.period == other.period or ((other.period, one.period) in _FINER and not clocks.goes_back)


def _most_periods(period: p.Period, every: int, clocks: Clocks) -> int | None:
    """Into how many calendar periods a window can reach; None where the clocks make that hard to tell."""
    shortest = _SHORTEST[period] - clocks.shift
    return None if clocks.goes_back or shortest <= 0 else 1 + -(-every // shortest)


def between_occurrences(trigger: p.Trigger) -> p.Limit | None:
    """The limit that a trigger is by itself, because it needs time between its occurrences."""
    pace = trigger_pace(trigger)
    return None if pace is None or pace.every is None else p.Limit(pace.many, every=pace.every)


def idle_limits(rule: p.OnRule, clocks: Clocks) -> Iterator[tuple[int, int | None]]:
    """(place of a limit that never matters, place of the one that is as narrow; None: the trigger is).

    Of two limits that say the same it is the later one.
    """
    idle: set[int] = set()
    for i, limit in enumerate(rule.limits):
        for j, other in enumerate(rule.limits):
            if i == j or j in idle or not implies(other, limit, clocks):
                continue
            if j > i and implies(limit, other, clocks):
                continue
            idle.add(i)
            yield i, j
            break
    between = between_occurrences(rule.trigger)
    if between is not None:
        for i, limit in enumerate(rule.limits):
            if i not in idle and implies(between, limit, clocks):
                yield i, None


# ---- lifetimes


def faded_before_expiry(expiry: p.Expiry, decay: p.Decay, clocks: Clocks) -> bool:
    """Whether an award is always worth nothing by the time at which it expires."""
    return decay.kind == "zero" and (expiry.duration - clocks.shift) // DAY - clocks.goes_back >= decay.days


def expired_before_fading(expiry: p.Expiry, decay: p.Decay, clocks: Clocks) -> bool:
    """Whether an award always expires before the first step of its decay."""
    if expiry.unless_repeated or decay.kind != "percent":
        return False
    midnights = (expiry.duration - 1 + clocks.shift) // DAY + 1
    return midnights < decay.days
