"""What `insights` does between its options and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.at_instants import DataAtHand
from scoredsl.cli.evaluating import target

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoredsl.engine.sources.outcomes import Outcome
    from scoredsl.learning.insights import Happened, Insights, Segment
    from scoredsl.semantics.program import Program

_MILLION = 1_000_000
_TABLE = "scoredsl_contents"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be looked at."""

    program: Program
    score_name: str | None
    by: tuple[str, ...]
    segments: tuple[str, ...]
    as_of_text: str


@dataclass(frozen=True, slots=True)
class _Leads:
    """Leads that exist and are not excluded, with their scores and tiers, and what became of them."""

    names: list[str]
    numbers: dict[str, int]
    scores: NDArray[np.float64]
    tiers: NDArray[np.int64]
    won: NDArray[np.bool_]
    decided: NDArray[np.bool_]
    when: NDArray[np.int64]


def insights(at_hand: DataAtHand, asked: Asked, outcomes: Sequence[Outcome]) -> Insights:
    """The figures. An error where no event has a property that was named."""
    from scoredsl.engine.scan.contents import contents
    from scoredsl.learning.insights import Insights, content_of

    program = asked.program
    name = target(program, asked.score_name)
    scans = at_hand.scans(tuple(sorted(program.list_columns)))
    as_of = data.as_of(asked.as_of_text, scans.newest)
    contents(scans.events, asked.by, as_of, _TABLE)
    leads, change, up, who = _courses(at_hand, program, name, as_of, outcomes)
    found, events = [], 0
    for by, column in [(each, f"p{i}") for i, each in enumerate(asked.by)] or [("event", "event")]:
        values, happened = _happened(at_hand.db, column, leads, change, up, who)
        if values == [None]:
            raise click.UsageError(f"--by {by}: no event has such a property.")
        events = len(happened.lead)
        found += content_of(by, values, happened, leads.won, leads.decided)
    tiers = tuple(tier.name for tier in program.score(name).tiers)
    segments = [each for field in asked.segments for each in _segments(scans, field, leads, len(tiers), as_of)]
    return Insights(program.path, name, as_of, len(leads.names), events, tiers, tuple(found), tuple(segments),
                    bool(outcomes))  # fmt: skip


def _courses(
    at_hand: DataAtHand, program: Program, name: str, as_of: int, outcomes: Sequence[Outcome]
) -> tuple[_Leads, NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """The leads, and of each instant at which one has events (by lead and time): how much the score changed for each
    of them, whether the lead came into a higher tier, and its number (-1: it is excluded)."""
    import numpy as np

    from scoredsl.engine.at_instants import NEVER
    from scoredsl.engine.at_instants import Asked as AskedInstants
    from scoredsl.engine.scan.contents import one_lead_one_time
    from scoredsl.learning.variants import judged

    moments = one_lead_one_time(at_hand.db, _TABLE)
    scans = at_hand.scans(tuple(sorted(program.list_columns)))
    rows = scans.profiles.rows_of(None) if scans.profiles is not None else []
    names = sorted({*moments.column("lead").to_pylist(), *(row.lead for row in rows)})
    numbers = {lead: i for i, lead in enumerate(names)}
    who = np.array([numbers[lead] for lead in moments.column("lead").to_pylist()], np.int64)
    when = moments.column("time").to_numpy()
    lead = np.concatenate([np.arange(len(names)), who, who])
    instant = np.concatenate([np.full(len(names), as_of), when, when - 1])
    runs, (model,) = judged([(program, name)], rules=False)
    made = at_hand.at(runs[0].plan, AskedInstants(names, lead, instant), as_of)
    values = made.values[:, model.value.number] / _MILLION
    tiers = made.tiers[:, model.value.number].astype(np.int64)
    kept = made.values[: len(names), model.exists.number] > 0
    for column in model.excluded:
        kept &= made.values[: len(names), column.number] == 0
    count, half = len(names), len(names) + len(who)
    change = (values[count:half] - values[half:]) / moments.column("events").to_numpy()
    rank = np.where(tiers < 0, len(program.score(name).tiers), tiers)
    up = rank[count:half] < rank[half:]
    by_lead = {each.lead: each for each in outcomes}
    became = [by_lead.get(each) for each in names]
    won = np.array([each is not None and each.became == "won" for each in became], bool)
    decided = np.array([each is not None and each.became != "open" for each in became], bool)
    times = np.array([NEVER if each is None or each.decided is None else each.decided for each in became], np.int64)
    number_of = np.where(kept, np.cumsum(kept) - 1, -1)
    chosen = [names[i] for i in np.flatnonzero(kept).tolist()]
    leads = _Leads(chosen, {each: i for i, each in enumerate(chosen)}, values[:count][kept], tiers[:count][kept],
                   won[kept], decided[kept], times[kept])  # fmt: skip
    return leads, change, up, number_of[who]


def _happened(
    db: Any, column: str, leads: _Leads, change: NDArray[np.float64], up: NDArray[np.bool_], who: NDArray[np.int64]
) -> tuple[list[str | None], Happened]:
    """Every event with what it has of a property, and what the score did at its instant."""
    import numpy as np

    from scoredsl.engine.scan.contents import grouped
    from scoredsl.learning.insights import Happened

    table = grouped(db, _TABLE, column)
    # Both are ordered by lead and time: a row of events begins a new instant where either changes.
    names = table.column("lead").combine_chunks().dictionary_encode()
    lead, time = names.indices.to_numpy(), table.column("time").to_numpy()
    fresh = np.ones(len(lead), bool)
    fresh[1:] = (np.diff(lead) != 0) | (np.diff(time) != 0)
    place = np.cumsum(fresh) - 1
    coded = table.column("value").combine_chunks().dictionary_encode()
    values: list[str | None] = [*coded.dictionary.to_pylist(), None]
    group = coded.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False).astype(np.int64)
    known = who[place] >= 0
    number = who[place][known]
    early = leads.decided[number] & (time[known] < leads.when[number])
    present = values if (group == len(values) - 1).any() else values[:-1]
    return present, Happened(number, group[known], change[place][known], up[place][known], early)


def _segments(scans: Any, field: str, leads: _Leads, tiers: int, as_of: int) -> list[Segment]:
    from scoredsl.diagnostics import did_you_mean
    from scoredsl.learning.insights import segments_of
    from scoredsl.reference.clock import Profile
    from scoredsl.semantics.values import as_text

    rows: dict[str, list[Any]] = {}
    for row in scans.profiles.rows_of(None):
        rows.setdefault(row.lead, []).append(row)
    texts = [as_text(Profile(rows.get(lead, ())).at(field, as_of)) for lead in leads.names]
    if not any(texts):
        fields = sorted({name for found in rows.values() for row in found for name in row.fields})
        meant = did_you_mean(field, fields) or f"there is {', '.join(fields[:12])}."
        raise click.UsageError(f"--segment {field}: no profile has such a field; {meant}")
    return segments_of(field, [text or None for text in texts], leads.scores, leads.tiers, tiers, leads.won,
                       leads.decided)  # fmt: skip
