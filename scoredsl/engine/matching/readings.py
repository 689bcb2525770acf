"""How a raw value is read as a number, text, instant or boolean in SQL: `semantics.values`, reading by reading.

What is written in the usual ways is read by DuckDB, guarded so that both give the same; all else by the very functions
of `semantics.values`. All SQL here takes a column's name, which may be said several times.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal, TypeAlias

from scoredsl.engine.scan.parts import Raw
from scoredsl.engine.scan.sql import Functions
from scoredsl.engine.scan.times import DAY, INSTANT, parsed
from scoredsl.semantics.values import as_instant, distinct_key, lower, shortest
from scoredsl.semantics.zones import Zone

Reading: TypeAlias = Literal["known", "number", "text", "folded", "boolean", "instant", "members"]

TYPES: dict[Reading, str] = {
    "known": "BOOLEAN",
    "number": "DOUBLE",
    "text": "VARCHAR",
    "folded": "VARCHAR",
    "boolean": "BOOLEAN",
    "instant": "BIGINT",
    "members": "VARCHAR[]",
}
"""`folded`: the text in lower case. `members`: what `distinct` compares of each member; NULL for what is no list."""

_SPACE = r"[ \t\n\r\f\v]*"
_NUMBER = r"[+-]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:[eE][+-]?[0-9]+)?"
_SPACES = " \t\n\r\f\v"
_SETTLED = (
    r"[\x00-\x{52F}\x{590}-\x{109F}\x{1100}-\x{139F}\x{1E00}-\x{2BFF}\x{2E80}-\x{A63F}\x{AC00}-\x{D7FF}"
    r"\x{F900}-\x{FFFF}\x{1F000}-\x{1FAFF}\x{20000}-\x{3FFFF}]*"
)
"""Characters whose lower case is the same in every version of Unicode that Python and DuckDB may have."""
_PLAIN_LIST = r'\[(?:"[ !#-\[\]-~]*"(?:,"[ !#-\[\]-~]*")*)?\]'


class Readings:
    """SQL of readings; a date alone is midnight in `zone`."""

    def __init__(self, functions: Functions, zone: Zone) -> None:
        self.functions = functions
        self.zone = zone

    def of(self, raw: Raw, reading: Reading, let: Callable[[str], str] = str) -> str | None:
        """A reading of a raw value, None where it is always missing. `known` is never NULL.

        `let` gives a short name for SQL over the raw that is said several times.
        """
        x = raw.sql
        match raw.kind:
            case "text":
                return self._of_text(x, reading)
            case "number":
                return self.of_number(x, reading)
            case "boolean":
                return self._of_boolean(x, reading)
            case "moment":
                return self._of_moment(x, reading)
            case "json":
                string = let(f"CASE WHEN {x}[1] = '\"' THEN json_extract_string({x}, '$') END")
                number = let(f"CASE WHEN {x}[1] = '-' OR {x}[1] BETWEEN '0' AND '9' THEN TRY_CAST({x} AS DOUBLE) END")
                return self._of_json(x, string, number, reading)

    def _of_text(self, x: str, reading: Reading) -> str | None:
        match reading:
            case "known":
                return f"coalesce({x} <> '', false)"
            case "number":
                return self.number_of_text(x)
            case "text":
                return f"nullif({x}, '')"
            case "folded":
                return f"nullif({self.lower(x)}, '')"
            case "boolean":
                return _boolean_of_text(x)
            case "instant":
                return self.instant_of_text(x)
            case "members":
                return None

    def of_number(self, x: str, reading: Reading) -> str | None:
        match reading:
            case "known":
                return f"coalesce(isfinite({x}), false)"
            case "number":
                return f"CASE WHEN isfinite({x}) THEN {x} END"
            case "text" | "folded":
                return self.shortest(x)
            case "boolean":
                return f"CASE {x} WHEN 1 THEN true WHEN 0 THEN false END"
            case "instant" | "members":
                return None

    def _of_boolean(self, x: str, reading: Reading) -> str | None:
        match reading:
            case "known":
                return f"({x} IS NOT NULL)"
            case "text" | "folded":
                return f"CASE {x} WHEN true THEN 'true' WHEN false THEN 'false' END"
            case "boolean":
                return x
            case _:
                return None

    def _of_moment(self, x: str, reading: Reading) -> str | None:
        match reading:
            case "known":
                return f"({x} IS NOT NULL)"
            case "text":
                return f"replace(CAST(make_timestamp({x}) AS VARCHAR), ' ', 'T') || 'Z'"
            case "folded":
                return f"replace(CAST(make_timestamp({x}) AS VARCHAR), ' ', 't') || 'z'"
            case "instant":
                return x
            case _:
                return None

    def _of_json(self, x: str, string: str, number: str, reading: Reading) -> str | None:
        match reading:
            case "known":
                return (
                    f"CASE WHEN {x} IS NULL OR {x} IN ('null', '\"\"') THEN false "
                    # A whole number is known however large it is, another must be a double.
                    f"WHEN {number} IS NOT NULL AND regexp_matches({x}, '[.eE]') THEN isfinite({number}) ELSE true END"
                )
            case "number":
                return f"coalesce({self.of_number(number, 'number')}, {self.number_of_text(string)})"
            case "text" | "folded":
                text = string if reading == "text" else self.lower(string)
                return (
                    f"CASE WHEN {string} IS NOT NULL THEN nullif({text}, '') WHEN {x} IN ('true', 'false') THEN {x} "
                    f"WHEN {number} IS NOT NULL THEN {self.shortest(number)} END"
                )
            case "boolean":
                return (
                    f"CASE WHEN {x} = 'true' THEN true WHEN {x} = 'false' THEN false "
                    f"WHEN {string} IS NOT NULL THEN {_boolean_of_text(string)} "
                    f"WHEN {number} IS NOT NULL THEN {self.of_number(number, 'boolean')} END"
                )
            case "instant":
                return self.instant_of_text(string)
            case "members":
                slow = self.functions.name("members", _members, "VARCHAR[]")
                return (
                    f"CASE WHEN {x}[1] = '[' THEN CASE WHEN regexp_full_match({x}, '{_PLAIN_LIST}') "
                    f"THEN CAST(CAST(lower({x}) AS JSON) AS VARCHAR[]) ELSE {slow}({x}) END END"
                )

    # ---- of text and of doubles

    def lower(self, x: str) -> str:
        slow = self.functions.name("lower", lower, "VARCHAR")
        return (
            f"CASE WHEN length({x}) = strlen({x}) OR regexp_full_match({x}, '{_SETTLED}') THEN lower({x}) "
            f"ELSE {slow}({x}) END"
        )

    def number_of_text(self, x: str) -> str:
        bare, trimmed = f"TRY_CAST({x} AS DOUBLE)", f"TRY_CAST(trim({x}, '{_SPACES}') AS DOUBLE)"
        return (
            f"CASE WHEN regexp_full_match({x}, '{_NUMBER}') THEN {self.of_number(bare, 'number')} "
            f"WHEN regexp_full_match({x}, '{_SPACE}{_NUMBER}{_SPACE}') THEN {self.of_number(trimmed, 'number')} END"
        )

    def shortest(self, x: str) -> str:
        """The shortest decimal of a double; one of at most 15 digits is the only one of its length."""
        slow = self.functions.name("shortest", shortest, "VARCHAR", "DOUBLE")
        return (
            f"CASE WHEN isfinite({x}) THEN CASE WHEN abs({x}) < 1e15 AND trunc({x}) = {x} "
            f"THEN CAST(CAST({x} AS BIGINT) AS VARCHAR) "
            f"WHEN abs({x}) BETWEEN 1e-4 AND 1e15 AND length(CAST({x} AS VARCHAR)) < 16 THEN CAST({x} AS VARCHAR) "
            f"ELSE {slow}({x}) END END"
        )

    def instant_of_text(self, x: str) -> str:
        zone = self.zone
        slow = self.functions.name(("instant", zone.name), lambda text: as_instant(text, zone), "BIGINT")
        day = f"WHEN regexp_full_match({x}, '{DAY}') THEN {parsed(x)} " if zone.name == "UTC" else ""
        return (
            f"CASE WHEN NOT regexp_matches({x}, '^{_SPACE}[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN NULL "
            f"WHEN regexp_full_match({x}, '{INSTANT}') THEN {parsed(x)} {day}"
            f"WHEN {x} IS NOT NULL THEN {slow}({x}) END"
        )


def _boolean_of_text(x: str) -> str:
    # No character beyond ASCII has one of these letters as its lower case.
    return (
        f"CASE WHEN lower({x}) IN ('true', 'yes', '1') THEN true "
        f"WHEN lower({x}) IN ('false', 'no', '0') THEN false END"
    )


def _members(text: str) -> list[str | None]:
    """The members of a JSON list as `distinct` compares them; None for those that are missing or nested."""
    return [distinct_key(value) for value in json.loads(text)]
