"""`scoredsl plan`."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli import data_options as data

if TYPE_CHECKING:
    from scoredsl.plan.logical import LogicalPlan
    from scoredsl.plan.physical import PhysicalPlan
    from scoredsl.semantics.program import Program


@click.command("plan")
@click.argument("rules", required=False, metavar="[RULES]")
@click.option("--events", "logs", multiple=True, metavar="LOG",
              help="Show the SQL of the matching stage for this log as well (may be given several times).")
@data.source_options
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="json writes the plan itself, which score, history and alerts can run without the rules.")
def command(rules: str | None, logs: tuple[str, ...], format_: str, **options: Any) -> None:
    """How a program is computed: the way each rule takes, and why.

    \b
    Examples:
      scoredsl plan rules.score
      scoredsl plan rules.score --events events.parquet
      scoredsl plan rules.score --format json > plan.json && scoredsl score plan.json events.csv
    """
    from scoredsl.plan.analyze import PlanError
    from scoredsl.plan.logical import logical_plan
    from scoredsl.plan.lowering import lower
    from scoredsl.plan.serial import to_json

    wanted = data.request((*([rules] if rules else []), *logs), options, needs_events=False)
    program = data.checked_program(wanted)
    try:
        plan = logical_plan(program)
    except PlanError as problem:
        raise click.ClickException(str(problem)) from None
    if format_ == "json":
        click.echo(to_json(plan), nl=False)
        return
    physical = lower(plan.program())
    _describe(program, plan, physical)
    if logs:
        _sql(wanted, program, physical)


def _describe(program: Program, plan: LogicalPlan, physical: PhysicalPlan) -> None:
    from scoredsl.plan.describe import paths, summary

    for written, score in zip(program.scores, plan.scores, strict=True):
        click.echo(f"{score.name}")
        if score.formula is not None:
            click.echo("  a formula, computed from the values of its scores")
        kept = list(paths(score))
        width = max((len(path.place) for path in kept), default=0)
        for path in kept:
            title = f"{path.rule}: " if path.rule != path.place else ""
            click.echo(f"  {path.place:<{width}}  {path.path:<4}  {title}{path.why}")
        gone = {str(rule.place) for rule in written.rules} - {path.place for path in kept}
        for place in sorted(gone):
            click.echo(f"  {place}  left out: no event or lead can ever meet its conditions")
        click.echo()
    for sentence in summary(plan, physical):
        click.echo(sentence)


def _sql(wanted: data.Request, program: Program, physical: PhysicalPlan) -> None:
    from scoredsl.cli.computing import scans
    from scoredsl.engine.matching import event_sql, profile_sql
    from scoredsl.semantics.zones import zone

    with ExitStack() as stack:
        found = stack.enter_context(scans(wanted, program))
        click.echo("\nThe matching stage of the log, in DuckDB's SQL:\n")
        click.echo(event_sql(found.events, physical.events, None, zone(program.timezone)))
        if found.profiles is not None and physical.needs_profiles:
            click.echo("\nOf the profiles:\n")
            click.echo(profile_sql(found.profiles, physical.profiles, None, zone(program.timezone)))
