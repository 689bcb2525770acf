"""`scoredsl test`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scoredsl import api
from scoredsl.cli import config
from scoredsl.cli.checking import What
from scoredsl.cli.files import rules_files
from scoredsl.cli.render import Sources
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options
from scoredsl.cli.test_report import Run, TestReport
from scoredsl.cli.touched import touched_option, touched_since
from scoredsl.semantics.program import Program
from scoredsl.testing import run_tests

if TYPE_CHECKING:
    from scoredsl.cli.coverage_report import CoverageReport
    from scoredsl.cli.mutation_report import MutationReport


@click.command("test")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-k", "word", metavar="WORD", help="Only tests whose name contains WORD (ignoring case).")
@touched_option("Only the tests of files that a branch touches, themselves or what they import, since it left REV.")
@click.option("--coverage", is_flag=True, help="What of the rules do the tests reach, and what not?")
@click.option("--mutate", is_flag=True, help="Change the rules one by one: which changes does no test notice?")
@click.option(
    "--min",
    "least",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Leave with exit status 1 if --coverage or --mutate shows less.",
)
@report_options()
def command(
    paths: tuple[str, ...],
    word: str | None,
    changed_since: str | None,
    coverage: bool,
    mutate: bool,
    least: float | None,
    format_: str,
    reports: tuple[Wanted, ...],
) -> None:
    """Run the tests in rules files; a failing one shows what was expected, what came, and the ledger that led there.

    PATH is a rules file or a folder of them; without one scoredsl.toml says which (rules and tests). The exit status is
    1 if a test fails or the rules have errors, and 2 if no test is found: nothing was tested.

    \b
    Examples:
      scoredsl test
      scoredsl test rules.score -k webinar
      scoredsl test . --format github --report junit=results.xml
    """
    files = [file for path in paths for file in rules_files(path)] if paths else _stated()
    if coverage and mutate:
        raise click.UsageError("--coverage and --mutate are two questions: ask one after the other.")
    if least is not None and not (coverage or mutate):
        raise click.UsageError("--min says how much --coverage or --mutate has to show: name one of them.")
    if word is not None and (coverage or mutate):
        raise click.UsageError("--coverage and --mutate are about all tests: leave -k out.")
    check_reports(reports, [(file, "the rules") for file in files])
    aside: tuple[str, ...] = ()
    if changed_since is not None:
        touched = touched_since(changed_since, What(files, None))
        files, aside = touched.what.files, (touched.said,)
    report = TestReport(tuple(_run(file, word) for file in files), Sources(), aside)
    if files and not report.tested:
        report = replace(report, aside=(*aside, _no_test(files, word)))
    if (coverage or mutate) and report.tested and not report.failed and not report.broken:
        found = _covered(files, least) if coverage else _mutated(files, least)
        deliver(found, format_, reports, summary_is_result=True)
        raise click.exceptions.Exit(1 if found.failed else 0)
    deliver(report, format_, reports, summary_is_result=report.tested)
    untested = 2 if files and not report.tested else 0
    raise click.exceptions.Exit(1 if report.failed or report.broken else untested)


def _covered(files: list[str], least: float | None) -> CoverageReport:
    from scoredsl.cli.coverage_report import CoverageReport
    from scoredsl.testing.coverage import coverage, merged

    return CoverageReport(merged(map(coverage, _programs(files))), Sources(), least)


def _mutated(files: list[str], least: float | None) -> MutationReport:
    from scoredsl.cli.mutating import judge_all
    from scoredsl.cli.mutation_report import MutationReport

    return MutationReport(judge_all(_programs(files)), Sources(), least)


def _programs(files: list[str]) -> list[Program]:
    """The programs that have tests."""
    return [program for file in files if (program := api.load(file)[0]) is not None and program.tests]


def _no_test(files: list[str], word: str | None) -> str:
    where = files[0] if len(files) == 1 else f"{len(files)} files"
    if word is not None:
        return f"There is no test whose name contains {word} in {where}: nothing was tested."
    return (
        f"There is no test in {where}: nothing was tested. "
        'Write one: test "a name", and given and expect lines indented under it.'
    )


def _run(file: str, word: str | None) -> Run:
    program, diagnostics = api.load(file)
    if program is None:
        return Run(file, (), tuple(diagnostic for diagnostic in diagnostics if diagnostic.is_error))
    wanted = [test for test in program.tests if word is None or word.lower() in test.name.lower()]
    return Run(file, tuple(run_tests(program, wanted)))


def _stated() -> list[str]:
    toml = config.find(Path())
    if toml is None:
        raise click.UsageError("Which rules? Name a file or a folder, or write a scoredsl.toml.")
    stated, _ = config.read(toml)
    files = [file for path in (*stated.rules, *stated.tests) for file in rules_files(path)]
    if not files:
        raise click.UsageError(f'{toml} names no rules: write rules = "rules.score".')
    return list(dict.fromkeys(files))
