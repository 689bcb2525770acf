"""`scoredsl explain`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import CLUSTERS, check_cluster, lead_run, scans, spark_option
from scoredsl.cli.excluded import excluded_object, say_excluded
from scoredsl.reference import LeadRun
from scoredsl.reference.ledger_text import ledger_text
from scoredsl.reference.objects import explanation_object
from scoredsl.semantics.values import instant_text


@click.command("explain")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@click.option("--lead", required=True, metavar="LEAD", help="The lead to explain.")
@data.source_options
@data.as_of_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--engine", type=click.Choice(["auto", "fast", "reference", "spark", "sail"]), default="auto",
              show_default=True, help="How the lead's events are found: reference reads the whole log into memory, "
              "spark and sail have a cluster look for them.")
@spark_option
def command(arguments: tuple[str, ...], lead: str, as_of_text: str, format_: str, engine: str, spark: str | None,
            **options: Any) -> None:
    """Why a lead has its score: a ledger for each score, whose lines sum exactly to it, and what comes next.

    \b
    Examples:
      scoredsl explain rules.score events.csv --lead anna
      scoredsl explain rules.score events.csv --lead anna --as-of 2026-03-31 --format json
    """
    from scoredsl.reference import Log, latest_instant

    check_cluster(engine, spark)
    wanted = data.request(arguments, options)
    program = data.checked_program(wanted)
    if engine == "reference":
        read = data.read_data(wanted, program)
        rows = read.profiles.rows if read.profiles else ()
        instant = data.as_of(as_of_text, lambda: latest_instant(read.log.events, rows))
        log = Log.of(program, read.log.events, rows)
        data.known_lead(log.leads, lead)
        _explain(log.run(lead, instant), instant, format_)
        data.leave_for_rejects(wanted, read.rejected)
        return
    if engine in CLUSTERS:
        from scoredsl.cli.on_cluster import cluster_lead

        with cluster_lead(wanted, program, engine, spark, lead, as_of_text) as (run, instant, rejected):
            _explain(run, instant, format_)
        data.leave_for_rejects(wanted, rejected)
        return
    with scans(wanted, program) as found:
        instant = data.as_of(as_of_text, found.newest)
        run, _ = lead_run(found, program, lead, instant)
        _explain(run, instant, format_)
        data.leave_for_rejects(wanted, found.rejected)


def explanation_of(run: LeadRun, instant: int) -> dict[str, Any]:
    """The explanation as JSON has it. Raises a usage error for a lead of whom nothing is known yet."""
    from scoredsl.reference.ledger import explain_lead

    _known_by_then(run, instant)
    return excluded_object(run.lead, instant) if run.excluded else explanation_object(explain_lead(run))


def _explain(run: LeadRun, instant: int, format_: str) -> None:
    from scoredsl.reference.ledger import explain_lead

    _known_by_then(run, instant)
    if run.excluded:
        say_excluded(run.lead, instant, format_)
    elif format_ == "json":
        click.echo(json.dumps(explanation_of(run, instant), ensure_ascii=False, indent=2))
    else:
        click.echo(ledger_text(explain_lead(run), colour=sys.stdout.isatty()))


def _known_by_then(run: LeadRun, instant: int) -> None:
    if not run.exists:
        raise click.UsageError(f"{run.lead} has no event and no profile row at or before {instant_text(instant)}.")
