"""What differs between warehouses beyond the translation that sqlglot does.

A query's expressions are written in DuckDB's dialect with calls of the functions below, by upper-case names that begin
with `X_`. `render` translates the rest with sqlglot and puts the warehouse's own text in their places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from scoredsl.semantics.values import instant_text

DIALECTS = ("duckdb", "postgres", "snowflake", "bigquery", "databricks", "spark", "clickhouse", "redshift")

_UNITS = (("DAY", 86_400_000_000), ("HOUR", 3_600_000_000), ("MINUTE", 60_000_000), ("SECOND", 1_000_000))
_WORD_PART = r"\p{L}\p{N}_"
_POSIX_WORD_PART = "[:alnum:]_"
_EVERYWHERE = re.compile(r"(\(\?i\))?(?:[^\\{]|\\[dws./\-+*?()\[\]|^$])*", re.ASCII)
"""Regular expressions that mean the same in RE2, Java and POSIX with Perl's classes."""


class UnwritableError(Exception):
    """What cannot be written, and why, as the end of a sentence that begins with the rule."""


def placeholder(dialect: str) -> str:
    """The parameter as_of, as the warehouse's clients write parameters."""
    return {
        "duckdb": "$as_of",
        "bigquery": "@as_of",
        "clickhouse": "{as_of:DateTime64(6, 'UTC')}",
    }.get(dialect, ":as_of")


def timestamp(dialect: str, text: str) -> str:
    """A value (a literal or a parameter) as a timestamp in UTC."""
    match dialect:
        case "bigquery":
            return f"CAST({text} AS TIMESTAMP)"
        case "snowflake":
            return f"CAST({text} AS TIMESTAMP_NTZ)"
        case "spark" | "databricks":
            return f"CAST({text} AS TIMESTAMP_NTZ)"
        case "clickhouse":
            return text if text.startswith("{") else f"toDateTime64({text}, 6, 'UTC')"
        case _:
            return f"CAST({text} AS TIMESTAMP)"


def instant(dialect: str, micros: int) -> str:
    """An instant as a timestamp literal."""
    text = instant_text(micros).replace("T", " ").removesuffix("Z")
    return timestamp(dialect, f"'{text}'")


def interval(dialect: str, micros: int) -> str:
    unit, size = next((unit, size) for unit, size in _UNITS if micros % size == 0)
    count = micros // size
    if dialect in ("postgres", "redshift", "snowflake"):
        return f"INTERVAL '{count} {unit.lower()}{'s' if count != 1 else ''}'"
    return f"INTERVAL {count} {unit}"


def _micros(dialect: str, time: str) -> str:
    return {
        "duckdb": f"EPOCH_US({time})",
        "postgres": f"CAST(EXTRACT(EPOCH FROM {time}) * 1000000 AS BIGINT)",
        "snowflake": f"DATE_PART(EPOCH_MICROSECOND, {time})",
        "bigquery": f"UNIX_MICROS({time})",
        "clickhouse": f"toUnixTimestamp64Micro({time})",
        "redshift": f"DATEDIFF(MICROSECOND, CAST('1970-01-01' AS TIMESTAMP), {time})",
    }.get(dialect, f"UNIX_MICROS(CAST({time} AS TIMESTAMP))")


def _local_date(dialect: str, time: str, zone: str) -> str:
    """The calendar date at a time, in the program's timezone."""
    utc = zone == "UTC"
    match dialect:
        case "duckdb" | "postgres":
            return f"CAST({time} AS DATE)" if utc else f"CAST({time} AT TIME ZONE 'UTC' AT TIME ZONE '{zone}' AS DATE)"
        case "redshift" | "snowflake":
            return f"CAST({time} AS DATE)" if utc else f"CAST(CONVERT_TIMEZONE('UTC', '{zone}', {time}) AS DATE)"
        case "bigquery":
            return f"DATE({time})" if utc else f"DATE({time}, '{zone}')"
        case "clickhouse":
            return f"toDate({time}, '{zone}')"
        case _:
            return f"CAST({time} AS DATE)" if utc else f"CAST(FROM_UTC_TIMESTAMP({time}, '{zone}') AS DATE)"


def _period(dialect: str, unit: str, date: str) -> str:
    """The first day of the date's week (from Monday), month or year."""
    match dialect:
        case "bigquery":
            return f"DATE_TRUNC({date}, {'ISOWEEK' if unit == 'week' else unit.upper()})"
        case "clickhouse":
            return {"week": "toMonday", "month": "toStartOfMonth", "year": "toStartOfYear"}[unit] + f"({date})"
        case "snowflake" if unit == "week":
            return f"DATEADD(DAY, 1 - DAYOFWEEKISO({date}), {date})"
        case _:
            return f"DATE_TRUNC('{unit}', {date})"


def _days(dialect: str, later: str, earlier: str) -> str:
    """How many days one date is after another."""
    return {
        "duckdb": f"DATE_DIFF('day', {earlier}, {later})",
        "postgres": f"({later} - {earlier})",
        "bigquery": f"DATE_DIFF({later}, {earlier}, DAY)",
        "clickhouse": f"dateDiff('day', {earlier}, {later})",
        "snowflake": f"DATEDIFF(DAY, {earlier}, {later})",
        "redshift": f"DATEDIFF(DAY, {earlier}, {later})",
    }.get(dialect, f"DATEDIFF({later}, {earlier})")


def text_literal(dialect: str, text: str) -> str:
    if dialect in ("bigquery", "clickhouse", "databricks", "spark", "snowflake"):
        text = text.replace("\\", "\\\\")
        if dialect in ("bigquery", "databricks", "spark"):
            return "'" + text.replace("'", "\\'") + "'"
    if "\\" in text and dialect == "redshift":
        text = text.replace("\\", "\\\\")
    return "'" + text.replace("'", "''") + "'"


def _found(dialect: str, text: str, expression: str) -> str:
    """Whether a regular expression is found in a text."""
    literal = text_literal(dialect, expression)
    match dialect:
        case "duckdb":
            return f"REGEXP_MATCHES({text}, {literal})"
        case "postgres" | "redshift":
            return f"{text} ~ {literal}"
        case "snowflake":
            return f"REGEXP_INSTR({text}, {literal}) > 0"
        case "bigquery":
            return f"REGEXP_CONTAINS({text}, {literal})"
        case "clickhouse":
            return f"match({text}, {literal})"
        case _:
            return f"{text} RLIKE {literal}"


def _matches(dialect: str, text: str, expression: str) -> str:
    re2 = dialect in ("duckdb", "bigquery", "clickhouse")
    if not re2:
        if not _EVERYWHERE.fullmatch(expression):
            raise UnwritableError(f"/{expression}/ may mean something else in {dialect}")
        if expression.startswith("(?i)") and dialect in ("snowflake", "redshift"):
            raise UnwritableError(f"{dialect} has no (?i) in a regular expression")
    if dialect == "clickhouse":
        # ClickHouse lets a dot match a line end, RE2 alone does not
        expression = "(?-s)" + expression
    return _found(dialect, text, expression)


def _word(dialect: str, text: str, *words: str) -> str:
    """Whether a text has one of the words (in lower case): no letter, digit or underscore stands beside it."""
    part = _POSIX_WORD_PART if dialect in ("postgres", "redshift", "snowflake") else _WORD_PART
    escaped = "|".join(re.sub(r"([\\.+*?()\[\]{}|^$\-/])", r"\\\1", word) for word in words)
    if dialect in ("redshift", "snowflake") and not escaped.isascii():
        raise UnwritableError(f"words with letters beyond ASCII cannot be found in {dialect}")
    return _found(dialect, f"LOWER({text})", f"(^|[^{part}])({escaped})([^{part}]|$)")


def _number(dialect: str, text: str) -> str:
    """A text as a number, where it is one."""
    double = {"postgres": "DOUBLE PRECISION", "redshift": "DOUBLE PRECISION", "bigquery": "FLOAT64",
              "clickhouse": "Nullable(Float64)"}.get(dialect, "DOUBLE")  # fmt: skip
    trimmed = f"trimBoth({text})" if dialect == "clickhouse" else f"TRIM({text})"
    shape = r"^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"
    return f"CASE WHEN {_found(dialect, trimmed, shape)} THEN CAST({trimmed} AS {double}) END"


_FUNCTIONS: dict[str, Callable[..., str]] = {
    "X_MICROS": _micros,
    "X_PERIOD": _period,
    "X_DAYS": _days,
    "X_LOCAL_DATE": _local_date,
    "X_MATCHES": _matches,
    "X_WORD": _word,
    "X_NUMBER": _number,
}
_LITERAL_ARGUMENTS = {"X_PERIOD": {0}, "X_LOCAL_DATE": {1}, "X_MATCHES": {1}}
"""Which arguments are plain texts and not expressions; all but the first of X_WORD."""


def render(expression: str, dialect: str) -> str:
    """An expression in the warehouse's dialect. Raises UnwritableError where it has no words for it."""
    import sqlglot

    made: dict[str, str] = {}

    def put(text: str) -> Any:
        token = f"x_made_{len(made)}_"
        made[token] = text
        return sqlglot.exp.column(token)

    def own(node: Any) -> Any:
        if not isinstance(node, sqlglot.exp.Anonymous) or not str(node.this).startswith("X_"):
            return node
        name = str(node.this)
        if name == "X_INTERVAL":
            return put(interval(dialect, int(node.expressions[0].sql())))
        if name == "X_WHOLE":
            number = node.expressions[0].sql()
            return put(f"toInt64({number})" if dialect == "clickhouse" and abs(int(number)) >= 2**31 else number)
        if name == "X_INSTANT":
            return put(instant(dialect, int(node.expressions[0].sql())))
        if name == "X_DOUBLE":
            kind = {"postgres": "DOUBLE PRECISION", "redshift": "DOUBLE PRECISION", "bigquery": "FLOAT64",
                    "clickhouse": "Float64"}.get(dialect, "DOUBLE")  # fmt: skip
            return put(f"CAST('{node.expressions[0].this}' AS {kind})")
        literal = _LITERAL_ARGUMENTS.get(name, set())
        arguments = []
        for i, argument in enumerate(node.expressions):
            if i in literal or (name == "X_WORD" and i):
                arguments.append(str(argument.this))
            else:
                arguments.append(finish(argument.transform(own).sql(dialect)))
        return put(_FUNCTIONS[name](dialect, *arguments))

    def finish(text: str) -> str:
        for token in reversed(made):
            text = re.sub(rf"[\"`]?{token}[\"`]?", lambda _, token=token: made[token], text, flags=re.I)  # type: ignore[misc]
        return text

    tree = sqlglot.parse_one(expression, read="duckdb")
    return finish(tree.transform(own).sql(dialect))


def whole(expression: str, dialect: str) -> str:
    """An expression; a sum as a signed whole number (ClickHouse sums positive constants without a sign)."""
    text = render(expression, dialect)
    return f"toInt64({text})" if dialect == "clickhouse" and text.startswith("SUM(") else text
