"""The instants at which conditions may change with the clock alone: window ends and day boundaries (section 6)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from scoredsl.reference.clock import Profile, property_of
from scoredsl.reference.evaluate import DAY, Evaluator
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.values import as_instant
from scoredsl.semantics.zones import Zone


def moving_instants(
    score: p.Score, events: Sequence[Event], profile: Profile, zone: Zone, start: int, until: int
) -> Iterator[int]:
    """Instants in (start, until] at which a `when` rule or a conditional bound of the score may change by itself.

    A superset is given: nothing need change at them. Events and profile versions are instants of change anyway.
    """
    moving = _Moving(events, profile, zone, start, until)
    for rule in score.rules:
        if isinstance(rule, p.WhenRule):
            for branch in rule.branches:
                if branch.condition is not None:
                    yield from moving.condition(branch.condition)
                yield from moving.value(branch.points.amount)
    for bound in (*score.bounds, *(bound for group in score.groups for bound in group.bounds)):
        if bound.when is not None:
            yield from moving.condition(bound.when)


class _Moving:
    def __init__(self, events: Sequence[Event], profile: Profile, zone: Zone, start: int, until: int) -> None:
        self.events = events
        self.profile = profile
        self.zone = zone
        self.evaluator = Evaluator(zone)
        self.start = start
        self.until = until

    def condition(self, condition: e.Condition) -> Iterator[int]:
        match condition:
            case e.And(parts) | e.Or(parts):
                for part in parts:
                    yield from self.condition(part)
            case e.Not(inner):
                yield from self.condition(inner)
            case e.CompareNumbers(_, left, right):
                for value, other in ((left, right), (right, left)):
                    if isinstance(other, e.Constant) and _counts_days(value):
                        yield from self.day_boundaries(value, other.value)
                        return
                yield from self.value(left)
                yield from self.value(right)
            case e.CompareNames(_, left, right):
                yield from self.value(left)
                yield from self.value(right)
            case e.NotIn(value, comparisons):
                yield from self.value(value)
                for part in comparisons:
                    yield from self.condition(part)
            case e.InWindow(value, direction, duration):
                yield from self.value(value)
                for at in self.timestamps(value):
                    yield from (at, at + duration) if direction == "last" else (at - duration, at)
            case e.Has(_, last, _):
                yield from self.window_ends(last)
            case e.Inactive(duration):
                yield from self.window_ends(duration)
            case e.Known(value, _) if isinstance(value, e.DaysUntil):
                yield from (at + 1 for at in self.timestamps(e.Field(value.field)))
            case e.Known(value, _) if isinstance(value, e.DaysSince):
                pass
            case e.Always():
                pass
            case (
                e.CompareText(_, value, _)
                | e.CompareInstant(_, value, _)
                | e.CompareBoolean(_, value, _)
                | e.TextTest(_, value, _)
                | e.Matches(value, _)
                | e.Known(value, _)
                | e.IsTrue(value)
            ):
                yield from self.value(value)

    def value(self, value: e.Value) -> Iterator[int]:
        match value:
            case e.Negative(operand):
                yield from self.value(operand)
            case e.Arithmetic(_, left, right):
                yield from self.value(left)
                yield from self.value(right)
            case e.Call(_, arguments):
                for argument in arguments:
                    yield from self.value(argument)
            case e.Fact():
                yield from self.window_ends(value.last)
                if value.kind == "days since last":
                    yield from self.every_day_since_last(value)
            case e.DaysSince(field) | e.DaysUntil(field):
                for at in self.timestamps(e.Field(field)):
                    yield at + 1
                    first = at - (at - self.start) // DAY * DAY
                    yield from range(first, self.until + 1, DAY)
            case _:
                pass

    def window_ends(self, duration: int | None) -> Iterator[int]:
        if duration is not None:
            yield from (event.time + duration for event in self.events)

    def every_day_since_last(self, fact: e.Fact) -> Iterator[int]:
        """Day after day since each matching event, until the next one is newer (or, with `apart`, to the end)."""
        found = [event for event in self.events if self.evaluator.takes(fact.pattern, event, self.profile)]
        for i, event in enumerate(found):
            end = self.until
            if fact.pattern.apart is None and i + 1 < len(found):
                end = min(end, found[i + 1].time)
            if fact.last is not None:
                end = min(end, event.time + fact.last)
            yield from range(event.time + DAY, end + 1, DAY)

    def day_boundaries(self, value: e.Value, number: float) -> Iterator[int]:
        """Where a whole number of days passes a constant."""
        days: list[int] = []
        if abs(number) < 10_000_000:  # no more than there are days, so that it is passed at all
            days = sorted({math.floor(number), math.floor(number) + 1, math.ceil(number), math.ceil(number) + 1})
            days.insert(0, days[0] - 1)
        match value:
            case e.DaysSince(field):
                for at in self.timestamps(e.Field(field)):
                    yield from (at + day * DAY for day in days)
            case e.DaysUntil(field):
                for at in self.timestamps(e.Field(field)):
                    yield at + 1
                    yield from (at - day * DAY for day in days)
            case e.Fact():
                yield from self.window_ends(value.last)
                yield from (event.time + day * DAY for event in self.events for day in days)

    def timestamps(self, value: e.Value) -> Iterator[int]:
        """All instants that a value can ever be."""
        found: list[Value] = []
        match value:
            case e.Field(name):
                found = self.profile.versions(name)
            case e.Fact("latest" | "first", prop, _, _):
                found = [property_of(event, prop or "") for event in self.events]
        for each in found:
            at = as_instant(each, self.zone)
            if at is not None:
                yield at


def _counts_days(value: e.Value) -> bool:
    return isinstance(value, e.DaysSince | e.DaysUntil) or (
        isinstance(value, e.Fact) and value.kind == "days since last"
    )
