"""`scoredsl verify`."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.progress import progress

if TYPE_CHECKING:
    from scoredsl.targets.sql.tables import Difference

_SHOWN = 20


@click.command("verify")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@click.option("--to", "target", type=click.Choice(["sql"]), default="sql", help="What to verify (default sql).")
@click.option("--dialect", type=click.Choice(["duckdb", "postgres", "clickhouse"]), required=True,
              help="Where to run the query.")
@click.option("--events", "more_events", multiple=True, metavar="FILE", help="Log file (may be given several times).")
@data.source_options
@data.as_of_option
def command(arguments: tuple[str, ...], target: str, dialect: str, more_events: tuple[str, ...], as_of_text: str,
            **options: Any) -> None:
    """Run the SQL of `scoredsl compile` on a log of yours and compare it with the reference.

    DuckDB runs in this process. PostgreSQL is started as a private server of its own from the installed programs,
    without a port, in a temporary folder; ClickHouse comes with the package chdb. Leads and columns are compared one by
    one. Exit status 1 if there is a difference.

    \b
    Examples:
      scoredsl verify rules.score events.csv --to sql --dialect duckdb
      scoredsl verify rules.score --to sql --dialect postgres --events events.csv --profiles profiles.csv
    """
    from scoredsl.cli.compile_command import need_sqlglot, say_unwritten
    from scoredsl.reference import Log, latest_instant, score_log
    from scoredsl.semantics.values import instant_text
    from scoredsl.targets.sql import compile_program
    from scoredsl.targets.sql import tables as typed
    from scoredsl.targets.sql.run import MissingError, run

    wanted = data.request((*arguments, *more_events), options)
    program = data.checked_program(wanted)
    need_sqlglot()
    read = data.read_data(wanted, program)
    events, rows = read.log.events, read.profiles.rows if read.profiles else []
    instant = data.as_of(as_of_text, lambda: latest_instant(events, rows))
    tables = typed.tables_of(events, rows, read.profiles is not None)
    query = compile_program(program, dialect, tables, instant)
    say_unwritten(query)
    if query.sql is None:
        click.echo("Error: none of the scores can be written as one query.", err=True)
        raise click.exceptions.Exit(1)
    held = typed.held(program, events, rows, query.read)
    for name, count in sorted(held.lost.items()):
        click.echo(f"{count:,} value{'s' if count != 1 else ''} of {name} cannot stand in a column of its type; "
                   "both sides take them as missing.", err=True)
    made = [typed.event_table(program, held.events, query.read, tables)]
    if tables.profiles is not None:
        made.append(typed.profile_table(program, held.rows, query.read, tables))
    try:
        found = run(dialect, made, query.sql)
    except MissingError as problem:
        raise click.ClickException(str(problem)) from None
    log = Log.of(program, held.events, held.rows)
    with progress("Scoring leads") as advance:
        table = score_log(log, instant, advance)
    expected = list(typed.expected_rows(program, table, query.columns))
    _report(list(typed.differences(query.columns, found, expected)), len(expected), len(query.columns), dialect,
            instant_text(instant))
    data.leave_for_rejects(wanted, read.rejected)


def _report(differences: list[Difference], leads: int, columns: int, dialect: str, moment: str) -> None:
    """Says that both agree, or shows the first differences and leaves with exit status 1."""
    compared = f"{leads:,} lead{'s' if leads != 1 else ''} in {columns} column{'s' if columns != 1 else ''}"
    if not differences:
        click.echo(f"{dialect} and the reference agree at {moment}: {compared}.")
        return
    click.echo(f"{dialect} and the reference differ at {moment} ({compared} compared):")
    for each in islice(differences, _SHOWN):
        where = f"{each.lead}, {each.column}" if each.column else each.lead
        click.echo(f"  {where}: {dialect} has {each.query}, the reference {each.reference}")
    if len(differences) > _SHOWN:
        counts = Counter(each.column or "rows" for each in differences)
        click.echo("  in all: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))
    raise click.exceptions.Exit(1)
