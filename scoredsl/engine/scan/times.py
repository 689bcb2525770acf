"""The time column in SQL: what is written in the usual ways is read by DuckDB, all else by `sources.times`."""

from __future__ import annotations

from scoredsl.engine.scan.sql import Functions
from scoredsl.engine.sources.options import ReadOptions
from scoredsl.engine.sources.times import TimeReader

_DAY = "[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,6})?"
INSTANT = f"{_DAY}[T ]{_CLOCK}Z?"
"""A regular expression for times that DuckDB and the contract read alike; a day that there is not is none for both."""
INSTANT_WITH_Z = f"{_DAY}[T ]{_CLOCK}Z"
DAY = _DAY

FIRST = -62_135_596_800_000_000
LAST = 253_402_300_799_999_999
"""The first and the last microsecond of the years 1 to 9999."""


def parsed(text: str) -> str:
    """Microseconds of a text that INSTANT or DAY matches."""
    return f"epoch_us(TRY_CAST({text} AS TIMESTAMP))"


def clear(text: str, options: ReadOptions) -> str | None:
    """Whether `parsed` reads a text of the time column; None where it never does."""
    if options.time_format is not None:
        return None
    return f"regexp_full_match({text}, '{INSTANT if options.timezone is None else INSTANT_WITH_Z}')"


def time_of_text(text: str, options: ReadOptions, times: TimeReader, functions: Functions) -> str:
    """Microseconds of a text of the time column, NULL where it cannot be read or is empty."""
    slow = functions.name(("time", options.time_format, options.timezone), times.read, "BIGINT")
    usual = clear(text, options)
    if usual is None:
        return f"{slow}(nullif({text}, ''))"
    return (
        f"CASE WHEN {usual} THEN {parsed(text)} "
        f"WHEN regexp_full_match({text}, '[1-9][0-9]{{9}}') THEN CAST({text} AS BIGINT) * 1000000 "
        f"WHEN regexp_full_match({text}, '[1-9][0-9]{{12}}') THEN CAST({text} AS BIGINT) * 1000 "
        f"WHEN {text} <> '' THEN {slow}({text}) END"
    )
