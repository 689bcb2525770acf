"""What is awarded to a lead in one score: occurrences, `if`, points, limits, lifetimes and resets (LANGUAGE section 5).

The log is walked instant by instant. A reset begins a new segment: what comes before it in canonical order is cut away
and everything is found anew in what is left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scoredsl.reference.clock import NO_EVENTS, Profile, Seen, Timeline, property_of
from scoredsl.reference.evaluate import Evaluator, points_of
from scoredsl.reference.occurrences import Occurrence, Occurrences
from scoredsl.reference.tally import Tally
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.values import distinct_key, to_millionths


@dataclass(slots=True)
class Award:
    """Points that a rule gave at an instant; worth nothing from `end` on."""

    rule: p.OnRule
    instant: int
    event: Event | None
    points: int
    key: str | None
    """The value of `up to ... per PROP`."""
    expires: int | None
    ends: int | None
    """When `ends on` takes it."""

    @property
    def end(self) -> int | None:
        if self.expires is None or self.ends is None:
            return self.expires if self.ends is None else self.ends
        return min(self.expires, self.ends)

    def lives(self, instant: int, limit: int | None = None) -> bool:
        """Whether it is worth something at an instant; an event that ends it counts if its time is below `limit`."""
        if instant < self.instant or (self.expires is not None and instant >= self.expires):
            return False
        return self.ends is None or self.ends >= (instant + 1 if limit is None else limit)


@dataclass(slots=True)
class Segment:
    """The course of a score from its beginning or a reset on, until the next reset."""

    begin: int | None
    """The instant of the reset; None for the first segment."""
    events: list[Event]
    """The log that is left, in canonical order."""
    previous: Segment | None = None
    reset: p.OnRule | None = None
    set_to: int | None = None
    """Points of `set to`, in millionths."""
    awards: list[Award] = field(default_factory=list)
    lost: list[tuple[int, p.OnRule]] = field(default_factory=list)
    """(instant, rule) of occurrences whose points could not be computed."""
    without_value: dict[int, int] = field(default_factory=dict)
    timeline: Timeline = field(init=False)

    def __post_init__(self) -> None:
        self.timeline = Timeline(self.events)

    def awards_before(self, limit: int) -> Sequence[Award]:
        """The awards of instants below `limit`; they stand by instant."""
        return self.awards[: bisect_left(self.awards, limit, key=lambda award: award.instant)]


_TWO_DAYS = 2 * 86_400_000_000

Before = Callable[["Segment", int], int]
"""The reported value that the score would have at an instant if nothing occurred at it."""


class Awarding:
    """Computes the segments of one score for one lead up to an instant."""

    def __init__(
        self,
        score: p.Score,
        evaluator: Evaluator,
        profile: Profile,
        events: Sequence[Event],
        until: int,
        before: Before,
    ) -> None:
        self.score = score
        self.evaluator = evaluator
        self.zone = evaluator.zone
        self.profile = profile
        self.all_events = list(events)
        self.until = until
        self.value_before = before
        self.rules = [rule for rule in score.rules if isinstance(rule, p.OnRule)]
        self.finder = Occurrences(evaluator, profile)
        self._before: dict[int, int] = {}
        """`score` in `if`, by instant: what it was is not changed by a reset at that instant."""

    def segments(self) -> list[Segment]:
        segments = [Segment(None, self.all_events)]
        after: tuple[int, int, int] | None = None
        while True:
            found = self.walk(segments[-1], after)
            if found is None:
                return segments
            segment, after = found
            segments.append(segment)

    def walk(self, segment: Segment, after: tuple[int, int, int] | None) -> tuple[Segment, tuple[int, int, int]] | None:
        """Fills a segment with its awards; at the next reset gives the segment that it begins, and the reset's order.

        `after` is the order of the reset that began this segment: (instant, place of its event, rule).
        """
        by_instant: dict[int, list[tuple[p.OnRule, Occurrence]]] = defaultdict(list)
        for rule in self.rules:
            for occurrence in self.finder.of(rule.trigger, segment.events, self.until):
                if segment.begin is None or occurrence.instant >= segment.begin:
                    by_instant[occurrence.instant].append((rule, occurrence))
            if self.finder.without_value:
                segment.without_value[rule.index] = self.finder.without_value
        place = {id(event): i for i, event in enumerate(segment.events)}
        offset = len(self.all_events) - len(segment.events)
        state = _RuleStates(self, segment)
        for instant in sorted(by_instant):
            here = by_instant[instant]
            reset = self.first_reset(segment, instant, here, place, offset, after)
            if reset is not None:
                return reset
            for rule, occurrence in here:
                if isinstance(rule.effect, p.Points):
                    state.take(rule, occurrence)
        return None

    def first_reset(
        self,
        segment: Segment,
        instant: int,
        here: list[tuple[p.OnRule, Occurrence]],
        place: Mapping[int, int],
        offset: int,
        after: tuple[int, int, int] | None,
    ) -> tuple[Segment, tuple[int, int, int]] | None:
        """The first reset of an instant that comes after the one that began the segment.

        Resets by events come first, in canonical order, then by the rule's place in the file; then the others, by file.
        """
        candidates: list[tuple[tuple[int, int, int], p.OnRule, Occurrence]] = []
        for rule, occurrence in here:
            if isinstance(rule.effect, p.Reset):
                at = offset + place[id(occurrence.event)] if occurrence.by_event else len(self.all_events)
                candidates.append(((instant, at, rule.index), rule, occurrence))
        for order, rule, occurrence in sorted(candidates, key=lambda candidate: candidate[0]):
            if (after is not None and order <= after) or not self.admitted(rule, occurrence, segment):
                continue
            assert isinstance(rule.effect, p.Reset)
            if occurrence.by_event:
                left = self.all_events[order[1] :]
            else:
                left = [event for event in segment.events if event.time > instant]
            return Segment(instant, left, segment, rule, rule.effect.points), order
        return None

    def admitted(self, rule: p.OnRule, occurrence: Occurrence, segment: Segment) -> bool:
        """`from` / `until`, then `if`."""
        absence = occurrence.event is not None and not occurrence.by_event
        dated = occurrence.event.time if absence and occurrence.event is not None else occurrence.instant
        if (rule.start is not None and dated < rule.start) or (rule.stop is not None and dated >= rule.stop):
            return False
        if rule.state is None:
            return True
        scores: dict[str | None, int] = {None: self.before(segment, occurrence.instant)}
        return self.evaluator.holds(rule.state, Seen(NO_EVENTS, 0, self.profile, occurrence.instant, scores))

    def before(self, segment: Segment, instant: int) -> int:
        found = self._before.get(instant)
        if found is None:
            while segment.previous is not None and segment.begin is not None and instant <= segment.begin:
                segment = segment.previous  # what `score` was at the reset's own instant, the reset does not change
            found = self._before[instant] = self.value_before(segment, instant)
        return found

    def points(self, rule: p.OnRule, occurrence: Occurrence, segment: Segment) -> int | None:
        """The points of an occurrence in millionths, None if they cannot be computed; 0 only where E is 0."""
        assert isinstance(rule.effect, p.Points)
        seen = Seen(NO_EVENTS, 0, self.profile, occurrence.instant, {})
        number = self.evaluator.number(rule.effect.amount, seen, occurrence.event)
        points = points_of(number)
        return None if points is None else points * rule.effect.sign

    def kept_within(self, rule: p.OnRule, points: int, instant: int, segment: Segment) -> int | None:
        """`but not below N` / `but not above N`; None where nothing is left, which is no occurrence."""
        stop = rule.but_not
        assert isinstance(rule.effect, p.Points)
        amount = points * rule.effect.sign
        if stop is None or amount < 0:
            return points
        score = self.before(segment, instant)
        room = score - stop.number if stop.direction == "below" else stop.number - score
        left = min(amount, max(0, room))
        return left * rule.effect.sign if left else None


class _RuleStates:
    """The awards of each rule of a segment while it is walked."""

    def __init__(self, awarding: Awarding, segment: Segment) -> None:
        self.awarding = awarding
        self.segment = segment
        self.awards: dict[int, list[Award]] = defaultdict(list)
        self.limit_keys: dict[tuple[int, int], list[tuple[str | None, int]]] = defaultdict(list)

    def take(self, rule: p.OnRule, occurrence: Occurrence) -> None:
        """One occurrence of the trigger, on its way to an award: from/until, if, points, limits, lifetime."""
        awarding, segment = self.awarding, self.segment
        if not awarding.admitted(rule, occurrence, segment):
            return
        computed = awarding.points(rule, occurrence, segment)
        if computed is None:
            segment.lost.append((occurrence.instant, rule))
            return
        points = awarding.kept_within(rule, computed, occurrence.instant, segment)
        if points is None:
            return
        if rule.expiry is not None and rule.expiry.unless_repeated:
            for award in self.awards[rule.index]:
                if award.lives(occurrence.instant):
                    award.expires = occurrence.instant + rule.expiry.duration
        if not all(self.passes(rule, i, limit, occurrence) for i, limit in enumerate(rule.limits)):
            return
        for i, limit in enumerate(rule.limits):
            self.limit_keys[rule.index, i].append((self.key(limit.per, occurrence), occurrence.instant))
        award = Award(
            rule,
            occurrence.instant,
            occurrence.event,
            points,
            self.key(rule.up_to.per if rule.up_to is not None else None, occurrence),
            None if rule.expiry is None else occurrence.instant + rule.expiry.duration,
            None if rule.ends_on is None else self.ended(rule.ends_on, occurrence),
        )
        self.awards[rule.index].append(award)
        segment.awards.append(award)

    def key(self, prop: str | None, occurrence: Occurrence) -> str | None:
        """The value of PROP as `distinct` compares; all missing values are one."""
        if prop is None or occurrence.event is None:
            return None
        return distinct_key(property_of(occurrence.event, prop))

    def passes(self, rule: p.OnRule, number: int, limit: p.Limit, occurrence: Occurrence) -> bool:
        """Whether fewer than N earlier awards of the rule fall under a limit."""
        key = self.key(limit.per, occurrence)
        instant = occurrence.instant
        zone = self.awarding.zone
        count = 0
        for other, at in reversed(self.limit_keys[rule.index, number]):
            if limit.per is not None and other != key:
                continue
            if limit.every is not None and at <= instant - limit.every:
                break  # awards stand by instant: all that come before are older still
            if limit.period is not None and zone.period(at, limit.period) != zone.period(instant, limit.period):
                if at > instant - _TWO_DAYS:
                    continue  # where clocks are set back over midnight, the day before comes again
                break  # else calendar periods do not come back
            count += 1
            if count >= limit.count:
                return False
        return True

    def ended(self, ends: p.EndsOn, occurrence: Occurrence) -> int | None:
        """The instant of the first ending event later than the award's own (its time > t where there is none)."""
        awarding, events = self.awarding, self.segment.events
        wanted: str | None = None
        if ends.same is not None:
            wanted = self.key(ends.same, occurrence)
            if wanted is None:
                return None
        if occurrence.by_event:
            assert occurrence.event is not None
            start = bisect_left(events, occurrence.event.canonical_key, key=lambda event: event.canonical_key) + 1
        else:
            start = bisect_right(events, occurrence.instant, key=lambda event: event.time)
        for event in events[start:]:
            if not awarding.evaluator.takes(ends.pattern, event, awarding.profile):
                continue
            if ends.same is None or distinct_key(property_of(event, ends.same)) == wanted:
                return event.time
        return None


def worth(award: Award, instant: int, limit: int, evaluator: Evaluator) -> int:
    """What an award is worth at an instant, in millionths (LANGUAGE section 5.1, the decay table).

    Events with a time below `limit` are seen: after `if` an event of the instant itself has not ended it yet.
    """
    if not award.lives(instant, limit):
        return 0
    decay = award.rule.decay
    if decay is None:
        return award.points
    zone = evaluator.zone
    age = (zone.local_date(instant) - zone.local_date(award.instant)).days
    match decay.kind:
        case "zero":
            factor = max(0.0, 1 - age / decay.days)
        case "half":
            factor = 0.5 ** (age / decay.days)
        case _:
            factor = (1 - decay.percent / 100) ** (age // decay.days)
    return to_millionths(award.points / 1_000_000 * factor) or 0


def capped(rule: p.OnRule, worths: Sequence[tuple[Award, int]], evaluator: Evaluator) -> int:
    """The sum of a rule's living awards after `up to`: for each value or period by itself, where it says so."""
    total = sum(each for _, each in worths)
    cap = rule.up_to
    if cap is None:
        return total
    if cap.per is None and cap.period is None:
        return max(-cap.number, min(cap.number, total))
    sums: dict[Value, int] = defaultdict(int)
    for award, each in worths:
        key: Value = award.key if cap.per is not None else evaluator.zone.period(award.instant, cap.period or "day")
        sums[key] += each
    return sum(max(-cap.number, min(cap.number, each)) for each in sums.values())


def count_lost(segments: Sequence[Segment], tally: Tally, score: p.Score) -> None:
    """Adds what was lost to the report of the run."""
    names = {rule.index: rule.name for rule in score.rules}
    for segment in segments:
        for _, rule in segment.lost:
            tally.awards_lost[rule.name] += 1
    for index, count in segments[0].without_value.items():
        tally.without_value[names[index]] += count
