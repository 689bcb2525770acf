"""`scoredsl check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from scoredsl.cli import config, known
from scoredsl.cli.checking import Checked, What, check_now
from scoredsl.cli.data_options import as_of, known_instant
from scoredsl.cli.files import require_writable, rules_files, write_text
from scoredsl.cli.known import Known, keys
from scoredsl.cli.log_at_hand import log_at_hand, log_options
from scoredsl.cli.render import findings_of
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options
from scoredsl.cli.touched import touched_option, touched_since
from scoredsl.diagnostics import Diagnostic, Edit
from scoredsl.report import Finding
from scoredsl.report import baseline as baselines
from scoredsl.report.check_report import CheckReport
from scoredsl.report.findings import counted
from scoredsl.text import Span

_ROUNDS = 20
"""A statement with several mistakes is repaired one mistake a round."""


def _clock(context: click.Context, parameter: click.Parameter, text: str) -> int:
    if text == "latest":
        raise click.UsageError("--as-of latest needs a log. Write now, 2026-03-01 or 2026-03-01T09:30:00Z.")
    return as_of(known_instant(context, parameter, text), lambda: None)


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--fix", is_flag=True, help="Apply every fix that is sure, then check again.")
@click.option("--warnings-as-errors", is_flag=True, help="Leave with exit status 1 for warnings too.")
@click.option("--baseline", metavar="FILE", help="Show only findings that are not in this file of known ones.")
@click.option(
    "--write-baseline", is_flag=True, help=f"Write all findings into the baseline ({known.DEFAULT}, if none is named)."
)
@click.option("--as-of", "clock", default="now", metavar="now|TIME", callback=_clock,
              help="The instant that campaigns are compared with, to say which are over. Default: now.")
@log_options
@touched_option("Show only what a branch brings: findings that were not there where it left REV.")
@report_options()
def command(
    paths: tuple[str, ...],
    fix: bool,
    warnings_as_errors: bool,
    baseline: str | None,
    write_baseline: bool,
    clock: int,
    events: tuple[str, ...],
    profiles: tuple[str, ...],
    with_log: bool,
    changed_since: str | None,
    format_: str,
    reports: tuple[Wanted, ...],
) -> None:
    """Check rules and say what is wrong, where, and what to do.

    PATH is a rules file or a folder of them. Without one the files that scoredsl.toml names are checked, and
    scoredsl.toml itself. The exit status is 1 for errors (with --warnings-as-errors for warnings too), else 0.

    \b
    Examples:
      scoredsl check rules.score
      scoredsl check --fix rules.score
      scoredsl check --format github --report sarif=scoredsl.sarif --report markdown=comment.md
      scoredsl check --changed-since origin/main
      scoredsl check rules.score --events events.csv
    """
    what, baseline = _what(paths, baseline)
    what = replace(what, now=clock, log=log_at_hand(events, profiles, with_log))
    if write_baseline and changed_since is not None:
        raise click.UsageError("A baseline knows all findings: write it without --changed-since.")
    if write_baseline and baseline is None:
        baseline = known.DEFAULT
    read = [(path, "the rules") for path in what.files]
    check_reports(reports, [*read, *([(baseline, "the baseline")] if baseline is not None else [])])
    aside: tuple[str, ...] = ()
    before: list[Known] = []
    if baseline is not None and not write_baseline:
        before.append(known.read_baseline(baseline))
    if changed_since is not None:
        touched = touched_since(changed_since, what)
        what, aside = touched.what, (touched.said,)
        before.append(touched.known())
    shown = _shown(what, before)
    if fix:
        fixed: Counter[str] = Counter()
        for _ in range(_ROUNDS):
            now = apply_fixes(shown.diagnostics)
            if not now:
                break
            fixed.update(now)
            shown = _shown(what, before)
        for path, count in fixed.items():
            click.echo(f"{path}: {count} fix{'es' if count != 1 else ''} applied.", err=True)
    findings = (*findings_of(shown.diagnostics, shown.checked.sources), *shown.stale)
    if write_baseline:
        assert baseline is not None
        _write_baseline(baseline, findings)
        return
    report = CheckReport(findings, shown.checked.files, warnings_as_errors, (*aside, *shown.aside))
    deliver(report, format_, reports)
    raise click.exceptions.Exit(1 if report.failed else 0)


def _what(paths: tuple[str, ...], baseline: str | None) -> tuple[What, str | None]:
    """What to check, and the baseline: the one of the command line, else that of scoredsl.toml."""
    if paths:
        files: list[str] = []
        toml: Path | None = None
        for path in paths:
            if Path(path).name == config.FILE_NAME:
                toml = Path(path)
            else:
                files.extend(rules_files(path))
        return What(files, toml), baseline
    toml = config.find(Path())
    if toml is None:
        raise click.UsageError("Which rules? Name a file or a folder, or write a scoredsl.toml.")
    stated, _ = config.read(toml)
    named = [*stated.rules, *stated.tests]
    files = [file for path in named if Path(path).exists() for file in rules_files(path)]
    return What(files, toml), stated.baseline if baseline is None else baseline


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a check, and, as sentences, what is not."""

    diagnostics: list[Diagnostic]
    checked: Checked
    stale: tuple[Finding, ...] = ()
    aside: tuple[str, ...] = ()


def _shown(what: What, known: Sequence[Known]) -> _Shown:
    """All findings but the known ones."""
    checked = check_now(what)
    diagnostics = checked.diagnostics
    stale: list[Finding] = []
    aside: list[str] = []
    for each in known:
        comparison = each.compare(findings_of(diagnostics, checked.sources))
        hidden = [diagnostics[i].severity for i in comparison.known]
        diagnostics = [diagnostics[i] for i in comparison.new]
        stale += each.stale(comparison, checked.files)
        if hidden:
            aside.append(each.said(hidden))
    return _Shown(diagnostics, checked, tuple(stale), tuple(aside))


def _write_baseline(path: str, findings: Sequence[Finding]) -> None:
    """Writes down all that is found; says so, and that errors are among it."""
    require_writable([path])
    write_text(path, baselines.written(keys(findings, Path(path).resolve().parent)))
    errors = sum(found.is_error for found in findings)
    said = f"{counted(len(findings), 'finding')} written to {path}."
    if errors:
        said += (
            f" {errors} of them {'is an error' if errors == 1 else 'are errors'}: rules with errors pass the "
            "check now, and still cannot be run."
        )
    click.echo(said, err=True)


# ---- fixes


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
