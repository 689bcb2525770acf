"""`scoredsl explain`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.course import known_lead
from scoredsl.cli.ledger_text import ledger_text
from scoredsl.reference.ledger import Ahead, Explanation, Ledger, Line
from scoredsl.semantics.values import MILLION, instant_text


@click.command("explain")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@click.option("--lead", required=True, metavar="LEAD", help="The lead to explain.")
@data.source_options
@data.as_of_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@data.engine_option
def command(arguments: tuple[str, ...], lead: str, as_of_text: str, format_: str, engine: str, **options: Any) -> None:
    """Why a lead has its score: a ledger for each score, whose lines sum exactly to it, and what comes next.

    \b
    Examples:
      scoredsl explain rules.score events.csv --lead anna
      scoredsl explain rules.score events.csv --lead anna --as-of 2026-03-31 --format json
    """
    from scoredsl.reference import Log
    from scoredsl.reference.ledger import explain_lead

    wanted = data.request(arguments, options)
    program = data.checked_program(wanted)
    read = data.read_data(wanted, program)
    instant = data.as_of(as_of_text, read)
    log = Log.of(program, read.log.events, read.profiles.rows if read.profiles else ())
    known_lead(log.leads, lead)
    run = log.run(lead, instant)
    if not run.exists:
        raise click.UsageError(f"{lead} has no event and no profile row at or before {instant_text(instant)}.")
    if run.excluded:
        if format_ == "json":
            click.echo(json.dumps({"lead": lead, "as_of": instant_text(instant), "excluded": True}, indent=2))
        else:
            click.echo(f"{lead} is excluded by the rules at {instant_text(instant)}: there are no scores.")
    else:
        explanation = explain_lead(run)
        if format_ == "json":
            click.echo(json.dumps(as_object(explanation), ensure_ascii=False, indent=2))
        else:
            click.echo(ledger_text(explanation, colour=sys.stdout.isatty()))
    data.leave_for_rejects(wanted, read)


def as_object(explanation: Explanation) -> dict[str, Any]:
    """The explanation as JSON: numbers as numbers, times as ISO 8601 in UTC."""
    return {
        "lead": explanation.lead,
        "as_of": instant_text(explanation.instant),
        "excluded": False,
        "events": explanation.events,
        "scores": [_score(ledger) for ledger in explanation.ledgers],
        "grids": explanation.grids,
        "labels": explanation.labels,
    }


def _score(ledger: Ledger) -> dict[str, Any]:
    return {
        "score": ledger.score.name,
        "title": ledger.score.title,
        "value": _number(ledger.value),
        "tier": ledger.tier,
        "lines": [_line(line) for line in ledger.lines],
        "next_change": _ahead(ledger.next_change),
        "leaves_tier": _ahead(ledger.leaves_tier),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "what": line.what,
        "file": line.place.file if line.place else None,
        "line": line.place.line if line.place else None,
        "event": line.event,
        "time": None if line.time is None else instant_text(line.time),
        "points": None if line.points is None else _number(line.points),
        "worth": _number(line.worth),
        "why": line.why or None,
    }


def _ahead(ahead: Ahead | None) -> dict[str, Any] | None:
    if ahead is None:
        return None
    return {"time": instant_text(ahead.time), "value": _number(ahead.value), "tier": ahead.tier}


def _number(points: int) -> int | float:
    """A number of millionths as JSON has it: whole where it is whole."""
    return points // MILLION if points % MILLION == 0 else points / MILLION
