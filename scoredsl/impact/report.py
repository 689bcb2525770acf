"""The report of `diff` in all its views: for a terminal, for programs, as findings and cases, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.impact.document import diff_document
from scoredsl.impact.figures import Impact
from scoredsl.impact.gates import Outcome
from scoredsl.impact.objects import diff_object
from scoredsl.prose.words import counted
from scoredsl.report import Finding, Place, Suite
from scoredsl.report.document import Document
from scoredsl.report.formats.concise import findings_lines
from scoredsl.report.gates import gate_findings, gate_suites
from scoredsl.report.model import Detail
from scoredsl.report.plain import page


@dataclass(frozen=True, slots=True)
class DiffReport:
    """What a change does, and what came of the gates. `place` is the first line of the new program."""

    impact: Impact
    outcomes: tuple[Outcome, ...]
    place: Place
    verb: str = "diff"

    @property
    def breached(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.passed]

    @property
    def summary(self) -> str:
        """What came of the gates; where there is none, how much differs."""
        if not self.outcomes:
            if self.impact.same:
                return "The two programs mean the same."
            rules = counted(len(self.impact.changes), "change")
            return f"{rules} of the rules; {counted(len(self.impact.scores), 'score')} of both programs changed."
        if not self.breached:
            return f"{counted(len(self.outcomes), 'gate')} kept."
        return f"{counted(len(self.breached), 'gate')} of {len(self.outcomes)} breached."

    @property
    def findings(self) -> Sequence[Finding]:
        return gate_findings(self.outcomes, self.place)

    def text(self, detail: Detail, *, colour: bool) -> str:
        if detail == "concise":
            return findings_lines(self.findings, colour=colour)
        return page(self.document(), colour=colour)

    def objects(self) -> Any:
        return diff_object(self.impact, self.outcomes)

    def suites(self) -> Sequence[Suite]:
        """A case a gate."""
        return gate_suites(((each, each.score) for each in self.outcomes), self.place)

    def document(self) -> Document:
        return diff_document(self.impact, self.outcomes)
