"""Parts of rules brought to a form in which those that mean the same are equal, however they are written."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from scoredsl.reasoning.normal import TooLargeError, cubes, where_parts
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points


def condition_key(condition: e.Condition | None) -> Hashable:
    """Equal for conditions that differ only in order, nesting and spelling."""
    if condition is None:
        return None
    try:
        return frozenset(cubes(condition))
    except TooLargeError:
        return condition


def pattern_key(pattern: e.Pattern) -> Hashable:
    alternatives = frozenset((each.names, condition_key(where_parts(pattern, each)))
                             for each in pattern.matcher.alternatives)
    return alternatives, pattern.apart


def trigger_key(trigger: p.Trigger) -> Hashable:
    match trigger:
        case p.Occurs(pattern):
            return "occurs", pattern_key(pattern)
        case p.Count(count, pattern, same, within):
            return "count", count, pattern_key(pattern), same, within
        case p.Chain(steps, same, within):
            return "chain", tuple(pattern_key(step) for step in steps), same, within
        case p.Absence(opening, missing, same, within):
            return "absence", pattern_key(opening), pattern_key(missing), same, within
        case p.Inactivity(pattern, duration, every, after):
            return "inactivity", None if pattern is None else pattern_key(pattern), duration, every, after


def points_key(points: p.Points) -> Hashable:
    constant = constant_points(points)
    return points if constant is None else constant


def lifetime_key(rule: p.OnRule) -> Hashable:
    ends = rule.ends_on
    return rule.expiry, rule.decay, None if ends is None else (pattern_key(ends.pattern), ends.same)


def limits_key(rule: p.OnRule) -> Hashable:
    return frozenset(rule.limits), rule.up_to, rule.but_not


def admission_key(rule: p.OnRule) -> Hashable:
    """What decides which occurrences count: `if` and the campaign."""
    return condition_key(rule.state), rule.start, rule.stop


def rule_key(rule: p.Rule) -> Hashable:
    """Equal for rules that do the same in one score."""
    if isinstance(rule, p.WhenRule):
        branches: Any = tuple((condition_key(each.condition), points_key(each.points)) for each in rule.branches)
        return branches, rule.up_to
    effect = points_key(rule.effect) if isinstance(rule.effect, p.Points) else rule.effect
    return trigger_key(rule.trigger), admission_key(rule), effect, limits_key(rule), lifetime_key(rule)
