"""The report of `test --mutate`: the changes that no test notices, each with a test that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.cli.render import Sources
from scoredsl.report import Case, Edit, Finding, Place, Problem, Repair, Suite, place
from scoredsl.report.document import Block, Code, Document, Heading, Mono, Paragraph
from scoredsl.report.findings import counted
from scoredsl.report.formats.concise import findings_lines
from scoredsl.report.formats.text import painter, where
from scoredsl.report.model import Detail, shown_percent
from scoredsl.testing.killing import Judged

CODE = "unnoticed-change"


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What came of all changes; `least` is the percentage that must be noticed."""

    judged: tuple[Judged, ...]
    sources: Sources
    least: float | None = None
    verb: str = "mutate"

    @property
    def unnoticed(self) -> list[Judged]:
        return [each for each in self.judged if each.outcome == "unnoticed"]

    @property
    def noticed(self) -> int:
        return sum(each.outcome == "noticed" for each in self.judged)

    @property
    def percent(self) -> float:
        """The mutation score: how many of the changes that matter are noticed."""
        all_ = self.noticed + len(self.unnoticed)
        return 100 * self.noticed / all_ if all_ else 100.0

    @property
    def failed(self) -> bool:
        return self.least is not None and self.percent < self.least

    @property
    def summary(self) -> str:
        all_ = self.noticed + len(self.unnoticed)
        text = f"The tests notice {self.noticed} of {counted(all_, 'change')} ({shown_percent(self.percent)})."
        same = sum(each.outcome == "same" for each in self.judged)
        if same:
            text += f" {counted(same, 'more change')} {'makes' if same == 1 else 'make'} no difference to any lead."
        if self.failed:
            text += f" At least {self.least:g}% are asked for."
        return text

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(self._finding(each) for each in self.unnoticed)

    def _finding(self, each: Judged) -> Finding:
        what = f"No test notices if this line becomes: {each.after}"
        repair = None
        help_ = "No small test was found that notices it."
        if each.test:
            help_ = f"Add a test to {each.file}."
            end = self.sources.of(each.file)
            last = end.position(len(end.text))
            spot = Place(each.file, last.line, last.column, last.line, last.column, end.line_text(last.line))
            gap = "\n" if end.text.endswith("\n") else "\n\n"
            repair = Repair("Add a test that notices it", False, (Edit(spot, f"{gap}{each.test}\n"),))
        args = {"kind": each.kind, "before": each.before, "after": each.after, "test": each.test}
        return Finding(CODE, "warning", what, place(each.span, self.sources), help_, (), repair, args)

    # ---- views

    def text(self, detail: Detail, *, colour: bool) -> str:
        if detail == "concise":
            return findings_lines(self.findings, colour=colour)
        paint = painter(colour)
        blocks = []
        for each in self.unnoticed:
            spot = place(each.span, self.sources)
            lines = [
                f"{paint('unnoticed', 'warning')}: {where(spot)}: no test notices this change",
                "",
                f"  {paint('- ' + each.before, 'error')}",
                f"  {paint('+ ' + each.after, 'good')}",
                "",
            ]
            if each.test:
                lines += [f"  This test does, at the end of {each.file}:", ""]
                lines += [f"    {line}" for line in each.test.splitlines()]
            else:
                lines.append("  No small test was found that does. Perhaps no lead can tell the two apart.")
            blocks.append("\n".join([*lines, ""]))
        return "\n".join(blocks)

    def objects(self) -> Any:
        return {
            "score": round(self.percent, 2),
            "noticed": self.noticed,
            "unnoticed": len(self.unnoticed),
            "same": sum(each.outcome == "same" for each in self.judged),
            "changes": [self._object(each) for each in self.judged if each.outcome != "no program"],
        }

    def _object(self, each: Judged) -> dict[str, Any]:
        spot = place(each.span, self.sources)
        return {
            "file": spot.file,
            "line": spot.line,
            "column": spot.column,
            "kind": each.kind,
            "outcome": each.outcome,
            "before": each.before,
            "after": each.after,
            "test": each.test or None,
            "test_file": each.file or None,
        }

    def suites(self) -> Sequence[Suite]:
        """A suite a file, a case a change; an unnoticed one failed."""
        files = dict.fromkeys(each.span.file for each in self.judged)
        return [
            Suite(
                file,
                tuple(
                    self._case(each)
                    for each in self.judged
                    if each.span.file == file and each.outcome in ("noticed", "unnoticed")
                ),
            )
            for file in files
        ]

    def _case(self, each: Judged) -> Case:
        problem = Problem("failure", "no test notices this change", each.test, CODE)
        line = place(each.span, self.sources).line
        return Case(
            f"line {line}: {each.after}", each.span.file, line, (problem,) if each.outcome == "unnoticed" else ()
        )

    def document(self) -> Document:
        blocks: list[Block] = []
        for each in self.unnoticed:
            spot = place(each.span, self.sources)
            blocks.append(Heading(3, (Mono(f"{spot.file}:{spot.line}"),)))
            blocks.append(Code(f"- {each.before}\n+ {each.after}", "diff"))
            if each.test:
                blocks += [Paragraph(("No test notices this change. This one does:",)), Code(each.test, "score")]
            else:
                blocks.append(Paragraph("No test notices this change, and no small one was found that does."))
        return Document("Scoring rules: what the tests do not notice", self.summary, tuple(blocks))
