"""Whether a verdict of `prove` holds, as far as running both programs can tell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from scoredsl.proof.candidates import WideSearch
from scoredsl.proof.prove import Proof
from scoredsl.reference import Log, history_of, score_log
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Program
from scoredsl.testing.rechecking import EVERYTHING
from tests.strategies.pairs import Pair


def everything(
    program: Program, events: Sequence[Event], rows: Sequence[ProfileRow], instants: Sequence[int]
) -> tuple[list[Any], list[Any]]:
    """All columns at all instants, by name, and the history without causes."""
    log = Log.of(program, events, rows)
    history = history_of(log, instants[-1])
    return (
        [[(row.lead, dict(row.values), dict(row.tiers), dict(row.grids), dict(row.labels))
          for row in score_log(log, instant).rows] for instant in instants],
        sorted((row.lead, -1 if row.time is None else row.time, row.score, row.value, row.tier or "")
               for row in history),
    )  # fmt: skip


def refuted(pair: Pair, proof: Proof, logs: int) -> str | None:
    """What speaks against a verdict; None where nothing does. So many random logs are tried."""
    old, new = pair.programs
    if proof.verdict == "equal":
        for events, rows, instants in [*pair.logs(logs), *_of_the_search(old, new, logs)]:
            if everything(old, events, rows, instants) != everything(new, events, rows, instants):
                return f"they differ for {events} {rows} at {instants}"
    if proof.verdict == "different":
        if pair.intent == "rewrite":
            return "they were rewritten to be equal"
        return None if proof.example is None or confirmed(old, new, proof) else "the example shows no difference"
    return None


def _of_the_search(old: Program, new: Program, count: int) -> list[tuple[list[Event], list[ProfileRow], list[int]]]:
    found = []
    search = WideSearch(old, new, frozenset({EVERYTHING}), 7)
    for givens in islice((search.any() for _ in range(count)), count):
        if givens.times:
            last = max(givens.times)
            instants = sorted({*givens.times, *(last + each for each in search.durations)})
            found.append((list(givens.events), list(givens.rows), instants))
    return found


def confirmed(old: Program, new: Program, proof: Proof) -> bool:
    """Whether both programs, run on the example, differ."""
    example = proof.example
    if example is None:
        return False
    runs = [Log.of(each, example.givens.events, example.givens.rows).run("eva", example.at) for each in (old, new)]
    listed = [run.exists and not run.excluded for run in runs]
    if not all(listed):
        return listed[0] != listed[1]
    one, other = (run.scores() for run in runs)
    return (one.values, one.tiers, one.grids, one.labels) != (other.values, other.tiers, other.grids, other.labels)
