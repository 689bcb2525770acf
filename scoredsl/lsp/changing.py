"""Handlers of what finds and changes: definition, references, rename, code actions."""

from __future__ import annotations

from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from scoredsl.ide.actions import Action, actions
from scoredsl.ide.navigation import definition, highlights, references
from scoredsl.ide.rename import CannotRename, prepare, rename
from scoredsl.lsp import convert, refactoring
from scoredsl.lsp.server import ScoreServer, guarded

_KINDS = {
    "quickfix": t.CodeActionKind.QuickFix,
    "fix all": t.CodeActionKind.SourceFixAll,
    "extract": t.CodeActionKind.RefactorExtract,
    "inline": t.CodeActionKind.RefactorInline,
    "rewrite": t.CodeActionKind.RefactorRewrite,
}
_REQUEST_FAILED = int(t.LSPErrorCodes.RequestFailed)


def register(server: ScoreServer) -> None:
    feature = server.feature
    feature(t.TEXT_DOCUMENT_DEFINITION)(definitions)
    feature(t.TEXT_DOCUMENT_REFERENCES)(all_references)
    feature(t.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)(document_highlights)
    feature(t.TEXT_DOCUMENT_PREPARE_RENAME)(prepare_rename)
    feature(t.TEXT_DOCUMENT_RENAME, t.RenameOptions(prepare_provider=True))(rename_everywhere)
    kinds = [*_KINDS.values(), *refactoring.KINDS]
    feature(t.TEXT_DOCUMENT_CODE_ACTION, t.CodeActionOptions(code_action_kinds=kinds))(code_actions)


@guarded([])
def definitions(server: ScoreServer, params: t.DefinitionParams) -> list[t.Location]:
    path, offset = server.at(params.text_document, params.position)
    return [convert.location(s, server.lines, server.places.uri) for s in definition(server.project, path, offset)]


@guarded([])
def all_references(server: ScoreServer, params: t.ReferenceParams) -> list[t.Location]:
    path, offset = server.at(params.text_document, params.position)
    found = references(server.project, path, offset, params.context.include_declaration)
    return [convert.location(each.span, server.lines, server.places.uri) for each in found]


@guarded([])
def document_highlights(server: ScoreServer, params: t.DocumentHighlightParams) -> list[t.DocumentHighlight]:
    path, offset = server.at(params.text_document, params.position)
    lines = server.lines(path)
    return [
        t.DocumentHighlight(
            lines.range(each.span), t.DocumentHighlightKind.Write if each.declares else t.DocumentHighlightKind.Read
        )
        for each in highlights(server.project.analysis(path), offset)
    ]


@guarded()
def prepare_rename(server: ScoreServer, params: t.PrepareRenameParams) -> t.PrepareRenamePlaceholder:
    path, offset = server.at(params.text_document, params.position)
    try:
        mention = prepare(server.project, path, offset)
    except CannotRename as reason:
        raise JsonRpcException(str(reason), _REQUEST_FAILED) from None
    return t.PrepareRenamePlaceholder(server.lines(path).range(mention.span), mention.symbol.name)


@guarded()
def rename_everywhere(server: ScoreServer, params: t.RenameParams) -> t.WorkspaceEdit:
    path, offset = server.at(params.text_document, params.position)
    try:
        edits = rename(server.project, path, offset, params.new_name)
    except CannotRename as reason:
        raise JsonRpcException(str(reason), _REQUEST_FAILED) from None
    return convert.workspace_edit(edits, server.lines, server.places.uri)


@guarded([])
def code_actions(server: ScoreServer, params: t.CodeActionParams) -> list[t.CodeAction]:
    path = server.path(params.text_document)
    start, end = server.lines(path).offsets(params.range)
    only = params.context.only
    found = actions(server.project, path, start, end, server.said(path))
    offered = [_action(server, each) for each in found] + refactoring.offered(server, path, start, end)
    return [each for each in offered if _wanted(str(getattr(each.kind, "value", each.kind)), only)]


def _wanted(kind: str, only: object) -> bool:
    """Whether a kind is one of those that are asked for, or below one of them."""
    if not isinstance(only, list | tuple) or not only:
        return True
    return any(kind == str(asked) or kind.startswith(f"{getattr(asked, 'value', asked)}.") for asked in only)


def _action(server: ScoreServer, action: Action) -> t.CodeAction:
    about = action.about
    return t.CodeAction(
        action.title,
        _KINDS[action.kind],
        None if about is None else [convert.diagnostic(about, server.lines, server.places.uri)],
        action.sure or None,
        edit=convert.workspace_edit(action.edits, server.lines, server.places.uri),
    )
