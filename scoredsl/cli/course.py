"""What `history` and `alerts` share: the changes of scores up to an instant, as a table, CSV or a file."""

from __future__ import annotations

import sys
from itertools import islice
from typing import Any, Literal

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import Wish, computed, engine_options
from scoredsl.cli.data_options import F
from scoredsl.cli.outputs import write_result, written
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
    memory: int | None,
    temp_dir: str | None,
    **options: Any,
) -> None:
    """Computes and shows the rows of a verb, which has the options of `course_options`."""
    from scoredsl.engine import results

    wanted = data.request(arguments, options, out=out)
    program = data.checked_program(wanted)
    wish = Wish(wanted, program, as_of_text, kind, engine, memory, temp_dir, lead)
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
