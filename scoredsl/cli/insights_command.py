"""`scoredsl insights`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli import outcome_options as given
from scoredsl.cli.at_instants import data_at_hand
from scoredsl.cli.computing import engine_options
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options

_FORMATS = ("text", "json", "markdown", "html")


@click.command("insights")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@click.option("--by", multiple=True, metavar="PROPERTY",
              help="A property of events, such as campaign or url. May be given several times. Default: the event.")
@click.option("--segment", multiple=True, metavar="FIELD",
              help="A profile field: leads, mean score and tiers by its values. May be given several times.")
@given.outcome_options
@data.source_options
@click.option("--score", "score_name", metavar="NAME", help="The score that is looked at, where there are several.")
@data.as_of_option
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="So many rows a table.")
@report_options(formats=_FORMATS)
@engine_options
def command(arguments: tuple[str, ...], by: tuple[str, ...], segment: tuple[str, ...], score_name: str | None,
            as_of_text: str, top: int, format_: str, reports: tuple[Wanted, ...], engine: str, memory: int | None,
            temp_dir: str | None, **options: Any) -> None:
    """Which content moves scores: the change of the score by event, campaign, page, with counts; and who is where.

    With --outcomes also how often leads that had it were won, counting only what happened before their outcome.

    \b
    Examples:
      scoredsl insights rules.score events.csv --by campaign --by url
      scoredsl insights rules.score events.csv --profiles crm.csv --segment country --outcomes deals.csv
    """
    from scoredsl.cli.insights import Asked, insights
    from scoredsl.cli.side_by_side import Working
    from scoredsl.learning.insights_report import InsightsReport

    outcomes_wanted, wanted = given.requests(arguments, options, None, needs_outcomes=False)
    program = data.checked_program(wanted)
    check_reports(reports, given.read_files(wanted, outcomes_wanted))
    if segment and not wanted.profiles:
        raise click.UsageError("--segment needs profiles. Name them with --profiles, or in scoredsl.toml.")
    outcomes, rejected = given.read_outcomes(outcomes_wanted) if outcomes_wanted.paths else ([], 0)
    asked = Asked(program, score_name, by, segment, as_of_text)
    with data_at_hand(wanted, Working(engine, memory, temp_dir)) as at_hand:
        deliver(InsightsReport(insights(at_hand, asked, outcomes), top), format_, reports)
        data.leave_for_rejects(wanted, rejected + at_hand.rejected)
