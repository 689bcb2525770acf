"""The canonical form of a program: another program that computes the same, and is the same for many ways to write it.

Each step keeps every value, tier, grid and label of every lead at every instant (causes and ledgers change: rules are
split and joined). A step is taken only where that is certain; two programs whose forms differ may still be equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeGuard

from scoredsl.impact.meaning import form, is_reset
from scoredsl.plan.logical import LogicalPlan, prepared
from scoredsl.plan.parts import Parts
from scoredsl.proof.guards import Item, summed
from scoredsl.proof.idle import without_idle
from scoredsl.proof.representatives import Representatives
from scoredsl.proof.resets import in_normal_order
from scoredsl.reasoning.normal import ALWAYS, NEVER
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import MILLION, to_millionths
from scoredsl.testing.value_steps import on_steps

LARGEST = 10**9 * MILLION
"""An award of more is none."""


def canonical(plan: LogicalPlan, same: Representatives) -> LogicalPlan:
    """The canonical form of a plan. Two plans that are compared share `same`."""
    # conditions first: a threshold that has moved to a possible value is hard to recognise
    plan = on_steps(without_idle(_with(prepared(plan), same)), formulas=False)
    parts = same.parts(Parts(plan.scores, plan.grids, plan.labels, plan.ignores, plan.excludes))
    plan = replace(
        plan,
        scores=tuple(_score(score, same) for score in parts.scores),
        labels=parts.labels,
        ignores=tuple(each for each in dict.fromkeys(parts.ignores) if each.matcher.alternatives),
        excludes=tuple(each for each in dict.fromkeys(parts.excludes) if each != NEVER),
    )
    return on_steps(prepared(plan), formulas=False)


def _resets(rule: p.Rule) -> TypeGuard[p.OnRule]:
    return is_reset(rule)


def _with(plan: LogicalPlan, same: Representatives) -> LogicalPlan:
    parts = same.parts(Parts(plan.scores, plan.grids, plan.labels, plan.ignores, plan.excludes))
    return replace(plan, scores=parts.scores, labels=parts.labels, ignores=parts.ignores, excludes=parts.excludes)


def _score(score: p.Score, same: Representatives) -> p.Score:
    bounded = [bool(group.bounds) for group in score.groups]
    holders: dict[int | None, list[p.Rule]] = {}
    for rule in score.rules:
        if not is_reset(rule):
            holder = rule.group if rule.group is not None and bounded[rule.group] else None
            holders.setdefault(holder, []).append(replace(rule, group=holder))
    rules = [each for held in holders.values() for each in _rules(held, same)]
    # a default lifetime is handed to all rules, and means nothing to a reset
    resets = [replace(rule, expiry=None, decay=None) for rule in score.rules if _resets(rule)]
    rules += in_normal_order(resets)
    return replace(
        score,
        rules=tuple(replace(rule, index=i) for i, rule in enumerate(rules)),
        groups=tuple(replace(group, bounds=_bounds(group.bounds)) for group in score.groups),
        bounds=_bounds(score.bounds),
        tiers=tuple(_tier(tier) for tier in score.tiers),
        start=score.start or None,
    )


def _bounds(bounds: tuple[p.Bound, ...]) -> tuple[p.Bound, ...]:
    return tuple(replace(each, when=None) if each.when == ALWAYS else each for each in bounds if each.when != NEVER)


def _tier(tier: p.Tier) -> p.Tier:
    """Values are whole millionths: above N is from the next one on."""
    return replace(tier, number=tier.number + 1, above=False) if tier.above else tier


# ---- the rules of one group, or of the score itself


def _rules(rules: Iterable[p.Rule], same: Representatives) -> list[p.Rule]:
    """Rules that give points in the same way are brought together, the others stay as they are.

    Constant points that are not rounded later add up to one award; else so many equal awards are made as there were.
    """
    kept: list[p.Rule] = []
    ways: dict[Any, tuple[p.Rule, list[Item]]] = {}
    for piece in (piece for rule in rules for piece in _pieces(rule, same)):
        way = _way(piece)
        if way is None:
            kept.append(piece)
        else:
            rule, points = way
            ways.setdefault(form(rule), (rule, []))[1].append(Item(_guard(piece), points))
    for rule, items in ways.values():
        given = _given(rule)
        for item in summed(items, same):
            if given is None or given == _FREE:
                kept.append(_guarded(rule, item.guard, _constant_points(item.points)))
            else:
                signed = p.Points(1 if item.points > 0 else -1, given.amount)
                kept += [_guarded(rule, item.guard, signed)] * abs(item.points)
    return kept


def _pieces(rule: p.Rule, same: Representatives) -> Iterator[p.Rule]:
    """A rule as several that give the same together, each about one event or one condition."""
    if isinstance(rule, p.WhenRule):
        yield from _branches(rule, same)
        return
    rule = _simpler(rule)
    if rule.state == NEVER or rule.effect == p.Points(1, e.Constant(0.0)):
        return
    if not _by_itself(rule):
        yield rule
        return
    assert isinstance(rule.trigger, p.Occurs)
    alternatives = rule.trigger.pattern.matcher.alternatives
    if any(each.names is None for each in alternatives) and len(alternatives) > 1:
        yield rule
        return
    for each in alternatives:
        for name in (None,) if each.names is None else sorted(each.names):
            names = None if name is None else frozenset((name,))
            pattern = e.Pattern(e.Matcher((e.Alternative(names, each.where),)))
            yield replace(rule, trigger=p.Occurs(pattern))


def _simpler(rule: p.OnRule) -> p.OnRule:
    trigger, effect = rule.trigger, rule.effect
    if isinstance(trigger, p.Count) and trigger.count == 1 and trigger.same is None:
        trigger = p.Occurs(trigger.pattern)
    points = _constant(effect) if isinstance(effect, p.Points) else None
    if points is not None and rule.but_not is None:
        effect = _constant_points(points)  # `but not` asks whether it adds or subtracts
    state = None if rule.state == ALWAYS else rule.state
    return replace(rule, trigger=trigger, effect=effect, state=state, limits=tuple(dict.fromkeys(rule.limits)))


def _by_itself(rule: p.OnRule) -> bool:
    """Whether each event's award is what it is whatever other events the rule takes."""
    return (
        isinstance(rule.trigger, p.Occurs)
        and rule.trigger.pattern.apart is None
        and isinstance(rule.effect, p.Points)
        and not rule.limits
        and rule.up_to is None
        and not (rule.expiry is not None and rule.expiry.unless_repeated)
    )


def _branches(rule: p.WhenRule, same: Representatives) -> Iterator[p.WhenRule]:
    """Each branch as a rule: its condition holds, and none before it."""
    before: list[e.Condition] = []
    for branch in rule.branches:
        asked = ALWAYS if branch.condition is None else branch.condition
        guard = same.condition(e.And((asked, *(e.Not(each) for each in before)))) if before else asked
        before.append(asked)
        points = _constant(branch.points)
        if points is not None and rule.up_to is not None:
            points = max(-rule.up_to, min(rule.up_to, points))
        given = branch.points if points is None else _constant_points(points)
        if guard != NEVER and points != 0:
            up_to = rule.up_to if points is None else None
            yield replace(rule, branches=(p.Branch(guard, given),), up_to=up_to)


def _constant(points: p.Points) -> int | None:
    """Points in millionths, None where they depend on the data or are too many to be an award."""
    if not isinstance(points.amount, e.Constant):
        return None
    found = to_millionths(points.amount.value)
    return None if found is None or abs(found) > LARGEST else points.sign * found


def _constant_points(points: int) -> p.Points:
    return p.Points(1, e.Constant(points / MILLION))


# ---- ways to give points


_FREE = _constant_points(0)


def _way(rule: p.Rule) -> tuple[p.Rule, int] | None:
    """The rule without what it asks, and how often it gives what is left in it; None where events see each other.

    Constant points that add up are left out: then it is the points, in millionths.
    """
    points = _given(rule)
    if points is None:
        return None
    amount, sign = points.amount, points.sign
    while isinstance(amount, e.Negative):
        amount, sign = amount.operand, -sign
    constant = _constant(points)
    if constant is not None and (isinstance(rule, p.WhenRule) or rule.decay is None):
        given, number = _FREE, constant
    elif constant is not None:
        given, number = _constant_points(abs(constant)), 1 if constant > 0 else -1
    else:
        given, number = p.Points(1, amount), sign
    if isinstance(rule, p.WhenRule):
        return replace(rule, branches=(p.Branch(None, given),)), number
    if not _by_itself(rule) or rule.but_not is not None:
        return None
    assert isinstance(rule.trigger, p.Occurs)
    alternatives = rule.trigger.pattern.matcher.alternatives
    if len(alternatives) != 1:
        return None
    anything = e.Pattern(e.Matcher((e.Alternative(alternatives[0].names),)))
    return replace(rule, trigger=p.Occurs(anything), effect=given), number


def _given(rule: p.Rule) -> p.Points | None:
    given = rule.branches[0].points if isinstance(rule, p.WhenRule) else rule.effect
    return given if isinstance(given, p.Points) else None


def _guard(rule: p.Rule) -> e.Condition:
    if isinstance(rule, p.WhenRule):
        return rule.branches[0].condition or ALWAYS
    assert isinstance(rule.trigger, p.Occurs)
    where = rule.trigger.pattern.matcher.alternatives[0].where
    return where[0] if where else ALWAYS


def _guarded(way: p.Rule, guard: e.Condition, points: p.Points) -> p.Rule:
    if isinstance(way, p.WhenRule):
        return replace(way, branches=(p.Branch(None if guard == ALWAYS else guard, points),))
    assert isinstance(way.trigger, p.Occurs)
    (alternative,) = way.trigger.pattern.matcher.alternatives
    where = () if guard == ALWAYS else (guard,)
    pattern = e.Pattern(e.Matcher((replace(alternative, where=where),)))
    return replace(way, trigger=p.Occurs(pattern), effect=points)
