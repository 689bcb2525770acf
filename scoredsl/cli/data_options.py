"""What commands that read data share: their arguments and options, and reading what they name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from scoredsl import api
from scoredsl.cli import config, render, unsaved
from scoredsl.cli.folders import Disk, program_of, stated_rules
from scoredsl.cli.outputs import check_outputs
from scoredsl.semantics.program import Program
from scoredsl.semantics.values import instant_of_text, instant_text

if TYPE_CHECKING:
    from scoredsl.diagnostics import Diagnostic
    from scoredsl.engine.sources import EventLog, ProfileTable, ReadOptions
    from scoredsl.semantics.log import Rejected

F = TypeVar("F", bound=Callable[..., Any])

_RULES_SUFFIXES = (".score",)


def source_options(command: F) -> F:
    """Options that say how logs and profiles are read."""
    for option in reversed(_SOURCE_OPTIONS):
        command = option(command)
    return command


_SOURCE_OPTIONS = [
    click.option("--profiles", multiple=True, metavar="FILE",
                 help="Profile file (may be given several times). Default: those of scoredsl.toml."),
    click.option("--no-profiles", is_flag=True, help="Leave out the profiles that scoredsl.toml names."),
    click.option("--lead-column", metavar="NAME", help="The log's column for the lead, where it has another name."),
    click.option("--event-column", metavar="NAME", help="The log's column for the event's name."),
    click.option("--time-column", metavar="NAME", help="The log's column for the time."),
    click.option("--id-column", metavar="NAME", help="The log's column for the event's id."),
    click.option("--properties-column", metavar="NAME", help="A column that holds properties as JSON or a struct."),
    click.option("--profile-lead-column", metavar="NAME", help="The profiles' column for the lead."),
    click.option("--profile-time-column", metavar="NAME",
                 help="The profiles' column that says since when a row holds (only `time` is taken by itself)."),
    click.option("--profile-properties-column", metavar="NAME", help="As --properties-column, for the profiles."),
    click.option("--event-name", metavar="NAME",
                 help="For a log of one kind without such a column: the name of its events."),
    click.option("--time-format", metavar="FORMAT",
                 help="How the log's times are written: yyyymmdd, dd.mm.yyyy hh:mm, seconds, excel, ...."),
    click.option("--profile-time-format", metavar="FORMAT", help="The same for the profiles."),
    click.option("--timezone", metavar="AREA/CITY",
                 help="Timezone of times in the data that have no offset (default UTC)."),
    click.option("--input-format", type=click.Choice([*config.FORMATS, "jsonl"]),
                 help="The data's format, whatever the files' names; needed for standard input (-)."),
    click.option("--rejects", metavar="FILE", help="Write rejected rows to this CSV file: file, row, reason, text."),
    click.option("--strict", is_flag=True, help="Leave with exit status 1 if a row was rejected."),
]


@dataclass(slots=True)
class Request:
    """What a command is to work on: the arguments, with what scoredsl.toml says where they say nothing."""

    rules: str | None
    events: tuple[str, ...]
    profiles: tuple[str, ...]
    event_options: ReadOptions
    profile_options: ReadOptions
    rejects: str | None
    strict: bool
    outputs: Mapping[str, str | None] = field(default_factory=dict)
    """What is written: paths by the option that names them."""


def request(
    arguments: Sequence[str],
    options: dict[str, Any],
    *,
    needs_rules: bool = True,
    needs_events: bool = True,
    out: str | None = None,
) -> Request:
    """Reads the arguments `[RULES] [EVENTS]...` and the source options; the command line wins over scoredsl.toml.

    Raises a usage error where `out` or the file for rejects cannot be written or would overwrite what is read.
    """
    from scoredsl.engine.sources import ColumnNames, ReadOptions, SourceError

    stated = project()
    rules, events = _split(arguments, needs_rules)
    if rules is None and needs_rules:
        rules = stated_rules(stated)
    named_events = bool(events)
    if not events:
        events = stated.events
        if not events and needs_events:
            raise click.UsageError("Which log? Name its files, or name them in scoredsl.toml as events.")
    outputs = {"--out": out, "--rejects": options["rejects"]}
    profiles = _profiles(options, stated, said=named_events)
    check_outputs(outputs, _inputs(rules, events, profiles, stated))
    columns = stated.columns
    names = ColumnNames(
        options["lead_column"] or columns.get("lead"),
        options["event_column"] or (None if options["event_name"] else columns.get("event")),
        options["time_column"] or columns.get("time"),
        options["id_column"] or columns.get("id"),
        options["properties_column"] or columns.get("properties"),
    )
    event_name = options["event_name"] or (None if options["event_column"] else stated.event_name)
    timezone = options["timezone"] or stated.timezone
    if options["timezone"]:
        _known_zone(options["timezone"])
    time_format = options["time_format"] or stated.time_format
    input_format = options["input_format"] or stated.input_format
    if "-" in events and input_format is None:
        raise SourceError("Standard input has no name to tell its format by: say --input-format csv, ndjson, ....")
    event_options = ReadOptions(names, event_name, time_format, input_format, timezone)
    profile_names = ColumnNames(
        options["profile_lead_column"] or stated.profile_columns.get("lead"),
        None,
        options["profile_time_column"] or stated.profile_columns.get("time"),
        None,
        options["profile_properties_column"] or stated.profile_columns.get("properties"),
    )
    profile_time_format = options["profile_time_format"] or stated.profile_time_format
    profile_options = ReadOptions(profile_names, time_format=profile_time_format, timezone=timezone)
    rejects, strict = options["rejects"], options["strict"]
    return Request(rules, tuple(events), profiles, event_options, profile_options, rejects, strict, outputs)


def _profiles(options: dict[str, Any], stated: config.Config, *, said: bool) -> tuple[str, ...]:
    """The profiles that are named, else those of scoredsl.toml; `said`: which it says on standard error."""
    named: tuple[str, ...] = tuple(options["profiles"])
    if options["no_profiles"]:
        if named:
            raise click.UsageError("Say --profiles or --no-profiles, not both.")
        return ()
    if named or not stated.profiles:
        return named
    if said:
        click.echo(f"Profiles: {', '.join(stated.profiles)}, as scoredsl.toml says (--no-profiles leaves them out).",
                   err=True)
    return stated.profiles


def _inputs(
    rules: str | None, events: Sequence[str], profiles: Sequence[str], stated: config.Config
) -> Iterator[tuple[str, str]]:
    """All that the command or the project reads, and what it is."""
    if rules is not None:
        yield rules, "the rules"
    yield from ((path, "the log") for path in events)
    yield from ((path, "the profiles") for path in profiles)
    if stated.path is not None:
        yield str(stated.path), "the configuration of the project"
    for key in ("rules", "tests", "events", "profiles", "outcomes"):
        yield from ((path, f"what scoredsl.toml names as {key}") for path in getattr(stated, key))


def project() -> config.Config:
    """What the scoredsl.toml of this folder says; what is wrong in it is an error."""
    toml = config.find(Path())
    if toml is None:
        return config.Config()
    stated, diagnostics = config.read(toml)
    if diagnostics:
        shown = render.as_text(diagnostics, render.Sources(), full=True, stream=sys.stderr)
        click.echo(shown, err=True)
        raise click.ClickException(f"{toml} has errors.")
    return stated


def _split(arguments: Sequence[str], needs_rules: bool) -> tuple[str | None, tuple[str, ...]]:
    """The rules file is the first argument that is one; everything else is data."""
    rules, events = None, tuple(arguments)
    if needs_rules and events and _is_rules(events[0]):
        rules, events = program_of(events[0], Disk()), events[1:]
    for path in events:
        if path.endswith(_RULES_SUFFIXES):
            help_ = "" if not needs_rules else " Name the rules first." if rules is None else (
                f" One file is run, {rules}: import others there."
            )
            raise click.UsageError(f"{path} is a rules file, no log.{help_}")
    return rules, events


def _is_rules(argument: str) -> bool:
    return argument.endswith(_RULES_SUFFIXES) or Path(argument).is_dir() or is_plan_file(argument)




def rules_path(argument: str | None) -> str:
    """The rules file of a command that reads no data: the one that is named, else that of scoredsl.toml."""
    return program_of(argument, Disk()) if argument is not None else stated_rules(project())


def rules_request(path: str, out: str | None) -> Request:
    """A request that names rules alone."""
    from scoredsl.engine.sources import ReadOptions

    return Request(path, (), (), ReadOptions(), ReadOptions(), None, False, {"--out": out})


def _known_zone(name: str) -> None:
    from scoredsl.diagnostics import closest
    from scoredsl.semantics.zones import zone_names

    if name != "UTC" and name not in zone_names():
        meant = closest(name, zone_names())
        raise click.UsageError(f'There is no timezone "{name}".' + (f" Did you mean {meant}?" if meant else ""))


def checked_program(wanted: Request) -> Program:
    """The program of a request; its errors are shown and end the command with exit status 1.

    Raises a usage error where what is to be written is one of the files that the program imports.
    """
    planned = program_of_plan(wanted.rules or "")
    if planned is not None:
        return planned
    reader = unsaved.reader()
    program, diagnostics = api.load(wanted.rules or "", reader=reader)
    check_outputs(wanted.outputs, ((path, "a file that the rules import") for path in reader.opened))
    if program is None:
        leave_for_errors(diagnostics, render.Sources())
    return program


def leave_for_errors(diagnostics: Sequence[Diagnostic], sources: render.Sources) -> NoReturn:
    """Shows the errors of a program and ends the command with exit status 1."""
    errors = [d for d in diagnostics if d.is_error]
    click.echo(render.as_text(errors, sources, full=True, stream=sys.stderr), err=True)
    click.echo(render.summary(errors, len({d.span.file for d in errors})), err=True)
    raise click.exceptions.Exit(1)


def is_plan_file(path: str) -> bool:
    """Whether a file is a plan that `scoredsl plan --format json` wrote."""
    if not path.endswith(".json"):
        return False
    from scoredsl.plan.serial import is_plan

    try:
        with Path(path).open("rb") as file:
            return is_plan(file.read(400).decode("utf-8", "replace"))
    except OSError:
        return False


def program_of_plan(path: str) -> Program | None:
    """The program of a plan file; None where it is none. Raises an error for the user where it cannot be run."""
    if not is_plan_file(path):
        return None
    from scoredsl.plan.serial import PlanFileError, from_json

    try:
        return from_json(Path(path).read_text(encoding="utf-8")).program()
    except (PlanFileError, UnicodeDecodeError, OSError) as problem:
        raise click.ClickException(f"{path} cannot be run: {problem}.") from None


@dataclass(slots=True)
class Data:
    """What was read, and what there is to say about it."""

    log: EventLog
    profiles: ProfileTable | None
    rejected: int


def read_data(wanted: Request, program: Program | None = None) -> Data:
    """Reads the log and the profiles, says on standard error what was found and what was rejected."""
    from scoredsl.engine.sources import read_events, read_profiles

    lists = program.list_columns if program is not None else frozenset()
    log = read_events(wanted.events, replace(wanted.event_options, list_columns=lists))
    notes = list(log.notes)
    rejected = list(log.rejected)
    profiles = None
    if wanted.profiles:
        profiles = read_profiles(wanted.profiles, replace(wanted.profile_options, list_columns=lists))
        notes += profiles.notes
        rejected += profiles.rejected
    say_read(notes, rejected, wanted)
    return Data(log, profiles, len(rejected))


def say_read(notes: Sequence[str], rejected: Sequence[Rejected], wanted: Request) -> None:
    """Says on standard error what was found in the data and what was rejected, and writes the latter where asked."""
    from scoredsl.engine.sources import write_rejects

    for note in dict.fromkeys(notes):
        click.echo(note, err=True)
    if rejected:
        _show_rejects(rejected, wanted.rejects)
    if wanted.rejects is not None:
        write_rejects(wanted.rejects, rejected)


_SHOWN_REJECTS = 5


def _show_rejects(rejected: Sequence[Rejected], target: str | None) -> None:
    many = len(rejected)
    click.echo(f"{many:,} row{'s' if many != 1 else ''} rejected:", err=True)
    for one in rejected[:_SHOWN_REJECTS]:
        click.echo(f"  {one.file}:{one.row}: {one.reason}", err=True)
    if many > _SHOWN_REJECTS:
        rest = f"  ... and {many - _SHOWN_REJECTS:,} more."
        click.echo(rest if target else f"{rest} Write them all to a file with --rejects FILE.", err=True)


MOST_LEADS_TO_SUGGEST = 20_000


def known_lead(leads: Sequence[str], lead: str) -> None:
    """A usage error for a lead that the log does not have."""
    if lead not in leads:
        unknown_lead(leads, lead)


def unknown_lead(leads: Sequence[str], lead: str) -> NoReturn:
    """A usage error for a lead that none of `leads` is; with more than MOST_LEADS_TO_SUGGEST of them no suggestion."""
    from scoredsl.diagnostics import did_you_mean

    meant = did_you_mean(lead, leads) if len(leads) <= MOST_LEADS_TO_SUGGEST else ""
    hint = f" {meant[0].upper()}{meant[1:]}" if meant else ""
    raise click.UsageError(f"There is no lead {lead} in this log.{hint}")


def leave_for_rejects(wanted: Request, rejected: int) -> None:
    """`--strict` makes rejected rows an error."""
    if wanted.strict and rejected:
        click.echo(f"Error: {rejected:,} rows were rejected (--strict).", err=True)
        raise click.exceptions.Exit(1)


def as_of(text: str, newest_in_data: Callable[[], int | None]) -> int:
    """The instant of --as-of: `latest` (the newest event or profile row), `now`, or a time (UTC without an offset)."""
    if text == "latest":
        newest = newest_in_data()
        if newest is None:
            raise click.UsageError("There is no event or profile row with a time: say --as-of.")
        click.echo(f"As of {instant_text(newest)}, the newest event or profile row.", err=True)
        return newest
    if text == "now":
        import time

        return time.time_ns() // 1000
    found = instant_of_text(text, None)
    assert found is not None
    return found


def known_instant(context: click.Context, parameter: click.Parameter, text: str) -> str:
    if text not in ("latest", "now") and instant_of_text(text, None) is None:
        raise click.UsageError(f"--as-of {text} is no time. Write latest, now, 2026-03-01 or 2026-03-01T09:30:00Z.")
    return text


def known_time(context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """An option that is a time, which is looked at before anything is read."""
    if text is not None and instant_of_text(text, None) is None:
        raise click.UsageError(f"{parameter.opts[0]} {text} is no time. Write 2026-03-01 or 2026-03-01T09:30:00Z.")
    return text


def instant(text: str | None) -> int | None:
    """The instant of an option that is a time (UTC without an offset)."""
    return None if text is None else instant_of_text(text, None)


as_of_option = click.option("--as-of", "as_of_text", default="latest", metavar="latest|now|TIME",
                            callback=known_instant,
                            help="The instant to score at; without an offset UTC. Default: latest, the newest event or "
                            "profile row.")


def _known_suffix(context: click.Context, parameter: click.Parameter, out: str | None) -> str | None:
    from scoredsl.engine.results import SUFFIXES

    if out is not None and Path(out).suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"--out {out}: the file's name must end in .csv, .parquet or .ndjson.")
    return out


out_option = click.option("--out", metavar="FILE", callback=_known_suffix,
                          help="Write the result to FILE.csv, FILE.parquet or FILE.ndjson.")
