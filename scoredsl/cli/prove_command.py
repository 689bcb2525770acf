"""`scoredsl prove`."""

from __future__ import annotations

import click

from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options
from scoredsl.cli.versions import Version, version
from scoredsl.report import Place

_STATUS = {"equal": 0, "different": 1, "not decided": 3}


@click.command("prove")
@click.argument("old_rules", metavar="OLD")
@click.argument("new_rules", metavar="NEW")
@click.option("--score", metavar="NAME", help="Compare this score alone, with the scores that it is made of.")
@report_options()
def command(old_rules: str, new_rules: str, score: str | None, format_: str, reports: tuple[Wanted, ...]) -> None:
    """Are two programs equal for every possible lead? A proof, or a small log that tells them apart.

    OLD and NEW are rules files, folders, or either of them at a git revision (HEAD~1:rules/). Scores, tiers, grids and
    labels are compared by name, at every instant. Exit status: 0 equal, 1 different (an example is shown, with both
    ledgers), 3 not decided.

    \b
    Examples:
      scoredsl prove old.score new.score
      scoredsl prove HEAD:./rules.score rules.score --score engagement
    """
    from scoredsl.proof.prove import proved
    from scoredsl.proof.report import ProveReport

    old, new = version(old_rules), version(new_rules)
    for each in (old, new) if score is not None else ():
        _known_score(each, str(score))
    check_reports(reports, [(path, "the rules") for path in (*old.files, *new.files)])
    found = proved(old.program, new.program, score)
    file = new.files[0] if new.files else new.program.path
    deliver(ProveReport(found, old.name, new.name, Place(file)), format_, reports)
    status = _STATUS[found.verdict]
    if status:
        raise click.exceptions.Exit(status)


def _known_score(given: Version, score: str) -> None:
    names = [each.name for each in given.program.scores]
    if score not in names:
        from scoredsl.diagnostics import did_you_mean

        meant = did_you_mean(score, names)
        hint = f" {meant[0].upper()}{meant[1:]}" if meant else f" There is: {', '.join(names)}."
        raise click.UsageError(f"--score {score}: {given.name} has no such score.{hint}")
