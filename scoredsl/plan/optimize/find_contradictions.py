"""A conjunction that nothing can satisfy never holds: `x > 5 and x < 3`, `plan = "a" and plan = "b"`.

What it is that nothing can satisfy, `reasoning` proves.
"""

from __future__ import annotations

from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.reasoning.conditions import never
from scoredsl.semantics import expressions as e


def find_contradictions(parts: Parts) -> Parts:
    return Rewrite(_condition).parts(parts)


def _condition(condition: e.Condition) -> e.Condition:
    return e.Always(False) if isinstance(condition, e.And) and never(condition) else condition
