"""`scoredsl evaluate`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli import outcome_options as given
from scoredsl.cli.at_instants import data_at_hand
from scoredsl.cli.computing import engine_options
from scoredsl.cli.outputs import write_result
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options


@click.command("evaluate")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@given.outcome_options
@data.source_options
@click.option("--score", "score_name", metavar="NAME", help="The score that is judged, where there are several.")
@click.option("--at-age", "ages", metavar="1d,7d,30d",
              help=f"Look at each lead so long after its first event. Default: {given.AGES}.")
@click.option("--as-of", "instants", metavar="TIME,...", help="Look at all leads at these instants (UTC).")
@click.option("--every", metavar="7d", help="Look at all leads again and again, from the first event to the last.")
@click.option("--train-until", "train_until_text", metavar="TIME", callback=data.known_time,
              help="Fit probabilities on leads that began before, and judge everything on those that began later.")
@click.option("--calibration", "method", type=click.Choice(["isotonic", "logistic"]), default="isotonic",
              show_default=True, help="How a score becomes a probability: any rising curve, or a logistic one.")
@click.option("--compare", metavar="OTHER.score", help="Another program, or a git revision of this one, too.")
@click.option("--min-auc", type=click.FloatRange(0, 1), metavar="0.7", help="Gate: the AUC is at least this.")
@click.option("--min-lift", type=click.FloatRange(min=0), metavar="2",
              help="Gate: the highest tenth of the leads wins at least so many times as often as all.")
@data.out_option
@report_options()
@engine_options
def command(arguments: tuple[str, ...], score_name: str | None, ages: str | None, instants: str | None,
            every: str | None, train_until_text: str | None, method: Any, compare: str | None, min_auc: float | None,
            min_lift: float | None, out: str | None, format_: str, reports: tuple[Wanted, ...], engine: str,
            memory: int | None, temp_dir: str | None, **options: Any) -> None:
    """Is the score right? Compare it with what became of the leads: who was won, who was lost, and when.

    A lead is looked at only while it is undecided, and only what was known then is seen: an event at or after the
    outcome cannot help. Leads that are still open count neither way. --out writes every look (lead, instant, outcome,
    score, tier, probability). A gate that is breached gives exit status 1. Needs scoredsl[learn].

    \b
    Examples:
      scoredsl evaluate rules.score events.csv --outcomes deals.csv --at-age 1d,7d,30d
      scoredsl evaluate rules.score events.csv --outcomes deals.csv --as-of 2026-01-01,2026-02-01
      scoredsl evaluate new.score events.csv --outcomes deals.csv --compare HEAD:rules.score --min-auc 0.7
    """
    from scoredsl.cli.evaluating import Asked, evaluated, look_columns, look_rows, target
    from scoredsl.cli.side_by_side import Working
    from scoredsl.cli.versions import version
    from scoredsl.learning.evaluation_report import EvaluationReport
    from scoredsl.learning.gates import gate_results
    from scoredsl.report import Place

    given.need_learning()
    when = given.When(ages, instants, every)
    when.check()
    outcomes_wanted, wanted = given.requests(arguments, options, out)
    program = data.checked_program(wanted)
    asked = Asked(program, target(program, score_name), when, method, data.instant(train_until_text))
    if compare is not None:
        other = version(compare)
        asked = asked.against(other.name, other.program, score_name)
    check_reports(reports, given.read_files(wanted, outcomes_wanted))
    outcomes, rejected = given.read_outcomes(outcomes_wanted)
    with data_at_hand(wanted, Working(engine, memory, temp_dir)) as at_hand:
        found, rows = evaluated(at_hand, asked, outcomes)
        if out is not None:
            count = write_result(out, look_columns(), look_rows(rows))
            click.echo(f"{count:,} row{'' if count == 1 else 's'} written to {out}.", err=True)
        report = EvaluationReport(found, gate_results(found, min_auc, min_lift), Place(program.path))
        deliver(report, format_, reports)
        data.leave_for_rejects(wanted, rejected + at_hand.rejected)
    if report.breached:
        raise click.exceptions.Exit(1)
