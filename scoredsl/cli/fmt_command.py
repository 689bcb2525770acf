"""`scoredsl fmt`."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from scoredsl import api
from scoredsl.cli import config, render
from scoredsl.cli.files import require_writable, rules_files, write_text
from scoredsl.syntax.format import FormatResult, format_source
from scoredsl.text import Source


@click.command("fmt")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Change nothing; leave with exit status 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
def command(paths: tuple[str, ...], check: bool, diff: bool) -> None:
    """Bring rules into the one canonical layout; all comments are kept.

    PATH is a file, a folder, or - for standard input (the result goes to standard output). Without one the files that
    scoredsl.toml names are formatted. A file that cannot be read, or whose meaning would change, is left as it is.

    \b
    Examples:
      scoredsl fmt rules.score
      scoredsl fmt --check .
      scoredsl fmt - < rules.score
    """
    if list(paths) == ["-"]:
        _standard_input(check, diff)
        return
    files = [file for path in paths for file in rules_files(path)] if paths else _stated()
    changed = refused = 0
    formatted: dict[str, str] = {}
    for file in files:
        text = api.read_rules(file)
        result = format_source(Source(text, file))
        if not _usable(result, file):
            refused += 1
        elif result.text != text:
            changed += 1
            if diff:
                click.echo(_difference(text, result.text, file), nl=False)
            elif check:
                click.echo(f"{file} would be formatted.")
            else:
                formatted[file] = result.text
    require_writable(formatted)
    for file, text in formatted.items():
        write_text(file, text)
        click.echo(f"{file} formatted.")
    same = len(files) - changed - refused
    verb = "would change" if check or diff else "changed"
    click.echo(f"{changed} {verb}, {same} unchanged" + (f", {refused} refused" if refused else "") + ".", err=True)
    raise click.exceptions.Exit(1 if refused or (changed and check) else 0)


def _standard_input(check: bool, diff: bool) -> None:
    data = sys.stdin.buffer.read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(api.not_utf8(data, "-")) from None
    result = format_source(Source(text, "<standard input>"))
    if not _usable(result, "<standard input>", text):
        raise click.exceptions.Exit(1)
    if diff:
        click.echo(_difference(text, result.text, "standard input"), nl=False)
    elif not check:
        sys.stdout.write(result.text)
    raise click.exceptions.Exit(1 if check and result.text != text else 0)


def _stated() -> list[str]:
    toml = config.find(Path())
    if toml is None:
        raise click.UsageError("Which rules? Name a file or a folder, or write a scoredsl.toml.")
    stated, _ = config.read(toml)
    return [file for path in (*stated.rules, *stated.tests) for file in rules_files(path)]


def _usable(result: FormatResult, file: str, text: str | None = None) -> bool:
    """False where the file is refused, which is said."""
    if result.refused is None:
        return True
    if result.diagnostics:
        known = {} if text is None else {file: Source(text, file)}
        shown = render.as_text(result.diagnostics, render.Sources(known), full=True, stream=sys.stderr)
        click.echo(shown, err=True)
    click.echo(f"{file} was not formatted: {result.refused}", err=True)
    return False


def _difference(before: str, after: str, file: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), file, f"{file} (formatted)"
    )
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at the end of the file\n" for line in lines)
