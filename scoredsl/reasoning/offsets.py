"""Where a profile field that is a timestamp can lie, seen from the clock: before it or after it, and how far.

`days since`, `days until`, `in last` and `in next` all ask that of one field, each in its own way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from scoredsl.reasoning.intervals import ALL, FROM_ZERO, Interval, Number, Numbers, between
from scoredsl.reasoning.normal import DAY, Literal
from scoredsl.reasoning.values import numbers_of
from scoredsl.semantics import expressions as e

_Bound: TypeAlias = Callable[[int], int]


def contradictory(single: Mapping[e.Value, Sequence[Literal]]) -> bool:
    """Whether some field would have to lie at two places at once, by what must hold of it."""
    fields = {value.field for value in single if isinstance(value, e.DaysSince | e.DaysUntil)}
    return any(not _offsets(name, single) for name in fields)


def _offsets(name: str, single: Mapping[e.Value, Sequence[Literal]]) -> Numbers:
    """The microseconds from the clock to the field, negative for the past."""
    found = ALL
    since = _asked(single.get(e.DaysSince(name), ()))
    if since:
        days = numbers_of(since).whole()
        found = found & _each(days, lambda day: -(day + 1) * DAY + 1, lambda day: -day * DAY, turned=True)
    until = _asked(single.get(e.DaysUntil(name), ()))
    if until:
        days = (numbers_of(until) & FROM_ZERO).whole()
        found = found & _each(days, lambda day: (day - 1) * DAY + 1 if day > 0 else 0, lambda day: day * DAY)
    for literal in _asked(single.get(e.Field(name), ())):
        if isinstance(literal.atom, e.InWindow):
            length = literal.atom.duration
            found = found & (between(1 - length, 0) if literal.atom.direction == "last" else between(1, length))
    return found


def _asked(literals: Iterable[Literal]) -> list[Literal]:
    """What must hold, so that the field is known to be a timestamp."""
    return [each for each in literals if each.holds]


def _each(days: Numbers, low: _Bound, high: _Bound, turned: bool = False) -> Numbers:
    """The offsets of a set of whole days."""
    found: list[Interval] = []
    for interval in days.intervals:
        first, last = (interval.high, interval.low) if turned else (interval.low, interval.high)
        found.append(Interval(_at(first, low, -math.inf), _at(last, high, math.inf)))
    return Numbers(tuple(sorted(found, key=lambda each: each.low)))


def _at(day: Number, bound: _Bound, otherwise: Number) -> Number:
    return otherwise if math.isinf(day) else bound(int(day))
