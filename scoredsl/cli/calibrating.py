"""What `calibrate` does between its options and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from scoredsl.cli.at_instants import DataAtHand
from scoredsl.cli.evaluating import newest_of, target
from scoredsl.cli.files import write_text
from scoredsl.cli.outcome_options import When
from scoredsl.cli.sampling import sampled, scores_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoredsl.cli.sampling import Sample
    from scoredsl.engine.sources.outcomes import Outcome
    from scoredsl.learning.intervals import Estimate
    from scoredsl.learning.refit import Place, Refitted
    from scoredsl.learning.refit_report import Changed, RefitReport, TierChange
    from scoredsl.semantics.program import Program, Score

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Calibrating:
    """What is to be refitted."""

    program: Program
    score_name: str | None
    when: When
    test_from: int | None
    most: int
    out: str


def calibrated(at_hand: DataAtHand, asked: Calibrating, outcomes: Sequence[Outcome]) -> RefitReport:
    """Refits, writes the file, and reports. An error where there is too little to learn from."""
    import numpy as np

    from scoredsl.api import DiskReader, read_rules
    from scoredsl.learning.learn import Limits, TooFewError, check_enough
    from scoredsl.learning.program_text import checked
    from scoredsl.learning.refit import Known, places, refit, text_of, unit_plan
    from scoredsl.learning.refit_report import RefitReport
    from scoredsl.learning.split import split

    program = asked.program
    name = target(program, asked.score_name)
    score = program.score(name)
    if score.formula is not None:
        raise click.UsageError(
            f"{name} is a formula of other scores: it has no points of its own. Name one of those with --score."
        )
    text = read_rules(program.path)
    found = places(program, score, text)
    if not found:
        raise click.ClickException(f"The score {name} has no points that can be refitted: none is written as a number.")
    sample = sampled(at_hand, asked.when, outcomes, program, name, newest_of(at_hand, program))
    parts = split(sample.instants if asked.test_from is None else sample.began, asked.test_from)
    try:
        check_enough(sample.looked, parts, Limits())
    except TooFewError as problem:
        raise click.ClickException(str(problem)) from None
    given = at_hand.at(unit_plan(program, score, found), sample.asked, sample.until).values / _MILLION
    units = given / np.array([place.old for place in found])
    fitted = parts.fit | parts.choose
    old = scores_of(at_hand, program, name, sample)
    known = Known(units[fitted], old[fitted] / _MILLION, sample.looked.won[fitted])
    border = score.tiers[0].number / _MILLION if score.tiers else None
    new = refit(known, found, border, asked.most)
    after = text_of(text, found, new)
    refitted = checked(after, program.path, DiskReader())
    scores = scores_of(at_hand, refitted, name, sample)
    write_text(asked.out, after)
    judged, old_auc, new_auc, change = _measures(old, scores, parts.test, sample)
    return RefitReport(
        asked.out, program.path, name, sample.moment.name, int(fitted.sum()),
        tuple(_changes(found, new, units, fitted, sample)), judged, old_auc, new_auc, change,
        tuple(_tiers(score, old, scores, parts.test, sample)), text, after, parts.by_time,
    )  # fmt: skip


def _changes(
    found: Sequence[Place], new: Refitted, units: NDArray[np.float64], fitted: NDArray[np.bool_], sample: Sample
) -> list[Changed]:
    from scoredsl.learning.intervals import proportion, ratio_of_shares
    from scoredsl.learning.refit_report import Changed

    won, leads = sample.looked.won[fitted], sample.looked.leads[fitted]
    changes = []
    for number, place in enumerate(found):
        has = units[fitted, number] != 0
        changes.append(
            Changed(place.name, str(place.rule.place), place.old, new.points[number], int(has.sum()),
                    proportion(won[has], leads[has]), ratio_of_shares(has, won, leads))
        )  # fmt: skip
    return changes


def _measures(
    old: NDArray[np.int64], new: NDArray[np.int64], test: NDArray[np.bool_], sample: Sample
) -> tuple[int, Estimate, Estimate, Estimate]:
    """How many leads are judged by, the AUC of both, and the difference."""
    from scoredsl.learning.measures import auc, auc_difference

    won, leads = sample.looked.won[test], sample.looked.leads[test]
    before, after = old[test], new[test]
    return len(won), auc(before, won, leads), auc(after, won, leads), auc_difference(before, after, won, leads)


def _tiers(
    score: Score, old: NDArray[np.int64], new: NDArray[np.int64], test: NDArray[np.bool_], sample: Sample
) -> list[TierChange]:
    from scoredsl.learning.intervals import proportion
    from scoredsl.learning.refit_report import TierChange

    won, leads = sample.looked.won[test], sample.looked.leads[test]
    found = []
    for tier in score.tiers:
        inside = [values[test] >= tier.number for values in (old, new)]
        before, after = (proportion(won[each], leads[each]) for each in inside)
        found.append(TierChange(tier.name, int(inside[0].sum()), int(inside[1].sum()), before, after))
    return found
