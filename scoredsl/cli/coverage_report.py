"""The report of `test --coverage`: what no test reaches, as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from scoredsl.cli.render import Sources
from scoredsl.report import Case, Finding, Problem, Suite, place
from scoredsl.report.document import Badge, Block, Document, Heading, Line, Mono, Paragraph, Table
from scoredsl.report.formats.concise import findings_lines
from scoredsl.report.formats.text import painter
from scoredsl.report.model import Detail, shown_percent
from scoredsl.testing.goals import Goal

CODE = "not-covered"
_KINDS = {
    "rule": "Rules and branches", "limit": "Limits", "lifetime": "Expiry, fading, endings", "bound": "Bounds",
    "tier": "Tiers", "condition": "Sides of conditions", "band": "Bands", "label": "Labels",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """All goals, and whether they are reached; `least` is the percentage that must be."""

    goals: Mapping[Goal, bool]
    sources: Sources
    least: float | None = None
    verb: str = "coverage"

    @property
    def reached(self) -> int:
        return sum(self.goals.values())

    @property
    def missing(self) -> list[Goal]:
        """By file and place."""
        return sorted((goal for goal, so in self.goals.items() if not so), key=lambda g: (g.span.file, g.span.start))

    @property
    def percent(self) -> float:
        return 100 * self.reached / len(self.goals) if self.goals else 100.0

    @property
    def failed(self) -> bool:
        return self.least is not None and self.percent < self.least

    @property
    def summary(self) -> str:
        text = f"The tests reach {self.reached} of {len(self.goals)} ({shown_percent(self.percent)})."
        return f"{text} At least {self.least:g}% are asked for." if self.failed else text

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(CODE, "note", goal.missing, place(goal.span, self.sources), args={"kind": goal.kind})
            for goal in self.missing
        )

    # ---- views

    def text(self, detail: Detail, *, colour: bool) -> str:
        if detail == "concise":
            return findings_lines(self.findings, colour=colour)
        paint = painter(colour)
        blocks = []
        for span, group in groupby(self.missing, key=lambda goal: goal.span):
            spot = place(span, self.sources)
            head = f"{paint(f'{spot.file}:{spot.line}', 'bold')}: {(spot.text or '').strip()}"
            blocks.append("\n".join([head, *(f"  {goal.missing}" for goal in group), ""]))
        return "\n".join([*blocks, *self._table(), ""])

    def _table(self) -> list[str]:
        rows = [(_KINDS[kind], f"{reached} of {all_}") for kind, reached, all_ in self.by_kind()]
        width = max((len(name) for name, _ in rows), default=0)
        return [f"{name:<{width}}  {count:>9}" for name, count in rows]

    def by_kind(self) -> list[tuple[str, int, int]]:
        """(kind, reached, all) of the kinds that there are."""
        kinds = [goal.kind for goal in self.goals]
        done = [goal.kind for goal, reached in self.goals.items() if reached]
        return [(kind, done.count(kind), kinds.count(kind)) for kind in _KINDS if kind in kinds]

    def objects(self) -> Any:
        return {
            "percent": round(self.percent, 2),
            "reached": self.reached,
            "all": len(self.goals),
            "kinds": [{"kind": kind, "reached": reached, "all": all_} for kind, reached, all_ in self.by_kind()],
            "missing": [self._object(goal) for goal in self.missing],
        }

    def _object(self, goal: Goal) -> dict[str, Any]:
        spot = place(goal.span, self.sources)
        return {"file": spot.file, "line": spot.line, "kind": goal.kind, "missing": goal.missing}

    def suites(self) -> Sequence[Suite]:
        """A suite a file, a case a goal; one that is not reached failed."""
        files = dict.fromkeys(goal.span.file for goal in self.goals)
        return [
            Suite(
                file, tuple(self._case(goal, reached) for goal, reached in self.goals.items() if goal.span.file == file)
            )
            for file in files
        ]

    def _case(self, goal: Goal, reached: bool) -> Case:
        line = place(goal.span, self.sources).line
        name = goal.missing.removeprefix("No test ").rstrip(".")
        problem = Problem("failure", goal.missing, "", CODE)
        return Case(f"line {line}: a test {name}", goal.span.file, line, () if reached else (problem,))

    def document(self) -> Document:
        blocks: list[Block] = [
            Table(
                ("", "Reached", "Of"),
                tuple((_KINDS[kind], str(reached), str(all_)) for kind, reached, all_ in self.by_kind()),
                frozenset({1, 2}),
            )
        ]
        for file, group in groupby(self.missing, key=lambda goal: goal.span.file):
            blocks.append(Heading(2, (Mono(file),)))
            blocks.append(
                Table(("Line", "What no test does", "Rule"), tuple(self._row(goal) for goal in group), frozenset({0}))
            )
        if not self.missing:
            blocks.append(Paragraph((Badge("Nothing is missing.", "good"),)))
        return Document("Scoring rules: what the tests reach", self.summary, tuple(blocks))

    def _row(self, goal: Goal) -> tuple[Line, ...]:
        spot = place(goal.span, self.sources)
        return str(spot.line), goal.missing, (Mono((spot.text or "").strip()),)
