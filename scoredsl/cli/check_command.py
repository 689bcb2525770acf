"""`scoredsl check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from scoredsl import api
from scoredsl.cli import config, render
from scoredsl.cli.files import require_writable, rules_files, write_text
from scoredsl.diagnostics import Diagnostic, Edit
from scoredsl.text import Span

_ROUNDS = 20
"""A statement with several mistakes is repaired one mistake a round."""


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Apply every fix that is sure, then check again.")
@click.option("--format", "format_", type=click.Choice(["full", "concise", "json"]), default="full", show_default=True,
              help="How messages are shown; json is an array for programs.")
@click.option("--warnings-as-errors", is_flag=True, help="Leave with exit status 1 for warnings too.")
def command(paths: tuple[str, ...], fix: bool, format_: str, warnings_as_errors: bool) -> None:
    """Check rules and say what is wrong, where, and what to do.

    PATH is a rules file or a folder of them. Without one the files that scoredsl.toml names are checked, and
    scoredsl.toml itself.

    \b
    Examples:
      scoredsl check rules.score
      scoredsl check --fix rules.score
      scoredsl check --format concise .
    """
    files, toml = _what(paths)
    diagnostics, checked, sources = _check(files, toml)
    if fix:
        fixed: Counter[str] = Counter()
        for _ in range(_ROUNDS):
            now = apply_fixes(diagnostics)
            if not now:
                break
            fixed.update(now)
            diagnostics, checked, sources = _check(files, toml)
        for path, count in fixed.items():
            click.echo(f"{path}: {count} fix{'es' if count != 1 else ''} applied.", err=True)
    if format_ == "json":
        click.echo(render.as_json(diagnostics, sources))
    else:
        if diagnostics:
            click.echo(render.as_text(diagnostics, sources, full=format_ == "full"))
        click.echo(render.summary(diagnostics, checked), err=True)
    bad = any(d.is_error or (warnings_as_errors and d.severity == "warning") for d in diagnostics)
    raise click.exceptions.Exit(1 if bad else 0)


def _what(paths: tuple[str, ...]) -> tuple[list[str], Path | None]:
    """The rules files to check, and scoredsl.toml where it is to be checked."""
    if paths:
        files: list[str] = []
        toml: Path | None = None
        for path in paths:
            if Path(path).name == config.FILE_NAME:
                toml = Path(path)
            else:
                files.extend(rules_files(path))
        return files, toml
    toml = config.find(Path())
    if toml is None:
        raise click.UsageError("Which rules? Name a file or a folder, or write a scoredsl.toml.")
    stated, _ = config.read(toml)
    named = [*stated.rules, *stated.tests]
    files = [file for path in named if Path(path).exists() for file in rules_files(path)]
    return files, toml


def _check(files: Sequence[str], toml: Path | None) -> tuple[list[Diagnostic], int, render.Sources]:
    """All diagnostics, each once, the number of files looked at, and their texts."""
    sources = render.Sources()
    found: list[Diagnostic] = []
    seen: set[tuple[str, Span, str]] = set()
    checked: set[str] = set()
    if toml is not None:
        found.extend(config.check_config(toml))
        checked.add(str(toml))
    for file in files:
        _, diagnostics = api.check(file)
        checked.add(file)
        for diagnostic in diagnostics:
            checked.add(diagnostic.span.file)
            key = (diagnostic.code, diagnostic.span, diagnostic.message)
            if key not in seen:
                seen.add(key)
                found.append(diagnostic)
    return found, len(checked), sources


def apply_fixes(diagnostics: Sequence[Diagnostic]) -> dict[str, int]:
    """Writes all sure fixes that do not touch each other; gives the number by file.

    Raises an error for the user where one of the files cannot be written: then all stay as they are.
    """
    chosen: dict[str, list[Edit]] = {}
    counts: dict[str, int] = {}
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or not fix.sure:
            continue
        taken = chosen.setdefault(fix.edits[0].span.file, [])
        if all(not _touch(edit.span, other.span) for edit in fix.edits for other in taken):
            taken.extend(fix.edits)
            counts[fix.edits[0].span.file] = counts.get(fix.edits[0].span.file, 0) + 1
    require_writable(chosen)
    for path, edits in chosen.items():
        text = Path(path).read_bytes().decode("utf-8")
        for edit in sorted(edits, key=lambda e: e.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        write_text(path, text)
    return counts


def _touch(one: Span, other: Span) -> bool:
    return (one.start < other.end and other.start < one.end) or one == other
