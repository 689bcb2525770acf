"""The user's own log: looked at by another process, again when it has changed; nothing waits for it.

Which files are the log is what `scoredsl.toml` says, and the command `scoredsl catalog` knows that: it is run in the
folder. Where there is no such file, or the log cannot be read, nothing is known, and that is no error.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoredsl.ide.data import NOTHING, Data

if TYPE_CHECKING:
    from scoredsl.lsp.server import ScoreServer

CONFIG = "scoredsl.toml"
PAUSE = 5.0
"""Seconds between looks at whether a file has changed."""
TIMEOUT = 600.0
"""Seconds after which a log is given up."""

Stamp = tuple[tuple[str, int, int], ...]
"""Path, size and time of change of each file."""


class Logs:
    """What is known of the logs of the workspace, by the folder of their scoredsl.toml."""

    def __init__(self, server: ScoreServer) -> None:
        self.server = server
        self._data: dict[Path, Data] = {}
        self._tasks: dict[Path, asyncio.Task[None]] = {}

    def data_of(self, path: str) -> Data:
        """What is known for a rules file: of the nearest folder above it that has a log."""
        for folder in Path(path).parents:
            if folder in self._data:
                return self._data[folder]
        return NOTHING

    def watch(self, folders: Iterable[Path]) -> None:
        """Looks at the logs of these folders, and no longer at those of others."""
        wanted = {toml.parent for folder in folders for toml in _configs(folder)}
        for folder in [*self._tasks]:
            if folder not in wanted:
                self._tasks.pop(folder).cancel()
                self._data.pop(folder, None)
        for folder in wanted - self._tasks.keys():
            self._tasks[folder] = asyncio.get_running_loop().create_task(self._follow(folder))

    async def _follow(self, folder: Path) -> None:
        before: Stamp | None = None
        files: list[str] = []
        while True:
            now = _stamp(folder, files)
            if now != before:
                read = await _looked_at(folder)
                if read is not None:
                    files = [str(each) for each in read.get("files", [])]
                    self._data[folder] = Data.of(read)
                else:
                    self._data.pop(folder, None)
                before = _stamp(folder, files)
                self.server.counting.log_changed()
            await asyncio.sleep(PAUSE)


def _configs(folder: Path) -> Iterable[Path]:
    """The scoredsl.toml of a folder, and of the folders one and two levels below."""
    for pattern in (CONFIG, f"*/{CONFIG}", f"*/*/{CONFIG}"):
        yield from sorted(folder.glob(pattern))


def _stamp(folder: Path, files: Iterable[str]) -> Stamp:
    found = []
    for name in [CONFIG, *files]:
        for path in sorted(folder.glob(name)) if any(sign in name for sign in "*?[") else [folder / name]:
            try:
                state = path.stat()
            except OSError:
                continue
            found.append((str(path), state.st_size, state.st_mtime_ns))
    return tuple(found)


async def _looked_at(folder: Path) -> dict[str, Any] | None:
    """The counts of a folder's log; None where there is none, or it cannot be read."""
    command = [sys.executable, "-m", "scoredsl", "catalog", "--format", "json"]
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdin=nothing, stdout=asyncio.subprocess.PIPE, stderr=nothing
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), TIMEOUT)
    except TimeoutError:
        process.kill()
        return None
    except asyncio.CancelledError:
        if process.returncode is None:
            process.kill()
        raise
    try:
        read = json.loads(output)
    except ValueError:
        return None
    return read if isinstance(read, dict) and "events" in read else None
