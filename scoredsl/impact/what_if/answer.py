"""What would bring a lead to the next tier of a score, and what comes by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from scoredsl.impact.what_if.asked import asked_of, values_had
from scoredsl.impact.what_if.candidates import SAME, fresh_value
from scoredsl.impact.what_if.lead import Subject, rank
from scoredsl.impact.what_if.search import WORK, NoWay, Way, fewest_events
from scoredsl.reference import Log
from scoredsl.reference.ledger import Ahead
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, Value


@dataclass(frozen=True, slots=True)
class ScoreAnswer:
    """A lead and one score with tiers at T. `target` is the tier in question; None: the lead is in it, or above."""

    score: p.Score
    value: int
    tier: str | None
    target: p.Tier | None
    ways: tuple[Way, ...]
    """What brings it there: with events that happen now, and, where time makes fewer do, with those."""
    no_way: NoWay | None
    by_itself: Ahead | None
    """When it is in the target (or above) without any event; None: not within the horizon."""
    leaves: Ahead | None
    """When it falls out of its tier without any event: the first instant at which it is in a lower one, or in none."""
    horizon: int
    """How far ahead was looked, in microseconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is asked of a lead at T."""

    lead: str
    instant: int
    scores: tuple[ScoreAnswer, ...]


def what_if(
    log: Log, lead: str, instant: int, score: p.Score, tier: p.Tier | None = None, work: int = WORK
) -> ScoreAnswer:
    """The answer for one score with tiers, of a lead that is scored at T; `tier`: that one, not the next above."""
    subject = Subject.of(log, lead, instant, score)
    now = subject.lead.tier(score)
    target = tier if tier is not None else _next(score, now)
    if target is not None and rank(score, target.name) >= rank(score, now):
        target = None
    leaves, by_itself = _ahead(subject, now, target)
    found = fewest_events(subject, target, work) if target is not None else ()
    no_way = found if isinstance(found, NoWay) else None
    ways = () if isinstance(found, NoWay) or target is None else tuple(_plain(subject, target, way) for way in found)
    value = subject.lead.state(score, instant).value
    return ScoreAnswer(score, value, now, target, ways, no_way, by_itself, leaves, subject.future.until - instant)


def _next(score: p.Score, now: str | None) -> p.Tier | None:
    """The tier above the one that the lead is in; the lowest where it is in none."""
    place = rank(score, now)
    return score.tiers[place - 1] if place > 0 else None


def _ahead(subject: Subject, now: str | None, target: p.Tier | None) -> tuple[Ahead | None, Ahead | None]:
    """When the lead falls out of its tier, and when it reaches the target, if nothing happens."""
    score, future = subject.score, subject.future
    kept = set(future.course(score).kept) if any(tier.follows_the_course for tier in score.tiers) else set()
    leaves: Ahead | None = None
    reaches: Ahead | None = None
    for at in future.instants(score, subject.instant, future.until):
        value = future.state(score, at).value
        tier = future.tier_after(score, value, kept)
        if leaves is None and rank(score, tier) > rank(score, now):
            leaves = _verified(subject, Ahead(at, value, tier))
        if reaches is None and target is not None and rank(score, tier) <= rank(score, target.name):
            reaches = _verified(subject, Ahead(at, value, tier))
        if (leaves is not None or now is None) and (reaches is not None or target is None):
            break
    return leaves, reaches


def _verified(subject: Subject, ahead: Ahead) -> Ahead:
    """The same by scoring the lead at that instant, with what is known of it at T."""
    then = subject.at(ahead.time)
    value = then.state(subject.score, ahead.time).value
    assert (value, then.tier(subject.score)) == (ahead.value, ahead.tier), "the course and the score then differ"
    return ahead


# ---- a way without what is not needed


def _plain(subject: Subject, target: p.Tier, way: Way) -> Way:
    """The way without properties that make no difference, and with no larger amounts than are needed."""
    told_apart = asked_of(subject).per
    events = list(way.events)
    fresh = set()
    for prop in dict.fromkeys(prop for event in way.events for prop in event.properties):
        if prop in told_apart:
            seen = [*values_had(subject, prop), SAME][0]
            alike = [_with(event, prop, seen) if prop in event.properties else event for event in events]
            if not _reaches(subject, target, alike):
                fresh.add(prop)
                continue
        for some in (range(len(events)), *([i] for i in range(len(events)))):  # from all at once, else from each
            less = [_without(event, prop) if i in some else event for i, event in enumerate(events)]
            if less != events and _reaches(subject, target, less):
                events = less
    for i in range(len(events)):
        events = _smaller(subject, target, events, i, fresh)
    run = subject.after(events)
    tier = run.tier(subject.score)
    assert tier is not None
    new = tuple(frozenset(_new(subject, event, i) & fresh) for i, event in enumerate(events))
    value = run.state(subject.score, run.instant).value
    return replace(way, events=tuple(events), value=value, tier=tier, fresh=new)


def _smaller(subject: Subject, target: p.Tier, events: list[Event], i: int, fresh: set[str]) -> list[Event]:
    """The events with the smallest whole amounts in the `i`-th that are enough."""
    for prop, value in events[i].properties.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or prop in fresh:
            continue
        low, high = 0, math.ceil(value)
        while high - low > 1:
            middle = (low + high) // 2
            tried = [*events[:i], _with(events[i], prop, middle), *events[i + 1 :]]
            if _reaches(subject, target, tried):
                events, high = tried, middle
            else:
                low = middle
    return events


def _new(subject: Subject, event: Event, number: int) -> set[str]:
    """The properties of the `number`-th event whose values stand for any new ones."""
    found = event.properties.items()
    return {prop for prop, value in found if value == fresh_value(subject.program, event.name, prop, number)}


def _with(event: Event, prop: str, value: Value) -> Event:
    return replace(event, properties={**event.properties, prop: value})


def _without(event: Event, prop: str) -> Event:
    return replace(event, properties={name: value for name, value in event.properties.items() if name != prop})


def _reaches(subject: Subject, target: p.Tier, events: list[Event]) -> bool:
    if any(subject.ignored(event) for event in events):
        return False
    run = subject.after(events)
    return not run.excluded and rank(subject.score, run.tier(subject.score)) <= rank(subject.score, target.name)
