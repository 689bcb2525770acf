"""What the rules of a program talk about: events, values and times of which a small log can be made.

All of it is taken from the program: the events that its patterns take, with the values that its comparisons name and
their neighbours; the fields of its conditions likewise; its durations, and a little less and more than each.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scoredsl.reference.clock import Profile
from scoredsl.reference.evaluate import Evaluator
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.values import instant_text
from scoredsl.semantics.zones import zone

MINUTE = 60_000_000
DAY = 86_400_000_000
START = 1_772_442_000_000_000
"""2026-03-02 09:00 UTC, a Monday: when the logs begin."""
_KEYS = ("a", "b")


@dataclass(frozen=True, slots=True)
class Material:
    """Events with their properties, fields with values, durations and instants that matter."""

    events: tuple[tuple[str, Mapping[str, Value]], ...]
    fields: Mapping[str, tuple[Value, ...]]
    durations: tuple[int, ...]
    instants: tuple[int, ...]
    counts: tuple[int, ...] = ()
    """How many events of a kind matter: those of counts and limits."""


def material(program: p.Program, *parts: object) -> Material:
    """The material of some parts of a program (scores, labels, ...); values of its tests are taken too."""
    pools = _Pools(program)
    for part in parts:
        pools.read(part)
    for test in program.tests:
        for event in test.events:
            pools.of_tests(pools.properties, event.properties)
        for given in test.fields:
            pools.of_tests(pools.fields, given.fields)
    fields = {name: tuple(values) for name, values in sorted(pools.fields.items()) if values}
    return Material(
        tuple(pools.events()),
        fields,
        tuple(sorted(pools.durations)),
        tuple(sorted(pools.instants)),
        tuple(sorted(pools.counts)),
    )


class _Pools:
    def __init__(self, program: p.Program) -> None:
        self.program = program
        self.evaluator = Evaluator(zone(program.timezone))
        self.properties: dict[str, list[Value]] = {}
        self.fields: dict[str, list[Value]] = {}
        self.durations: set[int] = set()
        self.instants: set[int] = set()
        self.counts: set[int] = set()
        self.patterns: dict[e.Pattern, None] = {}

    # ---- reading

    def read(self, part: object) -> None:
        """Notes all that a part of the program names."""
        match part:
            case tuple():
                for each in part:
                    self.read(each)
                return
            case e.Pattern():
                self.patterns[part] = None
            case e.CompareNumbers(_, subject, e.Constant(number)) | e.CompareNumbers(_, e.Constant(number), subject):
                self.note(subject, number, number - 1, number + 1)
            case e.CompareText(_, subject, text):
                self.note(subject, text, f"{text} else")
            case e.CompareInstant(_, subject, instant):
                self.note(subject, *(instant_text(instant + step) for step in (0, -MINUTE, MINUTE)))
                self.instants.add(instant)
            case e.CompareBoolean(_, subject, wanted):
                self.note(subject, wanted, not wanted)
            case e.CompareNames(_, left, right):
                self.note(left, 1, 2)
                self.note(right, 1, 2)
            case e.TextTest(_, subject, texts):
                self.note(subject, *texts, f"{texts[0]} {texts[-1]}", "else")
            case e.InWindow(subject, direction, duration):
                sign = -1 if direction == "last" else 1
                self.note(subject, *(instant_text(START + sign * duration + step) for step in (0, -MINUTE, MINUTE)))
            case e.Matches(subject, _):
                self.note(subject, "else")
            case e.Known(subject, _):
                self.note(subject, "known")
            case e.IsTrue(subject):
                self.note(subject, True, False)
            case e.DaysSince(field) | e.DaysUntil(field):
                self.note(e.Field(field), instant_text(START))
            case e.Property() | e.Field():
                self.note(part, 10, 1, 50, 100, 2.5)
            case p.OnRule():
                self.instants.update(each for each in (part.start, part.stop) if each is not None)
            case _:
                pass
        self.keys(part)
        self.times(part)
        if dataclasses.is_dataclass(part) and not isinstance(part, p.Place):
            for each in dataclasses.fields(part):
                self.read(getattr(part, each.name))

    def keys(self, part: object) -> None:
        """Properties that tell events apart: `per PROP`, `with same PROP`, `distinct PROP`."""
        for name in ("per", "same", "prop"):
            prop = getattr(part, name, None)
            if isinstance(prop, str):
                values = (20, 10) if getattr(part, "kind", "") in ("sum", "average", "lowest", "highest") else _KEYS
                self.note(e.Property(prop), *values)

    def times(self, part: object) -> None:
        for name in ("within", "duration", "after", "every", "last", "apart"):
            micros = getattr(part, name, None)
            if type(micros) is int and micros > 0:
                self.durations.add(micros)
        if isinstance(part, p.Count | p.Limit):
            self.counts.update((part.count, part.count + 1))
        if isinstance(part, p.Decay):
            self.durations.add(part.days * DAY)

    def note(self, subject: e.Value, *values: Value) -> None:
        match subject:
            case e.Property(name) | e.Fact("latest" | "first", str(name), _, _):
                pool = self.properties.setdefault(name, [])
            case e.Field(name):
                pool = self.fields.setdefault(name, [])
            case e.Arithmetic(_, left, right):
                self.note(left, *values)
                self.note(right, *values)
                return
            case _:
                return
        pool += [value for value in values if _unseen(value, pool)]

    def of_tests(self, pools: dict[str, list[Value]], values: Mapping[str, Value]) -> None:
        """Values that somebody gave in a test, for what the rules name."""
        for name, value in values.items():
            if name in pools and _unseen(value, pools[name]):
                pools[name].append(value)

    # ---- events

    def events(self) -> Iterator[tuple[str, dict[str, Value]]]:
        """For each pattern events that it takes, and one of its name that it does not take."""
        found: list[tuple[str, dict[str, Value]]] = []
        for pattern in self.patterns:
            for alternative in pattern.matcher.alternatives:
                for name in sorted(alternative.names or self.any_name()):
                    found += self.of_pattern(pattern, alternative, name)
        seen: list[tuple[str, dict[str, Value]]] = []
        for each in found:
            if each not in seen:
                seen.append(each)
                yield each

    def any_name(self) -> frozenset[str]:
        """Names for `any`: one that the program knows."""
        named = [
            name for pattern in self.patterns for each in pattern.matcher.alternatives for name in each.names or ()
        ]
        return frozenset(sorted(named or self.program.events or {"visit"})[:1])

    def of_pattern(
        self, pattern: e.Pattern, alternative: e.Alternative, name: str
    ) -> list[tuple[str, dict[str, Value]]]:
        asked = [*_properties_in(pattern.where), *(each for part in alternative.where for each in _properties_in(part))]
        base: dict[str, Value] = {
            prop: values[0]
            for prop, values in self.properties.items()
            if prop not in asked and self.allowed(name, prop)
        }
        combinations: list[dict[str, Value]] = [{}]
        for prop in dict.fromkeys(asked):
            values = [each for each in self.properties.get(prop, []) if self.in_set(name, prop, each)]
            combinations = [{**each, prop: value} for each in combinations for value in values[:12]][:200]
        events = [(name, {**base, **each}) for each in combinations]
        taken = [event for event in events if self.taken(pattern, *event)]
        others = [event for event in events if not self.taken(pattern, *event)]
        return taken[:4] + others[:2] + self.other_keys(taken[:1], asked)

    def other_keys(
        self, events: list[tuple[str, dict[str, Value]]], asked: list[str]
    ) -> list[tuple[str, dict[str, Value]]]:
        """The same event with another value of each property that no condition asks for."""
        found = []
        for name, properties in events:
            for prop in properties:
                values = self.properties[prop]
                if prop not in asked and len(values) > 1 and self.in_set(name, prop, values[1]):
                    found.append((name, {**properties, prop: values[1]}))
        return found

    def taken(self, pattern: e.Pattern, name: str, properties: Mapping[str, Value]) -> bool:
        return self.evaluator.takes(pattern, Event("", name, START, None, 0, properties), Profile(()))

    def allowed(self, event: str, prop: str) -> bool:
        """Whether an event may have a property: it is declared with it, or with none."""
        declared = self.program.events.get(event)
        return declared is None or not declared.properties or prop in declared.properties

    def in_set(self, event: str, prop: str, value: Value) -> bool:
        declared = self.program.events.get(event)
        choices = declared.properties[prop].choices if declared and prop in declared.properties else None
        return self.allowed(event, prop) and (choices is None or str(value).lower() in [c.lower() for c in choices])


def _unseen(value: Value, pool: list[Value]) -> bool:
    return not any(type(value) is type(each) and value == each for each in pool)


def _properties_in(part: object) -> list[str]:
    """The properties that a condition about an event asks for."""
    match part:
        case e.Property(name):
            return [name]
        case tuple():
            return [name for each in part for name in _properties_in(each)]
        case _ if dataclasses.is_dataclass(part):
            return [name for each in dataclasses.fields(part) for name in _properties_in(getattr(part, each.name))]
        case _:
            return []
