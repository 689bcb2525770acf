"""What `history` and `alerts` share: the changes of scores up to an instant, as a table, CSV or a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.data_options import F
from scoredsl.cli.outputs import write_result
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
        data.engine_option,
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
    **options: Any,
) -> None:
    """Computes and shows the rows of a verb, which has the options of `course_options`."""
    from scoredsl.engine import results
    from scoredsl.reference import Log, Tally, history_of

    wanted = data.request(arguments, options, out=out)
    program = data.checked_program(wanted)
    read = data.read_data(wanted, program)
    instant = data.as_of(as_of_text, read)
    log = Log.of(program, read.log.events, read.profiles.rows if read.profiles else ())
    if lead is not None:
        known_lead(log.leads, lead)
    tally = Tally(ignored=log.ignored, duplicates=log.duplicates)
    changes = history_of(log, instant, lead, tally)
    columns = results.HISTORY_COLUMNS if kind == "history" else results.ALERT_COLUMNS
    rows: Iterator[list[Any]] = results.history_rows(changes) if kind == "history" else results.alert_rows(changes)
    if top is not None:
        rows = islice(rows, top)
    if out is not None:
        count = write_result(out, columns, rows)
        click.echo(f"{count:,} row{'' if count == 1 else 's'} written to {out}.", err=True)
    elif sys.stdout.isatty():
        shown = list(rows)
        show_table(f"{len(shown):,} {'changes' if kind == 'history' else 'alerts'}", columns, shown)
    else:
        results.write_csv(sys.stdout, columns, rows)
    say_tally(tally)
    data.leave_for_rejects(wanted, read)


def known_lead(leads: list[str], lead: str) -> None:
    """A usage error for a lead that the log does not have."""
    if lead in leads:
        return
    from scoredsl.diagnostics import did_you_mean

    meant = did_you_mean(lead, leads) if len(leads) <= 20_000 else ""
    hint = f" {meant[0].upper()}{meant[1:]}" if meant else ""
    raise click.UsageError(f"There is no lead {lead} in this log.{hint}")
