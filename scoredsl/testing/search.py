"""A small log that tells a program from a mutant of it: looked for in the tests there are, in sums, and at random.

The search is deterministic: its random numbers come from the mutant's place, and it gives up after a number of logs,
not after a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from scoredsl.reference.lead import formula_closure
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.testing.material import DAY, MINUTE, START, material
from scoredsl.testing.rechecking import EVERYTHING, without_places
from scoredsl.testing.run import LEAD
from scoredsl.testing.sums import falls, sums, together
from scoredsl.testing.telling import Givens, difference

TRIES = 800
"""Logs that are tried for a mutant."""
_SHRINKING = 120
"""Smaller logs that are tried then."""


@dataclass(frozen=True, slots=True)
class Found:
    """A log, and what is expected of it: it holds in the program, and not in the mutant."""

    givens: Givens
    expectation: p.Expectation


class Search:
    """The search for one mutant: a program, what it became, and the columns that may differ."""

    def __init__(self, program: p.Program, changed: p.Program, columns: frozenset[str], seed: int) -> None:
        self.program = program
        self.changed = changed
        self.columns = columns
        self.random = Random(seed)
        self.tried = 0
        parts = (*_concerned(program, columns), *_concerned(changed, columns))
        self.focus = material(changed, _what_changed(program, changed))
        self.material = material(program, *parts)
        self.durations = sorted({*self.material.durations, *self.focus.durations})

    def find(self, tries: int = TRIES) -> Found | None:
        """The smallest log that was found, None where none was among so many."""
        for number, givens in enumerate(self.candidates()):
            if number >= tries:
                return None
            self.tried += 1
            found = self.told(givens)
            if found is not None:
                return self.smaller(found)
        return None

    def tells(self, givens: Givens) -> p.Expectation | None:
        return difference(self.program, self.changed, self.columns, givens, self.durations)

    # ---- candidates

    def candidates(self) -> Iterator[Givens]:
        tests = self.tests()
        yield from tests
        yield from sums(self.program, self.changed, self.material)
        yield from together(self.program, self.changed, self.material)
        yield from falls(self.program, self.changed, self.material)
        yield from self.plain()
        while True:
            if tests and self.random.random() < 0.4:
                yield self.near(self.random.choice(tests))
            else:
                yield self.any()

    def tests(self) -> list[Givens]:
        """The logs of the program's tests, the smallest first."""
        return sorted(map(_givens, self.program.tests), key=lambda givens: givens.size)

    def plain(self) -> Iterator[Givens]:
        """One event, and two of a kind with each distance that matters; one field with each value."""
        rows = [()] + [(_row({name: value}),) for name, values in self.material.fields.items() for value in values]
        for row in rows:
            yield Givens((), row)
        for name, properties in (*self.focus.events, *self.material.events):
            yield Givens((_event(name, START, properties),))
            for gap in self.gaps():
                yield Givens((_event(name, START, properties), _event(name, START + gap, properties)))
        for name, properties in self.focus.events:
            for count in (each for each in self.focus.counts if 2 < each < 100):
                rest = tuple(_event(name, START, properties) for _ in range(count - 1))
                for gap in self.gaps():
                    last = _event(name, START + gap, properties)
                    yield Givens((*rest, last))
                    yield Givens((_event(name, START, properties), *(last for _ in rest)))

    def gaps(self) -> list[int]:
        """0, each duration, and a minute and a second less."""
        found = {0, MINUTE, DAY, 7 * DAY}
        for each in (*self.focus.durations, *self.durations):
            found.update((each, each - MINUTE, each - 1_000_000, each + MINUTE))
        return sorted(gap for gap in found if gap >= 0)

    def any(self) -> Givens:
        """A few groups of events, one after the other, and a profile."""
        random = self.random
        events: list[Event] = []
        time = START
        for _ in range(random.choice((1, 2, 2, 3, 4))):
            pool = self.focus.events if self.focus.events and random.random() < 0.5 else self.material.events
            if not pool:
                break
            name, properties = random.choice(pool)
            step = random.choice((MINUTE, 0, DAY, random.choice(self.gaps())))
            count = random.choice((1, 1, 1, 2, 3, 5, 10))
            events += [_event(name, time + i * step, properties) for i in range(count)]
            time += (count - 1) * step + random.choice(self.gaps())
        return Givens(tuple(sorted(events, key=lambda event: event.time)), self.profile())

    def profile(self) -> tuple[ProfileRow, ...]:
        random = self.random
        names = [name for name in self.material.fields if random.random() < 0.6]
        if not names:
            return ()
        rows = [_row({name: random.choice(self.material.fields[name]) for name in names})]
        if random.random() < 0.3:
            name = random.choice(names)
            time = START + random.choice(self.gaps())
            rows.append(replace(_row({name: random.choice(self.material.fields[name])}), time=time, place=1))
        return tuple(rows)

    def near(self, givens: Givens) -> Givens:
        """A test's log with some more of what the mutant is about."""
        random = self.random
        events = list(givens.events)
        times = givens.times or [START]
        for _ in range(random.choice((1, 1, 2))):
            pool = self.focus.events or self.material.events
            if pool:
                name, properties = random.choice(pool)
                time = random.choice(times) + random.choice((1, 1, -1)) * random.choice(self.gaps())
                events.append(_event(name, time, properties))
        if events and random.random() < 0.3:
            events.pop(random.randrange(len(events)))
        rows = givens.rows if random.random() < 0.7 else (*givens.rows, *self.profile())
        return Givens(tuple(sorted(events, key=lambda event: event.time)), rows)

    # ---- less

    def smaller(self, found: Found) -> Found:
        """Takes away events, rows, fields and properties as long as the rest still tells: large pieces first."""
        tries = _SHRINKING
        size = max(1, len(found.givens.events) // 2)
        while tries > 0:
            at = 0
            while at < len(found.givens.events) and tries > 0:
                events = found.givens.events
                less = self.told(replace(found.givens, events=events[:at] + events[at + size :]))
                tries -= 1
                found, at = (less, at) if less is not None else (found, at + size)
            if size == 1:
                break
            size //= 2
        for _ in range(tries):
            less = next((each for each in map(self.told, _less(found.givens)) if each is not None), None)
            if less is None:
                break
            found = less
        return found

    def told(self, givens: Givens) -> Found | None:
        expectation = self.tells(givens)
        return None if expectation is None else Found(givens, expectation)


def _less(givens: Givens) -> Iterator[Givens]:
    """A row, a field or a property less."""
    events, rows = givens.events, givens.rows
    for i, row in enumerate(rows):
        yield replace(givens, rows=rows[:i] + rows[i + 1 :])
        for name in row.fields if len(row.fields) > 1 else ():
            less = replace(row, fields={other: value for other, value in row.fields.items() if other != name})
            yield replace(givens, rows=(*rows[:i], less, *rows[i + 1 :]))
    for name in sorted({prop for event in events for prop in event.properties}):
        yield replace(
            givens,
            events=tuple(
                replace(event, properties={other: v for other, v in event.properties.items() if other != name})
                for event in events
            ),
        )


def _event(name: str, time: int, properties: object) -> Event:
    return Event(LEAD, name, time, None, 0, properties)  # type: ignore[arg-type]


def _row(fields: dict[str, object]) -> ProfileRow:
    return ProfileRow(LEAD, None, 0, fields)


def _givens(test: p.TestCase) -> Givens:
    events = [Event(LEAD, given.name, given.time, None, i, given.properties) for i, given in enumerate(test.events)]
    rows = tuple(ProfileRow(LEAD, given.time, i, given.fields) for i, given in enumerate(test.fields))
    return Givens(tuple(sorted(events, key=lambda event: event.canonical_key)), rows)


def _concerned(program: p.Program, columns: frozenset[str]) -> tuple[object, ...]:
    """The parts that the columns are computed from."""
    if EVERYTHING in columns:
        return (*program.scores, *program.labels, program.ignores, program.excludes)
    named = {score.name for score in program.scores} & columns
    named |= {axis.score for grid in program.grids if grid.name in columns for axis in grid.axes}
    labels = [label for label in program.labels if label.name in columns]
    if labels:
        named |= {score.name for score in program.scores}
    found = {each.name: each for name in named for each in formula_closure(program, program.score(name))}
    return (*found.values(), *labels)


def _what_changed(program: p.Program, changed: p.Program) -> tuple[object, ...]:
    """The rules, bounds, tiers and conditions that only one of the two programs has."""
    one, other = (_parts(each) for each in (program, changed))
    return (*(each for each in other if each not in one), *(each for each in one if each not in other))


def _parts(program: p.Program) -> list[object]:
    found: list[object] = [*program.ignores, *program.excludes]
    for score in program.scores:
        found += [*score.rules, *score.bounds, *score.tiers, *(b for group in score.groups for b in group.bounds)]
    return [without_places(each) for each in (*found, *program.labels, *program.grids)]
