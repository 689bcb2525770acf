"""The server: documents as they are open, the project they belong to, and when diagnostics are published."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import time
import traceback
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from scoredsl import __version__, api
from scoredsl.diagnostics import Diagnostic
from scoredsl.ide.project import Analysis, Project
from scoredsl.lsp import convert
from scoredsl.lsp.counting import Counting
from scoredsl.lsp.logs import Logs
from scoredsl.lsp.places import Places
from scoredsl.lsp.positions import Encoding, Lines, changed, encoding_of
from scoredsl.lsp.reasoned import Reasoned
from scoredsl.semantics.check import Checked
from scoredsl.semantics.imports import Unreadable
from scoredsl.text import Source

DEBOUNCE = 0.12
"""Seconds without a change after which diagnostics are published."""
_LONGEST_DELAY = 5.0
SHORT_REST, REST, LONG_REST = 0.25, 2.0, 600.0
"""Seconds without a change after which garbage is looked for among what is new, among all but what has stayed long, and
after which it is looked for everywhere."""
_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__"}
_MOST_FILES = 5_000

F = TypeVar("F", bound=Callable[..., Any])


class _Protocol(LanguageServerProtocol):
    """Documents are ours alone: pygls would keep a second copy, and count some line ends differently."""

    @lsp_method(t.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: t.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        yield self.fm.features[t.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(t.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: t.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        yield self.fm.features[t.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(t.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: t.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        yield self.fm.features[t.TEXT_DOCUMENT_DID_CLOSE], (params,), None


def _say(checked: Checked) -> list[Diagnostic]:
    return api.said_of(checked, now=ScoreServer.now())


class ScoreServer(LanguageServer):
    """The state of one client's session."""

    def __init__(self) -> None:
        super().__init__("scoredsl", __version__, protocol_cls=_Protocol)
        self.places = Places()
        self.project = Project(api.DiskReader(), _say)
        self.versions: dict[str, int | None] = {}
        self.folders: list[Path] = []
        self.tokens: dict[str, tuple[str, list[int]]] = {}
        """By path: the tokens that the client has, with their id."""
        self.log = Logs(self)
        self.counting = Counting(self)
        self.marks: dict[str, str] = {}
        """By path: the plan that a preview of scores is compared with."""
        self._pending: asyncio.TimerHandle | None = None
        self._cost = 0.0
        """Seconds that the last diagnostics took."""
        self.reasoned = Reasoned(self.project, self.now, self._reasoned, self._log_failure)
        self._rest: asyncio.TimerHandle | None = None
        self._rested = time.monotonic()
        self._published: dict[str, tuple[int | None, list[t.Diagnostic]]] = {}
        self._lines: dict[str, Lines] = {}

    # ---- places

    @property
    def encoding(self) -> Encoding:
        return encoding_of(str(getattr(self.server_capabilities, "position_encoding", None) or "utf-16"))

    def path(self, document: t.TextDocumentIdentifier | t.TextDocumentItem) -> str:
        return self.places.path(document.uri)

    def lines(self, path: str) -> Lines:
        """The lines of a file as it is now. A file that cannot be read has none."""
        try:
            text = self.project.read(path)
        except Unreadable:
            text = ""
        found = self._lines.get(path)
        if found is None or found.source.text is not text:
            found = self._lines[path] = Lines(Source(text, path), self.encoding)
        return found

    def at(self, document: t.TextDocumentIdentifier, position: t.Position) -> tuple[str, int]:
        """The path and the offset of a place."""
        path = self.path(document)
        return path, self.lines(path).offset(position)

    def analysis(self, document: t.TextDocumentIdentifier) -> Analysis:
        """Raises Unreadable."""
        return self.project.analysis(self.path(document))

    @staticmethod
    def now() -> int:
        """Microseconds since 1970, UTC."""
        return time.time_ns() // 1_000

    # ---- documents

    def open(self, document: t.TextDocumentItem) -> None:
        path = self.path(document)
        self.versions[path] = document.version
        self.project.open(path, document.text)
        self.reasoned.touched(path)
        self.publish_soon(0)

    def change(self, params: t.DidChangeTextDocumentParams) -> None:
        path = self.path(t.TextDocumentIdentifier(params.text_document.uri))
        before = self.project.texts.get(path)
        if before is None:  # a change of a document that was never opened
            return
        self.versions[path] = params.text_document.version
        after = changed(before, list(params.content_changes), self.encoding)
        self.project.open(path, after)
        self.reasoned.edited(path, before, after)
        self.publish_soon(DEBOUNCE)

    def close(self, document: t.TextDocumentIdentifier) -> None:
        path = self.path(document)
        self.versions.pop(path, None)
        self.project.close(path)
        self.reasoned.touched(path)
        self.reasoned.forget(path)
        self._lines.pop(path, None)
        self._published.pop(path, None)
        self.tokens.pop(path, None)
        if not self.pulls:
            self.text_document_publish_diagnostics(t.PublishDiagnosticsParams(self.places.uri(path), []))
        self.publish_soon(0)

    # ---- diagnostics

    @functools.cached_property
    def pulls(self) -> bool:
        """Whether the client asks for diagnostics itself."""
        document = self.client_capabilities.text_document
        return document is not None and document.diagnostic is not None

    @functools.cached_property
    def takes_snippets(self) -> bool:
        """Whether the client knows snippets with tab stops."""
        document = self.client_capabilities.text_document
        item = document.completion.completion_item if document is not None and document.completion is not None else None
        return bool(item is not None and item.snippet_support)

    def said(self, path: str) -> list[Diagnostic]:
        """What is said about a file: by itself, and as a part of the programs of open files that import it.

        What takes reasoning is in it as far as it is known: see `Reasoned`.
        """
        found: dict[tuple[str, int, int, str], Diagnostic] = {}
        key = self.project.same(path)
        own = self.project.analysis(path)
        others = [self.project.analysis(each) for each in self.project.texts if each != path]
        for analysis in [own, *(each for each in others if key in each.loaded.files)]:
            for each in self.reasoned.said(analysis):
                if each.span.file == path or self.project.same(each.span.file) == key:
                    found.setdefault((each.code, each.span.start, each.span.end, each.message), each)
        return sorted(found.values(), key=lambda each: (each.span.start, each.span.end))

    def diagnostics(self, path: str) -> list[t.Diagnostic]:
        """The same for the client; none for a file that cannot be read."""
        try:
            return [convert.diagnostic(each, self.lines, self.places.uri) for each in self.said(path)]
        except Unreadable:
            return []

    def publish_soon(self, delay: float) -> None:
        """Publishes after a time without another change; whatever was to be published before is not.

        Where checking takes long, as in a very large file, the time is longer, so that typing goes on meanwhile.
        """
        self._rest_soon()
        if self.pulls:
            return
        if self._pending is not None:
            self._pending.cancel()
        pause = max(delay, min(self._cost, _LONGEST_DELAY))
        self._pending = asyncio.get_running_loop().call_later(pause, self._publish)

    def _publish(self) -> None:
        self._pending = None
        start = time.perf_counter()
        self._publish_all()
        self._cost = time.perf_counter() - start
        self.reason()

    def _publish_all(self) -> None:
        for path in list(self.project.texts):
            try:
                now = (self.versions.get(path), self.diagnostics(path))
                if self._published.get(path) != now:
                    self._published[path] = now
                    version, items = now
                    self.text_document_publish_diagnostics(
                        t.PublishDiagnosticsParams(self.places.uri(path), items, version)
                    )
            except Exception:
                self.note_failure("diagnostics")

    def reason(self, paths: Iterable[str] | None = None) -> None:
        """Has warnings looked for that take reasoning, in these files, or in all that are open."""
        for path in list(self.project.texts if paths is None else paths):
            try:
                self.reasoned.ask(self.project.analysis(path))
            except Unreadable:
                continue
            except Exception:
                self.note_failure("reasoning")

    def _reasoned(self) -> None:
        """There are more diagnostics."""
        if not self.pulls:
            self._publish_all()
        elif self.refreshes:
            self.workspace_diagnostic_refresh(None)

    @functools.cached_property
    def refreshes(self) -> bool:
        """Whether the client can be asked to pull diagnostics again."""
        workspace = self.client_capabilities.workspace
        return bool(workspace is not None and workspace.diagnostics is not None
                    and workspace.diagnostics.refresh_support)

    # ---- garbage

    def _rest_soon(self) -> None:
        """Looks for garbage when nothing is typed: it would take longer than the whole rest of a keystroke."""
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(SHORT_REST, self._collect_new)

    def _collect_new(self) -> None:
        gc.collect(0)
        self._rest = asyncio.get_running_loop().call_later(REST, self._collect)

    def _collect(self) -> None:
        if time.monotonic() - self._rested > LONG_REST:
            gc.unfreeze()
            self._rested = time.monotonic()
        gc.collect()
        gc.freeze()  # what is left stays: the next time only what is new is looked through

    # ---- files

    def index(self) -> None:
        """Notes the rules files of the workspace's folders."""
        self.project.known = dict.fromkeys(path for folder in self.folders for path in _rules_files(folder))

    def file_changed(self, uri: str, deleted: bool) -> None:
        path = self.places.path(uri)
        if not path.endswith(".score"):
            return
        self.project.touch(path)
        self.reasoned.touched(path)
        self._lines.pop(path, None)
        if deleted:
            self.project.known.pop(path, None)
        else:
            self.project.known.setdefault(path)

    # ---- failures

    def note_failure(self, what: str) -> None:
        """Our mistake: it is written to the client's log, and the session goes on."""
        self._log_failure(f"({what}): {traceback.format_exc()}")

    def _log_failure(self, what: str) -> None:
        message = f"Internal error in scoredsl {__version__} {what}"
        self.window_log_message(t.LogMessageParams(t.MessageType.Error, message))


def _rules_files(folder: Path) -> Iterable[str]:
    found = 0
    for path in sorted(folder.rglob("*.score")):
        if path.is_file() and not _SKIPPED & set(path.relative_to(folder).parts[:-1]):
            yield path.as_posix()
            found += 1
            if found >= _MOST_FILES:
                return


def guarded(otherwise: Any = None) -> Callable[[F], F]:
    """For handlers: what goes wrong in one is noted and the client gets `otherwise`, never an error.

    One that is a coroutine lets other messages be handled meanwhile, and can be cancelled by the client.
    """

    def decorate(handler: F) -> F:
        def failed(server: ScoreServer, problem: Exception) -> Any:
            if isinstance(problem, JsonRpcException):  # an answer for the user
                raise problem
            if not isinstance(problem, Unreadable):
                server.note_failure(handler.__name__)
            return otherwise

        @functools.wraps(handler)
        def run(server: ScoreServer, params: Any = None) -> Any:
            try:
                return handler(server, params)
            except Exception as problem:
                return failed(server, problem)

        @functools.wraps(handler)
        async def run_apart(server: ScoreServer, params: Any = None) -> Any:
            try:
                return await handler(server, params)
            except Exception as problem:
                return failed(server, problem)

        return run_apart if inspect.iscoroutinefunction(handler) else run  # type: ignore[return-value]

    return decorate
