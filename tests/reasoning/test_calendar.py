"""What clocks and calendars allow, against the calendar itself."""

from __future__ import annotations

import datetime

import pytest

from scoredsl.reasoning.calendar import Clocks, clocks, days_between, least_time
from scoredsl.semantics.program import Period

HOUR = 3_600_000_000


@pytest.mark.parametrize(("name", "hours", "goes_back"), [
    ("UTC", 0, False),
    ("Asia/Kolkata", 1, False),
    ("Europe/Berlin", 2, False),  # summer time of 1945 was two hours before winter time
    ("America/St_Johns", 2, True),  # clocks were set back at one minute past midnight
    ("Pacific/Apia", 25, False),  # a day was left out
])  # fmt: skip
def test_clocks(name: str, hours: int, goes_back: bool) -> None:
    found = clocks(name)
    assert hours * HOUR <= found.shift < (hours + 1) * HOUR or (name, found) == ("UTC", Clocks(0, False))
    assert found.goes_back == goes_back


def period_of(day: datetime.date, period: Period) -> tuple[int, ...]:
    match period:
        case "day":
            return (day.toordinal(),)
        case "week":
            return day.isocalendar()[:2]
        case "month":
            return day.year, day.month
        case "year":
            return (day.year,)


@pytest.mark.parametrize(("period", "most"), [("day", 9), ("week", 9), ("month", 25), ("year", 2)])
def test_days_between(period: Period, most: int) -> None:
    """From the last day of a period to the first day of a later one, in years without a leap day."""
    days = [datetime.date(2001, 1, 1) + datetime.timedelta(i) for i in range(3 * 365)]
    firsts = [day for i, day in enumerate(days) if i and period_of(day, period) != period_of(days[i - 1], period)]
    for periods in range(1, most):
        found = min(
            (later - (first - datetime.timedelta(1))).days
            for first, later in zip(firsts, firsts[periods - 1 :], strict=False)
        )
        assert days_between(period, periods) == found
    assert days_between(period, 0) == 0


def test_least_time() -> None:
    """Two midnights take more than a day, and an hour less where the clocks are put forward."""
    assert least_time(2, 0) == 24 * HOUR
    assert least_time(2, HOUR) == 23 * HOUR
