"""A progress bar on a terminal, for work that takes a while; nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import click

_STEP = 256
_MANY = 2_000
"""Fewer leads are done before anyone could read a bar."""


_WHILE = 1.0
"""Seconds of a run that is over before anyone asks how long it takes."""


def say_pace(events: int, seconds: float) -> None:
    """The last line of a run that took a while, on a terminal: how long, and how fast."""
    if events and seconds >= _WHILE and sys.stderr.isatty():
        read = f"{events:,} event{'' if events == 1 else 's'}"
        click.echo(f"{read} in {seconds:,.1f} s, {events / seconds:,.0f} a second.", err=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Gives a function to call with (done, total), or None where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(what, total=None)

    def advance(done: int, total: int) -> None:
        if total >= _MANY and (done % _STEP == 0 or done == total):
            bar.start()
            bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()


class StageProgress:
    """A bar for each stage of the fast engine: events read, then scored, with the rate and the time left."""

    def __init__(self, console: Any) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,} of {task.total:,} events, {task.fields[rate]} a second"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, Any] = {}
        self._began: dict[str, float] = {}
        self._start = monotonic()

    def step(self, stage: str, done: int, total: int) -> None:
        """Called often, from any thread. Nothing is shown of what is over at once."""
        now = monotonic()
        began = self._began.setdefault(stage, now)
        if now - self._start < _PATIENCE:
            return
        if stage not in self._tasks:
            self._bar.start()
            self._tasks[stage] = self._bar.add_task(_STAGES[stage], total=total, rate="")
        rate = f"{done / max(now - began, 0.001):,.0f}"
        self._bar.update(self._tasks[stage], completed=done, total=total, rate=rate)

    def close(self) -> None:
        self._bar.stop()


class NoProgress(StageProgress):
    """Where standard error is no terminal."""

    def __init__(self) -> None:
        pass

    def step(self, stage: str, done: int, total: int) -> None:
        pass

    def close(self) -> None:
        pass


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Says on a terminal what is waited for, where nobody can tell how far it is."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


_PATIENCE = 0.5
_STAGES = {"read": "Reading and matching", "score": "Scoring"}


@contextmanager
def stage_progress() -> Iterator[StageProgress]:
    """The bars of a run of the fast engine; nothing where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield NoProgress()
        return
    from rich.console import Console

    bars = StageProgress(Console(stderr=True))
    try:
        yield bars
    finally:
        bars.close()
