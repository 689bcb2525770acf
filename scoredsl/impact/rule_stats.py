"""What each rule of a program is good for on a log: how often it fires, what it gives, and who owes a tier to it.

A lead owes its tier to a rule if it would be in a lower one, or none, without it: the program is scored with each rule
taken out, all in one plan. So caps, groups, limits, resets and conditions on the score are what they are without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from scoredsl.impact.changes import one_line
from scoredsl.impact.combined import Placed, Run, counted_first
from scoredsl.plan.analyze import PlanError
from scoredsl.plan.logical import LogicalPlan, prepared, without_rule, written
from scoredsl.reference.rule_counts import RuleCount
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import scores_in

Kind = Literal["on", "when", "reset"]


@dataclass(frozen=True, slots=True)
class Owed:
    """Leads that are in a tier and would not be in it, or in a higher one, without a rule."""

    score: str
    tier: str
    leads: int


@dataclass(frozen=True, slots=True)
class RuleStats:
    """One rule. `possible`: False where no log could ever make it fire. `owed`: for the tiers that may depend on it."""

    score: str
    name: str
    place: str
    kind: Kind
    possible: bool
    count: RuleCount
    owed: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class TierLeads:
    score: str
    tier: str
    leads: int


@dataclass(frozen=True, slots=True)
class ProgramStats:
    """All rules of a program at T, in the order of the file, and how many leads are in each tier."""

    program: str
    as_of: int
    leads: int
    rules: tuple[RuleStats, ...]
    tiers: tuple[TierLeads, ...]
    owed: bool
    """Whether it was asked who owes a tier to a rule."""

    @property
    def never_fired(self) -> list[RuleStats]:
        return [rule for rule in self.rules if rule.count.fired == 0]


@dataclass(frozen=True, slots=True)
class StatsPlan:
    """What has to be run: the program and, for each rule that tiers depend on, the program without it."""

    program: p.Program
    run: Run
    placed: tuple[Placed, ...]
    without: tuple[p.Rule, ...]
    """The rules that are taken out, one a program of `placed` from the second on."""


def stats_plan(program: p.Program, *, owed: bool) -> StatsPlan:
    """The plan; without `owed` the program is scored as it is alone."""
    plan = written(program)
    above = _above(plan)
    telling = {score.name for score in plan.scores if any(each.tiers for each in above[score.name])}
    taken = [rule for score in plan.scores if owed and score.name in telling for rule in score.rules]
    run, placed = counted_first(plan, [without_rule(plan, rule) for rule in taken])
    return StatsPlan(program, run, tuple(placed), tuple(taken))


def _above(plan: LogicalPlan) -> dict[str, list[p.Score]]:
    """For each score itself and the formulas that it goes into."""
    above = {score.name: [score] for score in plan.scores}
    for score in plan.scores:
        waiting = scores_in(score.formula) if score.formula is not None else []
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            above[name].append(score)
            inner = next(each for each in plan.scores if each.name == name)
            waiting += scores_in(inner.formula) if inner.formula is not None else []
    return above


def rule_stats(
    plan: StatsPlan, db: Any, table: str, counts: Mapping[tuple[int, p.Place], RuleCount], leads: int, as_of: int
) -> ProgramStats:
    """The figures, by the table that the run has made and what it counted (by the number of a score, and a place)."""
    program, base = plan.program, plan.placed[0]
    possible = _possible(program)
    owed = _owed(plan, db, table)
    rules = [
        RuleStats(
            score.name,
            _name(program, rule),
            str(rule.place),
            _kind(rule),
            rule.place in possible,
            counts.get((base.scores[score.name].number, rule.place), RuleCount()),
            owed.get(rule.place, ()),
        )
        for score, rule in program.rules()
    ]
    tiers = [
        TierLeads(score.name, tier.name, count)
        for score in program.scores
        for tier, count in zip(score.tiers, _tier_counts(db, table, score, base), strict=True)
    ]
    return ProgramStats(program.path, as_of, leads, tuple(rules), tuple(tiers), bool(plan.without))


def _possible(program: p.Program) -> set[p.Place]:
    """The rules that the optimizer keeps: of the others it knows that they can never fire."""
    plan = written(program)
    with suppress(PlanError):
        plan = prepared(plan)
    return {rule.place for score in plan.scores for rule in score.rules}


def _tier_counts(db: Any, table: str, score: p.Score, base: Placed) -> list[int]:
    column = f"t{base.scores[score.name].number}"
    counts = dict(db.execute(f"SELECT {column}, count(*) FROM {table}_leads GROUP BY ALL").fetchall())
    return [counts.get(i, 0) for i in range(len(score.tiers))]


def _owed(plan: StatsPlan, db: Any, table: str) -> dict[p.Place, tuple[Owed, ...]]:
    """By the place of a rule, for every tier that can depend on it, who owes it to the rule."""
    base, *without = plan.placed
    found: dict[p.Place, tuple[Owed, ...]] = {rule.place: () for rule in plan.without}
    for score in plan.program.scores:
        if not score.tiers:
            continue
        own = base.scores[score.name].number
        asked = [
            (rule, placed.scores[score.name].number)
            for rule, placed in zip(plan.without, without, strict=True)
            if placed.scores[score.name].number != own
        ]
        if not asked:
            continue
        columns = [f"count(*) FILTER (WHERE t{n} < 0 OR t{n} > t{own})" for _, n in asked]
        rows = db.execute(
            f"SELECT t{own}, {', '.join(columns)} FROM {table}_leads WHERE t{own} >= 0 GROUP BY t{own}"
        ).fetchall()
        by_tier = {tier: counts for tier, *counts in rows}
        for i, (rule, _) in enumerate(asked):
            found[rule.place] += tuple(
                Owed(score.name, tier.name, by_tier[place][i] if place in by_tier else 0)
                for place, tier in enumerate(score.tiers)
            )
    return found


def _kind(rule: p.Rule) -> Kind:
    if isinstance(rule, p.WhenRule):
        return "when"
    return "reset" if isinstance(rule.effect, p.Reset) else "on"


def _name(program: p.Program, rule: p.Rule) -> str:
    source = program.sources.get(rule.place.span.file)
    return rule.title or (rule.name if source is None else one_line(source.slice(rule.place.span)))
