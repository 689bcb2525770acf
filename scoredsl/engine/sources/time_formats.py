"""Time formats as people write them (`dd.mm.yyyy hh:mm:ss`), as strptime does (`%d.%m.%Y`), and units of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from scoredsl.engine.sources.options import SourceError

_UNITS = {
    "seconds": Decimal(1_000_000),
    "milliseconds": Decimal(1_000),
    "microseconds": Decimal(1),
    "nanoseconds": Decimal("0.001"),
}
_DAY = Decimal(86_400_000_000)
_SPREADSHEET = datetime(1899, 12, 30)
"""Day 0 of the numbers by which spreadsheets keep dates (right from 1900-03-01 on)."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OFFSET = r"(?P<offset>Z|z|UTC|[+-]\d{2}:?(?:\d{2})?)"
_PERCENT = {
    "Y": "year",
    "y": "short_year",
    "m": "month",
    "d": "day",
    "e": "day",
    "H": "hour",
    "I": "hour",
    "M": "minute",
    "S": "second",
    "f": "fraction",
    "z": "offset",
    "Z": "offset",
    "p": "half",
    "b": "month_name",
    "B": "month_name",
    "a": "weekday",
    "A": "weekday",
}
_SHORT = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M", "%D": "%m/%d/%y"}
_WRITTEN = re.compile(r"y+|m+|d+|h+|(?<=[.,])s+|s+|f+|am/pm|tt|a|z+|'[^']*'|t|[^a-z]", re.IGNORECASE)
_DIGITS = {"month": "month", "day": "day", "hour": "hour", "minute": "minute", "second": "second"}


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """`text`: as the user wrote it. `unit`: microseconds of one, where times are numbers; else `pattern` reads them.

    `origin`: the local moment from which such numbers count; None: 1970 in UTC.
    """

    text: str
    unit: Decimal | None
    pattern: re.Pattern[str] | None
    origin: datetime | None = None

    def read(self, text: str) -> tuple[datetime, int | None] | None:
        """The moment and its offset from UTC in microseconds (None: none is said); None if the text is not so."""
        match = self.pattern.fullmatch(text) if self.pattern else None
        if match is None:
            return None
        parts = match.groupdict()
        year = int(parts.get("year") or 0)
        if parts.get("short_year"):
            short = int(parts["short_year"])
            year = short + (2000 if short < 69 else 1900)
        if parts.get("month_name"):
            name = parts["month_name"][:3].lower()
            month = _MONTHS.index(name) + 1 if name in _MONTHS else 0
        else:
            month = int(parts.get("month") or 0)
        hour = int(parts.get("hour") or 0)
        half = (parts.get("half") or "").lower()
        if half and not 1 <= hour <= 12:
            return None
        if half:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        micros = int(((parts.get("fraction") or "") + "000000")[:6])
        try:
            moment = datetime(
                year,
                month,
                int(parts["day"]),
                hour,
                int(parts.get("minute") or 0),
                int(parts.get("second") or 0),
                micros,
            )
        except ValueError:
            return None
        return moment, _offset(parts.get("offset"))


def _offset(text: str | None) -> int | None:
    if text is None:
        return None
    digits = re.sub(r"[^0-9]", "", text).ljust(4, "0")
    size = (int(digits[:2]) * 60 + int(digits[2:4])) * 60_000_000
    return -size if text.startswith("-") else size


def time_format(text: str) -> TimeFormat:
    """Compiles a format. Raises SourceError for one that cannot be understood or lacks the day, month or year."""
    if text.strip().lower() == "excel":
        return TimeFormat(text, _DAY, None, _SPREADSHEET)
    if text.strip().lower() in _UNITS:
        return TimeFormat(text, _UNITS[text.strip().lower()], None)
    parts = _percent(text) if "%" in text else _written(text)
    kinds = [kind for kind, _ in parts if kind]
    if len(set(kinds)) != len(kinds):
        raise _unclear(text, "a part stands there twice")
    if "day" not in kinds or not {"month", "month_name"} & set(kinds) or not {"year", "short_year"} & set(kinds):
        raise _unclear(text, "it needs the year, the month and the day")
    pattern = ""
    for i, (kind, literal) in enumerate(parts):
        # Digits that touch other digits have a fixed width; between signs `1.3.2026` is a date, too.
        touching = any(0 <= j < len(parts) and parts[j][0] in (*_DIGITS, "year", "short_year") for j in (i - 1, i + 1))
        pattern += _expression(kind, literal, touching)
    return TimeFormat(text, None, re.compile(pattern, re.ASCII | re.IGNORECASE))


def _expression(kind: str, literal: str, touching: bool) -> str:
    match kind:
        case "":
            return r"\s+" if literal.isspace() else re.escape(literal)
        case "year":
            return r"(?P<year>\d{4})"
        case "short_year":
            return r"(?P<short_year>\d{2})"
        case "fraction":
            return r"(?P<fraction>\d{1,9})"
        case "half":
            return r"(?P<half>[ap]\.?m\.?)"
        case "month_name":
            return r"(?P<month_name>[a-z]{3,9})\.?"
        case "weekday":
            return r"(?P<weekday>[a-z]{2,9})\.?"
        case "offset":
            return _OFFSET
        case _:
            return rf"(?P<{kind}>\d{{2}})" if touching else rf"(?P<{kind}>\d{{1,2}})"


def _percent(text: str) -> list[tuple[str, str]]:
    for short, long in _SHORT.items():
        text = text.replace(short, long)
    parts: list[tuple[str, str]] = []
    i = 0
    while i < len(text):
        if text[i] != "%":
            parts.append(("", text[i]))
            i += 1
            continue
        sign = text[i + 1 : i + 2]
        if sign == "%":
            parts.append(("", "%"))
        elif sign in _PERCENT:
            parts.append((_PERCENT[sign], ""))
        else:
            raise _unclear(text, f"%{sign} is not known")
        i += 2
    return parts


def _written(text: str) -> list[tuple[str, str]]:
    words: list[str] = []
    i = 0
    while i < len(text):
        match = _WRITTEN.match(text, i)
        if match is None:
            raise _unclear(text, f"{text[i]} is not known")
        words.append(match[0])
        i = match.end()
    return [_part(words, i) for i in range(len(words))]


def _part(words: list[str], i: int) -> tuple[str, str]:
    word = words[i].lower()
    letter, length = word[0], len(word)
    before = next((w[0].lower() for w in reversed(words[:i]) if w[0].isalpha() and w.lower() != "t"), "")
    after = next((w[0].lower() for w in words[i + 1 :] if w[0].isalpha() and w.lower() != "t"), "")
    if letter == "'":
        return "", words[i][1:-1]
    if word == "t" or not letter.isalpha():
        return "", words[i]
    match letter:
        case "y":
            return ("short_year" if length == 2 else "year"), ""
        case "m":
            if length > 2:
                return "month_name", ""
            # `mm` is the month, but minutes next to hours or seconds: hh:mm, mm:ss.
            return ("minute" if before == "h" or (after == "s" and before != "y") else "month"), ""
        case "d":
            return ("weekday" if length > 2 else "day"), ""
        case "h":
            return "hour", ""
        case "s":
            fraction = length > 2 or (i > 0 and words[i - 1] in ".," and before == "s")
            return ("fraction" if fraction else "second"), ""
        case "f":
            return "fraction", ""
        case "a" | "t":
            return "half", ""
        case _:
            return "offset", ""


def _unclear(text: str, why: str) -> SourceError:
    return SourceError(f"The time format {text} cannot be used: {why}. Write, for example, dd.mm.yyyy hh:mm:ss.")
