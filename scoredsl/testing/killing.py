"""A ready `test` block for a change that no test notices: found, written, and run before it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoredsl.prose.words import Words
from scoredsl.semantics.program import Program
from scoredsl.testing.block import test_block
from scoredsl.testing.mutants import Kind, Mutant, mutated
from scoredsl.testing.mutation import Outcome, Subject, Unnoticed, Verdict, judge_mutant
from scoredsl.testing.rechecking import rechecked
from scoredsl.testing.run import run_test
from scoredsl.testing.search import Search
from scoredsl.text import Span

_LONGEST_NAME = 90


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a mutant, as plain data: its place, its line before and after, and a test that notices it.

    `file` is the file that the test belongs into; both are "" where the change is noticed or none was found.
    """

    outcome: Outcome
    kind: Kind
    span: Span
    before: str
    after: str
    file: str = ""
    test: str = ""


def judged(mutant: Mutant, subjects: Sequence[Subject]) -> Judged:
    """Runs a mutant against the tests, and looks for one that notices it where none does."""
    verdict = judge_mutant(mutant, subjects)
    program = next(each.program for each in subjects if mutant.span.file in each.program.sources)
    before, after = lines_of(program, mutant)
    found = killing_test(verdict) or ("", "")
    return Judged(verdict.outcome, mutant.kind, mutant.span, before, after, *found)


def killing_test(verdict: Verdict) -> tuple[str, str] | None:
    """(file, block): added to the file the block passes, and fails with the mutant. None where none is found."""
    mutant = verdict.mutant
    for unnoticed in verdict.unnoticed:
        program = unnoticed.subject.program
        found = Search(program, unnoticed.changed, unnoticed.columns, mutant.span.start).find()
        if found is None:
            continue
        try:
            block = test_block(_name(program, mutant), found.givens, found.expectation, Words.of(program))
        except ValueError:
            continue
        if is_killed(unnoticed, mutant, block):
            return program.path, block
    return None


def is_killed(unnoticed: Unnoticed, mutant: Mutant, block: str) -> bool:
    """Whether a block, written at the end of the program's file, passes there and fails with the mutant."""
    program = unnoticed.subject.program
    source = program.sources[mutant.span.file].text
    with_block = inserted(program, {}, block)
    with_both = inserted(program, {mutant.span.file: mutated(source, mutant)}, block)
    if with_block is None or with_both is None or len(with_block.tests) != len(program.tests) + 1:
        return False
    return run_test(with_block, with_block.tests[-1]).passed and not run_test(with_both, with_both.tests[-1]).passed


def inserted(program: Program, changes: dict[str, str], block: str) -> Program | None:
    """The program with some texts changed and a block at the end of its file."""
    text = changes.get(program.path, program.sources[program.path].text)
    return rechecked(program, {**changes, program.path: f"{text.rstrip()}\n\n{block}\n"})


def lines_of(program: Program, mutant: Mutant) -> tuple[str, str]:
    """The line of a mutant as it stands and as it became."""
    source = program.sources[mutant.span.file]
    start, end = source.line_bounds(source.position(mutant.span.start).line)
    end = max(end, mutant.span.end)
    before = source.text[start:end]
    after = source.text[start : mutant.span.start] + mutant.text + source.text[mutant.span.end : end]
    return before.strip(), after.strip()


def _name(program: Program, mutant: Mutant) -> str:
    after = " ".join(lines_of(program, mutant)[1].partition("#")[0].split()).rstrip(" ,")
    return f"not: {after if len(after) <= _LONGEST_NAME else after[:_LONGEST_NAME] + '…'}"
