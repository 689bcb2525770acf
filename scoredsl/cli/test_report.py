"""The report of `test`: what each test expected and what came, with the ledger that led there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoredsl.cli.render import Sources, findings_of
from scoredsl.diagnostics import Diagnostic
from scoredsl.reference.ledger_text import ledger_text
from scoredsl.report import Case, Finding, Problem, Suite, place
from scoredsl.report.document import Badge, Block, Code, Details, Document, Heading, Mono, Paragraph, Table
from scoredsl.report.findings import counted, summary
from scoredsl.report.formats.concise import findings_lines
from scoredsl.report.formats.json import finding_object
from scoredsl.report.formats.text import findings_text
from scoredsl.report.model import Detail
from scoredsl.semantics.values import instant_text
from scoredsl.testing import Failure, TestResult
from scoredsl.text import Span


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a file: the results of its tests, or the errors in its rules, for which none was run."""

    file: str
    results: tuple[TestResult, ...]
    errors: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class TestReport:
    """The runs of all files; `aside` is what else is to be said, in sentences (alone, where nothing was tested)."""

    __test__ = False
    runs: tuple[Run, ...]
    sources: Sources
    aside: tuple[str, ...] = ()
    verb: str = "test"

    @property
    def results(self) -> list[TestResult]:
        return [result for run in self.runs for result in run.results]

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return sum(not result.passed for result in self.results)

    @property
    def broken(self) -> int:
        """How many files could not be tested."""
        return sum(bool(run.errors) for run in self.runs)

    @property
    def summary(self) -> str:
        if not self.tested:
            return " ".join(self.aside)
        counts = f"{len(self.results) - self.failed} passed, {self.failed} failed"
        if self.broken:
            counts += f"; {counted(self.broken, 'file')} with errors in the rules, not tested"
        return " ".join((f"{counts}." if self.aside else counts, *self.aside))

    @property
    def tested(self) -> bool:
        """Whether there was anything to test."""
        return bool(self.results or self.broken)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The errors in rules, each once, and an error for each expectation that does not hold."""
        return (
            *self._errors(),
            *(self._finding(result, failure) for result in self.results for failure in result.failures),
        )

    def _errors(self) -> list[Finding]:
        # Two files of tests that import the same broken rules have the same errors.
        seen: set[tuple[str, Span]] = set()
        found: list[Finding] = []
        for run in self.runs:
            new = [error for error in run.errors if (error.message, error.span) not in seen]
            seen.update((error.message, error.span) for error in new)
            found += findings_of(new, self.sources)
        return found

    def _finding(self, result: TestResult, failure: Failure) -> Finding:
        expectation = failure.expectation
        message = (
            f'The test "{result.test.name}" expects {failure.expected} at {instant_text(expectation.at)}, '
            f"but {failure.actual}."
        )
        return Finding(
            "test-failed",
            "error",
            message,
            place(expectation.place.span, self.sources),
            args={"test": result.test.name, "expected": failure.expected, "actual": failure.actual},
        )

    # ---- views

    def text(self, detail: Detail, *, colour: bool) -> str:
        if detail == "concise":
            return findings_lines(self.findings, colour=colour)
        blocks = []
        errors = self._errors()
        if errors:
            blocks.append(findings_text(errors, colour=colour))
        for run in self.runs:
            if run.errors:
                files = len({error.span.file for error in run.errors})
                said = summary([error.severity for error in run.errors], files)
                blocks.append(f"{run.file} was not tested: {said}")
            for result in run.results:
                if not result.passed:
                    head = f"FAILED {run.file}:{result.test.place.line}: {result.test.name}"
                    failures = [_indent(failure_text(failure, colour=colour), 2) for failure in result.failures]
                    blocks.append("\n".join([head, *failures, ""]))
        return "\n".join(blocks)

    def objects(self) -> Any:
        """An object for each test; for a file with errors one, without a name, that has them as `check` shows them."""
        found = []
        for run in self.runs:
            if run.errors:
                errors = [finding_object(error) for error in findings_of(run.errors, self.sources)]
                found.append(
                    {"file": run.file, "line": None, "name": None, "passed": False, "failures": [], "errors": errors}
                )
            found += [_object(run.file, result) for result in run.results]
        return found

    def suites(self) -> Sequence[Suite]:
        """One suite a file; for a file with errors in its rules a case `rules` that has them."""
        return [Suite(run.file, tuple(self._cases(run))) for run in self.runs]

    def _cases(self, run: Run) -> list[Case]:
        cases = []
        if run.errors:
            errors = findings_of(run.errors, self.sources)
            first = errors[0]
            problem = Problem("error", first.message, findings_lines(errors), first.code)
            cases.append(Case("rules", run.file, first.place.line, (problem,)))
        for result in run.results:
            problems = tuple(
                Problem("failure", f"expected {failure.expected}, but {failure.actual}", failure_text(failure))
                for failure in result.failures
            )
            cases.append(Case(result.test.name, run.file, result.test.place.line, problems))
        return cases

    def document(self) -> Document:
        blocks: list[Block] = []
        errors = self._errors()
        if errors:
            blocks.append(Heading(2, "Errors in the rules"))
            blocks.append(
                Table(
                    ("File", "Line", "What is wrong, and what to do"),
                    tuple(((Mono(error.place.file),), str(error.place.line), error.sentences) for error in errors),
                    frozenset({1}),
                )
            )
        failed = [(run, result) for run in self.runs for result in run.results if not result.passed]
        if failed:
            blocks.append(Heading(2, "Examples that no longer hold"))
        for run, result in failed:
            where = (Mono(f"{run.file}:{result.test.place.line}"),)
            blocks += [Heading(3, (Badge(result.test.name, "error"),)), Paragraph(where)]
            blocks.append(
                Table(
                    ("Line", "At", "Expected", "But"),
                    tuple(
                        (str(f.expectation.place.line), instant_text(f.expectation.at), f.expected, f.actual)
                        for f in result.failures
                    ),
                    frozenset({0}),
                )
            )
            ledgers = tuple(Code(text) for failure in result.failures if (text := _ledger(failure)))
            if ledgers:
                blocks.append(Details("The ledger that led there", ledgers))
        passed = [(run, result) for run in self.runs for result in run.results if result.passed]
        if passed:
            blocks.append(
                Details(
                    (Badge(f"{len(passed)} passed", "good"),),
                    (
                        Table(
                            ("Test", "Where"),
                            tuple(
                                (result.test.name, (Mono(f"{run.file}:{result.test.place.line}"),))
                                for run, result in passed
                            ),
                        ),
                    ),
                )
            )
        good = "All examples hold. " if self.tested and not self.failed and not self.broken else ""
        return Document("Scoring rules: test", f"{good}{self.summary.removesuffix('.')}.", tuple(blocks))


# ---- one failure


def failure_text(failure: Failure, *, colour: bool = False) -> str:
    """What was expected, what came, and the ledger."""
    expectation = failure.expectation
    lines = [
        f"line {expectation.place.line}, at {instant_text(expectation.at)}:",
        f"  expected: {failure.expected}",
        f"  but:      {failure.actual}",
    ]
    ledger = _ledger(failure, colour=colour)
    if ledger:
        lines.append(_indent(ledger, 2))
    return "\n".join(lines)


def _ledger(failure: Failure, *, colour: bool = False) -> str:
    """The ledgers that concern an expectation: the score's own, or all for a grid or a label."""
    explanation = failure.explanation
    if explanation is None:
        return ""
    if failure.expectation.kind in ("value", "tier", "becomes"):
        kept = tuple(ledger for ledger in explanation.ledgers if ledger.score.name == failure.expectation.score)
        explanation = replace(explanation, ledgers=kept, grids={}, labels={})
    _, _, ledgers = ledger_text(explanation, colour=colour, ahead=False).partition("\n\n")
    return ledgers


def _object(file: str, result: TestResult) -> dict[str, Any]:
    return {
        "file": file,
        "line": result.test.place.line,
        "name": result.test.name,
        "passed": result.passed,
        "failures": [
            {
                "line": failure.expectation.place.line,
                "at": instant_text(failure.expectation.at),
                "expected": failure.expected,
                "actual": failure.actual,
                "ledger": _ledger(failure) or None,
            }
            for failure in result.failures
        ],
        "errors": [],
    }


def _indent(text: str, by: int) -> str:
    return "\n".join(" " * by + line if line else "" for line in text.splitlines())
