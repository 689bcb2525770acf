"""Small pieces of a lead's life that make one thing happen: a rule fires, a condition holds, points end.

A scene is events by their distance to the instant at which it happens, and profile fields. Values are those for which
conditions were shown to hold (`reasoning.models`); whether it really happens is for whoever plays the scene to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, product
from typing import TypeVar

from scoredsl.proof.representatives import comparisons
from scoredsl.reasoning.models import models
from scoredsl.reasoning.normal import ANY, conjunction, where_parts
from scoredsl.reasoning.suppose import CLOCK, holds
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import leaves
from scoredsl.semantics.log import Value
from scoredsl.semantics.values import instant_of_text, instant_text

MINUTE = 60_000_000
DAY = 86_400_000_000
_T = TypeVar("_T")

_MODELS = 5
"""Ways to satisfy one condition that are looked at."""
_NUMBERS = (10.0, -5.0, 0.5)
"""What points are computed from besides."""
_MOST_EVENTS = 30
"""Of a count of more events no scene is made."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A timestamp that is meant by its distance to the event or instant that is asked, in microseconds."""

    beside: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An event so long before the scene's instant, in microseconds. Its values may be moments."""

    before: int
    name: str
    properties: tuple[tuple[str, object], ...]

    def given(self, time: int) -> dict[str, Value]:
        return values_at(self.properties, time)


@dataclass(frozen=True, slots=True)
class Scene:
    """Happenings and profile fields; moments in the fields are beside the scene's instant."""

    events: tuple[Happening, ...]
    fields: tuple[tuple[str, object], ...] = ()

    def told(
        self, at: int | None, properties: Iterable[tuple[str, object]], fields: Iterable[tuple[str, object]]
    ) -> Scene:
        """The scene with other values in one of its events (None: in all), and with other fields."""
        events = tuple(
            replace(each, properties=tuple({**dict(each.properties), **dict(properties)}.items()))
            if at in (None, i) else each
            for i, each in enumerate(self.events)
        )  # fmt: skip
        return Scene(events, tuple({**dict(self.fields), **dict(fields)}.items()))

    def keyed(self, prop: str, value: str) -> Scene:
        """The scene with another value of a property in all events."""
        return self.told(None, ((prop, value),), ())

    def profile(self, instant: int) -> dict[str, Value]:
        return values_at(self.fields, instant)


def values_at(values: Iterable[tuple[str, object]], time: int) -> dict[str, Value]:
    """Values as data, those that are moments beside a time."""
    return {name: instant_text(time + value.beside) if isinstance(value, Moment) else value
            for name, value in values}  # fmt: skip


class Scenes:
    """Makes the scenes of a program's rules and conditions; its ignored events are left out."""

    def __init__(self, programs: Sequence[p.Program]) -> None:
        self.ignores = [pattern for program in programs for pattern in program.ignores]
        self.known = next((name for program in programs for name in _event_names(program)), "visit")

    # ---- rules

    def of_rule(self, rule: p.Rule) -> list[Scene]:
        """Scenes in which a rule occurs, as far as its events and fields decide; and some in which it nearly does."""
        if isinstance(rule, p.WhenRule):
            return [scene for branch in rule.branches for scene in self.of_branch(branch)]
        numbers = (rule.effect.amount,) if isinstance(rule.effect, p.Points) else ()
        states: list[tuple[tuple[str, object], ...]] = [()]
        if rule.state is not None:
            states = [scene.fields for scene in self.asked(rule.state)] or states
        wanted = _fields_in(numbers)
        found = []
        for scene, fields in product(self._of_trigger(rule.trigger, numbers), distinct(states)[:_MODELS]):
            named = dict(scene.fields) | dict(fields)
            more = {name: 10.0 for name in wanted if name not in named}
            found.append(replace(scene, fields=tuple({**more, **named}.items())))
        return found

    def of_end(self, rule: p.Rule) -> list[Scene]:
        """Scenes that end a rule's points."""
        ends = rule.ends_on if isinstance(rule, p.OnRule) else None
        return [] if ends is None else [_one(0, each, ends.same) for each in self._drawn(ends.pattern)]

    def of_branch(self, branch: p.Branch) -> list[Scene]:
        found = self.of_condition(e.Always(True) if branch.condition is None else branch.condition)
        wanted: dict[str, object] = dict.fromkeys(_fields_in((branch.points.amount,)), 10.0)
        facts = [leaf for leaf in leaves(branch.points.amount) if isinstance(leaf, e.Fact)]
        for fact in facts:
            more = self._fact(fact, 2.0)
            wanted |= dict(more.fields)
            found += [Scene((*more.events, *scene.events), scene.fields) for scene in found if more.events]
        return [replace(scene, fields=tuple({**wanted, **dict(scene.fields)}.items())) for scene in found]

    def of_condition(self, condition: e.Condition) -> list[Scene]:
        """Scenes in which a condition about a lead holds, and some in which it does not."""
        return distinct(chain(self.asked(condition), self.asked(e.Not(condition))))

    # ---- triggers

    def _of_trigger(self, trigger: p.Trigger, numbers: Sequence[e.Value]) -> Iterator[Scene]:
        match trigger:
            case p.Occurs(pattern):
                yield from (_one(0, each, None) for each in self._drawn(pattern, numbers))
            case p.Count(count, pattern, same, within):
                if count <= _MOST_EVENTS:
                    for each in self._drawn(pattern, numbers):
                        for gap in _gaps(count - 1, within, pattern.apart):
                            steps = [_step(gap * i, each, same) for i in reversed(range(count))]
                            yield Scene(tuple(steps), each.fields)
            case p.Chain(steps_, same, within):
                drawn = [list(self._drawn(step, numbers)) for step in steps_]
                for chosen in islice(_chosen(drawn), 2 * _MODELS):
                    apart = max((step.apart or 0 for step in steps_), default=0)
                    for gap in _gaps(len(chosen) - 1, within, apart):
                        last = len(chosen) - 1
                        events = tuple(_step(gap * (last - i), each, same) for i, each in enumerate(chosen))
                        fields = {name: value for each in chosen for name, value in each.fields}
                        yield Scene(events, tuple(fields.items()))
            case p.Absence(opening, missing, same, within):
                openings = list(self._drawn(opening, numbers))
                yield from (_one(within, each, same) for each in openings)
                for each, other in product(openings[:2], list(self._drawn(missing))[:1]):
                    for after in (MINUTE, within - 1, within):
                        yield Scene((_step(within, each, same), _step(within - after, other, same)), each.fields)
            case p.Inactivity(watched, duration, every, after):
                for each in self._drawn(ANY if watched is None else watched):
                    yield _one(duration + after, each, None)
                    if every:
                        yield _one(3 * duration + after, each, None)

    # ---- events

    def _drawn(self, pattern: e.Pattern, numbers: Sequence[e.Value] = ()) -> Iterator[_Drawn]:
        """Events that a pattern takes and that are not ignored; `numbers` can be computed from their properties."""
        wanted = {leaf.name for value in numbers for leaf in leaves(value) if isinstance(leaf, e.Property)}
        are_numbers = [e.CompareNumbers(">=", e.Property(name), e.Constant(-(10.0**9))) for name in sorted(wanted)]
        for alternative in pattern.matcher.alternatives:
            names = sorted(alternative.names) if alternative.names is not None else [self.known]
            for name in names:
                asked = conjunction(e.Always(True), where_parts(pattern, alternative), *self._not_ignored(name))
                for model in islice(models(conjunction(asked, *are_numbers)), _MODELS):
                    properties, fields = values_of(model, asked)
                    yield _Drawn(name, tuple(properties.items()), tuple(fields.items()))
                    for prop, number in product(sorted(wanted), _NUMBERS):
                        if holds(asked, {**model, e.Property(prop): number}):
                            yield _Drawn(name, tuple({**properties, prop: number}.items()), tuple(fields.items()))

    def _not_ignored(self, name: str) -> Iterator[e.Condition]:
        for pattern in self.ignores:
            for each in pattern.matcher.alternatives:
                if each.names is None or name in each.names:
                    yield e.Not(where_parts(pattern, each))

    # ---- conditions about a lead

    def asked(self, condition: e.Condition) -> Iterator[Scene]:
        """Scenes in which a condition may hold, scores left aside."""
        for model in islice(models(condition), _MODELS):
            _, fields = values_of(model, condition)
            events: list[Happening] = []
            for subject, value in model.items():
                if isinstance(subject, e.Fact) and isinstance(value, int | float | str | bool):
                    made = self._fact(subject, value)
                    events += made.events
                    fields = {**dict(made.fields), **fields}
                if isinstance(subject, e.DaysSince | e.DaysUntil) and isinstance(value, int | float):
                    days = -value if isinstance(subject, e.DaysSince) else value
                    fields[subject.field] = Moment(round(days * DAY))
            events.sort(key=lambda each: -each.before)
            yield Scene(tuple(events), tuple(fields.items()))

    def _fact(self, fact: e.Fact, value: Value) -> Scene:
        """Events for which a fact has a value, and the fields that they need; none where no event is taken."""
        drawn = list(islice(self._drawn(fact.pattern), _MODELS))
        if not drawn:
            return Scene(())
        prop = fact.prop or ""
        match fact.kind:
            case "count" | "distinct":
                number = int(value) if isinstance(value, int | float) else 0
                return Scene(tuple(self._several(fact, drawn, number)), drawn[0].fields)
            case "days since last":
                before = value * DAY if isinstance(value, int | float) else 0
                return _one(max(0, round(before)), drawn[0], None)
            case _:
                return Scene((_with(_step(0, drawn[0], None), prop, value),), drawn[0].fields)

    def _several(self, fact: e.Fact, drawn: Sequence[_Drawn], number: int) -> Iterator[Happening]:
        """So many events that a fact counts, as many different values where it counts these."""
        if number > _MOST_EVENTS:
            return
        gap = _gaps(max(1, number - 1), fact.last, fact.pattern.apart)[0]
        prop = fact.prop or ""
        values = distinct(value for each in drawn if (value := dict(each.properties).get(prop)) is not None)
        keys = [*values, *(f"v{i}" for i in range(number))]
        for i in range(number):
            step = _step(gap * i, drawn[0], None)
            yield step if fact.kind == "count" else _with(step, prop, keys[i])


@dataclass(frozen=True, slots=True)
class _Drawn:
    name: str
    properties: tuple[tuple[str, object], ...]
    fields: tuple[tuple[str, object], ...]


def _one(before: int, drawn: _Drawn, same: str | None) -> Scene:
    return Scene((_step(before, drawn, same),), drawn.fields)


def _step(before: int, drawn: _Drawn, same: str | None) -> Happening:
    properties = dict(drawn.properties)
    if same is not None:
        properties.setdefault(same, "a")
    return Happening(before, drawn.name, tuple(properties.items()))


def _with(happening: Happening, prop: str, value: object) -> Happening:
    return replace(happening, properties=tuple({**dict(happening.properties), prop: value}.items()))


def distinct(items: Iterable[_T]) -> list[_T]:
    """Each once; a value can be a list, so they are told apart by what they look like."""
    return list({repr(each): each for each in items}.values())


def _chosen(options: Sequence[Sequence[_Drawn]]) -> Iterator[tuple[_Drawn, ...]]:
    """One event for each step, those first that take the same way everywhere."""
    if all(options):
        longest = max(map(len, options))
        yield from distinct(tuple(each[min(i, len(each) - 1)] for each in options) for i in range(longest))
        yield from product(*options)


def _gaps(steps: int, within: int | None, apart: int | None) -> list[int]:
    """Distances of events: close together, and so that they just fit into their window."""
    least = max(apart or 0, MINUTE)
    if within is None or steps < 1:
        return [least]
    widest = (within - 1) // steps
    near = min(least, widest)
    return list(dict.fromkeys((near, widest, -(-within // steps))))


def _fields_in(values: Iterable[e.Value]) -> list[str]:
    """The fields that numbers are computed from."""
    return sorted({leaf.name for value in values for leaf in leaves(value) if isinstance(leaf, e.Field)})


def values_of(
    model: Mapping[e.Value, Value], condition: e.Condition
) -> tuple[dict[str, object], dict[str, object]]:
    """Properties and fields of a model; what is asked beside the clock as moments."""
    relative = {each.value for each in comparisons(condition) if isinstance(each, e.InWindow)}
    properties: dict[str, object] = {}
    fields: dict[str, object] = {}
    for subject, value in model.items():
        shown: object = value
        if subject in relative and isinstance(value, str):
            instant = instant_of_text(value, None)
            shown = value if instant is None else Moment(instant - CLOCK)
        match subject:
            case e.Property(name) if value is not None:
                properties[name] = shown
            case e.Field(name) if value is not None:
                fields[name] = shown
            case _:
                pass
    return properties, fields


def _event_names(program: p.Program) -> Iterator[str]:
    yield from program.events
    for score in program.scores:
        for rule in score.rules:
            if isinstance(rule, p.OnRule) and isinstance(rule.trigger, p.Occurs):
                for each in rule.trigger.pattern.matcher.alternatives:
                    yield from sorted(each.names or ())
