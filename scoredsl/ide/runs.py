"""Runs the tests of a file, as plain data with the places of what does not hold."""

from __future__ import annotations

from dataclasses import dataclass

from scoredsl.ide.project import Analysis
from scoredsl.reference.ledger import Explanation
from scoredsl.reference.ledger_text import ledger_text
from scoredsl.semantics.program import TestCase
from scoredsl.testing import run_tests
from scoredsl.text import Span


@dataclass(frozen=True, slots=True)
class Failed:
    """An expectation that does not hold: its place, what was expected, what came, and the ledger that led there."""

    span: Span
    expected: str
    actual: str
    ledger: str


@dataclass(frozen=True, slots=True)
class Ran:
    """A test that was run."""

    name: str
    span: Span
    failures: tuple[Failed, ...]


def run(analysis: Analysis, name: str | None = None) -> list[Ran] | None:
    """The results of the tests of a file, or of the one of a name. None while the program has an error."""
    program = analysis.program
    if program is None:
        return None
    chosen: list[TestCase] = [test for test in program.tests if name is None or test.name == name]
    return [
        Ran(
            result.test.name,
            result.test.place.span,
            tuple(
                Failed(f.expectation.place.span, f.expected, f.actual, _ledger(f.explanation)) for f in result.failures
            ),
        )
        for result in run_tests(program, chosen)
    ]


def _ledger(explanation: Explanation | None) -> str:
    """The ledgers as lines; empty where there is no lead to have one."""
    return "" if explanation is None else ledger_text(explanation, ahead=False).partition("\n\n")[2]


def summary(results: list[Ran]) -> str:
    """`3 tests passed.`, `1 of 3 tests failed: "a page" expected interest = 10, but interest = 0.`"""
    failed = [each for each in results if each.failures]
    if not results:
        return "There is no such test."
    if not failed:
        return f"{len(results)} test{'' if len(results) == 1 else 's'} passed."
    first = failed[0].failures[0]
    many = f"{len(failed)} of {len(results)} tests" if len(results) > 1 else "The test"
    return f'{many} failed: "{failed[0].name}" expected {first.expected}, but {first.actual}.'
