"""Do the events that are tried show all that events can do? Only then is "no events can" or "the fewest" said."""

from __future__ import annotations

from collections.abc import Sequence

from scoredsl.impact.what_if.asked import asked_of, awarding, points, settled, taken, triggers
from scoredsl.impact.what_if.lead import Subject
from scoredsl.reasoning.conditions import never
from scoredsl.reasoning.normal import where_parts
from scoredsl.reasoning.ranges import EVERYTHING, Range, range_of
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points
from scoredsl.semantics.log import Event
from scoredsl.semantics.values import as_number


def covers(subject: Subject, tried: Sequence[Event], needed: int) -> bool:
    """Whether each pattern of the score takes one of the events, if any event, and each rule pays one what it can.

    `needed`: what would do, in millionths; no event has to be tried that gives more.
    """
    for pattern in asked_of(subject).patterns:
        if not any(taken(subject, pattern, event) for event in tried) and not _takes_nothing(subject, pattern):
            return False
    return all(_pays_the_most(subject, rule, tried, needed) for rule in awarding(subject))


def _takes_nothing(subject: Subject, pattern: e.Pattern) -> bool:
    """Whether no event can be one of the pattern, for this lead."""
    return all(never(settled(subject, where_parts(pattern, each))) for each in pattern.matcher.alternatives)


def _pays_the_most(subject: Subject, rule: p.OnRule, tried: Sequence[Event], needed: int) -> bool:
    pattern = triggers(rule)
    assert isinstance(rule.effect, p.Points)
    if pattern is None or constant_points(rule.effect) is not None:
        return True
    paid = [points(subject, rule, event) for event in tried if taken(subject, pattern, event)]
    best = max([0, *(each for each in paid if each is not None)])
    return best >= min(_most(subject, rule), needed)


def _most(subject: Subject, rule: p.OnRule) -> float:
    """No award of the rule can be more, in millionths."""
    assert isinstance(rule.effect, p.Points)

    def leaf(value: e.Value) -> Range | None:
        if not isinstance(value, e.Field):
            return EVERYTHING
        known = as_number(subject.profile.at(value.name, subject.instant))
        return None if known is None else (known, known)

    found = range_of(rule.effect.amount, leaf)
    if found is None:
        return 0
    most = (found[1] if rule.effect.sign > 0 else -found[0]) * 1_000_000
    return most if rule.up_to is None else min(most, rule.up_to.number)
