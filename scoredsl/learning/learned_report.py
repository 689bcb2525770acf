"""The report of `learn` in its views."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scoredsl.impact.gates import percent
from scoredsl.learning.evaluation_report import interval, lift, share
from scoredsl.learning.intervals import Estimate
from scoredsl.learning.learn import LearnedRule, Tried
from scoredsl.learning.objects import estimate
from scoredsl.prose.words import counted
from scoredsl.report.document import Block, Bullets, Document, Heading, Line, Mono, Paragraph, Table
from scoredsl.report.pages import PageReport


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the leads, and how the program that was written orders them."""

    name: str
    leads: int
    won: int
    auc: Estimate
    average_precision: Estimate


@dataclass(frozen=True, slots=True)
class TierResult:
    """A tier on the latest leads."""

    name: str
    number: int
    leads: int
    rate: Estimate
    lift: Estimate


@dataclass(frozen=True, slots=True)
class LearnedReport(PageReport):
    """What was learned. `parts`: fitted on, chosen by, reported on. `notes`: what there is to say about the data."""

    out: str
    score: str
    moment: str
    learned_from: int
    rules: tuple[LearnedRule, ...]
    start: int
    parts: tuple[Part, ...]
    tried: tuple[Tried, ...]
    tiers: tuple[TierResult, ...]
    candidates: int
    by_time: bool
    notes: tuple[str, ...]
    verb: str = "learn"

    @property
    def summary(self) -> str:
        test = self.parts[-1]
        who = counted(test.leads, "later lead" if self.by_time else "other lead")
        rules = counted(len(self.rules), "rule")
        return f"{rules} written to {self.out}; on {who}, not seen before, the AUC is {interval(test.auc)}."

    def objects(self) -> Any:
        return {
            "out": self.out,
            "score": self.score,
            "at": self.moment,
            "by_time": self.by_time,
            "candidates": self.candidates,
            "learned_from": self.learned_from,
            "start": self.start,
            "rules": [
                {
                    "rule": each.rule.line(each.points),
                    "title": each.rule.title,
                    "points": each.points,
                    "leads": each.leads,
                    "win_rate": estimate(each.rate),
                    "lift": estimate(each.lift),
                }
                for each in self.rules
            ],
            "parts": [
                {
                    "part": each.name,
                    "leads": each.leads,
                    "won": each.won,
                    "auc": estimate(each.auc),
                    "average_precision": estimate(each.average_precision),
                }
                for each in self.parts
            ],
            "tried": [{"rules": each.rules, "loss": each.loss, "auc": estimate(each.auc)} for each in self.tried],
            "tiers": [
                {
                    "tier": each.name,
                    "from": each.number,
                    "leads": each.leads,
                    "win_rate": estimate(each.rate),
                    "lift": estimate(each.lift),
                }
                for each in self.tiers
            ],
            "notes": list(self.notes),
        }

    def document(self) -> Document:
        return Document(f"What was learned at {self.moment}", self.summary, tuple(self._blocks()))

    def _blocks(self) -> Iterator[Block]:
        if self.notes:
            yield Bullets(self.notes)
        yield Heading(2, "Rules")
        rows: list[tuple[Line, ...]] = [
            ((Mono(each.rule.line(each.points)),), f"{each.points:+d}", f"{each.leads:,}", share(each.rate),
             lift(each.lift))
            for each in self.rules
        ]  # fmt: skip
        yield Table(("Rule", "Points", "Leads", "Win rate", "Lift"), tuple(rows), frozenset({1, 2, 3, 4}))
        yield Paragraph(
            f"Chosen from {self.candidates:,} possible rules. Leads, win rate and lift are of the "
            f"{counted(self.learned_from, 'lead')} that the points were fitted on; brackets are 95% intervals."
        )
        yield Heading(2, "How good it is")
        parts: list[tuple[Line, ...]] = [
            (each.name, f"{each.leads:,}", percent(100 * each.won / each.leads) if each.leads else "",
             interval(each.auc), interval(each.average_precision))
            for each in self.parts
        ]  # fmt: skip
        yield Table(("Leads", "", "Win rate", "AUC", "Average precision"), tuple(parts), frozenset({1, 2, 3, 4}))
        if self.tiers:
            yield Heading(2, "Tiers, on the leads it has not seen")
            tiers: list[tuple[Line, ...]] = [
                (each.name, f"{each.number:,}", f"{each.leads:,}", share(each.rate), lift(each.lift))
                for each in self.tiers
            ]
            yield Table(("Tier or higher", "From", "Leads", "Win rate", "Lift"), tuple(tiers), frozenset({1, 2, 3, 4}))
        yield Heading(2, "How many rules")
        tried: list[tuple[Line, ...]] = [
            (f"{each.rules:,}", f"{each.loss:.4f}", interval(each.auc)) for each in self.tried
        ]
        yield Table(("Rules", "Loss on the leads that chose", "AUC on them"), tuple(tried), frozenset({0, 1, 2}))
