"""What the rules of open files do on the user's log: counted by another process, again when either has changed.

Nothing waits for it: what is asked is answered with what is known, and counting starts when nothing has been typed for
a while, one file at a time. Without a log, or where it cannot be counted, nothing is known, and that is no error.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoredsl.ide.counted import NOTHING_COUNTED, Counts
from scoredsl.ide.data import NOTHING, Data
from scoredsl.ide.on_log import Wish, stats_arguments, texts_file
from scoredsl.lsp.processes import folder_of, run_scoredsl
from scoredsl.plan.logical import LogicalPlan, logical_plan
from scoredsl.semantics.imports import Unreadable
from scoredsl.semantics.program import Program
from scoredsl.testing.rechecking import without_places

if TYPE_CHECKING:
    from scoredsl.lsp.server import ScoreServer

REST = 1.5
"""Seconds without a change after which is counted."""
MOST_OWED = 200
"""In a program of more rules it is not asked who owes a tier to each: that scores the log without each of them."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted; `shape` and `read`: of which plan, and as it came, None where it could not be counted."""

    program: Program
    data: Data
    counts: Counts
    shape: LogicalPlan | None = None
    read: Mapping[str, Any] | None = None


class Counting:
    """What is known of open files, by their paths."""

    def __init__(self, server: ScoreServer) -> None:
        self.server = server
        self._known: dict[str, _Counted] = {}
        self._tasks: dict[str, tuple[Program, Data, asyncio.Task[None]]] = {}
        self._turn = asyncio.Lock()

    def of(self, path: str) -> Counts:
        """What is known of a file; if it may be out of date, it is counted again before long."""
        data = self.server.log.data_of(path)
        if data is NOTHING or path not in self.server.project.texts:
            self._drop(path)
            return NOTHING_COUNTED
        program = self.server.project.analysis(path).program
        known = self._known.get(path)
        if program is not None and not (known and known.program is program and known.data is data):
            self._soon(path, program, data)
        return known.counts if known else NOTHING_COUNTED

    def log_changed(self) -> None:
        """There is a log, or another one, or none any more."""
        for path in [*self.server.project.texts]:
            try:
                self.of(path)
            except Unreadable:
                continue
        self._tell()

    def _drop(self, path: str) -> None:
        self._known.pop(path, None)
        if path in self._tasks:
            self._tasks.pop(path)[2].cancel()

    def _soon(self, path: str, program: Program, data: Data) -> None:
        waiting = self._tasks.get(path)
        if waiting is not None:
            if waiting[0] is program and waiting[1] is data:
                return
            waiting[2].cancel()
        task = asyncio.get_running_loop().create_task(self._count(path, program, data))
        self._tasks[path] = program, data, task

    async def _count(self, path: str, program: Program, data: Data) -> None:
        try:
            await asyncio.sleep(REST)
            async with self._turn:
                self._known[path] = await self._counted(path, program, data)
            self._tell()
        except Exception:
            self.server.note_failure("counting")
        finally:
            waiting = self._tasks.get(path)
            if waiting is not None and waiting[2] is asyncio.current_task():
                del self._tasks[path]

    async def _counted(self, path: str, program: Program, data: Data) -> _Counted:
        """Where the rules mean what they did (a comment was written, or a test), the figures are those from before."""
        known = self._known.get(path)
        shape = await asyncio.to_thread(_shape, program)
        if known is not None and known.data is data and known.shape == shape:
            read = known.read
        else:
            read = await self._read(path, program)
        counts = NOTHING_COUNTED if read is None else Counts.of(read, program, data.days)
        return _Counted(program, data, counts, shape, read)

    async def _read(self, path: str, program: Program) -> Mapping[str, Any] | None:
        with tempfile.TemporaryDirectory(prefix="scoredsl-") as scratch:
            texts = Path(scratch, "texts.json")
            own = {name: source.text for name, source in program.sources.items()}
            texts.write_text(texts_file({**self.server.project.texts, **own}), encoding="utf-8")
            owed = sum(1 for _ in program.rules()) <= MOST_OWED
            arguments = stats_arguments(Wish(path, str(texts)), owed=owed)
            status, output, _ = await run_scoredsl(arguments, folder_of(path))
        return json.loads(output) if status == 0 else None

    def _tell(self) -> None:
        """The client asks for lenses again."""
        workspace = self.server.client_capabilities.workspace
        if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self.server.workspace_code_lens_refresh(None)


def _shape(program: Program) -> LogicalPlan:
    """Equal for programs that compute the same by rules that are written the same."""
    shape: LogicalPlan = without_places(logical_plan(program))
    return shape
