"""Which leads a model is fitted on, chosen by and reported on: the early ones, later ones, and the latest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIT, _CHOOSE = 0.6, 0.2
_SEED = 20_260_301


@dataclass(frozen=True, slots=True)
class Split:
    """Leads by what they are used for. `by_time`: False where all are of one time, so that chance had to do it."""

    fit: NDArray[np.bool_]
    choose: NDArray[np.bool_]
    test: NDArray[np.bool_]
    by_time: bool


def split(times: NDArray[np.int64], test_from: int | None) -> Split:
    """By the times at which leads are looked at: the first 60%, the next 20%, the last 20%.

    `test_from`: the last ones are those of that time or later, and of the others three quarters are the first. Leads
    of one time stay together; where that leaves a part empty, leads are dealt out by a fixed seed.
    """
    import numpy as np

    order = np.sort(times)
    count = len(times)
    if count == 0:
        nobody = np.zeros(0, bool)
        return Split(nobody, nobody, nobody, True)
    if test_from is None:
        test_from = int(order[int((_FIT + _CHOOSE) * count)])
    early = order[order < test_from]
    middle = int(early[int(_FIT / (_FIT + _CHOOSE) * len(early))]) if len(early) else test_from
    fit, test = times < middle, times >= test_from
    choose = ~fit & ~test
    least = min(int(each.sum()) for each in (fit, choose, test))
    if least >= 0.05 * count:
        return Split(fit, choose, test, True)
    place = np.empty(count)
    place[np.random.default_rng(_SEED).permutation(count)] = (np.arange(count) + 0.5) / count
    fit, test = place < _FIT, place >= _FIT + _CHOOSE
    return Split(fit, ~fit & ~test, test, False)
