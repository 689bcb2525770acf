"""Rules that can never give anything are left out: no event can start them, or no condition of theirs can hold.

A lead is listed, and its duplicates are found, whatever its rules: both belong to the log, not to a rule.
"""

from __future__ import annotations

from dataclasses import replace

from scoredsl.plan.parts import Parts
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p

NEVER = e.Always(False)


def drop_dead_rules(parts: Parts) -> Parts:
    return replace(parts, scores=tuple(_score(score) for score in parts.scores))


def _score(score: p.Score) -> p.Score:
    rules = [rule for rule in map(_rule, score.rules) if rule is not None]
    return replace(score, rules=tuple(replace(rule, index=i) for i, rule in enumerate(rules)))


def _rule(rule: p.Rule) -> p.Rule | None:
    if isinstance(rule, p.WhenRule):
        branches = [branch for branch in rule.branches if branch.condition != NEVER]
        return replace(rule, branches=tuple(branches)) if branches else None
    return None if rule.state == NEVER or _never(rule.trigger) else rule


def _never(trigger: p.Trigger) -> bool:
    match trigger:
        case p.Occurs(pattern) | p.Count(_, pattern, _, _):
            return impossible(pattern)
        case p.Chain(steps, _, _):
            return any(impossible(step) for step in steps)
        case p.Absence(opening, _, _, _):
            return impossible(opening)
        case p.Inactivity(watched, _, _, _):
            return watched is not None and impossible(watched)


def impossible(pattern: e.Pattern) -> bool:
    """Whether no event can be one of these."""
    return pattern.where == NEVER or all(NEVER in alternative.where for alternative in pattern.matcher.alternatives)
