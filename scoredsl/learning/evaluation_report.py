"""The report of `evaluate` in all its views: for a terminal, for programs, as findings and cases, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.impact.document import shown
from scoredsl.impact.gates import percent, rate
from scoredsl.learning.figures import AtMoment, Evaluation, Group
from scoredsl.learning.gates import GateResult
from scoredsl.learning.intervals import Estimate
from scoredsl.learning.objects import evaluation_object
from scoredsl.prose.words import counted
from scoredsl.report import Finding, Place, Suite
from scoredsl.report.document import Badge, Block, Bullets, Details, Document, Heading, Line, Mono, Paragraph, Table
from scoredsl.report.formats.concise import findings_lines
from scoredsl.report.gates import gate_findings, gate_suites
from scoredsl.report.model import Detail
from scoredsl.report.plain import page
from scoredsl.semantics.values import instant_text


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What a score is worth by outcomes, and what came of the gates. `place`: the first line of the program."""

    found: Evaluation
    gates: tuple[GateResult, ...]
    place: Place
    verb: str = "evaluate"

    @property
    def breached(self) -> list[GateResult]:
        return [each for each in self.gates if not each.passed]

    @property
    def summary(self) -> str:
        if self.gates:
            if self.breached:
                return f"{counted(len(self.breached), 'gate')} of {len(self.gates)} breached."
            return f"{counted(len(self.gates), 'gate')} kept."
        areas = ", ".join(f"{_number(each.auc.value)} at {each.name}" for each in self.found.moments)
        return f"The AUC of {self.found.score} is {areas}."

    @property
    def findings(self) -> Sequence[Finding]:
        return gate_findings(self.gates, self.place)

    def text(self, detail: Detail, *, colour: bool) -> str:
        if detail == "concise":
            return findings_lines(self.findings, colour=colour)
        return page(self.document(), colour=colour)

    def objects(self) -> Any:
        return evaluation_object(self.found, self.gates)

    def suites(self) -> Sequence[Suite]:
        """A case a gate and moment."""
        return gate_suites(((each, each.at) for each in self.gates), self.place)

    def document(self) -> Document:
        found = self.found
        blocks: list[Block] = [*self._gates(), *_who(found), _overview(found)]
        if found.too_few:
            blocks.append(Bullets(found.too_few))
        for moment in found.moments:
            blocks += _moment(moment, found)
        blocks += _flows(found)
        return Document(f"What the score {found.score} of {found.program} is worth", self.summary, tuple(blocks))

    def _gates(self) -> Iterator[Block]:
        if self.gates:
            yield Bullets(
                tuple(
                    (Badge("kept" if each.passed else "breached", "good" if each.passed else "error"),
                     f" {each.gate}: {each.sentence}")
                    for each in self.gates
                )
            )  # fmt: skip


# ---- numbers for people


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def interval(found: Estimate) -> str:
    """`0.712 (0.690 to 0.733)`"""
    if found.value is None:
        return ""
    if found.low is None or found.high is None:
        return _number(found.value)
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def signed(found: Estimate) -> str:
    if found.value is None or found.low is None or found.high is None:
        return ""
    return f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})"


def lift(found: Estimate) -> str:
    """`2.1 (1.9 to 2.4)`"""
    if found.value is None:
        return ""
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def share(found: Estimate) -> str:
    """`12% (10% to 14%)`"""
    if found.value is None or found.low is None or found.high is None:
        return ""
    return f"{percent(100 * found.value)} ({percent(100 * found.low)} to {percent(100 * found.high)})"


# ---- blocks


def _who(found: Evaluation) -> Iterator[Block]:
    counts = found.counts
    said = (
        f"Outcomes: {counts.won:,} won, {counts.lost:,} lost, {counts.open:,} open, which count neither way. The log "
        f"goes from {instant_text(found.first)} to {instant_text(found.until)}. A lead is looked at only while it is "
        "undecided, with what was known then. Brackets are 95% intervals."
    )
    yield Paragraph(said)
    if counts.missing:
        yield Paragraph(f"Not in the log: {counted(counts.missing, 'lead')} of them ({', '.join(counts.examples)}).")
    if found.train_until is not None:
        until = instant_text(found.train_until)
        yield Paragraph(
            f"Probabilities are fitted on leads that began before {until}; all figures are of leads that began later."
        )


def _overview(found: Evaluation) -> Table:
    rows: list[tuple[Line, ...]] = [
        (
            each.name, f"{each.observations:,}", f"{each.won:,}", f"{each.decided:,}",
            percent(100 * (each.rate.value or 0)),
            interval(each.auc), interval(each.average_precision), lift(each.top_lift),
            interval(each.calibration.brier),
        )
        for each in found.moments
    ]  # fmt: skip
    header = (
        "At", "Seen", "Won", "Decided before", "Win rate", "AUC", "Average precision", "Lift of the highest tenth",
        "Brier",
    )  # fmt: skip
    return Table(header, tuple(rows), frozenset(range(1, 9)))


def _moment(moment: AtMoment, found: Evaluation) -> Iterator[Block]:
    yield Heading(2, f"At {moment.name}")
    if moment.observations > moment.leads:
        yield Paragraph(
            f"{moment.observations:,} looks at {counted(moment.leads, 'lead')}; intervals know that looks at one lead "
            "are not independent."
        )
    left = [(moment.absent, "not there yet"), (moment.excluded, "excluded by the rules")]
    said = [f"{count:,} {what}" for count, what in left if count]
    if said:
        yield Paragraph(f"Leads that are left out: {', '.join(said)}.")
    if moment.compared is not None:
        yield from _compared(moment, found)
    if moment.tiers:
        yield Heading(3, "By tier")
        yield _tiers(moment)
    yield Heading(3, "By tenths of the score")
    yield _deciles(moment.deciles)
    yield Heading(3, "Scores as probabilities")
    yield from _calibration(moment)
    if moment.rules:
        yield Heading(3, "Rules")
        yield from _rules(moment)
    if len(moment.months) > 1:
        yield Heading(3, "Month by month")
        rows = tuple(
            (each.month, f"{each.leads:,}", f"{each.won:,}", share(each.rate), interval(each.auc) or "too few")
            for each in moment.months
        )
        yield Table(("Month", "Seen", "Won", "Win rate", "AUC"), rows, frozenset({1, 2, 3, 4}))


def _compared(moment: AtMoment, found: Evaluation) -> Iterator[Block]:
    compared = moment.compared
    assert compared is not None
    yield Heading(3, f"Compared with {found.other}")
    rows = (
        ("AUC", interval(compared.auc), interval(compared.other_auc), signed(compared.auc_change)),
        ("Average precision", interval(compared.precision), interval(compared.other_precision),
         signed(compared.precision_change)),
        ("Lift of the highest tenth", lift(compared.top_lift), lift(compared.other_top_lift),
         signed(compared.top_lift_change)),
    )  # fmt: skip
    yield Table(("", found.program, found.other or "", "Difference"), rows, frozenset({1, 2, 3}))
    low, high = compared.auc_change.low, compared.auc_change.high
    if low is not None and high is not None:
        verdict = "better" if low > 0 else "worse" if high < 0 else "neither better nor worse than chance would have it"
        yield Paragraph(f"On the same {counted(compared.leads, 'look')}, {found.other} orders them {verdict}.")


def _tiers(moment: AtMoment) -> Table:
    rows: list[tuple[Line, ...]] = [
        (
            each.group.name or "no tier", f"{each.group.leads:,}", f"{each.group.won:,}", share(each.group.rate),
            lift(each.group.lift), percent(100 * each.group.share_of_wins),
            share(each.precision) if each.group.name else "", share(each.recall) if each.group.name else "",
        )
        for each in moment.tiers
    ]  # fmt: skip
    header = ("Tier", "Seen", "Won", "Win rate", "Lift", "Of all wins", "Precision from here up", "Recall from here up")
    return Table(header, tuple(rows), frozenset(range(1, 8)))


def _deciles(groups: Sequence[Group]) -> Table:
    rows: list[tuple[Line, ...]] = []
    total = 0.0
    for each in groups:
        total += each.share_of_wins
        rows.append(
            (each.name, shown(each.low), shown(each.high), f"{each.leads:,}", f"{each.won:,}", share(each.rate),
             lift(each.lift), percent(100 * each.share_of_wins), percent(100 * min(1.0, total)))
        )  # fmt: skip
    header = ("Tenth", "Score from", "to", "Seen", "Won", "Win rate", "Lift", "Of all wins", "Up to here")
    return Table(header, tuple(rows), frozenset(range(9)))


def _calibration(moment: AtMoment) -> Iterator[Block]:
    found = moment.calibration
    yield Paragraph(
        f"Brier score {interval(found.brier)}; it takes {percent(100 * max(0.0, found.skill))} off the error of "
        f"always saying the win rate of all ({found.method} fit, judged on leads that it has not seen)."
    )
    rows = tuple(
        (percent(100 * each.predicted), share(each.observed), f"{each.leads:,}", f"{each.won:,}")
        for each in found.bins
    )
    yield Table(("Predicted", "Observed", "Seen", "Won"), rows, frozenset(range(4)))
    steps = tuple((shown(step.score), percent(100 * step.probability)) for step in found.steps)
    yield Details("The probability from each score on", (Table(("Score", "Probability"), steps, frozenset({0, 1})),))


def _rules(moment: AtMoment) -> Iterator[Block]:
    rows: list[tuple[Line, ...]] = []
    for each in moment.rules:
        name: Line = (Mono(each.name),) if each.name.startswith(("on ", "when ")) else each.name
        rows.append(
            (name, f"{each.leads:,}", shown(each.points), share(each.with_rule), share(each.without_rule),
             lift(each.lift), _number(each.auc_without.value), signed(each.auc_change))
        )  # fmt: skip
    header = ("Rule", "Seen with it", "Points", "Win rate with", "Win rate without", "Lift", "AUC without", "Change")
    yield Table(header, tuple(rows), frozenset(range(1, 8)))
    harmful = tuple((Mono(each.name), f" ({each.place}): {each.harm}.") for each in moment.rules if each.harm)
    if harmful:
        yield Heading(4, "Rules that do harm")
        yield Bullets(harmful)


def _flows(found: Evaluation) -> Iterator[Block]:
    if not found.flows:
        return
    yield Heading(2, "How tiers fill, and how soon the win comes")
    rows: list[tuple[Line, ...]] = [
        (
            each.name, f"{each.entering:,}", "" if each.a_week is None else rate(each.a_week),
            share(each.share_entered),
            *(("", "", "") if each.days_to_win is None else (f"{days:,.1f}" for days in each.days_to_win)),
        )
        for each in found.flows
    ]  # fmt: skip
    header = (
        "Tier", "Leads entering it", "A week", "Of all wins", "Days to the win: a quarter within", "half",
        "three quarters",
    )  # fmt: skip
    yield Table(header, tuple(rows), frozenset(range(1, 7)))
    yield Paragraph("Entering it or a higher one for the first time, before the outcome; open leads included.")
