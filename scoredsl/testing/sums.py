"""Logs whose score is a given number: what events and fields are worth alone, put together as coins are.

A threshold of 100 that became 101 is noticed by a lead with exactly 100 points. What comes of a sum is only proposed:
rules influence each other, and whoever asks looks whether it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random

from scoredsl.reference import Log
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow, Value
from scoredsl.semantics.values import MILLION, to_millionths
from scoredsl.testing.material import DAY, MINUTE, START, Material
from scoredsl.testing.run import LEAD
from scoredsl.testing.telling import Givens

_MOST_COPIES = 150
_ORDERS = 24
_MOST_FALLS = 300


@dataclass(frozen=True, slots=True)
class Item:
    """An event that may be repeated with a gap (None: not), or a field with a value; `points` are millionths."""

    points: int
    event: tuple[str, Mapping[str, Value]] | None = None
    gap: int | None = None
    field: tuple[str, Value] | None = None


def sums(program: p.Program, changed: p.Program, material: Material) -> Iterator[Givens]:
    """Logs that may bring a score to one of the thresholds that differ in the two programs, or just beyond."""
    wanted = thresholds(changed) ^ thresholds(program)
    random = Random(0)
    for score in program.scores:
        numbers = {number for _, name, number in wanted if name == score.name}
        targets = sorted(numbers) + sorted({each + step for each in numbers for step in (MILLION, -MILLION)} - numbers)
        if not targets:
            continue
        items = _items(program, score, material)
        stretched = _stretched(program, score, items)
        base = _value(program, score, (), (ProfileRow(LEAD, None, 0, {}),))
        for target in targets:
            for order in range(_ORDERS):
                chosen, rest = _taken(target - base, items, random if order % 2 else None)
                if rest == 0:
                    yield _log(chosen)
                elif rest > 0 and stretched:
                    for each in random.choice(stretched).worth(rest):
                        yield _log([*chosen, (each, 1)])
                items = random.sample(items, len(items))
            for item in (item for each in stretched if target > base for item in each.worth(target - base)):
                yield _log([(item, 1)])


def falls(program: p.Program, changed: p.Program, material: Material) -> Iterator[Givens]:
    """Logs of a lead that comes into a tier and falls to where it leaves it: what lifts it up runs out first."""
    random = Random(0)
    for score in changed.scores:
        before = next((each for each in program.scores if each.name == score.name), score)
        for tier in score.tiers:
            was = before.tier(tier.name)
            ends = {each.until_below for each in (tier, was) if each is not None and each.until_below is not None}
            if was is None or len(ends) < 2:
                continue
            items = _items(program, score, material)
            found: list[Givens] = []
            for end in sorted(ends):
                for order in range(_ORDERS):
                    stays = _change(end, items, random if order % 2 else None)
                    if stays is not None:
                        found += _falling(stays, items, tier.number - end, material.durations)
                    items = random.sample(items, len(items))
            yield from sorted(found, key=lambda givens: len(givens.events))[:_MOST_FALLS]


def together(program: p.Program, changed: p.Program, material: Material) -> Iterator[Givens]:
    """Logs for a label about several scores: each of them at the number that it is compared with, or one beside."""
    before = {label.name: label for label in program.labels}
    for label in changed.labels:
        was = before.get(label.name)
        numbers = {
            (name, number)
            for each in (label, was)
            if each is not None
            for _, name, number in _compared(each.condition)
            if name is not None
        }
        if was is None or was.condition == label.condition or len({name for name, _ in numbers}) < 2:
            continue
        if not {name for name, _ in numbers} <= {score.name for score in program.scores}:
            continue
        logs: dict[str, list[Givens]] = {}
        for name, number in sorted(numbers):
            score = program.score(name)
            items = _items(program, score, material)
            base = _value(program, score, (), (ProfileRow(LEAD, None, 0, {}),))
            for target in (number, number - MILLION, number + MILLION):
                chosen = _change(target - base, items)
                if chosen is not None:
                    logs.setdefault(name, []).append(_log(chosen))
        for several in product(*logs.values()):
            fields = {name: value for each in several for row in each.rows for name, value in row.fields.items()}
            events = sorted((event for each in several for event in each.events), key=lambda event: event.time)
            yield Givens(tuple(events), (ProfileRow(LEAD, None, 0, fields),) if fields else ())


def _falling(
    stays: Sequence[tuple[Item, int]], items: Sequence[Item], missing: int, durations: Sequence[int]
) -> Iterator[Givens]:
    below = _log(stays)
    length = max(below.times, default=START) - START
    for item in items:
        copies = -(-missing // item.points)
        if item.event is None or copies > _most(item):
            continue
        above = _log([(item, copies)])
        for duration in durations:
            shift = duration - length - (copies + 1) * MINUTE
            if shift > 0:
                later = tuple(replace(event, time=event.time + shift) for event in below.events)
                yield Givens(tuple(sorted((*above.events, *later), key=lambda event: event.time)), below.rows)


def thresholds(program: p.Program) -> frozenset[tuple[str, str, int]]:
    """(what it is, score, number in millionths) of all that a score's value is compared with."""
    found: set[tuple[str, str, int]] = set()
    for score in program.scores:
        name = score.name
        for bound in (*score.bounds, *(b for group in score.groups for b in group.bounds)):
            found.add((bound.kind, name, bound.number))
        for tier in score.tiers:
            found.add((f"{tier.name} {tier.above} {tier.for_good}", name, tier.number))
            if tier.until_below is not None:
                found.add((f"{tier.name} until", name, tier.until_below))
        for rule in score.rules:
            if rule.up_to is not None:
                found.add(("up to", name, rule.up_to if isinstance(rule, p.WhenRule) else rule.up_to.number))
            if isinstance(rule, p.OnRule):
                if rule.but_not is not None:
                    found.add(("but not", name, rule.but_not.number))
                if rule.state is not None:
                    found.update((op, name, number) for op, _, number in _compared(rule.state))
    for grid in program.grids:
        for axis in grid.axes:
            found.update((grid.name, axis.score, number) for _, number in axis.bands if number is not None)
    for label in program.labels:
        found.update((op, name, number) for op, name, number in _compared(label.condition) if name is not None)
    return frozenset(found)


def _compared(condition: e.Condition) -> Iterator[tuple[str, str | None, int]]:
    """(sign, score, number) of the comparisons of scores in a condition."""
    match condition:
        case e.CompareNumbers(op, e.ScoreValue(name), e.Constant(number)):
            points = to_millionths(number)
            if points is not None:
                yield op, name, points
        case e.And(parts) | e.Or(parts):
            for part in parts:
                yield from _compared(part)
        case e.Not(inner):
            yield from _compared(inner)
        case _:
            return


# ---- what things are worth


def _value(program: p.Program, score: p.Score, events: Sequence[Event], rows: Sequence[ProfileRow]) -> int:
    instant = max((event.time for event in events), default=START)
    run = Log.of(program, events, rows).run(LEAD, instant)
    return run.state(score, instant).value if run.exists else 0


def _items(program: p.Program, score: p.Score, material: Material) -> list[Item]:
    """All that is worth something alone, the most first."""
    found: list[Item] = []
    nothing = (ProfileRow(LEAD, None, 0, {}),)
    base = _value(program, score, (), nothing)
    for name, properties in material.events:
        one = Event(LEAD, name, START, None, 0, properties)
        points = _value(program, score, (one,), nothing) - base
        if points <= 0:
            continue
        gap = next(
            (
                gap
                for gap in (MINUTE, DAY, 8 * DAY)
                if _value(program, score, (one, Event(LEAD, name, START + gap, None, 1, properties)), nothing) - base
                == 2 * points
            ),
            None,
        )
        found.append(Item(points, (name, properties), gap))
    for name, values in material.fields.items():
        for value in values:
            points = _value(program, score, (), (ProfileRow(LEAD, None, 0, {name: value}),)) - base
            if points > 0:
                found.append(Item(points, field=(name, value)))
    return sorted(found, key=lambda item: -item.points)


@dataclass(frozen=True, slots=True)
class Stretched:
    """An event whose points grow as one of its properties does."""

    item: Item
    prop: str

    def worth(self, points: int) -> Iterator[Item]:
        """The event with so much of the property that it gives these points, in whole numbers and in decimals."""
        assert self.item.event is not None
        name, properties = self.item.event
        value = properties[self.prop] * points / self.item.points
        for decimals in (0, 2, 6):
            yield Item(points, (name, {**properties, self.prop: round(value, decimals)}))


def _stretched(program: p.Program, score: p.Score, items: Sequence[Item]) -> list[Stretched]:
    found: list[Stretched] = []
    nothing = (ProfileRow(LEAD, None, 0, {}),)
    base = _value(program, score, (), nothing)
    for item in items:
        name, properties = item.event or ("", {})
        for prop, value in properties.items():
            if type(value) in (int, float) and value > 0:
                twice = Event(LEAD, name, START, None, 0, {**properties, prop: 2 * value})
                if abs(_value(program, score, (twice,), nothing) - base - 2 * item.points) <= 2:
                    found.append(Stretched(item, prop))
    return found


def _change(amount: int, items: Sequence[Item], random: Random | None = None) -> list[tuple[Item, int]] | None:
    """Items that make an amount together; None where they leave a rest."""
    chosen, rest = _taken(amount, items, random)
    return chosen if amount > 0 and rest == 0 else None


def _taken(amount: int, items: Sequence[Item], random: Random | None) -> tuple[list[tuple[Item, int]], int]:
    """Items, taken in their order as often as they fit, and the rest that they leave.

    With `random` now and then fewer of an item are taken than fit.
    """
    chosen: list[tuple[Item, int]] = []
    fields: set[str] = set()
    for item in items:
        copies = max(0, min(amount // item.points, _most(item)))
        if not copies or (item.field is not None and item.field[0] in fields):
            continue
        if random is not None and random.random() < 0.3:
            copies = random.randint(0, copies)
        if not copies:
            continue
        if item.field is not None:
            fields.add(item.field[0])
        chosen.append((item, copies))
        amount -= copies * item.points
    return chosen, amount


def _most(item: Item) -> int:
    """How often an item is taken: those a day and more apart would outlive each other."""
    if item.gap is None:
        return 1
    return _MOST_COPIES if item.gap < DAY else 3


def _log(chosen: Sequence[tuple[Item, int]]) -> Givens:
    """The items one after the other, those with long gaps first."""
    events: list[Event] = []
    fields: dict[str, Value] = {}
    time = START
    for item, copies in sorted(chosen, key=lambda pair: -(pair[0].gap or 0)):
        if item.field is not None:
            fields[item.field[0]] = item.field[1]
        if item.event is not None:
            name, properties = item.event
            gap = item.gap or 0
            events += [Event(LEAD, name, time + i * gap, None, 0, properties) for i in range(copies)]
            time += (copies - 1) * gap + MINUTE
    return Givens(tuple(events), (ProfileRow(LEAD, None, 0, fields),) if fields else ())
