"""Sets of numbers: unions of intervals, exact for doubles and for whole microseconds.

Both are discrete, so that every interval is closed: above 5 is from the double that follows 5, before an instant is up
to the microsecond before it. An end is infinite where there is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scoredsl.semantics.expressions import Operator

Number: TypeAlias = float | int
"""A double, or a whole number of microseconds; one set holds numbers of one kind."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`, both included; `low <= high`."""

    low: Number
    high: Number

    def __contains__(self, number: Number) -> bool:
        return self.low <= number <= self.high


@dataclass(frozen=True, slots=True)
class Numbers:
    """A set of numbers: intervals in order, apart from each other."""

    intervals: tuple[Interval, ...]

    def __contains__(self, number: Number) -> bool:
        return any(number in interval for interval in self.intervals)

    def __bool__(self) -> bool:
        """Whether there is any number in it."""
        return bool(self.intervals)

    def __and__(self, other: Numbers) -> Numbers:
        found = []
        for one in self.intervals:
            for two in other.intervals:
                low, high = max(one.low, two.low), min(one.high, two.high)
                if low <= high:
                    found.append(Interval(low, high))
        return Numbers(tuple(found))

    def __or__(self, other: Numbers) -> Numbers:
        return Numbers(tuple(_merged(sorted([*self.intervals, *other.intervals], key=lambda i: (i.low, i.high)))))

    def __invert__(self) -> Numbers:
        """All numbers that are not in it."""
        found: list[Interval] = []
        low: Number = -math.inf
        for interval in self.intervals:
            if interval.low != -math.inf:
                found.append(Interval(low, before(interval.low)))
            low = after(interval.high)
        if not self.intervals or self.intervals[-1].high != math.inf:
            found.append(Interval(low, math.inf))
        return Numbers(tuple(each for each in found if each.low <= each.high))

    def __le__(self, other: Numbers) -> bool:
        """Whether all of it is in the other."""
        return not self & ~other

    @property
    def low(self) -> Number:
        """The least number, minus infinity where there is none; only of a set that is not empty."""
        return self.intervals[0].low

    @property
    def high(self) -> Number:
        return self.intervals[-1].high

    def whole(self) -> Numbers:
        """Its whole numbers, as intervals between whole numbers."""
        found: list[Interval] = []
        for interval in self.intervals:
            low = interval.low if interval.low == -math.inf else math.ceil(interval.low)
            high = interval.high if interval.high == math.inf else math.floor(interval.high)
            if low <= high:
                found.append(Interval(low, high))
        return Numbers(tuple(found))


ALL = Numbers((Interval(-math.inf, math.inf),))
NONE = Numbers(())
FROM_ZERO = Numbers((Interval(0, math.inf),))


def only(number: Number) -> Numbers:
    return Numbers((Interval(number, number),))


def between(low: Number, high: Number) -> Numbers:
    """All numbers from `low` to `high`; none where they cross."""
    return Numbers((Interval(low, high),)) if low <= high else NONE


def comparing(op: Operator, number: Number) -> Numbers:
    """The numbers that compare so with a number."""
    match op:
        case "=":
            return only(number)
        case "!=":
            return ~only(number)
        case ">":
            return between(after(number), math.inf)
        case ">=":
            return between(number, math.inf)
        case "<":
            return between(-math.inf, before(number))
        case "<=":
            return between(-math.inf, number)


def after(number: Number) -> Number:
    """The number that follows: the next double, or the next whole number."""
    return number + 1 if isinstance(number, int) else math.nextafter(number, math.inf)


def before(number: Number) -> Number:
    return number - 1 if isinstance(number, int) else math.nextafter(number, -math.inf)


def _merged(intervals: Sequence[Interval]) -> Iterator[Interval]:
    """Intervals in order of their beginnings, those that touch as one."""
    last: Interval | None = None
    for interval in intervals:
        if last is None:
            last = interval
        elif interval.low <= after(last.high):
            last = Interval(last.low, max(last.high, interval.high))
        else:
            yield last
            last = interval
    if last is not None:
        yield last


def pick(numbers: Numbers) -> Number | None:
    """A number of the set that people would choose: whole, round and small where it has one; None of an empty set."""
    best: Number | None = None
    for interval in numbers.intervals:
        found = _round_in(interval)
        if best is None or _plainness(found) < _plainness(best):
            best = found
    return best


_STEPS = (100, 10, 5, 1, 0.5, 0.1, 0.01, 0.001)


def _round_in(interval: Interval) -> Number:
    """The plainest number of an interval."""
    if 0 in interval and isinstance(interval.low, float) and isinstance(interval.high, float):
        return 0.0
    if interval.low > 0:
        end = interval.low
    elif interval.high < 0:
        end = interval.high
    else:
        return 0
    if isinstance(end, int):
        return end
    for step in (1, *_STEPS):
        number = math.ceil(end / step) * step if end > 0 else math.floor(end / step) * step
        if number in interval:
            return float(number)
    return end


def _plainness(number: Number) -> tuple[bool, Number, bool]:
    """Sorts whole numbers first, then small ones, then those that are not negative."""
    return (number != int(number), abs(number), number < 0)


def cuts(numbers: Iterable[Number]) -> list[Number]:
    """Numbers of which one lies in each piece that the given ones cut all numbers into, themselves included."""
    points = sorted(set(numbers))
    if not points:
        return [0]
    found: list[Number] = [_round_in(Interval(-math.inf, before(points[0])))]
    for point, following in zip(points, [*points[1:], math.inf], strict=True):
        found.append(point)
        low, high = after(point), following if following == math.inf else before(following)
        if low <= high:
            found.append(_round_in(Interval(low, high)))
    return found
