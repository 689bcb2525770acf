"""The normal form of conditions that is reasoned about: cubes, each a set of literals that must all hold.

A condition holds where one of its cubes does. Conditions are two-valued (LANGUAGE section 4: a comparison with a
missing value is false, its `not` is true), so the laws of logic hold for whole comparisons; that `x > 5` and
`not x <= 5` differ where x is missing is a matter of the values, in `values`.

What says one thing in several ways is brought to one: `has` and `no` are comparisons of a count, `inactive for` is made
of two, `days since last` is asked as counts in windows, `contains any of` is an `or`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from scoredsl.semantics import expressions as e
from scoredsl.semantics.inspect import constant_number

DAY = 86_400_000_000
ANY = e.Pattern(e.Matcher((e.Alternative(None),)))
ALWAYS, NEVER = e.Always(True), e.Always(False)

MOST_CUBES = 256
"""A condition with more is too large to be reasoned about."""


class TooLargeError(Exception):
    """The condition has too many cubes."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A comparison that must hold, or, where not `holds`, must not."""

    atom: e.Condition
    holds: bool = True

    def negated(self) -> Literal:
        return Literal(self.atom, not self.holds)

    @property
    def condition(self) -> e.Condition:
        return self.atom if self.holds else e.Not(self.atom)


Cube: TypeAlias = frozenset[Literal]


def conjunction(*conditions: e.Condition) -> e.Condition:
    """All of the conditions at once."""
    return conditions[0] if len(conditions) == 1 else e.And(tuple(conditions))


@lru_cache(maxsize=4096)
def cubes(condition: e.Condition) -> tuple[Cube, ...]:
    """The cubes of a condition, none where it plainly never holds. Raises TooLargeError."""
    return tuple(dict.fromkeys(_cubes(condition, True)))


def _cubes(condition: e.Condition, holds: bool) -> list[Cube]:
    match condition:
        case e.Always(value):
            return [frozenset()] if value == holds else []
        case e.Not(inner):
            return _cubes(inner, not holds)
        case e.And(parts):
            return _all(parts, holds) if holds else _some(parts, holds)
        case e.Or(parts):
            return _some(parts, holds) if holds else _all(parts, holds)
    plainer = plain(condition)
    if plainer != condition:
        return _cubes(plainer, holds)
    return [frozenset((Literal(condition, holds),))]


def _some(parts: Sequence[e.Condition], holds: bool) -> list[Cube]:
    found = [cube for part in parts for cube in _cubes(part, holds)]
    if len(found) > MOST_CUBES:
        raise TooLargeError
    return found


def _all(parts: Sequence[e.Condition], holds: bool) -> list[Cube]:
    found: list[Cube] = [frozenset()]
    for part in parts:
        each = _cubes(part, holds)
        found = [joined for one in found for other in each if (joined := _joined(one, other)) is not None]
        if len(found) > MOST_CUBES:
            raise TooLargeError
    return found


def _joined(one: Cube, other: Cube) -> Cube | None:
    """Both at once; None where one holds what the other denies."""
    if any(literal.negated() in one for literal in other):
        return None
    return one | other


def plain(condition: e.Condition) -> e.Condition:
    """A comparison in the way in which it is reasoned about; itself where it is that already."""
    match condition:
        case e.NotIn(value, comparisons):
            return e.And((e.Known(value, True), *comparisons))
        case e.Known(value, False):
            return e.Not(e.Known(value, True))
        case e.Known(e.Fact("days since last", _, pattern, last), True):
            return _counted(pattern, last)
        case e.Known(value, True) if never_missing(value):
            return ALWAYS
        case e.IsTrue(value):
            return e.CompareBoolean(True, value, True)
        case e.CompareBoolean(False, value, wanted):
            return e.CompareBoolean(True, value, not wanted)
        case e.TextTest(op, value, texts) if len(texts) != 1:
            return e.Or(tuple(e.TextTest(op, value, (text,)) for text in texts))
        case e.Has(pattern, last, some):
            return _counted(pattern, last) if some else e.Not(_counted(pattern, last))
        case e.Inactive(duration):
            return e.And((_counted(ANY, None), e.Not(_counted(ANY, duration))))
        case e.CompareNumbers(op, left, right):
            return _numbers(op, left, right)
    return condition


_FLIPPED: dict[e.Operator, e.Operator] = {"=": "=", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}


def _numbers(op: e.Operator, left: e.Value, right: e.Value) -> e.Condition:
    first, second = constant_number(left), constant_number(right)
    if first is not None and second is not None:
        return e.Always(_compared(op, first, second))
    if first is not None:
        op, left, second = _FLIPPED[op], right, first
        right = left
    if second is None:
        return e.CompareNumbers(op, left, right)
    if isinstance(left, e.Fact) and left.kind == "days since last":
        return _days(op, left, second)
    return e.CompareNumbers(op, left, e.Constant(second))


def _compared(op: e.Operator, left: float, right: float) -> bool:
    match op:
        case "=":
            return left == right
        case "!=":
            return left != right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case "<=":
            return left <= right


def _counted(pattern: e.Pattern, last: int | None) -> e.Condition:
    """At least one such event."""
    return e.CompareNumbers(">=", e.Fact("count", None, pattern, last), e.Constant(1.0))


def _days(op: e.Operator, fact: e.Fact, number: float) -> e.Condition:
    """`days since last` against a number: at most n days are an event in the last n + 1 days, and so on."""

    def at_most(days: float) -> e.Condition:
        if days < 0:
            return NEVER
        window = (int(days) + 1) * DAY if days < 10**9 else None
        shorter = [each for each in (window, fact.last) if each is not None]
        return _counted(fact.pattern, min(shorter, default=None))

    known = _counted(fact.pattern, fact.last)
    whole = math.floor(number)
    match op:
        case "<=":
            return at_most(whole)
        case "<":
            return at_most(math.ceil(number) - 1)
        case ">":
            return e.And((known, e.Not(at_most(whole))))
        case ">=":
            return e.And((known, e.Not(at_most(math.ceil(number) - 1))))
        case "=" if number != whole:
            return NEVER
        case "=":
            return e.And((at_most(whole), e.Not(at_most(whole - 1))))
        case "!=" if number != whole:
            return known
        case "!=":
            return e.And((known, e.Not(e.And((at_most(whole), e.Not(at_most(whole - 1)))))))


def never_missing(value: e.Value) -> bool:
    """Whether a value is always known, whatever the data."""
    match value:
        case e.Constant() | e.ScoreValue() | e.Fact("count" | "distinct"):
            return True
        case e.Negative(operand):
            return never_missing(operand)
        case e.Call(_, arguments):
            return all(never_missing(argument) for argument in arguments)
        case e.Arithmetic("+" | "-", left, right) if _moderate(left) and _moderate(right):
            return True
        case e.Arithmetic():
            return constant_number(value) is not None
        case _:
            return False


def _moderate(value: e.Value) -> bool:
    """Whether a number is always known, and so small that sums of such numbers are finite."""
    match value:
        case e.Constant(number):
            return abs(number) <= 1e100
        case e.ScoreValue() | e.Fact("count" | "distinct"):
            return True
        case e.Negative(operand):
            return _moderate(operand)
        case e.Arithmetic("+" | "-", left, right):
            return _moderate(left) and _moderate(right)
        case _:
            return False


def conjuncts(condition: e.Condition) -> Iterator[e.Condition]:
    """The parts of a condition that all must hold, itself where it is no `and`."""
    if isinstance(condition, e.And):
        for part in condition.conditions:
            yield from conjuncts(part)
    else:
        yield condition


def where_parts(pattern: e.Pattern, alternative: e.Alternative) -> e.Condition:
    """All that an event of one of a pattern's alternatives must satisfy."""
    parts = alternative.where if pattern.where is None else (*alternative.where, pattern.where)
    return ALWAYS if not parts else conjunction(*parts)


def names(pattern: e.Pattern) -> frozenset[str] | None:
    """The names of the events that a pattern can take; None: any."""
    found: set[str] = set()
    for alternative in pattern.matcher.alternatives:
        if alternative.names is None:
            return None
        found |= alternative.names
    return frozenset(found)
