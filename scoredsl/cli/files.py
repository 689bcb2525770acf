"""Which rules files a path means, and how files are written."""

from __future__ import annotations

from collections.abc import Iterable
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


def require_writable(paths: Iterable[str]) -> None:
    """Raises an error for the user if one of the files cannot be written: asked before the first of them is touched."""
    from scoredsl.engine.output import obstacle

    for path in paths:
        against = obstacle(path)
        if against is not None:
            raise click.ClickException(f"{path} cannot be written: {against}. Nothing was changed.")


def write_text(path: str, text: str) -> None:
    """Writes a file whole or not at all. Raises an error for the user where it cannot be written."""
    from scoredsl.engine.output import reason, replacing

    try:
        with replacing(path) as temporary:
            temporary.write_bytes(text.encode("utf-8"))
    except OSError as problem:
        raise click.ClickException(f"{path} cannot be written: {reason(problem)}. Nothing was written.") from None
