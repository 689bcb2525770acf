"""Which values a score can have at all: whole multiples of a step, found by what its points are made of.

Where every award, cap, bound and start of a score is a multiple of 5, so is its value, and `tier hot from 20` is the
same as `from 16`. A threshold is brought to the first multiple that it lets pass; so two programs that no lead can tell
apart there have equal plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import gcd

from scoredsl.plan.logical import LogicalPlan
from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import to_millionths

MILLION = 1_000_000
_FINEST = 1
"""One millionth: nothing is known."""
_LARGEST_DENOMINATOR = 1024
"""Of coefficients whose products are exact in double precision: 0.5, 0.25, 3."""


def on_steps(plan: LogicalPlan, *, formulas: bool = True) -> LogicalPlan:
    """The plan with every threshold at the first value that a score can have there; it computes the same.

    `formulas` False: nothing is said of formulas, which are computed in double precision and exact only up to about
    10^9 points.
    """
    steps: dict[str, int] = {}
    for score in _bottom_up(plan.scores):
        steps[score.name] = _step(score, steps) if formulas or score.formula is None else _FINEST
    scores = tuple(_score(score, steps) for score in plan.scores)
    grids = tuple(replace(grid, axes=tuple(_axis(axis, steps) for axis in grid.axes)) for grid in plan.grids)
    labels = Rewrite(lambda condition: _condition(condition, steps)).parts(Parts((), (), plan.labels, (), ())).labels
    return replace(plan, scores=scores, grids=grids, labels=labels)


def _bottom_up(scores: tuple[p.Score, ...]) -> list[p.Score]:
    """Formulas after the scores that they name."""
    by_name = {score.name: score for score in scores}
    found: dict[str, p.Score] = {}

    def visit(score: p.Score) -> None:
        for name in _scores_of(score.formula) if score.formula is not None else ():
            if name not in found:
                visit(by_name[name])
        found.setdefault(score.name, score)

    for score in scores:
        visit(score)
    return list(found.values())


def _scores_of(value: e.Value) -> list[str]:
    match value:
        case e.ScoreValue(name) if name is not None:
            return [name]
        case e.Negative(operand):
            return _scores_of(operand)
        case e.Arithmetic(_, left, right):
            return _scores_of(left) + _scores_of(right)
        case e.Call(_, arguments):
            return [name for each in arguments for name in _scores_of(each)]
        case _:
            return []


# ---- the step of a score, in millionths


def _step(score: p.Score, steps: Mapping[str, int]) -> int:
    numbers = [bound.number for bound in score.bounds]
    numbers += [bound.number for group in score.groups for bound in group.bounds]
    numbers.append(score.start or 0)
    if score.formula is not None:
        linear = _linear(score.formula, steps)
        if linear is None or linear.denominator != 1:
            return _FINEST
        return gcd(linear.numerator, *numbers)
    for rule in score.rules:
        of_rule = _of_rule(rule)
        if of_rule is None:
            return _FINEST
        numbers += of_rule
    return gcd(*numbers)


def _of_rule(rule: p.Rule) -> list[int] | None:
    """The numbers that a rule's worth is made of; None where it can be any."""
    given = [branch.points for branch in rule.branches] if isinstance(rule, p.WhenRule) else []
    numbers: list[int] = []
    if isinstance(rule, p.WhenRule):
        numbers.append(rule.up_to or 0)
    else:
        if rule.decay is not None:
            return None
        if isinstance(rule.effect, p.Points):
            given = [rule.effect]
        else:
            numbers.append(rule.effect.points or 0)
        numbers.append(0 if rule.up_to is None else rule.up_to.number)
        numbers.append(0 if rule.but_not is None else rule.but_not.number)
    for points in given:
        found = to_millionths(points.amount.value) if isinstance(points.amount, e.Constant) else None
        if found is None:
            return None
        numbers.append(found)
    return numbers


def _linear(value: e.Value, steps: Mapping[str, int]) -> Fraction | None:
    """The step of a formula of sums and multiples; None for another."""
    match value:
        case e.Constant(number):
            return Fraction(number) * MILLION if Fraction(number).denominator <= _LARGEST_DENOMINATOR else None
        case e.ScoreValue(name) if name is not None:
            return Fraction(steps[name])
        case e.Negative(operand):
            return _linear(operand, steps)
        case e.Arithmetic("+" | "-", left, right):
            first, second = _linear(left, steps), _linear(right, steps)
            return None if first is None or second is None else _common(first, second)
        case e.Arithmetic("*", e.Constant(number), other) | e.Arithmetic("*", other, e.Constant(number)):
            step = _linear(other, steps)
            exact = Fraction(number).denominator <= _LARGEST_DENOMINATOR
            return step * abs(Fraction(number)) if step is not None and exact else None
        case _:
            return None


def _common(one: Fraction, other: Fraction) -> Fraction:
    denominator = one.denominator * other.denominator
    return Fraction(gcd(int(one * denominator), int(other * denominator)), denominator)


# ---- thresholds


def _from(number: int, step: int) -> int:
    """The first value at or above a number."""
    return -(-number // step) * step if step else number


def _score(score: p.Score, steps: Mapping[str, int]) -> p.Score:
    step = steps[score.name]
    if step in (0, _FINEST):
        return score
    own = {**steps, "": step}
    rules = tuple(
        rule
        if isinstance(rule, p.WhenRule) or rule.state is None
        else replace(rule, state=Rewrite(lambda condition: _condition(condition, own)).condition(rule.state))
        for rule in score.rules
    )
    return replace(score, rules=rules, tiers=tuple(_tier(tier, step) for tier in score.tiers))


def _tier(tier: p.Tier, step: int) -> p.Tier:
    number = _from(tier.number + 1 if tier.above else tier.number, step)
    below = None if tier.until_below is None else _from(tier.until_below, step)
    return replace(tier, number=number, above=False, until_below=below)


def _axis(axis: p.Axis, steps: Mapping[str, int]) -> p.Axis:
    step = steps[axis.score]
    if step in (0, _FINEST):
        return axis
    return replace(axis, bands=tuple((name, None if n is None else _from(n, step)) for name, n in axis.bands))


def _condition(condition: e.Condition, steps: Mapping[str, int]) -> e.Condition:
    """`score > 17` as `score >= 20`; in the rules of a score its own step stands under no name."""
    match condition:
        case e.CompareNumbers(">" | ">=" | "<" | "<=" as op, e.ScoreValue(name), e.Constant(number)):
            step = steps.get(name or "", _FINEST)
            if step in (0, _FINEST) or abs(number) > MILLION:
                return condition
            exact = Fraction(number) * MILLION / step
            first = -(-exact // 1)  # the first multiple at or above
            if op in (">", "<=") and first == exact:
                first += 1
            limit = float(Fraction(int(first) * step, MILLION))
            return e.CompareNumbers(">=" if op in (">", ">=") else "<", condition.left, e.Constant(limit))
        case _:
            return condition
