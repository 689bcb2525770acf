"""The group of all commands; each is imported when it is called, so that `check` starts quickly."""

from __future__ import annotations

import importlib
from typing import Any

import click

from scoredsl import __version__
from scoredsl.cli.unsaved import take_texts

_COMMANDS = {
    "init": "Write a starter project.",
    "check": "Check rules and say what is wrong.",
    "fmt": "Bring rules into the one canonical layout.",
    "test": "Run the tests in rules files.",
    "docs": "Write the rules as a page of plain sentences.",
    "score": "Score a log: every lead's scores and tiers.",
    "history": "Every change of every lead's scores, with its cause.",
    "alerts": "Every change of tier, with its cause.",
    "explain": "Why a lead has its score: the ledger.",
    "what-if": "What would bring a lead to the next tier, and when it falls out of its own.",
    "overview": "What the rules make of a log at a glance.",
    "stats": "What each rule is good for: how often it fired, what it gave, who owes a tier to it.",
    "insights": "Which content moves scores, and who is in which tier.",
    "evaluate": "Is the score right? Compare it with who was won and who was lost.",
    "calibrate": "Refit the points of your rules to who was won and who was lost.",
    "learn": "Learn rules and points from who was won and who was lost.",
    "diff": "What a change of the rules does to a log.",
    "prove": "Are two programs equal for every possible lead?",
    "plan": "How a program is computed, and the plan as a file.",
    "compile": "Write the scores as one SQL query for a warehouse.",
    "verify": "Run that query on a log and compare it with the reference.",
    "catalog": "Write down which events and fields a log has.",
    "lsp": "Start the language server, for an editor.",
    "code": "Explain the code of a message.",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"scoredsl.cli.{cmd_name.replace('-', '_')}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, Any, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from scoredsl.diagnostics import did_you_mean

            word = args[0] if args else ""
            meant = did_you_mean(word, _COMMANDS)
            hint = f" {meant[0].upper()}{meant[1:]}" if meant else ""
            ctx.fail(f"There is no command {word}.{hint}")


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="scoredsl %(version)s")
@click.option("--texts", metavar="FILE", expose_value=False, hidden=True, callback=take_texts,
              help="For editors: a JSON object of texts by path, taken instead of the rules files on disk.")
def cli() -> None:
    """Lead scoring as code: rules as plain sentences, checked, tested and run on event logs.

    \b
    A first try:
      scoredsl init my-scoring      write a starter project
      cd my-scoring
      scoredsl check                are the rules right?
      scoredsl test                 do the examples hold?
      scoredsl score                the score of every lead
      scoredsl explain --lead eva   why does eva have this score?
    """
