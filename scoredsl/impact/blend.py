"""The old program with some of the changes of the new one: each piece is taken from either, as it is chosen.

With nothing chosen it is the old program, with everything chosen it means what the new one does.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import TypeAlias

from scoredsl.impact.meaning import is_reset
from scoredsl.impact.pairing import Pair, Pairing, ScorePair, merged
from scoredsl.plan.logical import LogicalPlan
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import scores_in

Key: TypeAlias = tuple[str, str, int]
"""A piece in which two programs differ: its kind, its score (empty: the program's own), its number."""

BODY, RULE, TIER, GROUP = "body", "rule", "tier", "group"
START, BOUNDS, FORMULA, ORDER, SCORE = "start", "bounds", "formula", "order", "score"
TIMEZONE, IGNORES, EXCLUDES, LISTS, GRIDS, LABELS = "timezone", "ignores", "excludes", "lists", "grids", "labels"


def blended(pairing: Pairing, chosen: Set[Key]) -> LogicalPlan:
    """The whole program; of the pieces in `chosen` the new ones, of all others the old ones."""
    old, new = pairing.old, pairing.new

    def source(kind: str) -> LogicalPlan:
        return new if (kind, "", 0) in chosen else old

    scores: dict[str, p.Score] = {}
    for pair in pairing.scores:
        score = blended_score(pair, chosen)
        if score is not None:
            scores[pair.name] = score
    gone = {pair.name: pair.old or pair.new for pair in pairing.scores}
    grids, labels = source(GRIDS).grids, source(LABELS).labels
    asked = [name for score in scores.values() if score.formula is not None for name in scores_in(score.formula)]
    asked += [axis.score for grid in grids for axis in grid.axes]
    asked += [name for label in labels for name in scores_in_condition(label)]
    while asked:  # what is named is there, though its own change is not chosen
        name = asked.pop()
        missing = gone.get(name)
        if name not in scores and missing is not None:
            scores[name] = missing
            asked += scores_in(missing.formula) if missing.formula is not None else []
    order = {pair.name: i for i, pair in enumerate(pairing.scores)}
    return LogicalPlan(
        new.path, source(TIMEZONE).timezone, tuple(sorted(scores.values(), key=lambda score: order[score.name])), grids,
        labels, source(IGNORES).ignores, source(EXCLUDES).excludes, source(LISTS).list_columns,
    )  # fmt: skip


def scores_in_condition(label: p.Label) -> list[str]:
    """The scores that a label asks for."""
    from scoredsl.semantics import expressions as e
    from scoredsl.semantics.inspect import leaves

    return [leaf.name for leaf in leaves(label.condition) if isinstance(leaf, e.ScoreValue) and leaf.name is not None]


def blended_score(pair: ScorePair, chosen: Set[Key]) -> p.Score | None:
    """One score of it; the old or the new score itself where nothing, or nothing else, is chosen."""
    old, new, name = pair.old, pair.new, pair.name
    if old is None or new is None:
        return new if (SCORE, name, 0) in chosen else old
    if not any(score == name for _, score, _ in chosen):
        return old

    def source(kind: str) -> p.Score:
        return new if (kind, name, 0) in chosen else old

    tiers = [_taken(each, (TIER, name, i) in chosen) for i, each in enumerate(pair.tiers)]
    ranked = sorted((tier for tier in tiers if tier is not None), key=lambda tier: -tier.number)
    result = replace(old, name=name, bounds=source(BOUNDS).bounds, tiers=tuple(ranked), start=source(START).start)
    if (old.formula is None) != (new.formula is None):
        body = source(BODY)
        return replace(result, formula=body.formula, rules=body.rules, groups=body.groups, start=body.start)
    if old.formula is not None:
        return replace(result, formula=source(FORMULA).formula)
    rules, groups = _rules(pair, old, new, chosen)
    return replace(result, rules=rules, groups=groups)


def _taken(pair: Pair[p.Tier], new: bool) -> p.Tier | None:
    return pair.new if new else pair.old


def _rules(
    pair: ScorePair, old: p.Score, new: p.Score, chosen: Set[Key]
) -> tuple[tuple[p.Rule, ...], tuple[p.Group, ...]]:
    """The rules, and the groups that they stand in."""
    taken: list[tuple[Pair[p.Rule], p.Rule, int | None]] = []
    for i, each in enumerate(pair.rules):
        is_new = (RULE, pair.name, i) in chosen
        rule = each.new if is_new else each.old
        if rule is not None:
            taken.append((each, rule, _group(pair, rule.group, is_new)))
    used = {number for _, _, number in taken}
    numbers: dict[int, int] = {}
    groups: list[p.Group] = []
    for number, each_group in enumerate(pair.groups):
        key_chosen = (GROUP, pair.name, number) in chosen
        group = _group_of(each_group, old, new, key_chosen, number in used)
        if group is not None:
            numbers[number] = len(groups)
            groups.append(group)
    rules = [
        replace(rule, index=i, group=None if number is None else numbers[number])
        for i, (_, rule, number) in enumerate(_resets_in_order(pair, taken, (ORDER, pair.name, 0) in chosen))
    ]
    return tuple(rules), tuple(groups)


def _group(pair: ScorePair, number: int | None, is_new: bool) -> int | None:
    """The number of a rule's group among the pairs of groups."""
    if number is None:
        return None
    return next(i for i, each in enumerate(pair.groups) if (each.new if is_new else each.old) == number)


def _group_of(pair: Pair[int], old: p.Score, new: p.Score, chosen: bool, used: bool) -> p.Group | None:
    """A group of both programs has the bounds of the one that is chosen. One of a single program comes with its rules.

    Without any rule it is a piece of its own.
    """
    if pair.old is not None and pair.new is not None:
        return new.groups[pair.new] if chosen else old.groups[pair.old]
    if pair.old is not None:
        return old.groups[pair.old] if used or (not _has_rules(old, pair.old) and not chosen) else None
    assert pair.new is not None
    return new.groups[pair.new] if used or (not _has_rules(new, pair.new) and chosen) else None


def _has_rules(score: p.Score, group: int) -> bool:
    return any(rule.group == group for rule in score.rules)


def resets(pair: ScorePair) -> tuple[list[Pair[p.Rule]], list[p.Rule], list[p.Rule]]:
    """The pairs with a reset, and their rules in the order of either program: what resets first decides."""
    found = [each for each in pair.rules if is_reset(each.old) or is_reset(each.new)]
    olds = sorted((each.old for each in found if each.old is not None), key=lambda rule: rule.index)
    news = sorted((each.new for each in found if each.new is not None), key=lambda rule: rule.index)
    return found, olds, news


def _resets_in_order(
    pair: ScorePair, taken: list[tuple[Pair[p.Rule], p.Rule, int | None]], new_order: bool
) -> list[tuple[Pair[p.Rule], p.Rule, int | None]]:
    found, olds, news = resets(pair)
    if len(found) < 2:
        return taken
    if new_order:
        turned: list[Pair[p.Rule]] = [Pair(each.new, each.old) for each in found]
        ordered: list[Pair[p.Rule]] = [Pair(each.new, each.old) for each in merged(turned, news, olds)]
    else:
        ordered = list(merged(found, olds, news))
    rank = {(id(each.old), id(each.new)): i for i, each in enumerate(ordered)}
    places = [i for i, (each, _, _) in enumerate(taken) if (id(each.old), id(each.new)) in rank]
    moved = sorted((taken[i] for i in places), key=lambda each: rank[id(each[0].old), id(each[0].new)])
    result = list(taken)
    for place, each_taken in zip(places, moved, strict=True):
        result[place] = each_taken
    return result
