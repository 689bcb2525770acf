"""What a program makes of a log at a glance: leads by tier, how scores are spread, the highest leads.

Each of them also for an older program, for whoever changes rules and wants to see what that does; it is the question of
`compare` without the changes of the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.impact.combined import Placed, Run, combined
from scoredsl.impact.figures import Move, ScoreImpact
from scoredsl.impact.measure import Question, highest, leads_in_all, measured
from scoredsl.impact.pairing import Pairing, ScorePair, paired
from scoredsl.plan.logical import written
from scoredsl.semantics import program as p


@dataclass(frozen=True, slots=True)
class OverviewPlan:
    """What has to be run for a program and, where there is one, the older program."""

    program: p.Program
    old: p.Program | None
    pairing: Pairing
    itself: Pairing
    """The program with itself, for scores that the older one does not have."""
    runs: tuple[Run, ...]
    placed: tuple[Placed, Placed]
    """Where the older program (else the program itself) and the program are found."""


@dataclass(frozen=True, slots=True)
class ScoreOverview:
    """A score. `figures`: before and after; where nothing is `compared` both are the same.

    `highest`: the leads with the most points, at most as many as were asked for.
    """

    score: p.Score
    compared: bool
    figures: ScoreImpact
    highest: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A program over a log at T (`as_of`, microseconds). The last score of the file combines the others."""

    program: str
    compared: bool
    as_of: int
    leads: int
    scores: tuple[ScoreOverview, ...]


def overview_plan(program: p.Program, old: p.Program | None = None) -> OverviewPlan:
    """The plan; scores that mean the same in both programs are computed once."""
    itself = paired(written(program), written(program))
    pairing = itself if old is None else paired(written(old), written(program))
    runs, placed = combined([], [pairing.old, pairing.new])  # no alerts are wanted
    return OverviewPlan(program, old, pairing, itself, tuple(runs), (placed[0], placed[1]))


def overview(plan: OverviewPlan, db: Any, tables: Sequence[str], as_of: int, most: int) -> Overview:
    """The figures. `tables`: the names under which `db` has what the runs made; `most`: how many leads are named."""
    before, now = plan.placed
    own = {pair.name: pair for pair in plan.itself.scores}
    both = {pair.name: pair for pair in plan.pairing.scores if pair.old is not None and pair.new is not None}

    def of_score(score: p.Score) -> ScoreOverview:
        pair: ScorePair = both.get(score.name, own[score.name])
        older = before if score.name in both else now
        question = Question(pair, older, now, (), tables, 0, 0)
        compared = plan.old is not None and score.name in both
        return ScoreOverview(score, compared, measured(db, question), highest(db, question, most))

    scores = tuple(of_score(score) for score in plan.program.scores)
    leads = leads_in_all(db, [tables[now.run]])
    return Overview(plan.program.path, plan.old is not None, as_of, leads, scores)
