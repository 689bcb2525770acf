"""What commands about one lead answer where the rules exclude it."""

from __future__ import annotations

import json

import click

from scoredsl.semantics.values import instant_text


def say_excluded(lead: str, instant: int, format_: str) -> None:
    """Writes that a lead has no scores at T, as text or as JSON."""
    if format_ == "json":
        click.echo(json.dumps({"lead": lead, "as_of": instant_text(instant), "excluded": True}, indent=2))
    else:
        click.echo(f"{lead} is excluded by the rules at {instant_text(instant)}: there are no scores.")
