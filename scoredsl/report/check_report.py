"""The report of `check`: nothing but findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from scoredsl.report.document import Badge, Block, Document, Heading, Line, Mono, Paragraph, Table
from scoredsl.report.findings import Finding, summary
from scoredsl.report.formats.concise import findings_lines
from scoredsl.report.formats.json import finding_object
from scoredsl.report.formats.text import findings_text
from scoredsl.report.model import Detail
from scoredsl.report.suites import Case, Problem, Suite


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found in `files`; `aside` says, as sentences, what was found and is not shown, or not looked at."""

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    warnings_fail: bool = False
    aside: tuple[str, ...] = ()
    verb: str = "check"

    @property
    def summary(self) -> str:
        if not self.files:
            return " ".join(self.aside)
        return " ".join((summary([found.severity for found in self.findings], len(self.files)), *self.aside))

    def fails(self, found: Finding) -> bool:
        """Whether a finding makes the exit status 1."""
        return found.is_error or (self.warnings_fail and found.severity == "warning")

    @property
    def failed(self) -> bool:
        return any(self.fails(found) for found in self.findings)

    def text(self, detail: Detail, *, colour: bool) -> str:
        show = findings_text if detail == "full" else findings_lines
        return show(self.findings, colour=colour)

    def objects(self) -> Any:
        return [finding_object(found) for found in self.findings]

    def suites(self) -> Sequence[Suite]:
        """A suite a file: a case a finding (passed, where it fails nothing), or one that passed where there is none."""
        named = dict.fromkeys((*self.files, *(found.place.file for found in self.findings)))
        return [Suite(file, tuple(self._cases(file)) or (Case("rules", file, 1),)) for file in named]

    def _cases(self, file: str) -> list[Case]:
        cases = []
        for found in self.findings:
            if found.place.file == file:
                line = findings_lines([found])
                problem = Problem("failure", found.message, line, found.code)
                failed = self.fails(found)
                cases.append(
                    Case(
                        f"{found.code}, line {found.place.line}",
                        file,
                        found.place.line,
                        (problem,) if failed else (),
                        "" if failed else line,
                    )
                )
        return cases

    def document(self) -> Document:
        good = "" if self.findings or not self.files else "The rules are right. "
        blocks: list[Block] = []
        for file, group in groupby(
            sorted(self.findings, key=lambda found: found.place.file), key=lambda found: found.place.file
        ):
            found = list(group)
            blocks.append(Heading(2, (Mono(file),)))
            blocks.append(
                Table(
                    ("", "Line", "What is wrong, and what to do", "Code"),
                    tuple(_row(each) for each in found),
                    frozenset({1}),
                )
            )
        if self.findings:
            blocks.append(Paragraph(("Each code is explained by ", Mono("scoredsl code CODE"), ".")))
        return Document("Scoring rules: check", good + self.summary, tuple(blocks))


def _row(found: Finding) -> tuple[Line, ...]:
    tone = found.severity
    line: Line = (found.sentences,)
    if found.place.text and found.place.text.strip():
        line = (found.sentences, " ", Mono(found.place.text.strip()))
    return ((Badge(found.severity, tone),), str(found.place.line), line, (Mono(found.code),))
