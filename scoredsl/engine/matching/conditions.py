"""Conditions about one event (one profile row) in SQL: `reference.evaluate`, form by form (LANGUAGE section 4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from scoredsl.engine.matching.layers import Layers, Sql, level
from scoredsl.engine.matching.readings import Reading, Readings
from scoredsl.engine.scan.sql import Functions, literal
from scoredsl.reference.evaluate import expression, has_word
from scoredsl.semantics import expressions as e

_STABLE = re.compile(
    r"(?:\(\?i\))?(?:[ -'*+,./0-9:;<=>?@A-Z\[\]^_`a-z{|}~-]|\((?!\?)|\(\?:|\)|\\[dDwWsSbB.\\/+*?()\[\]{}|^$-])*"
)
"""Regular expressions that mean the same in every RE2, as long as the text is ASCII."""


class Names(Protocol):
    """Where the reading of a property, or a field, stands."""

    def read(self, name: str, reading: Reading) -> Sql | None:
        """None where it is always missing. `known` is never NULL."""
        ...


class Conditions:
    """Makes SQL that is true or false, never NULL."""

    def __init__(self, layers: Layers, names: Names, readings: Readings, matches: Callable[[str], bool]) -> None:
        self.layers = layers
        self.names = names
        self.readings = readings
        self.functions: Functions = readings.functions
        self._native_expression = matches

    # ---- conditions

    def holds(self, condition: e.Condition) -> Sql:
        match condition:
            case e.And(parts):
                return self._joined("AND", parts, "true")
            case e.Or(parts):
                return self._joined("OR", parts, "false")
            case e.Not(inner):
                held = self.holds(inner)
                return Sql(f"(NOT {held})", held.level)
            case e.Always(holds):
                return Sql("true" if holds else "false")
            case e.CompareNumbers(op, left, right):
                return _compared(op, self.number(left), self.number(right))
            case e.CompareText(equal, value, text):
                return _compared("=" if equal else "!=", self.read(value, "folded"), Sql(literal(text)))
            case e.CompareInstant(op, value, instant):
                return _compared(op, self.read(value, "instant"), Sql(f"{instant}::BIGINT"))
            case e.CompareBoolean(equal, value, wanted):
                return _compared("=" if equal else "!=", self.read(value, "boolean"), Sql(str(wanted).lower()))
            case e.CompareNames(op, left, right):
                return self._compare_names(op, left, right)
            case e.NotIn(value, comparisons):
                return self._all([self._known(value), *(self.holds(part) for part in comparisons)])
            case e.TextTest(op, value, texts):
                return self._text_test(op, value, texts)
            case e.InWindow(value, direction, duration):
                at = self.read(value, "instant")
                if at is None:
                    return Sql("false")
                if direction == "last":
                    return _never_null(f"time - {at} >= 0 AND time - {at} < {duration}", at.level)
                return _never_null(f"{at} - time > 0 AND {at} - time <= {duration}", at.level)
            case e.Matches(value, pattern):
                return self._matches(value, pattern)
            case e.Known(value, known):
                held = self._known(value)
                return held if known else Sql(f"(NOT {held})", held.level)
            case e.IsTrue(value):
                answer = self.read(value, "boolean")
                return Sql("false") if answer is None else _never_null(str(answer), answer.level)
            case e.Has() | e.Inactive():
                raise AssertionError("a fact is not about one event")

    def _joined(self, word: str, parts: tuple[e.Condition, ...], none: str) -> Sql:
        held = [self.holds(part) for part in parts]
        if not held:
            return Sql(none)
        return Sql("(" + f" {word} ".join(str(part) for part in held) + ")", level(*held))

    def _all(self, held: list[Sql]) -> Sql:
        return Sql("(" + " AND ".join(str(part) for part in held) + ")", level(*held))

    def _known(self, value: e.Value) -> Sql:
        found = self.read(value, "known")
        return Sql("false") if found is None else found

    def _compare_names(self, op: str, left: e.Value, right: e.Value) -> Sql:
        """As numbers if both are, else as timestamps if both are, else as text, which only knows = and !=."""
        cases: list[str] = []
        deepest = 0
        for reading in ("number", "instant", "folded"):
            first, second = self.read(left, reading), self.read(right, reading)
            if first is None or second is None or (reading == "folded" and op not in ("=", "!=")):
                continue
            deepest = max(deepest, level(first, second))
            cases.append(f"WHEN {first} IS NOT NULL AND {second} IS NOT NULL THEN {first} {_SIGNS[op]} {second}")
        return Sql(f"(CASE {' '.join(cases)} ELSE false END)", deepest) if cases else Sql("false")

    def _text_test(self, op: str, value: e.Value, texts: tuple[str, ...]) -> Sql:
        tests: list[Sql] = []
        folded = self.read(value, "folded")
        if folded is not None and texts:
            each = [self._one_text_test(op, str(folded), text) for text in texts]
            tests.append(_never_null(" OR ".join(each), folded.level))
        members = self.read(value, "members") if op == "contains" else None
        if members is not None and any(texts):
            each = [f"list_contains({members}, {literal(text)})" for text in texts if text]
            tests.append(_never_null(" OR ".join(each), members.level))
        if not tests:
            return Sql("false")
        return Sql("(" + " OR ".join(str(test) for test in tests) + ")", level(*tests))

    def _one_text_test(self, op: str, folded: str, text: str) -> str:
        match op:
            case "contains":
                return f"contains({folded}, {literal(text)})"
            case "starts with":
                return f"starts_with({folded}, {literal(text)})"
            case "ends with":
                return f"ends_with({folded}, {literal(text)})"
            case _:
                slow = self.functions.name(("word", text), lambda found: has_word(found, text), "BOOLEAN")
                if not text or not text.isascii() or not text.isprintable():
                    return f"(contains({folded}, {literal(text)}) AND {slow}({folded}))"
                alone = literal(f"(?:^|[^0-9A-Za-z_]){re.escape(text)}(?:$|[^0-9A-Za-z_])")
                return (
                    f"(contains({folded}, {literal(text)}) AND CASE WHEN length({folded}) = strlen({folded}) "
                    f"THEN regexp_matches({folded}, {alone}) ELSE {slow}({folded}) END)"
                )

    def _matches(self, value: e.Value, pattern: str) -> Sql:
        found = self.read(value, "text")
        if found is None:
            return Sql("false")
        slow = f"{self.functions.name(('matches', pattern), expression(pattern), 'BOOLEAN')}({found})"
        if _STABLE.fullmatch(pattern) and self._native_expression(pattern):
            quick = f"regexp_matches({found}, {literal(pattern)})"
            slow = f"CASE WHEN length({found}) = strlen({found}) THEN {quick} ELSE {slow} END"
        return _never_null(slow, found.level)

    # ---- values

    def read(self, value: e.Value, reading: Reading) -> Sql | None:
        """A reading of a value, None where it is always missing."""
        match value:
            case e.Property(name) | e.Field(name):
                return self.names.read(name, reading)
            case _:
                number = self.number(value)
                if number is None:
                    return None
                found = self.readings.of_number(str(number), reading)
                return None if found is None else self.layers.let(Sql(found, number.level))

    def number(self, value: e.Value) -> Sql | None:
        """A finite number, NULL for missing; as a column or a constant, so it can be said several times."""
        match value:
            case e.Constant(number):
                return Sql(f"CAST('{number!r}' AS DOUBLE)")
            case e.Property(name) | e.Field(name):
                return self.names.read(name, "number")
            case e.Negative(operand):
                inner = self.number(operand)
                return None if inner is None else self.layers.let(Sql(f"-{inner}", inner.level))
            case e.Arithmetic(op, left, right):
                first, second = self.number(left), self.number(right)
                if first is None or second is None:
                    return None
                result = f"{first} {op} {second}"
                if op == "/":
                    result = f"CASE WHEN {second} <> 0 THEN {result} END"
                raw = self.layers.let(Sql(result, level(first, second)))
                return self.layers.let(Sql(f"CASE WHEN isfinite({raw}) THEN {raw} END", raw.level))
            case e.Call(function, arguments):
                return self._call(function, [self.number(argument) for argument in arguments])
            case _:
                raise AssertionError(f"{value} is not about one event")

    def _call(self, function: str, arguments: list[Sql | None]) -> Sql | None:
        numbers = [number for number in arguments if number is not None]
        if len(numbers) < len(arguments):
            return None
        if function == "round":
            (number,) = numbers
            size = self.layers.let(Sql(f"abs({number})", number.level))
            whole = self.layers.let(
                Sql(f"floor({size}) + CASE WHEN {size} - floor({size}) >= 0.5 THEN 1 ELSE 0 END", size.level)
            )
            return self.layers.let(Sql(f"CASE WHEN {number} < 0 THEN -{whole} ELSE {whole} END", whole.level))
        known = " AND ".join(f"{number} IS NOT NULL" for number in numbers)
        name = "least" if function == "min" else "greatest"
        joined = ", ".join(str(number) for number in numbers)
        return self.layers.let(Sql(f"CASE WHEN {known} THEN {name}({joined}) END", level(*numbers)))


_SIGNS = {"=": "=", "!=": "<>", ">": ">", ">=": ">=", "<": "<", "<=": "<="}


def _compared(op: str, left: Sql | None, right: Sql | None) -> Sql:
    """A comparison; with a missing side it is false."""
    if left is None or right is None:
        return Sql("false")
    return _never_null(f"{left} {_SIGNS[op]} {right}", level(left, right))


def _never_null(sql: str, at: int) -> Sql:
    return Sql(f"coalesce({sql}, false)", at)
