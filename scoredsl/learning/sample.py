"""Which leads are looked at when: at an age, at instants, at regular intervals, and only while they are undecided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scoredsl.engine.at_instants import NEVER, Asked
from scoredsl.engine.sources.outcomes import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST = 10
"""Fewer leads that were won, or lost, say nothing."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When leads are looked at. `age`: so long after a lead's first event; else at each of the `instants`, together."""

    kind: Literal["age", "instants"]
    name: str
    age: int = 0
    instants: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads of the outcomes, by name. `decided`: when each was won or lost, NEVER where it is open.

    `first`: the time of its first event; `begins`: when it begins to exist (an event or a profile row); else NEVER.
    """

    names: tuple[str, ...]
    won: NDArray[np.bool_]
    open: NDArray[np.bool_]
    decided: NDArray[np.int64]
    first: NDArray[np.int64]
    begins: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Looks:
    """The observations to be made: `asked`, each with its moment's number; the leads that a moment does not see."""

    asked: Asked
    moment: NDArray[np.int64]
    decided: tuple[int, ...]
    absent: tuple[int, ...]


def by_name(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes by lead, so that nothing depends on the order of the file."""
    return sorted(outcomes, key=lambda each: each.lead)


def leads_of(outcomes: Sequence[Outcome], first: NDArray[np.int64], begins: NDArray[np.int64]) -> Leads:
    """The leads of outcomes that are sorted by name."""
    import numpy as np

    decided = np.array([NEVER if each.decided is None else each.decided for each in outcomes], np.int64)
    became = [each.became for each in outcomes]
    return Leads(
        tuple(each.lead for each in outcomes),
        np.array([each == "won" for each in became]),
        np.array([each == "open" for each in became]),
        decided,
        first,
        begins,
    )


def looks(leads: Leads, moments: Sequence[Moment]) -> Looks:
    """Every look at a lead that was won or lost and was undecided then, strictly before the time of its outcome."""
    import numpy as np

    who: list[NDArray[np.int64]] = []
    when: list[NDArray[np.int64]] = []
    which: list[NDArray[np.int64]] = []
    decided: list[int] = []
    absent: list[int] = []
    there = np.flatnonzero(~leads.open & (leads.begins != NEVER))
    for number, moment in enumerate(moments):
        seen = np.zeros(len(leads.names), bool)
        late = np.zeros(len(leads.names), bool)
        for lead, instant in _instants(leads, there, moment):
            undecided = instant < leads.decided[lead]
            who.append(lead[undecided])
            when.append(instant[undecided])
            which.append(np.full(int(undecided.sum()), number))
            seen[lead[undecided]] = True
            late[lead[~undecided]] = True
        decided.append(int((late & ~seen).sum()))
        absent.append(int(len(there) - (late | seen)[there].sum()))
    empty = np.zeros(0, np.int64)
    asked = Asked(leads.names, np.concatenate([empty, *who]), np.concatenate([empty, *when]))
    return Looks(asked, np.concatenate([empty, *which]), tuple(decided), tuple(absent))


def _instants(
    leads: Leads, there: NDArray[np.int64], moment: Moment
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Leads with their instants, for each instant of a moment, whether they are decided or not."""
    import numpy as np

    if moment.kind == "age":
        aged = there[leads.first[there] != NEVER]
        return [(aged, leads.first[aged] + moment.age)]
    found = []
    for instant in moment.instants:
        exist = there[leads.begins[there] <= instant]
        found.append((exist, np.full(len(exist), instant, np.int64)))
    return found
