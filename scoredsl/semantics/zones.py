"""Timezones: local days, weeks, months and years, and the instants of midnights (LANGUAGE section 2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICRO
"""The last instant that has a date."""
_FIRST_SECOND = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
_LAST_SECOND = LAST // 1_000_000


class Zone:
    """An IANA timezone.

    A local time that does not exist or comes twice is read with the offset in force before the change (section 1).
    """

    __slots__ = ("_begins", "_days", "_midnights", "_zone", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._zone = ZoneInfo(name)
        self._midnights: dict[date, int] = {}
        self._begins: dict[date, tuple[int, ...]] = {}
        self._days: dict[int, date] = {}

    def __repr__(self) -> str:
        return f"Zone({self.name!r})"

    def instant(self, local: datetime) -> int:
        """Microseconds of a naive local date and time."""
        return (local.replace(tzinfo=self._zone, fold=0) - _EPOCH) // _MICRO

    def midnight(self, day: date) -> int:
        """Microseconds of the local midnight that begins `day`."""
        found = self._midnights.get(day)
        if found is None:
            found = self._midnights[day] = self.instant(datetime(day.year, day.month, day.day))
        return found

    def offset(self, second: int) -> int:
        """The offset from UTC, in seconds, that is in force at a second since 1970."""
        second = max(_FIRST_SECOND + 172_800, min(_LAST_SECOND - 172_800, second))  # beyond, no date has a local time
        shift = (_EPOCH + timedelta(seconds=second)).astimezone(self._zone).utcoffset()
        return 0 if shift is None else shift // timedelta(seconds=1)

    def begins(self, day: date) -> tuple[int, ...]:
        """The instants at which the local date changes around the midnight that begins `day`: that midnight.

        Where clocks are set back over it, the date falls back as well and `day` begins a second time: three instants.
        """
        found = self._begins.get(day)
        if found is None:
            first, second = self.midnight(day), self._second_midnight(day)
            found = (first,)
            if first < second and self.local_date(second - 1) != day:
                low, high = first // 1_000_000, second // 1_000_000  # from a second of `day` to the last one before it
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (middle, high) if self.local_date(middle * 1_000_000) == day else (low, middle)
                found = (first, high * 1_000_000, second)
            self._begins[day] = found
        return found

    def _second_midnight(self, day: date) -> int:
        return (datetime(day.year, day.month, day.day, tzinfo=self._zone, fold=1) - _EPOCH) // _MICRO

    def local_date(self, instant: int) -> date:
        """The local calendar date at an instant; before the first and after the last date there is, that one."""
        second = instant // 1_000_000
        found = self._days.get(second)
        if found is None:
            if len(self._days) > 100_000:
                self._days.clear()
            try:
                found = (_EPOCH + timedelta(seconds=second)).astimezone(self._zone).date()
            except OverflowError:
                found = date.min if second < 0 else date.max
            self._days[second] = found
        return found

    def period(self, instant: int, unit: str) -> tuple[int, int]:
        """What is equal for two instants in the same local `day`, `week` (from Monday), `month` or `year`."""
        day = self.local_date(instant)
        match unit:
            case "day":
                return (day.toordinal(), 0)
            case "week":
                return (day.toordinal() - day.weekday(), 0)
            case "month":
                return (day.year, day.month)
            case "year":
                return (day.year, 0)
            case _:
                raise AssertionError(unit)


@lru_cache(maxsize=64)
def zone(name: str) -> Zone:
    """The timezone of this name. Raises ValueError if there is none."""
    if name != "UTC" and name not in zone_names():
        raise ValueError(name)
    return Zone(name)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """All IANA names."""
    return frozenset(available_timezones())
