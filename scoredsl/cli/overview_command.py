"""`scoredsl overview`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import engine_options, lead_run
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options

if TYPE_CHECKING:
    from scoredsl.cli.side_by_side import Computed
    from scoredsl.semantics.program import Program

_FORMATS = ("text", "json", "markdown", "html")


@click.command("overview")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@data.source_options
@data.as_of_option
@click.option("--against", metavar="OLD",
              help="Show what older rules make of it beside: a file, a folder, a plan, or a git revision of one "
              "(HEAD:./rules.score).")
@click.option("--top", type=click.IntRange(min=0), default=10, show_default=True, metavar="N",
              help="Name the N highest leads of each score.")
@click.option("--lead", metavar="LEAD", help="With --format json: explain this lead as well.")
@report_options(formats=_FORMATS)
@engine_options
def command(arguments: tuple[str, ...], as_of_text: str, against: str | None, top: int, lead: str | None, format_: str,
            reports: tuple[Wanted, ...], engine: str, memory: int | None, temp_dir: str | None,
            **options: Any) -> None:
    """What the rules make of a log at a glance: leads by tier, how scores are spread, the highest leads.

    The score preview of an editor shows this while rules are typed. What exactly a change does, by which rule, says
    scoredsl diff.

    \b
    Examples:
      scoredsl overview rules.score events.csv
      scoredsl overview --against HEAD:./rules.score
      scoredsl overview --format json --top 100
    """
    from scoredsl.cli.side_by_side import Working, side_by_side
    from scoredsl.cli.versions import version
    from scoredsl.impact.overview import overview, overview_plan
    from scoredsl.impact.overview_report import OverviewReport

    wanted = data.request(arguments, options)
    program = data.checked_program(wanted)
    old = None if against is None else version(against).program
    check_reports(reports, [(path, "the log") for path in (*wanted.events, *wanted.profiles)])
    plan = overview_plan(program, old)
    with side_by_side(wanted, plan.runs, as_of_text, None, Working(engine, memory, temp_dir)) as computed:
        found = overview(plan, computed.db, computed.tables, computed.as_of, top)
        explained = None if lead is None else _explained(computed, program, lead)
        deliver(OverviewReport(found, explained), format_, reports)
        data.leave_for_rejects(wanted, computed.scans.rejected)


def _explained(computed: Computed, program: Program, lead: str) -> dict[str, Any]:
    """The ledgers of a lead, or why there are none: that is no reason not to show the rest."""
    from scoredsl.cli.explain_command import explanation_of

    try:
        run, _ = lead_run(computed.scans, program, lead, computed.as_of)
        return explanation_of(run, computed.as_of)
    except click.UsageError as problem:
        return {"lead": lead, "error": problem.message}
