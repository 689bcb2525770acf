"""`scoredsl docs`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from scoredsl import api
from scoredsl.cli import config
from scoredsl.cli.data_options import checked_program, rules_path, rules_request
from scoredsl.cli.files import rules_files, write_text
from scoredsl.cli.outputs import check_outputs
from scoredsl.prose.sheet import sheet
from scoredsl.report.formats import html, markdown
from scoredsl.semantics.program import Program, TestCase


@click.command("docs")
@click.argument("rules", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["markdown", "html"]),
    help="Without it markdown, or html where --out ends in .html.",
)
@click.option("--out", metavar="FILE", help="Write to a file instead of standard output.")
def command(rules: str | None, format_: str | None, out: str | None) -> None:
    """Write the rule sheet: every score, rule and tier in plain sentences, with the tests as examples.

    RULES is a rules file, or a folder with one. Without it scoredsl.toml says which, and the tests that it names are
    examples too. The same rules give the same sheet, so its changes can be reviewed. Errors in the rules leave with
    exit status 1.

    \b
    Examples:
      scoredsl docs rules.score
      scoredsl docs rules.score --out rules.html
    """
    path = rules_path(rules)
    check_outputs({"--out": out}, [(path, "the rules")])
    program = checked_program(rules_request(path, out))
    program = replace(program, tests=program.tests + _more_tests(program, rules))
    by_name = "html" if out is not None and Path(out).suffix.lower() in (".html", ".htm") else "markdown"
    page = sheet(program)
    text = (html.page(page) if (format_ or by_name) == "html" else markdown.page(page)) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        write_text(out, text)
        click.echo(f"{out} written.", err=True)


def _more_tests(program: Program, rules: str | None) -> tuple[TestCase, ...]:
    """The tests of the files that the project names for tests, as far as they are about this program."""
    toml = config.find(Path() if rules is None else Path(rules))
    if toml is None:
        return ()
    found: list[TestCase] = []
    for file in (file for path in config.read(toml)[0].tests for file in rules_files(path)):
        other, _ = api.load(file)
        if other is not None and program.path in other.sources:
            known = {test.place for test in (*program.tests, *found)}
            found += [test for test in other.tests if test.place not in known]
    return tuple(found)
