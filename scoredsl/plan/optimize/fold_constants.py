"""Arithmetic over constants is computed, comparisons of constants are decided.

A value that cannot be computed (a division by 0) stays: it is missing, or counted in the report, where it is used.
"""

from __future__ import annotations

from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.semantics import expressions as e
from scoredsl.semantics.inspect import constant_number


def fold_constants(parts: Parts) -> Parts:
    return Rewrite(_condition, _value).parts(parts)


def _value(value: e.Value) -> e.Value:
    if isinstance(value, e.Constant):
        return value
    number = constant_number(value)
    return value if number is None else e.Constant(number)


def _condition(condition: e.Condition) -> e.Condition:
    match condition:
        case e.CompareNumbers(op, e.Constant(left), e.Constant(right)):
            return e.Always(_compare(op, left, right))
        case _:
            return condition


def _compare(op: e.Operator, left: float, right: float) -> bool:
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
