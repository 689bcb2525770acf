"""What commands about one lead answer where the rules exclude it."""

from __future__ import annotations

import json
from typing import Any

import click

from scoredsl.semantics.values import instant_text


def excluded_object(lead: str, instant: int) -> dict[str, Any]:
    """A lead that has no scores at T, as JSON has it."""
    return {"lead": lead, "as_of": instant_text(instant), "excluded": True}


def say_excluded(lead: str, instant: int, format_: str) -> None:
    """Writes that a lead has no scores at T, as text or as JSON."""
    if format_ == "json":
        click.echo(json.dumps(excluded_object(lead, instant), indent=2))
    else:
        click.echo(f"{lead} is excluded by the rules at {instant_text(instant)}: there are no scores.")
