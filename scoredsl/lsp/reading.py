"""Handlers of what is read: documents, diagnostics, outline, colours, hovers, links, layout."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from lsprotocol import types as t

from scoredsl.ide.colours import colours
from scoredsl.ide.edits import formatting, typed_line
from scoredsl.ide.hover import hover
from scoredsl.ide.navigation import import_links
from scoredsl.ide.outline import document_symbols, folds, selection, workspace_symbols
from scoredsl.lsp import convert
from scoredsl.lsp.server import ScoreServer, guarded

_FOLDS = {
    "region": t.FoldingRangeKind.Region, "comment": t.FoldingRangeKind.Comment, "imports": t.FoldingRangeKind.Imports
}


def register(server: ScoreServer) -> None:
    feature = server.feature
    feature(t.TEXT_DOCUMENT_DID_OPEN)(did_open)
    feature(t.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    feature(t.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    feature(
        t.TEXT_DOCUMENT_DIAGNOSTIC,
        t.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="scoredsl"),
    )(pull)
    feature(t.WORKSPACE_DIAGNOSTIC)(pull_all)
    feature(t.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(symbols)
    feature(t.WORKSPACE_SYMBOL)(all_symbols)
    feature(t.TEXT_DOCUMENT_FOLDING_RANGE)(folding)
    feature(t.TEXT_DOCUMENT_SELECTION_RANGE)(selections)
    feature(t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, convert.LEGEND)(tokens)
    feature(t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, convert.LEGEND)(tokens_delta)
    feature(t.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, convert.LEGEND)(tokens_of_range)
    feature(t.TEXT_DOCUMENT_FORMATTING)(format_document)
    feature(t.TEXT_DOCUMENT_RANGE_FORMATTING)(format_range)
    feature(t.TEXT_DOCUMENT_ON_TYPE_FORMATTING, t.DocumentOnTypeFormattingOptions("\n"))(format_typed)
    feature(t.TEXT_DOCUMENT_DOCUMENT_LINK)(links)
    feature(t.TEXT_DOCUMENT_HOVER)(hovers)


# ---- documents


@guarded()
def did_open(server: ScoreServer, params: t.DidOpenTextDocumentParams) -> None:
    server.open(params.text_document)


@guarded()
def did_change(server: ScoreServer, params: t.DidChangeTextDocumentParams) -> None:
    server.change(params)


@guarded()
def did_close(server: ScoreServer, params: t.DidCloseTextDocumentParams) -> None:
    server.close(params.text_document)


# ---- diagnostics


def _key(items: list[t.Diagnostic]) -> str:
    """The same for the same diagnostics."""
    return hashlib.sha256(repr(items).encode()).hexdigest()[:24]


@guarded(t.RelatedFullDocumentDiagnosticReport(items=[]))
async def pull(server: ScoreServer, params: t.DocumentDiagnosticParams) -> t.DocumentDiagnosticReport:
    path = server.path(params.text_document)
    if server.refreshes:
        server.reason([path])
    else:  # it will not be asked again
        await server.reasoned.settled(server.analysis(params.text_document))
    items = server.diagnostics(path)
    key = _key(items)
    if params.previous_result_id == key:
        return t.RelatedUnchangedDocumentDiagnosticReport(key)
    return t.RelatedFullDocumentDiagnosticReport(items=items, result_id=key)


@guarded(t.WorkspaceDiagnosticReport([]))
async def pull_all(server: ScoreServer, params: t.WorkspaceDiagnosticParams) -> t.WorkspaceDiagnosticReport:
    before = {each.uri: each.value for each in params.previous_result_ids}
    reports: list[Any] = []
    for path in dict.fromkeys([*server.project.texts, *server.project.known]):
        await asyncio.sleep(0)  # what is typed meanwhile goes first
        uri, version = server.places.uri(path), server.versions.get(path)
        items = server.diagnostics(path)
        key = _key(items)
        if before.get(uri) == key:
            reports.append(t.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, result_id=key, version=version))
        else:
            report = t.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=items, version=version, result_id=key)
            reports.append(report)
    return t.WorkspaceDiagnosticReport(reports)


# ---- outline


@guarded([])
def symbols(server: ScoreServer, params: t.DocumentSymbolParams) -> list[t.DocumentSymbol]:
    analysis = server.analysis(params.text_document)
    lines = server.lines(analysis.path)
    return [convert.document_symbol(item, lines) for item in document_symbols(analysis.file)]


@guarded([])
async def all_symbols(server: ScoreServer, params: t.WorkspaceSymbolParams) -> list[t.WorkspaceSymbol]:
    files = []
    for path in server.project.paths():
        await asyncio.sleep(0)  # what is typed meanwhile goes first
        found = server.project.readable(path)
        if found is not None:
            files.append(found.file)
    return [
        convert.workspace_symbol(item, container, server.lines, server.places.uri)
        for item, container in workspace_symbols(files, params.query)
    ]


@guarded([])
def folding(server: ScoreServer, params: t.FoldingRangeParams) -> list[t.FoldingRange]:
    analysis = server.analysis(params.text_document)
    lines = server.lines(analysis.path)
    found = []
    for fold in folds(analysis.file):
        start, end = lines.position(fold.start), lines.position(fold.end)
        found.append(t.FoldingRange(start.line, end.line, kind=_FOLDS[fold.kind]))
    return found


@guarded([])
def selections(server: ScoreServer, params: t.SelectionRangeParams) -> list[t.SelectionRange]:
    analysis = server.analysis(params.text_document)
    lines = server.lines(analysis.path)
    found = []
    for position in params.positions:
        chain: t.SelectionRange | None = None
        for span in reversed(selection(analysis, lines.offset(position))):
            chain = t.SelectionRange(lines.range(span), chain)
        assert chain is not None
        found.append(chain)
    return found


# ---- colours


@guarded(t.SemanticTokens([]))
def tokens(server: ScoreServer, params: t.SemanticTokensParams) -> t.SemanticTokens:
    return _remembered(server, params.text_document)


def _remembered(server: ScoreServer, document: t.TextDocumentIdentifier) -> t.SemanticTokens:
    """The tokens of a document; they are kept until the next ones, which are sent as the difference."""
    analysis = server.analysis(document)
    data = convert.token_data(colours(analysis), server.lines(analysis.path))
    number = int(server.tokens.get(analysis.path, ("0", []))[0]) + 1
    server.tokens[analysis.path] = (str(number), data)
    return t.SemanticTokens(data, str(number))


@guarded(t.SemanticTokens([]))
def tokens_delta(
    server: ScoreServer, params: t.SemanticTokensDeltaParams
) -> t.SemanticTokens | t.SemanticTokensDelta:
    """What has changed since the tokens that the client has; all of them where those are not known."""
    before = server.tokens.get(server.path(params.text_document))
    now = _remembered(server, params.text_document)
    if before is None or before[0] != params.previous_result_id:
        return now
    edits = [t.SemanticTokensEdit(*each) for each in convert.token_edits(before[1], list(now.data))]
    return t.SemanticTokensDelta(edits, now.result_id)


@guarded(t.SemanticTokens([]))
def tokens_of_range(server: ScoreServer, params: t.SemanticTokensRangeParams) -> t.SemanticTokens:
    analysis = server.analysis(params.text_document)
    lines = server.lines(analysis.path)
    start, end = lines.offsets(params.range)
    return t.SemanticTokens(convert.token_data(colours(analysis, start, end), lines))


# ---- layout


@guarded([])
def format_document(server: ScoreServer, params: t.DocumentFormattingParams) -> list[t.TextEdit]:
    lines = server.lines(server.path(params.text_document))
    return convert.text_edits(formatting(lines.source), lines)


@guarded([])
def format_range(server: ScoreServer, params: t.DocumentRangeFormattingParams) -> list[t.TextEdit]:
    lines = server.lines(server.path(params.text_document))
    return convert.text_edits(formatting(lines.source, *lines.offsets(params.range)), lines)


@guarded([])
def format_typed(server: ScoreServer, params: t.DocumentOnTypeFormattingParams) -> list[t.TextEdit]:
    path, offset = server.at(params.text_document, params.position)
    return convert.text_edits(typed_line(server.project.analysis(path).file, offset), server.lines(path))


# ---- links and hovers


@guarded([])
def links(server: ScoreServer, params: t.DocumentLinkParams) -> list[t.DocumentLink]:
    analysis = server.analysis(params.text_document)
    lines = server.lines(analysis.path)
    return [t.DocumentLink(lines.range(span), server.places.uri(path)) for span, path in import_links(analysis)]


@guarded()
def hovers(server: ScoreServer, params: t.HoverParams) -> t.Hover | None:
    path, offset = server.at(params.text_document, params.position)
    analysis = server.project.analysis(path)
    program, data, counts = server.project.program(path), server.log.data_of(path), server.counting.of(path)
    found = hover(analysis, offset, server.now(), program, lambda symbol: data.seen(symbol) or counts.seen(symbol))
    if found is None:
        return None
    content = t.MarkupContent(t.MarkupKind.Markdown, found.text)
    return t.Hover(content, server.lines(path).range(found.span))


