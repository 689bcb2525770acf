"""`scoredsl alerts`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli.course import course_options, show_course


@click.command("alerts")
@course_options
def command(**options: Any) -> None:
    """Every change of tier up to an instant: who entered or left which tier, when and why.

    \b
    Examples:
      scoredsl alerts rules.score events.csv
      scoredsl alerts rules.score events.csv --as-of 2026-03-31 --out alerts.csv
    """
    show_course("alerts", **options)
