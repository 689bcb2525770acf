"""The process that reasons: it is given texts and asked for the warnings of a program, which may take it seconds.

Messages are pickled, each after its length in eight bytes: from the server ("text", path, text or None where a file is
open no more), ("warn", number, path, clock) and ("stop",); to it (number, warnings, what went wrong or ""). What is
being reasoned about when another message comes is out of date: it is given up at once, and nothing is said of it.
"""

from __future__ import annotations

import _thread
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from typing import Any, BinaryIO

from scoredsl import api
from scoredsl.diagnostics import Diagnostic
from scoredsl.ide.project import Project
from scoredsl.semantics.imports import Unreadable

LENGTH = 8


class _OutOfDateError(BaseException):
    pass


class Reasoner:
    """Takes messages one by one. `inbox` has those that came meanwhile."""

    def __init__(self, answers: BinaryIO) -> None:
        self.answers = answers
        self.inbox: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self.project = Project(api.DiskReader(), api.said_of)
        self.is_reasoning = False

    def run(self) -> None:
        signal.signal(signal.SIGINT, self.interrupted)
        while True:
            try:
                self.take(self.inbox.get())
            except _OutOfDateError:
                continue

    def interrupted(self, *_: object) -> None:
        if self.is_reasoning:
            self.is_reasoning = False
            raise _OutOfDateError

    def take(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("text", str(path), str(text)):
                self.project.open(path, text)
            case ("text", str(path), None):
                self.project.close(path)
            case ("warn", int(number), str(path), int(now)) if self.inbox.empty():
                try:
                    found, wrong = self.warnings(path, now), ""
                except Exception:  # our mistake, which the server tells of
                    found, wrong = [], traceback.format_exc()
                if found is not None:
                    self.answers.write(framed((number, found, wrong)))
                    self.answers.flush()
            case _:
                pass

    def warnings(self, path: str, now: int) -> list[Diagnostic] | None:
        """Those of a program, silenced or not; None where they are out of date."""
        from scoredsl.lint.run import warnings

        try:
            checked = self.project.analysis(path).checked
        except Unreadable:
            return []
        if checked.program is None:
            return []
        self.is_reasoning = True
        try:
            # a message that came before may have found nothing to interrupt
            return warnings(checked, now) if self.inbox.empty() else None
        finally:
            self.is_reasoning = False


def framed(message: tuple[Any, ...]) -> bytes:
    data = pickle.dumps(message)
    return len(data).to_bytes(LENGTH, "big") + data


def main() -> None:
    """Serves until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    if hasattr(os, "nice"):
        os.nice(5)  # whoever types goes first
    reasoner = Reasoner(answers)

    def listen() -> None:
        stream = sys.stdin.buffer
        while True:
            head = stream.read(LENGTH)
            data = stream.read(int.from_bytes(head, "big")) if len(head) == LENGTH else b""
            if not data:
                os._exit(0)
            reasoner.inbox.put(pickle.loads(data))
            if reasoner.is_reasoning:
                _thread.interrupt_main()

    threading.Thread(target=listen, daemon=True).start()
    reasoner.run()


if __name__ == "__main__":
    main()
