"""`scoredsl alerts`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.course import show_course


@click.command("alerts")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@click.option("--lead", metavar="LEAD", help="This lead alone.")
@data.source_options
@data.as_of_option
@data.out_option
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="The first N rows only.")
@data.engine_option
def command(arguments: tuple[str, ...], lead: str | None, as_of_text: str, out: str | None, top: int | None,
            engine: str, **options: Any) -> None:
    """Every change of tier up to an instant: who entered or left which tier, when and why.

    \b
    Examples:
      scoredsl alerts rules.score events.csv
      scoredsl alerts rules.score events.csv --as-of 2026-03-31 --out alerts.csv
    """
    show_course("alerts", arguments, lead, as_of_text, out, top, options)
