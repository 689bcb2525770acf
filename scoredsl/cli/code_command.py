"""`scoredsl code`."""

from __future__ import annotations

import sys

import click

from scoredsl.diagnostics import did_you_mean
from scoredsl.diagnostics.codes import codes, page


@click.command("code")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain the code of a message: what is wrong, a bad and a good example.

    Without CODE all codes are listed.

    \b
    Example:
      scoredsl code unknown-event
    """
    if code is None:
        for each in codes():
            title = page(each).splitlines()[0].removeprefix("# ").partition(": ")[2]
            click.echo(f"{each:28} {title}")
        return
    try:
        text = page(code)
    except KeyError:
        meant = did_you_mean(code, codes())
        hint = f"{meant[0].upper()}{meant[1:]}" if meant else "Call scoredsl code for a list."
        raise click.UsageError(f"There is no code {code}. {hint}") from None
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        click.echo(text)
