"""One condition for all that are proven to hold for the same data, so that forms can be compared by equality.

Two programs that are compared share one `Representatives`: what is written in another way in the second becomes what
the first wrote. Every replacement is a proof of `reasoning`; what cannot be proven stays as it is, and differs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import replace

from scoredsl.impact.meaning import form
from scoredsl.plan.parts import Rewrite
from scoredsl.reasoning.conditions import always, equivalent, never
from scoredsl.reasoning.normal import ALWAYS, NEVER, where_parts
from scoredsl.semantics import expressions as e


class Representatives(Rewrite):
    """Rewrites conditions, values and patterns to the first that was met with the same meaning."""

    def __init__(self) -> None:
        super().__init__(self._representative, _ordered)
        self._by_leaves: dict[frozenset[str], list[e.Condition]] = {}
        self._known: dict[e.Condition, e.Condition] = {}

    def either(self, conditions: Iterable[e.Condition]) -> e.Condition:
        """One of the conditions holds."""
        found = tuple(conditions)
        return self.condition(found[0] if len(found) == 1 else e.Or(found)) if found else NEVER

    def _representative(self, condition: e.Condition) -> e.Condition:
        found = self._known.get(condition)
        if found is None:
            found = self._known[condition] = self._find(condition)
        return found

    def _find(self, condition: e.Condition) -> e.Condition:
        if never(condition):
            return NEVER
        if always(condition):
            return ALWAYS
        condition = _reduced(_turned(condition))
        same = self._by_leaves.setdefault(leaves(condition), [])
        for each in same:
            if form(each) == form(condition) or equivalent(each, condition):
                return each
        same.append(condition)
        return condition

    def pattern(self, pattern: e.Pattern) -> e.Pattern:
        """For each name of an event one condition; names with the same condition stand together."""
        by_name: dict[str | None, list[e.Condition]] = {}
        for alternative in pattern.matcher.alternatives:
            asked = where_parts(pattern, alternative)
            for name in (None,) if alternative.names is None else sorted(alternative.names):
                by_name.setdefault(name, []).append(asked)
        of_any = by_name.pop(None, [])
        anyway = self.either(of_any)
        names: dict[e.Condition, set[str]] = {}
        for name, asked_of in by_name.items():
            names.setdefault(self.either((*asked_of, *of_any)), set()).add(str(name))
        alternatives = [e.Alternative(frozenset(names[each]), _where(each)) for each in names
                        if each not in (NEVER, anyway)]  # fmt: skip
        if anyway != NEVER:
            alternatives.append(e.Alternative(None, _where(anyway)))
        return e.Pattern(e.Matcher(tuple(sorted(alternatives, key=lambda each: repr(form(each))))), None, pattern.apart)


MOST_COMPARISONS = 10
"""Of conditions with more comparisons none is left out."""


def _reduced(condition: e.Condition) -> e.Condition:
    """The condition without comparisons that make no difference: `a and b or a and not b` is `a`."""
    asked = list(dict.fromkeys(comparisons(condition)))
    if not 1 < len(asked) <= MOST_COMPARISONS:
        return condition
    for each in asked:
        for so in (ALWAYS, NEVER):
            less = _supposing(condition, each, so)
            if less not in (ALWAYS, NEVER) and equivalent(condition, less):
                return _reduced(less)
    return condition


def comparisons(condition: e.Condition) -> Iterator[e.Condition]:
    """What a condition is made of by `and`, `or` and `not`."""
    match condition:
        case e.And(parts) | e.Or(parts):
            for part in parts:
                yield from comparisons(part)
        case e.Not(inner):
            yield from comparisons(inner)
        case _:
            yield condition


def _supposing(condition: e.Condition, comparison: e.Condition, so: e.Condition) -> e.Condition:
    """The condition if a comparison in it always or never held."""
    if condition == comparison:
        return so
    match condition:
        case e.Not(inner):
            found = _supposing(inner, comparison, so)
            return NEVER if found == ALWAYS else ALWAYS if found == NEVER else e.Not(found)
        case e.And(parts) | e.Or(parts):
            decisive, idle = (NEVER, ALWAYS) if isinstance(condition, e.And) else (ALWAYS, NEVER)
            rest = [each for part in parts if (each := _supposing(part, comparison, so)) != idle]
            if decisive in rest:
                return decisive
            return idle if not rest else rest[0] if len(rest) == 1 else replace(condition, conditions=tuple(rest))
        case _:
            return condition


_TURNED: dict[e.Operator, e.Operator] = {"=": "=", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}


def _turned(condition: e.Condition) -> e.Condition:
    """`a < b` and `b > a` are one."""
    match condition:
        case e.CompareNumbers(op, left, right) | e.CompareNames(op, left, right) if not isinstance(
            right, e.Constant
        ) and repr(form(right)) < repr(form(left)):
            return replace(condition, op=_TURNED[op], left=right, right=left)
        case _:
            return condition


def leaves(part: object) -> frozenset[str]:
    """The names that a condition asks about; conditions without one in common are never compared."""
    match part:
        case str():
            return frozenset()
        case tuple() | frozenset():
            return frozenset().union(*map(leaves, part))
        case e.Property(name):
            return frozenset((f"property {name}",))
        case e.Field(name) | e.DaysSince(name) | e.DaysUntil(name):
            return frozenset((f"field {name}",))
        case e.ScoreValue(name):
            return frozenset((f"score {name}",))
        case e.Alternative(None, where):
            return leaves(where) | {"any event"}
        case e.Alternative(names, where):
            return leaves(where) | {f"event {name}" for name in names or ()}
        case e.Inactive():
            return frozenset(("any event",))
        case _ if dataclasses.is_dataclass(part) and not isinstance(part, type):
            return frozenset().union(*(leaves(getattr(part, each.name)) for each in dataclasses.fields(part)))
        case _:
            return frozenset()


def _where(condition: e.Condition) -> tuple[e.Condition, ...]:
    return () if condition == ALWAYS else (condition,)


def _ordered(value: e.Value) -> e.Value:
    """Sums, products, `min` and `max` of doubles do not depend on the order of two (of more, sums do)."""
    match value:
        case e.Arithmetic("+" | "*" as op, left, right) if repr(form(right)) < repr(form(left)):
            return e.Arithmetic(op, right, left)
        case e.Call("min" | "max" as function, arguments):
            return e.Call(function, tuple(sorted(arguments, key=lambda each: repr(form(each)))))
        case _:
            return value
