"""The least and the most that a score can be, for any lead at any instant, and of what (LANGUAGE section 6).

The bounds are certain: no log refutes them. They are often reached, too, but that is not promised: two rules are taken
to pay together unless their limits, caps or conditions forbid it. None stands for "there is no bound".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scoredsl.reasoning.calendar import Clocks, clocks
from scoredsl.reasoning.conditions import always, impossible, never
from scoredsl.reasoning.intervals import ALL, Numbers, between
from scoredsl.reasoning.keys import number_of_values, occurring
from scoredsl.reasoning.naming import group_name, rule_name
from scoredsl.reasoning.normal import ALWAYS, Cube, TooLargeError, conjunction, cubes, never_missing, where_parts
from scoredsl.reasoning.pace import most_periods, most_worth
from scoredsl.reasoning.ranges import EVERYTHING, Range, hull, range_of
from scoredsl.reasoning.together import Option, most_together
from scoredsl.reasoning.values import numbers_of
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import in_order
from scoredsl.semantics.values import LARGEST_FORMULA, LARGEST_POINTS, to_millionths


@dataclass(frozen=True, slots=True)
class Part:
    """What a rule, a group, `start at` or a score of a formula gives at the most and at the least, in millionths."""

    name: str
    place: p.Place
    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that a score is, in millionths; None: no bound.

    `parts` are what gives points, in file order; those that exclude each other are left out of the most if another of
    them gives more. `maximum` (`minimum`) is the bound that is written in the score, where it is what decides.
    """

    least: int | None
    most: int | None
    parts: tuple[Part, ...] = ()
    maximum: p.Bound | None = None
    minimum: p.Bound | None = None

    @property
    def known(self) -> Numbers:
        """The numbers that the score can be."""
        low = -math.inf if self.least is None else self.least / 1_000_000
        high = math.inf if self.most is None else self.most / 1_000_000
        return between(low, high)


Spared = Callable[[p.Rule], bool]
"""Whether a rule is to be taken as if its conditions could hold, though they never do."""


def bounds_of(program: p.Program, spared: Spared | None = None) -> Mapping[str, Bounds]:
    """The bounds of every score of a program, by name."""
    found: dict[str, Bounds] = {}
    for score in in_order(program):
        found[score.name] = score_bounds(score, program.timezone, found, spared)
    return found


def score_bounds(
    score: p.Score, timezone: str, others: Mapping[str, Bounds], spared: Spared | None = None
) -> Bounds:
    """The bounds of one score; `others` are those of the scores in its formula."""
    if score.formula is not None:
        return _formula(score, others)
    zone = clocks(timezone)
    worths = [_worth(rule, zone, spared is not None and spared(rule)) for rule in score.rules]
    parts: list[Part] = list(_base(score))
    for i, group in enumerate(score.groups):
        inside = [each for each in worths if each.rule.group == i]
        if inside:
            parts.append(_group(group, inside))
    parts += _summands([each for each in worths if each.rule.group is None])
    parts.sort(key=lambda part: part.place.span.start)
    least, most = _sum(part.least for part in parts), _sum(part.most for part in parts)
    return bounded(least, most, score.bounds, tuple(parts))


def _sum(points: Iterable[int | None]) -> int | None:
    total = 0
    for each in points:
        if each is None:
            return None
        total += each
    return total


def _base(score: p.Score) -> list[Part]:
    """`start at`, which a `set to` replaces."""
    starts = [score.start or 0]
    starts += [
        rule.effect.points
        for rule in score.rules
        if isinstance(rule, p.OnRule) and isinstance(rule.effect, p.Reset) and rule.effect.points is not None
    ]
    if not any(starts):
        return []
    return [Part("start" if len(starts) == 1 else "start or set", score.place, min(starts), max(starts))]


# ---- rules


@dataclass(frozen=True, slots=True)
class _Worth:
    """What a rule can be worth; for a `when` rule also under which conditions it gives how many points at most."""

    rule: p.Rule
    least: int | None
    most: int | None
    highs: tuple[tuple[e.Condition, int], ...] = ()
    lows: tuple[tuple[e.Condition, int], ...] = ()
    """Points above 0, and, with their sign changed, below it."""


def _worth(rule: p.Rule, zone: Clocks, spared: bool) -> _Worth:
    if isinstance(rule, p.WhenRule):
        return _when(rule, spared)
    if isinstance(rule.effect, p.Reset) or (not spared and not can_occur(rule)):
        return _Worth(rule, 0, 0)
    low, high = award_bounds(rule, spared)
    return _Worth(rule, _turned(_capped(rule, _turned(low), zone)), _capped(rule, high, zone))


def rule_bounds(rule: p.Rule, zone: Clocks) -> tuple[int | None, int | None]:
    """The least and the most that one rule can be worth, after `up to`."""
    worth = _worth(rule, zone, False)
    return worth.least, worth.most


def _turned(points: int | None) -> int | None:
    return None if points is None else -points


def can_occur(rule: p.OnRule) -> bool:
    """False where it is certain that nothing starts the rule."""
    if rule.state is not None and never(rule.state):
        return False
    if rule.start is not None and rule.stop is not None and rule.start >= rule.stop:
        return False
    match rule.trigger:
        case p.Count(count, e.Pattern(apart=int(apart)), _, int(within)) if (count - 1) * apart >= within:
            return False  # so many events that far apart do not fit into the window
        case p.Occurs(pattern) | p.Count(_, pattern, _, _):
            return not impossible(pattern)
        case p.Chain(steps, _, _):
            return not any(impossible(step) for step in steps)
        case p.Absence(opening, _, _, _):
            return not impossible(opening)
        case p.Inactivity(pattern, _, _, _):
            return pattern is None or not impossible(pattern)


def award_bounds(rule: p.OnRule, spared: bool = False) -> tuple[int | None, int | None]:
    """The least and the most points of one award."""
    assert isinstance(rule.effect, p.Points)
    pattern = occurring(rule.trigger)
    conditions: list[e.Condition] = [ALWAYS]
    if pattern is not None and not spared:
        conditions = [where_parts(pattern, alternative) for alternative in pattern.matcher.alternatives]
    ranges = [each for condition in conditions for each in _ranges(rule.effect.amount, condition)]
    return _points(ranges, rule.effect.sign)


def _ranges(amount: e.Value, condition: e.Condition) -> list[Range]:
    """The ranges of a number under the cubes of a condition; none where it can never be computed."""
    try:
        conjunctions: Sequence[Cube] = cubes(condition)
    except TooLargeError:
        conjunctions = [frozenset()]
    found = []
    for cube in conjunctions:
        if never(conjunction(ALWAYS, *(literal.condition for literal in cube))):
            continue
        each = range_of(amount, lambda value, cube=cube: _leaf(value, cube))  # type: ignore[misc]
        if each is not None:
            found.append(each)
    return found


def _leaf(value: e.Value, cube: Cube) -> Range | None:
    """What a value can be as a number where a cube holds."""
    asked = [
        literal
        for literal in cube
        if literal.holds and isinstance(literal.atom, e.CompareNumbers | e.Known) and _about(literal.atom) == value
    ]
    numbers = numbers_of(asked)
    if isinstance(value, e.Fact) and value.kind in ("count", "distinct"):
        numbers = numbers & between(0, math.inf)
    return hull(numbers & ALL)


def _about(atom: e.CompareNumbers | e.Known) -> e.Value | None:
    match atom:
        case e.CompareNumbers(_, left, e.Constant()):
            return left
        case e.Known(value, _):
            return value
        case _:
            return None


def _points(ranges: Sequence[Range], sign: int) -> tuple[int | None, int | None]:
    """Ranges of E as the least and the most points, with the sign of the award; 0 where it can never be computed."""
    if not ranges:
        return 0, 0
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    least, most = _millionths(low), _millionths(high)
    return (least, most) if sign > 0 else (_turned(most), _turned(least))


def _millionths(number: float) -> int | None:
    points = to_millionths(number)
    return None if points is None or abs(points) > LARGEST_POINTS else points


def _capped(rule: p.OnRule, points: int | None, zone: Clocks) -> int | None:
    """The most that awards of at most so many points are worth together; of points below 0, nothing."""
    if points is not None and points <= 0:
        return 0
    most = None if points is None else most_worth(rule, points, zone)
    cap = _cap(rule, zone)
    return cap if most is None else most if cap is None else min(most, cap)


def _cap(rule: p.OnRule, zone: Clocks) -> int | None:
    """What `up to` keeps the rule within; None where it keeps it within nothing."""
    cap = rule.up_to
    if cap is None:
        return None
    if cap.per is not None:
        values = number_of_values(rule.trigger, cap.per)
    elif cap.period is not None:
        values = most_periods(rule, cap.period, zone)
    else:
        values = 1
    return None if values is None else cap.number * values


def _when(rule: p.WhenRule, spared: bool) -> _Worth:
    """A `when` rule gives what one of its branches gives, or nothing where none holds."""
    lows: list[int | None] = []
    highs: list[int | None] = []
    by_high: list[tuple[e.Condition, int]] = []
    by_low: list[tuple[e.Condition, int]] = []
    before: list[e.Condition] = []
    certain = False
    for branch in rule.branches:
        condition = ALWAYS if branch.condition is None else branch.condition
        holds = conjunction(condition, *(e.Not(each) for each in before))
        before.append(condition)
        if never(holds):
            if not spared:
                continue
            holds = ALWAYS
        ranges = _ranges(branch.points.amount, holds)
        low, high = _points(ranges, branch.points.sign)
        if rule.up_to is not None:
            low = -rule.up_to if low is None else max(-rule.up_to, min(rule.up_to, low))
            high = rule.up_to if high is None else max(-rule.up_to, min(rule.up_to, high))
        if not never_missing(branch.points.amount):
            low, high = _with_nothing(low, high)
        lows.append(low)
        highs.append(high)
        if high is not None and high > 0:
            by_high.append((holds, high))
        if low is not None and low < 0:
            by_low.append((holds, -low))
        if always(e.Or(tuple(before))):
            certain = True
            break
    if not certain:
        lows.append(0)
        highs.append(0)
    least = None if None in lows else min(each for each in lows if each is not None)
    most = None if None in highs else max(each for each in highs if each is not None)
    return _Worth(rule, least, most, tuple(by_high), tuple(by_low))


def _with_nothing(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    """Or nothing, where it cannot be computed."""
    return None if low is None else min(low, 0), None if high is None else max(high, 0)


# ---- sums


def _summands(worths: Sequence[_Worth]) -> list[Part]:
    """The parts of a sum. Of `when` rules that exclude each other those count that give the most (the least)."""
    highs = _chosen(worths, lambda worth: worth.most, lambda worth: worth.highs)
    lows = _chosen(worths, lambda worth: _turned(worth.least), lambda worth: worth.lows)
    return [
        Part(rule_name(worth.rule), worth.rule.place, _turned(low), high)
        for worth, low, high in zip(worths, lows, highs, strict=True)
        if (low, high) != (0, 0)
    ]


def _chosen(
    worths: Sequence[_Worth],
    most: Callable[[_Worth], int | None],
    options: Callable[[_Worth], tuple[tuple[e.Condition, int], ...]],
) -> list[int | None]:
    """What each rule gives where together they give the most; where there is no bound that is not looked for."""
    if any(most(worth) is None for worth in worths):
        return [most(worth) for worth in worths]
    offered = [
        Option(i, condition, points)
        for i, worth in enumerate(worths)
        if (most(worth) or 0) > 0
        for condition, points in options(worth)
    ]
    chosen = {option.rule: option.points for option in most_together(offered)}
    among = {option.rule for option in offered}
    return [chosen.get(i, 0) if i in among else most(worth) for i, worth in enumerate(worths)]


def _group(group: p.Group, worths: Sequence[_Worth]) -> Part:
    parts = _summands(worths)
    found = bounded(_sum(part.least for part in parts), _sum(part.most for part in parts), group.bounds)
    return Part(group_name(group), group.place, found.least, found.most)


def bounded(
    least: int | None, most: int | None, bounds: Sequence[p.Bound], parts: tuple[Part, ...] = ()
) -> Bounds:
    """A sum within its bounds; one that holds only at times can raise the most and lower the least."""
    minima = [bound for bound in bounds if bound.kind == "minimum"]
    maxima = [bound for bound in bounds if bound.kind == "maximum"]
    minimum: p.Bound | None = None
    maximum: p.Bound | None = None
    for bound in minima:
        if most is not None:
            most = max(most, bound.number)
        if bound.when is None and (least is None or bound.number > least):
            least, minimum = bound.number, bound
    for bound in maxima:
        if least is not None and bound.number < least:
            least, minimum = bound.number, None
        if bound.when is None and (most is None or bound.number < most):
            most, maximum = bound.number, bound
    return Bounds(least, most, parts, maximum, minimum)


# ---- formulas


def _formula(score: p.Score, others: Mapping[str, Bounds]) -> Bounds:
    """The range of a formula, from those of its scores."""

    def leaf(value: e.Value) -> Range | None:
        assert isinstance(value, e.ScoreValue) and value.name is not None
        return hull(others[value.name].known)

    assert score.formula is not None
    low, high = range_of(score.formula, leaf, on_zero=(0.0, 0.0)) or EVERYTHING
    least, most = to_millionths(low), to_millionths(high)
    named = dict.fromkeys(_named(score.formula))
    parts = tuple(Part(name, score.place, others[name].least, others[name].most) for name in named)
    least = None if least is None or least <= -LARGEST_FORMULA else min(least, LARGEST_FORMULA)
    most = None if most is None or most >= LARGEST_FORMULA else max(most, -LARGEST_FORMULA)
    return bounded(least, most, score.bounds, parts)


def _named(value: e.Value) -> Iterable[str]:
    match value:
        case e.ScoreValue(name) if name is not None:
            yield name
        case e.Negative(operand):
            yield from _named(operand)
        case e.Arithmetic(_, left, right):
            yield from _named(left)
            yield from _named(right)
        case e.Call(_, arguments):
            for argument in arguments:
                yield from _named(argument)
        case _:
            pass
