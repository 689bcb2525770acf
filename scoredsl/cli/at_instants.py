"""Scores of each lead at instants of its own for the commands, whichever engine makes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import Scans, resources, scanned
from scoredsl.cli.progress import stage_progress
from scoredsl.cli.side_by_side import Working, log_of

if TYPE_CHECKING:
    from scoredsl.engine.at_instants import Asked, AtInstants
    from scoredsl.plan.logical import LogicalPlan


@dataclass(slots=True)
class DataAtHand:
    """The log and the profiles of a request, looked at once for each set of names that are declared as lists."""

    wanted: data.Request
    working: Working
    db: Any
    stack: ExitStack
    by_lists: dict[tuple[str, ...], Scans]

    def scans(self, lists: Sequence[str]) -> Scans:
        key = tuple(lists)
        if key not in self.by_lists:
            say = not self.by_lists
            self.by_lists[key] = scanned(self.wanted, frozenset(key), self.db, self.stack, say=say)
        return self.by_lists[key]

    @property
    def rejected(self) -> int:
        """How many rows of the log and the profiles were rejected."""
        return next(iter(self.by_lists.values())).rejected if self.by_lists else 0

    def at(self, plan: LogicalPlan, asked: Asked, until: int) -> AtInstants:
        """What is asked of a plan, before any pass. What there is to say goes to standard error."""
        from scoredsl.engine.at_instants import interpreted_at, walked_at
        from scoredsl.engine.fast import TooLargeError
        from scoredsl.engine.kernel.library import KernelMissingError, kernel
        from scoredsl.plan.analyze import PlanError
        from scoredsl.plan.logical import prepared

        scans = self.scans(plan.list_columns)
        slow = "the reference interpreter is used, which is slow on large logs."
        working = self.working
        if working.engine != "reference":
            try:
                kernel()
                with stage_progress() as bar:
                    return walked_at(
                        prepared(plan), scans.events, scans.profiles, asked, until,
                        resources(working.memory, working.temp_dir), bar.step,
                    )  # fmt: skip
            except PlanError as problem:
                click.echo(f"{problem} So {slow}", err=True)
            except TooLargeError:
                click.echo(f"A score is too large for the fast engine; {slow}", err=True)
            except KernelMissingError as problem:
                if working.engine == "fast":
                    raise click.ClickException(str(problem)) from None
                click.echo(f"{problem}\nUntil then {slow}", err=True)
        return interpreted_at(plan, log_of(plan, scans), asked, until)


@contextmanager
def data_at_hand(wanted: data.Request, working: Working) -> Iterator[DataAtHand]:
    """Opens the data of a request."""
    from scoredsl.engine.sources.duck import connection

    with connection() as db, ExitStack() as stack:
        yield DataAtHand(wanted, working, db, stack, {})
