"""`scoredsl test`."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click

from scoredsl import api
from scoredsl.cli import config, render
from scoredsl.cli.files import rules_files
from scoredsl.cli.ledger_text import ledger_text
from scoredsl.diagnostics import Diagnostic
from scoredsl.semantics.values import instant_text
from scoredsl.testing import Failure, TestResult, run_tests
from scoredsl.text import Span


@click.command("test")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-k", "word", metavar="WORD", help="Only tests whose name contains WORD (ignoring case).")
@click.option("--format", "format_", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
def command(paths: tuple[str, ...], word: str | None, format_: str) -> None:
    """Run the tests in rules files; a failing one shows what was expected, what came, and the ledger that led there.

    PATH is a rules file or a folder of them; without one scoredsl.toml says which (rules and tests). If no test is
    found, the exit status is 2: nothing was tested.

    \b
    Examples:
      scoredsl test
      scoredsl test rules.score -k webinar
      scoredsl test . --format junit > results.xml
    """
    files = [file for path in paths for file in rules_files(path)] if paths else _stated()
    runs = [_run(file, word) for file in files]
    sources = render.Sources()
    match format_:
        case "json":
            objects = [each for run in runs for each in _objects(run, sources)]
            click.echo(json.dumps(objects, ensure_ascii=False, indent=2))
        case "junit":
            click.echo(_junit(runs, sources))
        case _:
            _text(runs, sources)
    tests = [result for run in runs for result in run.results]
    failed = sum(not result.passed for result in tests)
    broken = sum(bool(run.errors) for run in runs)
    if not tests and not broken:
        where = files[0] if len(files) == 1 else f"{len(files)} files"
        which = "" if word is None else f" whose name contains {word}"
        help_ = "" if word is not None else ' Write one: test "a name", and given and expect lines indented under it.'
        click.echo(f"There is no test{which} in {where}: nothing was tested.{help_}", err=True)
        raise click.exceptions.Exit(2)
    counts = f"{len(tests) - failed} passed, {failed} failed"
    if broken:
        counts += f"; {broken} file{'s' if broken != 1 else ''} with errors in the rules, not tested"
    click.echo(counts, err=format_ != "text")
    raise click.exceptions.Exit(1 if failed or broken else 0)


@dataclass(frozen=True, slots=True)
class _Run:
    """What came of a file: the results of its tests, or the errors in its rules, for which none was run."""

    file: str
    results: list[TestResult]
    errors: list[Diagnostic]


def _run(file: str, word: str | None) -> _Run:
    program, diagnostics = api.check(file)
    if program is None:
        return _Run(file, [], [diagnostic for diagnostic in diagnostics if diagnostic.is_error])
    wanted = [test for test in program.tests if word is None or word.lower() in test.name.lower()]
    return _Run(file, list(run_tests(program, wanted)), [])


def _stated() -> list[str]:
    toml = config.find(Path())
    if toml is None:
        raise click.UsageError("Which rules? Name a file or a folder, or write a scoredsl.toml.")
    stated, _ = config.read(toml)
    files = [file for path in (*stated.rules, *stated.tests) for file in rules_files(path)]
    if not files:
        raise click.UsageError(f"{toml} names no rules: write rules = \"rules.score\".")
    return list(dict.fromkeys(files))


def _text(runs: list[_Run], sources: render.Sources) -> None:
    shown: set[tuple[str, Span]] = set()
    for run in runs:
        # Two files of tests that import the same broken rules have the same errors.
        new = [error for error in run.errors if (error.message, error.span) not in shown]
        shown.update((error.message, error.span) for error in new)
        if new:
            click.echo(render.as_text(new, sources, full=True, stream=sys.stderr), err=True)
        if run.errors:
            summary = render.summary(run.errors, len({error.span.file for error in run.errors}))
            click.echo(f"{run.file} was not tested: {summary}", err=True)
        for result in run.results:
            if result.passed:
                continue
            click.echo(f"FAILED {run.file}:{result.test.place.line}: {result.test.name}")
            for failure in result.failures:
                click.echo(_indent(_failure(failure), 2))
            click.echo()


def _failure(failure: Failure) -> str:
    expectation = failure.expectation
    lines = [
        f"line {expectation.place.line}, at {instant_text(expectation.at)}:",
        f"  expected: {failure.expected}",
        f"  but:      {failure.actual}",
    ]
    explanation = failure.explanation
    if explanation is not None:
        shown = ledger_text(_about(failure), colour=sys.stdout.isatty(), ahead=False).split("\n\n", 1)
        if len(shown) > 1:
            lines.append(_indent(shown[1], 2))
    return "\n".join(lines)


def _about(failure: Failure) -> Any:
    """The ledgers that concern an expectation: the score's own, or all for a grid or a label."""
    explanation = failure.explanation
    assert explanation is not None
    if failure.expectation.kind not in ("value", "tier", "becomes"):
        return explanation
    from dataclasses import replace

    kept = tuple(ledger for ledger in explanation.ledgers if ledger.score.name == failure.expectation.score)
    return replace(explanation, ledgers=kept, grids={}, labels={})


def _indent(text: str, by: int) -> str:
    return "\n".join(" " * by + line if line else "" for line in text.splitlines())


def _objects(run: _Run, sources: render.Sources) -> Iterator[dict[str, Any]]:
    """An object for each test; for a file with errors one, without a name, that has them as `check` shows them."""
    if run.errors:
        yield {
            "file": run.file,
            "line": None,
            "name": None,
            "passed": False,
            "failures": [],
            "errors": [render.as_object(error, sources) for error in run.errors],
        }
    for result in run.results:
        yield _object(run.file, result)


def _object(file: str, result: TestResult) -> dict[str, Any]:
    return {
        "file": file,
        "line": result.test.place.line,
        "name": result.test.name,
        "passed": result.passed,
        "failures": [
            {
                "line": failure.expectation.place.line,
                "at": instant_text(failure.expectation.at),
                "expected": failure.expected,
                "actual": failure.actual,
                "ledger": None if failure.explanation is None else ledger_text(_about(failure), ahead=False),
            }
            for failure in result.failures
        ],
        "errors": [],
    }


def _junit(runs: list[_Run], sources: render.Sources) -> str:
    """JUnit's XML, one suite a file; for a file with errors in its rules a case `rules` that has them."""
    suites = ElementTree.Element("testsuites")
    for run in runs:
        file = run.file
        failed = sum(not result.passed for result in run.results)
        broken = int(bool(run.errors))
        suite = ElementTree.SubElement(suites, "testsuite", name=file, tests=str(len(run.results) + broken),
                                       failures=str(failed), errors=str(broken), skipped="0")
        if run.errors:
            line = str(sources.of(run.errors[0].span.file).position(run.errors[0].span.start).line)
            case = ElementTree.SubElement(suite, "testcase", classname=file, name="rules", file=file, line=line)
            text = render.as_text(run.errors, sources, full=False, stream=io.StringIO())
            error = ElementTree.SubElement(case, "error", message=_printable(run.errors[0].message),
                                           type=run.errors[0].code)
            error.text = _printable(text)
        for result in run.results:
            name, line = _printable(result.test.name), str(result.test.place.line)
            case = ElementTree.SubElement(suite, "testcase", classname=file, name=name, file=file, line=line)
            for failure in result.failures:
                message = _printable(f"expected {failure.expected}, but {failure.actual}")
                ElementTree.SubElement(case, "failure", message=message).text = _printable(_failure(failure))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def _printable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or c.isprintable())
