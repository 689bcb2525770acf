"""Runs all mutants of some programs, in two processes where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from scoredsl.semantics.program import Program
from scoredsl.testing.killing import Judged, judged
from scoredsl.testing.mutants import Mutant
from scoredsl.testing.mutation import Subject, all_mutants

_FEW = 40
"""So many are done sooner than a second process is there."""
_PROCESSES = 2

_subjects: list[Subject] = []
"""Of a worker: the programs that it was begun with."""


def judge_all(programs: Sequence[Program]) -> tuple[Judged, ...]:
    """What came of every mutant, in the order of files and places."""
    _begin(programs)
    mutants = all_mutants(_subjects)
    if len(mutants) < _FEW:
        return tuple(judged(mutant, _subjects) for mutant in mutants)
    with ProcessPoolExecutor(_PROCESSES, initializer=_begin, initargs=(programs,)) as pool:
        return tuple(pool.map(_one, mutants, chunksize=4))


def _begin(programs: Sequence[Program]) -> None:
    _subjects[:] = [Subject(program) for program in programs]


def _one(mutant: Mutant) -> Judged:
    return judged(mutant, _subjects)
