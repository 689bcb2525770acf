"""What a score asks of events: which it takes, which properties tell them apart or make them alike, which amounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from scoredsl.impact.what_if.lead import Subject
from scoredsl.reasoning.normal import conjunction
from scoredsl.reference.clock import NO_EVENTS, Seen, property_of
from scoredsl.reference.evaluate import points_of
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import about_profile_alone
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.values import is_missing

DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """All that the scores of a subject ask of events. `per` and `same`: by property the patterns for which it matters.

    `values` are values of properties with which facts are compared. `any_event`: silence is looked at.
    """

    patterns: tuple[e.Pattern, ...]
    per: Mapping[str, tuple[e.Pattern, ...]]
    same: Mapping[str, tuple[e.Pattern, ...]]
    values: Mapping[str, tuple[Value, ...]]
    any_event: bool


def asked_of(subject: Subject) -> Asked:
    patterns: dict[e.Pattern, None] = {}
    per: dict[str, list[e.Pattern]] = {}
    same: dict[str, list[e.Pattern]] = {}
    values: dict[str, list[Value]] = {}
    any_event = False
    for part in parts_of(subject.program.scores):
        match part:
            case e.Pattern():
                patterns[part] = None
            case p.OnRule():
                _keys_of(part, per, same)
            case e.Fact("distinct", str(prop), pattern):
                per.setdefault(prop, []).append(pattern)
            case e.Inactive() | p.Inactivity(pattern=None):
                any_event = True
            case e.CompareNumbers(_, e.Fact(_, str(prop)), e.Constant(number)):
                values.setdefault(prop, []).extend((number, number + 1, number - 1))
            case e.CompareText(_, e.Fact(_, str(prop)), text):
                values.setdefault(prop, []).append(text)
            case e.CompareBoolean(_, e.Fact(_, str(prop)), wanted):
                values.setdefault(prop, []).append(wanted)
            case e.Fact("sum" | "average" | "lowest" | "highest", str(prop)):
                values.setdefault(prop, []).extend((100, 1))
            case _:
                pass
    return Asked(tuple(patterns), _frozen(per), _frozen(same), _frozen(values), any_event)


def _frozen(found: Mapping[str, list[Any]]) -> dict[str, tuple[Any, ...]]:
    return {prop: tuple(dict.fromkeys(each)) for prop, each in found.items()}


def _keys_of(rule: p.OnRule, per: dict[str, list[e.Pattern]], same: dict[str, list[e.Pattern]]) -> None:
    """The properties by which a rule tells its events apart, or asks them to be alike."""
    occurring = [part for part in parts_of(rule.trigger) if isinstance(part, e.Pattern)]
    for limit in (*rule.limits, rule.up_to):
        if limit is not None and limit.per is not None:
            per.setdefault(limit.per, []).extend(occurring)
    alike = getattr(rule.trigger, "same", None)
    if alike is not None:
        same.setdefault(alike, []).extend(occurring)
    if rule.ends_on is not None and rule.ends_on.same is not None:
        same.setdefault(rule.ends_on.same, []).extend((*occurring, rule.ends_on.pattern))


def parts_of(part: Any) -> Iterator[Any]:
    """A piece of a program and all that is in it."""
    if isinstance(part, tuple):
        for each in part:
            yield from parts_of(each)
    elif is_dataclass(part) and not isinstance(part, type | p.Place):
        yield part
        for field in fields(part):
            yield from parts_of(getattr(part, field.name))


def for_name(keys: Mapping[str, Iterable[e.Pattern]], name: str) -> set[str]:
    """The properties that matter for events of a name."""
    return {prop for prop, patterns in keys.items() if any(may_take(pattern, name) for pattern in patterns)}


def may_take(pattern: e.Pattern, name: str) -> bool:
    """Whether a pattern takes events of this name, if their properties are right."""
    return any(each.names is None or name in each.names for each in pattern.matcher.alternatives)


# ---- rules and events


def taken(subject: Subject, pattern: e.Pattern, event: Event) -> bool:
    return subject.evaluator.takes(pattern, event, subject.profile)


def triggers(rule: p.OnRule) -> e.Pattern | None:
    """The events that can make an occurrence of a rule by happening; None for absence and silence."""
    match rule.trigger:
        case p.Occurs(pattern) | p.Count(_, pattern, _, _):
            return pattern
        case p.Chain(steps, _, _):
            return steps[-1]
        case _:
            return None


def points(subject: Subject, rule: p.OnRule, event: Event) -> int | None:
    """What an award of a rule for an event would be, in millionths and with its sign."""
    if not isinstance(rule.effect, p.Points):
        return None
    seen = Seen(NO_EVENTS, 0, subject.profile, event.time, {})
    found = points_of(subject.evaluator.number(rule.effect.amount, seen, event))
    return None if found is None else found * rule.effect.sign


def awarding(subject: Subject) -> Iterator[p.OnRule]:
    """The `on` rules that give or take points."""
    for _, rule in subject.rules():
        if isinstance(rule, p.OnRule) and isinstance(rule.effect, p.Points):
            yield rule


def settled(subject: Subject, condition: e.Condition) -> e.Condition:
    """The condition with what it asks of the lead's profile decided: that does not change."""
    if about_profile_alone(condition):
        seen = Seen(NO_EVENTS, 0, subject.profile, subject.instant, {})
        return e.Always(subject.evaluator.holds(condition, seen))
    match condition:
        case e.And(parts):
            return conjunction(e.Always(True), *(settled(subject, part) for part in parts))
        case e.Or(parts):
            return e.Or(tuple(settled(subject, part) for part in parts))
        case e.Not(inner):
            return e.Not(settled(subject, inner))
        case _:
            return condition


def values_had(subject: Subject, prop: str) -> list[Value]:
    """The last two values that the lead's events have had."""
    found: list[Value] = []
    for event in reversed(subject.lead.events):
        value = property_of(event, prop)
        if not is_missing(value) and not isinstance(value, list | dict) and value not in found:
            found.append(value)
        if len(found) == 2:
            break
    return found


def spacings(subject: Subject) -> list[int]:
    """Distances between events that can matter: those of limits, of visits that lie apart, calendar periods."""
    days = {"day": 1, "week": 7, "month": 31, "year": 366}
    found: set[int] = set()
    for part in parts_of(subject.program.scores):
        match part:
            case e.Pattern(apart=int(apart)):
                found.add(apart)
            case p.Limit(every=every, period=period):
                found |= {every} if every is not None else set()
                found |= {days[period] * DAY} if period is not None else set()
            case p.UpTo(period=str(period)):
                found.add(days[period] * DAY)
            case _:
                pass
    return sorted(found)
