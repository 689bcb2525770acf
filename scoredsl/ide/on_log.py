"""What is run of a rules file on a log, as it stands in the editor: command lines of scoredsl, and what they said.

A log may be large, so it is another process that reads it. The texts that are open go with it (`--texts`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """A rules file on a log. Without `log`, scoredsl.toml says which. Paths are absolute."""

    rules: str
    texts: str
    """The file that has the open texts."""
    log: Sequence[str] = ()


def overview_arguments(wish: Wish, *, against: str | None, top: int, lead: str | None) -> list[str]:
    """`against`: the file of a plan; `lead`: who is to be explained as well."""
    found = ["overview", wish.rules, *wish.log, "--format", "json", "--top", str(top)]
    found += [] if against is None else ["--against", against]
    found += [] if lead is None else [f"--lead={lead}"]
    return ["--texts", wish.texts, *found]


def explain_arguments(wish: Wish, lead: str) -> list[str]:
    return ["--texts", wish.texts, "explain", wish.rules, *wish.log, f"--lead={lead}", "--format", "json"]


def stats_arguments(wish: Wish, *, owed: bool) -> list[str]:
    """`owed`: whether it is asked who owes a tier to a rule."""
    found = ["--texts", wish.texts, "stats", wish.rules, *wish.log, "--format", "json"]
    return found if owed else [*found, "--no-tiers"]


def impact_arguments(wish: Wish, name: str, revision: str = "HEAD") -> list[str]:
    """Against the same file at a git revision; `name` is its path as seen from the folder where the command is run."""
    logs = [part for log in wish.log for part in ("--events", log)]
    return ["--texts", wish.texts, "diff", f"{revision}:./{name}", name, *logs, "--format", "html"]


def texts_file(texts: Mapping[str, str]) -> str:
    """The content of a file for `--texts`."""
    return json.dumps(dict(texts), ensure_ascii=False)


def why_not(said: str) -> str:
    """What a command that failed said on standard error, as one message for a panel.

    What stands before its error (which log was read, rows that were rejected) is left out.
    """
    lines = said.strip().splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith(("Error:", "Internal error"))), 0)
    found = "\n".join(line for line in lines[first:] if not line.startswith(("Usage:", "Try ")))
    return found.removeprefix("Error:").strip() or "It failed without saying why."
