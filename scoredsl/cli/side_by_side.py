"""Several plans over one log for the commands: tables of scores in one DuckDB, whichever engine makes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import Scans, resources, scanned
from scoredsl.cli.progress import stage_progress

if TYPE_CHECKING:
    from scoredsl.engine.side_by_side import SideBySide
    from scoredsl.impact.combined import Run
    from scoredsl.plan.logical import LogicalPlan
    from scoredsl.reference import Log


@dataclass(frozen=True, slots=True)
class Working:
    """How a command wants things computed."""

    engine: str
    memory: int | None
    temp_dir: str | None


@dataclass(frozen=True, slots=True)
class Computed:
    """The tables of all plans in `db`, and the log that they were made of (as the first plan reads it)."""

    db: Any
    scans: Scans
    sides: tuple[SideBySide, ...]
    as_of: int

    @property
    def tables(self) -> list[str]:
        return [side.name for side in self.sides]

    @property
    def since(self) -> int:
        return self.sides[0].since


@contextmanager
def side_by_side(
    wanted: data.Request, runs: Sequence[Run], as_of_text: str, since: int | None, working: Working
) -> Iterator[Computed]:
    """Runs the plans. What there is to say about the data goes to standard error.

    `since`: from when on alerts are counted; None: from the first event on.
    """
    from scoredsl.engine.sources.duck import connection

    with connection() as db, ExitStack() as stack:
        by_lists: dict[tuple[str, ...], Scans] = {}
        for run in runs:
            lists = run.plan.list_columns
            if lists not in by_lists:
                by_lists[lists] = scanned(wanted, frozenset(lists), db, stack, say=not by_lists)
        first = by_lists[runs[0].plan.list_columns]
        as_of = data.as_of(as_of_text, first.newest)
        if since is not None and since > as_of:
            raise click.UsageError("--from is later than the instant that the scores are of.")
        sides: list[SideBySide] = []
        for number, run in enumerate(runs):
            start = since if not sides else sides[0].since
            scans = by_lists[run.plan.list_columns]
            sides.append(_side(run, scans, f"side_{number}", as_of, start, working))
        yield Computed(db, first, tuple(sides), as_of)


def _side(
    run: Run, scans: Scans, name: str, as_of: int, since: int | None, working: Working
) -> SideBySide:
    from scoredsl.engine.fast import TooLargeError
    from scoredsl.engine.kernel.library import KernelMissingError, kernel
    from scoredsl.engine.side_by_side import interpreted, walked
    from scoredsl.plan.analyze import PlanError
    from scoredsl.plan.logical import prepared

    slow = "the reference interpreter is used, which is slow on large logs."
    if working.engine != "reference":
        try:
            kernel()
            plan = prepared(run.plan)
            with stage_progress() as bar:
                return walked(
                    plan, run.loud, scans.events, scans.profiles, as_of, since,
                    resources(working.memory, working.temp_dir), name, bar.step, counted=run.counted,
                )  # fmt: skip
        except PlanError as problem:
            click.echo(f"{problem} So {slow}", err=True)
        except TooLargeError:
            click.echo(f"A score is too large for the fast engine; {slow}", err=True)
            for table in ("leads", "alerts"):
                scans.events.db.execute(f"DROP TABLE IF EXISTS {name}_{table}")
        except KernelMissingError as problem:
            if working.engine == "fast":
                raise click.ClickException(str(problem)) from None
            click.echo(f"{problem}\nUntil then {slow}", err=True)
    return interpreted(
        run.plan, run.loud, log_of(run.plan, scans), scans.events.db, as_of, since, name, counted=run.counted
    )


def log_of(plan: LogicalPlan, scans: Scans) -> Log:
    """The log as the reference interpreter takes it."""
    from scoredsl.reference import Log

    rows = scans.profiles.rows_of(None) if scans.profiles is not None else ()
    return Log.of(plan.program(), scans.events.events_of(None), rows)
