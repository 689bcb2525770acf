"""Literals of the rules: dates, durations and numbers, checked and brought to the units of a program."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from scoredsl.semantics.report import Problems, replace
from scoredsl.semantics.values import LARGEST_POINTS, instant_of_text, to_millionths
from scoredsl.semantics.zones import Zone
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)
_DAY_MICROS = 86_400_000_000
_LONGEST_DAYS = 1_000_000


def instant_of(date: n.Date, zone: Zone, problems: Problems) -> int | None:
    """Microseconds of a date; None (and reported) if there is no such date."""
    text = date.text
    local = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?", text)
    if local is None:
        found = instant_of_text(text, None)
        if found is None:
            _bad_date(date, problems)
        return found
    year, month, day, hour, minute, second = (int(part or 0) for part in local.groups()[:6])
    micros = int(((local.group(7) or "") + "000000")[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second)
        return zone.instant(moment) + micros
    except (ValueError, OverflowError):
        _bad_date(date, problems)
        return None


def day_after(date: n.Date, zone: Zone) -> int | None:
    """The local midnight that ends a date without a time of day."""
    try:
        return zone.midnight(datetime.strptime(date.text, "%Y-%m-%d").date() + timedelta(days=1))
    except (ValueError, OverflowError):
        return None


def _bad_date(date: n.Date, problems: Problems) -> None:
    year, month, day = int(date.text[:4]), int(date.text[5:7]), int(date.text[8:10])
    if year < 1:
        reason = "years begin with 0001"
    elif not 1 <= month <= 12:
        reason = f"there is no month {month}"
    elif day == 0 or (day > 31 or _days_of(year, month) < day):
        reason = f"{_MONTHS[month - 1]} {year} has {_days_of(year, month)} days"
    else:
        reason = "the time of day must lie between 00:00 and 23:59"
    problems.error(
        "bad-date",
        f"{date.text} is no date: {reason}.",
        date.span,
        "Write year-month-day, such as 2026-03-01, or with a time, such as 2026-03-01 09:30.",
    )


def _days_of(year: int, month: int) -> int:
    first = datetime(year, month, 1)
    return (datetime(year + month // 12, month % 12 + 1, 1) - first).days if (year, month) != (9999, 12) else 31


def micros_of(duration: n.Duration, problems: Problems) -> int:
    """Microseconds of a duration, above 0."""
    if duration.count == 0:
        problems.error(
            "duration-zero", "A duration is a whole number above 0.", duration.span, f"Write 1{duration.unit} or more."
        )
        return duration_unit(duration)
    if duration.micros > _LONGEST_DAYS * _DAY_MICROS:
        problems.error("duration-too-long", f"{duration.count:,}{duration.unit} is too long.", duration.span,
                       f"Write at most {_LONGEST_DAYS}d, or never expire.")
        return _DAY_MICROS
    return duration.micros


def duration_unit(duration: n.Duration) -> int:
    return n.MICROS[duration.unit]


def days_of(duration: n.Duration, problems: Problems) -> int:
    """Whole days of a decay."""
    days = duration.days
    if days is None:
        hours = duration.micros / 3_600_000_000
        whole = max(1, round(hours / 24))
        problems.error(
            "decay-unit",
            f"Decay goes by whole days or weeks; {duration.count}{duration.unit} is {hours:g} hour"
            f"{'s' if hours != 1 else ''}.",
            duration.span,
            f"Write {whole}d.",
            fix=replace(duration.span, f"{whole}d", sure=hours == whole * 24),
        )
        return 1
    micros_of(duration, problems)
    return max(days, 1)


def points_of(number: n.Number, problems: Problems, what: str = "A number here") -> int:
    """Millionths of a bound, tier, band, cap or `set to`, at most ±10^9."""
    points = to_millionths(number.value)
    if points is None or abs(points) > LARGEST_POINTS:
        problems.error("number-too-large", f"{what} is at most 1,000,000,000 either way.", number.span,
                       "Write a smaller number.")
        return 0
    return points


def whole_number(number: n.Number, problems: Problems, what: str) -> int:
    """A whole number above 0."""
    if number.value != int(number.value) or number.value < 1:
        problems.error("whole-number", f"{what} is a whole number above 0.", number.span, "Write 1 or more.")
        return 1
    return int(number.value)


def at_end(span: Span) -> Span:
    """The empty place after a stretch."""
    return Span(span.end, span.end, span.file)
