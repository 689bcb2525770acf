"""`check --events LOG`, `check --with-log`: what is known of a log, for the warnings that compare rules with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import click

from scoredsl.cli import data_options as data
from scoredsl.lint.log import LogNames
from scoredsl.semantics.program import Program

_UNSAID = {
    "profiles": (),
    "no_profiles": False,
    **dict.fromkeys((
        "lead_column", "event_column", "time_column", "id_column", "properties_column", "profile_lead_column",
        "profile_time_column", "profile_properties_column", "event_name", "time_format", "profile_time_format",
        "timezone", "input_format", "rejects",
    )),
    "strict": False,
}  # fmt: skip


def log_at_hand(
    events: Sequence[str], profiles: Sequence[str], with_log: bool
) -> Callable[[Program], LogNames] | None:
    """How the log is looked through for a program: the named one, else that of scoredsl.toml; None where none is asked.

    How it is read (columns, times) scoredsl.toml says. Raises a usage error where there is no log.
    """
    if not events and not profiles and not with_log:
        return None
    wanted = data.request(tuple(events), {**_UNSAID, "profiles": tuple(profiles)}, needs_rules=False)

    def look(program: Program) -> LogNames:
        from scoredsl.cli.side_by_side import Working, side_by_side
        from scoredsl.engine.survey import survey
        from scoredsl.impact.rule_stats import stats_plan

        plan = stats_plan(replace(program, excludes=()), owed=False)
        with side_by_side(wanted, [plan.run], "latest", None, Working("auto", None, None)) as computed:
            counts, placed = computed.sides[0].rules, plan.placed[0].scores
            fired = {
                (score.name, rule.index): counts[placed[score.name].number, rule.place].fired > 0
                for score, rule in program.rules()
                if (placed[score.name].number, rule.place) in counts
            }
            return survey(program, computed.scans.events, computed.scans.profiles, fired)

    return look


def log_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name the log."""
    options = (
        click.option("--events", multiple=True, metavar="FILE",
                     help="Compare the rules with this log, too: names it does not have, rules it never sets off."),
        click.option("--profiles", multiple=True, metavar="FILE", help="The profiles that belong to the log."),
        click.option("--with-log", is_flag=True, help="As --events, with the log that scoredsl.toml names."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command
