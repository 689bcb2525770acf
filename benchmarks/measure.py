"""Whole processes, measured from outside, in pairs: wall and processor time, and the most memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of wall and of processor time, bytes of memory at the most, and what the process printed."""

    wall: float
    cpu: float
    memory: int
    printed: str


def run(command: Sequence[str], folder: str | None = None) -> Run:
    """Raises SystemExit with what was printed if the command fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode}:\n{printed}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, printed)


@dataclass(frozen=True, slots=True)
class Pair:
    """Runs of two commands in turns; `ratio` is the median of first to second, pair by pair."""

    first: tuple[Run, ...]
    second: tuple[Run, ...]

    @property
    def ratios(self) -> list[float]:
        return sorted(a.wall / b.wall for a, b in zip(self.first, self.second, strict=True))

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def pairs(first: Sequence[str], second: Sequence[str], count: int) -> Pair:
    """Runs both once to warm the files up, then in turns; which comes first alternates."""
    run(first), run(second)
    a: list[Run] = []
    b: list[Run] = []
    for i in range(count):
        for command, runs in ((first, a), (second, b)) if i % 2 == 0 else ((second, b), (first, a)):
            runs.append(run(command))
    return Pair(tuple(a), tuple(b))


def median(runs: Sequence[Run]) -> Run:
    """The run of median wall time."""
    return sorted(runs, key=lambda each: each.wall)[len(runs) // 2]
