"""`scoredsl what-if`."""

from __future__ import annotations

import json
from typing import Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import lead_log, scans
from scoredsl.cli.excluded import say_excluded
from scoredsl.semantics import program as p
from scoredsl.semantics.values import instant_text


@click.command("what-if")
@click.argument("arguments", nargs=-1, metavar="[RULES] [EVENTS]...")
@click.option("--lead", required=True, metavar="LEAD", help="The lead that is asked about.")
@click.option("--score", "score_name", metavar="SCORE", help="This score alone. Default: every score with tiers.")
@click.option("--tier", "tier_name", metavar="TIER", help="This tier, instead of the next above the lead's own.")
@data.source_options
@data.as_of_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(arguments: tuple[str, ...], lead: str, score_name: str | None, tier_name: str | None, as_of_text: str,
            format_: str, **options: Any) -> None:
    """What would bring a lead to the next tier, and when it falls out of its own if nothing happens.

    The fewest events that are enough are named with the properties that they need; they have been scored. Where no
    events can bring it there, that is said, with the most that the score can be.

    \b
    Examples:
      scoredsl what-if rules.score events.csv --lead anna
      scoredsl what-if --lead anna --score engagement --tier sales_ready --as-of now
    """
    from scoredsl.impact.what_if.answer import Answer, what_if
    from scoredsl.impact.what_if.wording import answer_object, answer_text

    wanted = data.request(arguments, options)
    program = data.checked_program(wanted)
    asked = _asked(program, score_name, tier_name)
    with scans(wanted, program) as found:
        instant = data.as_of(as_of_text, found.newest)
        log = lead_log(found, program, lead)
        run = log.run(lead, instant)
        if not run.exists:
            raise click.UsageError(f"{lead} has no event and no profile row at or before {instant_text(instant)}.")
        if run.excluded:
            say_excluded(lead, instant, format_)
            data.leave_for_rejects(wanted, found.rejected)
            return
        answer = Answer(lead, instant, tuple(what_if(log, lead, instant, score, tier) for score, tier in asked))
        if format_ == "json":
            click.echo(json.dumps(answer_object(answer), ensure_ascii=False, indent=2))
        else:
            click.echo(answer_text(answer))
        data.leave_for_rejects(wanted, found.rejected)


def _asked(program: p.Program, score_name: str | None, tier_name: str | None) -> list[tuple[p.Score, p.Tier | None]]:
    """The scores in question, each with its tier where one was named."""
    from scoredsl.diagnostics import did_you_mean

    def unknown(what: str, name: str, known: list[str]) -> click.UsageError:
        meant = did_you_mean(name, known)
        return click.UsageError(f"There is no {what} {name}.{f' {meant[0].upper()}{meant[1:]}' if meant else ''}")

    scores = [score for score in program.scores if score_name in (None, score.name)]
    if not scores and score_name is not None:
        raise unknown("score", score_name, [score.name for score in program.scores])
    with_tiers = [score for score in scores if score.tiers]
    if not with_tiers:
        what = f"The score {score_name} has" if score_name else "The scores have"
        raise click.UsageError(f"{what} no tiers: there is none to come to.")
    if tier_name is None:
        return [(score, None) for score in with_tiers]
    found = [(score, score.tier(tier_name)) for score in with_tiers if score.tier(tier_name) is not None]
    if not found:
        raise unknown("tier", tier_name, [tier.name for score in with_tiers for tier in score.tiers])
    return found
