"""`scoredsl history`."""

from __future__ import annotations

from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.course import show_course


@click.command("history")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@click.option("--lead", metavar="LEAD", help="This lead alone.")
@data.source_options
@data.as_of_option
@data.out_option
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="The first N rows only.")
@data.engine_option
def command(arguments: tuple[str, ...], lead: str | None, as_of_text: str, out: str | None, top: int | None,
            engine: str, **options: Any) -> None:
    """Every change of every lead's scores up to an instant, with its cause.

    \b
    Examples:
      scoredsl history rules.score events.csv --lead anna
      scoredsl history rules.score events.csv --out history.parquet
    """
    show_course("history", arguments, lead, as_of_text, out, top, options)
