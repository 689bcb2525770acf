"""What in a score changes with the clock alone: window ends and day boundaries (LANGUAGE section 6, "Changes")."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scoredsl.plan import physical as ph
from scoredsl.plan.lowering.conditions import Lowering
from scoredsl.semantics import expressions as e
from scoredsl.semantics.inspect import parts


def tickers_of(node: e.Condition | e.Value, lowering: Lowering) -> Iterator[ph.Ticker]:
    """The tickers of a condition or value about a lead; its facts are numbered by `lowering`."""
    match node:
        case e.CompareNumbers(_, left, right):
            for value, other in ((left, right), (right, left)):
                if isinstance(other, e.Constant) and _counts_days(value):
                    yield from _crossings(value, other.value, lowering)
                    return
        case e.InWindow(value, direction, duration):
            match value:
                case e.Field(name):
                    channel = lowering.b.profiles.instants.of(name)
                    yield ph.Ticker("field window", None, channel, duration, direction == "next")
                case e.Fact("latest" | "first", prop, _, _):
                    channel = lowering.b.events.instants.of(prop or "")
                    fact = lowering.fact(value)
                    yield ph.Ticker("picked window", fact, channel, duration, direction == "next")
        case e.Has(pattern, last, _):
            if last is not None:
                yield ph.Ticker("fact window", lowering.fact_of("has", pattern, last, None))
            return
        case e.Inactive(duration):
            yield ph.Ticker("inactive", duration=duration)
            return
        case e.Fact():
            yield from _window(node, lowering)
            if node.kind == "days since last":
                yield ph.Ticker("fact days", lowering.fact(node))
            return
        case e.DaysSince(field) | e.DaysUntil(field):
            yield ph.Ticker("field days", None, lowering.b.profiles.instants.of(field))
            return
        case _:
            pass
    for part in parts(node):
        yield from tickers_of(part, lowering)


def _window(fact: e.Fact, lowering: Lowering) -> Iterator[ph.Ticker]:
    if fact.last is not None:
        yield ph.Ticker("fact window", lowering.fact(fact))


def _counts_days(value: e.Value) -> bool:
    return isinstance(value, e.DaysSince | e.DaysUntil) or (
        isinstance(value, e.Fact) and value.kind == "days since last"
    )


def _crossings(value: e.Value, number: float, lowering: Lowering) -> Iterator[ph.Ticker]:
    """Where a whole number of days passes a constant."""
    if not math.isfinite(number) or abs(number) > 10_000_000:
        yield from tickers_of(value, lowering)
        return
    days = sorted({math.floor(number), math.floor(number) + 1, math.ceil(number), math.ceil(number) + 1})
    match value:
        case e.DaysSince(field):
            yield ph.Ticker("field crossing", None, lowering.b.profiles.instants.of(field), crossings=tuple(days))
        case e.DaysUntil(field):
            crossings = tuple(-day for day in (days[0] - 1, *days))
            yield ph.Ticker("field crossing", None, lowering.b.profiles.instants.of(field), crossings=crossings)
        case e.Fact():
            yield from _window(value, lowering)
            yield ph.Ticker("fact crossing", lowering.fact(value), crossings=tuple(days))
