"""A whole log: scores at T, history and alerts of all leads (LANGUAGE sections 3 and 10)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scoredsl.reference.clock import Profile
from scoredsl.reference.evaluate import Evaluator
from scoredsl.reference.history import lead_history
from scoredsl.reference.lead import HistoryRow, LeadRun, LeadScores
from scoredsl.reference.tally import Tally
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Program
from scoredsl.semantics.zones import Zone, zone


@dataclass(slots=True)
class Log:
    """Events and profile rows by lead; events canonical, without ignored ones and without duplicate ids."""

    program: Program
    zone: Zone
    events: dict[str, list[Event]] = field(default_factory=dict)
    rows: dict[str, list[ProfileRow]] = field(default_factory=dict)
    ignored: list[int] = field(default_factory=list)
    """When the events took place that the rules ignore, in order."""
    duplicates: list[int] = field(default_factory=list)
    """The same of those that are left out for their id."""

    @classmethod
    def of(cls, program: Program, events: Iterable[Event], rows: Iterable[ProfileRow] = ()) -> Log:
        """Sorts a log by lead, takes ignored events out, then duplicates by id (section 3)."""
        log = cls(program, zone(program.timezone))
        for row in rows:
            log.rows.setdefault(row.lead, []).append(row)
        by_lead: dict[str, list[Event]] = {}
        for event in events:
            by_lead.setdefault(event.lead, []).append(event)
        evaluator = Evaluator(log.zone)
        for lead, found in by_lead.items():
            profile = Profile(log.rows.get(lead, ()))
            kept = log.without_ignored(found, evaluator, profile)
            unique, repeated = by_id(sorted(kept, key=lambda event: event.canonical_key))
            log.duplicates += [event.time for event in repeated]
            if unique:
                log.events[lead] = unique
        log.ignored.sort()
        log.duplicates.sort()
        return log

    def without_ignored(self, events: list[Event], evaluator: Evaluator, profile: Profile) -> list[Event]:
        if not self.program.ignores:
            return events
        kept: list[Event] = []
        for event in events:
            if any(evaluator.takes(pattern, event, profile) for pattern in self.program.ignores):
                self.ignored.append(event.time)
            else:
                kept.append(event)
        return kept

    @property
    def leads(self) -> list[str]:
        """All leads of the log, by code point."""
        return sorted({*self.events, *self.rows})

    def tally(self, instant: int) -> Tally:
        """A tally at T that has what was left out by then, and nothing else yet."""
        return Tally(
            ignored=bisect_right(self.ignored, instant), duplicates=bisect_right(self.duplicates, instant)
        )

    def run(self, lead: str, instant: int, horizon: int | None = None) -> LeadRun:
        """One lead seen at T."""
        events: Sequence[Event] = self.events.get(lead, ())
        return LeadRun(self.program, self.zone, lead, events, self.rows.get(lead, ()), instant, horizon)


def by_id(events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    """Of two events of a lead with the same id the earlier one stays: those that stay, and the others.

    `events` are in canonical order.
    """
    seen: set[str] = set()
    kept: list[Event] = []
    repeated: list[Event] = []
    for event in events:
        if event.id is not None and event.id in seen:
            repeated.append(event)
            continue
        if event.id is not None:
            seen.add(event.id)
        kept.append(event)
    return kept, repeated


@dataclass(slots=True)
class ScoreTable:
    """Scores at T of all leads that exist and are not excluded, sorted by lead."""

    instant: int
    rows: list[LeadScores]
    tally: Tally


Progress = Callable[[int, int], None]
"""Called with (leads done, leads in all)."""


def leads_at(log: Log, instant: int, tally: Tally | None = None, lead: str | None = None) -> Iterator[LeadRun]:
    """The leads at T, less the excluded ones, sorted by lead."""
    for name in log.leads if lead is None else [lead]:
        run = log.run(name, instant)
        if not run.exists:
            continue
        if run.excluded:
            if tally is not None:
                tally.excluded += 1
            continue
        yield run


def score_log(log: Log, instant: int, progress: Progress | None = None) -> ScoreTable:
    """Scores at T for a whole log."""
    tally = log.tally(instant)
    rows: list[LeadScores] = []
    total = len(log.leads)
    for done, run in enumerate(leads_at(log, instant, tally), 1):
        rows.append(run.scores(tally))
        if progress is not None:
            progress(done, total)
    return ScoreTable(instant, rows, tally)


def history_of(log: Log, instant: int, lead: str | None = None, tally: Tally | None = None) -> Iterator[HistoryRow]:
    """History up to T, sorted by lead, time, score in file order."""
    for run in leads_at(log, instant, tally, lead):
        yield from lead_history(run)


def latest_instant(events: Iterable[Event], rows: Iterable[ProfileRow]) -> int | None:
    """The newest event or profile row with a time; None where there is none."""
    times = [event.time for event in events]
    times += [row.time for row in rows if row.time is not None]
    return max(times, default=None)
