"""Conditions and values in words.

`about_event`: the condition stands in a `where`, so a bare name is a property of the event, and a profile field is the
lead's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from scoredsl.prose.words import Words, duration, listed, spaced
from scoredsl.semantics import expressions as e
from scoredsl.semantics.values import shortest

_NUMBERS = {
    "=": "is",
    "!=": "is known and is not",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
}
_INSTANTS = {
    "=": "is exactly",
    "!=": "is known and is not",
    ">": "is after",
    ">=": "is at or after",
    "<": "is before",
    "<=": "is at or before",
}
_NAMES = {
    "=": "is the same as",
    "!=": "is another than",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
}
_OPPOSITES: dict[e.Operator, e.Operator] = {"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_FACTS = {
    "sum": "the sum of",
    "average": "the average of",
    "lowest": "the lowest",
    "highest": "the highest",
    "latest": "the latest",
    "first": "the first",
}


class Conditions:
    """Puts the conditions of one program into words."""

    def __init__(self, words: Words) -> None:
        self.words = words

    # ---- conditions

    def condition(self, condition: e.Condition, about_event: bool = False) -> str:
        """A clause that follows `where`, `if` or `as long as`."""
        match condition:
            case e.And((e.CompareNumbers(">=", value, low), e.CompareNumbers("<=", same, high))) if value == same:
                return (
                    f"{self.value(value, about_event)} is between {self.value(low, about_event)} and "
                    f"{self.value(high, about_event)}"
                )
            case e.And((e.CompareInstant(">=", value, since), e.CompareInstant("<=", same, until))) if value == same:
                return (
                    f"{self.value(value, about_event)} is between {self.words.instant(since)} and "
                    f"{self.words.instant(until)}"
                )
            case e.And(parts):
                return " and ".join(self.part(part, about_event) for part in parts)
            case e.Or(parts):
                return self.one_of(parts, about_event) or " or ".join(self.part(part, about_event) for part in parts)
            case e.Not(inner):
                return self.negated(inner, about_event) or f"it is not so that {self.part(inner, about_event)}"
            case e.Always(holds):
                return "it is so for everybody" if holds else "it is never so"
            case e.CompareNumbers(op, left, right):
                return f"{self.value(left, about_event)} {_NUMBERS[op]} {self.value(right, about_event)}"
            case e.CompareText(equal, value, text):
                word = "is" if equal else "is known and is not"
                return f"{self.value(value, about_event)} {word} {self.words.text(text)}"
            case e.CompareInstant(op, value, instant):
                return f"{self.value(value, about_event)} {_INSTANTS[op]} {self.words.instant(instant)}"
            case e.CompareBoolean(equal, value, wanted):
                word = "is" if equal else "is known and is not"
                return f"{self.value(value, about_event)} {word} {'true' if wanted else 'false'}"
            case e.CompareNames(op, left, right):
                return f"{self.value(left, about_event)} {_NAMES[op]} {self.value(right, about_event)}"
            case e.NotIn(value, comparisons):
                named = [self.literal(part) for part in comparisons]
                what = self.value(value, about_event)
                if all(name is not None for name in named):
                    return f"{what} is known and is none of {listed([name for name in named if name], 'and')}"
                rest = " and ".join(self.part(part, about_event) for part in comparisons)
                return f"{what} is known and {rest}"
            case e.TextTest(op, value, texts):
                word = "contains the word" if op == "contains word" else op
                return f"{self.value(value, about_event)} {word} {listed([self.words.text(text) for text in texts])}"
            case e.InWindow(value, direction, micros):
                when = f"before {'the event' if about_event else 'now'}" if direction == "last" else "ahead"
                return f"{self.value(value, about_event)} is at most {duration(micros)} {when}"
            case e.Matches(value, pattern):
                return f"{self.value(value, about_event)} matches the pattern /{pattern}/"
            case e.Known(value, known):
                return f"{self.value(value, about_event)} is {'known' if known else 'missing'}"
            case e.Has(pattern, last, some):
                number = "at least one" if some else "no"
                return f"there has been {number} {self.pattern(pattern)}{_in_last(last)}"
            case e.Inactive(micros):
                return f"the lead, seen before, has had no event for {duration(micros)}"
            case e.IsTrue(value):
                return f"{self.value(value, about_event)} is true"
            case _:
                assert_never(condition)

    def part(self, condition: e.Condition, about_event: bool) -> str:
        """A condition among others: one of several parts in parentheses."""
        text = self.condition(condition, about_event)
        return f"({text})" if isinstance(condition, e.And | e.Or | e.Not) else text

    def negated(self, condition: e.Condition, about_event: bool) -> str | None:
        """What is not so, where there is a plain word for it: what is missing is not so either."""
        match condition:
            case e.CompareNumbers(_, value, e.Constant()) | e.CompareText(True, value, _) as compared:
                opposite = self.condition(_opposite(compared), about_event).replace("is known and is not", "is not", 1)
            case e.TextTest(op, value, texts):
                verb = {
                    "contains": "contain",
                    "contains word": "contain the word",
                    "starts with": "start with",
                    "ends with": "end with",
                }[op]
                listed_ = listed([self.words.text(text) for text in texts])
                opposite = f"{self.value(value, about_event)} does not {verb} {listed_}"
            case _:
                return None
        if isinstance(value, e.Fact) and value.kind in ("count", "distinct"):
            return opposite  # never missing
        return f"{self.value(value, about_event)} is missing, or {opposite}"

    def opposite(self, condition: e.Condition, about_event: bool = False) -> str:
        """What is so where a condition is not, though nothing is missing: `size is less than 500`."""
        match condition:
            case e.CompareNumbers():
                return self.condition(_opposite(condition), about_event).replace("is known and is not", "is not", 1)
            case e.Known(value, known):
                return self.condition(e.Known(value, not known), about_event)
            case e.Has(pattern, last, some):
                return self.condition(e.Has(pattern, last, not some), about_event)
            case _:
                return f"it is not so that {self.part(condition, about_event)}"

    def one_of(self, parts: Sequence[e.Condition], about_event: bool) -> str | None:
        """`country is "DE", "AT" or "CH"`, where several parts ask for values of one thing."""
        compared = [_compared(part) for part in parts]
        literals = [self.literal(part) for part in parts]
        equal = all(getattr(part, "equal", getattr(part, "op", "") == "=") for part in parts)
        first = compared[0]
        if first is None or not equal or any(each != first for each in compared) or None in literals:
            return None
        return f"{self.value(first, about_event)} is {listed([each for each in literals if each])}"

    def literal(self, condition: e.Condition) -> str | None:
        """The literal that a comparison compares with, None where it is another condition."""
        match condition:
            case e.CompareText(_, _, text):
                return self.words.text(text)
            case e.CompareNumbers("=" | "!=", _, e.Constant(number)):
                return shortest(number)
            case e.CompareInstant("=" | "!=", _, instant):
                return self.words.instant(instant)
            case _:
                return None

    # ---- values

    def value(self, value: e.Value, about_event: bool = False) -> str:
        """A value as a noun, or as arithmetic with the signs that people use."""
        match value:
            case e.Constant(number):
                return shortest(number)
            case e.Property(name):
                return spaced(name)
            case e.Field(name):
                return f"the lead's {spaced(name)}" if about_event else spaced(name)
            case e.ScoreValue(name):
                return "the score" if name is None else spaced(name)
            case e.Negative(operand):
                return f"−{self.operand(operand, about_event)}"
            case e.Arithmetic(op, left, right):
                first = self.operand(left, about_event, "+-" if op in "*/" else "")
                second = self.operand(right, about_event, "+-*/" if op in "*/" else "+-")
                return f"{first} {_SIGNS[op]} {second}"
            case e.Call("round", arguments):
                return f"{self.value(arguments[0], about_event)}, rounded"
            case e.Call(function, arguments):
                which = "the lower" if function == "min" else "the higher"
                return (
                    f"{which} of {listed([self.operand(each, about_event) for each in arguments], 'and')}"
                )
            case e.Fact():
                return self.fact(value)
            case e.DaysSince(field):
                return f"the number of days since {spaced(field)}"
            case e.DaysUntil(field):
                return f"the number of days until {spaced(field)}"
            case _:
                assert_never(value)

    def operand(self, value: e.Value, about_event: bool, loose: str = "+-*/") -> str:
        """A value among signs; arithmetic with one of the signs `loose` stands in parentheses, and what has words."""
        text = self.value(value, about_event)
        apart = isinstance(value, e.Call | e.Negative) or (isinstance(value, e.Arithmetic) and value.op in loose)
        return f"({text})" if apart else text

    def fact(self, fact: e.Fact) -> str:
        events = self.pattern(fact.pattern, many=True)
        last = _in_last(fact.last)
        what = spaced(fact.prop or "")
        match fact.kind:
            case "count":
                return f"the number of {events}{last}"
            case "distinct":
                return f"the number of different {what} of {events}{last}"
            case "days since last":
                return f"the number of days since the last {self.pattern(fact.pattern)}{last}"
            case kind:
                return f"{_FACTS[kind]} {what} of {events}{last}"

    # ---- events

    def pattern(self, pattern: e.Pattern, *, many: bool = False) -> str:
        """`page view event where url starts with "/pricing"`, in one or many."""
        event = "events" if many else "event"
        alternatives = [self.alternative(each) for each in pattern.matcher.alternatives]
        plain = all(not each.where for each in pattern.matcher.alternatives)
        name = listed(alternatives)
        text = event if name == "any" else f"{name} {event}" if plain else f"{event} ({name})"
        if pattern.where is not None:
            text += f" where {self.condition(pattern.where, about_event=True)}"
        if pattern.apart is not None:
            text += f" (not counting one that comes less than {duration(pattern.apart)} after another)"
        return text

    def alternative(self, alternative: e.Alternative) -> str:
        names = "any" if alternative.names is None else listed([self.words.event(n) for n in sorted(alternative.names)])
        if not alternative.where:
            return names
        return f"{names} where {' and '.join(self.part(each, about_event=True) for each in alternative.where)}"


def _opposite(compared: e.CompareNumbers | e.CompareText) -> e.Condition:
    if isinstance(compared, e.CompareText):
        return replace(compared, equal=False)
    return replace(compared, op=_OPPOSITES[compared.op])


def _compared(condition: e.Condition) -> e.Value | None:
    """What a comparison with a literal is about."""
    match condition:
        case e.CompareText(_, value, _) | e.CompareInstant("=", value, _) | e.CompareNumbers("=", value, e.Constant()):
            return value
        case _:
            return None


def _in_last(last: int | None) -> str:
    return "" if last is None else f" in the last {duration(last)}"
