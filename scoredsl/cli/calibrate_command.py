"""`scoredsl calibrate`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli import outcome_options as given
from scoredsl.cli.at_instants import data_at_hand
from scoredsl.cli.computing import engine_options
from scoredsl.cli.outputs import check_outputs
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options

_FORMATS = ("text", "json", "markdown", "html")


@click.command("calibrate")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@given.outcome_options
@data.source_options
@given.sample_options("Judge by")
@click.option("--score", "score_name", metavar="NAME", help="The score that is refitted, where there are several.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="The most points of a rule.")
@click.option("--out", metavar="FILE.score", required=True, help="The rules file that is written.")
@report_options(formats=_FORMATS)
@engine_options
def command(arguments: tuple[str, ...], age: str | None, instant: str | None, test_from_text: str | None,
            score_name: str | None, most: int, out: str, format_: str, reports: tuple[Wanted, ...], engine: str,
            memory: int | None, temp_dir: str | None, **options: Any) -> None:
    """Refit the points of your rules to what became of the leads; rules, limits, windows and tiers stay.

    Points that are written as a number are refitted on the early leads; old and new are compared on the latest, which
    neither has seen. The file is written with nothing else changed, and shown as a diff. Needs scoredsl[learn].

    \b
    Examples:
      scoredsl calibrate rules.score events.csv --outcomes deals.csv --at-age 7d --out refitted.score
      scoredsl calibrate --at-age 30d --test-from 2026-01-01 --out refitted.score
    """
    from scoredsl.cli.calibrating import Calibrating, calibrated
    from scoredsl.cli.side_by_side import Working

    given.need_learning()
    if not out.endswith(".score"):
        raise click.UsageError(f"--out {out}: the file's name must end in .score.")
    when = given.one_moment(age, instant)
    outcomes_wanted, wanted = given.requests(arguments, options, None)
    program = data.checked_program(wanted)
    read = [*given.read_files(wanted, outcomes_wanted), (program.path, "the rules")]
    check_outputs({"--out": out}, read)
    check_reports(reports, read)
    asked = Calibrating(program, score_name, when, data.instant(test_from_text), most, out)
    outcomes, rejected = given.read_outcomes(outcomes_wanted)
    with data_at_hand(wanted, Working(engine, memory, temp_dir)) as at_hand:
        deliver(calibrated(at_hand, asked, outcomes), format_, reports)
        data.leave_for_rejects(wanted, rejected + at_hand.rejected)
