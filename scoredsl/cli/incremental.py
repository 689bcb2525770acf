"""`--state`: results that go on from what earlier runs have kept (docs/incremental.md)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scoredsl.cli import data_options as data
from scoredsl.semantics.values import instant_text

if TYPE_CHECKING:
    from scoredsl.cli.computing import Scans, Table, Wish
    from scoredsl.engine.state import Increment

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class StateWish:
    """What `--state` and the options beside it say."""

    folder: str
    anew: bool = False
    replace_profiles: bool = False
    all_alerts: bool = False


def state_options(command: F) -> F:
    """Options of commands that can go on from a state."""
    options = (
        click.option("--state", metavar="DIR",
                     help="Keep what is needed to go on in this folder: the next run with it needs only the new "
                     "events, and gives what a run over all of them gives."),
        click.option("--new-state", is_flag=True,
                     help="Forget what the folder of --state holds, and start anew with this log."),
        click.option("--replace-profiles", is_flag=True,
                     help="The profiles of this run are all there are: those that --state holds are forgotten."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def state_wish(options: dict[str, Any], engine: str, out: str | None) -> StateWish | None:
    """Takes the options of `state_options` (and `all_alerts`) out of a command's. Raises usage errors."""
    folder: str | None = options.pop("state")
    anew, replaced = options.pop("new_state"), options.pop("replace_profiles")
    all_alerts = options.pop("all_alerts", False)
    if folder is None:
        for given, name in ((anew, "--new-state"), (replaced, "--replace-profiles"), (all_alerts, "--all")):
            if given:
                raise click.UsageError(f"{name} says something about a state: name its folder with --state DIR.")
        return None
    if engine not in ("auto", "fast"):
        raise click.UsageError(f"--state needs the fast engine: leave out --engine {engine}, or --state.")
    if out is not None and Path(os.path.abspath(folder)) in Path(os.path.abspath(out)).parents:  # noqa: PTH100
        raise click.UsageError(f"--out {out} would stand among the files of the state. Name a file elsewhere.")
    return StateWish(folder, anew, replaced, all_alerts)


def require_profiles(state: StateWish | None, wanted: data.Request) -> None:
    """Raises a usage error where profiles are to be replaced by none."""
    if state is not None and state.replace_profiles and not wanted.profiles:
        raise click.UsageError("--replace-profiles needs profiles: name their files with --profiles.")


def table_of(wish: Wish, stack: ExitStack) -> Table:
    """The results of a wish with a state, which is changed when the table is `kept`."""
    from scoredsl.engine.kernel.library import KernelMissingError, kernel
    from scoredsl.engine.state import Increment, StateError, basis_of, opened
    from scoredsl.plan.analyze import PlanError
    from scoredsl.plan.logical import logical_plan
    from scoredsl.plan.lowering import lower

    asked = wish.state
    assert asked is not None
    try:
        plan = logical_plan(wish.program)
        kernel()
        state = stack.enter_context(opened(asked.folder, asked.anew))
        if state.held is None and not wish.wanted.events:
            raise click.UsageError(f"Which log? {asked.folder} has nothing yet: name the files of the whole log.")
        only_new = wish.mode == "alerts" and not asked.all_alerts
        basis = basis_of(plan, lower(plan.program()))
        increment = Increment(state, basis, only_new=only_new, replace_profiles=asked.replace_profiles)
        stack.callback(increment.close)
        return _table(wish, stack, plan, increment)
    except (PlanError, KernelMissingError, StateError) as problem:
        raise click.ClickException(str(problem)) from None


def _table(wish: Wish, stack: ExitStack, plan: Any, increment: Increment) -> Table:
    from scoredsl.cli.computing import Table, scans, to_stdout
    from scoredsl.cli.progress import stage_progress
    from scoredsl.engine.fast import TooLargeError, run

    found = stack.enter_context(scans(wish.wanted, wish.program, (increment.events, increment.profiles)))
    _say_left_out(increment)
    instant = data.as_of(wish.as_of_text, lambda: _newest(found, increment))
    last = increment.held.alerts_as_of
    if increment.only_new and last is not None and instant < last:
        raise click.UsageError(
            f"--as-of {instant_text(instant)} is before {instant_text(last)}, up to which the alerts were given. "
            "Say a later time, or --all."
        )
    with_bar = stack.enter_context(stage_progress())
    profiles = found.profiles if found.profiles is not None and found.profiles.files else None
    try:
        outcome = stack.enter_context(
            run(plan, found.events, profiles, instant, wish.mode, wish.resources, with_bar.step, increment)
        )
    except TooLargeError:
        raise click.ClickException(
            "A score is too large for the fast engine, which --state needs (beyond 9,223,372,036,854 points). Leave "
            "out --state, and give the whole log."
        ) from None
    with_bar.close()
    _say_new(increment)
    if outcome.withdrawn:
        many = f"{outcome.withdrawn:,} alert{'' if outcome.withdrawn == 1 else 's'}"
        click.echo(f"{many} of earlier runs did not happen, as is known now (--all gives those that did).", err=True)
    rows = outcome.rows
    return Table(
        rows.columns, instant, outcome.tally, found.rejected, rows.rows, rows.write_file, to_stdout(rows),
        increment.commit,
    )  # fmt: skip


def _newest(found: Scans, increment: Increment) -> int | None:
    return max((time for time in (found.newest(), increment.newest) if time is not None), default=None)


def _say_left_out(increment: Increment) -> None:
    left_out = [*increment.events.left_out, *increment.profiles.left_out]
    if len(left_out) == 1:
        click.echo(f"{left_out[0]} is left out: the state has it.", err=True)
    elif left_out:
        said = f"{len(left_out):,} files are left out, {left_out[0]} to {left_out[-1]}: the state has them."
        click.echo(said, err=True)


def _say_new(increment: Increment) -> None:
    new, held = increment.new_events, increment.held.events
    said = f"{new:,} new event{'' if new == 1 else 's'}, {held:,} of earlier runs."
    if increment.late_events and increment.held.as_of is not None:
        late = increment.late_events
        many = "All of the new ones are" if late == new else f"{late:,} of the new ones {'is' if late == 1 else 'are'}"
        said += f" {many} late, from {instant_text(increment.held.as_of)} or before: counted as if they had been there."
    click.echo(said, err=True)
