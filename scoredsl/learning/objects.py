"""An evaluation as what JSON holds: every number that a page shows, unrounded; points as numbers, times as ISO 8601."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from scoredsl.learning.figures import AtMoment, Calibration, Compared, Evaluation, Group, RuleWorth, TierFlow
from scoredsl.learning.gates import GateResult
from scoredsl.learning.intervals import LEVEL, Estimate
from scoredsl.reference.objects import number
from scoredsl.semantics.values import instant_text


def evaluation_object(found: Evaluation, gates: Sequence[GateResult]) -> dict[str, Any]:
    """The whole."""
    return {
        "program": found.program,
        "score": found.score,
        "compared_with": found.other,
        "interval_level": LEVEL,
        "outcomes": {
            "won": found.counts.won,
            "lost": found.counts.lost,
            "open": found.counts.open,
            "not_in_the_log": found.counts.missing,
        },
        "from": instant_text(found.first),
        "to": instant_text(found.until),
        "train_until": None if found.train_until is None else instant_text(found.train_until),
        "moments": [_moment(moment) for moment in found.moments],
        "too_few": list(found.too_few),
        "tiers_over_time": [_flow(flow) for flow in found.flows],
        "gates": [asdict(gate) for gate in gates],
    }


def estimate(found: Estimate) -> dict[str, float | None]:
    """A number with its interval."""
    return {"value": found.value, "low": found.low, "high": found.high}


def _moment(found: AtMoment) -> dict[str, Any]:
    return {
        "at": found.name,
        "observations": found.observations,
        "leads": found.leads,
        "won": found.won,
        "lost": found.lost,
        "decided_before": found.decided,
        "not_there_yet": found.absent,
        "excluded": found.excluded,
        "win_rate": estimate(found.rate),
        "auc": estimate(found.auc),
        "average_precision": estimate(found.average_precision),
        "top_tenth_lift": estimate(found.top_lift),
        "deciles": [_group(each, "decile") for each in found.deciles],
        "tiers": [
            {
                **_group(each.group, "tier"),
                "precision_from_here_up": estimate(each.precision),
                "recall_from_here_up": estimate(each.recall),
            }
            for each in found.tiers
        ],
        "calibration": _calibration(found.calibration),
        "rules": [_rule(rule) for rule in found.rules],
        "months": [
            {
                "month": each.month,
                "observations": each.leads,
                "won": each.won,
                "win_rate": estimate(each.rate),
                "auc": estimate(each.auc),
            }
            for each in found.months
        ],
        "compared": None if found.compared is None else _compared(found.compared),
    }


def _group(found: Group, what: str) -> dict[str, Any]:
    return {
        what: found.name or None,
        "lowest_score": None if found.low is None else number(found.low),
        "highest_score": None if found.high is None else number(found.high),
        "observations": found.leads,
        "won": found.won,
        "win_rate": estimate(found.rate),
        "lift": estimate(found.lift),
        "share_of_wins": found.share_of_wins,
    }


def _calibration(found: Calibration) -> dict[str, Any]:
    return {
        "method": found.method,
        "brier": estimate(found.brier),
        "skill": found.skill,
        "reliability": [
            {"predicted": each.predicted, "observed": estimate(each.observed), "observations": each.leads,
             "won": each.won}
            for each in found.bins
        ],
        "probabilities": [{"score": number(step.score), "probability": step.probability} for step in found.steps],
    }  # fmt: skip


def _rule(found: RuleWorth) -> dict[str, Any]:
    return {
        "score": found.score,
        "rule": found.name,
        "place": found.place,
        "observations": found.leads,
        "mean_points": number(found.points),
        "win_rate_with": estimate(found.with_rule),
        "win_rate_without": estimate(found.without_rule),
        "lift": estimate(found.lift),
        "auc_without": estimate(found.auc_without),
        "auc_change_without": estimate(found.auc_change),
        "harm": found.harm or None,
    }


def _compared(found: Compared) -> dict[str, Any]:
    return {
        "observations": found.leads,
        "auc": estimate(found.auc),
        "other_auc": estimate(found.other_auc),
        "auc_difference": estimate(found.auc_change),
        "average_precision": estimate(found.precision),
        "other_average_precision": estimate(found.other_precision),
        "average_precision_difference": estimate(found.precision_change),
        "top_tenth_lift": estimate(found.top_lift),
        "other_top_tenth_lift": estimate(found.other_top_lift),
        "top_tenth_lift_difference": estimate(found.top_lift_change),
    }


def _flow(found: TierFlow) -> dict[str, Any]:
    days = found.days_to_win
    return {
        "tier": found.name,
        "leads_entering": found.entering,
        "a_week": found.a_week,
        "wins_that_entered_first": found.wins_entered,
        "share_of_wins": estimate(found.share_entered),
        "days_to_win": None if days is None else dict(zip(("quarter", "half", "three_quarters"), days, strict=True)),
    }
