"""Sparse scorecards: few features (yes or no, or small counts) with small whole points, fitted by likelihood.

Features are added one by one, each time the one that lowers the logistic loss most (by its gain after the ones that are
in have adjusted, to second order); after each step every feature that is in may be exchanged for a better one. Points
are the weights, scaled to the smallest whole numbers that lose next to nothing, then moved one by one while the loss
falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RIDGE = 1.0
"""A light penalty, so that a feature that only winners have gets a finite weight."""
_STEPS = 25
_LEAST_GAIN = 2.0
"""Of logarithms of the likelihood, a feature must gain this much to be worth a rule (about a chance of 5%)."""
_SCALES = (5, 10, 15, 20, 25, 30, 40, 50)
_TOLERANCE = 0.001
"""Of what the features gain, so much may be lost to have smaller points."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic model of the columns `chosen`; `base` is the weight of the offset, where there is one."""

    chosen: tuple[int, ...]
    weights: NDArray[np.float64]
    intercept: float
    base: float
    loss: float
    """The penalised negative logarithm of the likelihood on what it was fitted on."""


@dataclass(frozen=True, slots=True)
class Card:
    """Whole points for columns. `unit`: what one point adds to the logarithm of the odds; `intercept`: at 0 points."""

    chosen: tuple[int, ...]
    points: tuple[int, ...]
    unit: float
    intercept: float


class Data:
    """Features by lead. `offset`: a score that is in every model, in points; None where there is none."""

    def __init__(
        self,
        features: NDArray[np.int16] | NDArray[np.float64],
        won: NDArray[np.bool_],
        offset: NDArray[np.float64] | None = None,
    ) -> None:
        import numpy as np

        self.columns = np.asfortranarray(features, dtype=np.float32)
        yes_or_no = features.dtype.kind != "f" and features.min(initial=0) >= 0 and features.max(initial=0) <= 1
        self.squares = self.columns if yes_or_no else self.columns**2
        self.won = won.astype(np.float64)
        self.fixed = np.ones((len(won), 1))
        if offset is not None:
            self.fixed = np.column_stack([self.fixed, offset])

    def design(self, chosen: tuple[int, ...]) -> NDArray[np.float64]:
        import numpy as np

        return np.column_stack([self.fixed, self.columns[:, list(chosen)].astype(np.float64)])

    def fit(self, chosen: tuple[int, ...], start: NDArray[np.float64] | None = None) -> Fit:
        """Newton's method with halved steps. `start`: weights to begin with (fixed ones first)."""
        import numpy as np

        design = self.design(chosen)
        fixed = self.fixed.shape[1]
        penalty = np.array([0.0] * fixed + [_RIDGE] * len(chosen))
        weights = np.zeros(design.shape[1]) if start is None else start.copy()
        loss = _loss(design @ weights, self.won) + float(penalty @ weights**2) / 2
        for _ in range(_STEPS):
            chances = _chance(design @ weights)
            slope = design.T @ (chances - self.won) + penalty * weights
            curvature = (design * (chances * (1 - chances))[:, None]).T @ design + np.diag(penalty + 1e-9)
            step = np.linalg.solve(curvature, slope)
            size = 1.0
            while size > 1e-4:
                tried = weights - size * step
                new = _loss(design @ tried, self.won) + float(penalty @ tried**2) / 2
                if new <= loss:
                    break
                size /= 2
            else:
                break
            done = loss - new < 1e-7 * (1 + abs(loss))
            weights, loss = tried, new
            if done:
                break
        base = float(weights[1]) if fixed == 2 else 0.0
        return Fit(chosen, weights[fixed:], float(weights[0]), base, loss)

    def start(self, fit: Fit) -> NDArray[np.float64]:
        """The weights of a fit in the order of the design."""
        import numpy as np

        fixed = [fit.intercept, fit.base][: self.fixed.shape[1]]
        return np.concatenate([fixed, fit.weights])

    def gains(self, fit: Fit) -> NDArray[np.float64]:
        """By how much each column would lower the loss, to second order, the others adjusting; chosen ones 0."""
        import numpy as np

        design = self.design(fit.chosen)
        chances = _chance(design @ self.start(fit))
        spread = chances * (1 - chances)
        slope = self.columns.T @ (self.won - chances).astype(np.float32)
        weighted = (design * spread[:, None]).astype(np.float32)
        cross = (self.columns.T @ weighted).astype(np.float64)
        own = (self.squares.T @ spread.astype(np.float32)).astype(np.float64)
        curvature = weighted.T.astype(np.float64) @ design + 1e-6 * np.eye(design.shape[1])
        left = own - (cross * np.linalg.solve(curvature, cross.T).T).sum(axis=1)
        # What the chosen ones explain already has next to no curvature left: it gains nothing, whatever rounding says.
        gains = np.where(left > 1e-3 * own, slope.astype(np.float64) ** 2 / (2 * (np.maximum(left, 0) + _RIDGE)), 0.0)
        gains[list(fit.chosen)] = 0.0
        return gains


def path(data: Data, most: int, allowed: NDArray[np.bool_] | None = None) -> list[Fit]:
    """The best models found of 0, 1, 2, ... up to `most` features; it ends early where nothing more is gained."""
    import numpy as np

    fit = data.fit(())
    found = [fit]
    while len(fit.chosen) < most:
        gains = data.gains(fit)
        if allowed is not None:
            gains = np.where(allowed, gains, 0.0)
        best = int(np.argmax(gains)) if len(gains) else 0
        if len(gains) == 0 or gains[best] < _LEAST_GAIN:
            break
        fit = _improved(data, data.fit((*fit.chosen, best), np.append(data.start(fit), 0.0)), allowed)
        found.append(fit)
    return found


def _improved(data: Data, fit: Fit, allowed: NDArray[np.bool_] | None) -> Fit:
    """Features exchanged; then several added and as many, those that matter least, taken away, while that helps."""
    fit = _exchanged(data, fit, allowed)
    for more in (1, 2, 3):
        other = fit
        for _ in range(more):
            other = _added(data, other, allowed)
        while len(other.chosen) > len(fit.chosen):
            other = _reduced(data, other)
        if other.loss < fit.loss - 1e-6 * abs(fit.loss):
            fit = _exchanged(data, other, allowed)
    return fit


def _added(data: Data, fit: Fit, allowed: NDArray[np.bool_] | None) -> Fit:
    import numpy as np

    gains = data.gains(fit)
    if allowed is not None:
        gains = np.where(allowed, gains, 0.0)
    best = int(np.argmax(gains))
    if gains[best] <= 0:
        return fit
    return data.fit((*fit.chosen, best), np.append(data.start(fit), 0.0))


def _reduced(data: Data, fit: Fit) -> Fit:
    """Without the feature whose loss would rise least, to second order (Wald)."""
    import numpy as np

    design = data.design(fit.chosen)
    fixed = data.fixed.shape[1]
    start = data.start(fit)
    chances = _chance(design @ start)
    curvature = (design * (chances * (1 - chances))[:, None]).T @ design + 1e-6 * np.eye(design.shape[1])
    spread = np.diag(np.linalg.inv(curvature))[fixed:]
    place = int(np.argmin(fit.weights**2 / spread))
    return data.fit(fit.chosen[:place] + fit.chosen[place + 1 :], np.delete(start, fixed + place))


def _exchanged(data: Data, fit: Fit, allowed: NDArray[np.bool_] | None) -> Fit:
    """Each feature, the oldest first, for the one that would be best in its place, where that is better."""
    import numpy as np

    for old in fit.chosen[:-1]:
        place = fit.chosen.index(old)
        kept = fit.chosen[:place] + fit.chosen[place + 1 :]
        start = np.delete(data.start(fit), data.fixed.shape[1] + place)
        without = data.fit(kept, start)
        gains = data.gains(without)
        if allowed is not None:
            gains = np.where(allowed, gains, 0.0)
        best = int(np.argmax(gains))
        if best == old or gains[best] <= 0:
            continue
        other = data.fit((*kept, best), np.append(data.start(without), 0.0))
        if other.loss < fit.loss - 1e-6 * abs(fit.loss):
            fit = other
    return fit


def rounded(data: Data, fit: Fit, least: int, most: int) -> Card:
    """Whole points between `least` and `most` for the features of a fit.

    Where there is an offset, a point must be worth what one of its points is; else the smallest scale is taken that
    loses next to nothing. Features that come out at 0 points are left out.
    """
    import numpy as np

    widest = max(most, -least)
    largest = float(np.abs(fit.weights).max()) if len(fit.weights) else 0.0
    if largest == 0:
        return Card((), (), max(fit.base, 0.0), fit.intercept)
    if fit.base > 0:
        return _moved(data, fit, fit.base, least, most)[1]
    room = _TOLERANCE * (data.fit(()).loss - fit.loss)
    for scale in [scale for scale in _SCALES if scale < widest] + [widest]:
        loss, card = _moved(data, fit, largest / scale, least, most)
        if loss <= fit.loss + room:
            break
    return card


def _moved(data: Data, fit: Fit, unit: float, least: int, most: int) -> tuple[float, Card]:
    """The weights as points of this unit, moved by one while the penalised loss falls; and that loss."""
    import numpy as np

    features = data.columns[:, list(fit.chosen)].astype(np.float64)
    offset = data.fixed[:, 1] if fit.base > 0 else np.zeros(len(data.won))

    def judged(points: NDArray[np.float64], total: NDArray[np.float64]) -> tuple[float, float, float]:
        loss, slope, level = _line(total, data.won, unit)
        return loss + _RIDGE / 2 * float(((slope * points) ** 2).sum()), slope, level

    points = np.clip(np.rint(fit.weights / unit), least, most)
    total = features @ points + offset
    best = judged(points, total)
    changed = True
    while changed:
        changed = False
        for place, step in ((place, step) for place in range(len(points)) for step in (1.0, -1.0)):
            tried = points.copy()
            tried[place] += step
            if not least <= tried[place] <= most:
                continue
            new = judged(tried, total + step * features[:, place])
            if new[0] < best[0] - 1e-6 * abs(best[0]):
                points, total, best, changed = tried, total + step * features[:, place], new, True
    kept = np.flatnonzero(points).tolist()
    chosen, whole = tuple(fit.chosen[place] for place in kept), tuple(int(points[place]) for place in kept)
    return best[0], Card(chosen, whole, best[1], best[2])


def _line(total: NDArray[np.float64], won: NDArray[np.float64], unit: float) -> tuple[float, float, float]:
    """The logistic line of points: its loss, what a point is worth, and the intercept. Equal sums are one."""
    import numpy as np

    values, which = np.unique(total, return_inverse=True)
    count = np.bincount(which.reshape(-1)).astype(np.float64)
    wins = np.bincount(which.reshape(-1), weights=won)
    share = wins.sum() / count.sum()
    slope = unit
    level = float(np.log(share / (1 - share))) - unit * float((values * count).sum() / count.sum())

    def loss_of(level: float, slope: float) -> float:
        eta = level + slope * values
        return float((count * np.logaddexp(0, eta) - wins * eta).sum())

    loss = loss_of(level, slope)
    for _ in range(_STEPS):
        chances = _chance(level + slope * values)
        spread = count * chances * (1 - chances)
        miss = count * chances - wins
        a, b, c = float(spread.sum()), float((spread * values).sum()), float((spread * values**2).sum())
        one, two = float(miss.sum()), float((miss * values).sum())
        determinant = a * c - b * b
        if determinant <= 1e-12 * a * c:
            break
        move_level, move_slope = (c * one - b * two) / determinant, (a * two - b * one) / determinant
        size = 1.0
        while (new := loss_of(level - size * move_level, slope - size * move_slope)) > loss and size > 1e-4:
            size /= 2
        if new >= loss - 1e-9 * abs(loss):
            break
        level, slope, loss = level - size * move_level, slope - size * move_slope, new
    return loss, slope, level


def _chance(eta: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    chances: NDArray[np.float64] = 0.5 * (1 + np.tanh(eta / 2))
    return chances


def _loss(eta: NDArray[np.float64], won: NDArray[np.float64]) -> float:
    import numpy as np

    return float((np.logaddexp(0, eta) - won * eta).sum())
