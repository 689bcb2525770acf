"""One lead and what might happen to it: its log with events added, as the reference interpreter sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scoredsl.reasoning.naming import group_name, rule_name
from scoredsl.reference import LeadRun, Log
from scoredsl.reference.clock import Profile
from scoredsl.reference.evaluate import Evaluator
from scoredsl.reference.lead import formula_closure
from scoredsl.reference.ledger import bound_lines, horizon_of
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import scores_in
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.zones import LAST


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the added events happen: the first `start` after T, the next each `gap` later; microseconds."""

    start: int
    gap: int

    def time(self, instant: int, number: int) -> int:
        return instant + self.start + number * self.gap


NOW = Schedule(0, 0)


@dataclass(frozen=True, slots=True)
class Subject:
    """A lead at T and the score in question, with the scores that it is made of; the other scores are left out."""

    program: p.Program
    score: p.Score
    lead: LeadRun
    future: LeadRun
    """The lead as it is from T on, up to `horizon` after it, if nothing happens."""
    place: int
    """The place of the first added event in the log: after all others."""

    @classmethod
    def of(cls, log: Log, lead: str, instant: int, score: p.Score) -> Subject:
        """The subject; `log` is that of the whole program."""
        closure = formula_closure(log.program, score)
        scores = tuple(each for each in log.program.scores if each in closure)
        program = replace(log.program, scores=scores, grids=(), labels=(), tests=())
        known = log.run(lead, instant)
        run = LeadRun(program, log.zone, lead, known.events, known.rows, instant)
        until = min(instant + horizon_of(program), LAST)
        future = LeadRun(program, log.zone, lead, known.events, known.rows, instant, until)
        last = max((event.place for event in known.events), default=0)
        return cls(program, score, run, future, last + 1)

    @property
    def instant(self) -> int:
        return self.lead.instant

    @property
    def evaluator(self) -> Evaluator:
        return self.lead.evaluator

    @property
    def profile(self) -> Profile:
        return self.lead.profile

    def event(self, name: str, properties: Mapping[str, Value], schedule: Schedule, number: int) -> Event:
        """An event that is added as the `number`-th (from 0 on)."""
        time = schedule.time(self.instant, number)
        return Event(self.lead.lead, name, time, None, self.place + number, properties)

    def ignored(self, event: Event) -> bool:
        """Whether the program ignores the event."""
        return any(self.evaluator.takes(pattern, event, self.profile) for pattern in self.program.ignores)

    def after(self, added: Sequence[Event], schedule: Schedule = NOW) -> LeadRun:
        """The lead at the instant of the last of the added events; without any, when the first would happen."""
        return self.at(max([schedule.time(self.instant, 0), *(event.time for event in added)]), added)

    def at(self, instant: int, added: Sequence[Event] = ()) -> LeadRun:
        """The lead at an instant from T on, if nothing but the added events has happened since T."""
        run = self.lead
        # without ids the added ones come after all others of their instant
        return LeadRun(self.program, run.zone, run.lead, [*run.events, *added], run.rows, instant)

    def rules(self) -> Iterator[tuple[p.Score, p.Rule]]:
        yield from self.program.rules()


def rank(score: p.Score, tier: str | None) -> int:
    """The place of a tier among those of its score, 0 is the highest; as many as there are for none."""
    names = [each.name for each in score.tiers]
    return len(names) if tier is None else names.index(tier)


def made_of(run: LeadRun, score: p.Score) -> tuple[tuple[str, int], ...]:
    """What a score is the sum of at T: rules, groups and bounds, with their millionths; of a formula its scores."""
    if score.formula is not None:
        return tuple((name, run.value(run.program.score(name), run.instant)) for name in scores_in(score.formula))
    state = run.state(score, run.instant)
    parts = [(rule_name(each.rule), each.value) for each in state.rules if each.rule.group is None]
    parts += [(group_name(group), now) for group, (_, now) in zip(score.groups, state.groups, strict=True)]
    start = state.unbounded - sum(worth for _, worth in parts)
    lines = bound_lines(state.unbounded, state.value, state.minimum, state.maximum, "")
    bounds = [(line.what, line.worth) for line in lines]
    return tuple((what, worth) for what, worth in (("start", start), *parts, *bounds) if worth)
