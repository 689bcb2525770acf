"""`scoredsl stats`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import engine_options
from scoredsl.cli.outputs import write_result
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options

_FORMATS = ("text", "csv", "json", "markdown", "html")


@click.command("stats")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@data.source_options
@data.as_of_option
@click.option("--no-tiers", is_flag=True, help="Do not ask who owes a tier to a rule.")
@data.out_option
@report_options(formats=_FORMATS)
@engine_options
def command(arguments: tuple[str, ...], as_of_text: str, no_tiers: bool, out: str | None, format_: str,
            reports: tuple[Wanted, ...], engine: str, memory: int | None, temp_dir: str | None,
            **options: Any) -> None:
    """What each rule is good for: how often it fired, for whom, what it gave, and who owes a tier to it.

    A lead owes its tier to a rule if it would be in a lower tier, or in none, without the rule. Points now are what a
    rule is worth at the instant, after its cap.

    \b
    Examples:
      scoredsl stats rules.score events.csv
      scoredsl stats rules.score events.parquet --as-of 2026-03-31 --format markdown
      scoredsl stats --out rules.csv
    """
    from scoredsl.cli.side_by_side import Working, side_by_side
    from scoredsl.impact.rule_stats import rule_stats, stats_plan
    from scoredsl.impact.stats_report import StatsReport

    wanted = data.request(arguments, options, out=out)
    program = data.checked_program(wanted)
    check_reports(reports, [(path, "the log") for path in (*wanted.events, *wanted.profiles)])
    plan = stats_plan(program, owed=not no_tiers)
    with side_by_side(wanted, [plan.run], as_of_text, None, Working(engine, memory, temp_dir)) as computed:
        (side,) = computed.sides
        report = StatsReport(rule_stats(plan, computed.db, side.name, side.rules, side.leads, computed.as_of))
        if out is not None:
            count = write_result(out, report.columns, report.records())
            click.echo(f"{count:,} row{'' if count == 1 else 's'} written to {out}.", err=True)
        deliver(report, format_, reports)
        data.leave_for_rejects(wanted, computed.scans.rejected)

