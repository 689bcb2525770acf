"""A conjunction that nothing can satisfy never holds: `x > 5 and x < 3`, `plan = "a" and plan = "b"`.

Only what is asked of one and the same value is put together. A missing value makes every comparison false, so it
satisfies none of them.
"""

from __future__ import annotations

from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.semantics import expressions as e


def find_contradictions(parts: Parts) -> Parts:
    return Rewrite(_condition).parts(parts)


def _condition(condition: e.Condition) -> e.Condition:
    if isinstance(condition, e.And) and _contradicts(condition):
        return e.Always(False)
    return condition


def _contradicts(condition: e.And) -> bool:
    texts: dict[e.Value, str] = {}
    low: dict[e.Value, tuple[float, bool]] = {}
    high: dict[e.Value, tuple[float, bool]] = {}
    for part in condition.conditions:
        match part:
            case e.CompareText(True, value, text):
                if texts.setdefault(value, text) != text:
                    return True
            case e.CompareNumbers(op, value, e.Constant(number)) if not isinstance(value, e.Constant):
                if op in (">", ">=", "="):
                    bound = (number, op == ">")
                    low[value] = max(low.get(value, bound), bound)
                if op in ("<", "<=", "="):
                    # negated, so that the smaller of two bounds is the larger, and a strict one wins
                    bound = (-number, op == "<")
                    high[value] = max(high.get(value, bound), bound)
            case _:
                pass
    for value, (least, above) in low.items():
        if value in high:
            negated, below = high[value]
            most = -negated
            if least > most or (least == most and (above or below)):
                return True
    return False
