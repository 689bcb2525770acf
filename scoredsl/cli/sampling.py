"""The leads that are learned from: each looked at once, at one age or instant, while it was undecided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoredsl.cli.at_instants import DataAtHand
from scoredsl.cli.outcome_options import When, known_leads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoredsl.engine.at_instants import Asked
    from scoredsl.engine.sources.outcomes import Outcome
    from scoredsl.learning.learn import Looked
    from scoredsl.learning.sample import Leads, Moment
    from scoredsl.semantics.program import Program

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """Looks at leads: `asked` says whose and when, `looked` what became of them, `began` when each began."""

    leads: Leads
    moment: Moment
    asked: Asked
    looked: Looked
    began: NDArray[np.int64]

    @property
    def instants(self) -> NDArray[np.int64]:
        return self.asked.instant

    @property
    def until(self) -> int:
        """The latest look: nothing after it is read."""
        latest: int = max([0, *self.asked.instant.tolist()])
        return latest


def sampled(
    at_hand: DataAtHand, when: When, outcomes: Sequence[Outcome], program: Program, score: str | None, newest: int
) -> Sample:
    """The looks at leads that the program does not exclude. `score`: whose value goes along, where there is one."""
    import numpy as np

    from scoredsl.engine.at_instants import NEVER, Asked
    from scoredsl.learning.learn import Looked
    from scoredsl.learning.sample import looks
    from scoredsl.learning.variants import judged

    leads = known_leads(at_hand, program, outcomes, newest)
    (moment,) = when.moments(min(newest, int(leads.first.min())), newest)
    asked = looks(leads, [moment]).asked
    numbers = np.arange(len(asked.lead))
    scores = None
    if score is not None:
        runs, (model,) = judged([(program, score)], rules=False)
        made = at_hand.at(runs[0].plan, asked, max([0, *asked.instant.tolist()]))
        there = made.values[:, model.exists.number] > 0
        for column in model.excluded:
            there &= made.values[:, column.number] == 0
        numbers = numbers[there]
        scores = made.values[numbers, model.value.number] / _MILLION
    places, instants = asked.lead[numbers], asked.instant[numbers]
    first, begins = leads.first[places], leads.begins[places]
    looked = Looked(places, leads.won[places], scores)
    return Sample(leads, moment, Asked(asked.leads, places, instants), looked, np.where(first == NEVER, begins, first))


def scores_of(at_hand: DataAtHand, program: Program, name: str, sample: Sample) -> NDArray[np.int64]:
    """The scores of a program at the looks, in millionths, as the engine has them."""
    from scoredsl.learning.variants import judged

    runs, (model,) = judged([(program, name)], rules=False)
    scores: NDArray[np.int64] = at_hand.at(runs[0].plan, sample.asked, sample.until).values[:, model.value.number]
    return scores
