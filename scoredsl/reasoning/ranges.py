"""How large and how small a computed number can be, from what its parts can be.

Double arithmetic rounds, but never past a neighbour: the ends of a range, computed in doubles, are the ends of all
results. A range is where the number lies if it is known; None says that it is always missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from scoredsl.reasoning.intervals import Numbers, between
from scoredsl.semantics import expressions as e
from scoredsl.semantics.values import round_half_away

Range: TypeAlias = tuple[float, float]
EVERYTHING: Range = (-math.inf, math.inf)


def range_of(
    value: e.Value, leaf: Callable[[e.Value], Range | None], on_zero: Range | None = None
) -> Range | None:
    """The range of a number; `leaf` gives that of a property, a field, a fact or a score.

    `on_zero` is what a quotient is whose divisor is 0: missing, but for formulas.
    """
    match value:
        case e.Constant(number):
            return number, number
        case e.Negative(operand):
            inner = range_of(operand, leaf, on_zero)
            return None if inner is None else (-inner[1], -inner[0])
        case e.Arithmetic(op, left, right):
            first, second = range_of(left, leaf, on_zero), range_of(right, leaf, on_zero)
            if first is None or second is None:
                return None
            found = on_zero if op == "/" and second == (0, 0) else _arithmetic(op, first, second)
            # where a part is beyond all doubles nothing is known of the whole
            return EVERYTHING if found is not None and (math.isnan(found[0]) or math.isnan(found[1])) else found
        case e.Call(function, arguments):
            ranges = [range_of(argument, leaf, on_zero) for argument in arguments]
            known = [each for each in ranges if each is not None]
            return None if len(known) < len(ranges) else _call(function, known)
        case _:
            return leaf(value)


def _call(function: str, ranges: list[Range]) -> Range:
    lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
    match function:
        case "min":
            return min(lows), min(highs)
        case "max":
            return max(lows), max(highs)
        case _:
            return _rounded(lows[0]), _rounded(highs[0])


def _rounded(number: float) -> float:
    return number if math.isinf(number) else round_half_away(number)


def _arithmetic(op: str, left: Range, right: Range) -> Range | None:
    match op:
        case "+":
            return left[0] + right[0], left[1] + right[1]
        case "-":
            return left[0] - right[1], left[1] - right[0]
        case "*":
            return _ends(left, right, _times)
        case _:
            if right == (0, 0):
                return None
            if right[0] <= 0 <= right[1]:
                return EVERYTHING
            return _ends(left, right, _divided)


def _ends(left: Range, right: Range, compute: Callable[[float, float], float]) -> Range:
    found = [compute(one, two) for one in left for two in right]
    return min(found), max(found)


def _times(left: float, right: float) -> float:
    return 0.0 if left == 0 or right == 0 else left * right  # no bound is a bound: 0 times anything is 0


def _divided(left: float, right: float) -> float:
    if math.isinf(right):
        return 0.0 if math.isfinite(left) else math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def hull(numbers: Numbers) -> Range | None:
    """The least and the greatest of a set; None of an empty one."""
    return (float(numbers.low), float(numbers.high)) if numbers else None


def as_numbers(found: Range | None) -> Numbers:
    """The set of a range, empty for None."""
    return between(1.0, 0.0) if found is None else between(*found)
