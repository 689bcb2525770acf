"""`scoredsl test`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click

from scoredsl.cli import config
from scoredsl.cli.data_options import checked_program
from scoredsl.cli.files import rules_files
from scoredsl.cli.ledger_text import ledger_text
from scoredsl.semantics.values import instant_text
from scoredsl.testing import Failure, TestResult, run_tests


@click.command("test")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-k", "word", metavar="WORD", help="Only tests whose name contains WORD (ignoring case).")
@click.option("--format", "format_", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
def command(paths: tuple[str, ...], word: str | None, format_: str) -> None:
    """Run the tests in rules files; a failing one shows what was expected, what came, and the ledger that led there.

    PATH is a rules file or a folder of them; without one scoredsl.toml says which (rules and tests).

    \b
    Examples:
      scoredsl test
      scoredsl test rules.score -k webinar
      scoredsl test . --format junit > results.xml
    """
    files = [file for path in paths for file in rules_files(path)] if paths else _stated()
    results: list[tuple[str, TestResult]] = []
    for file in files:
        program = checked_program(file)
        wanted = [test for test in program.tests if word is None or word.lower() in test.name.lower()]
        results.extend((file, result) for result in run_tests(program, wanted))
    match format_:
        case "json":
            click.echo(json.dumps([_object(file, result) for file, result in results], ensure_ascii=False, indent=2))
        case "junit":
            click.echo(_junit(results))
        case _:
            _text(results)
    failed = sum(not result.passed for _, result in results)
    if not results:
        what = f" whose name contains {word}" if word is not None else ""
        click.echo(f"There is no test{what} in {len(files)} file{'s' if len(files) != 1 else ''}.", err=True)
        if word is not None:
            raise click.exceptions.Exit(2)
    elif format_ == "text":
        click.echo(f"{len(results) - failed} passed, {failed} failed", err=False)
    raise click.exceptions.Exit(1 if failed else 0)


def _stated() -> list[str]:
    toml = config.find(Path())
    if toml is None:
        raise click.UsageError("Which rules? Name a file or a folder, or write a scoredsl.toml.")
    stated, _ = config.read(toml)
    files = [file for path in (*stated.rules, *stated.tests) for file in rules_files(path)]
    if not files:
        raise click.UsageError(f"{toml} names no rules: write rules = \"rules.score\".")
    return list(dict.fromkeys(files))


def _text(results: list[tuple[str, TestResult]]) -> None:
    for file, result in results:
        if result.passed:
            continue
        click.echo(f"FAILED {file}:{result.test.place.line}: {result.test.name}")
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
    }


def _junit(results: list[tuple[str, TestResult]]) -> str:
    """JUnit's XML, one suite a file."""
    suites = ElementTree.Element("testsuites")
    by_file: dict[str, list[TestResult]] = {}
    for file, result in results:
        by_file.setdefault(file, []).append(result)
    for file, found in by_file.items():
        failed = sum(not result.passed for result in found)
        suite = ElementTree.SubElement(suites, "testsuite", name=file, tests=str(len(found)), failures=str(failed),
                                       errors="0", skipped="0")
        for result in found:
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
