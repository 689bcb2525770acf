"""Which rules files a path means."""

from __future__ import annotations

from pathlib import Path

import click

_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__"}


def rules_files(path: str) -> list[str]:
    """A file itself, or all `.score` files of a folder, sorted. Raises a usage error for what is not there."""
    place = Path(path)
    if place.is_dir():
        found = sorted(
            each for each in place.rglob("*.score") if each.is_file() and not _SKIPPED & set(each.parts[:-1])
        )
        if not found:
            raise click.UsageError(f"There is no .score file in the folder {path}.")
        return [each.as_posix() for each in found]
    if not place.exists():
        raise click.UsageError(f"There is no file {path}.")
    return [place.as_posix()]
