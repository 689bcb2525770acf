"""Which score, tier, group and rule of one program is which of the other, though names and numbers have changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Generic, TypeVar

from scoredsl.impact.meaning import form, score_form
from scoredsl.plan.logical import LogicalPlan
from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p

T = TypeVar("T")

LIKE = 0.4
"""Rules about the same events or fields are one rule, changed, if this much of their meaning is the same."""


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """One thing in both programs; None where a program does not have it."""

    old: T | None
    new: T | None

    @property
    def both(self) -> bool:
        return self.old is not None and self.new is not None


@dataclass(frozen=True, slots=True)
class ScorePair:
    """A score in both programs. In `old` other scores are called as they are in the new program.

    `rules` and `tiers` stand in the order of the old program, each added one after the one that it follows. `groups`
    are numbers of groups.
    """

    name: str
    """Its name in the new program; in the old one where it is gone."""
    old_name: str | None
    old: p.Score | None
    new: p.Score | None
    rules: tuple[Pair[p.Rule], ...] = ()
    tiers: tuple[Pair[p.Tier], ...] = ()
    groups: tuple[Pair[int], ...] = ()


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two programs as they are written, piece by piece. `old` calls its scores as the new program does."""

    old: LogicalPlan
    new: LogicalPlan
    scores: tuple[ScorePair, ...]


def paired(old: LogicalPlan, new: LogicalPlan) -> Pairing:
    """Pairs two programs as they are written (before any pass)."""
    matches = _score_pairs(old, new)
    names = {pair.old.name: pair.new.name for pair in matches if pair.old is not None and pair.new is not None}
    renamed = _renamed(old, names)
    by_name = {score.name: score for score in renamed.scores}
    found = []
    for pair in matches:
        was = None if pair.old is None else by_name[names.get(pair.old.name, pair.old.name)]
        name = pair.new.name if pair.new is not None else was.name if was is not None else ""
        found.append(_score_pair(name, pair.old.name if pair.old is not None else None, was, pair.new))
    return Pairing(renamed, new, tuple(found))


def _score_pair(name: str, old_name: str | None, old: p.Score | None, new: p.Score | None) -> ScorePair:
    if old is None or new is None:
        return ScorePair(name, old_name, old, new)
    groups = _groups(old, new)
    return ScorePair(name, old_name, old, new, _rules(old, new, groups), _tiers(old, new), groups)


def merged(pairs: Sequence[Pair[T]], olds: Sequence[T], news: Sequence[T]) -> Iterator[Pair[T]]:
    """The pairs in the order of the old program, each added thing after the one that it follows in the new."""
    by_old = {id(pair.old): pair for pair in pairs if pair.old is not None}
    by_new = {id(pair.new): pair for pair in pairs if pair.new is not None}
    added: dict[int, list[Pair[T]]] = {}
    after = 0
    for each in news:
        pair = by_new[id(each)]
        if pair.old is None:
            added.setdefault(after, []).append(pair)
        else:
            after = id(pair.old)
    yield from added.get(0, ())
    for each in olds:
        yield by_old[id(each)]
        yield from added.get(id(each), ())


# ---- scores


def _score_pairs(old: LogicalPlan, new: LogicalPlan) -> list[Pair[p.Score]]:
    """By name; of the rest those that are most alike; where each program has one score, it is that."""
    pairs, olds, news = _matched(old.scores, new.scores, [lambda score: score.name])
    if len(old.scores) == len(new.scores) == 1 and olds and news:
        return [Pair(olds[0], news[0])]
    likely = [(_score_likeness(a, b), a, b) for a in olds for b in news]
    found = _greedy([each for each in likely if each[0] >= 0.5], olds, news)
    every = pairs + found
    return list(merged(every, old.scores, new.scores))


def _score_likeness(one: p.Score, other: p.Score) -> float:
    """How many of the rules of two scores are the same; of formulas, whether they are."""
    if (one.formula is None) != (other.formula is None):
        return 0.0
    if score_form(one) == score_form(other):
        return 1.0
    if one.formula is not None:
        return 0.6 if form(one.formula) == form(other.formula) else 0.0
    return _shared([form(rule) for rule in one.rules], [form(rule) for rule in other.rules])


def _shared(ones: Sequence[Hashable], others: Sequence[Hashable]) -> float:
    if not ones and not others:
        return 0.0
    rest = list(others)
    for each in ones:
        if each in rest:
            rest.remove(each)
    same = len(others) - len(rest)
    return 2 * same / (len(ones) + len(others))


def _renamed(plan: LogicalPlan, names: dict[str, str]) -> LogicalPlan:
    """A program whose scores are called otherwise, wherever they are named.

    A score that is gone keeps its name, unless a new score has taken it.
    """
    taken = set(names.values())
    every = {score.name: names.get(score.name, score.name) for score in plan.scores}
    for name, chosen in every.items():
        if name not in names and chosen in taken:
            every[name] = f"{name} (old)"
    return with_score_names(plan, every)


def with_score_names(plan: LogicalPlan, names: dict[str, str]) -> LogicalPlan:
    """The plan with other names of its scores, by their present names."""

    def value(each: e.Value) -> e.Value:
        if isinstance(each, e.ScoreValue) and each.name is not None:
            return e.ScoreValue(names.get(each.name, each.name))
        return each

    parts = Rewrite(value=value).parts(Parts(plan.scores, plan.grids, plan.labels, plan.ignores, plan.excludes))
    grids = tuple(
        replace(grid, axes=tuple(replace(axis, score=names.get(axis.score, axis.score)) for axis in grid.axes))
        for grid in parts.grids
    )
    scores = tuple(replace(score, name=names.get(score.name, score.name)) for score in parts.scores)
    return replace(plan, scores=scores, grids=grids, labels=parts.labels)


# ---- tiers and groups


def _tiers(old: p.Score, new: p.Score) -> tuple[Pair[p.Tier], ...]:
    """By name; of the rest those of the same number; of the rest, where there is one in each, that."""
    pairs, olds, news = _matched(old.tiers, new.tiers, [lambda tier: tier.name, lambda tier: (tier.number, tier.above)])
    if len(olds) == len(news) == 1:
        pairs, olds, news = [*pairs, Pair(olds[0], news[0])], [], []
    return tuple(merged([*pairs, *_alone(olds, news)], old.tiers, new.tiers))


def _groups(old: p.Score, new: p.Score) -> tuple[Pair[int], ...]:
    """By name; of the rest those that share most rules."""

    def rules(score: p.Score, number: int) -> list[Hashable]:
        return [form(rule) for rule in score.rules if rule.group == number]

    olds, news = list(range(len(old.groups))), list(range(len(new.groups)))
    pairs: list[Pair[int]] = []
    for i in list(olds):
        same = next((j for j in news if new.groups[j].name == old.groups[i].name), None)
        if same is not None:
            pairs.append(Pair(i, same))
            olds.remove(i)
            news.remove(same)
    likely = [(_shared(rules(old, i), rules(new, j)), i, j) for i in olds for j in news]
    for likeness, i, j in sorted(likely, key=lambda each: -each[0]):
        if likeness > 0 and i in olds and j in news:
            pairs.append(Pair(i, j))
            olds.remove(i)
            news.remove(j)
    return (*pairs, *(Pair(i, None) for i in olds), *(Pair(None, j) for j in news))


# ---- rules


def _rules(old: p.Score, new: p.Score, groups: Sequence[Pair[int]]) -> tuple[Pair[p.Rule], ...]:
    """The same meaning in the same group; the same meaning; the same title; of the rest those that are most alike."""
    holder = {pair.old: pair.new for pair in groups if pair.both}
    places = {id(rule): ("old", rule.group) if rule.group not in holder else ("new", holder[rule.group])
              for rule in old.rules if rule.group is not None}  # fmt: skip
    places |= {id(rule): ("new", rule.group) for rule in new.rules if rule.group is not None}

    def titled(rule: p.Rule) -> Hashable:
        return id(rule) if rule.title is None else (type(rule), rule.title)

    keys: list[Callable[[p.Rule], Hashable]] = [
        lambda rule: (form(rule), rule.title, places.get(id(rule))),
        lambda rule: (form(rule), places.get(id(rule))),
        form,
        titled,
    ]
    pairs, olds, news = _matched(old.rules, new.rules, keys)
    likely = [(likeness, a, b) for a in olds for b in news if (likeness := rule_likeness(a, b)) >= LIKE]
    return tuple(merged([*pairs, *_greedy(likely, olds, news)], old.rules, new.rules))


def rule_likeness(one: p.Rule, other: p.Rule) -> float:
    """How much of the meaning of two rules is the same, 0 to 1; 0 where they are not about the same."""
    if isinstance(one, p.OnRule) != isinstance(other, p.OnRule) or not (_subjects(one) & _subjects(other)):
        return 0.0
    return SequenceMatcher(None, _pieces(form(one)), _pieces(form(other)), autojunk=False).ratio()


def _subjects(rule: p.Rule) -> frozenset[str]:
    """What a rule is about: the events that start it; of a `when` rule the fields and events that it asks for."""
    if isinstance(rule, p.OnRule):
        return frozenset(_names(form(rule.trigger), events=True)) or frozenset({"any"})
    return frozenset(_names(form(rule.branches), events=False)) or frozenset({"any"})


def _names(found: Any, *, events: bool) -> Iterator[str]:
    match found:
        case ("Alternative", names, _):
            yield from ("any",) if names is None else names
        case ("Field" | "DaysSince" | "DaysUntil", str(name)) if not events:
            yield f"{name} field"
        case tuple():
            for each in found:
                yield from _names(each, events=events)
        case _:
            pass


def _pieces(found: Any) -> list[Hashable]:
    """The leaves of a form, in their order."""
    if isinstance(found, tuple):
        return [piece for each in found for piece in _pieces(each)]
    return [found]


# ---- matching


def _matched(
    olds: Sequence[T], news: Sequence[T], keys: Sequence[Callable[[T], Hashable]]
) -> tuple[list[Pair[T]], list[T], list[T]]:
    """Pairs by the first key that is equal, one to one in their order; what is left of both."""
    pairs: list[Pair[T]] = []
    old_left, new_left = list(olds), list(news)
    for key in keys:
        waiting: dict[Hashable, list[T]] = {}
        for each in new_left:
            waiting.setdefault(key(each), []).append(each)
        still: list[T] = []
        for each in old_left:
            same = waiting.get(key(each))
            if same:
                pairs.append(Pair(each, same.pop(0)))
            else:
                still.append(each)
        old_left = still
        taken = {id(pair.new) for pair in pairs}
        new_left = [each for each in new_left if id(each) not in taken]
    return pairs, old_left, new_left


def _greedy(likely: Sequence[tuple[float, T, T]], olds: Sequence[T], news: Sequence[T]) -> list[Pair[T]]:
    """The most alike first; then what is left, alone."""
    pairs: list[Pair[T]] = []
    old_left, new_left = list(olds), list(news)
    for _, one, other in sorted(likely, key=lambda each: -each[0]):
        if any(each is one for each in old_left) and any(each is other for each in new_left):
            pairs.append(Pair(one, other))
            old_left = [each for each in old_left if each is not one]
            new_left = [each for each in new_left if each is not other]
    return [*pairs, *_alone(old_left, new_left)]


def _alone(olds: Sequence[T], news: Sequence[T]) -> list[Pair[T]]:
    return [*(Pair(each, None) for each in olds), *(Pair(None, each) for each in news)]
