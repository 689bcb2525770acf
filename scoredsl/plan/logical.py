"""The logical plan: what is computed, whatever computes it.

It is the checked program without its text: scores, rules and conditions, with names resolved and defaults handed down.
The analyzer makes it valid for the engines, the optimizer makes it smaller and keeps its meaning; `serial` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scoredsl.plan import analyze, optimize
from scoredsl.plan.parts import Parts
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p


@dataclass(frozen=True, slots=True)
class LogicalPlan:
    """What a program computes. `path` is the file that was run, relative to which rules name their places."""

    path: str
    timezone: str
    scores: tuple[p.Score, ...]
    grids: tuple[p.Grid, ...]
    labels: tuple[p.Label, ...]
    ignores: tuple[e.Pattern, ...]
    excludes: tuple[e.Condition, ...]
    list_columns: tuple[str, ...] = ()
    """Names declared as lists: such a CSV cell is a JSON array."""

    def program(self) -> p.Program:
        """The plan as a program without tests and text, for whatever takes one (the reference interpreter, output)."""
        lists = {name: p.PropertyType("list") for name in self.list_columns}
        return p.Program(
            self.path, self.timezone, self.scores, self.grids, self.labels, self.ignores, self.excludes, (), {}, lists,
            {},
        )  # fmt: skip


def logical_plan(program: p.Program) -> LogicalPlan:
    """The plan of a checked program: analyzed and optimized."""
    return prepared(written(program))


def written(program: p.Program) -> LogicalPlan:
    """The plan of a checked program as it is written, before any pass."""
    return LogicalPlan(
        program.path, program.timezone, program.scores, program.grids, program.labels, program.ignores,
        program.excludes, tuple(sorted(program.list_columns)),
    )  # fmt: skip


def prepared(plan: LogicalPlan) -> LogicalPlan:
    """A plan after all passes."""
    for step in (*analyze.PASSES, *optimize.PASSES):
        parts = step(Parts(plan.scores, plan.grids, plan.labels, plan.ignores, plan.excludes))
        plan = replace(
            plan, scores=parts.scores, grids=parts.grids, labels=parts.labels, ignores=parts.ignores,
            excludes=parts.excludes,
        )  # fmt: skip
    return plan


def without_rule(plan: LogicalPlan, gone: p.Rule) -> LogicalPlan:
    """A plan without a rule, which is one of its own."""
    scores = []
    for score in plan.scores:
        rules = [rule for rule in score.rules if rule is not gone]
        if len(rules) < len(score.rules):
            score = replace(score, rules=tuple(replace(rule, index=i) for i, rule in enumerate(rules)))
        scores.append(score)
    return replace(plan, scores=tuple(scores))
