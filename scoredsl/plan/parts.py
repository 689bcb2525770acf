"""What a pass is given and gives back, and how it reaches every condition and value in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p

OnCondition = Callable[[e.Condition], e.Condition]
OnValue = Callable[[e.Value], e.Value]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a logical plan that passes change."""

    scores: tuple[p.Score, ...]
    grids: tuple[p.Grid, ...]
    labels: tuple[p.Label, ...]
    ignores: tuple[e.Pattern, ...]
    excludes: tuple[e.Condition, ...]


class Rewrite:
    """Rewrites every condition and value from the inside out: first its parts, then itself."""

    def __init__(self, condition: OnCondition | None = None, value: OnValue | None = None) -> None:
        self.on_condition = condition or _same_condition
        self.on_value = value or _same_value

    def parts(self, parts: Parts) -> Parts:
        return Parts(
            tuple(self.score(score) for score in parts.scores),
            parts.grids,
            tuple(replace(label, condition=self.condition(label.condition)) for label in parts.labels),
            tuple(self.pattern(pattern) for pattern in parts.ignores),
            tuple(self.condition(condition) for condition in parts.excludes),
        )

    def score(self, score: p.Score) -> p.Score:
        return replace(
            score,
            rules=tuple(self.rule(rule) for rule in score.rules),
            groups=tuple(replace(group, bounds=self.bounds(group.bounds)) for group in score.groups),
            bounds=self.bounds(score.bounds),
            formula=None if score.formula is None else self.value(score.formula),
        )

    def bounds(self, bounds: tuple[p.Bound, ...]) -> tuple[p.Bound, ...]:
        return tuple(
            bound if bound.when is None else replace(bound, when=self.condition(bound.when)) for bound in bounds
        )

    def rule(self, rule: p.Rule) -> p.Rule:
        if isinstance(rule, p.WhenRule):
            branches = tuple(
                p.Branch(
                    None if branch.condition is None else self.condition(branch.condition),
                    replace(branch.points, amount=self.value(branch.points.amount)),
                )
                for branch in rule.branches
            )
            return replace(rule, branches=branches)
        effect = rule.effect
        if isinstance(effect, p.Points):
            effect = replace(effect, amount=self.value(effect.amount))
        ends = rule.ends_on
        return replace(
            rule,
            trigger=self.trigger(rule.trigger),
            state=None if rule.state is None else self.condition(rule.state),
            effect=effect,
            ends_on=None if ends is None else replace(ends, pattern=self.pattern(ends.pattern)),
        )

    def trigger(self, trigger: p.Trigger) -> p.Trigger:
        match trigger:
            case p.Occurs(pattern) | p.Count(_, pattern, _, _):
                return replace(trigger, pattern=self.pattern(pattern))
            case p.Chain(steps, _, _):
                return replace(trigger, steps=tuple(self.pattern(step) for step in steps))
            case p.Absence(opening, missing, _, _):
                return replace(trigger, opening=self.pattern(opening), missing=self.pattern(missing))
            case p.Inactivity(watched, _, _, _):
                return trigger if watched is None else replace(trigger, pattern=self.pattern(watched))

    def pattern(self, pattern: e.Pattern) -> e.Pattern:
        alternatives = tuple(
            replace(alternative, where=tuple(self.condition(part) for part in alternative.where))
            for alternative in pattern.matcher.alternatives
        )
        where = None if pattern.where is None else self.condition(pattern.where)
        return replace(pattern, matcher=e.Matcher(alternatives), where=where)

    def condition(self, condition: e.Condition) -> e.Condition:
        match condition:
            case e.And(inner):
                condition = e.And(tuple(self.condition(part) for part in inner))
            case e.Or(inner):
                condition = e.Or(tuple(self.condition(part) for part in inner))
            case e.Not(negated):
                condition = e.Not(self.condition(negated))
            case e.CompareNumbers(_, left, right) | e.CompareNames(_, left, right):
                condition = replace(condition, left=self.value(left), right=self.value(right))
            case e.NotIn(value, comparisons):
                condition = e.NotIn(self.value(value), tuple(self.condition(part) for part in comparisons))
            case (
                e.CompareText(_, value, _)
                | e.CompareInstant(_, value, _)
                | e.CompareBoolean(_, value, _)
                | e.TextTest(_, value, _)
                | e.InWindow(value, _, _)
                | e.Matches(value, _)
                | e.Known(value, _)
                | e.IsTrue(value)
            ):
                condition = replace(condition, value=self.value(value))
            case e.Has(pattern, _, _):
                condition = replace(condition, pattern=self.pattern(pattern))
            case e.Inactive() | e.Always():
                pass
        return self.on_condition(condition)

    def value(self, value: e.Value) -> e.Value:
        match value:
            case e.Negative(operand):
                value = e.Negative(self.value(operand))
            case e.Arithmetic(_, left, right):
                value = replace(value, left=self.value(left), right=self.value(right))
            case e.Call(_, arguments):
                value = replace(value, arguments=tuple(self.value(argument) for argument in arguments))
            case e.Fact(_, _, pattern, _):
                value = replace(value, pattern=self.pattern(pattern))
            case _:
                pass
        return self.on_value(value)


def _same_condition(condition: e.Condition) -> e.Condition:
    return condition


def _same_value(value: e.Value) -> e.Value:
    return value
