"""What a run says at its end on standard error: what was ignored, excluded, or could not be computed."""

from __future__ import annotations

from collections import Counter

import click

from scoredsl.reference import Tally


def say_tally(tally: Tally) -> None:
    """One sentence for each kind of thing that is not in the scores."""
    if tally.ignored:
        click.echo(f"{_count(tally.ignored, 'event')} ignored by the rules.", err=True)
    if tally.duplicates:
        click.echo(f"{_count(tally.duplicates, 'event')} left out as a duplicate of an earlier one with the same id.",
                   err=True)
    if tally.excluded:
        click.echo(f"{_count(tally.excluded, 'lead')} excluded by the rules.", err=True)
    _by_rule(tally.awards_lost, "occurrence", "gave no points, because they cannot be computed")
    _by_rule(tally.points_missing, "lead", "got no points though the condition holds, because they cannot be computed")
    _by_rule(tally.without_value, "event", "took no part, because the property of with same has no value")
    _by_rule(tally.divisions_by_zero, "lead", "had a division by 0 in the formula, which counts as 0")


def _by_rule(counts: Counter[str], what: str, happened: str) -> None:
    for name, count in counts.items():
        click.echo(f"{name}: {_count(count, what)} {happened}.", err=True)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
