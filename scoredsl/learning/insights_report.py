"""The report of `insights` in its views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.impact.gates import percent, rate
from scoredsl.learning.evaluation_report import lift, share
from scoredsl.learning.insights import Content, Insights, Segment
from scoredsl.learning.objects import estimate
from scoredsl.prose.words import counted
from scoredsl.report.document import Block, Document, Heading, Line, Paragraph, Table
from scoredsl.report.pages import PageReport
from scoredsl.semantics.values import instant_text


@dataclass(frozen=True, slots=True)
class InsightsReport(PageReport):
    """`shown`: how many rows a table has at most; JSON has all."""

    found: Insights
    shown: int
    verb: str = "insights"

    @property
    def summary(self) -> str:
        found = self.found
        return (
            f"{counted(found.events, 'event')} of {counted(found.leads, 'lead')} up to {instant_text(found.as_of)}."
        )

    def objects(self) -> Any:
        found = self.found
        return {
            "program": found.program,
            "score": found.score,
            "as_of": instant_text(found.as_of),
            "leads": found.leads,
            "events": found.events,
            "content": [
                {
                    "by": each.by,
                    "value": each.value,
                    "events": each.events,
                    "leads": each.leads,
                    "mean_change": each.mean,
                    "total_change": each.total,
                    "events_that_moved": each.moved,
                    "into_a_higher_tier": each.entered,
                    "decided_leads": each.decided,
                    "win_rate": estimate(each.rate),
                    "lift": estimate(each.lift),
                }
                for each in found.content
            ],
            "segments": [
                {
                    "field": each.field,
                    "value": each.value,
                    "leads": each.leads,
                    "mean_score": each.mean,
                    "tiers": dict(zip(found.tiers, each.tiers, strict=True)),
                    "no_tier": each.in_none,
                    "decided_leads": each.decided,
                    "win_rate": estimate(each.rate),
                    "lift": estimate(each.lift),
                }
                for each in found.segments
            ],
        }

    def document(self) -> Document:
        title = f"What moves {self.found.score} of {self.found.program}"
        return Document(title, self.summary, tuple(self._blocks()))

    def _blocks(self) -> Iterator[Block]:
        yield Paragraph(
            "The change is the score at the instant of an event less the score just before; events of one lead at one "
            "instant share it."
        )
        for by in dict.fromkeys(each.by for each in self.found.content):
            rows = [each for each in self.found.content if each.by == by]
            yield Heading(2, f"By {by}")
            yield self._content(rows[: self.shown])
            yield from self._rest(len(rows))
        for field in dict.fromkeys(each.field for each in self.found.segments):
            segments = [each for each in self.found.segments if each.field == field]
            yield Heading(2, f"Segments by {field}")
            yield self._segments(segments[: self.shown])
            yield from self._rest(len(segments))

    def _rest(self, count: int) -> Iterator[Block]:
        if count > self.shown:
            yield Paragraph(f"And {count - self.shown:,} more; --top shows more, --format json all.")

    def _content(self, rows: Sequence[Content]) -> Table:
        header = ["", "Events", "Leads", "Mean change", "In all", "Of them moved it", "Into a higher tier"]
        lines: list[tuple[Line, ...]] = []
        for each in rows:
            cells = [
                each.value if each.value is not None else "without", f"{each.events:,}", f"{each.leads:,}",
                f"{each.mean:+,.2f}", _points(each.total), percent(100 * each.moved / each.events), f"{each.entered:,}",
            ]  # fmt: skip
            if self.found.outcomes:
                cells += [f"{each.decided:,}", share(each.rate), lift(each.lift)]
            lines.append(tuple(cells))
        if self.found.outcomes:
            header += ["Decided leads", "Win rate", "Lift"]
        return Table(tuple(header), tuple(lines), frozenset(range(1, len(header))))

    def _segments(self, rows: Sequence[Segment]) -> Table:
        header = ["", "Leads", "Mean score", *self.found.tiers, *(["no tier"] if self.found.tiers else [])]
        lines: list[tuple[Line, ...]] = []
        for each in rows:
            cells = [each.value if each.value is not None else "not known", f"{each.leads:,}", rate(each.mean)]
            if self.found.tiers:
                cells += [_of(count, each.leads) for count in (*each.tiers, each.in_none)]
            if self.found.outcomes:
                cells += [f"{each.decided:,}", share(each.rate), lift(each.lift)]
            lines.append(tuple(cells))
        if self.found.outcomes:
            header += ["Decided leads", "Win rate", "Lift"]
        return Table(tuple(header), tuple(lines), frozenset(range(1, len(header))))


def _points(total: float) -> str:
    return f"{total:+,.1f}".removesuffix(".0")


def _of(count: int, leads: int) -> str:
    return f"{count:,} ({percent(100 * count / leads)})" if count else ""
