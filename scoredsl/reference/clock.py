"""A lead as it is seen at an instant: its events, its profile, and the clock (LANGUAGE sections 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scoredsl.semantics.expressions import Pattern
from scoredsl.semantics.log import Event, ProfileRow, Value
from scoredsl.semantics.values import is_missing


class Profile:
    """A lead's profile rows; at T a field has the newest non-missing value with a time <= T."""

    __slots__ = ("rows",)

    def __init__(self, rows: Sequence[ProfileRow]) -> None:
        oldest_first = sorted(rows, key=lambda row: (row.time is not None, row.time or 0, row.place))
        self.rows = oldest_first

    def at(self, name: str, instant: int) -> Value:
        """The value of a field; a dotted name reaches into nested data unless a field of the whole name has a value."""
        whole = self._field(name, instant)
        if not is_missing(whole) or "." not in name:
            return whole
        first, *rest = name.split(".")
        return reach(self._field(first, instant), rest)

    def _field(self, name: str, instant: int) -> Value:
        for row in reversed(self.rows):
            if row.time is None or row.time <= instant:
                value = row.fields.get(name)
                if not is_missing(value):
                    return value
        return None

    def versions(self, name: str) -> list[Value]:
        """All values that a field ever has."""
        first, *rest = name.split(".")
        whole = [row.fields.get(name) for row in self.rows]
        return whole + ([reach(row.fields.get(first), rest) for row in self.rows] if rest else [])


def reach(value: Value, path: Sequence[str]) -> Value:
    """What lies inside nested data, or None."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def property_of(event: Event, name: str) -> Value:
    """A property of an event; a dotted name reaches inside unless a property of the whole name has a value."""
    whole = event.properties.get(name)
    if not is_missing(whole) or "." not in name:
        return whole
    first, *rest = name.split(".")
    return reach(event.properties.get(first), rest)


class Timeline:
    """Events in canonical order; remembers which of them a pattern matches.

    A pattern takes an event, or not, whatever comes later: so what is matched among the events up to an instant is the
    beginning of what is matched among all of them.
    """

    __slots__ = ("_matched", "events", "times")

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.times = [event.time for event in events]
        self._matched: dict[int, tuple[list[Event], list[int]]] = {}

    def matched(
        self, pattern: Pattern, find: Callable[[Pattern, Sequence[Event]], list[Event]]
    ) -> tuple[list[Event], list[int]]:
        """The matching events and their times; `find` is asked once for a pattern (one that a program holds)."""
        found = self._matched.get(id(pattern))
        if found is None:
            events = find(pattern, self.events)
            found = self._matched[id(pattern)] = (events, [event.time for event in events])
        return found


NO_EVENTS = Timeline(())


@dataclass(frozen=True, slots=True)
class Seen:
    """What a condition about a lead looks at: events in canonical order, the profile, and an instant.

    Of the timeline (what is left after the last reset) those events are seen whose time is below `limit`: the instant
    itself after `if`, else the microsecond after it.
    """

    timeline: Timeline
    limit: int
    profile: Profile
    instant: int
    scores: Mapping[str | None, int]
    """Reported values by name in millionths, for formulas and labels; by None the value that `score` has after `if`."""
