"""Handlers of what helps while one types: completion, signatures, hints, lenses."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t

from scoredsl.ide.completion import Entry, complete
from scoredsl.ide.hints import hints, lenses
from scoredsl.ide.hover import describe
from scoredsl.ide.mentions import Kind
from scoredsl.ide.names import Mention, Symbol
from scoredsl.ide.signatures import signature
from scoredsl.lsp.commands import RUN_TEST, RUN_TESTS
from scoredsl.lsp.server import ScoreServer, guarded
from scoredsl.text import Span

_KINDS = {
    "keyword": t.CompletionItemKind.Keyword, "event": t.CompletionItemKind.Event, "set": t.CompletionItemKind.Event,
    "property": t.CompletionItemKind.Property, "field": t.CompletionItemKind.Field,
    "define": t.CompletionItemKind.Constant, "score": t.CompletionItemKind.Class,
    "group": t.CompletionItemKind.Module, "tier": t.CompletionItemKind.EnumMember,
    "grid": t.CompletionItemKind.Enum, "label": t.CompletionItemKind.EnumMember,
    "value": t.CompletionItemKind.Value, "duration": t.CompletionItemKind.Unit, "date": t.CompletionItemKind.Value,
    "file": t.CompletionItemKind.File, "operator": t.CompletionItemKind.Operator,
}


def register(server: ScoreServer) -> None:
    feature = server.feature
    triggers = [" ", '"', "`", ".", "[", ","]
    feature(
        t.TEXT_DOCUMENT_COMPLETION, t.CompletionOptions(trigger_characters=triggers, resolve_provider=True)
    )(completion)
    feature(t.COMPLETION_ITEM_RESOLVE)(resolve)
    feature(t.TEXT_DOCUMENT_SIGNATURE_HELP, t.SignatureHelpOptions(trigger_characters=[" "]))(signature_help)
    feature(t.TEXT_DOCUMENT_INLAY_HINT)(inlay_hints)
    feature(t.TEXT_DOCUMENT_CODE_LENS)(code_lenses)


@guarded(t.CompletionList(False, []))
def completion(server: ScoreServer, params: t.CompletionParams) -> t.CompletionList:
    path, offset = server.at(params.text_document, params.position)
    analysis = server.project.analysis(path)
    files = list(dict.fromkeys([*server.project.known, *server.project.texts]))
    found = complete(analysis, offset, server.now(), files, server.log.data_of(path))
    return t.CompletionList(False, [_item(server, path, offset, i, each) for i, each in enumerate(found)])


def _item(server: ScoreServer, path: str, offset: int, number: int, entry: Entry) -> t.CompletionItem:
    snippet = entry.snippet and server.takes_snippets
    lines = server.lines(path)
    written = lines.source.text[entry.replace.start : offset]
    data: dict[str, Any] = {"path": path}
    if entry.symbol is not None:
        data |= {"kind": entry.symbol.kind, "name": entry.symbol.name, "owner": entry.symbol.owner}
    elif entry.says:
        data["says"] = entry.says
    return t.CompletionItem(
        entry.label,
        kind=_KINDS[entry.kind],
        detail=entry.detail or None,
        sort_text=f"{number:05d}",
        filter_text=entry.label if not written.startswith(('"', "`")) else entry.insert,
        insert_text_format=t.InsertTextFormat.Snippet if snippet else t.InsertTextFormat.PlainText,
        text_edit=t.TextEdit(lines.range(entry.replace), entry.insert if snippet or not entry.snippet else entry.label),
        data=data,
    )


@guarded()
def resolve(server: ScoreServer, item: t.CompletionItem) -> t.CompletionItem:
    """The documentation of an item, worked out when it is looked at."""
    data: dict[str, Any] = item.data if isinstance(item.data, dict) else {}
    text = str(data.get("says", ""))
    kind: Kind | None = data.get("kind")
    if kind is not None:
        path = str(data["path"])
        analysis = server.project.analysis(path)
        symbol = Symbol(kind, str(data["name"]), str(data["owner"]))
        about = Mention(symbol, Span(0, 0, path), False, False)
        paragraphs = [*describe(about, analysis, server.project.program(path)), server.log.data_of(path).seen(symbol)]
        text = "\n\n".join(each for each in paragraphs if each)
    if text:
        item.documentation = t.MarkupContent(t.MarkupKind.Markdown, text)
    return item


@guarded()
def signature_help(server: ScoreServer, params: t.SignatureHelpParams) -> t.SignatureHelp | None:
    path, offset = server.at(params.text_document, params.position)
    found = signature(server.project.analysis(path).file, offset)
    if found is None:
        return None
    parts = [
        t.ParameterInformation(found.stretch(i), part.says or None) for i, part in enumerate(found.parts)
    ]
    shown = t.SignatureInformation(found.label, found.says or None, parts, found.active)
    return t.SignatureHelp([shown], 0, found.active)


@guarded([])
def inlay_hints(server: ScoreServer, params: t.InlayHintParams) -> list[t.InlayHint]:
    analysis = server.analysis(params.text_document)
    lines = server.lines(analysis.path)
    start, end = lines.offsets(params.range)
    found = hints(analysis, server.project.program(analysis.path), start, end)
    return [t.InlayHint(lines.position(each.offset), each.text, tooltip=each.says) for each in found]


@guarded([])
def code_lenses(server: ScoreServer, params: t.CodeLensParams) -> list[t.CodeLens]:
    analysis = server.analysis(params.text_document)
    lines = server.lines(analysis.path)
    found = []
    rules = [each.span for each in analysis.file.walk() if each.keyword in ("on", "when")]
    fired = server.counting.of(analysis.path).fired(rules, analysis.source)
    for lens in lenses(analysis, server.project.program(analysis.path), fired):
        uri = server.places.uri(analysis.path)
        match lens.command:
            case "run test":
                command = t.Command(lens.title, RUN_TEST, arguments=[uri, lens.test])
            case "run tests":
                command = t.Command(lens.title, RUN_TESTS, arguments=[uri])
            case _:
                command = t.Command(lens.title, "")
        found.append(t.CodeLens(lines.range(lens.span), command))
    return found
