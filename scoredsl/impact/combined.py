"""Several programs as few plans: one for each way to see the log, so that it is read once for all that see it alike.

Scores that mean the same are computed once, whichever programs they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from scoredsl.impact.meaning import Form, score_form
from scoredsl.impact.pairing import with_score_names
from scoredsl.plan.logical import LogicalPlan
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import in_order


@dataclass(frozen=True, slots=True)
class Column:
    """Where a score, grid or label is found: the number of the plan, and its number there."""

    run: int
    number: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Where all of one program is found."""

    run: int
    scores: Mapping[str, Column]
    grids: Mapping[str, Column]
    labels: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Run:
    """A plan, before any pass, that is run over the log once.

    The alerts of its first `loud` scores are wanted; of its first `counted` ones it is counted what their rules do.
    """

    plan: LogicalPlan
    loud: int
    counted: int = 0


@dataclass(slots=True)
class _Making:
    """A plan while programs are put into it: those of one timezone, with the same ignored events and excluded leads."""

    like: LogicalPlan
    scores: list[p.Score] = field(default_factory=list)
    grids: list[p.Grid] = field(default_factory=list)
    labels: list[p.Label] = field(default_factory=list)
    known: dict[Form, int] = field(default_factory=dict)
    loud: int = 0


def counted_first(program: LogicalPlan, others: Sequence[LogicalPlan]) -> tuple[Run, list[Placed]]:
    """One plan for a program whose rules are counted, and others that see the log as it does; where each is found."""
    into = _Making(program)
    placed = [_put(program, into, 0, outputs=False, apart=True)]
    counted = len(into.scores)
    placed += [_put(other, into, 0, outputs=False) for other in others]
    return Run(replace(program, scores=tuple(into.scores), grids=(), labels=()), 0, counted), placed


def combined(loud: Sequence[LogicalPlan], quiet: Sequence[LogicalPlan]) -> tuple[list[Run], list[Placed]]:
    """Plans for all of these programs (as they are written), and where each, in their order, is found.

    Of the loud ones alerts are wanted, and grids and labels; of the quiet ones the scores at T alone.
    """
    making: dict[Form, _Making] = {}
    placed: list[Placed] = []
    order: list[_Making] = []
    for number, program in enumerate([*loud, *quiet]):
        seen = _sees(program)
        if seen not in making:
            making[seen] = _Making(program)
            order.append(making[seen])
        into = making[seen]
        placed.append(_put(program, into, order.index(into), outputs=number < len(loud)))
        if number < len(loud):
            into.loud = len(into.scores)
    runs = [
        Run(
            replace(each.like, scores=tuple(each.scores), grids=tuple(each.grids), labels=tuple(each.labels)),
            each.loud,
        )
        for each in order
    ]
    return runs, placed


def _sees(program: LogicalPlan) -> Form:
    """What a program makes of the log before any score sees it."""
    from scoredsl.impact.meaning import form

    return (
        program.timezone, program.list_columns, tuple(sorted(map(repr, map(form, program.ignores)))),
        tuple(sorted(map(repr, map(form, program.excludes)))),
    )  # fmt: skip


def _put(program: LogicalPlan, into: _Making, run: int, *, outputs: bool, apart: bool = False) -> Placed:
    """Puts a program's scores into a plan, each one below those that it names; `apart`: also two that mean the same."""
    names: dict[str, str] = {}
    scores: dict[str, Column] = {}
    for score in in_order(program.program()):
        (renamed,) = with_score_names(replace(_nothing(program), scores=(score,)), names).scores
        meaning = score_form(renamed)
        known = into.known.setdefault(meaning, len(into.scores))
        number = len(into.scores) if apart else known
        if number == len(into.scores):
            into.scores.append(replace(renamed, name=f"s{number}"))
        names[score.name] = f"s{number}"
        scores[score.name] = Column(run, number)
    grids: dict[str, Column] = {}
    labels: dict[str, Column] = {}
    if outputs:
        shown = with_score_names(program, names)
        for grid in shown.grids:
            grids[grid.name] = Column(run, len(into.grids))
            into.grids.append(replace(grid, name=f"g{len(into.grids)}"))
        for label in shown.labels:
            labels[label.name] = Column(run, len(into.labels))
            into.labels.append(replace(label, name=f"l{len(into.labels)}"))
    return Placed(run, scores, grids, labels)


def _nothing(program: LogicalPlan) -> LogicalPlan:
    return replace(program, scores=(), grids=(), labels=(), ignores=(), excludes=())
