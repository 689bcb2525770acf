"""Confidence intervals, exact about leads that are seen more than once.

Observations of one lead are not independent. Where a lead is seen once, each formula is the textbook's; where it is
seen at several instants, its observations are one cluster (Obuchowski 1997 for the AUC, the same idea elsewhere).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEVEL = 0.95
"""Of all intervals that are shown, so many cover what they are about."""
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval; None where there is too little to say."""

    value: float | None
    low: float | None = None
    high: float | None = None


NOTHING = Estimate(None)


def wilson(share: float, count: float) -> tuple[float, float]:
    """Wilson's score interval of a share of `count` (1927). `count` may be an effective number; above 0."""
    centre = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z / (1 + Z * Z / count) * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return max(0.0, centre - half), min(1.0, centre + half)


def clustered(values: NDArray[np.float64], leads: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sums of values by lead."""
    import numpy as np

    return np.bincount(leads, weights=values).astype(np.float64)


def proportion(won: NDArray[np.bool_], leads: NDArray[np.int64]) -> Estimate:
    """The share of observations that won, with Wilson's interval.

    Leads seen several times: the number of observations is divided by the design effect, the variance by lead over
    the variance of as many independent observations.
    """
    import numpy as np

    count = len(won)
    if count == 0:
        return NOTHING
    share = float(won.mean())
    effective = float(count)
    binomial = share * (1 - share) / count
    if binomial > 0:
        sums = clustered(won.astype(np.float64) - share, leads)
        effect = float((sums * sums).sum()) / count**2 / binomial
        effective = count / max(1.0, effect)
    return Estimate(share, *wilson(share, effective))


def ratio_of_shares(inside: NDArray[np.bool_], won: NDArray[np.bool_], leads: NDArray[np.int64]) -> Estimate:
    """The lift of a group: its share of wins over that of all, both of one sample.

    The interval is the delta method's on the logarithm. With I the indicator and p its mean, the influence of an
    observation is I(in, won)/p(in, won) - I(in)/p(in) - I(won)/p(won) + 1. A group without a win has 0 and, as its
    upper end, Wilson's over the share of all.
    """
    import numpy as np

    count = len(won)
    base = float(won.mean()) if count else 0.0
    members = int(inside.sum())
    if base == 0 or members == 0:
        return NOTHING
    both = inside & won
    wins = int(both.sum())
    if wins == 0:
        return Estimate(0.0, 0.0, wilson(0.0, members)[1] / base)
    lift = wins / members / base
    influence = both / (wins / count) - inside / (members / count) - won / base + 1.0
    sums = clustered(influence, leads)
    error = math.sqrt(float((sums * sums).sum())) / count
    return Estimate(lift, lift * float(np.exp(-Z * error)), lift * float(np.exp(Z * error)))


def on_logit(value: float, variance: float, smallest: int) -> Estimate:
    """The interval of a probability whose variance is known, on the logit scale, where it keeps within 0 and 1.

    Where the variance is 0 (every win stands above every loss), Wilson's of `smallest` observations.
    """
    if variance <= 0 or value in (0.0, 1.0):
        return Estimate(value, *wilson(value, smallest))
    centre = math.log(value / (1 - value))
    half = Z * math.sqrt(variance) / (value * (1 - value))
    return Estimate(value, 1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre)))


def difference(value: float, variance: float) -> Estimate:
    """A normal interval of a difference."""
    half = Z * math.sqrt(max(0.0, variance))
    return Estimate(value, value - half, value + half)
