"""Limits that a model must reach, for CI: its AUC and the lift of its highest tenth, at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoredsl.learning.figures import Evaluation


@dataclass(frozen=True, slots=True)
class GateResult:
    """What came of a gate at one moment: `sentence` has the number and the limit."""

    gate: str
    at: str
    passed: bool
    sentence: str


def gate_results(found: Evaluation, min_auc: float | None, min_lift: float | None) -> tuple[GateResult, ...]:
    """Every gate at every moment, what failed first. The estimate counts, not its interval."""
    results = list(_results(found, min_auc, min_lift))
    return tuple(sorted(results, key=lambda each: each.passed))


def _results(found: Evaluation, min_auc: float | None, min_lift: float | None) -> Iterator[GateResult]:
    asked = (("--min-auc", min_auc, "AUC", "auc"), ("--min-lift", min_lift, "lift of the highest tenth", "top_lift"))
    for option, limit, what, name in asked:
        if limit is None:
            continue
        for moment in found.moments:
            value: float | None = getattr(moment, name).value
            passed = value is not None and value >= limit
            number = "unknown" if value is None else f"{value:.3f}"
            sentence = f"At {moment.name} the {what} is {number}; at least {limit:g} is asked for."
            yield GateResult(f"{option} {limit:g}", moment.name, passed, sentence)
        for sentence in found.too_few:
            yield GateResult(f"{option} {limit:g}", sentence.split(":")[0], False, sentence)
