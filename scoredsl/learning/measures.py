"""How well a score orders leads by what became of them: AUC, average precision, Brier, with their intervals.

Scores are whole millionths, `won` says what became of each observation, `leads` whose it is (numbers from 0 on).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoredsl.learning.intervals import LEVEL, NOTHING, Estimate, clustered, difference, on_logit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SEED = 20_260_301
_RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Placements:
    """Of each win the share of losses below it, of each loss the share of wins above it (ties are half).

    The means of both are the AUC (DeLong, DeLong and Clarke-Pearson 1988; midranks as Sun and Xu 2014).
    """

    auc: float
    wins: NDArray[np.float64]
    losses: NDArray[np.float64]
    win_leads: NDArray[np.int64]
    loss_leads: NDArray[np.int64]


def placements(scores: NDArray[np.int64], won: NDArray[np.bool_], leads: NDArray[np.int64]) -> Placements | None:
    """None where nothing was won or nothing was lost."""
    import numpy as np

    wins, losses = np.sort(scores[won]), np.sort(scores[~won])
    if len(wins) == 0 or len(losses) == 0:
        return None

    def below(values: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
        """Twice how many of the others are below each value; a tie is half a one."""
        least, most = (np.searchsorted(others, values, side=side) for side in ("left", "right"))
        return (least + most).astype(np.int64)

    of_wins = below(scores[won], losses)
    of_losses = 2 * len(wins) - below(scores[~won], wins)
    auc = int(of_wins.sum()) / (2 * len(wins) * len(losses))
    return Placements(auc, of_wins / (2 * len(losses)), of_losses / (2 * len(wins)), leads[won], leads[~won])


def auc(scores: NDArray[np.int64], won: NDArray[np.bool_], leads: NDArray[np.int64]) -> Estimate:
    """The chance that a lead that was won stands above one that was lost. DeLong's variance, on the logit scale."""
    found = placements(scores, won, leads)
    if found is None:
        return NOTHING
    variance = _covariance(found, found)
    return on_logit(found.auc, variance, min(len(found.wins), len(found.losses)))


def auc_difference(
    first: NDArray[np.int64], second: NDArray[np.int64], won: NDArray[np.bool_], leads: NDArray[np.int64]
) -> Estimate:
    """The AUC of the second score less that of the first, on the same leads (paired)."""
    a, b = placements(first, won, leads), placements(second, won, leads)
    if a is None or b is None:
        return NOTHING
    variance = _covariance(a, a) + _covariance(b, b) - 2 * _covariance(a, b)
    return difference(b.auc - a.auc, variance)


def _covariance(a: Placements, b: Placements) -> float:
    """Of two AUCs on the same observations; leads seen several times are clusters (Obuchowski 1997)."""
    return _part(a.wins - a.auc, b.wins - b.auc, a.win_leads) + _part(a.losses - a.auc, b.losses - b.auc, a.loss_leads)


def _part(a: NDArray[np.float64], b: NDArray[np.float64], leads: NDArray[np.int64]) -> float:
    import numpy as np

    groups = len(np.unique(leads))
    if groups < 2:
        return 0.0
    product = float((clustered(a, leads) * clustered(b, leads)).sum())
    return groups / (groups - 1) * product / len(a) ** 2


# ---- average precision


def average_precision(scores: NDArray[np.int64], won: NDArray[np.bool_], leads: NDArray[np.int64]) -> Estimate:
    """The mean of the precision at every win, from the highest score down; what ties is one step.

    Its interval has no closed form: it is the percentiles of resampled leads (bootstrap, always the same seed).
    """
    cells = Cells.of([scores], won, leads)
    if cells is None:
        return NOTHING
    return cells.bootstrap(lambda weights: precision_of(cells.keys[0], cells.won, weights))


def precision_of(scores: NDArray[np.int64], won: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """Average precision of weighted observations."""
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    wins = np.cumsum(weights[order] * won[order])[ends]
    taken = np.cumsum(weights[order])[ends]
    steps = np.diff(wins, prepend=0.0)
    return float((steps[taken > 0] * (wins[taken > 0] / taken[taken > 0])).sum() / wins[-1]) if wins[-1] else 0.0


def top_lift(scores: NDArray[np.int64], won: NDArray[np.bool_], weights: NDArray[np.float64], share: float) -> float:
    """The lift of the highest `share` of weighted observations; of a tie at the border the fitting part counts."""
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    taken = np.cumsum(weights[order])[ends]
    wins = np.cumsum(weights[order] * won[order])[ends]
    total = taken[-1]
    if total == 0 or wins[-1] == 0:
        return 0.0
    inside = np.interp(share * total, np.append(0.0, taken), np.append(0.0, wins))
    return float(inside / (share * total) / (wins[-1] / total))


@dataclass(frozen=True, slots=True)
class Cells:
    """Observations that are alike, as one: what is resampled are leads, and leads that are alike need no telling apart.

    `keys`: the scores of each cell. Where each lead is seen once, `counts` says how many are in a cell, and resampled
    leads are a multinomial draw. Else `cell` and `leads` say it for each observation, and leads get weights.
    """

    keys: tuple[NDArray[np.int64], ...]
    won: NDArray[np.bool_]
    counts: NDArray[np.int64]
    cell: NDArray[np.int64]
    leads: NDArray[np.int64]
    once: bool

    @classmethod
    def of(
        cls, scores: list[NDArray[np.int64]], won: NDArray[np.bool_], leads: NDArray[np.int64]
    ) -> Cells | None:
        """None where nothing was won or nothing was lost."""
        import numpy as np

        if not won.any() or won.all():
            return None
        table = np.stack([*scores, won.astype(np.int64)], axis=1)
        found, cell, counts = np.unique(table, axis=0, return_inverse=True, return_counts=True)
        _, numbered = np.unique(leads, return_inverse=True)
        once = int(numbered.max()) + 1 == len(leads)
        keys = tuple(np.ascontiguousarray(found[:, k]) for k in range(len(scores)))
        return cls(keys, found[:, -1].astype(bool), counts, cell.reshape(-1), numbered, once)

    def bootstrap(self, measure: Callable[[NDArray[np.float64]], float]) -> Estimate:
        """A measure of the weights of the cells, with the percentiles of resampled leads."""
        import numpy as np

        chance = np.random.default_rng(_SEED)
        found = np.array([measure(self._resampled(chance)) for _ in range(_RESAMPLES)])
        low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Estimate(measure(self.counts.astype(np.float64)), float(low), float(high))

    def _resampled(self, chance: np.random.Generator) -> NDArray[np.float64]:
        import numpy as np

        if self.once:
            total = int(self.counts.sum())
            return chance.multinomial(total, self.counts / total).astype(np.float64)
        count = int(self.leads.max()) + 1
        weights = np.bincount(chance.integers(0, count, count), minlength=count)
        by_cell = np.bincount(self.cell, weights=weights[self.leads], minlength=len(self.counts))
        return by_cell.astype(np.float64)


# ---- probabilities


def brier(chances: NDArray[np.float64], won: NDArray[np.bool_], leads: NDArray[np.int64]) -> Estimate:
    """The mean squared error of probabilities; a normal interval of a mean, by lead."""
    import math

    from scoredsl.learning.intervals import Z

    count = len(won)
    if count == 0:
        return NOTHING
    errors = (chances - won) ** 2
    mean = float(errors.mean())
    sums = clustered(errors - mean, leads)
    half = Z * math.sqrt(float((sums * sums).sum())) / count
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half))
