"""What `evaluate` does between its options and its report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli.at_instants import DataAtHand
from scoredsl.cli.outcome_options import When, known_leads

if TYPE_CHECKING:
    from scoredsl.engine.results import Column
    from scoredsl.engine.sources.outcomes import Outcome
    from scoredsl.learning.evaluate import Row
    from scoredsl.learning.figures import Counts, Evaluation
    from scoredsl.learning.sample import Leads
    from scoredsl.semantics.program import Program

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be evaluated; `other` is a program, its name and its score to compare with."""

    program: Program
    score: str
    when: When
    method: Any
    train_until: int | None
    other: tuple[str, Program, str] | None = None

    def against(self, name: str, program: Program, score_name: str | None) -> Asked:
        """Compared with another program: by its score of the same name, else by the one that is meant."""
        known = any(score.name == self.score for score in program.scores)
        score = self.score if known else target(program, score_name)
        return replace(self, other=(name, program, score))


def target(program: Program, named: str | None) -> str:
    """The score that is judged. Raises a usage error."""
    from scoredsl.diagnostics import did_you_mean
    from scoredsl.learning.variants import target_score

    names = [score.name for score in program.scores]
    if named is not None:
        if named not in names:
            meant = did_you_mean(named, names) or f"there is {', '.join(names) or 'none'}."
            raise click.UsageError(f"{program.path} has no score {named}; {meant}")
        return named
    found = target_score(program)
    if found is None:
        listed = f"It has {', '.join(names)}: name one with --score." if names else "It has none."
        raise click.UsageError(f"Which score of {program.path}? {listed}")
    return found.name


def evaluated(
    at_hand: DataAtHand, asked: Asked, outcomes: Sequence[Outcome]
) -> tuple[Evaluation, list[Row]]:
    """The figures, and every look. An error where no moment has enough leads."""
    from scoredsl.learning.evaluate import Asking, at_moment, tier_flows
    from scoredsl.learning.figures import Evaluation
    from scoredsl.learning.sample import looks
    from scoredsl.learning.variants import judged

    newest = newest_of(at_hand, asked.program)
    leads = known_leads(at_hand, asked.program, outcomes, newest)
    first = min(newest, int(leads.first.min()))
    moments = asked.when.moments(first, newest)
    looked = looks(leads, moments)
    programs = [(asked.program, asked.score)]
    if asked.other is not None:
        programs.append(asked.other[1:])
    runs, models = judged(programs, rules=True)
    until = max([newest, *looked.asked.instant.tolist()])
    made = [at_hand.at(run.plan, looked.asked, until) for run in runs]
    other = models[1] if asked.other is not None else None
    asking = Asking(leads, looked, made, models[0], other, asked.method, asked.train_until)
    found = [at_moment(asking, moment, number) for number, moment in enumerate(moments)]
    said = [each for each in found if not isinstance(each, str)]
    too_few = tuple(each for each in found if isinstance(each, str))
    if not said:
        raise click.ClickException("There are too few outcomes to judge by.\n" + "\n".join(too_few))
    model = models[0]
    entered, first_tier = made[model.value.run].entered, model.first_tier(runs[model.value.run].plan)
    evaluation = Evaluation(
        asked.program.path, asked.score, None if asked.other is None else asked.other[0], _counts(leads), first, newest,
        asked.train_until, tuple(moment for moment, _ in said), too_few,
        tier_flows(leads, model, entered, first_tier, newest),
    )  # fmt: skip
    return evaluation, [row for _, rows in said for row in rows]


def newest_of(at_hand: DataAtHand, program: Program) -> int:
    """The newest event or profile row."""
    newest = at_hand.scans(tuple(sorted(program.list_columns))).newest()
    if newest is None:
        raise click.ClickException("The log has no event with a time.")
    return newest


def _counts(leads: Leads) -> Counts:
    import numpy as np

    from scoredsl.engine.at_instants import NEVER
    from scoredsl.learning.figures import Counts

    missing = np.flatnonzero(leads.begins == NEVER)
    lost = ~leads.won & ~leads.open
    examples = tuple(leads.names[place] for place in missing[:_EXAMPLES].tolist())
    return Counts(int(leads.won.sum()), int(lost.sum()), int(leads.open.sum()), len(missing), examples)


# ---- the looks as rows


def look_columns() -> list[Column]:
    """The columns of --out; a probability is given as points are, with six digits."""
    from scoredsl.engine.results import Column

    return [
        Column("at", "text"), Column("lead", "text"), Column("time", "time"), Column("won", "boolean"),
        Column("decided", "time"), Column("score", "points"), Column("tier", "text"), Column("probability", "points"),
    ]  # fmt: skip


def look_rows(rows: Sequence[Row]) -> Iterator[list[Any]]:
    from scoredsl.semantics.values import MILLION

    for row in rows:
        yield [row.moment, row.lead, row.instant, row.won, row.decided, row.score, row.tier,
               round(row.probability * MILLION)]  # fmt: skip
