"""`scoredsl catalog`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.files import write_text


@click.command("catalog")
@click.argument("arguments", nargs=-1, metavar="[EVENTS]...")
@data.source_options
@click.option("--out", metavar="FILE", help="Write the declarations to FILE (such as catalog.score).")
@click.option("--force", is_flag=True,
              help="Write FILE anew where it is there already: what was changed in it by hand is lost.")
@click.option("--format", "format_", type=click.Choice(["score", "json"]), default="score", show_default=True,
              help="Declarations, or how often each event and value was seen, as JSON.")
def command(arguments: tuple[str, ...], out: str | None, force: bool, format_: str, **options: Any) -> None:
    """Write down which events and profile fields a log has: declarations for rules to import.

    Properties get the type that all their values have, texts with few values a closed set; counts and when each event
    was last seen stand in comments. With --format json the counts alone: of events over the whole log, of values over
    some leads, however large the log is.

    \b
    Examples:
      scoredsl catalog events.csv --profiles profiles.csv --out catalog.score
      scoredsl catalog orders.csv --event-name purchase
    """
    from scoredsl.engine.catalog import catalog_text

    wanted = data.request(arguments, options, needs_rules=False, out=out)
    if out is not None and not force and Path(out).is_file():
        raise click.UsageError(f"{out} is there already. Name another file, or say --force to write it anew: what was "
                               "changed in it by hand is lost then.")
    if format_ == "json":
        _counts(wanted, out)
        return
    read = data.read_data(wanted)
    rows = read.profiles.rows if read.profiles else ()
    described = ", ".join(Path(path).name for path in (*wanted.events, *wanted.profiles))
    text = catalog_text(read.log.events, rows, described)
    if out is None:
        sys.stdout.write(text)
    else:
        write_text(out, text)
        click.echo(f"Declarations written to {out}. Import them: import \"{Path(out).name}\"", err=True)
    data.leave_for_rejects(wanted, read.rejected)


def _counts(wanted: data.Request, out: str | None) -> None:
    from scoredsl.engine.seen import seen

    found = seen(wanted.events, wanted.event_options, wanted.profiles, wanted.profile_options)
    files = [*wanted.events, *wanted.profiles]
    text = json.dumps({"files": files, **found.as_data()}, ensure_ascii=False) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        write_text(out, text)
