"""The report of `prove` in all its views: for a terminal, for programs, as findings and cases, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.impact.changes import Change
from scoredsl.proof.example import Example, Side
from scoredsl.proof.prove import Proof
from scoredsl.prose.words import counted, listed
from scoredsl.reference.objects import number
from scoredsl.report import Case, Finding, Place, Problem, Suite
from scoredsl.report.document import Block, Bullets, Code, Document, Heading, Line, Mono, Paragraph, Strong, Table
from scoredsl.report.formats.concise import findings_lines
from scoredsl.report.model import Detail
from scoredsl.report.plain import page
from scoredsl.semantics.values import instant_text, millionths_text

DIFFERENT, NOT_DECIDED = "programs-differ", "not-decided"
_MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class ProveReport:
    """What came of a comparison. `place` is the first line of the new program."""

    proof: Proof
    old: str
    new: str
    place: Place
    verb: str = "prove"

    @property
    def summary(self) -> str:
        proof = self.proof
        match proof.verdict:
            case "equal":
                return "Equal: no lead can tell the two programs apart."
            case "different":
                return "Different."
            case _:
                return f"Not decided: no proof was found, and no lead among {counted(proof.tried, 'small log')}."

    @property
    def findings(self) -> Sequence[Finding]:
        if self.proof.verdict == "equal":
            return []
        code = DIFFERENT if self.proof.verdict == "different" else NOT_DECIDED
        return [Finding(code, "error", self._said(), self.place)]

    def text(self, detail: Detail, *, colour: bool) -> str:
        if detail == "concise":
            return findings_lines(self.findings, colour=colour)
        return page(self.document(), colour=colour)

    def suites(self) -> Sequence[Suite]:
        problems = [Problem("failure", each.message, each.message, each.code) for each in self.findings]
        case = Case(f"{self.old} = {self.new}", self.place.file, self.place.line, tuple(problems), "")
        return [Suite("prove", (case,))]

    def objects(self) -> Any:
        proof = self.proof
        return {
            "verdict": proof.verdict,
            "old": self.old,
            "new": self.new,
            "compared": list(proof.columns),
            "only_old": list(proof.only_old),
            "only_new": list(proof.only_new),
            "differing": list(proof.differing),
            "changes": [
                {"kind": each.kind, "what": each.what, "score": each.score, "name": each.name,
                 "details": list(each.details)}
                for each in proof.changes
            ],
            "logs_tried": proof.tried,
            "example": None if proof.example is None else _example_object(proof.example),
        }  # fmt: skip

    def document(self) -> Document:
        return Document(f"Are {self.old} and {self.new} equal?", self._said(), tuple(self._blocks()))

    # ---- the words

    def _said(self) -> str:
        proof = self.proof
        if proof.verdict == "equal":
            return (
                "Equal. Whatever a lead does, both programs give the same "
                f"{listed(proof.columns, 'and') or 'nothing'} at every instant."
            )
        sentences = [
            f"Only {name} has {listed(columns, 'and')}."
            for name, columns in ((self.old, proof.only_old), (self.new, proof.only_new))
            if columns
        ]
        if proof.example is not None:
            what = [f"{each.column} {each.old or 'none'} → {each.new or 'none'}" for each in proof.example.outcomes]
            sentences.append(f"For this lead at {instant_text(proof.example.at)}: {', '.join(what)}.")
        elif proof.differing:
            sentences.append(
                f"{listed(proof.differing, 'and')} may differ: written in another way, not proven equal, and the same "
                f"for all of {counted(proof.tried, 'small log')} that were tried."
            )
        return " ".join((f"{proof.verdict.capitalize()}.", *sentences))

    def _blocks(self) -> Iterator[Block]:
        proof = self.proof
        if proof.example is not None:
            yield from _example(proof.example)
        if proof.verdict == "equal":
            return
        if proof.changes:
            if proof.example is None:
                yield Heading(2, "What was in the way")
            else:
                yield Heading(2, "What differs in the rules")
            yield Bullets(tuple(_change(each) for each in proof.changes[:_MOST_CHANGES]))
            more = len(proof.changes) - _MOST_CHANGES
            if more > 0:
                yield Paragraph(f"And {counted(more, 'more change')}.")
        if proof.example is None and proof.differing:
            yield Paragraph("Score a log of your own with both: scoredsl diff OLD NEW --events LOG.")


def _change(change: Change) -> Line:
    where = f" in {change.score}" if change.score is not None else ""
    details = f": {'; '.join(change.details)}" if change.details else ""
    return (f"{change.kind} {change.what}{where}: ", Mono(change.name), details)


def _example(example: Example) -> Iterator[Block]:
    if example.events:
        yield Heading(2, "The events")
        yield Code(example.events.rstrip("\n"), example.format)
    if example.profile:
        yield Heading(2, "The profile")
        yield Code(example.profile.rstrip("\n"), example.format)
    yield Heading(2, f"What it has at {instant_text(example.at)}")
    rows: tuple[tuple[Line, ...], ...] = tuple(
        (each.column, each.old or "none", each.new or "none") for each in example.outcomes
    )
    yield Table(("Column", "Old", "New"), rows, frozenset({1, 2}))
    for side in example.ledgers:
        yield Heading(2, f"Both ledgers of {side.score}")
        yield _ledger(side)


def _ledger(side: Side) -> Table:
    rows: list[tuple[Line, ...]] = [(row.what, _points(row.old), _points(row.new)) for row in side.rows]
    rows.append(((Strong(side.score),), _points(side.old), _points(side.new)))
    return Table(("Rule", "Old", "New"), tuple(rows), frozenset({1, 2}))


def _points(points: int | None) -> str:
    return "" if points is None else millionths_text(points)


def _example_object(example: Example) -> dict[str, Any]:
    return {
        "at": instant_text(example.at),
        "format": example.format,
        "events": example.events,
        "profile": example.profile,
        "columns": [{"column": each.column, "old": each.old, "new": each.new} for each in example.outcomes],
        "ledgers": [
            {
                "score": side.score,
                "old": None if side.old is None else number(side.old),
                "new": None if side.new is None else number(side.new),
                "rows": [
                    {"what": row.what, "old": None if row.old is None else number(row.old),
                     "new": None if row.new is None else number(row.new)}
                    for row in side.rows
                ],
            }
            for side in example.ledgers
        ],
    }  # fmt: skip
