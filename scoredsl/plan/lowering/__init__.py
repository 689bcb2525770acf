"""From a checked program to the physical plan."""

from scoredsl.plan.lowering.program import lower

__all__ = ["lower"]
