"""`scoredsl alerts`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli.course import course_options, show_course


@click.command("alerts")
@click.option("--all", "all_alerts", is_flag=True,
              help="With --state: all alerts up to the instant, also those that earlier runs gave.")
@course_options
def command(**options: Any) -> None:
    """Every change of tier up to an instant: who entered or left which tier, when and why.

    With --state only those that no earlier run gave.

    \b
    Examples:
      scoredsl alerts rules.score events.csv
      scoredsl alerts rules.score events.csv --as-of 2026-03-31 --out alerts.csv
      scoredsl alerts rules.score today.csv --state state --as-of now --out alerts.csv
    """
    show_course("alerts", **options)
