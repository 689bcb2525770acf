"""How the time column is read: ISO 8601, typed timestamps, epoch numbers, or by a format (LANGUAGE section 2)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from scoredsl.engine.sources.options import SourceError
from scoredsl.engine.sources.parquet import micros
from scoredsl.engine.sources.time_formats import TimeFormat, time_format
from scoredsl.semantics.values import as_text, instant_of_text, instant_text
from scoredsl.semantics.zones import Zone, zone

_FIRST = micros(datetime(1, 1, 1))
_LAST = micros(datetime(9999, 12, 31, 23, 59, 59, 999_999))
_EPOCH = datetime(1970, 1, 1)
_NUMBER = re.compile(r"[+-]?[0-9]{1,24}(?:\.[0-9]*)?", re.ASCII)
_WHOLE = re.compile(r"\.0*$")
_OFFSET = re.compile(r"[0-9]\s?(?:Z|z|UTC)$|[Tt :0-9][0-9]{2}(?:[.,][0-9]+)? ?[+-][0-9]{2}(?::?[0-9]{2})?$", re.ASCII)
_DATE_DIGITS = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4}(?:[0-9]{2})?)?", re.ASCII
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)
_MONTH = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])", re.ASCII)
_DIGIT_FORMS = ("ddmmyyyy", "mmddyyyy", "yymmdd", "ddmmyy")
_FORMS = tuple(
    day + clock
    for day in (
        "dd.mm.yyyy", "dd.mm.yy", "mm/dd/yyyy", "dd/mm/yyyy", "yyyy/mm/dd", "dd-mm-yyyy", "d mmm yyyy", "mmm d, yyyy"
    )
    for clock in ("", " hh:mm", " hh:mm:ss", " h:mm am/pm", " h:mm:ss am/pm")
)
"""Forms that are proposed where a text has them."""
_FIRST_SHEET, _LAST_SHEET = 20_000, 80_000
"""Spreadsheets' numbers for days from 1954 to 2119."""
_MOST_DAYS = 10**7
_KEPT = 200_000
SMALLEST = 10**8
"""Numbers whose size is below are no epoch numbers. Each unit begins at 1973-03-03T09:46:40Z; what is smaller is a day
of a spreadsheet, a year or the digits of a date rather than a moment of the first months of 1970."""

UNITS = (("seconds", 10**11, 10**6), ("milliseconds", 10**14, 10**3), ("microseconds", 10**17, 1))
"""Epoch numbers whose size is below the limit, but not below SMALLEST, are in that unit (name, limit, microseconds);
larger: nanoseconds."""
_LARGEST = 10**20


class TimeReader:
    """Reads values of a time column as microseconds since 1970 in UTC, years 1 to 9999.

    `timezone` is where a time (and a date) without an offset is; `form` rules texts and numbers, and `option` is how
    the user says it. Raises SourceError for a timezone or form that there is not.
    """

    def __init__(self, form: str | None, timezone: str | None, option: str = "--time-format") -> None:
        try:
            self._zone: Zone | None = zone(timezone) if timezone else None
        except ValueError:
            raise SourceError(f"There is no timezone {timezone}; write a name such as Europe/Berlin.") from None
        self._form: TimeFormat | None = time_format(form) if form else None
        self._option = option
        self._known: dict[str, int | None] = {}

    def read(self, value: Any) -> int | None:
        """The instant of a value, None if it cannot be read as one."""
        instant: int | None
        match value:
            case str():
                if value in self._known:
                    return self._known[value]
                instant = self._in_range(self._of_text(value))
                if len(self._known) >= _KEPT:
                    self._known.clear()
                self._known[value] = instant
                return instant
            case bool() | None:
                return None
            case int() | float() | Decimal():
                instant = self._of_number(value)
            case datetime():
                instant = micros(value) if value.tzinfo or self._zone is None else self._zone.instant(value)
            case date():
                instant = self._local(datetime(value.year, value.month, value.day))
            case _:
                return None
        return self._in_range(instant)

    def trouble(self, value: Any) -> str:
        """Why a value that cannot be read is rejected."""
        text = str(value)
        shown = text if len(text) <= 60 else text[:57] + "..."
        quoted = f'"{shown}"' if isinstance(value, str) else shown
        if self._form is not None:
            return f"The time {quoted} is not of the form {self._form.text}"
        bare = _WHOLE.sub("", text.strip())
        if _DATE_DIGITS.fullmatch(bare):
            form = {8: "yyyymmdd", 12: "yyyymmddhhmm", 14: "yyyymmddhhmmss"}[len(bare)]
            return f"The time {quoted} may be a date or a number of seconds; say {self._option} {form} (or seconds)"
        number = bare.replace(",", ".")
        if _NUMBER.fullmatch(number) and abs(Decimal(number)) < SMALLEST:
            return f"The time {quoted} {self._likely(bare)}"
        likely = " or ".join(form for form in _FORMS if _compiled(form).read(text.strip()))
        return f"The time {quoted} cannot be read; write 2026-03-01T09:30:00Z or give {self._option} {likely}".rstrip()

    def _likely(self, digits: str) -> str:
        """What a number may be that is too small for seconds since 1970."""
        if _YEAR.fullmatch(digits):
            return "is a year alone; a time needs the month and the day"
        if _MONTH.fullmatch(digits):
            return "may be a year and a month; a time needs the day, too"
        for form in _DIGIT_FORMS:
            found = _compiled(form).read(digits)
            if found is not None and found[0].year >= _EPOCH.year:
                return f"may be {found[0].date()}; say {self._option} {form} (or seconds)"
        if _FIRST_SHEET <= Decimal(digits.replace(",", ".")) < _LAST_SHEET:
            day = TimeReader("excel", None).read(digits)
            if day is not None:
                return f"may be a spreadsheet's {instant_text(day)[:-1]}; say {self._option} excel (or seconds)"
        return f"is too small for a number of seconds since 1970; if it is one, say {self._option} seconds"

    def _of_text(self, text: str) -> int | None:
        if self._form is not None:
            return self._by_form(text, self._form)
        stripped = text.strip()
        if _NUMBER.fullmatch(stripped):
            return self._of_digits(stripped)
        if self._zone is None:
            return instant_of_text(text, None)
        if len(stripped) <= 10 or _OFFSET.search(stripped):
            return instant_of_text(text, self._zone)
        as_utc = instant_of_text(text, self._zone)
        return None if as_utc is None else self._local(_EPOCH + timedelta(microseconds=as_utc))

    def _of_number(self, value: int | float | Decimal) -> int | None:
        if isinstance(value, Decimal):
            text = format(value, "f")
        elif isinstance(value, int):
            text = str(value) if abs(value) < _LARGEST else ""
        else:
            text = as_text(value) or ""
        if self._form is not None:
            return self._by_form(text, self._form)
        return self._of_digits(text) if _NUMBER.fullmatch(text) else None

    def _of_digits(self, text: str) -> int | None:
        """Epoch numbers; digits beyond microseconds are cut."""
        number = Decimal(text)
        size = abs(number)
        if size < SMALLEST or _DATE_DIGITS.fullmatch(_WHOLE.sub("", text)):
            # It would be a day that nobody means: better a question than a wrong score.
            return None
        for _, limit, factor in UNITS:
            if size < limit:
                return _floor(number * factor)
        return _floor(number / 1000) if size < _LARGEST else None

    def _by_form(self, text: str, form: TimeFormat) -> int | None:
        if form.unit is not None:
            stripped = text.strip()
            if form.origin is not None:
                stripped = stripped.replace(",", ".")
            if not _NUMBER.fullmatch(stripped):
                return None
            if form.origin is not None:
                return self._of_days(Decimal(stripped), form.origin)
            return _floor(Decimal(stripped) * form.unit)
        found = form.read(text.strip()) or form.read(_WHOLE.sub("", text.strip()))
        if found is None:
            return None
        moment, offset = found
        return self._local(moment) if offset is None else micros(moment) - offset

    def _of_days(self, days: Decimal, origin: datetime) -> int | None:
        """A spreadsheet's days, rounded to milliseconds: more they do not keep."""
        if abs(days) > _MOST_DAYS:
            return None
        millis = int((days * 86_400_000).to_integral_value(ROUND_HALF_UP))
        try:
            return self._local(origin + timedelta(milliseconds=millis))
        except OverflowError:
            return None

    def _local(self, moment: datetime) -> int:
        return micros(moment) if self._zone is None else self._zone.instant(moment)

    @staticmethod
    def _in_range(instant: int | None) -> int | None:
        return instant if instant is not None and _FIRST <= instant <= _LAST else None


_compiled = cache(time_format)


def _floor(number: Decimal) -> int:
    """Digits beyond microseconds are cut, also before 1970."""
    return int(number.to_integral_value(ROUND_FLOOR))
