"""Conditions evaluated under a supposition: values that are simply given, everything else by definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scoredsl.reference.clock import NO_EVENTS, Profile, Seen
from scoredsl.reference.evaluate import Evaluator
from scoredsl.semantics import expressions as e
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.values import as_number
from scoredsl.semantics.zones import zone

CLOCK = 1_772_359_200_000_000
"""The instant at which is asked what may be so: 2026-03-01T10:00:00Z, an ordinary one."""


class Supposing(Evaluator):
    """The reference's evaluator, with some values given as the data would have them."""

    def __init__(self, values: Mapping[e.Value, Value]) -> None:
        super().__init__(zone("UTC"))
        self.values = values

    def raw(self, value: e.Value, seen: Seen, event: Event | None) -> Value:
        return self.values[value] if value in self.values else super().raw(value, seen, event)

    def number(
        self, value: e.Value, seen: Seen, event: Event | None, on_zero: Callable[[], float] | None = None
    ) -> float | None:
        if value in self.values:
            return as_number(self.values[value])
        if isinstance(value, e.ScoreValue):
            return None
        return super().number(value, seen, event, on_zero)


_NOBODY = Seen(NO_EVENTS, 0, Profile(()), CLOCK, {})


def holds(condition: e.Condition, values: Mapping[e.Value, Value]) -> bool:
    """Whether a condition holds if these values are so; what is not given is missing, and there are no events."""
    return Supposing(values).holds(condition, _NOBODY)


def computed_from(value: e.Value, values: Mapping[e.Value, Value]) -> float | None:
    """The number that a value is if these values are so; None where it is missing."""
    return Supposing(values).number(value, _NOBODY, None)
