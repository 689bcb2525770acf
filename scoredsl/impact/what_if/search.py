"""The fewest events that bring a lead to a tier: one more at a time, verified by scoring the lead with them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from scoredsl.impact.what_if.asked import DAY, parts_of, spacings, taken
from scoredsl.impact.what_if.candidates import Candidate, candidates
from scoredsl.impact.what_if.coverage import covers
from scoredsl.impact.what_if.lead import NOW, Schedule, Subject, made_of, rank
from scoredsl.impact.what_if.potential import ANY_NUMBER, Potential
from scoredsl.reference import LeadRun
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points, uses_before
from scoredsl.semantics.log import Event

MOST_EVENTS = 60
"""With up to so many events every way is looked at."""
_MOST_IN_A_CLIMB = 200
_WAITS = 3
_SPACINGS = 2
"""How many distances between events are tried, the shortest first, beside all at once."""
_SOME_TIME = Schedule(DAY, DAY)
"""For what can be if time passes between the events."""
WORK = 200_000
"""Events that are walked in a search before it gives up, all scorings of the lead together."""
_FEWEST_TRIES = 120


@dataclass(frozen=True, slots=True)
class Way:
    """Events that bring the lead to the tier, what the score is then, and when that is.

    `fewest` is False where the search could not go through all that is shorter, or where events could do more than was
    tried. `fresh` are, by event, properties whose values only have to be new ones.
    """

    events: tuple[Event, ...]
    schedule: Schedule
    instant: int
    value: int
    tier: str
    fewest: bool
    fresh: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class NoWay:
    """No way was found. `proven`: there is none, for the score cannot be more than `most` (millionths)."""

    proven: bool
    most: int | None
    tried: int
    """Up to how many events were looked at."""
    highest: int | None = None
    """The highest value that was reached; where it is `most`, no more is to be had."""
    parts: tuple[tuple[str, int], ...] = ()
    """What that value is made of: see `made_of`."""


class _OutOfWorkError(Exception):
    pass


def fewest_events(subject: Subject, target: p.Tier, work: int = WORK) -> tuple[Way, ...] | NoWay:
    """What brings the lead to a tier or above it.

    The first way is with events that happen now; where time between them, or waiting, makes fewer do, or is the only
    way, that is a way as well.
    """
    return _Search(subject, target, work).found()


class _Search:
    def __init__(self, subject: Subject, target: p.Tier, work: int) -> None:
        self.subject = subject
        self.score = subject.score
        self.target = target
        now = subject.lead.state(subject.score, subject.instant)
        hidden = max(0, now.value - now.unbounded) + sum(max(0, bounded - total) for total, bounded in now.groups)
        needed = max(0, target.number - now.value) + hidden + (1_000_000 if target.above else 0)
        if subject.score.formula is not None:  # what a point of its scores is worth is not known
            needed *= 1_000
        self.candidates, complete = candidates(subject, needed)
        self.potential = Potential(subject, self.candidates)
        self.covered = covers(subject, self.potential.events, needed)
        self.complete = complete and self.covered
        self.ordered = _order_matters(subject.program)
        self.work = work // (len(subject.lead.events) + 10)
        self.tries = 0
        self.beginnings: dict[Schedule, LeadRun] = {}
        self.wanted = rank(subject.score, target.name)

    # ---- the search

    def found(self) -> tuple[Way, ...] | NoWay:
        self.tries = max(_FEWEST_TRIES, self.work)
        most = self.potential.most(self.subject.lead, _SOME_TIME, ANY_NUMBER) if self.covered else math.inf
        if not self.enough(most):
            return self.no_way(most)
        if not self.candidates:
            return NoWay(False, None, 0)
        now, tried = self.shortest([NOW], _MOST_IN_A_CLIMB)
        fewer = len(now.events) - 1 if now is not None else _MOST_IN_A_CLIMB
        later, _ = self.shortest(list(self.later()), fewer)
        ways = tuple(way for way in (now, later) if way is not None)
        return ways or NoWay(False, None, tried)

    def shortest(self, schedules: Sequence[Schedule], longest: int) -> tuple[Way | None, int]:
        """The shortest way by these schedules with at most so many events, and up to how many were looked at."""
        self.tries = max(_FEWEST_TRIES, self.work)
        most = min(longest, MOST_EVENTS)
        for count in range(1, most + 1):
            for schedule in schedules:
                if count == 1 and schedule.gap and not schedule.start:
                    continue  # as if it happened now
                try:
                    added = self.deeper(schedule, (), count, 0)
                except _OutOfWorkError:
                    climbed = self.greedy(schedules)
                    return (climbed if climbed is not None and len(climbed.events) <= longest else None), count
                if added is not None:
                    return self.way(added, schedule, fewest=self.complete), count
        return None, most

    def later(self) -> Iterator[Schedule]:
        """Waiting until the score has risen by itself; time between the events."""
        yield from (Schedule(wait, 0) for wait in self.waits())
        for gap in spacings(self.subject)[:_SPACINGS]:
            yield Schedule(0, gap)
            yield Schedule(gap, gap)

    def waits(self) -> list[int]:
        """How long to wait until the score rises by itself, because points that were taken have ended."""
        start, future = self.subject.instant, self.subject.future
        before = highest = future.state(self.score, start).value
        found: list[int] = []
        for instant in future.instants(self.score, start, future.until):
            value = future.state(self.score, instant).value
            if value > before and value > highest:
                found.append(instant - start)
                highest = value
            before = value
            if len(found) == _WAITS:
                break
        return found

    def deeper(
        self, schedule: Schedule, added: tuple[Event, ...], remaining: int, first: int
    ) -> tuple[Event, ...] | None:
        """The added events with `remaining` more that reach the tier; None where none do."""
        run = self.scored(added, schedule)
        if remaining == 0:
            return added if self.reaches(run) else None
        if not self.enough(self.potential.most(run, schedule, remaining)):
            return None
        for i in range(0 if self.ordered or schedule.gap else first, len(self.candidates)):
            event = self.candidates[i].event(self.subject, schedule, len(added))
            found = self.deeper(schedule, (*added, event), remaining - 1, i)
            if found is not None:
                return found
        return None

    def scored(self, added: Sequence[Event], schedule: Schedule) -> LeadRun:
        if not added:  # asked again and again
            if schedule not in self.beginnings:
                self.beginnings[schedule] = self.subject.after(added, schedule)
            return self.beginnings[schedule]
        if self.tries <= 0:
            raise _OutOfWorkError
        self.tries -= 1
        return self.subject.after(added, schedule)

    def reaches(self, run: LeadRun) -> bool:
        return not run.excluded and rank(self.score, run.tier(self.score)) <= self.wanted

    def enough(self, most: float) -> bool:
        return most > self.target.number if self.target.above else most >= self.target.number

    def way(self, added: tuple[Event, ...], schedule: Schedule, *, fewest: bool) -> Way:
        run = self.subject.after(added, schedule)
        tier = run.tier(self.score)
        assert tier is not None
        return Way(added, schedule, run.instant, run.state(self.score, run.instant).value, tier, fewest)

    # ---- where it takes too long, or there is none

    def greedy(self, schedules: Sequence[Schedule]) -> Way | None:
        """A way that need not be the shortest: what gives most for each event, again and again."""
        self.tries = max(2 * _FEWEST_TRIES, self.work)
        for schedule in schedules:
            try:
                added = self.climbed(schedule)
            except _OutOfWorkError:
                return None
            if added is not None:
                return self.way(added, schedule, fewest=False)
        return None

    def climbed(self, schedule: Schedule) -> tuple[Event, ...] | None:
        added: tuple[Event, ...] = ()
        again: tuple[Candidate, ...] | None = None  # what was best is best again as long as it gives as much
        gained = 0.0
        while len(added) < _MOST_IN_A_CLIMB:
            best: tuple[float, tuple[Event, ...], tuple[Candidate, ...]] | None = None
            before = self.height(self.scored(added, schedule))
            for moves in self.moves() if again is None else [again]:
                more = self.events(moves, len(added), schedule)
                run = self.scored((*added, *more), schedule)
                if self.reaches(run):
                    return (*added, *more)
                gain = (self.height(run) - before) / len(more)
                if gain > 0 and (best is None or gain > best[0]):
                    best = (gain, more, moves)
            if again is not None and (best is None or best[0] < gained):
                again = None
                continue
            if best is None:
                return None
            gained, again, added = best[0], best[2], (*added, *best[1])
        return None

    def moves(self) -> Iterator[tuple[Candidate, ...]]:
        """Events, several of a kind, and chains step by step."""
        for each in self.candidates:
            yield (each,)
        for each in self.candidates[:12]:
            yield from ((each,) * times for times in (2, 3, 5))
        for _, rule in self.subject.rules():
            if isinstance(rule, p.OnRule) and isinstance(rule.trigger, p.Chain):
                steps = [self.taking(pattern) for pattern in rule.trigger.steps]
                yield from islice(product(*steps), 4)

    def taking(self, pattern: e.Pattern) -> list[Candidate]:
        """Two candidates that a pattern takes."""
        both = zip(self.candidates, self.potential.events, strict=True)
        return [each for each, event in both if taken(self.subject, pattern, event)][:2]

    def height(self, run: LeadRun) -> int:
        """The score before its bounds, which hide what has been gained."""
        return run.state(self.score, run.instant).unbounded

    def no_way(self, most: float) -> NoWay:
        """It cannot be reached: the most is so much, and that is shown where it can be reached."""
        points = int(most) if math.isfinite(most) else None
        added: tuple[Event, ...] = ()
        highest = self.value(added)
        try:
            while highest != points and len(added) < MOST_EVENTS:
                tried = [(*added, *self.events(moves, len(added), NOW)) for moves in self.moves()]
                best, value = max(((each, self.value(each)) for each in tried), key=lambda found: found[1])
                if value <= highest:
                    break
                added, highest = best, value
        except (_OutOfWorkError, ValueError):  # no candidates: there is no best
            pass
        return NoWay(True, points, len(added), highest, made_of(self.subject.after(added), self.score))

    def events(self, moves: Sequence[Candidate], first: int, schedule: Schedule) -> tuple[Event, ...]:
        """Candidates as events, the first as that of the number `first`."""
        return tuple(each.event(self.subject, schedule, first + i) for i, each in enumerate(moves))

    def value(self, added: Sequence[Event]) -> int:
        run = self.scored(added, NOW)
        return run.state(self.score, run.instant).value


def _order_matters(program: p.Program) -> bool:
    """Whether it can make a difference in which order events of one instant come."""
    for _, rule in program.rules():
        if not isinstance(rule, p.OnRule):
            continue
        if isinstance(rule.trigger, p.Chain | p.Absence) or isinstance(rule.effect, p.Reset):
            return True
        if rule.ends_on is not None or rule.but_not is not None:
            return True
        if rule.state is not None and uses_before(rule.state):
            return True
        if rule.limits and constant_points(rule.effect) is None:
            return True
        if isinstance(rule.trigger, p.Count) and (rule.limits or constant_points(rule.effect) is None):
            return True
    return any(isinstance(part, e.Fact) and part.kind in ("latest", "first") for part in parts_of(program.scores))
