"""Conditions and values by definition (LANGUAGE section 4)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from scoredsl.reference.clock import NO_EVENTS, Profile, Seen, property_of
from scoredsl.semantics import expressions as e
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.values import (
    LARGEST_POINTS,
    as_boolean,
    as_instant,
    as_number,
    as_text,
    distinct_key,
    finite,
    is_missing,
    lower,
    round_half_away,
    to_millionths,
)
from scoredsl.semantics.zones import Zone

DAY = 86_400_000_000


class Evaluator:
    """Reads conditions and values; the timezone is where a date alone in the data has its midnight."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone

    # ---- conditions

    def holds(self, condition: e.Condition, seen: Seen, event: Event | None = None) -> bool:
        """Whether a condition holds; with an `event` it is about that event and its clock is the event's time."""
        match condition:
            case e.And(parts):
                return all(self.holds(part, seen, event) for part in parts)
            case e.Or(parts):
                return any(self.holds(part, seen, event) for part in parts)
            case e.Not(inner):
                return not self.holds(inner, seen, event)
            case e.Always(holds):
                return holds
            case e.CompareNumbers(op, left, right):
                return compare(op, self.number(left, seen, event), self.number(right, seen, event))
            case e.CompareText(equal, value, text):
                found = as_text(self.raw(value, seen, event))
                return found is not None and (lower(found) == text) == equal
            case e.CompareInstant(op, value, instant):
                return compare(op, as_instant(self.raw(value, seen, event), self.zone), instant)
            case e.CompareBoolean(equal, value, wanted):
                answer = as_boolean(self.raw(value, seen, event))
                return answer is not None and (answer == wanted) == equal
            case e.CompareNames(op, left, right):
                return self.compare_names(op, self.raw(left, seen, event), self.raw(right, seen, event))
            case e.NotIn(value, comparisons):
                known = not is_missing(self.raw(value, seen, event))
                return known and all(self.holds(part, seen, event) for part in comparisons)
            case e.TextTest(op, value, texts):
                return text_test(op, self.raw(value, seen, event), texts)
            case e.InWindow(value, direction, duration):
                at = as_instant(self.raw(value, seen, event), self.zone)
                clock = seen.instant if event is None else event.time
                if at is None:
                    return False
                return clock - duration < at <= clock if direction == "last" else clock < at <= clock + duration
            case e.Matches(value, pattern):
                found = as_text(self.raw(value, seen, event))
                return found is not None and expression(pattern)(found)
            case e.Known(value, known):
                return (not is_missing(self.raw(value, seen, event))) == known
            case e.Has(pattern, last, some):
                return bool(self.fact_events(pattern, last, seen)) == some
            case e.Inactive(duration):
                past = bisect_left(seen.timeline.times, seen.limit)
                return past > 0 and seen.timeline.times[past - 1] <= seen.instant - duration
            case e.IsTrue(value):
                return as_boolean(self.raw(value, seen, event)) is True

    def compare_names(self, op: str, left: Value, right: Value) -> bool:
        """As numbers if both are, else as timestamps if both are, else as text, which only knows = and !=."""
        first, second = as_number(left), as_number(right)
        if first is not None and second is not None:
            return compare(op, first, second)
        earlier, later = as_instant(left, self.zone), as_instant(right, self.zone)
        if earlier is not None and later is not None:
            return compare(op, earlier, later)
        a, b = as_text(left), as_text(right)
        if a is None or b is None or op not in ("=", "!="):
            return False
        return (lower(a) == lower(b)) == (op == "=")

    # ---- values

    def raw(self, value: e.Value, seen: Seen, event: Event | None) -> Value:
        """A value as the data has it; numbers that are computed as doubles."""
        match value:
            case e.Property(name):
                return None if event is None else property_of(event, name)
            case e.Field(name):
                return seen.profile.at(name, seen.instant if event is None else event.time)
            case e.Fact("latest" | "first", prop, pattern, last):
                return self.known_value(value.kind, prop or "", self.fact_events(pattern, last, seen))
            case _:
                return self.number(value, seen, event)

    def known_value(self, kind: str, prop: str, events: Sequence[Event]) -> Value:
        """The value in the last (first) event in which it is known."""
        for event in reversed(events) if kind == "latest" else events:
            value = property_of(event, prop)
            if not is_missing(value):
                return value
        return None

    def number(
        self, value: e.Value, seen: Seen, event: Event | None, on_zero: Callable[[], float] | None = None
    ) -> float | None:
        """A number, None for missing. `on_zero` gives a quotient whose divisor is 0 (formulas)."""
        match value:
            case e.Constant(number):
                return number
            case e.ScoreValue(name):
                return seen.scores[name] / 1_000_000
            case e.Negative(operand):
                inner = self.number(operand, seen, event, on_zero)
                return None if inner is None else -inner
            case e.Arithmetic(op, left, right):
                first = self.number(left, seen, event, on_zero)
                second = self.number(right, seen, event, on_zero)
                if first is None or second is None:
                    return None
                return arithmetic(op, first, second, on_zero)
            case e.Call(function, arguments):
                numbers = [self.number(argument, seen, event, on_zero) for argument in arguments]
                present = [number for number in numbers if number is not None]
                if len(present) < len(numbers):
                    return None
                if function == "round":
                    return round_half_away(present[0])
                return min(present) if function == "min" else max(present)
            case e.Fact():
                return self.fact(value, seen)
            case e.DaysSince(field):
                at = as_instant(seen.profile.at(field, seen.instant), self.zone)
                return None if at is None else float((seen.instant - at) // DAY)
            case e.DaysUntil(field):
                at = as_instant(seen.profile.at(field, seen.instant), self.zone)
                return None if at is None or seen.instant > at else float(-((seen.instant - at) // DAY))
            case e.Property() | e.Field():
                return as_number(self.raw(value, seen, event))

    # ---- facts

    def fact_events(self, pattern: e.Pattern, last: int | None, seen: Seen) -> list[Event]:
        """The events that a fact looks at, in canonical order."""
        events, times = seen.timeline.matched(pattern, lambda p, events: self.matching(p, events, seen.profile))
        first = 0 if last is None else bisect_right(times, seen.instant - last)
        return events[first : bisect_left(times, seen.limit)]

    def fact(self, fact: e.Fact, seen: Seen) -> float | None:
        events = self.fact_events(fact.pattern, fact.last, seen)
        match fact.kind:
            case "count":
                return float(len(events))
            case "distinct":
                keys = {distinct_key(property_of(event, fact.prop or "")) for event in events}
                return float(len(keys - {None}))
            case "days since last":
                return float((seen.instant - max(event.time for event in events)) // DAY) if events else None
            case "latest" | "first":
                return as_number(self.known_value(fact.kind, fact.prop or "", events))
        numbers = [points_of(as_number(property_of(event, fact.prop or ""))) for event in events]
        present = [number for number in numbers if number is not None]
        if not present:
            return None
        match fact.kind:
            case "sum":
                return sum(present) / 1_000_000
            case "average":
                average = to_millionths(sum(present) / 1_000_000 / len(present))
                return None if average is None else average / 1_000_000
            case "lowest":
                return min(present) / 1_000_000
            case _:
                return max(present) / 1_000_000

    # ---- events

    def matches(self, matcher: e.Matcher, event: Event, profile: Profile) -> bool:
        return any(
            (alternative.names is None or event.name in alternative.names)
            and all(self.about_event(condition, event, profile) for condition in alternative.where)
            for alternative in matcher.alternatives
        )

    def about_event(self, condition: e.Condition, event: Event, profile: Profile) -> bool:
        """A `where`: nothing but the event and the profile at its time is looked at."""
        return self.holds(condition, Seen(NO_EVENTS, 0, profile, event.time, {}), event)

    def takes(self, pattern: e.Pattern, event: Event, profile: Profile) -> bool:
        """Whether an event is one of EVENTS [where C], leaving `apart` aside."""
        return self.matches(pattern.matcher, event, profile) and (
            pattern.where is None or self.about_event(pattern.where, event, profile)
        )

    def matching(self, pattern: e.Pattern, events: Sequence[Event], profile: Profile) -> list[Event]:
        """EVENTS [where C] [D apart] among `events`, which are in canonical order."""
        found = [event for event in events if self.takes(pattern, event, profile)]
        return found if pattern.apart is None else apart(found, pattern.apart)


def apart(events: list[Event], duration: int) -> list[Event]:
    """Those that have no matching event before them in canonical order with a time in (t - D, t]."""
    return [
        event
        for i, event in enumerate(events)
        if i == 0 or events[i - 1].time <= event.time - duration
    ]


def points_of(number: float | None) -> int | None:
    """A number as millionths; missing beyond 10^9."""
    points = None if number is None else to_millionths(number)
    return None if points is None or abs(points) > LARGEST_POINTS else points


def compare(op: str, left: Any, right: Any) -> bool:
    """A comparison; with a missing side it is false."""
    if left is None or right is None:
        return False
    match op:
        case "=":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
        case "<":
            return bool(left < right)
        case _:
            return bool(left <= right)


def arithmetic(op: str, left: float, right: float, on_zero: Callable[[], float] | None = None) -> float | None:
    """Double precision; missing where the divisor is 0 or the result is not finite (a formula keeps infinities)."""
    match op:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case _:
            if right == 0:
                return None if on_zero is None else on_zero()
            result = left / right
    return result if on_zero is not None else finite(result)


_WORD_PARTS = frozenset({"L", "N"})


def text_test(op: str, value: Value, texts: Sequence[str]) -> bool:
    if isinstance(value, list):
        members = [distinct_key(member) for member in value]
        return op == "contains" and any(text in members for text in texts)
    found = as_text(value)
    if found is None:
        return False
    folded = lower(found)
    match op:
        case "contains":
            return any(text in folded for text in texts)
        case "starts with":
            return any(folded.startswith(text) for text in texts)
        case "ends with":
            return any(folded.endswith(text) for text in texts)
        case _:
            return any(has_word(folded, text) for text in texts)


def has_word(text: str, word: str) -> bool:
    """Found where no letter, digit or underscore stands directly before or after."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (at > 0 and is_word_part(text[at - 1])) and not (end < len(text) and is_word_part(text[end])):
            return True
        at = text.find(word, at + 1)
    return False


@lru_cache(maxsize=4096)
def is_word_part(character: str) -> bool:
    import unicodedata

    return character == "_" or unicodedata.category(character)[0] in _WORD_PARTS


@lru_cache(maxsize=512)
def expression(pattern: str) -> Callable[[str], bool]:
    """Whether a regular expression (RE2) is found somewhere in a text."""
    import re2

    options = re2.Options()
    options.log_errors = False
    compiled = re2.compile(pattern, options)

    def found(text: str) -> bool:
        return compiled.search(text) is not None

    return found


