"""`--format` and `--report` of the commands that report: one list of formats, one way to deliver."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import click

from scoredsl import __version__
from scoredsl.cli.files import write_text
from scoredsl.cli.outputs import Input, check_outputs
from scoredsl.report import Report, Setting
from scoredsl.report.formats import ALIASES, FORMATS, render

Wanted: TypeAlias = tuple[str, str]
"""A format and the file that it is written to."""
Command: TypeAlias = Callable[..., Any]

_FOR_PEOPLE = ("text", "concise")
"""Formats whose summary stands on standard error, or below them in a file."""


def report_options(default: str = "text", formats: Iterable[str] = FORMATS) -> Callable[[Command], Command]:
    """Adds `--format` (parameter `format_`) and `--report` (parameter `reports`: (format, file), ...) to a command."""
    names = list(formats)
    words = [*names, *(word for word, name in ALIASES.items() if name in names)]

    def wanted(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Wanted, ...]:
        return tuple(_wanted(value, words) for value in values)

    def decorate(command: Command) -> Command:
        command = click.option(
            "--report",
            "reports",
            multiple=True,
            metavar="FORMAT=FILE",
            callback=wanted,
            help="Write a report to a file as well; may be given several times.",
        )(command)
        return click.option(
            "--format",
            "format_",
            type=click.Choice(words),
            default=default,
            show_default=True,
            help="What is written to standard output; full is another word for text.",
        )(command)

    return decorate


def _wanted(value: str, words: Sequence[str]) -> Wanted:
    format_, sign, path = value.partition("=")
    if not sign or not path:
        raise click.BadParameter(f"{value}: write a format and a file, such as sarif=scoredsl.sarif.")
    if format_ not in words:
        from scoredsl.diagnostics import did_you_mean

        meant = did_you_mean(format_, words)
        hint = f"{meant[0].upper()}{meant[1:]}" if meant else f"There is: {', '.join(words)}."
        raise click.BadParameter(f"There is no format {format_}. {hint}")
    return format_, path


def check_reports(reports: Sequence[Wanted], inputs: Iterable[Input]) -> None:
    """Raises a usage error for a report that cannot be written, or that would destroy what is read."""
    if len(set(reports)) < len(reports):
        raise click.UsageError("Two --report are the same. Name each once.")
    check_outputs({f"--report {format_} to": path for format_, path in reports}, inputs)


def deliver(report: Report, format_: str, reports: Sequence[Wanted] = (), *, summary_is_result: bool = False) -> None:
    """Writes a report to standard output and to the files that were asked for; its summary to standard error.

    `summary_is_result`: for people it stands on standard output too.
    """
    for each, path in reports:
        text = render(report, each, surroundings())
        if ALIASES.get(each, each) in _FOR_PEOPLE:
            text = f"{text}\n{report.summary}" if text else report.summary
        write_text(path, f"{text}\n" if text else "")
    shown = render(report, format_, surroundings(colour=sys.stdout.isatty()))
    if shown:
        click.echo(shown)
    click.echo(report.summary, err=not (summary_is_result and ALIASES.get(format_, format_) in _FOR_PEOPLE))


def surroundings(*, colour: bool = False) -> Setting:
    """The repository that the current folder lies in (else the folder itself), and the current folder."""
    folder = Path.cwd().resolve()
    root = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    return Setting(__version__, root.as_posix(), folder.as_posix(), colour)
