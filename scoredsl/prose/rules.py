"""One rule as one or a few plain sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from scoredsl.prose.conditions import Conditions
from scoredsl.prose.words import Words, capital, counted, duration, spaced, times
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text, shortest


def sentence(rule: p.Rule, words: Words) -> str:
    """What a rule does: `Adds 30 points for each webinar attended event, only once. They expire after 90 days.`"""
    conditions = Conditions(words)
    if isinstance(rule, p.WhenRule):
        return _when(rule, conditions)
    parts = [_happens(rule, conditions), *_dates(rule, words)]
    if rule.up_to is not None:
        assert isinstance(rule.effect, p.Points)
        cap = rule.up_to
        of = "" if cap.per is None else f" for each {spaced(cap.per)}"
        of += "" if cap.period is None else f" for each calendar {cap.period}"
        parts.append(_up_to(cap.number, [rule.effect], of))
    if isinstance(rule.effect, p.Points):  # a default of the score reaches a reset too, and says nothing there
        parts += _lifetime(rule, conditions)
    return " ".join(f"{part}." for part in parts)


def points(rule: p.Rule, words: Words) -> str:
    """The points of a rule in short, as they stand in a column: `+30`, `−5`, `+20 / +10`, `reset`."""
    conditions = Conditions(words)
    if isinstance(rule, p.WhenRule):
        return " / ".join(_short(branch.points, conditions) for branch in rule.branches)
    match rule.effect:
        case p.Points():
            return _short(rule.effect, conditions)
        case p.Reset(None):
            return "reset"
        case p.Reset(number):
            return f"= {millionths_text(number or 0)}"
        case _:
            assert_never(rule.effect)


def _short(given: p.Points, conditions: Conditions) -> str:
    sign = "+" if given.sign == 1 else "−"
    text = conditions.value(given.amount, about_event=True)
    return f"{sign}{text}" if isinstance(given.amount, e.Constant) else f"{sign}({text})"


def _gives(given: p.Points, conditions: Conditions, about_event: bool) -> str:
    """`adds 30 points`, `takes off 5 points`, `adds amount ÷ 10 points`."""
    verb = "adds" if given.sign == 1 else "takes off"
    if _is_number(given.amount):
        number = conditions.value(given.amount)
        return f"{verb} {number} point{'' if number == '1' else 's'}"
    return f"{verb} as many points as {conditions.value(given.amount, about_event)}"


def _is_number(value: e.Value) -> bool:
    match value:
        case e.Constant():
            return True
        case e.Negative(operand):
            return _is_number(operand)
        case e.Arithmetic(_, left, right):
            return _is_number(left) and _is_number(right)
        case _:
            return False


# ---- on


def _happens(rule: p.OnRule, conditions: Conditions) -> str:
    match rule.effect:
        case p.Points():
            does = _gives(rule.effect, conditions, about_event=True)
        case p.Reset(None):
            does = "starts the score again, as if nothing had been before,"
        case p.Reset(number):
            does = f"sets the score to {millionths_text(number or 0)}, as if nothing had been before,"
        case _:
            assert_never(rule.effect)
    text = f"{does} {_trigger(rule.trigger, conditions)}"
    if rule.state is not None:
        text += f", if {conditions.condition(rule.state)} at that time"
    for limit in rule.limits:
        text += f", {limit_words(limit)}"
    if rule.but_not is not None:
        verb = "takes the score below" if rule.but_not.direction == "below" else "lifts the score above"
        text += f", but never {verb} {millionths_text(rule.but_not.number)}"
    return capital(text)


def _trigger(trigger: p.Trigger, conditions: Conditions) -> str:
    match trigger:
        case p.Occurs(pattern):
            return f"for each {conditions.pattern(pattern)}"
        case p.Count(count, pattern, same, within):
            many = conditions.pattern(pattern, many=count != 1)
            return f"for every {count:,} {many}{_same(same)}{_within(within)}"
        case p.Chain(steps, same, within):
            first, *rest = [conditions.pattern(step) for step in steps]
            then = " and then by ".join(rest)
            return f"each time {_a(first)} is followed by {then}{_same(same)}{_within(within)}"
        case p.Absence(opening, missing, same, within):
            return (
                f"each time {_a(conditions.pattern(opening))} is not followed by {_a(conditions.pattern(missing))}"
                f"{_same(same)}{_within(within)}"
            )
        case p.Inactivity(pattern, micros, every, after):
            without = "any event" if pattern is None else _a(conditions.pattern(pattern))
            start = f"for every {duration(micros)} that pass" if every else f"each time {duration(micros)} pass"
            late = f", after the first {duration(after)}" if after else ""
            return f"{start} without {without}{late}"
        case _:
            assert_never(trigger)


def _a(noun: str) -> str:
    """With its article: all these nouns are events."""
    first = noun.lstrip("“")[:1].lower()
    return f"{'an' if first in 'aeiou' else 'a'} {noun}"


def _same(prop: str | None) -> str:
    return "" if prop is None else f" with the same {spaced(prop)}"


def _within(micros: int | None) -> str:
    return "" if micros is None else f" within {duration(micros)}"


def limit_words(limit: p.Limit) -> str:
    """`only the first time for each campaign`, `at most 3 times in a calendar day`."""
    per = "" if limit.per is None else f" for each {spaced(limit.per)}"
    if limit.every is not None:
        return f"at most {times(limit.count)}{per} in any {duration(limit.every)}"
    if limit.period is not None:
        return f"at most {times(limit.count)}{per} in a calendar {limit.period}"
    first = "the first time" if limit.count == 1 else f"the first {limit.count:,} times"
    return f"only {first}{per}"


def _dates(rule: p.OnRule, words: Words) -> list[str]:
    said = []
    if rule.start is not None:
        said.append(f"from {words.instant(rule.start)} on")
    if rule.stop is not None:
        said.append(words.before(rule.stop))
    return [f"Counts only {' and '.join(said)}"] if said else []


def _up_to(number: int, given: Iterable[p.Points], of: str = "") -> str:
    """What a cap allows; where all points have one direction, only that one is said."""
    signs = {
        each.sign * (1 if each.amount.value >= 0 else -1) if isinstance(each.amount, e.Constant) else 0
        for each in given
    }
    text = millionths_text(number)
    match sorted(signs):
        case [1]:
            allowed = f"are worth {text} at most"
        case [-1]:
            allowed = f"take off {text} at most"
        case _:
            allowed = f"are worth between −{text} and {text}"
    return f"All its points together {allowed}{of}"


def _lifetime(rule: p.OnRule, conditions: Conditions) -> list[str]:
    said = []
    if rule.expiry is not None:
        after = duration(rule.expiry.duration)
        again = " after the last time that it happens" if rule.expiry.unless_repeated else ""
        said.append(f"expire {after}{again}" if again else f"expire after {after}")
    if rule.decay is not None:
        days = counted(rule.decay.days, "day")
        match rule.decay.kind:
            case "zero":
                said.append(f"fade to nothing over {days}, a little each day")
            case "half":
                said.append(f"fade by half every {days}, a little each day")
            case "percent":
                said.append(f"lose {shortest(rule.decay.percent)}% of what is left every {days}")
            case _:
                assert_never(rule.decay.kind)
    if rule.ends_on is not None:
        ends = _a(conditions.pattern(rule.ends_on.pattern))
        said.append(f"end with {ends}{_same(rule.ends_on.same)}")
    return [f"{'They' if i else 'The points'} {each}" for i, each in enumerate(said)]


# ---- when


def _when(rule: p.WhenRule, conditions: Conditions) -> str:
    branches = []
    for branch in rule.branches:
        gives = _gives(branch.points, conditions, about_event=False)
        if branch.condition is not None:
            gives += f" as long as {conditions.condition(branch.condition)}"
        branches.append(gives)
    text = capital("; otherwise ".join(branches)) + "."
    if rule.up_to is not None:
        text += f" {_up_to(rule.up_to, [branch.points for branch in rule.branches])}."
    return text
