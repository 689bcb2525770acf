"""`scoredsl score`."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import Row, Wish, computed, engine_options
from scoredsl.cli.incremental import require_profiles, state_options, state_wish
from scoredsl.cli.outputs import file_here, write_result, written
from scoredsl.cli.report import say_tally
from scoredsl.semantics.program import Program
from scoredsl.semantics.values import instant_text, millionths_text


@click.command("score")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@data.source_options
@data.as_of_option
@data.out_option
@click.option("--top", type=click.IntRange(min=1), metavar="N",
              help="The N highest leads only, by the last score of the file (on a terminal 10 are shown).")
@state_options
@engine_options
def command(arguments: tuple[str, ...], as_of_text: str, out: str | None, top: int | None, engine: str,
            spark: str | None, memory: int | None, temp_dir: str | None, **options: Any) -> None:
    """Score a log: every lead's scores, tiers, grids and labels.

    RULES is a .score file, EVENTS are log files (CSV, TSV, NDJSON, JSON, Parquet; also .gz and .zst, patterns, and -
    for standard input). Without them scoredsl.toml says what to score. On a terminal the highest leads are shown;
    otherwise, or with --out, all leads, sorted by lead.

    \b
    Examples:
      scoredsl score rules.score events.csv
      scoredsl score rules.score events.csv --profiles profiles.csv --as-of 2026-03-31 --out scores.csv
      scoredsl score rules.score orders.csv --event-name purchase --time-format yyyymmdd
      scoredsl score rules.score today.csv --state state --as-of now --out scores.csv
    """
    from scoredsl.engine import results

    state = state_wish(options, engine, out)
    wanted = data.request(arguments, options, needs_events=state is None, out=file_here(out, engine, top))
    require_profiles(state, wanted)
    program = data.checked_program(wanted)
    wish = Wish(wanted, program, as_of_text, "scores", engine, spark, memory, temp_dir,
                out=out if top is None else None, state=state)
    with computed(wish) as table:
        if top is None and out is not None:
            said_written(written(table.write_file, out), out)
        elif top is None and not sys.stdout.isatty():
            table.write_csv()
        else:
            rows = list(table.rows())
            if out is not None:
                said_written(write_result(out, table.columns, _highest(program, rows)[:top]), out)
            elif sys.stdout.isatty():
                _show(program, rows, table.instant, top or 10)
            else:
                results.write_csv(sys.stdout, table.columns, _highest(program, rows)[:top])
        say_tally(table.tally)
        data.leave_for_rejects(wanted, table.rejected)


def said_written(leads: int, out: str) -> None:
    click.echo(f"{leads:,} lead{'' if leads == 1 else 's'} written to {out}.", err=True)


def _highest(program: Program, rows: list[Row]) -> list[Row]:
    """The rows by the main score (the last one in the file, which combines the others), the highest first."""
    if not program.scores:
        return rows
    from scoredsl.engine.results import score_columns

    names = [column.name for column in score_columns(program)]
    main = names.index(program.scores[-1].name)
    return sorted(rows, key=lambda row: -row[main])


def _show(program: Program, rows: list[Row], instant: int, top: int) -> None:
    """A table of the highest leads and, for each score with tiers, how many leads are in each."""
    from scoredsl.cli.tables import show_table
    from scoredsl.engine.results import Column, score_columns

    columns = score_columns(program)
    shown = _highest(program, rows)[:top]
    show_table(f"Top {len(shown):,} of {len(rows):,} leads as of {instant_text(instant)}", columns, shown)
    names = [column.name for column in columns]
    for score in program.scores:
        if not score.tiers:
            continue
        place = names.index(f"{score.name}_tier")
        counts = Counter(row[place] for row in rows)
        counted = [
            [tier.name, f"{'above ' if tier.above else ''}{millionths_text(tier.number)}", f"{counts[tier.name]:,}"]
            for tier in score.tiers
        ]
        counted.append(["(none)", "", f"{counts[None]:,}"])
        show_table(
            f"Tiers of {score.name}",
            [Column("tier", "text"), Column("from", "text"), Column("leads", "text")],
            counted,
            ("from", "leads"),
        )
