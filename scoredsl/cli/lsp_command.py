"""`scoredsl lsp`."""

from __future__ import annotations

import click

from scoredsl import lsp


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Serve on standard input and output (as without an option).")
@click.option("--tcp", type=click.IntRange(0, 65535), metavar="PORT", help="Serve on a port of this machine.")
@click.option("--ws", type=click.IntRange(0, 65535), metavar="PORT", help="Serve on a web socket of this machine.")
def command(stdio: bool, tcp: int | None, ws: int | None) -> None:
    """Start the language server, for an editor.

    An editor starts it by itself: see docs/editors.md for VS Code, Neovim, Emacs, Kate and Helix.

    \b
    Examples:
      scoredsl lsp
      scoredsl lsp --tcp 2087
    """
    if stdio + (tcp is not None) + (ws is not None) > 1:
        raise click.UsageError("Choose one of --stdio, --tcp and --ws.")
    if not lsp.available():
        raise click.ClickException(lsp.HINT)
    from scoredsl.lsp.start import start

    start(tcp, ws)
