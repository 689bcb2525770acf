"""Are two programs equal for every possible lead? What is compared, the proof, and else the search for a lead.

"Equal" is said only where the canonical forms of both are the same, "different" only where both programs were run on
the lead that is shown. All else is not decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from scoredsl.impact.changes import Change, changes
from scoredsl.impact.meaning import Form, form, plan_form, same_meaning, score_form
from scoredsl.impact.pairing import paired
from scoredsl.plan.logical import LogicalPlan, written
from scoredsl.proof.canonical import canonical
from scoredsl.proof.days import asks_for_days, walk
from scoredsl.proof.example import Example, example
from scoredsl.proof.hunt import Hunt
from scoredsl.proof.representatives import Representatives
from scoredsl.reference.lead import formula_closure
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.testing.rechecking import EVERYTHING

TRIES = 4000
"""Logs that are tried at the most."""
EFFORT = 2_500_000
"""How many rules are looked at, at how many instants, before the search is given up: some ten seconds."""

Verdict: TypeAlias = Literal["equal", "different", "not decided"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of a comparison.

    `only_old` and `only_new` are columns (scores, grids, labels) of one program alone. `differing` are those of both
    whose forms differ, and what concerns the whole program; `changes` say where. `tried` is the number of logs tried.
    """

    verdict: Verdict
    columns: tuple[str, ...]
    only_old: tuple[str, ...] = ()
    only_new: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    tried: int = 0
    example: Example | None = None


def proved(old: p.Program, new: p.Program, score: str | None = None) -> Proof:
    """Compares two programs by the names of their scores, grids and labels, or one score of both."""
    if score is not None:
        old, new = (_of_score(program, score) for program in (old, new))
    plans = written(old), written(new)
    names = (_names(old), _names(new)) if score is None else ([score], [score])
    both = tuple(name for name in names[1] if name in names[0])
    only_old, only_new = (
        tuple(name for name in of if name not in both) for of in names
    )
    if same_meaning(*plans):
        return Proof("equal", both)
    same = Representatives()
    one, other = (canonical(plan, same) for plan in plans)
    differing = unproven(one, other)
    asked = tuple(name for name in differing if name in both or name in _WHOLE)
    roots = _changed(one, other)
    if not asked and not only_old and not only_new:
        return Proof("equal", both)
    found = tuple(each for each in changes(paired(*plans), old, new) if each.keys or each.score is None)
    tried = 0
    if asked:
        search = Hunt(old, new, _watched(both, asked, roots))
        examples = (example(old, new, both, each.givens, each.expectation.at) for each in search.found(TRIES, EFFORT))
        shown = next((each for each in examples if each is not None), None)
        tried = search.tried
        if shown is not None:
            return Proof("different", both, only_old, only_new, asked, found, tried, shown)
    verdict: Verdict = "different" if only_old or only_new else "not decided"
    return Proof(verdict, both, only_old, only_new, asked, found, tried)


def _watched(both: Sequence[str], asked: Sequence[str], roots: Sequence[str]) -> frozenset[str]:
    """The columns to look at for a difference: what is made of others differs only where they do."""
    if {"ignore", "exclude"} & {*asked}:
        return frozenset({EVERYTHING})
    if {*_WHOLE} & {*asked}:
        return frozenset(both)
    return frozenset(roots if {*roots} <= {*asked} else asked)


def _of_score(program: p.Program, name: str) -> p.Program:
    """The program with this score and those that it is made of."""
    wanted = {each.name for each in formula_closure(program, program.score(name))}
    return replace(
        program, scores=tuple(each for each in program.scores if each.name in wanted), grids=(), labels=(),
    )  # fmt: skip


def _names(program: p.Program) -> list[str]:
    columns: tuple[p.Score | p.Grid | p.Label, ...] = (*program.scores, *program.grids, *program.labels)
    return [each.name for each in columns]


# ---- what differs

_WHOLE = ("timezone", "ignore", "exclude", "lists")
"""What concerns every column."""


def unproven(one: LogicalPlan, other: LogicalPlan) -> tuple[str, ...]:
    """The columns whose forms differ, with all that is made of them; first what concerns the whole program.

    Both are canonical. None: the programs are equal.
    """
    if plan_form(one) == plan_form(other):
        return ()
    names = list(dict.fromkeys(name for plan in (one, other) for name, _ in _forms(plan)))
    changed = set(_changed(one, other))
    made_of = {name: found for plan in (one, other) for name, found in _made_of(plan)}
    while more := {name for name, found in made_of.items() if found & changed} - changed:
        changed |= more
    return tuple(name for name in names if name in changed)


def _changed(one: LogicalPlan, other: LogicalPlan) -> list[str]:
    """The columns whose own forms differ, whatever they are made of."""
    before, after = dict(_forms(one)), dict(_forms(other))
    return [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]


def _forms(plan: LogicalPlan) -> Iterator[tuple[str, Form]]:
    yield "timezone", (plan.timezone if asks_for_days((plan.scores, plan.labels, plan.ignores, plan.excludes)) else "",)
    yield "ignore", tuple(sorted(map(form, plan.ignores), key=repr))
    yield "exclude", tuple(sorted(map(form, plan.excludes), key=repr))
    yield "lists", tuple(sorted(set(plan.list_columns) & _words(plan)))
    for score in plan.scores:
        yield score.name, (score_form(score), tuple(tier.name for tier in score.tiers))
    for grid in plan.grids:
        yield grid.name, form(grid.axes)
    for label in plan.labels:
        yield label.name, form(label.condition)


def _made_of(plan: LogicalPlan) -> Iterator[tuple[str, set[str]]]:
    for score in plan.scores:
        yield score.name, _scores_in(score.formula)
    for grid in plan.grids:
        yield grid.name, {axis.score for axis in grid.axes}
    for label in plan.labels:
        yield label.name, _scores_in(label.condition)


def _scores_in(part: object) -> set[str]:
    return {name for name in (each.name for each in walk(part) if isinstance(each, e.ScoreValue)) if name is not None}


def _words(plan: LogicalPlan) -> set[str]:
    """Every name in a plan, and what a dotted one begins with: a superset of the properties and fields it reads."""
    found = {each for each in walk((plan.scores, plan.labels, plan.ignores, plan.excludes)) if isinstance(each, str)}
    return {".".join(parts[: i + 1]) for name in found for parts in [name.split(".")] for i in range(len(parts))}
