"""What commands that know outcomes share: the options, the reading of outcomes, and the instants that are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.outputs import check_outputs
from scoredsl.semantics.values import instant_of_text, instant_text

if TYPE_CHECKING:
    from scoredsl.cli.at_instants import DataAtHand
    from scoredsl.engine.sources.outcomes import Outcome
    from scoredsl.learning.sample import Leads, Moment
    from scoredsl.semantics.program import Program

F = TypeVar("F", bound=Callable[..., Any])

AGES = "1d,7d,30d"
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"([0-9]+)([smhdw])")
_MOST_INSTANTS = 1_000


def outcome_options(command: F) -> F:
    """`--outcomes` and how that file is read."""
    options = (
        click.option("--outcomes", multiple=True, metavar="FILE",
                     help="What became of the leads: lead, outcome (won, lost, open or true, false) and the time when "
                     "it was decided. May be given several times. Default: those of scoredsl.toml."),
        click.option("--outcome-lead-column", metavar="NAME", help="The outcomes' column for the lead."),
        click.option("--outcome-column", metavar="NAME", help="The outcomes' column for the outcome."),
        click.option("--outcome-time-column", metavar="NAME", help="The outcomes' column for the time of decision."),
        click.option("--outcome-time-format", metavar="FORMAT", help="As --time-format, for the outcomes."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def sample_options(purpose: str) -> Callable[[F], F]:
    """When the leads that are learned from are looked at, and which are held back; `purpose`: what these are for."""
    options = (
        click.option("--at-age", "age", metavar="7d", help="Learn from what was known of each lead at this age."),
        click.option("--as-of", "instant", metavar="TIME", help="Learn from what was known at this instant (UTC)."),
        click.option("--test-from", "test_from_text", metavar="TIME", callback=data.known_time,
                     help=f"{purpose} leads that began then or later. Default: the latest fifth."),
    )  # fmt: skip

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@dataclass(frozen=True, slots=True)
class Wanted:
    """The outcomes that a command is to read, and how."""

    paths: tuple[str, ...]
    columns: tuple[str | None, str | None, str | None]
    time_format: str | None
    timezone: str | None
    request: data.Request


def requests(
    arguments: Sequence[str],
    options: dict[str, Any],
    out: str | None,
    *,
    needs_rules: bool = True,
    needs_outcomes: bool = True,
) -> tuple[Wanted, data.Request]:
    """What is to be read, by the arguments, the options and scoredsl.toml. Raises a usage error where no outcomes are
    named."""
    stated = data.project()
    paths = tuple(options["outcomes"]) or stated.outcomes
    if not paths and needs_outcomes:
        raise click.UsageError("Which outcomes? Name their file with --outcomes, or in scoredsl.toml as outcomes.")
    request = data.request(arguments, options, needs_rules=needs_rules, out=out)
    check_outputs(request.outputs, [(path, "the outcomes") for path in paths])
    names = stated.outcome_columns
    columns = (
        options["outcome_lead_column"] or names.get("lead"),
        options["outcome_column"] or names.get("outcome"),
        options["outcome_time_column"] or names.get("time"),
    )
    form = options["outcome_time_format"] or stated.outcome_time_format
    return Wanted(paths, columns, form, request.event_options.timezone, request), request


def read_files(request: data.Request, outcomes: Wanted) -> list[tuple[str, str]]:
    """Every file that is read, and what it is."""
    found = [(path, "the log") for path in request.events] + [(path, "the profiles") for path in request.profiles]
    return found + [(path, "the outcomes") for path in outcomes.paths]


def need_learning() -> None:
    """An error where the optional part `learn` is not installed."""
    from scoredsl.learning.library import LibraryMissingError, isotonic

    try:
        isotonic()
    except LibraryMissingError as problem:
        raise click.ClickException(str(problem)) from None


def read_outcomes(wanted: Wanted) -> tuple[list[Outcome], int]:
    """The outcomes by lead, and how many rows were rejected, which is said on standard error."""
    from scoredsl.engine.sources import ReadOptions
    from scoredsl.engine.sources.outcomes import OutcomeColumns
    from scoredsl.engine.sources.outcomes import read_outcomes as read
    from scoredsl.learning.sample import by_name

    options = ReadOptions(time_format=wanted.time_format, timezone=wanted.timezone)
    found = read(wanted.paths, options, OutcomeColumns(*wanted.columns))
    data.say_read(found.notes, found.rejected, replace(wanted.request, rejects=None))
    return by_name(found.outcomes), len(found.rejected)


def known_leads(at_hand: DataAtHand, program: Program, outcomes: Sequence[Outcome], newest: int) -> Leads:
    """The leads of the outcomes with the times of their first events. An error where the log has none of them."""
    import numpy as np

    from scoredsl.engine.at_instants import NEVER, Asked
    from scoredsl.learning.sample import leads_of
    from scoredsl.learning.variants import first_events

    nothing = np.zeros(0, np.int64)
    names = [each.lead for each in outcomes]
    made = at_hand.at(first_events(program), Asked(names, nothing, nothing), newest)
    leads = leads_of(outcomes, made.entered[:, 0], made.entered[:, 1])
    if (leads.begins == NEVER).all():
        _no_lead_known(at_hand, names)
    return leads


def _no_lead_known(at_hand: DataAtHand, names: Sequence[str]) -> NoReturn:
    part = at_hand.scans(next(iter(at_hand.by_lists))).events.parts[0]
    rows = at_hand.db.execute(f"SELECT lead FROM ({part.relation([], None).sql}) LIMIT 1").fetchall()
    log = f"; in the log one is called {rows[0][0]}" if rows else ""
    raise click.ClickException(
        f"None of the {len(names):,} leads of the outcomes is in the log. In the outcomes one is called {names[0]}{log}"
        ": are these the same names? --outcome-lead-column says which column has them."
    )


# ---- instants


def duration(text: str, option: str) -> int:
    """Microseconds of `7d`. Raises a usage error."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise click.UsageError(f"{option} {text} is no duration. Write a whole number and s, m, h, d or w: 7d, 36h.")
    return int(found[1]) * _UNITS[found[2]] * 10**6


@dataclass(frozen=True, slots=True)
class When:
    """--at-age, --as-of and --every as they were given."""

    ages: str | None
    instants: str | None
    every: str | None

    def check(self) -> int:
        """How many moments they are. Raises a usage error for what can be seen to be wrong before anything is read."""
        if sum(each is not None for each in (self.ages, self.instants, self.every)) > 1:
            raise click.UsageError("Say one of --at-age, --as-of and --every.")
        if self.every is not None:
            duration(self.every, "--every")
            return 1
        return len(self.moments(0, 0))

    def moments(self, first: int, newest: int) -> list[Moment]:
        """The moments; `first` and `newest`: the first and the last event of the log. Raises a usage error."""
        from scoredsl.learning.sample import Moment

        if self.instants is not None:
            texts = [text.strip() for text in self.instants.split(",")]
            found = [Moment("instants", text, instants=(_instant(text),)) for text in texts]
        elif self.every is not None:
            found = [Moment("instants", f"every {self.every.strip()}", instants=self._row(self.every, first, newest))]
        else:
            texts = [text.strip() for text in (self.ages or AGES).split(",")]
            found = [Moment("age", f"age {text}", age=duration(text, "--at-age")) for text in texts]
        if len({moment.name for moment in found}) < len(found):
            raise click.UsageError("The same moment is named twice. Name each once.")
        return found

    def _row(self, every: str, first: int, newest: int) -> tuple[int, ...]:
        step = duration(every, "--every")
        many = (newest - first) // step
        if many < 1 or many > _MOST_INSTANTS:
            raise click.UsageError(
                f"--every {every}: from {instant_text(first)} to {instant_text(newest)} that is {many:,} instants. "
                f"It takes between 1 and {_MOST_INSTANTS:,}; choose another duration."
            )
        return tuple(first + k * step for k in range(1, many + 1))


def one_moment(age: str | None, instant: str | None) -> When:
    """The one age or instant that is learned from. Raises a usage error."""
    if age is None and instant is None:
        raise click.UsageError("When are leads looked at? Say --at-age 7d, for example, or --as-of TIME.")
    when = When(age, instant, None)
    if when.check() != 1:
        raise click.UsageError("Learning looks at leads at one age or instant. Name one.")
    return when


def _instant(text: str) -> int:
    found = instant_of_text(text, None)
    if found is None:
        raise click.UsageError(f"--as-of {text} is no time. Write 2026-03-01 or 2026-03-01T09:30:00Z.")
    return found
