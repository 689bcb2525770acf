"""The report of `diff` as JSON: everything that was found, numbers as numbers, times as ISO 8601 in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoredsl.impact.changes import Change, Side
from scoredsl.impact.figures import SHARES, Impact, Ledgers, Move, Part, ScoreImpact, Spread, TierImpact
from scoredsl.impact.gates import Outcome
from scoredsl.reference.objects import ledger_object, number
from scoredsl.semantics.values import instant_text


def diff_object(impact: Impact, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The whole report."""
    return {
        "old": impact.old_name,
        "new": impact.new_name,
        "same": impact.same,
        "as_of": _time(impact.as_of),
        "alerts_since": _time(impact.since),
        "weeks": impact.weeks,
        "leads": impact.leads,
        "changes": [_change(change) for change in impact.changes],
        "changes_not_computed_alone": impact.not_alone,
        "scores": [_score(score, impact.weeks) for score in impact.scores],
        "added_scores": list(impact.added_scores),
        "removed_scores": [
            {"score": gone.name, "tiers": [{"tier": tier, "leads": leads} for tier, leads in gone.tiers]}
            for gone in impact.gone_scores
        ],
        "grids_and_labels": [
            {"kind": each.kind, "name": each.name, "leads": each.leads, "changed": each.changed}
            for each in impact.outputs
        ],
        "gates": [
            {"gate": each.gate, "score": each.score, "passed": each.passed, "message": each.sentence}
            for each in outcomes
        ],
    }


def _time(instant: int | None) -> str | None:
    return None if instant is None else instant_text(instant)


def _points(points: int | None) -> int | float | None:
    return None if points is None else number(points)


def _change(change: Change) -> dict[str, Any]:
    return {
        "number": change.number,
        "kind": change.kind,
        "what": change.what,
        "score": change.score,
        "name": change.name,
        "details": list(change.details),
        "old": _side(change.old),
        "new": _side(change.new),
        "changes_scores": bool(change.keys),
    }


def _side(side: Side | None) -> dict[str, Any] | None:
    return None if side is None else {"place": side.place, "text": side.text}


def _score(score: ScoreImpact, weeks: float | None) -> dict[str, Any]:
    return {
        "score": score.name,
        "old_score": score.old_name,
        "leads": score.leads,
        "moved": score.moved,
        "up": score.up,
        "down": score.down,
        "tier_changed": score.tier_moved,
        "only_in_new": score.appearing,
        "only_in_old": score.vanishing,
        "matrix": [{"old_tier": cell.old, "new_tier": cell.new, "leads": cell.leads} for cell in score.matrix],
        "tiers": [_tier(tier) for tier in score.tiers],
        "alerts": {
            "before": score.alerts_before,
            "after": score.alerts_after,
            "before_a_week": score.alerts_before / weeks if weeks else None,
            "after_a_week": score.alerts_after / weeks if weeks else None,
        },
        "distribution": {"before": _spread(score.before), "after": _spread(score.after)},
        "histogram": [
            {"from": _points(bar.low), "below": _points(bar.high), "before": bar.before, "after": bar.after}
            for bar in score.bars
        ],
        "each_change_alone": [_part(part) for part in score.parts],
        "interaction": None
        if score.together is None
        else {"leads": score.together.leads, "points": _points(score.together.points)},
        "moved_most": [_ledgers(each) for each in score.moved_most],
    }


def _tier(tier: TierImpact) -> dict[str, Any]:
    return {
        "tier": tier.name,
        "old_tier": tier.old_name,
        "gone": tier.gone,
        "before": tier.before,
        "after": tier.after,
        "entering": tier.entering,
        "leaving": tier.leaving,
        "lost": tier.lost,
        "alerts_before": tier.alerts_before,
        "alerts_after": tier.alerts_after,
        "entering_leads": [_move(move) for move in tier.entering_leads],
        "leaving_leads": [_move(move) for move in tier.leaving_leads],
    }


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "leads": spread.leads,
        "mean": None if not spread.leads else spread.total / spread.leads / 1_000_000,
        "quantiles": {f"{share:g}": _points(value) for share, value in zip(SHARES, spread.values, strict=False)},
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "change": part.change.number,
        "moved": part.moved,
        "up": part.up,
        "down": part.down,
        "tier_changed": part.tier_moved,
        "moved_by_it_alone": part.only,
        "points": _points(part.points),
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "lead": move.lead,
        "old": _points(move.old),
        "new": _points(move.new),
        "old_tier": move.old_tier,
        "new_tier": move.new_tier,
    }


def _ledgers(each: Ledgers) -> dict[str, Any]:
    return {
        **_move(each.move),
        "by_rule": [
            {
                "what": row.what,
                "old": _points(row.old),
                "new": _points(row.new),
                "old_awards": row.old_lines,
                "new_awards": row.new_lines,
            }
            for row in each.rows
        ],
        "old_ledger": None if each.old is None else ledger_object(each.old),
        "new_ledger": None if each.new is None else ledger_object(each.new),
    }
