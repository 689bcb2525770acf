"""Warnings that take reasoning: found by a process of their own, kept while the text is edited, never waited for.

They are asked for once what is certain has been published, and published when they are there, with the same version. An
edit stops the reasoning; what was found before is shown meanwhile, moved along with the edit. The answer to a question
that an edit has overtaken is dropped.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass

from scoredsl import api
from scoredsl.diagnostics import Diagnostic
from scoredsl.ide.kept import Edited, kept
from scoredsl.ide.project import Analysis, Project
from scoredsl.lint.codes import CODES
from scoredsl.lsp.reasoner import LENGTH, framed

_START = (sys.executable, "-m", "scoredsl.lsp.reasoner")


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found of a program last; `analysis`: as it was then, or None where it has been edited since."""

    found: tuple[Diagnostic, ...]
    analysis: Analysis | None


class Reasoned:
    """What the other process has found, by the path of the program.

    `arrived` is called when there is more, `failed` with what went wrong.
    """

    def __init__(
        self, project: Project, now: Callable[[], int], arrived: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        self.project = project
        self.now = now
        self.arrived = arrived
        self.failed = failed
        self._known: dict[str, _Known] = {}
        self._waiting: dict[int, Analysis] = {}
        """The questions without an answer yet, by number."""
        self._number = 0
        self._texts: dict[str, str] = {}
        """The texts that the process has."""
        self._process: asyncio.subprocess.Process | None = None
        self._starting: asyncio.Task[None] | None = None
        self._outbox: list[bytes] = []
        self._settled: dict[str, list[asyncio.Future[None]]] = {}

    # ---- what is said

    def said(self, analysis: Analysis) -> list[Diagnostic]:
        """All that is said of a program as far as it is known now."""
        known = self._known.get(analysis.path)
        if known is None or analysis.errors:
            return analysis.checked.said(unasked=CODES)
        if known.analysis is analysis:
            return analysis.checked.said(known.found, api.unasked(self.now(), None))
        return analysis.checked.said(known.found, CODES)

    def is_settled(self, analysis: Analysis) -> bool:
        """Whether that is all there is to say."""
        known = self._known.get(analysis.path)
        return bool(analysis.errors) or (known is not None and known.analysis is analysis)

    async def settled(self, analysis: Analysis) -> None:
        """Waits until it is, or until the text has changed."""
        if not self.is_settled(analysis):
            waiting = asyncio.get_running_loop().create_future()
            self._settled.setdefault(analysis.path, []).append(waiting)
            self.ask(analysis)
            await waiting

    # ---- edits

    def edited(self, path: str, before: str, after: str) -> None:
        """A text has changed: what was found moves along, and what is being looked for is out of date."""
        edit = Edited.of(path, before, after)
        for program, known in self._known.items():
            self._known[program] = _Known(tuple(kept(known.found, edit)), None)
        self.stop()

    def touched(self, path: str) -> None:
        """A file has changed otherwise, or is open no more."""
        for program, known in self._known.items():
            self._known[program] = _Known(tuple(each for each in known.found if each.span.file != path), None)
        self._texts.pop(path, None)
        self.stop()
        if self._process is not None:
            self._send(("text", path, None))

    def stop(self) -> None:
        if self._waiting:
            self._waiting.clear()
            self._send(("stop",))
        for waiting in self._settled.values():
            for each in waiting:
                if not each.done():
                    each.set_result(None)
        self._settled.clear()

    def forget(self, path: str) -> None:
        self._known.pop(path, None)

    # ---- questions

    def ask(self, analysis: Analysis) -> None:
        """Has the warnings of a program looked for, unless they are known, or being looked for."""
        if self.is_settled(analysis) or analysis in self._waiting.values():
            return
        for path, text in self.project.texts.items():
            if self._texts.get(path) is not text:
                self._texts[path] = text
                self._send(("text", path, text))
        self._number += 1
        self._waiting[self._number] = analysis
        self._send(("warn", self._number, analysis.path, self.now()))

    def _send(self, message: tuple[object, ...]) -> None:
        self._outbox.append(framed(message))
        process = self._process
        if process is None or process.stdin is None:
            if self._starting is None:
                self._starting = asyncio.get_running_loop().create_task(self._serve())
            return
        process.stdin.writelines(self._outbox)
        self._outbox.clear()

    async def _serve(self) -> None:
        """Starts the process and takes its answers. Where it ends, the next question starts another."""
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *_START, stdin=pipe, stdout=pipe, stderr=nothing, start_new_session=True
            )
            assert process.stdin is not None and process.stdout is not None
            self._process = process
            process.stdin.writelines(self._outbox)
            self._outbox.clear()
            while True:
                size = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
                number, found, wrong = pickle.loads(await process.stdout.readexactly(size))
                if wrong:
                    self.failed(wrong)
                self._take(number, found)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._process = self._starting = None
            self._texts.clear()
            self._outbox.clear()
            self.stop()

    def _take(self, number: int, found: list[Diagnostic]) -> None:
        analysis = self._waiting.pop(number, None)
        if analysis is None:
            return
        self._known[analysis.path] = _Known(tuple(found), analysis)
        for each in self._settled.pop(analysis.path, []):
            if not each.done():
                each.set_result(None)
        self.arrived()
