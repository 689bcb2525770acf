"""From a score to a probability: a rising curve (isotonic) or a logistic one, judged on leads that it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from scoredsl.learning.figures import Bin, Calibration, Step
from scoredsl.learning.intervals import proportion
from scoredsl.learning.library import isotonic, logistic
from scoredsl.learning.measures import brier
from scoredsl.semantics.values import MILLION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Method: TypeAlias = Literal["isotonic", "logistic"]
Curve: TypeAlias = "Callable[[NDArray[np.int64]], NDArray[np.float64]]"
_FOLDS = 5
_BINS = 10
_SEED = 20_260_301


def curve(method: Method, scores: NDArray[np.int64], won: NDArray[np.bool_]) -> Curve:
    """Fits a curve; where all were won, or all lost, the share is the same for every score."""
    import numpy as np

    if won.all() or not won.any():
        share = float(won.mean())
        return lambda values: np.full(len(values), share)
    model: Any = isotonic() if method == "isotonic" else logistic()
    # The logistic fit gets numbers near 1, which it is made for.
    centre, width = float(scores.mean()), max(float(scores.std()), 1.0)
    if method == "isotonic":
        model.fit(scores / MILLION, won.astype(np.float64))
        return lambda values: np.asarray(model.predict(values / MILLION))
    model.fit(((scores - centre) / width)[:, None], won)
    return lambda values: np.asarray(model.predict_proba(((values - centre) / width)[:, None])[:, 1])


def calibrated(
    method: Method,
    scores: NDArray[np.int64],
    won: NDArray[np.bool_],
    leads: NDArray[np.int64],
    training: NDArray[np.bool_] | None,
) -> tuple[Calibration, NDArray[np.float64]]:
    """The calibration, and the probability of each observation.

    `training`: the observations that the curve is fitted on, while the others judge it. None: every fifth of the
    leads is judged by a curve of the other four (always the same fifths), and the curve that is shown is of all.
    """
    import numpy as np

    chances = np.zeros(len(won))
    if training is not None:
        fitted = curve(method, scores[training], won[training])
        chances = fitted(scores)
        judged = ~training
    else:
        fold = _folds(leads)
        for number in range(_FOLDS):
            out = fold == number
            if out.any() and not out.all():
                chances[out] = curve(method, scores[~out], won[~out])(scores[out])
        fitted = curve(method, scores, won)
        judged = np.ones(len(won), bool)
    who = leads[judged]
    found = brier(chances[judged], won[judged], who)
    base = float(won[judged].mean())
    skill = 1 - (found.value or 0.0) / (base * (1 - base)) if 0 < base < 1 else 0.0
    bins = _bins(chances[judged], won[judged], who)
    return Calibration(method, found, skill, bins, _steps(fitted, scores)), chances


def _folds(leads: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    count = int(leads.max()) + 1
    return (np.random.default_rng(_SEED).permutation(count) % _FOLDS)[leads]


def _bins(chances: NDArray[np.float64], won: NDArray[np.bool_], leads: NDArray[np.int64]) -> tuple[Bin, ...]:
    """Ten bins of about as many leads each, from the lowest probability up; equal probabilities stay together."""
    import numpy as np

    values, group, counts = np.unique(np.round(chances, 9), return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    number = (_BINS * (before + (counts - 1) / 2) / len(won)).astype(int)[group.reshape(-1)] if len(values) else group
    found = []
    for each in np.unique(number):
        inside = number == each
        observed = proportion(won[inside], leads[inside])
        found.append(Bin(float(chances[inside].mean()), observed, int(inside.sum()), int(won[inside].sum())))
    return tuple(found)


def _steps(fitted: Curve, scores: NDArray[np.int64]) -> tuple[Step, ...]:
    """The probability at each score that is met; where it does not change only the first."""
    import numpy as np

    values = np.unique(scores)
    if len(values) > 40:
        values = np.unique(np.quantile(scores, np.linspace(0, 1, 41), method="nearest"))
    found: list[Step] = []
    for score, probability in zip(values.tolist(), fitted(values).tolist(), strict=True):
        if not found or abs(found[-1].probability - probability) > 1e-9:
            found.append(Step(score, probability))
    return tuple(found)
