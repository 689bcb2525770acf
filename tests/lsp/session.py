"""A client of the real server process, for tests that wait: requests return their result."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lsprotocol import types as t
from pygls.lsp.client import LanguageClient

TIMEOUT = 60


def capabilities(*, pull: bool = False, encodings: Sequence[str] | None = None) -> t.ClientCapabilities:
    """What a modern editor can; with or without pulling diagnostics itself."""
    return t.ClientCapabilities(
        general=t.GeneralClientCapabilities(position_encodings=encodings),
        text_document=t.TextDocumentClientCapabilities(
            diagnostic=t.DiagnosticClientCapabilities() if pull else None,
            completion=t.CompletionClientCapabilities(
                completion_item=t.ClientCompletionItemOptions(snippet_support=True)
            ),
        ),
        workspace=t.WorkspaceClientCapabilities(
            workspace_edit=t.WorkspaceEditClientCapabilities(document_changes=True),
            code_lens=t.CodeLensWorkspaceClientCapabilities(refresh_support=True),
            did_change_watched_files=t.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        ),
    )


class Session:
    """One process of `scoredsl lsp`, from initialize to exit. `logged` are its messages; none are expected."""

    def __init__(self, folder: str | None = None, **wanted: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.client = LanguageClient("tests", "1")
        self.published: dict[str, list[t.PublishDiagnosticsParams]] = {}
        self.logged: list[str] = []
        self.shown: list[str] = []
        self.registered: list[str] = []
        self.applied: list[t.ApplyWorkspaceEditParams] = []
        self.refreshed: Counter[str] = Counter()
        """How often it was asked to ask again, by method."""
        self.version = 1
        self.arrived = threading.Condition()
        self._listen()
        self.wait(self.client.start_io(sys.executable, "-m", "scoredsl", "lsp", "--stdio"))
        folders = [t.WorkspaceFolder(folder, "workspace")] if folder else None
        params = t.InitializeParams(capabilities(**wanted), workspace_folders=folders)
        self.capabilities = self.request("initialize", params).capabilities
        self.notify("initialized", t.InitializedParams())

    def _listen(self) -> None:
        client = self.client

        @client.feature(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: t.PublishDiagnosticsParams) -> None:
            with self.arrived:
                self.published.setdefault(params.uri, []).append(params)
                self.arrived.notify_all()

        @client.feature(t.WINDOW_LOG_MESSAGE)
        def logged(params: t.LogMessageParams) -> None:
            self.logged.append(params.message)

        @client.feature(t.WINDOW_SHOW_MESSAGE)
        def shown(params: t.ShowMessageParams) -> None:
            self.shown.append(params.message)

        @client.feature(t.CLIENT_REGISTER_CAPABILITY)
        def registered(params: t.RegistrationParams) -> None:
            self.registered += [each.method for each in params.registrations]

        @client.feature(t.WORKSPACE_APPLY_EDIT)
        def apply(params: t.ApplyWorkspaceEditParams) -> t.ApplyWorkspaceEditResult:
            self.applied.append(params)
            return t.ApplyWorkspaceEditResult(True)

        for method in (
            t.WORKSPACE_CODE_LENS_REFRESH, t.WORKSPACE_INLAY_HINT_REFRESH, t.WORKSPACE_DIAGNOSTIC_REFRESH
        ):
            client.feature(method)(self._refreshing(method))

    def _refreshing(self, method: str) -> Callable[[Any], None]:
        def refresh(params: Any) -> None:
            self.refreshed[method] += 1

        return refresh

    def wait(self, awaitable: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(awaitable, self.loop).result(TIMEOUT)

    def request(self, method: str, params: Any = None) -> Any:
        async def send() -> Any:
            return await self.client.protocol.send_request_async(method, params)

        return self.wait(send())

    def notify(self, method: str, params: Any = None) -> None:
        async def send() -> None:
            self.client.protocol.notify(method, params)

        self.wait(send())

    # ---- documents

    def open(self, uri: str, text: str) -> None:
        self.notify("textDocument/didOpen", t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "score", 1, text)))

    def change(self, uri: str, *changes: Any) -> int:
        self.version += 1
        document = t.VersionedTextDocumentIdentifier(self.version, uri)
        self.notify("textDocument/didChange", t.DidChangeTextDocumentParams(document, list(changes)))
        return self.version

    def replace(self, uri: str, text: str) -> int:
        return self.change(uri, t.TextDocumentContentChangeWholeDocument(text))

    @contextmanager
    def opened(self, uri: str, text: str) -> Iterator[str]:
        """A document that is open meanwhile."""
        self.open(uri, text)
        yield uri
        self.close(uri)

    def close(self, uri: str) -> None:
        self.notify("textDocument/didClose", t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(uri)))

    def settled(self, uri: str, codes: list[str]) -> None:
        """Waits until the newest diagnostics of a document have these codes."""
        with self.arrived:
            there = self.arrived.wait_for(
                lambda: [[each.code for each in last.diagnostics] for last in self.published.get(uri, [])[-1:]]
                == [codes],
                TIMEOUT,
            )
        assert there, self.published.get(uri)

    def diagnostics(self, uri: str, version: int | None = 1) -> list[t.Diagnostic]:
        """The published ones of a version, waited for."""
        with self.arrived:
            found: list[t.PublishDiagnosticsParams] = []

            def there() -> bool:
                found[:] = [each for each in self.published.get(uri, []) if each.version == version]
                return bool(found)

            assert self.arrived.wait_for(there, TIMEOUT), f"no diagnostics of version {version}"
            return list(found[-1].diagnostics)

    def end(self) -> int | None:
        """Shuts the server down; its exit status."""
        self.request("shutdown")
        self.notify("exit")
        process = self.client._server
        assert process is not None
        status = self.wait(asyncio.wait_for(process.wait(), TIMEOUT))
        self.wait(self.client.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(TIMEOUT)
        return status
