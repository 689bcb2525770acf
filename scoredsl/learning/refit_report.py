"""The report of `calibrate` in its views."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from scoredsl.learning.evaluation_report import interval, lift, share, signed
from scoredsl.learning.intervals import Estimate
from scoredsl.learning.objects import estimate
from scoredsl.prose.words import counted
from scoredsl.report.document import Block, Code, Document, Heading, Line, Mono, Paragraph, Table
from scoredsl.report.pages import PageReport
from scoredsl.syntax.printer import print_number


@dataclass(frozen=True, slots=True)
class Changed:
    """Points of one rule or branch; `new` is None where too few leads have them to say anything."""

    name: str
    place: str
    old: float
    new: int | None
    leads: int
    rate: Estimate
    lift: Estimate


@dataclass(frozen=True, slots=True)
class TierChange:
    """A tier or higher ones, by value, on the leads that judge: how many leads, and how many of them were won."""

    name: str
    old_leads: int
    new_leads: int
    old_rate: Estimate
    new_rate: Estimate


@dataclass(frozen=True, slots=True)
class RefitReport(PageReport):
    """Old points and new ones. The measures are of leads that were not fitted on."""

    out: str
    path: str
    score: str
    moment: str
    fitted: int
    changes: tuple[Changed, ...]
    judged: int
    old_auc: Estimate
    new_auc: Estimate
    auc_change: Estimate
    tiers: tuple[TierChange, ...]
    before: str
    after: str
    by_time: bool
    verb: str = "calibrate"

    @property
    def summary(self) -> str:
        low, high = self.auc_change.low or 0.0, self.auc_change.high or 0.0
        verdict = (
            "the new points order them better"
            if low > 0
            else "the new points order them worse: keep the old ones"
            if high < 0
            else "neither order is better than chance would have it"
        )
        who = counted(self.judged, "later lead" if self.by_time else "other lead")
        return (
            f"{self.out} is written. On {who}, not seen before, the AUC goes from {self.old_auc.value:.3f} to "
            f"{self.new_auc.value:.3f} ({signed(self.auc_change)}): {verdict}."
        )

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        return "".join(unified_diff(before, after, self.path, self.out)).rstrip("\n")

    def objects(self) -> Any:
        return {
            "out": self.out,
            "program": self.path,
            "score": self.score,
            "at": self.moment,
            "fitted_on": self.fitted,
            "judged_by": self.judged,
            "points": [
                {
                    "rule": each.name,
                    "place": each.place,
                    "old": each.old,
                    "new": each.new,
                    "leads": each.leads,
                    "win_rate": estimate(each.rate),
                    "lift": estimate(each.lift),
                }
                for each in self.changes
            ],
            "old_auc": estimate(self.old_auc),
            "new_auc": estimate(self.new_auc),
            "auc_difference": estimate(self.auc_change),
            "tiers": [
                {
                    "tier": each.name,
                    "old_leads": each.old_leads,
                    "new_leads": each.new_leads,
                    "old_win_rate": estimate(each.old_rate),
                    "new_win_rate": estimate(each.new_rate),
                }
                for each in self.tiers
            ],
            "diff": self.diff,
        }

    def document(self) -> Document:
        return Document(f"New points for {self.score} of {self.path}", self.summary, tuple(self._blocks()))

    def _blocks(self) -> Iterator[Block]:
        yield Heading(2, "Points")
        rows: list[tuple[Line, ...]] = []
        for each in self.changes:
            name: Line = (Mono(each.name),) if each.name.startswith(("on ", "when ")) else each.name
            new = "as it was" if each.new is None else f"{each.new:+d}"
            rows.append((name, f"{each.leads:,}", share(each.rate), lift(each.lift), _signed(each.old), new))
        header = ("Rule", "Leads with it", "Win rate", "Lift", "Old points", "New points")
        yield Table(header, tuple(rows), frozenset(range(1, 6)))
        yield Paragraph(f"Of {counted(self.fitted, 'lead')} at {self.moment}; brackets are 95% intervals.")
        yield Heading(2, "Old and new on leads that were not fitted on")
        yield Table(
            ("", "Old", "New", "Difference"),
            (("AUC", interval(self.old_auc), interval(self.new_auc), signed(self.auc_change)),),
            frozenset({1, 2, 3}),
        )
        if self.tiers:
            tiers: list[tuple[Line, ...]] = [
                (each.name, f"{each.old_leads:,}", f"{each.new_leads:,}", share(each.old_rate), share(each.new_rate))
                for each in self.tiers
            ]
            columns = ("Tier or higher", "Leads, old", "new", "Win rate, old", "new")
            yield Table(columns, tuple(tiers), frozenset(range(1, 5)))
        if self.before != self.after:
            yield Heading(2, "The change")
            yield Code(self.diff, "diff")


def _signed(points: float) -> str:
    return f"{'+' if points > 0 else ''}{print_number(points)}"
