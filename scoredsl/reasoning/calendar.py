"""What must be known of a timezone to reason about days: how far its clocks move, and whether a day comes twice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from scoredsl.reasoning.normal import DAY
from scoredsl.semantics.program import Period
from scoredsl.semantics.zones import zone

_FROM, _TO, _STEP = -5_364_662_400, 4_102_444_800, 604_800
"""The seconds of 1800 and of 2100, between which clocks are looked at once a week."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """`shift`: microseconds by which a stretch of local days can be shorter than days of 24 hours.

    `goes_back`: whether clocks are ever set back over midnight, so that the date falls back by a day.
    """

    shift: int
    goes_back: bool


@lru_cache(maxsize=64)
def clocks(name: str) -> Clocks:
    """The clocks of a timezone."""
    if name == "UTC":
        return Clocks(0, False)
    of = zone(name)
    offsets: set[int] = set()
    goes_back = False
    last = of.offset(_FROM)
    for second in range(_FROM, _TO, _STEP):
        now = of.offset(second)
        offsets.add(now)
        if now < last and not goes_back:
            low, high = second - _STEP, second
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if of.offset(middle) == last else (low, middle)
            goes_back = of.local_date((high - 1) * 1_000_000) > of.local_date(high * 1_000_000)
        last = now
    return Clocks((max(offsets) - min(offsets)) * 1_000_000, goes_back)


def days_between(period: Period, periods: int) -> int:
    """The least number of midnights between an instant and another so many calendar periods later."""
    if periods == 0:
        return 0
    whole = periods - 1
    match period:
        case "day":
            return periods
        case "week":
            return whole * 7 + 1
        case "month":
            return _shortest_months(whole) + 1
        case "year":
            return whole * 365 + 1


_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=1024)
def _shortest_months(count: int) -> int:
    """The days of so many months in a row, where they are fewest."""
    years, rest = divmod(count, 12)
    return years * 365 + min(sum(_MONTHS[(first + i) % 12] for i in range(rest)) for first in range(12))


def least_time(days: int, shift: int) -> int:
    """The least time in microseconds, not included, between two instants with so many midnights between them."""
    return (days - 1) * DAY - shift
