"""Ledgers and explanations as JSON has them: numbers as numbers, times as ISO 8601 in UTC."""

from __future__ import annotations

from typing import Any

from scoredsl.reference.ledger import Ahead, Explanation, Ledger, Line
from scoredsl.semantics.values import MILLION, instant_text


def explanation_object(explanation: Explanation) -> dict[str, Any]:
    """The explanation as JSON: numbers as numbers, times as ISO 8601 in UTC."""
    return {
        "lead": explanation.lead,
        "as_of": instant_text(explanation.instant),
        "excluded": False,
        "events": explanation.events,
        "scores": [ledger_object(ledger) for ledger in explanation.ledgers],
        "grids": explanation.grids,
        "labels": explanation.labels,
    }


def ledger_object(ledger: Ledger) -> dict[str, Any]:
    """A ledger as JSON."""
    return {
        "score": ledger.score.name,
        "title": ledger.score.title,
        "value": number(ledger.value),
        "tier": ledger.tier,
        "lines": [_line(line) for line in ledger.lines],
        "next_change": _ahead(ledger.next_change),
        "leaves_tier": _ahead(ledger.leaves_tier),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "what": line.what,
        "file": line.place.file if line.place else None,
        "line": line.place.line if line.place else None,
        "event": line.event,
        "time": None if line.time is None else instant_text(line.time),
        "points": None if line.points is None else number(line.points),
        "worth": number(line.worth),
        "why": line.why or None,
    }


def _ahead(ahead: Ahead | None) -> dict[str, Any] | None:
    if ahead is None:
        return None
    return {"time": instant_text(ahead.time), "value": number(ahead.value), "tier": ahead.tier}


def number(points: int) -> int | float:
    """A number of millionths as JSON has it: whole where it is whole."""
    return points // MILLION if points % MILLION == 0 else points / MILLION
