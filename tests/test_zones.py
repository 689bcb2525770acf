"""Days of a timezone: midnights that do not exist or come twice, weeks over a new year, the ends of the calendar."""

from datetime import UTC, date, datetime

from scoredsl.semantics.zones import LAST, Zone


def instant(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000


def test_a_midnight_that_does_not_exist():
    zone = Zone("America/Sao_Paulo")  # 2018-11-04: from 00:00 to 01:00, at 03:00Z
    assert zone.midnight(date(2018, 11, 4)) == instant(2018, 11, 4, 3)
    assert zone.local_date(instant(2018, 11, 4, 3) - 1) == date(2018, 11, 3)
    assert zone.local_date(instant(2018, 11, 4, 3)) == date(2018, 11, 4)
    assert zone.begins(date(2018, 11, 4)) == (instant(2018, 11, 4, 3),)


def test_a_midnight_that_comes_twice_on_one_day():
    zone = Zone("America/Havana")  # 2026-11-01: from 01:00 back to 00:00, at 05:00Z
    assert zone.begins(date(2026, 11, 1)) == (instant(2026, 11, 1, 4),)
    assert zone.local_date(instant(2026, 11, 1, 5)) == date(2026, 11, 1)


def test_clocks_set_back_over_midnight():
    zone = Zone("America/St_Johns")  # 2010-11-07: from 00:01 back to 23:01, at 02:31Z
    first, back, second = zone.begins(date(2010, 11, 7))
    assert (first, back, second) == (
        instant(2010, 11, 7, 2, 30), instant(2010, 11, 7, 2, 31), instant(2010, 11, 7, 3, 30)
    )
    assert [zone.local_date(at).day for at in (first - 1, first, back - 1, back, second - 1, second)] == [
        6, 7, 7, 6, 6, 7
    ]


def test_a_day_that_does_not_exist():
    zone = Zone("Pacific/Apia")  # 2011-12-30 was left out
    assert zone.midnight(date(2011, 12, 30)) == zone.midnight(date(2011, 12, 31)) == instant(2011, 12, 30, 10)
    assert zone.local_date(instant(2011, 12, 30, 10)) == date(2011, 12, 31)


def test_a_week_over_a_new_year_and_a_leap_day():
    zone = Zone("UTC")
    assert zone.period(instant(2024, 12, 30), "week") == zone.period(instant(2025, 1, 5), "week")
    assert zone.period(instant(2025, 1, 5), "week") != zone.period(instant(2025, 1, 6), "week")
    assert zone.local_date(instant(2024, 2, 29)) == date(2024, 2, 29)


def test_the_ends_of_the_calendar():
    assert Zone("America/New_York").local_date(instant(1, 1, 1)) == date.min
    assert Zone("Pacific/Kiritimati").local_date(LAST) == date.max
    assert Zone("Pacific/Kiritimati").local_date(LAST + 10**18) == date.max
