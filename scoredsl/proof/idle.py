"""A plan without what can never act: rules that never fire, limits and bounds that never bind, tiers out of reach.

What can act is judged by the least and the most that a score can be (`reasoning.bounds`). Every step keeps all values,
tiers, grids and labels; a step is taken only where that is certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from scoredsl.impact.meaning import is_reset
from scoredsl.plan.logical import LogicalPlan
from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.proof.resets import after_resets
from scoredsl.reasoning.bounds import Bounds, award_bounds, can_occur, rule_bounds, score_bounds
from scoredsl.reasoning.calendar import Clocks, clocks
from scoredsl.reasoning.clauses import expired_before_fading, faded_before_expiry, idle_limits
from scoredsl.reasoning.conditions import always, never
from scoredsl.reasoning.intervals import Numbers
from scoredsl.reasoning.normal import ALWAYS, NEVER
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import in_order, leaves

OUT_OF_REACH = 10**18
"""Millionths that no score has: more than a formula can be."""
_ROUNDS = 4

Found: TypeAlias = Mapping[str, Bounds]


def without_idle(plan: LogicalPlan) -> LogicalPlan:
    """The plan without what can never act; it computes the same."""
    zone = clocks(plan.timezone)
    found: dict[str, Bounds] = {}
    scores: dict[str, p.Score] = {}
    for score in in_order(plan.program()):
        scores[score.name] = _score(score, plan.timezone, zone, found)
        found[score.name] = score_bounds(scores[score.name], plan.timezone, found)
    known: dict[e.Value, Numbers] = {e.ScoreValue(name): bounds.known for name, bounds in found.items()}
    labels = Rewrite(lambda condition: _decided(condition, known)).parts(Parts((), (), plan.labels, (), ())).labels
    grids = tuple(replace(grid, axes=tuple(_axis(axis, found) for axis in grid.axes)) for grid in plan.grids)
    return replace(plan, scores=tuple(scores[score.name] for score in plan.scores), grids=grids, labels=labels)


def _score(score: p.Score, timezone: str, zone: Clocks, others: Found) -> p.Score:
    if score.formula is None:
        score = after_resets(score)
        for _ in range(_ROUNDS):
            less = _rules(score, timezone, zone, others)
            if less == score:
                break
            score = less
        score = replace(score, groups=tuple(
            replace(group, bounds=_bounds(group.bounds, _of_group(score, i, timezone, others)))
            for i, group in enumerate(score.groups)
        ))  # fmt: skip
    score = replace(score, bounds=_bounds(score.bounds, score_bounds(replace(score, bounds=()), timezone, others)))
    reported = score_bounds(score, timezone, others)
    if score.formula is None and reported.least is not None and reported.least == reported.most:
        score = replace(score, rules=(), groups=(), bounds=(), start=reported.least)
    return replace(score, tiers=_tiers(score.tiers, reported))


def _of_group(score: p.Score, number: int, timezone: str, others: Found) -> Bounds:
    """What the rules of a group can be worth together, without its bounds."""
    rules = tuple(replace(rule, group=None) for rule in score.rules if rule.group == number)
    return score_bounds(replace(score, rules=rules, groups=(), bounds=(), start=None), timezone, others)


# ---- rules


def _rules(score: p.Score, timezone: str, zone: Clocks, others: Found) -> p.Score:
    """The score without rules that never fire, and without clauses that never matter."""
    rules = tuple(rule for rule in score.rules if isinstance(rule, p.WhenRule) or can_occur(rule))
    suspects = {i for i, rule in enumerate(rules) if isinstance(rule, p.OnRule) and _asks_for_score(rule)}
    while True:
        # The first of the suspects to fire, ever, would see a score that is made without any of them.
        rest = replace(score, rules=tuple(rule for i, rule in enumerate(rules) if i not in suspects))
        reported = score_bounds(rest, timezone, others)
        living = {i for i in suspects if _may_fire(rules[i], reported)}
        if not living:
            break
        suspects -= living
    return replace(rest, rules=tuple(_clauses(rule, reported, zone) for rule in rest.rules))


def _asks_for_score(rule: p.OnRule) -> bool:
    return rule.but_not is not None or (rule.state is not None and e.ScoreValue(None) in set(leaves(rule.state)))


def _may_fire(rule: p.Rule, reported: Bounds) -> bool:
    """Whether a rule may fire where the score is within these bounds."""
    assert isinstance(rule, p.OnRule)
    if rule.state is not None and never(rule.state, {e.ScoreValue(None): reported.known}):
        return False
    if rule.but_not is None:
        return True
    least, most = award_bounds(rule)
    if rule.but_not.direction == "below":
        return not (most is not None and most <= 0 and reported.most is not None
                    and reported.most <= rule.but_not.number)  # fmt: skip
    return not (least is not None and least >= 0 and reported.least is not None
                and reported.least >= rule.but_not.number)  # fmt: skip


def _clauses(rule: p.Rule, reported: Bounds, zone: Clocks) -> p.Rule:
    """A rule without clauses that never matter."""
    if isinstance(rule, p.WhenRule):
        return rule if rule.up_to is None or not _fits(replace(rule, up_to=None), rule.up_to, zone) else replace(
            rule, up_to=None)  # fmt: skip
    known: dict[e.Value, Numbers] = {e.ScoreValue(None): reported.known}
    if rule.state is not None:
        state = Rewrite(lambda condition: _decided(condition, known)).condition(rule.state)
        rule = replace(rule, state=None if always(state, known) else state)
    if is_reset(rule):
        return rule
    if rule.but_not is not None and _free(rule, rule.but_not, reported):
        rule = replace(rule, but_not=None)
    idle = {i for i, _ in idle_limits(rule, zone)}
    rule = replace(rule, limits=tuple(limit for i, limit in enumerate(rule.limits) if i not in idle))
    expiry, decay = rule.expiry, rule.decay
    if expiry is not None and decay is not None:
        if faded_before_expiry(expiry, decay, zone):
            rule = replace(rule, expiry=None)
        elif expired_before_fading(expiry, decay, zone):
            rule = replace(rule, decay=None)
    cap = rule.up_to
    if cap is not None and _fits(replace(rule, up_to=None), cap.number, zone, in_parts=cap.per or cap.period):
        rule = replace(rule, up_to=None)
    return rule


def _fits(rule: p.Rule, number: int, zone: Clocks, in_parts: str | None = None) -> bool:
    """Whether a rule is never worth more than a number, nor its negative; with `in_parts` no part of it is."""
    least, most = rule_bounds(rule, zone)
    if least is None or most is None or least < -number or most > number:
        return False
    return in_parts is None or least >= 0 or most <= 0


def _free(rule: p.OnRule, but_not: p.ButNot, reported: Bounds) -> bool:
    """Whether `but not` never takes anything from an award."""
    least, most = award_bounds(rule)
    if least is None or most is None or least == 0 or most == 0:
        return False
    if but_not.direction == "below":
        return most < 0 and reported.least is not None and reported.least + least >= but_not.number
    return least > 0 and reported.most is not None and reported.most + most <= but_not.number


def _decided(condition: e.Condition, known: Mapping[e.Value, Numbers]) -> e.Condition:
    """A comparison of a score that always or never holds, as what it is."""
    match condition:
        case e.CompareNumbers() if any(isinstance(leaf, e.ScoreValue) for leaf in leaves(condition)):
            if never(condition, known):
                return NEVER
            return ALWAYS if always(condition, known) else condition
        case _:
            return condition


# ---- bounds, tiers, bands


def _bounds(bounds: Sequence[p.Bound], inside: Bounds) -> tuple[p.Bound, ...]:
    """The bounds that take or give something from a value within `inside`."""
    lowest = max((each.number for each in bounds if each.kind == "minimum" and each.when is None), default=None)
    highest = min((each.number for each in bounds if each.kind == "maximum" and each.when is None), default=None)
    kept = []
    minima = [each.number for each in bounds if each.kind == "minimum"]
    for each in bounds:
        if each.kind == "minimum":
            idle = inside.least is not None and each.number <= inside.least
            idle |= each.when is not None and lowest is not None and each.number <= lowest
        else:
            idle = inside.most is not None and each.number >= max([inside.most, *minima])
            idle |= each.when is not None and highest is not None and each.number >= highest
        if not idle:
            kept.append(each)
    return tuple(kept)


def _tiers(tiers: tuple[p.Tier, ...], reported: Bounds) -> tuple[p.Tier, ...]:
    """The tiers that somebody can be in, the highest first, down to one that everyone is in."""
    kept: list[p.Tier] = []
    for tier in tiers:
        first = tier.number + 1 if tier.above else tier.number
        if reported.most is not None and first > reported.most:
            continue
        if reported.least is not None and first <= reported.least:
            kept.append(replace(tier, number=-OUT_OF_REACH, above=False, until_below=None, for_good=False))
            break
        if tier.until_below is not None and reported.least is not None and tier.until_below <= reported.least:
            tier = replace(tier, until_below=None, for_good=True)
        kept.append(tier)
    if tiers and not kept:
        # a column of tiers stays one, though nobody is ever in any
        return (replace(tiers[0], name="", number=OUT_OF_REACH, above=False, until_below=None, for_good=False),)
    return tuple(kept)


def _axis(axis: p.Axis, found: Found) -> p.Axis:
    reported = found[axis.score]
    bands: list[tuple[str, int | None]] = []
    for name, number in axis.bands:
        if number is not None and reported.most is not None and number > reported.most:
            continue
        if number is None or (reported.least is not None and number <= reported.least):
            bands.append((name, None))
            break
        bands.append((name, number))
    return replace(axis, bands=tuple(bands))
