"""Conditions that never hold, always hold, imply or exclude each other (LANGUAGE section 4).

All that is said here is proven: True only where it is certain for all possible data, False where it is not so or not
decided. That a condition can hold, `models` shows.

`known` narrows what a value can be: the value of a score lies within its bounds, say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from scoredsl.reasoning import offsets, values
from scoredsl.reasoning.intervals import ALL, FROM_ZERO, Numbers, comparing
from scoredsl.reasoning.normal import (
    Cube,
    Literal,
    TooLargeError,
    cubes,
    names,
    never_missing,
    where_parts,
)
from scoredsl.reasoning.ranges import Range, as_numbers, hull, range_of
from scoredsl.reasoning.suppose import holds
from scoredsl.semantics import expressions as e

Known = Mapping[e.Value, Numbers]
NOTHING: Known = {}


def never(condition: e.Condition, known: Known = NOTHING) -> bool:
    """Whether it is certain that a condition holds for no data at all."""
    if not known:
        return _never(condition)
    try:
        return all(_cube_never(cube, known) for cube in cubes(condition))
    except TooLargeError:
        return False


@lru_cache(maxsize=16384)
def _never(condition: e.Condition) -> bool:
    try:
        return all(_cube_never(cube, NOTHING) for cube in cubes(condition))
    except TooLargeError:
        return False


def always(condition: e.Condition, known: Known = NOTHING) -> bool:
    """Whether it is certain that a condition holds for all data."""
    return never(e.Not(condition), known)


def implies(one: e.Condition, other: e.Condition, known: Known = NOTHING) -> bool:
    """Whether it is certain that one condition holds only where the other does."""
    return one == other or never(e.And((one, e.Not(other))), known)


def excludes(one: e.Condition, other: e.Condition, known: Known = NOTHING) -> bool:
    """Whether it is certain that two conditions never hold together."""
    return never(e.And((one, other)), known)


def equivalent(one: e.Condition, other: e.Condition) -> bool:
    """Whether it is certain that two conditions hold for the same data."""
    return implies(one, other) and implies(other, one)


# ---- events


def covers(wide: e.Pattern, narrow: e.Pattern) -> bool:
    """Whether it is certain that every event that one pattern takes is taken by the other."""
    if wide == narrow:
        return True
    if wide.apart is not None:
        return False
    return all(
        impossible(narrow, one) or any(_covers(wide, other, narrow, one) for other in wide.matcher.alternatives)
        for one in narrow.matcher.alternatives
    )


def _covers(wide: e.Pattern, other: e.Alternative, narrow: e.Pattern, one: e.Alternative) -> bool:
    if other.names is not None and (one.names is None or not one.names <= other.names):
        return False
    return implies(where_parts(narrow, one), where_parts(wide, other))


def impossible(pattern: e.Pattern, alternative: e.Alternative | None = None) -> bool:
    """Whether it is certain that a pattern, or one alternative of it, takes no event."""
    alternatives = pattern.matcher.alternatives if alternative is None else (alternative,)
    return all(never(where_parts(pattern, each)) for each in alternatives)


def disjoint(one: e.Pattern, other: e.Pattern) -> bool:
    """Whether it is certain that no event is taken by both patterns."""
    return all(
        (a.names is not None and b.names is not None and not a.names & b.names)
        or excludes(where_parts(one, a), where_parts(other, b))
        for a in one.matcher.alternatives
        for b in other.matcher.alternatives
    )


# ---- one cube


@dataclass(slots=True)
class Case:
    """The literals of a cube by what they ask."""

    single: dict[e.Value, list[Literal]] = field(default_factory=dict)
    """Those that compare one value with constants."""
    crossed: list[Literal] = field(default_factory=list)
    """Those that compare values with each other."""

    @classmethod
    def of(cls, cube: Iterable[Literal]) -> Case:
        case = cls()
        for literal in cube:
            match literal.atom:
                case e.CompareNames() | e.Has() | e.Inactive():
                    case.crossed.append(literal)
                case e.CompareNumbers(_, _, right) if not isinstance(right, e.Constant):
                    case.crossed.append(literal)
                case atom:
                    case.single.setdefault(values.subject_of(atom), []).append(literal)
        return case


def _cube_never(cube: Cube, known: Known) -> bool:
    case = Case.of(cube)
    for subject, literals in case.single.items():
        quick = _at_a_glance(literals)
        if quick is not None:
            if quick:
                return True
        elif values.is_raw(subject):
            if values.possible(subject, literals).never:
                return True
        elif _numbers_never(subject, literals, known):
            return True
    counts = Counts(case.single, known)
    if counts.contradictory or offsets.contradictory(case.single):
        return True
    return any(_computed_never(subject, case, counts, known) for subject in case.single) or any(
        _crossed_never(literal, case, counts, known) for literal in case.crossed
    )


def _at_a_glance(literals: Sequence[Literal]) -> bool | None:
    """Whether a raw value can never be so, for the usual literals; None where that takes a closer look."""
    if not values.is_raw(values.subject_of(literals[0].atom)):
        return None
    if all(not each.holds and not isinstance(each.atom, e.Known) for each in literals):
        return False  # a missing value is not what anything is compared with
    atom = literals[0].atom
    if len(literals) == 1 and literals[0].holds and not isinstance(atom, e.CompareText):
        return False
    numbers = all(isinstance(each.atom, e.CompareNumbers) for each in literals)
    return not values.numbers_of(literals) if numbers else None


# ---- computed numbers


def _range_of_leaf(value: e.Value, case: Case, counts: Counts, known: Known) -> Range | None:
    """What a part of arithmetic can be, given what is asked of it beside."""
    literals = case.single.get(value, [])
    if any(isinstance(each.atom, e.Known) and not each.holds for each in literals):
        return None
    asked = [each for each in literals if each.holds]
    return hull(counts.numbers.get(value, numbers_for(value, asked, known)))


def numbers_for(subject: e.Value, literals: Iterable[Literal], known: Known) -> Numbers:
    """What a computed number can be where it is known and the literals are so."""
    found = known.get(subject, ALL) & values.numbers_of(literals)
    match subject:
        case e.Fact("count" | "distinct") | e.DaysUntil():
            return (found & FROM_ZERO).whole()
        case e.DaysSince():
            return found.whole()
        case _:
            return found


def _numbers_never(subject: e.Value, literals: Sequence[Literal], known: Known) -> bool:
    if numbers_for(subject, literals, known):
        return False
    return never_missing(subject) or any(each.holds for each in literals)


def _computed_never(subject: e.Value, case: Case, counts: Counts, known: Known) -> bool:
    """Whether arithmetic cannot give what is asked of it, from what is asked of its parts."""
    if not isinstance(subject, e.Arithmetic | e.Negative | e.Call):
        return False
    found = range_of(subject, lambda value: _range_of_leaf(value, case, counts, known))
    literals = case.single[subject]
    if numbers_for(subject, literals, known) & as_numbers(found):
        return False
    return never_missing(subject) or any(each.holds for each in literals)


def _crossed_never(literal: Literal, case: Case, counts: Counts, known: Known) -> bool:
    match literal.atom:
        case e.CompareNames(op, left, right) | e.CompareNumbers(op, left, right) if left == right:
            return literal.holds if op in ("!=", "<", ">") else not literal.holds and never_missing(left)
        case e.CompareNames(op, left, right) if not (_is_number(left, case) and _is_number(right, case)):
            return False
        case e.CompareNames(op, left, right) | e.CompareNumbers(op, left, right):
            asked = op if literal.holds else _OPPOSITE[op]
            if isinstance(left, e.Fact) and isinstance(right, e.Fact) and {left.kind, right.kind} <= _COUNTS:
                return (asked == "<" and never_more(right, left)) or (asked == ">" and never_more(left, right))
            first, second = (range_of(side, lambda value: _range_of_leaf(value, case, counts, known))
                             for side in (left, right))
            if first is None or second is None:
                return literal.holds
            known_sides = literal.holds or isinstance(literal.atom, e.CompareNames) or (
                never_missing(left) and never_missing(right)
            )
            return known_sides and not _may(asked, first, second)
        case _:
            return False


def _is_number(value: e.Value, case: Case) -> bool:
    """Whether a value must be a number for what is asked of it beside."""
    return any(each.holds and isinstance(each.atom, e.CompareNumbers) for each in case.single.get(value, ()))


_COUNTS = frozenset({"count", "distinct"})
_OPPOSITE: dict[e.Operator, e.Operator] = {"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def _may(op: e.Operator, left: Range, right: Range) -> bool:
    """Whether a number of one range may compare so with one of another."""
    match op:
        case ">" | ">=":
            return bool(as_numbers(left) & comparing(op, right[0]))
        case "<" | "<=":
            return bool(as_numbers(left) & comparing(op, right[1]))
        case "=":
            return bool(as_numbers(left) & as_numbers(right))
        case "!=":
            return left != right or left[0] != left[1]


# ---- counts of events


class Counts:
    """What counts can be: of fewer events, or in a shorter window, there are never more.

    `numbers` are what the counts of a case can be, each at least as small as those that it is part of; `contradictory`
    where one of them can be nothing.
    """

    def __init__(self, single: Mapping[e.Value, Sequence[Literal]], known: Known) -> None:
        self.numbers: dict[e.Value, Numbers] = {}
        for subject, literals in single.items():
            if isinstance(subject, e.Fact):
                self._add(subject, literals, known)
        subjects = [subject for subject in self.numbers if isinstance(subject, e.Fact)]
        smaller = [(a, b) for a in subjects for b in subjects if a is not b and never_more(a, b)]
        for _ in subjects:
            for less, more in smaller:
                if not self.numbers[less] or not self.numbers[more]:
                    break
                self.numbers[less] = self.numbers[less] & comparing("<=", float(self.numbers[more].high))
                if self.numbers[less]:
                    self.numbers[more] = self.numbers[more] & comparing(">=", float(self.numbers[less].low))
        self.contradictory = any(not numbers for numbers in self.numbers.values())

    def _add(self, fact: e.Fact, literals: Sequence[Literal], known: Known) -> None:
        if fact.kind in ("count", "distinct"):
            found = numbers_for(fact, literals, known)
            if fact.kind == "count" and impossible(fact.pattern):
                found = found & comparing("=", 0.0)
            self.numbers[fact] = self.numbers.get(fact, ALL) & found
        if fact.kind != "count" and any(not holds(each.condition, {fact: None}) for each in literals if each.holds):
            # it must be known: there is at least one event, or, of a number of different values, as many as these
            least = max(1.0, float(self.numbers[fact].low)) if self.numbers.get(fact) else 1.0
            count = e.Fact("count", None, fact.pattern, fact.last)
            at_least = comparing(">=", least)
            if fact.kind != "distinct" or 0.0 not in self.numbers[fact]:
                self.numbers[count] = self.numbers.get(count, FROM_ZERO) & at_least


def never_more(less: e.Fact, more: e.Fact) -> bool:
    """Whether one count is never above another: its events are among the other's."""
    if more.kind != "count":
        return False
    if more.last is not None and (less.last is None or less.last > more.last):
        return False
    taken, among = names(less.pattern), names(more.pattern)
    if among is not None and (taken is None or not taken <= among):
        return False
    if less.kind == "distinct" and less.pattern != more.pattern:
        return False
    return covers(more.pattern, less.pattern)
