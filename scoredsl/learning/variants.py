"""A program and its variants as few plans: what evaluation asks of a log beside the score itself.

For each rule the program without it, and what the rule alone gives. All are scores of the plans that `impact/combined`
makes, so that a log is walked once for each way to see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scoredsl.impact.changes import one_line
from scoredsl.impact.combined import Column, Placed, Run, combined
from scoredsl.plan.logical import LogicalPlan, without_rule, written
from scoredsl.reference.lead import formula_closure
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import scores_in, uses_before
from scoredsl.semantics.values import MILLION
from scoredsl.text import Span

_EXISTS, _EXCLUDED, _ALONE = "scoredsl exists", "scoredsl excluded", "scoredsl alone"
"""Names that no program can have."""
_NOWHERE = p.Place("", 0, Span(0, 0, ""))


@dataclass(frozen=True, slots=True)
class RuleColumns:
    """Where to look for one rule: the score without it, and what it gives alone (None: ask the difference)."""

    score: str
    rule: p.Rule
    name: str
    without: Column
    alone: Column | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One program that is judged by one of its scores: where its columns are found."""

    program: p.Program
    score: p.Score
    value: Column
    exists: Column
    excluded: tuple[Column, ...]
    rules: tuple[RuleColumns, ...]

    def first_tier(self, plan: LogicalPlan) -> int:
        """The number of the score's highest tier among the tiers of its plan."""
        return sum(len(score.tiers) for score in plan.scores[: self.value.number])


def judged(programs: Sequence[tuple[p.Program, str]], *, rules: bool) -> tuple[list[Run], list[Judged]]:
    """The plans for programs and the names of their scores. `rules`: also for each rule of the first program."""
    plans: list[LogicalPlan] = []
    asked: list[list[tuple[p.Score, p.Rule, bool]]] = []
    for number, (program, name) in enumerate(programs):
        base = _base(program, program.score(name))
        plans.append(base)
        asked.append([])
        closure = [score for score in base.scores if score.rules and score.name in _names(program, name)]
        for score in closure if rules and number == 0 else ():
            for rule in score.rules:
                plans.append(_without(base, rule))
                lone = alone(score, rule)
                if lone is not None:
                    plans.append(replace(base, scores=(lone,)))
                asked[-1].append((score, rule, lone is not None))
    runs, placed = combined(plans, [])
    found = iter(placed)
    return runs, [
        _judged(program, name, wanted, found) for (program, name), wanted in zip(programs, asked, strict=True)
    ]


def _judged(
    program: p.Program, name: str, asked: Sequence[tuple[p.Score, p.Rule, bool]], placed: Iterator[Placed]
) -> Judged:
    base = next(placed)
    rules: list[RuleColumns] = []
    for score, rule, by_itself in asked:
        without = next(placed).scores[name]
        own = next(placed).scores[_ALONE] if by_itself else None
        rules.append(RuleColumns(score.name, rule, rule_name(program, rule), without, own))
    excluded = tuple(base.scores[f"{_EXCLUDED} {i}"] for i in range(len(program.excludes)))
    return Judged(program, program.score(name), base.scores[name], base.scores[_EXISTS], excluded, tuple(rules))


def rule_name(program: p.Program, rule: p.Rule) -> str:
    """A rule's title, else its text on one line."""
    source = program.sources.get(rule.place.span.file)
    return rule.title or (rule.name if source is None else one_line(source.slice(rule.place.span)))


def first_events(program: p.Program) -> LogicalPlan:
    """A plan of two scores with a tier each: that of the first is entered with a lead's first event (which the rules do
    not ignore), that of the second when the lead begins to exist."""
    any_event = e.Pattern(e.Matcher((e.Alternative(None),)))
    tier = p.Tier("there", MILLION, False, None, False, None, _NOWHERE)
    rule = p.OnRule(0, None, _NOWHERE, None, p.Occurs(any_event), None, _points(), limits=(p.Limit(1),))
    first = p.Score("first", None, _NOWHERE, (rule,), tiers=(tier,))
    there = p.Score("there", None, _NOWHERE, start=MILLION, tiers=(tier,))
    return replace(written(program), scores=(first, there), grids=(), labels=(), excludes=())


def _points() -> p.Points:
    return p.Points(1, e.Constant(1.0))


def _names(program: p.Program, name: str) -> set[str]:
    return {score.name for score in formula_closure(program, program.score(name))}


def _base(program: p.Program, score: p.Score) -> LogicalPlan:
    """The score with all that it is made of, whether a lead exists, and whether it is excluded, as scores."""
    needed = _names(program, score.name)
    scores = [each if each.name == score.name else replace(each, tiers=()) for each in program.scores
              if each.name in needed]  # fmt: skip
    scores.append(p.Score(_EXISTS, None, _NOWHERE, start=MILLION))
    for number, condition in enumerate(program.excludes):
        rule = p.WhenRule(0, None, _NOWHERE, None, (p.Branch(condition, _points()),), None)
        scores.append(p.Score(f"{_EXCLUDED} {number}", None, _NOWHERE, (rule,)))
    return replace(written(program), scores=tuple(scores), grids=(), labels=(), excludes=())


def _without(base: LogicalPlan, gone: p.Rule) -> LogicalPlan:
    found = without_rule(base, gone)
    return replace(found, scores=tuple(replace(score, tiers=()) for score in found.scores))


def alone(score: p.Score, rule: p.Rule) -> p.Score | None:
    """What a rule gives, before any bound, as a score: the rule and the resets that may forget its awards.

    `rule` stands for the score's rule of its number. None where what it gives depends on the other rules: on the score
    so far, or because it or another sets the score.
    """
    resets = {
        each.index: each.effect.points
        for each in score.rules
        if isinstance(each, p.OnRule) and isinstance(each.effect, p.Reset)
    }
    if rule.index in resets or any(points is not None for points in resets.values()):
        return None
    kept = [
        rule if each.index == rule.index else each
        for each in score.rules
        if each.index == rule.index or each.index in resets
    ]
    for each in kept:
        if isinstance(each, p.OnRule) and (
            each.but_not is not None or (each.state is not None and uses_before(each.state))
        ):
            return None
    rules = tuple(replace(each, index=i, group=None) for i, each in enumerate(kept))
    return p.Score(_ALONE, None, score.place, rules)


def target_score(program: p.Program) -> p.Score | None:
    """The score that is meant where none is named: the only one, the only one with tiers, or the only one that no other
    is made of; None where several could be meant."""
    for choice in (
        list(program.scores),
        [score for score in program.scores if score.tiers],
        _topmost(program),
    ):
        if len(choice) == 1:
            return choice[0]
    return None


def _topmost(program: p.Program) -> list[p.Score]:
    below = {name for score in program.scores if score.formula is not None for name in scores_in(score.formula)}
    return [score for score in program.scores if score.name not in below]
