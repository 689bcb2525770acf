"""`scoredsl compile`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scoredsl.cli import data_options as data

if TYPE_CHECKING:
    from scoredsl.targets.sql import Query

_TABLE = re.compile(r"(?:[A-Za-z_][\w$-]*|\"[^\"]+\"|`[^`]+`)(?:\.(?:[A-Za-z_][\w$-]*|\"[^\"]+\"|`[^`]+`))*")
_DIALECTS = ("duckdb", "postgres", "snowflake", "bigquery", "databricks", "spark", "clickhouse", "redshift")


def table_name(context: click.Context, parameter: click.Parameter, name: str | None) -> str | None:
    """A table's name as the warehouse knows it, with dots and quotes."""
    if name is not None and not _TABLE.fullmatch(name):
        raise click.UsageError(f"{parameter.opts[0]} {name} is no name of a table. Write it as in SQL: crm.events.")
    return name


@click.command("compile")
@click.argument("rules", required=False, metavar="[RULES]")
@click.option("--to", "target", type=click.Choice(["sql"]), default="sql", help="What to write (default sql).")
@click.option("--dialect", type=click.Choice(_DIALECTS), required=True, help="The warehouse's SQL.")
@click.option("--events", required=True, metavar="TABLE", callback=table_name,
              help="The table of events: lead, event, time, and a column for each property.")
@click.option("--profiles", metavar="TABLE", callback=table_name,
              help="The table of profiles: lead, and a column for each field.")
@click.option("--profile-versions", is_flag=True, help="The table of profiles has a column time: rows are versions.")
@click.option("--ids", is_flag=True, help="The table of events has a column id, and each event one of its own.")
@click.option("--as-of", "as_of_text", metavar="TIME",
              help="The instant to score at. Default: the query has the parameter as_of.")
@click.option("--out", metavar="FILE", help="Write the query to FILE.")
@click.option("--strict", is_flag=True, help="Leave with exit status 1 if something cannot be written.")
def command(rules: str | None, target: str, dialect: str, events: str, profiles: str | None, profile_versions: bool,
            ids: bool, as_of_text: str | None, out: str | None, strict: bool) -> None:
    """Write the scores as one SQL query for a warehouse.

    What depends on the order of events or on the course of a score (counts within a time, chains, absences, resets,
    tiers with a memory, ...) cannot be written so. It is named on standard error, rule by rule; the scores that do not
    need it are written. docs/warehouse.md says which columns the tables must have.

    \b
    Examples:
      scoredsl compile rules.score --to sql --dialect snowflake --events analytics.events --out scores.sql
      scoredsl compile rules.score --to sql --dialect bigquery --events crm.events --profiles crm.profiles
    """
    from scoredsl.cli.outputs import check_outputs
    from scoredsl.engine.output import replacing
    from scoredsl.semantics.values import instant_of_text
    from scoredsl.targets.sql import Tables, compile_program

    path = data.rules_path(rules)
    as_of = None
    if as_of_text is not None:
        as_of = instant_of_text(as_of_text, None)
        if as_of is None:
            raise click.UsageError(f"--as-of {as_of_text} is no time. Write 2026-03-01 or 2026-03-01T09:30:00Z.")
    check_outputs({"--out": out}, [(path, "the rules")])
    program = data.checked_program(data.rules_request(path, out))
    need_sqlglot()
    query = compile_program(program, dialect, Tables(events, profiles, ids, profile_versions), as_of)
    say_unwritten(query)
    if query.sql is None:
        click.echo("Error: none of the scores can be written as one query.", err=True)
        raise click.exceptions.Exit(1)
    if out is not None:
        with replacing(out) as temporary:
            Path(temporary).write_text(query.sql, encoding="utf-8")
        click.echo(f"The query of {len(query.columns)} columns is written to {out}.", err=True)
    else:
        click.echo(query.sql, nl=False)
    if strict and query.unwritten:
        raise click.exceptions.Exit(1)


def need_sqlglot() -> None:
    """Ends the command where sqlglot is not installed."""
    import importlib.util

    if importlib.util.find_spec("sqlglot") is None:
        raise click.ClickException('SQL is written with sqlglot. Install it with: pip install "scoredsl[sql]"')


def say_unwritten(query: Query) -> None:
    """Names on standard error what is not in the query, and why."""
    if query.unwritten:
        many = len(query.unwritten)
        click.echo(f"Not in the query ({many}):", err=True)
        for each in query.unwritten:
            click.echo(f"  {each}", err=True)
