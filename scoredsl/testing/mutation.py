"""Do the tests notice? Each small change of the rules is run against them, with the reference interpreter.

A change that computes the same (its optimized plan is equal) is none; one that is no program is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from scoredsl.plan.logical import LogicalPlan
from scoredsl.semantics.program import Expectation, Program
from scoredsl.syntax.parse import parse_file
from scoredsl.testing.mutants import Mutant, mutants, mutated
from scoredsl.testing.rechecking import EVERYTHING, changed_columns, plan_shape, rechecked
from scoredsl.testing.run import holds, log_of

Outcome: TypeAlias = Literal["noticed", "unnoticed", "same", "no program"]


@dataclass(frozen=True)
class Subject:
    """A program whose own tests pass."""

    program: Program

    @cached_property
    def shape(self) -> LogicalPlan:
        return plan_shape(self.program)


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """A mutant that the tests of a subject let pass: the program that it is, and the columns that may differ."""

    subject: Subject
    changed: Program
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a mutant; where it is unnoticed, for which of the subjects."""

    mutant: Mutant
    outcome: Outcome
    unnoticed: tuple[Unnoticed, ...] = ()


def all_mutants(subjects: Iterable[Subject]) -> list[Mutant]:
    """The mutants of all files of all subjects, each once, by file and place."""
    files = {path: source for subject in subjects for path, source in subject.program.sources.items()}
    return [mutant for source in files.values() for mutant in mutants(parse_file(source))]


def judge_mutant(mutant: Mutant, subjects: Sequence[Subject]) -> Verdict:
    """Runs a mutant against the tests of all subjects that its file belongs to, until one notices."""
    unnoticed: list[Unnoticed] = []
    programs = 0
    for subject in subjects:
        source = subject.program.sources.get(mutant.span.file)
        if source is None:
            continue
        changed = rechecked(subject.program, {mutant.span.file: mutated(source.text, mutant)})
        if changed is None:
            continue
        programs += 1
        columns = changed_columns(subject.shape, plan_shape(changed))
        if not columns:
            continue
        if notice(changed, columns):
            return Verdict(mutant, "noticed")
        unnoticed.append(Unnoticed(subject, changed, columns))
    if not programs:
        return Verdict(mutant, "no program")
    return Verdict(mutant, "unnoticed", tuple(unnoticed)) if unnoticed else Verdict(mutant, "same")


def notice(program: Program, columns: frozenset[str]) -> bool:
    """Whether a test about one of the columns fails."""
    for test in program.tests:
        concerned = [each for each in test.expectations if _about(each, columns)]
        if concerned:
            log = log_of(program, test)
            if not all(holds(log, each) for each in concerned):
                return True
    return False


def _about(expectation: Expectation, columns: frozenset[str]) -> bool:
    return EVERYTHING in columns or expectation.score in columns
