"""Events that could matter to a score: by what its rules and facts ask for, with properties that satisfy them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any

from scoredsl.impact.what_if.asked import (
    Asked,
    asked_of,
    awarding,
    for_name,
    may_take,
    points,
    settled,
    taken,
    triggers,
    values_had,
)
from scoredsl.impact.what_if.lead import NOW, Schedule, Subject
from scoredsl.reasoning.models import models
from scoredsl.reasoning.normal import conjunction, where_parts
from scoredsl.reasoning.suppose import computed_from
from scoredsl.reference.clock import property_of
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import leaves
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.values import is_missing

_SUBSETS = 4
"""Of up to so many conditions on events of one name all combinations are tried to hold together."""
_MODELS, _KEY_MODELS = 2, 10
"""Values that are tried for each condition; more where different ones count for themselves."""
_VALUES = 4
_VARIANTS = 24
_MOST = 60
SAME = "the same"
"""A value that several added events share."""
_FRESH = "another value each time"
"""Stands for a value of a property; compared by identity."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A property with another value each time: any, or where it is asked for more, a text around a number."""

    prop: str
    around: tuple[str, str] | None = None

    def value(self, program: p.Program, event: str, number: int) -> Value:
        """Its value in the `number`-th added event."""
        if self.around is None:
            return fresh_value(program, event, self.prop, number)
        return f"{self.around[0]}{number + 1}{self.around[1]}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may be added any number of times."""

    name: str
    properties: tuple[tuple[str, Value], ...]
    fresh: tuple[Fresh, ...]

    def renews(self, prop: str | None) -> bool:
        """Whether a property has another value each time."""
        return any(each.prop == prop for each in self.fresh)

    def event(self, subject: Subject, schedule: Schedule, number: int) -> Event:
        """It as the `number`-th added event."""
        new = {each.prop: each.value(subject.program, self.name, number) for each in self.fresh}
        return subject.event(self.name, dict(self.properties) | new, schedule, number)


def fresh_value(program: p.Program, event: str, prop: str, number: int) -> Value:
    """A value that the property does not have elsewhere, as far as its declaration allows."""
    declared = program.events.get(event)
    type_ = declared.properties.get(prop) if declared is not None else None
    if type_ is not None and type_.choices:
        return type_.choices[number % len(type_.choices)]
    if type_ is not None and type_.type == "number":
        return 9_000_001 + number
    return f"another {number + 1}"


def candidates(subject: Subject, needed: int) -> tuple[list[Candidate], bool]:
    """Events that some pattern of the score takes, different ones only, the most promising first.

    `needed`: how many points (millionths) would do, so that amounts are tried that give them. Also: are these all that
    differ? Not where conditions, properties or events are too many for all that they can be together.
    """
    asked = asked_of(subject)
    found: dict[tuple[Any, ...], Candidate] = {}
    complete = True
    for name in _names(subject, asked):
        conditions = _conditions(subject, asked, name)
        complete = complete and len(conditions) <= _SUBSETS
        for properties, fresh in _with_new_values(subject, asked, name, conditions):
            options = _options(subject, asked, name, {*properties, *(each.prop for each in fresh)}, needed)
            complete = complete and math.prod(map(len, options.values())) <= _VARIANTS
            for each in _variants(name, properties, fresh, options):
                event = each.event(subject, NOW, 0)
                if not subject.ignored(event):
                    found.setdefault((*_signature(subject, asked, event), each.fresh), each)
    gains = {id(each): -_gain(subject, each) for each in found.values()}
    # of those that are alike in this the likelier stay in front: they were found before
    ordered = sorted(
        found.values(), key=lambda each: (gains[id(each)], each.name, len(each.properties) + len(each.fresh))
    )
    return ordered[:_MOST], complete and len(ordered) <= _MOST


def _names(subject: Subject, asked: Asked) -> list[str]:
    """The names of events that matter; where any event does, also the one that the lead has had most lately."""
    alternatives = [each for pattern in asked.patterns for each in pattern.matcher.alternatives]
    named = {name for each in alternatives for name in each.names or ()}
    if asked.any_event or any(each.names is None for each in alternatives):
        lately = [event.name for event in reversed(subject.lead.events) if event.name not in named]
        declared = sorted(set(subject.program.events) - named)
        named |= set((lately or declared)[:1]) or (set() if named else {"visit"})
    return sorted(named)


# ---- properties that satisfy conditions


def _conditions(subject: Subject, asked: Asked, name: str) -> list[e.Condition]:
    """What is asked of events of a name, pattern by pattern."""
    wheres: dict[e.Condition, None] = {}
    for pattern in asked.patterns:
        for each in pattern.matcher.alternatives:
            if each.names is None or name in each.names:
                wheres[settled(subject, where_parts(pattern, each))] = None
    return [each for each in wheres if not isinstance(each, e.Always)]


def _with_new_values(
    subject: Subject, asked: Asked, name: str, conditions: Sequence[e.Condition]
) -> Iterator[tuple[dict[str, Value], tuple[Fresh, ...]]]:
    """Properties for which conditions hold; also with a value of a key that changes each time, if they still do."""
    for modelled in _modelled(asked, conditions):
        for properties in _as_declared(subject.program, name, modelled):
            yield properties, ()
            keys = [prop for prop in sorted(for_name(asked.per, name)) if isinstance(properties.get(prop), str)]
            fresh = tuple(each for prop in keys for each in islice(_renewed(subject, asked, name, properties, prop), 1))
            if fresh:
                renewed = {each.prop for each in fresh}
                yield {prop: value for prop, value in properties.items() if prop not in renewed}, fresh


def _renewed(
    subject: Subject, asked: Asked, name: str, properties: Mapping[str, Value], prop: str
) -> Iterator[Fresh]:
    """Ways to write a number into the text of a property, so that the same patterns take the event."""

    def taking(value: Value) -> list[bool]:
        event = subject.event(name, {**properties, prop: value}, NOW, 0)
        return [taken(subject, pattern, event) for pattern in asked.patterns]

    text, same = properties[prop], taking(properties[prop])
    for around in ((f"{text}-", ""), ("", f"-{text}"), (f"{text} ", ""), ("", f" {text}")):
        fresh = Fresh(prop, around)
        if all(taking(fresh.value(subject.program, name, number)) == same for number in range(3)):
            yield fresh


def _as_declared(program: p.Program, name: str, properties: dict[str, Value]) -> Iterator[dict[str, Value]]:
    """The properties with values that are declared, where a declaration says which there are."""
    declared = program.events.get(name)
    options: list[Sequence[Value]] = []
    for prop, value in properties.items():
        type_ = declared.properties.get(prop) if declared is not None else None
        choices = type_.choices if type_ is not None else None
        options.append([value] if not choices or value in choices else choices[:_VALUES])
    for chosen in product(*options):
        yield dict(zip(properties, chosen, strict=True))


def _modelled(asked: Asked, conditions: Sequence[e.Condition]) -> Iterator[dict[str, Value]]:
    """Properties for which some of the conditions on events of a name hold, together where that is possible."""
    yield {}
    for chosen in _subsets(conditions):
        keyed = any(isinstance(leaf, e.Property) and leaf.name in asked.per for each in chosen for leaf in leaves(each))
        for given in islice(models(conjunction(e.Always(True), *chosen)), _KEY_MODELS if keyed else _MODELS):
            properties = {value.name: found for value, found in given.items() if isinstance(value, e.Property)}
            if any(isinstance(found, str) and found != found.strip() for found in properties.values()):
                continue  # hardly to be told from another: `_renewed` has better ones
            yield {prop: found for prop, found in properties.items() if not is_missing(found)}


def _subsets(conditions: Sequence[e.Condition]) -> Iterator[tuple[e.Condition, ...]]:
    if len(conditions) > _SUBSETS:
        yield from ((each,) for each in conditions)
        yield tuple(conditions)
        return
    for size in range(1, len(conditions) + 1):
        yield from combinations(conditions, size)


# ---- variants: keys and amounts


def _options(
    subject: Subject, asked: Asked, name: str, given: Collection[str], needed: int
) -> dict[str, list[Value]]:
    """Values for further properties that count, are compared by their value, or make events alike or not."""
    options: dict[str, list[Value]] = {}
    for prop in sorted(for_name(asked.same, name).difference(given)):
        options[prop] = [*values_had(subject, prop), SAME]
    for prop in sorted(for_name(asked.per, name).difference(given)):
        options.setdefault(prop, []).append(_FRESH)
    for prop, values in asked.values.items():
        if prop not in given and prop not in options:
            options[prop] = list(values)[:_VALUES]
    for rule in awarding(subject):
        pattern = triggers(rule)
        if pattern is None or not may_take(pattern, name) or not isinstance(rule.effect, p.Points):
            continue
        for leaf in leaves(rule.effect.amount):
            if isinstance(leaf, e.Property) and leaf.name not in given:
                found = options.setdefault(leaf.name, [])
                found += [each for each in islice(_amounts(subject, rule, leaf, needed), _VALUES) if each not in found]
    allowed = subject.program.events.get(name)
    if allowed is not None and allowed.properties:
        options = {prop: values for prop, values in options.items() if prop in allowed.properties}
    return options


def _variants(
    name: str, properties: Mapping[str, Value], fresh: tuple[Fresh, ...], options: Mapping[str, Sequence[Value]]
) -> Iterator[Candidate]:
    for chosen in islice(product(*options.values()), _VARIANTS):
        given = dict(zip(options, chosen, strict=True))
        new = tuple(Fresh(prop) for prop in sorted(prop for prop, value in given.items() if value is _FRESH))
        kept = {**properties, **{prop: value for prop, value in given.items() if value is not _FRESH}}
        yield Candidate(name, tuple(sorted(kept.items(), key=lambda item: item[0])), (*fresh, *new))


def _amounts(subject: Subject, rule: p.OnRule, prop: e.Property, needed: int) -> Iterator[Value]:
    """Values of a property with which a rule gives what is needed, or what its cap allows."""
    assert isinstance(rule.effect, p.Points)
    amount = rule.effect.amount
    known: dict[e.Value, Value] = {
        leaf: subject.profile.at(leaf.name, subject.instant) for leaf in leaves(amount) if isinstance(leaf, e.Field)
    }
    known |= {leaf: 1.0 for leaf in leaves(amount) if isinstance(leaf, e.Property) and leaf != prop}
    sign = rule.effect.sign
    wanted = [needed / 1_000_000 * sign]
    if rule.up_to is not None:
        wanted.append(rule.up_to.number / 1_000_000 * sign)

    def at(number: float) -> float | None:
        return computed_from(amount, {**known, prop: number})

    at_0, at_1 = at(0.0), at(1.0)
    if at_0 is not None and at_1 is not None and at_0 != at_1:
        for each in wanted:
            value = (each - at_0) / (at_1 - at_0)
            if math.isfinite(value) and abs(value) < 1e12:
                yield _whole(math.ceil(value - 1e-9) if at_1 > at_0 else math.floor(value + 1e-9))
                yield _whole(round(value, 6))
    for each in wanted:  # where it is no straight line
        steps = (step * 10.0**power for power in range(9) for step in (1, -1))
        yield from (_whole(number) for number in steps if (at(number) or 0) * sign >= each * sign)
    yield 1
    yield from values_had(subject, prop.name)[:1]


def _whole(number: float) -> Value:
    return int(number) if float(number).is_integer() else number


# ---- which are different


def _signature(subject: Subject, asked: Asked, event: Event) -> tuple[Any, ...]:
    """Events of one signature do the same to every score in question."""
    taking = tuple(taken(subject, pattern, event) for pattern in asked.patterns)
    given = []
    for rule in awarding(subject):
        pattern = triggers(rule)
        occurs = pattern is not None and taken(subject, pattern, event)
        given.append(points(subject, rule, event) if occurs else None)
    keys = {*for_name(asked.same, event.name), *for_name(asked.per, event.name), *asked.values}
    return (taking, tuple(given), tuple((prop, str(property_of(event, prop))) for prop in sorted(keys)))


def _gain(subject: Subject, each: Candidate) -> int:
    """What the event would give if every rule that it can make occur paid once."""
    event = each.event(subject, NOW, 0)
    total = 0
    for rule in awarding(subject):
        pattern = triggers(rule)
        if pattern is not None and taken(subject, pattern, event):
            total += points(subject, rule, event) or 0
    return total
