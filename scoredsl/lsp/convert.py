"""From the plain data of `ide` to the types of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lsprotocol import types as t

from scoredsl.diagnostics import Diagnostic, Edit
from scoredsl.ide.colours import MODIFIERS, TYPES, Colour
from scoredsl.ide.outline import Item
from scoredsl.lsp.pages import page_uri
from scoredsl.lsp.positions import Lines
from scoredsl.text import Span

LinesOf = Callable[[str], Lines]
"""The lines of a file, by its path."""
UriOf = Callable[[str], str]

_SEVERITIES = {
    "error": t.DiagnosticSeverity.Error,
    "warning": t.DiagnosticSeverity.Warning,
    "note": t.DiagnosticSeverity.Information,
}
_TAGS = {"unnecessary": t.DiagnosticTag.Unnecessary, "deprecated": t.DiagnosticTag.Deprecated}


def diagnostic(said: Diagnostic, lines: LinesOf, uri: UriOf) -> t.Diagnostic:
    """A diagnostic with its repair in words, the page of its code, and related places."""
    page = page_uri(said.code)
    related = [t.DiagnosticRelatedInformation(location(each.span, lines, uri), each.message) for each in said.related]
    return t.Diagnostic(
        lines(said.span.file).range(said.span),
        f"{said.message} {said.help}".strip() + (f"\n{said.detail}" if said.detail else ""),
        _SEVERITIES[said.severity],
        said.code,
        t.CodeDescription(page) if page is not None else None,
        "scoredsl",
        [_TAGS[tag] for tag in said.tags] or None,
        related or None,
    )


def location(span: Span, lines: LinesOf, uri: UriOf) -> t.Location:
    return t.Location(uri(span.file), lines(span.file).range(span))


def text_edits(edits: Sequence[Edit], lines: Lines) -> list[t.TextEdit]:
    return [t.TextEdit(lines.range(edit.span), edit.text) for edit in edits]


def workspace_edit(edits: Sequence[Edit], lines: LinesOf, uri: UriOf) -> t.WorkspaceEdit:
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.span.file, []).append(edit)
    return t.WorkspaceEdit(changes={uri(path): text_edits(found, lines(path)) for path, found in by_file.items()})


_SYMBOLS = {
    "score": t.SymbolKind.Class, "group": t.SymbolKind.Namespace, "test": t.SymbolKind.Method,
    "rule": t.SymbolKind.Function, "tier": t.SymbolKind.EnumMember, "define": t.SymbolKind.Constant,
    "set": t.SymbolKind.Array, "event": t.SymbolKind.Event, "field": t.SymbolKind.Field, "grid": t.SymbolKind.Enum,
    "label": t.SymbolKind.Boolean, "setting": t.SymbolKind.Property,
}


def document_symbol(item: Item, lines: Lines) -> t.DocumentSymbol:
    return t.DocumentSymbol(
        item.name, _SYMBOLS[item.kind], lines.range(item.span), lines.range(item.name_span), item.detail or None,
        children=[document_symbol(child, lines) for child in item.children],
    )


def workspace_symbol(item: Item, container: str, lines: LinesOf, uri: UriOf) -> t.WorkspaceSymbol:
    place = location(item.name_span, lines, uri)
    return t.WorkspaceSymbol(place, item.name, _SYMBOLS[item.kind], container_name=container or None)


LEGEND = t.SemanticTokensLegend(list(TYPES), list(MODIFIERS))
_TYPES = {name: i for i, name in enumerate(TYPES)}


def token_data(colours: Sequence[Colour], lines: Lines) -> list[int]:
    """Five numbers a token, relative to the one before; a stretch of several lines is one token a line."""
    data: list[int] = []
    line = column = 0
    source = lines.source
    for colour in colours:
        at = colour.start
        while at < colour.end:
            begin = lines.position(at)
            _, line_end = source.line_bounds(begin.line + 1)
            end = lines.position(min(colour.end, line_end))
            length = end.character - begin.character
            if length > 0:
                before = column if begin.line == line else 0
                data += [begin.line - line, begin.character - before, length, _TYPES[colour.type], int(colour.declares)]
                line, column = begin.line, begin.character
            following = begin.line + 1
            at = source.line_starts[following] if following < source.line_count() else colour.end
            while at < colour.end and source.text[at] in " \t":
                at += 1
    return data


def token_edits(before: Sequence[int], now: Sequence[int]) -> list[tuple[int, int, list[int]]]:
    """(start, how many are deleted, what is inserted) that turns the one into the other: at most one edit."""
    if before == now:
        return []
    least = min(len(before), len(now))
    head = next((i for i in range(least) if before[i] != now[i]), least)
    tail = next((i for i in range(least - head) if before[-1 - i] != now[-1 - i]), least - head)
    return [(head, len(before) - head - tail, list(now[head : len(now) - tail]))]
