"""The most that `when` rules can give together: of conditions that exclude each other only one counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoredsl.reasoning.conditions import excludes, never
from scoredsl.reasoning.normal import conjunction, names
from scoredsl.semantics import expressions as e
from scoredsl.semantics.inspect import leaves

_MOST_RULES = 10
"""Of more rules about the same things not all combinations are tried: they are taken two by two."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a rule can be: where `condition` holds it gives at most so many points (millionths, above 0)."""

    rule: int
    condition: e.Condition
    points: int


def most_together(options: Sequence[Option]) -> tuple[Option, ...]:
    """The options, at most one a rule, that can hold at once and give the most, by an upper estimate.

    No data ever give more than their sum.
    """
    found: list[Option] = []
    for related in _connected(options):
        found.extend(_best(related))
    return tuple(sorted(found, key=lambda option: option.rule))


def _connected(options: Sequence[Option]) -> Iterator[list[Option]]:
    """The options by what they ask about: those of different parts cannot exclude each other."""
    parts: list[tuple[set[object], list[Option]]] = []
    subjects_of = {option.condition: subjects(option.condition) for option in options}
    any_event = any(_ANY in asked for asked in subjects_of.values())
    for option in options:
        found = subjects_of[option.condition]
        if any_event and any(each.is_event for each in found):
            found = {*found, _ANY}
        asked: set[object] = {("rule", option.rule), *found}
        touching = [part for part in parts if part[0] & asked]
        parts = [part for part in parts if not part[0] & asked]
        merged = (asked.union(*(names for names, _ in touching)), [o for _, each in touching for o in each] + [option])
        parts.append(merged)
    for _, each in parts:
        yield each


@dataclass(frozen=True, slots=True)
class Subject:
    """What a condition asks about: a property or field by the first part of its name, a score, or events.

    Without a name it is the events of any name, or `score` after `if`.
    """

    name: str | None
    is_event: bool = False
    is_score: bool = False


_ANY = Subject(None, is_event=True)


def subjects(node: e.Condition | e.Value) -> set[Subject]:
    """All that a condition, or a value, asks about."""
    found: set[Subject] = set()
    for leaf in leaves(node):
        match leaf:
            case e.Field(name) | e.DaysSince(name) | e.DaysUntil(name) | e.Property(name):
                found.add(Subject(name.partition(".")[0]))
            case e.Fact(_, _, pattern, _) | e.Has(pattern, _, _):
                asked = names(pattern)
                found.update((_ANY,) if asked is None else (Subject(each, is_event=True) for each in asked))
            case e.Inactive():
                found.add(_ANY)
            case e.ScoreValue(score):
                found.add(Subject(score, is_score=True))
            case _:
                pass
    return found


def _best(options: list[Option]) -> tuple[Option, ...]:
    """The best combination of options that are about the same things."""
    by_rule: dict[int, list[Option]] = {}
    for option in sorted(options, key=lambda each: -each.points):
        by_rule.setdefault(option.rule, []).append(option)
    rules = sorted(by_rule.values(), key=lambda each: -each[0].points)
    return _Search(rules).best if len(rules) <= _MOST_RULES else _by_pairs(rules)


class _Search:
    """All combinations, those first that give the most; what cannot become better than the best is left out."""

    def __init__(self, rules: Sequence[Sequence[Option]]) -> None:
        self.rules = rules
        self.rest = [sum(each[0].points for each in rules[i:]) for i in range(len(rules) + 1)]
        self.best: tuple[Option, ...] = ()
        self.points = -1
        self.go(0, (), 0)

    def go(self, at: int, chosen: tuple[Option, ...], points: int) -> None:
        if points + self.rest[at] <= self.points:
            return
        if at == len(self.rules):
            self.best, self.points = chosen, points
            return
        for option in self.rules[at]:
            if not never(conjunction(*(each.condition for each in chosen), option.condition)):
                self.go(at + 1, (*chosen, option), points + option.points)
        self.go(at + 1, chosen, points)


_MOST_PAIRS = 3_000
"""Pairs of rules that are asked whether they exclude each other, for all rules that are about the same things."""


def _by_pairs(rules: Sequence[Sequence[Option]]) -> tuple[Option, ...]:
    """Rules in sets of which each excludes each other: of every set one counts, the one that gives the most."""
    sets: list[list[Sequence[Option]]] = []
    asked = 0
    for options in rules:
        home = None
        for members in sets:
            asked += len(members)
            if asked > _MOST_PAIRS:
                break
            if all(excludes(one.condition, two.condition) for other in members for one in options for two in other):
                home = members
                break
        if home is None:
            sets.append([options])
        else:
            home.append(options)
    return tuple(max((options[0] for options in members), key=lambda option: option.points) for members in sets)
