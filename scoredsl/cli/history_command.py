"""`scoredsl history`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli.course import course_options, show_course


@click.command("history")
@course_options
def command(**options: Any) -> None:
    """Every change of every lead's scores up to an instant, with its cause.

    \b
    Examples:
      scoredsl history rules.score events.csv --lead anna
      scoredsl history rules.score events.csv --out history.parquet
    """
    show_course("history", **options)
