"""Refuses a trigger with more steps than the engines count."""

from __future__ import annotations

from scoredsl.plan.parts import Parts
from scoredsl.semantics import program as p

MOST_STEPS = 4_000
"""The kernel numbers steps in 12 bits (`engine/kernel/encode.py`)."""


class PlanError(Exception):
    """The program cannot be planned; the text says which rule, and why."""


def limit_steps(parts: Parts) -> Parts:
    """Raises PlanError for a chain of more than MOST_STEPS steps."""
    for score in parts.scores:
        for rule in score.rules:
            trigger = rule.trigger if isinstance(rule, p.OnRule) else None
            if isinstance(trigger, p.Chain) and len(trigger.steps) > MOST_STEPS:
                raise PlanError(f"{rule.place} has {len(trigger.steps):,} steps; at most {MOST_STEPS:,} can be run.")
    return parts
