"""What `history` and `alerts` share: the changes of scores up to an instant, as a table, CSV or a file."""

from __future__ import annotations

import sys
from itertools import islice
from typing import Any, Literal

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import Wish, computed, engine_options
from scoredsl.cli.data_options import F
from scoredsl.cli.incremental import StateWish, require_profiles, state_options, state_wish
from scoredsl.cli.outputs import file_here, write_result, written
from scoredsl.cli.report import say_tally
from scoredsl.cli.tables import show_table


def course_options(command: F) -> F:
    """The arguments and options of `history` and `alerts`."""
    options = (
        click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]..."),
        click.option("--lead", metavar="LEAD", help="This lead alone."),
        data.source_options,
        data.as_of_option,
        data.out_option,
        click.option("--top", type=click.IntRange(min=1), metavar="N", help="The first N rows only."),
        state_options,
        engine_options,
    )
    for option in reversed(options):
        command = option(command)
    return command


def show_course(
    kind: Literal["history", "alerts"],
    *,
    arguments: tuple[str, ...],
    lead: str | None,
    as_of_text: str,
    out: str | None,
    top: int | None,
    engine: str,
    spark: str | None,
    memory: int | None,
    temp_dir: str | None,
    **options: Any,
) -> None:
    """Computes and shows the rows of a verb, which has the options of `course_options`."""
    from scoredsl.engine import results

    state = state_wish(options, engine, out)
    if state is not None:
        _refuse_with_state(kind, state, lead, top)
    wanted = data.request(arguments, options, needs_events=state is None, out=file_here(out, engine, top))
    require_profiles(state, wanted)
    program = data.checked_program(wanted)
    wish = Wish(wanted, program, as_of_text, kind, engine, spark, memory, temp_dir, lead,
                out if top is None else None, state)
    with computed(wish) as table:
        if out is not None and top is None:
            count = written(table.write_file, out)
        elif out is not None:
            count = write_result(out, table.columns, islice(table.rows(), top))
        elif sys.stdout.isatty():
            shown = list(islice(table.rows(), top))
            show_table(f"{len(shown):,} {'changes' if kind == 'history' else 'alerts'}", table.columns, shown)
        elif top is None:
            table.write_csv()
        else:
            results.write_csv(sys.stdout, table.columns, islice(table.rows(), top))
        if out is not None:
            click.echo(f"{count:,} row{'' if count == 1 else 's'} written to {out}.", err=True)
        say_tally(table.tally)
        data.leave_for_rejects(wanted, table.rejected)


def _refuse_with_state(kind: str, state: StateWish, lead: str | None, top: int | None) -> None:
    """Raises a usage error for options that say something else than a state can give."""
    if lead is not None:
        raise click.UsageError("--lead needs the events of the lead as they were, which a state does not keep: leave "
                               "out --state, and give the whole log.")
    if top is not None and kind == "alerts" and not state.all_alerts:
        raise click.UsageError(f"--top {top} would give some of the new alerts, and the next run none of the others: "
                               "leave it out, or say --all.")
