"""What a plan means, as a value that is equal for plans that mean the same: the plans are compared, never the text.

Left out is what changes no score: places, titles, the names of groups, the order of rules that cannot see each other.
Equal forms mean equal scores. Forms that differ may still mean the same: that is for a proof to find out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

from scoredsl.plan.logical import LogicalPlan, prepared
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p

Form: TypeAlias = tuple[Any, ...]
"""Nested tuples of texts and numbers, hashable; equal for what means the same."""

_SAID = ("place", "title", "index", "group")
"""Fields that say where something stands or what it is called."""


def same_meaning(one: LogicalPlan, other: LogicalPlan) -> bool:
    """Whether two plans give every lead of every log the same scores, tiers, grids and labels, under the same names.

    False: they may.
    """
    return plan_form(prepared(one)) == plan_form(prepared(other))


def plan_form(plan: LogicalPlan) -> Form:
    """The form of a plan after all passes."""
    return (
        plan.timezone,
        tuple((score.name, score_form(score), tuple(tier.name for tier in score.tiers)) for score in plan.scores),
        tuple((grid.name, form(grid.axes)) for grid in plan.grids),
        tuple((label.name, form(label.condition)) for label in plan.labels),
        _sorted(map(form, plan.ignores)),
        _sorted(map(form, plan.excludes)),
        tuple(sorted(plan.list_columns)),
    )


def score_form(score: p.Score) -> Form:
    """The form of a score without its name and those of its tiers (numbers of tiers stay: the highest is the first)."""
    grouped: dict[int | None, list[Form]] = {None: []}
    for rule in score.rules:
        holder = rule.group if rule.group is not None and score.groups[rule.group].bounds else None
        grouped.setdefault(holder, []).append(form(rule))
    groups = [
        (_bounds(score.groups[number].bounds), _sorted(rules))
        for number, rules in grouped.items()
        if number is not None
    ]
    # of several resets of one instant the place in the file decides
    resets = tuple(form(rule) for rule in score.rules if is_reset(rule))
    empty = [(_bounds(group.bounds), ()) for i, group in enumerate(score.groups) if group.bounds and i not in grouped]
    return (
        score.start or 0,
        None if score.formula is None else form(score.formula),
        _sorted(grouped[None]),
        _sorted([*groups, *empty]),
        _bounds(score.bounds),
        tuple((tier.number, tier.above, tier.until_below, tier.for_good) for tier in score.tiers),
        resets if len(resets) > 1 else (),
    )


def is_reset(rule: p.Rule | None) -> bool:
    return isinstance(rule, p.OnRule) and isinstance(rule.effect, p.Reset)


def _bounds(bounds: Iterable[p.Bound]) -> Form:
    """Of bounds that always hold the narrowest counts."""
    found = list(bounds)
    low = max((bound.number for bound in found if bound.kind == "minimum" and bound.when is None), default=None)
    high = min((bound.number for bound in found if bound.kind == "maximum" and bound.when is None), default=None)
    return (low, high, _sorted({form(bound) for bound in found if bound.when is not None}))


def form(value: Any) -> Any:
    """The form of a rule, a condition or a value."""
    match value:
        case e.And(parts) | e.Or(parts):
            return (type(value).__name__, _sorted({form(part) for part in parts}))
        case e.NotIn(inner, comparisons):
            return ("NotIn", form(inner), _sorted({form(part) for part in comparisons}))
        case e.TextTest(op, inner, texts):
            return ("TextTest", op, form(inner), tuple(sorted(set(texts))))
        case e.Matcher(alternatives):
            return ("Matcher", _sorted({form(each) for each in alternatives}))
        case e.Alternative(names, where):
            return ("Alternative", None if names is None else tuple(sorted(names)), _sorted(map(form, where)))
        case p.OnRule(limits=limits):
            return ("OnRule", *_fields(value, lambda name: name != "limits"), _sorted(map(form, limits)))
        case tuple():
            return tuple(form(each) for each in value)
        case bool():
            return ("bool", value)  # else True would be 1
        case _ if is_dataclass(value):
            return (type(value).__name__, *_fields(value, lambda name: True))
        case _:
            return value


def _fields(value: Any, wanted: Callable[[str], bool]) -> Iterable[Any]:
    return (
        form(getattr(value, field.name)) for field in fields(value) if field.name not in _SAID and wanted(field.name)
    )


def _sorted(forms: Iterable[Any]) -> Form:
    return tuple(sorted(forms, key=repr))
