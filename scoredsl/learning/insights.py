"""Which content moves scores: what changes when an event with a campaign, a page, a kind happens; and who is where.

The change of a score at the instant of an event is its value then less its value just before; events of one lead at one
instant share it equally. Nothing is guessed: both values are the engine's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoredsl.learning.intervals import Estimate, proportion, ratio_of_shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Content:
    """Events with one thing in common. Points are of 1, not millionths.

    `moved`: how many of them changed the score; `entered`: how many leads came into a higher tier by them. `rate`,
    `lift`: of the leads that had it before they were won or lost, where outcomes are given.
    """

    by: str
    value: str | None
    """None: the events without the property."""
    events: int
    leads: int
    mean: float
    total: float
    moved: int
    entered: int
    decided: int
    rate: Estimate
    lift: Estimate


@dataclass(frozen=True, slots=True)
class Segment:
    """Leads with one value of a profile field: their mean score, and how many are in each tier, the highest first."""

    field: str
    value: str | None
    leads: int
    mean: float
    tiers: tuple[int, ...]
    in_none: int
    decided: int
    rate: Estimate
    lift: Estimate


@dataclass(frozen=True, slots=True)
class Insights:
    """What content and segments say of one score. `leads`: that are not excluded."""

    program: str
    score: str
    as_of: int
    leads: int
    events: int
    tiers: tuple[str, ...]
    content: tuple[Content, ...]
    segments: tuple[Segment, ...]
    outcomes: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """Events as columns: `group` numbers what they have in common, `change` is of 1 point, `up`: into a higher tier.

    `early`: before the lead was won or lost, and it was one of both.
    """

    lead: NDArray[np.int64]
    group: NDArray[np.int64]
    change: NDArray[np.float64]
    up: NDArray[np.bool_]
    early: NDArray[np.bool_]


def content_of(
    by: str, values: Sequence[str | None], happened: Happened, won: NDArray[np.bool_], decided: NDArray[np.bool_]
) -> list[Content]:
    """By value, what moves the score most (in all) first. `won`, `decided`: of all leads, by number."""
    import numpy as np

    known = np.flatnonzero(decided)
    found = []
    for number, value in enumerate(values):
        mine = happened.group == number
        if not mine.any():
            continue
        change = happened.change[mine]
        had = np.zeros(len(won), bool)
        had[happened.lead[mine & happened.early]] = True
        inside = had[known]
        found.append(
            Content(
                by, value, int(mine.sum()), len(np.unique(happened.lead[mine])), float(change.mean()),
                float(change.sum()), int((change != 0).sum()), int(happened.up[mine].sum()), int(inside.sum()),
                proportion(won[known][inside], known[inside]), ratio_of_shares(inside, won[known], known),
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (-abs(each.total), each.value is None, each.value or ""))


def segments_of(
    field: str, of_lead: Sequence[str | None], scores: NDArray[np.float64], tiers: NDArray[np.int64], count: int,
    won: NDArray[np.bool_], decided: NDArray[np.bool_],
) -> list[Segment]:  # fmt: skip
    """By value, the largest segments first. `tiers`: numbers, -1 is none; `count`: how many tiers there are."""
    import numpy as np

    values = sorted({value for value in of_lead if value is not None})
    numbers = {value: i for i, value in enumerate(values)}
    which = np.array([-1 if value is None else numbers[value] for value in of_lead])
    known = np.flatnonzero(decided)
    found = []
    for number, value in [*enumerate(values), (-1, None)]:
        mine = which == number
        if not mine.any():
            continue
        inside = mine[known]
        found.append(
            Segment(
                field, value, int(mine.sum()), float(scores[mine].mean()),
                tuple(int((tiers[mine] == tier).sum()) for tier in range(count)), int((tiers[mine] < 0).sum()),
                int(inside.sum()), proportion(won[known][inside], known[inside]),
                ratio_of_shares(inside, won[known], known),
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (-each.leads, each.value is None, each.value or ""))
