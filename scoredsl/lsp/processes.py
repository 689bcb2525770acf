"""Commands of scoredsl, run in processes of their own: what may take long, as a log may be large."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from scoredsl.lsp.logs import CONFIG
from scoredsl.semantics.imports import Unreadable

TIMEOUT = 600.0
"""Seconds after which a run is given up."""


def folder_of(path: str) -> Path:
    """The nearest folder above a file that has a scoredsl.toml, else its own. Raises Unreadable for no file."""
    if "://" in path or path.startswith("untitled:"):
        raise Unreadable("These rules are in no file yet: save them first.")
    folders = list(Path(path).parents)
    if not folders:
        raise Unreadable("Of which rules file?")
    return next((folder for folder in folders if (folder / CONFIG).is_file()), folders[0])


async def run_scoredsl(arguments: list[str], folder: Path) -> tuple[int, str, str]:
    """Runs scoredsl in a folder: its exit status, what it wrote, what it said. Ended when it is cancelled."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scoredsl", *arguments, cwd=folder, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        output, said = await asyncio.wait_for(process.communicate(), TIMEOUT)
    except TimeoutError:
        return 1, "", f"Error: it took longer than {TIMEOUT / 60:.0f} minutes."
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, output.decode("utf-8", "replace"), said.decode("utf-8", "replace")
