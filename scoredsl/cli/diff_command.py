"""`scoredsl diff`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import engine_options
from scoredsl.cli.outputs import write_result
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options
from scoredsl.cli.versions import Version, is_revision, project_at, version
from scoredsl.impact.gates import Amount, Gates, amount, outcomes, unknown_tiers
from scoredsl.impact.report import DiffReport
from scoredsl.report import Place
from scoredsl.semantics.program import Program

if TYPE_CHECKING:
    from scoredsl.cli.side_by_side import Computed
    from scoredsl.impact.compare import Comparison
    from scoredsl.impact.figures import Impact, ScoreImpact

_NAMED = 1_000
"""So many leads are named for each tier that they enter or leave."""
_MOST_MOVED = 10
_ALONE = 20


class Limit(click.ParamType[Amount]):
    """`5%` of the leads, or `200` of them."""

    name = "limit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Amount:
        found = amount(value) if isinstance(value, str) else value
        if not isinstance(found, Amount):
            self.fail(f"{value} is neither a share nor a number. Write, for example, 5% or 200.", param, ctx)
        return found


@click.command("diff")
@click.argument("arguments", nargs=-1, metavar="[OLD] [NEW]")
@click.option("--events", multiple=True, metavar="LOG",
              help="The log (may be given several times). Default: that of scoredsl.toml.")
@data.source_options
@data.as_of_option
@click.option("--from", "from_text", metavar="TIME", callback=data.known_time,
              help="Count alerts from then on. Default: from the first event on.")
@click.option("--to", "to_text", metavar="TIME", callback=data.known_time, help="The same as --as-of.")
@click.option("--max-moved", type=Limit(), metavar="N%",
              help="Gate: at most so many leads, or so many percent of them, get another score or tier.")
@click.option("--max-tier-changes", type=Limit(), metavar="N%", help="Gate: at most so many leads change their tier.")
@click.option("--max-alerts", type=Limit(), metavar="+N%",
              help="Gate: alerts a week (changes of tier) rise by at most so many, or so many percent.")
@click.option("--no-tier-loss", multiple=True, metavar="TIER",
              help="Gate: no lead loses this tier (may be given several times; SCORE.TIER where several have one).")
@click.option("--attribution", type=click.IntRange(min=0), default=_ALONE, show_default=True, metavar="N",
              help="Compute at most so many changes by themselves, to tell which moves how many leads.")
@click.option("--no-attribution", is_flag=True, help="Compute no change by itself.")
@data.out_option
@report_options()
@engine_options
def command(arguments: tuple[str, ...], events: tuple[str, ...], as_of_text: str, from_text: str | None,
            to_text: str | None, max_moved: Amount | None, max_tier_changes: Amount | None, max_alerts: Amount | None,
            no_tier_loss: tuple[str, ...], attribution: int, no_attribution: bool, out: str | None, format_: str,
            reports: tuple[Wanted, ...], engine: str, memory: int | None, temp_dir: str | None,
            **options: Any) -> None:
    """What a change of the rules does to a log: who moves, into and out of which tier, by which rule.

    OLD and NEW are rules files, folders, or either of them at a git revision: HEAD~1:rules/ (from the root of the
    repository, with ./ from this folder). Without NEW the project's own rules are meant (scoredsl.toml), without OLD
    those rules as they are at HEAD. --out writes every lead that moves to a file. A gate that is breached gives exit
    status 1.

    \b
    Examples:
      scoredsl diff old.score new.score --events events.csv
      scoredsl diff HEAD~1:rules/ rules/ --events events.parquet --max-moved 5% --max-alerts +20%
      scoredsl diff main --format markdown --report json=impact.json --no-tier-loss customer
    """
    from scoredsl.cli.side_by_side import Working, side_by_side
    from scoredsl.impact.compare import compared, nothing_changes

    if to_text is not None:
        if as_of_text != "latest":
            raise click.UsageError("Say --as-of or --to, not both.")
        as_of_text = to_text
    old, new = _versions(arguments)
    gates = Gates(max_moved, max_tier_changes, max_alerts, no_tier_loss)
    _known_tiers(gates, old.program)
    comparison = compared(old.program, new.program, 0 if no_attribution else attribution)
    names = {"old": old.name, "new": new.name}
    if comparison.same:
        _deliver(nothing_changes(comparison, names), gates, new, format_, reports)
        return
    wanted = data.request(events, options, needs_rules=False, out=out)
    read = [(path, "the rules") for path in (*old.files, *new.files)]
    read += [(path, "the log") for path in wanted.events]
    check_reports(reports, read + [(path, "the profiles") for path in wanted.profiles])
    working = Working(engine, memory, temp_dir)
    with side_by_side(wanted, comparison.runs, as_of_text, data.instant(from_text), working) as computed:
        found = _impact(comparison, computed, old.program, new.program, names)
        if out is not None:
            _write_moved(comparison, computed, out)
        breached = _deliver(found, gates, new, format_, reports)
        data.leave_for_rejects(wanted, computed.scans.rejected)
    if breached:
        raise click.exceptions.Exit(1)


def _versions(arguments: tuple[str, ...]) -> tuple[Version, Version]:
    """OLD and NEW; what is not named is the project of the current folder, as it is at HEAD and as it is."""
    if len(arguments) > 2:
        raise click.UsageError(f"diff compares OLD and NEW; {arguments[2]} is a third. A log is named by --events.")
    if len(arguments) == 2:
        return version(arguments[0]), version(arguments[1])
    rules = data.rules_path(None)
    if not arguments:
        return project_at("HEAD", rules), version(rules)
    (old,) = arguments
    return (project_at(old, rules) if is_revision(old) else version(old)), version(rules)


def _known_tiers(gates: Gates, old: Program) -> None:
    known = [(score.name, tier.name) for score in old.scores for tier in score.tiers]
    unknown = unknown_tiers(gates.no_tier_loss, known)
    if unknown:
        from scoredsl.diagnostics import did_you_mean

        meant = did_you_mean(unknown[0], [tier for _, tier in known])
        hint = f" {meant[0].upper()}{meant[1:]}" if meant else ""
        raise click.UsageError(f"--no-tier-loss {unknown[0]}: the old rules have no such tier.{hint}")


def _impact(
    comparison: Comparison, computed: Computed, old: Program, new: Program, names: Mapping[str, str]
) -> Impact:
    from scoredsl.impact.compare import impact

    found = impact(
        comparison, computed.db, computed.tables, computed.since, computed.as_of, names, _NAMED, _MOST_MOVED
    )
    return replace(found, scores=_with_ledgers(found.scores, comparison, computed, old, new))


def _with_ledgers(
    scores: tuple[ScoreImpact, ...], comparison: Comparison, computed: Computed, old: Program, new: Program
) -> tuple[ScoreImpact, ...]:
    """The leads that moved most, each with its two ledgers: their events are read once for all."""
    from scoredsl.impact.ledgers import named_lines, with_ledgers
    from scoredsl.reference import Log

    leads = tuple(dict.fromkeys(each.move.lead for score in scores for each in score.moved_most))
    if not leads:
        return scores
    events = computed.scans.events.events_of(leads)
    rows = computed.scans.profiles.rows_of(leads) if computed.scans.profiles is not None else []
    logs = (Log.of(old, events, rows), Log.of(new, events, rows))
    pairs = {pair.name: pair for pair in comparison.pairing.scores}
    naming = (named_lines(old), named_lines(new))
    return tuple(with_ledgers(score, pairs[score.name], logs, naming, computed.as_of) for score in scores)


def _write_moved(comparison: Comparison, computed: Computed, out: str) -> None:
    """Every lead that moves in any score, with its scores and tiers before and after."""
    from scoredsl.impact.compare import moved_columns, moved_rows

    count = write_result(out, moved_columns(comparison), moved_rows(comparison, computed.db, computed.tables))
    click.echo(f"{count:,} row{'' if count == 1 else 's'} written to {out}.", err=True)


def _deliver(
    found: Impact, gates: Gates, new: Version, format_: str, reports: tuple[Wanted, ...]
) -> bool:
    """Writes the report; whether a gate is breached."""
    file = new.files[0] if new.files else new.program.path
    report = DiffReport(found, outcomes(gates, found), Place(file))
    deliver(report, format_, reports)
    return bool(report.breached)
