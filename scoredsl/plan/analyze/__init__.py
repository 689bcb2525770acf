"""The analyzer: passes that make a plan valid for the engines. Each is a file; this tuple is the table of contents."""

from __future__ import annotations

from scoredsl.plan.analyze.limit_steps import PlanError, limit_steps

PASSES = (
    limit_steps,  # a trigger with more steps than the engines count is refused
)

__all__ = ["PASSES", "PlanError"]
