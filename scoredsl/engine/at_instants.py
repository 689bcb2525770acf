"""Scores of leads at instants of their own: each lead at its own age, or at several instants.

One walk over the whole course gives all of them: a score at T is what its last change at or before T made of it,
because it follows from what happened up to T alone. Excluded leads are the one exception (they are excluded at the
end of the walk, not at T), so that a plan that is asked here has no `exclude`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from scoredsl.engine.fast import Progress, Resources, filled_store, walk_leads
from scoredsl.engine.kernel.walker import HISTORY_WORDS, Walker
from scoredsl.engine.scan import EventScan, ProfileScan
from scoredsl.plan.logical import LogicalPlan
from scoredsl.reference import Log
from scoredsl.semantics.program import Program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEVER = 2**63 - 1
"""The time of what has not happened."""
ALWAYS = -(2**63)
"""The time of what held from always, by a profile row without a time."""
_NONE = -1


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lead is asked for at which instant: two arrays of one length. `lead`: places in `leads`."""

    leads: Sequence[str]
    lead: NDArray[np.int64]
    instant: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AtInstants:
    """What was asked for, a row an asked instant and a column a score, in the order of the plan.

    `values`: millionths; `tiers`: numbers of tiers, the highest is 0, -1 is none. A lead that does not exist yet has 0
    and no tier. `entered`: a row a lead and a column a tier (of all scores, in order): when the lead first was in it
    or in a higher one, up to the end of the walk; ALWAYS, NEVER.
    """

    values: NDArray[np.int64]
    tiers: NDArray[np.int16]
    entered: NDArray[np.int64]


def walked_at(
    plan: LogicalPlan,
    events: EventScan,
    profiles: ProfileScan | None,
    asked: Asked,
    until: int,
    resources: Resources,
    progress: Progress | None = None,
) -> AtInstants:
    """By the kernel. The plan is prepared and has no `exclude`; no asked instant is later than `until`.

    Raises TooLargeError, KernelMissingError, Cancelled, OSError and MemoryError.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    program = plan.program()
    taking = _Taking(program, asked)
    places = pa.array(asked.leads, pa.string())
    with filled_store(plan, events, profiles, until, resources, progress) as filled:
        store = filled.store
        walkers = [Walker(filled.plan, until, "history") for _ in range(max(1, resources.threads))]

        def finished(number: int, leads: Any) -> None:
            walker = walkers[number]
            rows = _rows(*walker.row_words())
            walker.clear()
            found = pc.index_in(leads, value_set=places).fill_null(_NONE)
            taking.take(rows, found.to_numpy(zero_copy_only=False))
            if progress is not None:
                progress("score", store.walked, store.events)

        walk_leads(store, walkers, finished)
    return taking.made


def _rows(address: int, words: int) -> NDArray[np.int64]:
    import numpy as np

    data = ctypes.string_at(address, words * 8) if words else b""
    return np.frombuffer(data, np.int64).reshape(-1, HISTORY_WORDS)


class _Taking:
    """Takes the changes of leads, and keeps of them what was asked for. No two calls are about one lead."""

    def __init__(self, program: Program, asked: Asked) -> None:
        import numpy as np

        self.scores = len(program.scores)
        self.first_tier = np.array([0, *accumulate(len(score.tiers) for score in program.scores)])
        self.asked = asked
        self.order = np.argsort(asked.lead, kind="stable")
        self.starts = np.searchsorted(asked.lead[self.order], np.arange(len(asked.leads) + 1))
        shape = (len(asked.lead), self.scores)
        entered = np.full((len(asked.leads), int(self.first_tier[-1])), NEVER, np.int64)
        self.made = AtInstants(np.zeros(shape, np.int64), np.full(shape, _NONE, np.int16), entered)

    def take(self, rows: NDArray[np.int64], places: NDArray[np.int64]) -> None:
        """`rows` are by lead, time and score (`HISTORY_WORDS`); `places` say which lead of those asked each one is."""
        import numpy as np

        place = places[rows[:, 0]]
        rows, place = rows[place >= 0], place[place >= 0]
        if len(rows) == 0:
            return
        self._enter(rows, place)
        leads = np.unique(place)
        counts = self.starts[leads + 1] - self.starts[leads]
        ends = np.cumsum(counts)
        within = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
        asked = self.order[np.repeat(self.starts[leads], counts) + within]
        self._look(rows, np.searchsorted(leads, place), asked, np.repeat(np.arange(len(leads)), counts))

    def _look(
        self, rows: NDArray[np.int64], lead: NDArray[np.int64], asked: NDArray[np.int64], by: NDArray[np.int64]
    ) -> None:
        """The last change at or before each asked instant, for every score.

        `lead`: of the rows; `by`: of the asked instants. A key holds lead, score and the rank of the time.
        """
        import numpy as np

        times, rank = np.unique(rows[:, 1], return_inverse=True)
        width = len(times) + 1
        keys = (lead * self.scores + rows[:, 2]) * width + rank
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        seen = np.searchsorted(times, self.asked.instant[asked], side="right") - 1
        for score in range(self.scores):
            base = (by * self.scores + score) * width
            at = np.searchsorted(keys, base + seen, side="right") - 1
            known = (seen >= 0) & (at >= 0)
            known &= keys[at] >= base
            row = rows[order[at[known]]]
            self.made.values[asked[known], score] = row[:, 3]
            tier = np.where(row[:, 5] < 0, _NONE, row[:, 5] - self.first_tier[score])
            self.made.tiers[asked[known], score] = tier

    def _enter(self, rows: NDArray[np.int64], place: NDArray[np.int64]) -> None:
        import numpy as np

        inside = rows[:, 5] >= 0
        rows, place = rows[inside], place[inside]
        for score in range(self.scores):
            mine = rows[:, 2] == score
            for tier in range(int(self.first_tier[score]), int(self.first_tier[score + 1])):
                reached = mine & (rows[:, 5] <= tier)
                np.minimum.at(self.made.entered[:, tier], place[reached], rows[reached, 1])


def interpreted_at(plan: LogicalPlan, log: Log, asked: Asked, until: int) -> AtInstants:
    """The same by the reference interpreter: each lead, at each of its instants, by itself."""
    program = plan.program()
    made = _Taking(program, asked).made
    for i, (place, instant) in enumerate(zip(asked.lead.tolist(), asked.instant.tolist(), strict=True)):
        run = log.run(asked.leads[place], instant)
        if not run.exists:
            continue
        for number, score in enumerate(program.scores):
            made.values[i, number] = run.state(score, instant).value
            name = run.tier(score)
            made.tiers[i, number] = _NONE if name is None else [tier.name for tier in score.tiers].index(name)
    for place, lead in enumerate(asked.leads):
        run = log.run(lead, until)
        if run.exists:
            made.entered[place] = [time for score in program.scores for time in _entered(run, score)]
    return made


def _entered(run: Any, score: Any) -> list[int]:
    """When a lead was first in each tier of a score or in a higher one."""
    if not score.tiers:
        return []
    names = [tier.name for tier in score.tiers]
    found = [NEVER] * len(names)
    start = run.beginning()
    from_always = start == 0 and any(row.time is None for row in run.rows)
    for change in run.course(score).states:
        if change.tier is not None:
            time = ALWAYS if from_always and change.instant == start else change.instant
            for place in range(names.index(change.tier), len(names)):
                found[place] = min(found[place], time)
    return found
