"""The time column: ISO 8601, epoch numbers, formats, the timezone of data."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from source_files import micros

from scoredsl.engine.sources import SourceError
from scoredsl.engine.sources.times import TimeReader

S = 1_700_000_000


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2026-03-01", micros("2026-03-01T00:00:00Z")),
        ("2026-03-01 10:30", micros("2026-03-01T10:30:00Z")),
        ("2011-10-01T00:38:44.546+02:00", micros("2011-09-30T22:38:44.546Z")),
        ("2026-03-01T00:00:00.1234569Z", micros("2026-03-01T00:00:00.123456Z")),
        (S, S * 10**6),
        (str(S), S * 10**6),
        (f" {S} ", S * 10**6),
        (f"{S}.5", S * 10**6 + 500_000),
        (f"{S}.1234569", S * 10**6 + 123_456),
        (S + 0.25, S * 10**6 + 250_000),
        (float(S), S * 10**6),
        (Decimal("1700000000.123456"), S * 10**6 + 123_456),
        (S * 1000 + 7, S * 10**6 + 7000),
        (S * 10**6 + 7, S * 10**6 + 7),
        (S * 10**9 + 7999, S * 10**6 + 7),
        (10**8, 10**14),
        ("100000000", 10**14),
        ("100000000.0", 10**14),
        (-(10**8), -(10**14)),
        ("-100000000.0000001", -(10**14) - 1),
        (10**11 - 1, (10**11 - 1) * 10**6),
        (10**11, 10**14),
        (10**14 - 1, (10**14 - 1) * 1000),
        (10**14, 10**14),
        (10**17 - 1, 10**17 - 1),
        (10**17, 10**14),
        (datetime(2026, 3, 1), micros("2026-03-01")),
        (datetime(2026, 3, 1, tzinfo=UTC), micros("2026-03-01")),
        (date(2026, 3, 1), micros("2026-03-01")),
        ("0001-01-01", micros("0001-01-01")),
    ],
)
def test_what_is_a_time(value: Any, instant: int) -> None:
    reader = TimeReader(None, None)
    assert reader.read(value) == instant
    assert reader.read(value) == instant


@pytest.mark.parametrize(
    "value",
    ["yesterday", "", " ", "01.03.2026", "2026-02-30", "2026-03-01T25:00", "1e9", "12 s", "0x10", True, None, [1], {},
     float("nan"), float("inf"), 10**20, 10**4000, "9" * 30, "19970101", 19970101, 19970101.0, 20260301120000,
     0, "0", -1, "-0.0000001", 5.5, 10**8 - 1, "99999999.999999", Decimal("-99999999.9"), 45000.5, "45000,5", 2024,
     202401, "240131", 31012024, "20240131.0", "20240131120000.00", 20240131120000.0, "0001-01-01T00:00:00+01:00",
     "9999-12-31T23:59:59-01:00", "１７００００００００"],
)  # fmt: skip
def test_what_is_none(value: Any) -> None:
    assert TimeReader(None, None).read(value) is None


@pytest.mark.parametrize(
    ("value", "may_be"),
    [
        (20240131, "may be a date or a number of seconds; say --time-format yyyymmdd (or seconds)"),
        ("20240131.0", "may be a date or a number of seconds; say --time-format yyyymmdd (or seconds)"),
        ("31012024", "may be 2024-01-31; say --time-format ddmmyyyy (or seconds)"),
        ("01312024", "may be 2024-01-31; say --time-format mmddyyyy (or seconds)"),
        (240131, "may be 2024-01-31; say --time-format yymmdd (or seconds)"),
        (45000.5, "may be a spreadsheet's 2023-03-15T12:00:00; say --time-format excel (or seconds)"),
        ("45000,5", "may be a spreadsheet's 2023-03-15T12:00:00; say --time-format excel (or seconds)"),
        ("45000", "may be a spreadsheet's 2023-03-15T00:00:00; say --time-format excel (or seconds)"),
        (2024, "is a year alone; a time needs the month and the day"),
        (202401, "may be a year and a month; a time needs the day, too"),
        (0, "is too small for a number of seconds since 1970; if it is one, say --time-format seconds"),
        (-1, "is too small for a number of seconds since 1970; if it is one, say --time-format seconds"),
        (99999999, "is too small for a number of seconds since 1970; if it is one, say --time-format seconds"),
    ],
)
def test_small_numbers_are_told_what_they_may_be(value: Any, may_be: str) -> None:
    assert TimeReader(None, None).read(value) is None
    quoted = f'"{value}"' if isinstance(value, str) else value
    assert TimeReader(None, None).trouble(value) == f"The time {quoted} {may_be}"


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("1.3.2026", "dd.mm.yyyy"),
        ("31.01.2026 09:30", "dd.mm.yyyy hh:mm"),
        ("3/14/2026 1:05 PM", "mm/dd/yyyy h:mm am/pm"),
        ("03/01/2026", "mm/dd/yyyy or dd/mm/yyyy"),
        ("14/03/2026 09:30:00", "dd/mm/yyyy hh:mm:ss"),
        ("1 Mar 2026", "d mmm yyyy"),
        ("Mar 1, 2026", "mmm d, yyyy"),
    ],
)
def test_forms_of_dates_are_proposed(text: str, forms: str) -> None:
    said = TimeReader(None, None).trouble(text)
    assert said == f'The time "{text}" cannot be read; write 2026-03-01T09:30:00Z or give --time-format {forms}'
    for form in forms.split(" or "):
        assert TimeReader(form, None).read(text) is not None


def test_trouble_of_profiles_names_their_option() -> None:
    reader = TimeReader(None, None, "--profile-time-format")
    for value in (20240131, 45000.5, 0, "soon"):
        assert " --profile-time-format" in reader.trouble(value)


def test_trouble_names_the_repair() -> None:
    reader = TimeReader(None, None)
    assert "--time-format yyyymmdd" in reader.trouble("19970101")
    assert "yyyymmddhhmmss" in reader.trouble(20260301120000)
    assert '"yesterday"' in reader.trouble("yesterday")
    assert len(reader.trouble("x" * 10_000)) < 200
    assert "yyyymmdd" in TimeReader("yyyymmdd", None).trouble("1997")


@pytest.mark.parametrize(
    ("value", "utc"),
    [
        ("2026-03-01", "2026-02-28T23:00:00Z"),
        ("2026-07-01 10:30", "2026-07-01T08:30:00Z"),
        ("2026-07-01T10:30:00.123456", "2026-07-01T08:30:00.123456Z"),
        ("2026-07-01T10", "2026-07-01T08:00:00Z"),
        ("2026-07-01T10:30Z", "2026-07-01T10:30:00Z"),
        ("2026-07-01 10:30:00 UTC", "2026-07-01T10:30:00Z"),
        ("2026-07-01T10:30:00-05", "2026-07-01T15:30:00Z"),
        ("2026-07-01T10+02:00", "2026-07-01T08:00:00Z"),
        ("2026-07-01 10:30:00.5 +0000", "2026-07-01T10:30:00.5Z"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        (date(2026, 3, 1), "2026-02-28T23:00:00Z"),
        (datetime(2026, 3, 1, 1), "2026-03-01T00:00:00Z"),
        (datetime(2026, 3, 1, 1, tzinfo=UTC), "2026-03-01T01:00:00Z"),
        (1_700_000_000, "2023-11-14T22:13:20Z"),
    ],
)
def test_timezone_of_data(value: Any, utc: str) -> None:
    assert TimeReader(None, "Europe/Berlin").read(value) == micros(utc)


@pytest.mark.parametrize(
    ("form", "text", "utc"),
    [
        ("yyyymmdd", "19970101", "1997-01-01"),
        ("yyyymmdd", 19970101, "1997-01-01"),
        ("yyyymmdd", 19970101.0, "1997-01-01"),
        ("yyyymmdd", "19970101.0", "1997-01-01"),
        ("%Y%m%d", "19970101", "1997-01-01"),
        ("YYYYMMDD", "19970101", "1997-01-01"),
        ("yyyymmddhhmmss", "20260301093015", "2026-03-01T09:30:15Z"),
        ("dd.mm.yyyy hh:mm:ss", "01.03.2026 09:30:15", "2026-03-01T09:30:15Z"),
        ("dd.mm.yyyy hh:mm:ss", "1.3.2026  9:30:15", "2026-03-01T09:30:15Z"),
        ("dd.MM.yyyy HH:mm", "01.03.2026 09:30", "2026-03-01T09:30:00Z"),
        ("DD/MM/YYYY", "31/12/2026", "2026-12-31"),
        ("m/d/yy", "3/1/26", "2026-03-01"),
        ("m/d/yyyy h:mm am/pm", "3/1/2026 12:05 AM", "2026-03-01T00:05:00Z"),
        ("m/d/yyyy h:mm:ss a", "3/1/2026 1:05:06 pm", "2026-03-01T13:05:06Z"),
        ("d.m.yyyy h:mm tt", "1.3.2026 1:05 pm", "2026-03-01T13:05:00Z"),
        ("d mmm yyyy", "1 Mar 2026", "2026-03-01"),
        ("mmmm d, yyyy", "March 1, 2026", "2026-03-01"),
        ("yyyy-mm-ddThh:mm:ss.sssz", "2026-03-01T09:30:15.25+01:00", "2026-03-01T08:30:15.25Z"),
        ("yyyy-mm-dd'T'hh:mm:ss.fffZ", "2026-03-01T09:30:15.250Z", "2026-03-01T09:30:15.25Z"),
        ("%d/%m/%Y %H:%M:%S", "01/03/2026 09:30:15", "2026-03-01T09:30:15Z"),
        ("%b %d %Y %I:%M %p", "Mar 1 2026 1:05 PM", "2026-03-01T13:05:00Z"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-03-01T09:30:15.5-0500", "2026-03-01T14:30:15.5Z"),
        ("%a, %d %b %Y %T %z", "Sun, 01 Mar 2026 09:30:15 +0000", "2026-03-01T09:30:15Z"),
        ("seconds", "19970101", "1970-08-20T03:15:01Z"),
        ("milliseconds", 1000, "1970-01-01T00:00:01Z"),
        ("microseconds", "1000000", "1970-01-01T00:00:01Z"),
        ("nanoseconds", 1_000_000_000, "1970-01-01T00:00:01Z"),
        ("seconds", 0, "1970-01-01"),
        ("seconds", "-0.5", "1969-12-31T23:59:59.5Z"),
        ("excel", 45000, "2023-03-15"),
        ("Excel", 45000.5, "2023-03-15T12:00:00Z"),
        ("excel", "45000,5", "2023-03-15T12:00:00Z"),
        ("excel", 45000.395833333336, "2023-03-15T09:30:00Z"),
        ("excel", "45000.3958333333", "2023-03-15T09:30:00Z"),
        ("excel", 61, "1900-03-01"),
    ],
)
def test_formats(form: str, text: Any, utc: str) -> None:
    assert TimeReader(form, None).read(text) == micros(utc)


def test_days_of_a_spreadsheet_are_local() -> None:
    reader = TimeReader("excel", "Europe/Berlin")
    assert reader.read(45000.5) == micros("2023-03-15T11:00:00Z")
    for value in (10**9, -(10**6), "9" * 30, "1e5", "2026-03-01"):
        assert reader.read(value) is None


def test_a_format_rules_texts_and_numbers_but_not_timestamps() -> None:
    reader = TimeReader("dd.mm.yyyy", "Europe/Berlin")
    assert reader.read("2026-03-01") is None
    assert reader.read(1_700_000_000) is None
    assert reader.read("30.02.2026") is None
    assert reader.read("01.03.2026") == micros("2026-02-28T23:00:00Z")
    assert reader.read(datetime(2026, 3, 1, tzinfo=UTC)) == micros("2026-03-01")


@pytest.mark.parametrize("form", ["yyyy", "hh:mm", "%Q", "yyyymmdd yyyy", "qqq", "%", "dd.mm", "%H:%M"])
def test_formats_that_cannot_be_used(form: str) -> None:
    with pytest.raises(SourceError, match="The time format"):
        TimeReader(form, None)


def test_unknown_timezone() -> None:
    with pytest.raises(SourceError, match="no timezone Berlin"):
        TimeReader(None, "Berlin")
