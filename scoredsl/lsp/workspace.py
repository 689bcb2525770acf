"""Handlers of the workspace: its folders, and files that change outside of the editor."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as t
from pygls import uris

from scoredsl.ide.moving import moved
from scoredsl.lsp import convert
from scoredsl.lsp.server import ScoreServer, guarded

_WATCHED = ("**/*.score",)


_FILES = t.FileOperationRegistrationOptions([t.FileOperationFilter(t.FileOperationPattern("**/*.score"), "file")])


def register(server: ScoreServer) -> None:
    server.feature(t.WORKSPACE_WILL_RENAME_FILES, _FILES)(will_rename)
    server.feature(t.INITIALIZE)(initialize)
    server.feature(t.INITIALIZED)(initialized)
    server.feature(t.WORKSPACE_DID_CHANGE_WATCHED_FILES)(watched)
    server.feature(t.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(folders_changed)


@guarded()
def initialize(server: ScoreServer, params: t.InitializeParams) -> None:
    named = [folder.uri for folder in params.workspace_folders or []]
    if not named and params.root_uri:
        named = [params.root_uri]
    server.folders = [path for uri in named if (path := _folder(uri)) is not None]


def _folder(uri: str) -> Path | None:
    path = uris.to_fs_path(uri)
    return Path(path) if path and Path(path).is_dir() else None


@guarded()
def initialized(server: ScoreServer, params: t.InitializedParams) -> None:
    server.index()
    server.log.watch(server.folders)
    workspace = server.client_capabilities.workspace
    watches = workspace.did_change_watched_files if workspace is not None else None
    if watches is not None and watches.dynamic_registration:
        watchers = [t.FileSystemWatcher(pattern) for pattern in _WATCHED]
        options = t.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = t.Registration("watched-files", t.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(t.RegistrationParams([registration]))


@guarded()
def watched(server: ScoreServer, params: t.DidChangeWatchedFilesParams) -> None:
    for change in params.changes:
        server.file_changed(change.uri, change.type == t.FileChangeType.Deleted)
    refresh(server)


@guarded()
def folders_changed(server: ScoreServer, params: t.DidChangeWorkspaceFoldersParams) -> None:
    gone = {_folder(each.uri) for each in params.event.removed}
    added = [path for each in params.event.added if (path := _folder(each.uri)) is not None]
    server.folders = [*(folder for folder in server.folders if folder not in gone), *added]
    server.index()
    server.log.watch(server.folders)
    refresh(server)


@guarded()
def will_rename(server: ScoreServer, params: t.RenameFilesParams) -> t.WorkspaceEdit:
    """The imports of files that are about to be renamed or moved stay right."""
    edits = [
        edit
        for each in params.files
        for edit in moved(server.project, server.places.path(each.old_uri), server.places.path(each.new_uri))
    ]
    return convert.workspace_edit(edits, server.lines, server.places.uri)


def refresh(server: ScoreServer) -> None:
    """What the client shows may be out of date."""
    if not server.pulls:
        server.publish_soon(0)
        return
    if server.refreshes:
        server.workspace_diagnostic_refresh(None)
