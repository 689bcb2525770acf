"""From a lead's events to the occurrences of a trigger, by definition (LANGUAGE section 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoredsl.reference.clock import Profile, property_of
from scoredsl.reference.evaluate import Evaluator
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event
from scoredsl.semantics.values import distinct_key


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence, at an instant.

    `event` is the one whose properties it has (for an absence: A), None for inactivity. `by_event` is True where the
    occurrence is that event itself, so that it has that event's place in the canonical order.
    """

    instant: int
    event: Event | None
    by_event: bool


class Occurrences:
    """Finds occurrences in a log that is in canonical order."""

    def __init__(self, evaluator: Evaluator, profile: Profile) -> None:
        self.evaluator = evaluator
        self.profile = profile
        self.without_value = 0
        """Events that took no part for want of a value (`with same`), in the last call of `of`."""

    def of(self, trigger: p.Trigger, events: Sequence[Event], until: int) -> list[Occurrence]:
        """The occurrences at or before `until`, by instant, then by the canonical order of their events."""
        self.without_value = 0
        match trigger:
            case p.Occurs(pattern):
                found = self.evaluator.matching(pattern, events, self.profile)
                return [Occurrence(event.time, event, True) for event in found]
            case p.Count():
                result = []
                for group in self.groups(trigger.same, (trigger.pattern,), events):
                    result.extend(self.counted(trigger, group))
            case p.Chain():
                result = []
                for group in self.groups(trigger.same, trigger.steps, events):
                    result.extend(self.chained(trigger, group))
            case p.Absence():
                result = []
                for group in self.groups(trigger.same, (trigger.opening, trigger.missing), events):
                    result.extend(self.absent(trigger, group, until))
            case p.Inactivity():
                return self.inactive(trigger, events, until)
        place = {id(event): i for i, event in enumerate(events)}
        return sorted(result, key=lambda o: (o.instant, place[id(o.event)]))

    def groups(
        self, same: str | None, patterns: Sequence[e.Pattern], events: Sequence[Event]
    ) -> list[list[Event]]:
        """With `with same PROP`, the events of the steps by the value of PROP; those without a value take no part."""
        if same is None:
            return [list(events)]
        groups: dict[str, list[Event]] = {}
        for event in events:
            if any(self.evaluator.takes(pattern, event, self.profile) for pattern in patterns):
                value = property_of(event, same)
                key = distinct_key(value)
                if key is None:
                    self.without_value += 1
                else:
                    groups.setdefault(key, []).append(event)
        return list(groups.values())

    def counted(self, trigger: p.Count, events: list[Event]) -> list[Occurrence]:
        """The event that makes N unused ones in (t - D, t]; those N are then used up."""
        result: list[Occurrence] = []
        unused: list[Event] = []
        for event in self.evaluator.matching(trigger.pattern, events, self.profile):
            unused.append(event)
            if trigger.within is not None:
                unused = [each for each in unused if each.time > event.time - trigger.within]
            if len(unused) >= trigger.count:
                result.append(Occurrence(event.time, event, True))
                unused = []
        return result

    def chained(self, trigger: p.Chain, events: list[Event]) -> list[Occurrence]:
        """Slots hold the opening times of the newest chains; an event takes one step, tried from the last on."""
        matching = [
            {id(event) for event in self.evaluator.matching(step, events, self.profile)} for step in trigger.steps
        ]
        last = len(trigger.steps) - 1
        slots: list[int | None] = [None] * last
        result: list[Occurrence] = []
        for event in events:
            for i, opening in enumerate(slots):
                if opening is not None and opening <= event.time - trigger.within:
                    slots[i] = None
            for step in range(last, -1, -1):
                if id(event) not in matching[step] or (step > 0 and slots[step - 1] is None):
                    continue
                if step == last:
                    slots[step - 1] = None
                    result.append(Occurrence(event.time, event, True))
                elif step == 0:
                    slots[0] = event.time
                else:
                    slots[step] = slots[step - 1]
                    slots[step - 1] = None
                break
        return result

    def absent(self, trigger: p.Absence, events: list[Event], until: int) -> list[Occurrence]:
        """For each A at a: at a + D, if no B that is later in canonical order has a time < a + D."""
        openings = {id(event) for event in self.evaluator.matching(trigger.opening, events, self.profile)}
        answers = {id(event) for event in self.evaluator.matching(trigger.missing, events, self.profile)}
        result: list[Occurrence] = []
        next_answer: Event | None = None
        for event in reversed(events):
            end = event.time + trigger.within
            answered = next_answer is not None and next_answer.time < end
            if id(event) in openings and end <= until and not answered:
                result.append(Occurrence(end, event, False))
            if id(event) in answers:
                next_answer = event
        return result

    def inactive(self, trigger: p.Inactivity, events: Sequence[Event], until: int) -> list[Occurrence]:
        """At last + D (+ 2D, ... with `every`), as long as no event has followed at or before it."""
        if trigger.pattern is None:
            looked_at = list(events)
        else:
            looked_at = self.evaluator.matching(trigger.pattern, events, self.profile)
        result: list[Occurrence] = []
        for i, last in enumerate(looked_at):
            following = looked_at[i + 1].time if i + 1 < len(looked_at) else None
            instant = last.time + trigger.after + trigger.duration
            while instant <= until and (following is None or following > instant):
                result.append(Occurrence(instant, None, False))
                if not trigger.every:
                    break
                instant += trigger.duration
        return sorted(result, key=lambda o: o.instant)


