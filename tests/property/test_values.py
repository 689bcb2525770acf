"""How values are read and written, against independent formulations of the same sentences of the contract."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl.semantics import values as v
from scoredsl.semantics.zones import Zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)).map(
    lambda moment: (moment.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
)
RECENT = st.datetimes(datetime(1975, 1, 1), datetime(2037, 12, 31)).map(
    lambda moment: (moment.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCORES = st.floats(-2e9, 2e9) | st.integers(-(10**12), 10**12).map(lambda n: n / 10**6) | st.integers(
    -(10**7), 10**7
).map(lambda n: n / 2 / 10**6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo",
    "Asia/Beirut", "America/Santiago", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Chatham",
)
HOUR = 3_600_000_000


# ---- numbers as text


@given(FINITE)
def test_shortest_decimal(number: float) -> None:
    """The text is that double again, has no exponent and no more digits than repr, and nothing superfluous."""
    text = v.shortest(number)
    assert float(text) == number
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", text), text
    assert Decimal(text) == Decimal(repr(number))
    assert text == "0" if number == 0 else text != "-0"


@given(st.integers(-(10**30), 10**30))
def test_points_as_text(points: int) -> None:
    """Millionths are written as the decimal that they are."""
    text = v.millionths_text(points)
    assert Decimal(text).scaleb(6) == points or abs(points) >= 10**28
    assert int(text.replace(".", "") + "0" * (6 - len(text.partition(".")[2]))) == points
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", text), text


@given(FINITE)
def test_a_number_is_read_from_its_text(number: float) -> None:
    for text in (v.shortest(number), repr(number), f" {number!r}\t", f"+{abs(number)!r}"):
        expected = abs(number) if text.startswith("+") else number
        assert v.as_number(text) == expected
    assert v.as_text(number) == v.shortest(number)


@given(st.text(alphabet="0123456789+-.eE_,x \u0663", max_size=7))
def test_text_that_is_a_number(text: str) -> None:
    """Optional sign, digits with an optional point, optional exponent, outer spaces; checked against Python's float."""
    number = v.as_number(text)
    try:
        by_python = None if set(text) & set("_\u0663") else float(text)
    except ValueError:
        by_python = None
    assert number == (by_python if by_python is not None and math.isfinite(by_python) else None)


# ---- rounding


@given(SCORES | FINITE)
def test_rounding_to_millionths(number: float) -> None:
    """sign(x) * floor(|x| * 1,000,000 + 0.5), in double precision."""
    points = v.to_millionths(number)
    scaled = math.fabs(number) * 1e6
    if math.isinf(scaled):
        assert points is None
        return
    assert points == int(math.copysign(1, number)) * int(Decimal(scaled + 0.5).to_integral_value("ROUND_FLOOR"))
    assert v.to_millionths(-number) == -points


@given(st.floats(-1e15, 1e15) | st.integers(-(10**6), 10**6).map(lambda n: n / 2))
def test_round_is_half_away_from_zero(number: float) -> None:
    assert v.round_half_away(number) == float(Decimal(number).to_integral_value("ROUND_HALF_UP"))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_missing(number: float) -> None:
    assert v.is_missing(number)
    assert v.as_number(number) is None and v.as_text(number) is None and v.to_millionths(number) is None


# ---- every value


@given(JSON)
def test_readings_of_any_value(value: object) -> None:
    """No reading raises; what is missing is missing for all; lists and objects are known and nothing else."""
    zone = Zone("Europe/Berlin")
    readings = (v.as_number(value), v.as_text(value), v.as_boolean(value), v.as_instant(value, zone))
    if v.is_missing(value):
        assert readings == (None, None, None, None)
    if isinstance(value, list | dict):
        assert not v.is_missing(value) and readings == (None, None, None, None)
    if isinstance(value, bool):
        assert readings == (None, "true" if value else "false", value, None)
    elif isinstance(value, int | float) and not v.is_missing(value):
        assert readings[2] == {0: False, 1: True}.get(value)
    key = v.distinct_key(value)
    assert key == (None if readings[1] is None else v.lower(readings[1]))


@given(st.sampled_from(["true", "false", "yes", "no", "1", "0"]), st.integers(0, 31))
def test_booleans_as_text(word: str, capitals: int) -> None:
    text = "".join(c.upper() if capitals >> i & 1 else c for i, c in enumerate(word))
    assert v.as_boolean(text) is (word in ("true", "yes", "1"))
    assert v.as_boolean(text + "x") is None


# ---- lower case


@given(st.text())
def test_lower_case_is_by_character(text: str) -> None:
    """Each character by itself: same length, the parts of a text are lower case of the parts, twice is once."""
    lowered = v.lower(text)
    assert len(lowered) == len(text)
    assert lowered == "".join(v.lower(c) for c in text)
    assert v.lower(lowered) == lowered


def test_lower_case_of_every_character() -> None:
    """Python's mapping, but that one character never becomes two and a final sigma is like any other."""
    for code in range(0x110000):
        character = chr(code)
        lowered = v.lower(character)
        assert len(lowered) == 1
        if len(character.lower()) == 1:
            assert lowered == character.lower()
        else:
            assert character == "\u0130" and lowered == "i"
    assert v.lower("ΑΣ") == "ας".replace("ς", "σ")
    assert v.lower(unicodedata.normalize("NFD", "É")) == unicodedata.normalize("NFD", "é")


# ---- instants


@given(INSTANTS)
def test_instants_round_trip(instant: int) -> None:
    """Text in UTC is the instant again, in all its forms; Python reads it as the same moment."""
    text = v.instant_text(instant)
    assert v.instant_of_text(text, None) == instant
    bare = text[:-1]
    for other in (text.replace("T", " "), bare, f"{bare}+00:00", f"{bare}-00", text.lower(), f" {text} "):
        assert v.instant_of_text(other, Zone("America/New_York")) == instant, other
    assert (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1) == instant
    assert text.endswith("Z") and not re.search(r"\.[0-9]*0Z", text)


@given(RECENT, st.integers(-23 * 60, 23 * 60))
def test_instants_with_an_offset(instant: int, minutes: int) -> None:
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    local = v.instant_text(instant + minutes * 60 * 10**6)[:-1]
    for offset in (f"{sign}{hours:02}:{rest:02}", f"{sign}{hours:02}{rest:02}"):
        assert v.instant_of_text(local + offset, None) == instant


@given(RECENT, st.text("0123456789", min_size=1, max_size=12))
def test_digits_beyond_microseconds_are_cut(instant: int, digits: str) -> None:
    second = instant // 10**6 * 10**6
    text = v.instant_text(second)[:-1] + f".{digits}Z"
    assert v.instant_of_text(text, None) == second + int(Decimal(f"0.{digits}") * 10**6)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_dates_that_do_not_exist(month: int, day: int, hour: int, minute: int) -> None:
    text = f"2026-{month:02}-{day:02} {hour:02}:{minute:02}"
    try:
        expected = (datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    except ValueError:
        expected = None
    if (hour, minute) != (24, 0):  # ISO 8601's midnight at the end of a day
        assert v.instant_of_text(text, None) == expected


# ---- timezones


@pytest.mark.parametrize("name", ZONES)
@given(day=st.dates(date(1975, 1, 1), date(2037, 12, 31)))
def test_midnights(name: str, day: date) -> None:
    """A day begins at its midnight, days follow each other, and the offset is that before a change."""
    zone, info = Zone(name), ZoneInfo(name)
    midnight = zone.midnight(day)
    assert midnight == zone.instant(datetime(day.year, day.month, day.day))
    assert midnight <= zone.midnight(day + timedelta(days=1))
    assert 0 <= zone.midnight(day + timedelta(days=1)) - midnight <= 26 * HOUR
    at = EPOCH + timedelta(microseconds=midnight)
    before = (at - timedelta(seconds=1)).astimezone(info)
    assert at.astimezone(info).date() == day or before.utcoffset() != at.astimezone(info).utcoffset()
    assert v.as_instant(day.isoformat(), zone) == midnight
    assert v.as_instant(f"{day}T00:00", zone) == v.instant_of_text(f"{day}T00:00Z", None)


@pytest.mark.parametrize("name", ZONES)
@given(instant=RECENT)
def test_local_dates_and_periods(name: str, instant: int) -> None:
    """The local date, by another way; weeks begin on Monday; a period is that of all instants of its day."""
    zone = Zone(name)
    local = datetime.fromtimestamp(instant // 10**6, ZoneInfo(name))
    day = zone.local_date(instant)
    assert day == local.date()
    monday = day - timedelta(days=day.weekday())
    for other in (instant - 30 * HOUR, instant + 5 * 24 * HOUR, instant + 20 * HOUR, instant):
        there = zone.local_date(other)
        for unit, same in {
            "day": there == day,
            "week": monday <= there < monday + timedelta(days=7),
            "month": (there.year, there.month) == (day.year, day.month),
            "year": there.year == day.year,
        }.items():
            assert (zone.period(other, unit) == zone.period(instant, unit)) is same, unit
