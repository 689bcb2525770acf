"""The search for a lead that tells two programs apart: scenes of their rules, put together and changed at random.

It begins with what is made on purpose for mutants (tests, sums, single events), and then goes on from what it finds: a
log in which something came about for the first time is kept, and changed further. What is rare (a cap that is reached
behind a condition behind a condition) is met in small steps so, and a difference that a bound hides is followed until
it shows. It is deterministic, and ends after a number of logs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, islice, pairwise

from scoredsl.proof.candidates import WideSearch
from scoredsl.proof.draft import Draft
from scoredsl.proof.observed import DAY, Observed, Observer
from scoredsl.proof.pool import Pool
from scoredsl.proof.scenes import MINUTE, values_at
from scoredsl.reasoning.calendar import clocks
from scoredsl.semantics import program as p
from scoredsl.semantics.zones import Zone, zone
from scoredsl.testing.material import START
from scoredsl.testing.search import Found
from scoredsl.testing.telling import Givens

_MOST_TOLD = 300
"""Scenes that are tried with values about which the programs disagree."""
_MOST_PLACED = 400
"""Scenes that are tried at boundaries of the calendar."""
_MOST_DATES = 6
"""Dates in the rules near which boundaries of the calendar are looked for."""
_MOST_VALUES = 150
"""Values of a score that are worth a log of their own."""


class Hunt(WideSearch):
    """The search for two programs and the columns that may differ."""

    def __init__(self, program: p.Program, changed: p.Program, columns: frozenset[str]) -> None:
        super().__init__(program, changed, columns, 1)
        self.observer = Observer(program, changed, columns, max(self.durations, default=0))
        self.anchors = _anchors(program, changed, (*self.material.instants, *self.focus.instants))
        self.scenes = Pool(program, changed, frozenset(score.name for score, _ in self.observer.scores))
        self.corpus: list[tuple[Draft, float]] = []
        self.seen: set[Hashable] = set()
        self.values: set[Hashable] = set()

    def found(self, tries: int, effort: int) -> Iterator[Found]:
        """Logs for which the programs differ, each as small as it could be made; `effort`: that of the observer."""
        back = WideSearch(self.changed, self.program, self.columns, 1)
        for givens in chain(self.candidates(), back.candidates()):
            self.tried += 1
            told = self.told(givens)
            if told is not None:
                yield self.smaller(told)
        for log in self.logs():
            if self.tried >= tries or self.observer.effort >= effort:
                return
            self.tried += 1
            givens = log.givens()
            observed = self.observer.of(givens)
            if observed.differs is not None:
                yield self.smaller(Found(givens, observed.differs))
            self.keep(log, observed)

    def tells(self, givens: Givens) -> p.Expectation | None:
        return self.observer.of(givens).differs

    # ---- what is gone on from

    def keep(self, log: Draft, observed: Observed) -> None:
        """Keeps a log that shows something new; those with a hidden difference are taken up more often."""
        new = set()
        for mark in observed.marks - self.seen:
            if isinstance(mark, tuple) and isinstance(mark[-1], tuple) and mark[-1][0] == "is":
                if len(self.values) >= _MOST_VALUES:
                    continue
                self.values.add(mark)
            new.add(mark)
        if observed.nearly:
            near = {("nearly", mark) for mark in observed.marks if not _is_value(mark)} - self.seen
            new |= near
        if new:
            self.seen |= new
            self.corpus.append((log, 6.0 if observed.nearly else 1.0))

    def logs(self) -> Iterator[Draft]:
        """Each scene by itself, then what becomes of what was kept."""
        for scene in chain(islice(self.scenes.told(), _MOST_TOLD), self.scenes.first()):
            yield Draft().with_scene(scene, START)
        scenes = self.scenes.focus or list(self.scenes.first())
        placed = [(scene, anchor) for scene in scenes for anchor in self.anchors]
        for scene, anchor in self.random.sample(placed, min(len(placed), _MOST_PLACED)):
            yield Draft().with_scene(scene, anchor)
        twice = [(*each, gap) for each in placed for gap in self.scenes.durations or self.focus.durations]
        for scene, anchor, gap in self.random.sample(twice, min(len(twice), _MOST_PLACED)):
            yield Draft().with_scene(scene, anchor).with_scene(scene, anchor + gap + MINUTE)
        while True:
            yield self.changed_log(self.taken_up())

    def taken_up(self) -> Draft:
        random = self.random
        if not self.corpus or random.random() < 0.05:
            return Draft()
        recent = self.corpus[-12:] if random.random() < 0.35 else self.corpus
        return random.choices([log for log, _ in recent], [weight for _, weight in recent])[0]

    # ---- changes

    def changed_log(self, log: Draft) -> Draft:
        random = self.random
        for _ in range(random.choice((1, 1, 2, 3))):
            kind = random.choices(
                ("scene", "again", "event", "move", "value", "field", "version", "less", "profile", "anchor"),
                (30, 12, 6, 10, 8, 8, 4, 6, 6, 8),
            )[0]
            log = getattr(self, f"_{kind}")(log)
        return log

    def _scene(self, log: Draft) -> Draft:
        scene = self.scenes.any(self.random)
        return log.with_scene(scene, self.time(log), override=self.random.random() < 0.7)

    def _again(self, log: Draft) -> Draft:
        """A scene several times, with one distance; at times each with another value of what rules count by."""
        scene = self.scenes.any(self.random)
        gap = self.gap()
        time = self.time(log)
        prop = self.random.choice(self.scenes.keys) if self.scenes.keys and self.random.random() < 0.4 else None
        for i in range(self.random.choice((2, 2, 3, 4, 8, 12))):
            each = scene if prop is None else scene.keyed(prop, f"k{len(log.events)}")
            log = log.with_scene(each, time + i * gap, override=False)
        return log

    def _event(self, log: Draft) -> Draft:
        pool = self.focus.events if self.focus.events and self.random.random() < 0.5 else self.material.events
        if not pool:
            return log
        name, properties = self.random.choice(pool)
        return replace(log, events=(*log.events, (self.time(log), name, properties)))

    def _move(self, log: Draft) -> Draft:
        """An event to another time, or all from one on by a distance."""
        if not log.events:
            return log
        random = self.random
        at = random.randrange(len(log.events))
        time, name, given = log.events[at]
        if random.random() < 0.5:
            other = random.choice(log.events)[0] + random.choice((1, -1)) * self.gap() + random.choice((0, 0, 1, -1))
            return replace(log, events=(*log.events[:at], (other, name, given), *log.events[at + 1 :]))
        shift = random.choice((1, -1)) * self.gap()
        return replace(log, events=tuple((t + shift, n, g) if t >= time else (t, n, g) for t, n, g in log.events))

    def _value(self, log: Draft) -> Draft:
        """A property of an event, or of all events that have it, becomes another or is gone."""
        if not log.events:
            return log
        random = self.random
        at = random.randrange(len(log.events))
        if self.scenes.tellers and random.random() < 0.4:
            teller = random.choice(self.scenes.tellers)
            time, name, given = log.events[at]
            told = (time, name, {**given, **values_at(teller.properties, time)})
            return replace(log, events=(*log.events[:at], told, *log.events[at + 1 :]),
                           fields={**log.fields, **values_at(teller.fields, time)})  # fmt: skip
        props = sorted({*log.events[at][2], *self.scenes.properties})
        if not props:
            return log
        prop = random.choice(props)
        value = self.scenes.property(prop, random)
        which = range(len(log.events)) if random.random() < 0.3 else (at,)
        events = list(log.events)
        for i in which:
            time, name, given = events[i]
            if value is None:
                events[i] = (time, name, {each: v for each, v in given.items() if each != prop})
            else:
                events[i] = (time, name, {**given, prop: value})
        return replace(log, events=tuple(events))

    def _field(self, log: Draft) -> Draft:
        if not self.scenes.fields:
            return log
        name = self.random.choice(self.scenes.fields)
        value = self.scenes.field(name, self.random)
        fields = {each: v for each, v in log.fields.items() if each != name}
        return replace(log, fields=fields if value is None else {**fields, name: value})

    def _version(self, log: Draft) -> Draft:
        if not self.scenes.fields:
            return log
        name = self.random.choice(self.scenes.fields)
        value = self.scenes.field(name, self.random)
        if log.versions and self.random.random() < 0.4:
            return replace(log, versions=log.versions[:-1])
        return log if value is None else replace(log, versions=(*log.versions, (self.time(log), {name: value})))

    def _less(self, log: Draft) -> Draft:
        if not log.events:
            return log
        at = self.random.randrange(len(log.events))
        return replace(log, events=log.events[:at] + log.events[at + 1 :])

    def _profile(self, log: Draft) -> Draft:
        """The fields of another scene."""
        scene = self.scenes.any(self.random)
        return replace(log, fields={**log.fields, **scene.profile(self.time(log))})

    def _anchor(self, log: Draft) -> Draft:
        """Everything moves, so that one event stands at a boundary of the calendar or of a campaign, or just beside."""
        if not log.events or not self.anchors:
            return log
        to = self.random.choice(self.anchors) + self.random.choice((0, 0, -1, MINUTE, -MINUTE))
        shift = to - self.random.choice(log.events)[0] + self.random.choice((0, 0, 1)) * self.gap()
        return Draft(tuple((time + shift, name, given) for time, name, given in log.events), log.fields,
                   tuple((time + shift, given) for time, given in log.versions))  # fmt: skip

    # ---- times

    def gap(self) -> int:
        random = self.random
        gaps = (MINUTE, MINUTE, 0, DAY)
        if self.scenes.durations and random.random() < 0.2:
            return random.choice(self.scenes.durations) + random.choice((0, -1, MINUTE))
        if self.durations and random.random() < 0.6:
            return random.choice(self.durations) + random.choice((0, 0, -1, -MINUTE, MINUTE))
        return random.choice(gaps)

    def time(self, log: Draft) -> int:
        """When something more happens: after the last event, beside another one, at a boundary."""
        random = self.random
        if not log.events:
            return random.choice(self.anchors) if random.random() < 0.3 else START
        kind = random.random()
        if kind < 0.55:
            return log.last + self.gap()
        if kind < 0.9 or not self.anchors:
            return random.choice(log.events)[0] + random.choice((1, 1, -1)) * self.gap()
        near = sorted(self.anchors, key=lambda each: abs(each - log.last))[:6]
        return random.choice(near) + random.choice((0, 0, -1, MINUTE, -MINUTE))


def _is_value(mark: Hashable) -> bool:
    return isinstance(mark, tuple) and isinstance(mark[-1], tuple) and mark[-1][:1] == ("is",)


# ---- boundaries in time


def _anchors(one: p.Program, other: p.Program, instants: Sequence[int]) -> list[int]:
    """Instants at which something changes that no distance tells: midnights, ends of weeks, months and years, dates."""
    found = {instant + step for instant in instants for step in (0, -1, MINUTE)}
    for program in (one, other):
        local = zone(program.timezone)
        for instant in (START, *instants[:_MOST_DATES]):
            day = local.local_date(instant)
            monday = day - timedelta(days=day.weekday())
            first = date(day.year, day.month, 1)
            next_month = date(day.year + day.month // 12, day.month % 12 + 1, 1)
            for each in (day + timedelta(days=1), monday, monday + timedelta(days=7), first, next_month,
                         date(day.year + 1, 1, 1)):  # fmt: skip
                midnight = local.midnight(each)
                found.update((midnight, midnight - MINUTE, midnight + MINUTE))
        found.update(midnight + MINUTE for midnight in _odd_days(local))
    return sorted(found)


def _odd_days(local: Zone) -> Iterator[int]:
    """The midnights at which days begin that are longer or shorter than 24 hours, within a year."""
    if clocks(local.name).shift:
        day = local.local_date(START)
        midnights = [local.midnight(day + timedelta(days=i)) for i in range(367)]
        yield from (one for one, other in pairwise(midnights) if other - one != DAY)
