"""Other ways to write a condition that holds for the same data, whatever is missing; None where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import TypeAlias

from scoredsl.syntax import nodes as n
from tests.strategies.statements import parts

Way: TypeAlias = "Callable[[n.Condition, Sequence[n.Condition], Random], n.Condition | None]"
"""(condition, other conditions that may stand in its place, random)."""

CONDITIONS = (
    n.Compare, n.Between, n.InList, n.TextTest, n.InWindow, n.Matches, n.Known, n.Has, n.Inactive, n.IsTrue, n.Not,
    n.And, n.Or,
)  # fmt: skip


def de_morgan(c: n.Condition, others: Sequence[n.Condition], random: Random) -> n.Condition | None:
    """`a and b` as `not (not a or not b)`."""
    match c:
        case n.And(parts):
            return n.Not(n.Or(tuple(map(_opposite, parts))))
        case n.Or(parts):
            return n.Not(n.And(tuple(map(_opposite, parts))))
        case n.Not(n.And(parts)):
            return n.Or(tuple(map(_opposite, parts)))
        case n.Not(n.Or(parts)):
            return n.And(tuple(map(_opposite, parts)))
        case _:
            return None


def double_negation(c: n.Condition, others: Sequence[n.Condition], random: Random) -> n.Condition | None:
    return n.Not(n.Not(c))


def absorbed(c: n.Condition, others: Sequence[n.Condition], random: Random) -> n.Condition | None:
    """`a` as `a or a and b`, `a and (a or b)`."""
    other = random.choice(others)
    return random.choice((n.Or((c, n.And((c, other)))), n.And((c, n.Or((c, other))))))


def distributed(c: n.Condition, others: Sequence[n.Condition], random: Random) -> n.Condition | None:
    """`a and (b or c)` as `a and b or a and c`, and so on; `a` as `a and b or a and not b`."""
    match c:
        case n.And(parts):
            at = next((i for i, part in enumerate(parts) if isinstance(part, n.Or)), None)
            if at is not None:
                rest = parts[:at] + parts[at + 1 :]
                return n.Or(tuple(n.And((*rest, each)) for each in parts[at].conditions))
        case n.Or(parts):
            at = next((i for i, part in enumerate(parts) if isinstance(part, n.And)), None)
            if at is not None:
                rest = parts[:at] + parts[at + 1 :]
                return n.And(tuple(n.Or((*rest, each)) for each in parts[at].conditions))
    other = random.choice(others)
    return n.Or((n.And((c, other)), n.And((c, n.Not(other)))))


def reordered(c: n.Condition, others: Sequence[n.Condition], random: Random) -> n.Condition | None:
    match c:
        case n.And(parts) | n.Or(parts):
            return replace(c, conditions=tuple(random.sample(parts, len(parts))))
        case n.InList(_, n.ListOf(items)) if len(items) > 1:
            return replace(c, items=n.ListOf(tuple(reversed(items))))
        case n.Compare(op, left, right):
            return n.Compare(_FLIPPED[op], right, left)  # type: ignore[arg-type]
        case _:
            return None


def spelled_out(c: n.Condition, others: Sequence[n.Condition], random: Random) -> n.Condition | None:
    """A list, a range, a text of several or a known value as what it stands for; and back."""
    match c:
        case n.InList(value, n.ListOf(items), False):
            return _joined(n.Or, [n.Compare("=", value, item) for item in items])
        case n.InList(value, n.ListOf(items), True):
            return n.And((n.Known(value, True), *(n.Compare("!=", value, item) for item in items)))
        case n.Between(value, low, high):
            return n.And((n.Compare(">=", value, low), n.Compare("<=", value, high)))
        case n.TextTest(op, value, n.ListOf(items), True):
            return _joined(n.Or, [n.TextTest(op, value, item, False) for item in items])  # type: ignore[arg-type]
        case n.Known(value, known):
            return n.Not(n.Known(value, not known))
        case n.IsTrue(n.Ref() as value):
            return n.Compare("=", value, n.Boolean(True))
        case n.Compare("=", n.Ref() as value, n.Boolean(True)):
            return n.IsTrue(value)
        case n.Compare("=" | "!=" as op, value, n.Boolean(wanted)):
            return n.Compare("!=" if op == "=" else "=", value, n.Boolean(not wanted))
        case n.Compare("=", value, n.Text() | n.Number() as literal):
            return n.InList(value, n.ListOf((literal, literal)), False)
        case n.And((n.Compare(">=", value, low), n.Compare("<=", same, high))) if value == same:
            return n.Between(value, low, high)
        case _:
            return None


def boundary(c: n.Condition, others: Sequence[n.Condition], random: Random) -> n.Condition | None:
    """A comparison with a number as two that adjoin, or from the other side."""
    match c:
        case n.Compare(op, n.Fact("count" | "distinct") as value, n.Number(number)) if number == int(number):
            whole = _whole(op, value, int(number))
            return random.choice((whole, n.Not(n.Compare(_OPPOSITE[op], value, n.Number(number)))))  # type: ignore[arg-type]
        case n.Compare(">=" | "<=" as op, value, n.Number() as number):
            return n.Or((n.Compare("=", value, number), n.Compare(op[0], value, number)))  # type: ignore[arg-type]
        case n.Compare(">" | "<" as op, value, n.Number() as number):
            beyond = n.Number(number.value + (5 if op == ">" else -5))
            if beyond.value < 0:
                return n.And((n.Compare(f"{op}=", value, number), n.Compare("!=", value, number)))  # type: ignore[arg-type]
            near = n.And((c, n.Compare("<=" if op == ">" else ">=", value, beyond)))
            return n.Or((near, n.Compare(op, value, beyond)))
        case n.Compare("!=", value, n.Number() as number):
            return n.Or((n.Compare(">", value, number), n.Compare("<", value, number)))
        case n.Compare("=", value, n.Number() as number):
            return n.And((n.Compare(">=", value, number), n.Compare("<=", value, number)))
        case n.Between(value, n.Number(low), n.Number(high)) if high - low > 1:
            middle = n.Number(low + 1)
            return n.Or((n.Between(value, n.Number(low), middle),
                         n.And((n.Compare(">", value, middle), n.Compare("<=", value, n.Number(high))))))  # fmt: skip
        case _:
            return None


def facts(c: n.Condition, others: Sequence[n.Condition], random: Random) -> n.Condition | None:
    """`has visit` as `count of visit >= 1`, and so on."""
    match c:
        case n.Has(source, some):
            counted = n.Fact("count", None, source)
            if random.random() < 0.5:
                return n.Not(n.Has(source, not some))
            return n.Compare(">=" if some else "=", counted, n.Number(float(some)))
        case n.Compare(">=", n.Fact("count", None, source), n.Number(1.0)):
            return n.Has(source, True)
        case n.Inactive(duration):
            anything = n.Events(True)
            lately = n.FactSource(anything, last=duration)
            return n.And((n.Has(n.FactSource(anything), True), n.Has(lately, False)))
        case n.Known(n.Fact("days since last", None, source), known):
            return n.Has(source, known)
        case n.Compare("<", n.Fact("days since last", None, source), n.Number(number)) if (
            number == int(number) and number > 0 and source.last is None
        ):
            return n.Has(replace(source, last=n.Duration(int(number), "d")), True)
        case _:
            return None


WAYS: dict[str, Way] = {
    each.__name__: each
    for each in (de_morgan, double_negation, absorbed, distributed, reordered, spelled_out, boundary, facts)
}

_FLIPPED = {"=": "=", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
_OPPOSITE = {"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def _opposite(c: n.Condition) -> n.Condition:
    return c.condition if isinstance(c, n.Not) else n.Not(c)


def _joined(kind: type[n.And] | type[n.Or], conditions: Sequence[n.Condition]) -> n.Condition:
    return conditions[0] if len(conditions) == 1 else kind(tuple(conditions))


def _whole(op: str, value: n.Value, number: int) -> n.Condition:
    """Whole numbers: above 2 is from 3 on."""
    match op:
        case ">":
            return n.Compare(">=", value, n.Number(float(number + 1)))
        case ">=" if number > 0:
            return n.Compare(">", value, n.Number(float(number - 1)))
        case "<" if number > 0:
            return n.Compare("<=", value, n.Number(float(number - 1)))
        case "<=":
            return n.Compare("<", value, n.Number(float(number + 1)))
        case _:
            return n.Not(n.Compare(_OPPOSITE[op], value, n.Number(float(number))))  # type: ignore[arg-type]


def conditions_in(node: object) -> list[tuple[tuple[object, ...], n.Condition]]:
    """The conditions of a statement with their paths, outermost first."""
    return parts(node, *CONDITIONS)
