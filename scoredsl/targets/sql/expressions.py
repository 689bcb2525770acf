"""Conditions and values of the language as SQL (LANGUAGE section 4), in DuckDB's dialect with `X_` functions.

A missing value is NULL. A condition is true where it holds, and false or NULL where it does not; only under NOT, and
where it is shown, the two are told apart. Points, sums and scores are whole millionths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scoredsl.semantics import expressions as e
from scoredsl.semantics.inspect import constant_number
from scoredsl.semantics.values import LARGEST_POINTS
from scoredsl.targets.sql.columns import Columns, ColumnType, identifier, require
from scoredsl.targets.sql.dialects import UnwritableError

FactColumn = Callable[[e.Fact], str]
"""The column (or expression) that a fact has in the row of a lead: a number of its own type."""


def ago(duration: int, clock: str = "as_of") -> str:
    return f"{clock} - X_INTERVAL({duration})"


def number_literal(number: float) -> str:
    """A double as a literal: exact wherever the other side is a double."""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    if "e" in text or len(text.strip("-0.")) > 15:
        return f"X_DOUBLE('{text}')"
    return text


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def whole(number: int) -> str:
    """A number of millionths as a literal."""
    return f"X_WHOLE({number})"


def rounded(number: str) -> str:
    """Rounding to millionths: a double that is whole."""
    return f"SIGN({number}) * FLOOR(ABS({number}) * 1000000 + 0.5)"


def points_of(number: str) -> str:
    """A number as whole millionths; missing beyond 10^9."""
    return (
        f"CASE WHEN FLOOR(ABS({number}) * 1000000 + 0.5) <= {LARGEST_POINTS} THEN CAST({rounded(number)} AS BIGINT) END"
    )


def double_of(millionths: str) -> str:
    return f"CAST({millionths} AS DOUBLE) / 1000000"


@dataclass(frozen=True, slots=True)
class About:
    """What a condition is about: an event (`clock` is its time), or a lead at T."""

    columns: Columns
    event: bool
    fact: FactColumn | None = None
    has: Callable[[e.Has], str] | None = None
    score: Callable[[str], str] | None = None
    last_event: str = "last_event"

    @property
    def clock(self) -> str:
        return "time" if self.event else "as_of"

    # ---- values

    def named(self, value: e.Value) -> tuple[str, ColumnType, str]:
        """A property or field: its column, type, and name for people. Raises UnwritableError for any other."""
        match value:
            case e.Property(name) if self.event:
                return property_column(name), self.columns.property_type(name), name
            case e.Field(name) if not self.event:
                return field_column(name), self.columns.field_type(name), name
            case e.Field(name):
                raise UnwritableError(f"lead.{name} is the profile at each event's time")
            case e.Fact("latest" | "first"):
                raise UnwritableError(f"`{value.kind} {value.prop}` depends on the order of events of one instant")
            case _:
                raise UnwritableError("it compares a computed value with something that is no number")

    def number(self, value: e.Value, *, inside: bool = False) -> str:
        """A number, NULL for missing; `inside` arithmetic it is a double."""
        known_number = constant_number(value) if isinstance(value, e.Negative | e.Arithmetic | e.Call) else None
        if known_number is not None:
            return number_literal(known_number)
        match value:
            case e.Constant(number):
                return number_literal(number)
            case e.Negative(operand):
                return f"-({self.number(operand, inside=True)})"
            case e.Arithmetic("/", left, right) if self.score is not None:
                first, second = self.number(left, inside=True), self.number(right, inside=True)
                if isinstance(right, e.Constant) and right.value != 0:
                    return f"({first} / {second})"
                return f"COALESCE({first} / NULLIF({second}, 0), 0)"
            case e.Arithmetic("/", left, right):
                first, second = self.number(left, inside=True), self.number(right, inside=True)
                if not isinstance(right, e.Constant) or right.value == 0:
                    second = f"NULLIF({second}, 0)"
                return f"({first} / {second})"
            case e.Arithmetic(op, left, right):
                return f"({self.number(left, inside=True)} {op} {self.number(right, inside=True)})"
            case e.Call("round", (argument,)):
                inner = self.number(argument, inside=True)
                return (
                    f"SIGN({inner}) * (FLOOR(ABS({inner})) + "
                    f"CASE WHEN ABS({inner}) - FLOOR(ABS({inner})) >= 0.5 THEN 1 ELSE 0 END)"
                )
            case e.Call(function, arguments):
                numbers = [_as_double(self.number(each, inside=True), each) for each in arguments]
                chosen = f"{'LEAST' if function == 'min' else 'GREATEST'}({', '.join(numbers)})"
                variable = [
                    text for text, each in zip(numbers, arguments, strict=True) if not isinstance(each, e.Constant)
                ]
                if self.score is not None or not variable:
                    return chosen
                known = " AND ".join(f"{text} IS NOT NULL" for text in variable)
                return f"CASE WHEN {known} THEN {chosen} END"
            case e.ScoreValue(name) if name is not None and self.score is not None:
                return f"({double_of(self.score(name))})"
            case e.Fact("latest" | "first"):
                raise UnwritableError(f"`{value.kind} {value.prop}` depends on the order of events of one instant")
            case e.Fact() if self.fact is not None:
                column = self.fact(value)
                return f"CAST({column} AS DOUBLE)" if inside else column
            case e.DaysSince(name):
                column = self._time(name)
                return f"FLOOR(CAST(X_MICROS(as_of) - X_MICROS({column}) AS DOUBLE) / 86400000000)"
            case e.DaysUntil(name):
                column = self._time(name)
                days = f"CEIL(CAST(X_MICROS({column}) - X_MICROS(as_of) AS DOUBLE) / 86400000000)"
                return f"CASE WHEN as_of <= {column} THEN {days} END"
            case e.Property() | e.Field():
                column, kind, name = self.named(value)
                require(kind, "number", "text", name=name, reading="a number")
                return f"(X_NUMBER({column}))" if kind == "text" else column
            case _:
                raise UnwritableError("it uses a score that is not known there")

    def _time(self, name: str) -> str:
        require(self.columns.field_type(name), "time", name=name, reading="a time")
        return field_column(name)

    # ---- conditions

    def shown(self, condition: e.Condition) -> str:
        """A condition that is never NULL."""
        return f"COALESCE({self.condition(condition)}, FALSE)"

    def condition(self, condition: e.Condition) -> str:
        match condition:
            case e.And(parts):
                return " AND ".join(self.part(part, e.Or) for part in parts) or "TRUE"
            case e.Or(parts):
                listed = self.listed(parts)
                return listed or " OR ".join(self.part(part, e.And) for part in parts) or "FALSE"
            case e.Not(inner):
                return f"NOT COALESCE({self.condition(inner)}, FALSE)"
            case e.Always(holds):
                return "TRUE" if holds else "FALSE"
            case e.CompareNumbers(op, left, right):
                return f"{self.number(left)} {_operator(op)} {self.number(right)}"
            case e.CompareText(equal, value, text):
                column, kind, name = self.named(value)
                sign = "=" if equal else "<>"
                if kind == "boolean":
                    if text not in ("true", "false"):
                        return f"{column} IS NOT NULL AND FALSE" if equal else f"{column} IS NOT NULL"
                    return f"{column} {sign} {text.upper()}"
                require(kind, "text", name=name, reading="text")
                return f"LOWER({column}) {sign} {literal(text)}"
            case e.CompareInstant(op, value, instant):
                column, kind, name = self.named(value)
                require(kind, "time", name=name, reading="a time")
                return f"{column} {_operator(op)} X_INSTANT({instant})"
            case e.CompareBoolean(equal, value, wanted):
                return self.boolean(value, wanted == equal)
            case e.IsTrue(value):
                return self.boolean(value, True)
            case e.CompareNames(op, left, right):
                return self.names(op, left, right)
            case e.NotIn(value, comparisons):
                column, _, _ = self.named(value)
                texts = [part.text for part in comparisons if isinstance(part, e.CompareText)]
                if len(texts) == len(comparisons) and self.named(value)[1] == "text":
                    return f"LOWER({column}) NOT IN ({', '.join(map(literal, texts))})"
                return " AND ".join([f"{column} IS NOT NULL", *(self.part(part, e.Or) for part in comparisons)])
            case e.TextTest(op, value, texts):
                return self.text_test(op, value, texts)
            case e.InWindow(value, direction, duration):
                column, kind, name = self.named(value)
                require(kind, "time", name=name, reading="a time")
                if direction == "last":
                    return f"({column} > {ago(duration, self.clock)} AND {column} <= {self.clock})"
                return f"({column} > {self.clock} AND {column} <= {self.clock} + X_INTERVAL({duration}))"
            case e.Matches(value, pattern):
                column, kind, name = self.named(value)
                require(kind, "text", name=name, reading="text")
                return f"X_MATCHES({column}, {literal(pattern)})"
            case e.Known(value, known):
                text = self.number(value) if isinstance(value, _COMPUTED) else self.named(value)[0]
                return f"{text} IS {'NOT ' if known else ''}NULL"
            case e.Has() if self.has is not None:
                return self.has(condition)
            case e.Inactive(duration) if not self.event:
                return f"{self.last_event} <= {ago(duration)}"
            case _:
                raise UnwritableError("a fact about the lead stands where only the event is known")

    def part(self, condition: e.Condition, other: type) -> str:
        text = self.condition(condition)
        return f"({text})" if (isinstance(condition, other) and " OR " in text) or (isinstance(condition, e.Or) and (
            " OR " in text)) else text

    def listed(self, parts: tuple[e.Condition, ...]) -> str | None:
        """`x in [...]` of texts or numbers, which is an `or` of equalities."""
        first = parts[0]
        if len(parts) < 2:
            return None
        if isinstance(first, e.CompareText):
            same = [p for p in parts if isinstance(p, e.CompareText) and p.equal and p.value == first.value]
            if len(same) == len(parts) and self.named(first.value)[1] == "text":
                return f"LOWER({self.named(first.value)[0]}) IN ({', '.join(literal(each.text) for each in same)})"
        if isinstance(first, e.CompareNumbers):
            numbers = [
                p.right.value for p in parts
                if isinstance(p, e.CompareNumbers) and p.op == "=" and p.left == first.left
                and isinstance(p.right, e.Constant)
            ]  # fmt: skip
            if len(numbers) == len(parts):
                return f"{self.number(first.left)} IN ({', '.join(map(number_literal, numbers))})"
        return None

    def boolean(self, value: e.Value, wanted: bool) -> str:
        column, kind, name = self.named(value)
        if kind == "boolean":
            return f"{column} = {'TRUE' if wanted else 'FALSE'}"
        if kind == "number":
            return f"{column} = {1 if wanted else 0}"
        require(kind, "text", name=name, reading="true or false")
        texts = "'true', 'yes', '1'" if wanted else "'false', 'no', '0'"
        return f"LOWER({column}) IN ({texts})"

    def names(self, op: str, left: e.Value, right: e.Value) -> str:
        found = [self.number(v) if isinstance(v, _COMPUTED) else None for v in (left, right)]
        kinds = ["number" if text else self.named(v)[1] for text, v in zip(found, (left, right), strict=True)]
        if kinds not in (["number", "number"], ["time", "time"]):
            raise UnwritableError("it compares two names; declare both as numbers or both as times")
        first, second = (text or self.named(v)[0] for text, v in zip(found, (left, right), strict=True))
        return f"{first} {_operator(op)} {second}"

    def text_test(self, op: str, value: e.Value, texts: tuple[str, ...]) -> str:
        column, kind, name = self.named(value)
        require(kind, "text", name=name, reading="text")
        if op == "contains word":
            return f"X_WORD({column}, {', '.join(map(literal, texts))})"
        found = []
        for text in texts:
            plain = not any(mark in text for mark in "%_\\")
            if op == "contains":
                found.append(f"LOWER({column}) LIKE {literal(f'%{text}%')}" if plain
                             else f"STRPOS(LOWER({column}), {literal(text)}) > 0")
            elif op == "starts with":
                found.append(f"LOWER({column}) LIKE {literal(f'{text}%')}" if plain
                             else f"STRPOS(LOWER({column}), {literal(text)}) = 1")
            elif plain:
                found.append(f"LOWER({column}) LIKE {literal(f'%{text}')}")
            else:
                found.append(f"RIGHT(LOWER({column}), {len(text)}) = {literal(text)}")
        return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


_COMPUTED = (e.Constant, e.Fact, e.Negative, e.Arithmetic, e.Call, e.DaysSince, e.DaysUntil, e.ScoreValue)


def _as_double(text: str, value: e.Value) -> str:
    """Arithmetic is in double precision: a constant on the left must not make it whole or decimal."""
    if isinstance(value, e.Constant) and not text.startswith("X_"):
        return f"X_DOUBLE('{value.value!r}')"
    return text


def _operator(op: str) -> str:
    return "<>" if op == "!=" else op


def property_column(name: str) -> str:
    return identifier(f"{name}_" if name.lower() in ("lead", "event", "time", "id", "as_of") else name)


def field_column(name: str) -> str:
    return identifier(f"lead_{name}")
