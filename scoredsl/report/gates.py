"""Gates of a command for CI: what is breached is a finding at the first line of the program, and each is a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from scoredsl.report.findings import Finding, Place
from scoredsl.report.suites import Case, Problem, Suite

CODE = "gate-breached"


class GateResult(Protocol):
    """What came of a gate: the option as it was given, and a sentence with the number and the limit."""

    @property
    def gate(self) -> str: ...
    @property
    def passed(self) -> bool: ...
    @property
    def sentence(self) -> str: ...


def gate_findings(results: Iterable[GateResult], place: Place) -> list[Finding]:
    """The gates that are breached."""
    return [Finding(CODE, "error", f"{each.gate}: {each.sentence}", place) for each in results if not each.passed]


def gate_suites(results: Iterable[tuple[GateResult, str]], place: Place) -> Sequence[Suite]:
    """A case for each gate and what it was asked of."""
    cases = [
        Case(
            f"{each.gate} ({of})", place.file, place.line,
            () if each.passed else (Problem("failure", each.sentence, each.sentence, CODE),),
            each.sentence if each.passed else "",
        )
        for each, of in results
    ]  # fmt: skip
    return [Suite("gates", tuple(cases))]
