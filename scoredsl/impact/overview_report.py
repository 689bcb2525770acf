"""The report of `overview` in its views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoredsl.impact.document import bar_lines, more, shown
from scoredsl.impact.figures import SHARES, Move, Spread
from scoredsl.impact.overview import Overview, ScoreOverview
from scoredsl.prose.words import counted
from scoredsl.reference.objects import number
from scoredsl.report.document import Block, Code, Document, Heading, Line, Mono, Paragraph, Table
from scoredsl.report.pages import PageReport
from scoredsl.semantics.values import instant_text, millionths_text

_NO_TIER = "no tier"


@dataclass(frozen=True, slots=True)
class OverviewReport(PageReport):
    """What a program makes of a log. `explanation`: a lead's ledgers as data, where they were asked for."""

    overview: Overview
    explanation: Mapping[str, Any] | None = None
    verb: str = "overview"

    @property
    def summary(self) -> str:
        found = self.overview
        leads, scores = counted(found.leads, "lead"), counted(len(found.scores), "score")
        return f"{leads}, {scores} as of {instant_text(found.as_of)}."

    def objects(self) -> Any:
        """Everything, numbers as numbers, times as ISO 8601 in UTC; `before` is null where nothing is compared."""
        found = self.overview
        return {
            "program": found.program,
            "compared": found.compared,
            "as_of": instant_text(found.as_of),
            "leads": found.leads,
            "scores": [_score_object(score) for score in found.scores],
            "explanation": self.explanation,
        }

    def document(self) -> Document:
        blocks = [block for score in self.overview.scores for block in _score(score)]
        return Document(f"What {self.overview.program} makes of the log", self.summary, tuple(blocks))


# ---- as data


def _score_object(each: ScoreOverview) -> dict[str, Any]:
    figures, compared = each.figures, each.compared
    in_tiers = {tier.name: tier for tier in figures.tiers}

    def count(now: int, before: int) -> dict[str, Any]:
        return {"leads": now, "before": before if compared else None}

    tiers = [
        {"tier": tier.name, "title": tier.title, "from": number(tier.number), "above": tier.above,
         **count(in_tiers[tier.name].after, in_tiers[tier.name].before)}
        for tier in each.score.tiers
    ]  # fmt: skip
    without = count(
        figures.after.leads - sum(tier.after for tier in figures.tiers),
        figures.before.leads - sum(tier.before for tier in figures.tiers),
    )
    return {
        "score": each.score.name,
        "title": each.score.title,
        "leads": figures.after.leads,
        "moved": figures.moved if compared else None,
        "up": figures.up if compared else None,
        "down": figures.down if compared else None,
        "tiers": tiers,
        "no_tier": without,
        "bars": [
            {"low": _points(bar.low), "high": _points(bar.high), **count(bar.after, bar.before)} for bar in figures.bars
        ],
        "spread": _spread_object(figures.after),
        "spread_before": _spread_object(figures.before) if compared else None,
        "highest": [_lead_object(move, compared) for move in each.highest],
    }


def _points(points: int | None) -> int | float | None:
    return None if points is None else number(points)


def _spread_object(spread: Spread) -> dict[str, Any]:
    at = [{"share": share, "value": number(value)} for share, value in zip(SHARES, spread.values, strict=False)]
    mean = number(round(spread.total / spread.leads)) if spread.leads else None
    return {"leads": spread.leads, "mean": mean, "at": at}


def _lead_object(move: Move, compared: bool) -> dict[str, Any]:
    found = {"lead": move.lead, "value": _points(move.new), "tier": move.new_tier}
    return found | ({"before": _points(move.old), "tier_before": move.old_tier} if compared else {})


# ---- as a page


def _score(each: ScoreOverview) -> Iterator[Block]:
    title = f" - {each.score.title}" if each.score.title else ""
    yield Heading(2, f"{each.score.name}{title}")
    figures = each.figures
    if each.compared:
        yield Paragraph(
            f"{counted(figures.moved, 'lead')} of {figures.leads:,} {'gets' if figures.moved == 1 else 'get'} another "
            f"score or tier; up: {figures.up:,}, down: {figures.down:,}."
        )
    if each.score.tiers:
        yield _tiers(each)
    if figures.bars:
        yield Heading(3, "How the score is spread")
        yield Code("\n".join(bar_lines(figures.bars, before=each.compared)))
    if each.highest:
        many = len(each.highest)
        yield Heading(3, f"The {many} highest leads" if many > 1 else "The highest lead")
        yield _leads(each)


def _tiers(each: ScoreOverview) -> Table:
    data = _score_object(each)
    rows: list[tuple[Line, ...]] = [
        (tier.name, f"{'above ' if tier.above else ''}{millionths_text(tier.number)}", *_counts(each, found))
        for tier, found in zip(each.score.tiers, data["tiers"], strict=True)
    ]
    rows.append((_NO_TIER, "", *_counts(each, data["no_tier"])))
    header = ("Tier", "from", *(("before",) if each.compared else ()), "leads")
    return Table(header, tuple(rows), frozenset(range(1, len(header))))


def _counts(each: ScoreOverview, found: Mapping[str, int]) -> tuple[Line, ...]:
    return (*((f"{found['before']:,}",) if each.compared else ()), f"{found['leads']:,}")


def _leads(each: ScoreOverview) -> Table:
    tiers = bool(each.score.tiers)
    header = ("Lead", "Score", *(("Change",) if each.compared else ()), *(("Tier",) if tiers else ()))
    rows: list[tuple[Line, ...]] = [
        (
            (Mono(move.lead),), shown(move.new),
            *((more((move.new or 0) - (move.old or 0)) if move.new != move.old else "",) if each.compared else ()),
            *((move.new_tier or _NO_TIER,) if tiers else ()),
        )
        for move in each.highest
    ]  # fmt: skip
    return Table(header, tuple(rows), frozenset({1, 2} if each.compared else {1}))
