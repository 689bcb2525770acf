"""How a value of the data is read as a number, text, instant or boolean: "the literal's type decides" (section 4).

Every reading gives None for "missing". Instants are whole microseconds since 1970-01-01T00:00:00Z; numbers are doubles;
points are whole millionths.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from scoredsl.semantics.log import Value
from scoredsl.semantics.zones import Zone

MILLION = 1_000_000
LARGEST_POINTS = 10**9 * MILLION
"""Points, bounds and summed values go to ±10^9 (in millionths)."""
LARGEST_FORMULA = 9 * 10**12 * MILLION

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?)?"
    r"(?: ?(Z|z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_SPACES = " \t\n\r\f\v"


def is_missing(value: Value) -> bool:
    """True where there is no value: null, absent, empty text, NaN or an infinity."""
    if value is None or value == "":
        return True
    return isinstance(value, float) and not math.isfinite(value)


def finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def as_number(value: Value) -> float | None:
    """A number, or text that is one (optional sign, digits with an optional point, exponent, outer spaces)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return None
    if isinstance(value, float):
        return finite(value)
    if isinstance(value, str):
        return _number_of_text(value)
    return None


@lru_cache(maxsize=65536)
def _number_of_text(text: str) -> float | None:
    stripped = text.strip(_SPACES)
    return finite(float(stripped)) if _NUMBER.fullmatch(stripped) else None


def as_text(value: Value) -> str | None:
    """Text as it is; a number in its shortest decimal form; a boolean as true/false; lists and objects are missing."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        number = as_number(value)
        return None if number is None else shortest(number)
    return None


def shortest(number: float) -> str:
    """The shortest decimal form that is this double, without an exponent: `30`, `12.5`, `0.0000001`."""
    if number == 0:
        return "0"
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})


def as_boolean(value: Value) -> bool | None:
    """A boolean, or the texts true/false/yes/no/1/0 (ignoring case), or the numbers 1/0."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        folded = lower(value)
        return True if folded in _TRUE else False if folded in _FALSE else None
    if isinstance(value, (int, float)):
        return True if value == 1 else False if value == 0 else None
    return None


def as_instant(value: Value, zone: Zone) -> int | None:
    """ISO 8601 text: an instant; without an offset UTC; a date alone is midnight in the program's timezone."""
    return instant_of_text(value, zone, strict=True) if isinstance(value, str) else None


@lru_cache(maxsize=65536)
def instant_of_text(text: str, date_zone: Zone | None, *, strict: bool = False) -> int | None:
    """Microseconds of an ISO 8601 text, None if it is none. `date_zone` is where a date alone begins (None: UTC).

    Digits of a second beyond the sixth are cut. Where it is not `strict`, ` UTC` or ` +01:00` may follow after a space,
    as databases write it.
    """
    match = _TIME.fullmatch(text.strip(_SPACES))
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if strict and offset and (offset == "UTC" or match.string[match.start(8) - 1] == " "):
        return None
    extra = timedelta()
    if hour == "24" and int(minute or 0) == 0 and int(second or 0) == 0 and not (fraction or "").strip("0"):
        hour, extra = "00", timedelta(days=1)
    if second == "60":
        return None
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)) + extra
    except (ValueError, OverflowError):
        return None
    micros = int(((fraction or "") + "000000")[:6])
    if hour is None and date_zone is not None:
        return date_zone.midnight(moment.date())
    result = (moment - _NAIVE_EPOCH) // timedelta(microseconds=1) + micros
    if offset and offset not in ("Z", "z", "UTC"):
        digits = offset[1:].replace(":", "").ljust(4, "0")
        hours, minutes = int(digits[:2]), int(digits[2:])
        if hours > 23 or minutes > 59:
            return None
        shift = (hours * 60 + minutes) * 60 * MILLION
        result += shift if offset[0] == "-" else -shift
    return result


def lower(text: str) -> str:
    """Lower case, each character by itself by Unicode's simple mapping: no locale, no normalisation, same length."""
    if text.isascii():
        return text.lower()
    return "".join("i" if c == "\u0130" else c.lower() for c in text)


def distinct_key(value: Value) -> str | None:
    """What `distinct`, `per PROP` and `with same PROP` compare: text ignoring case; None for missing or nested."""
    text = as_text(value)
    return None if text is None else lower(text)


def to_millionths(number: float) -> int | None:
    """Rounding to millionths, half away from zero, as the contract defines it; None if it is not finite."""
    scaled = abs(number) * 1_000_000
    if not math.isfinite(scaled):
        return None
    whole = math.floor(scaled + 0.5)
    return -whole if number < 0 else whole


def round_half_away(number: float) -> float:
    """`round(x)` of the language: to a whole number, half away from zero."""
    size = abs(number)
    whole = math.floor(size)
    if size - whole >= 0.5:
        whole += 1
    return float(-whole if number < 0 else whole)


def millionths_text(points: int) -> str:
    """A number of millionths as its shortest decimal: `30`, `12.5`, `-3`."""
    sign = "-" if points < 0 else ""
    whole, part = divmod(abs(points), MILLION)
    return f"{sign}{whole}" + (f".{part:06d}".rstrip("0") if part else "")


def instant_text(instant: int) -> str:
    """ISO 8601 in UTC, with the fraction only where there is one."""
    moment = _EPOCH + timedelta(microseconds=instant)
    seconds = moment.strftime("%Y-%m-%dT%H:%M:%S") if moment.year >= 1000 else moment.isoformat()[:19]
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{seconds}{fraction}Z"


def date_of(instant: int) -> date:
    return (_EPOCH + timedelta(microseconds=instant)).date()
