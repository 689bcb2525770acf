"""Reads a file: outline, then one statement after the other, so that a broken line hides nothing elsewhere."""

from __future__ import annotations

import re

from lark.exceptions import LarkError, UnexpectedInput

from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.build import build_statement
from scoredsl.syntax.explain import Setting, explain
from scoredsl.syntax.grammar import parser
from scoredsl.syntax.nodes import Node
from scoredsl.syntax.outline import Outline, Piece, outline
from scoredsl.syntax.tree import File, Statement
from scoredsl.text import Source, Span

_WORD = re.compile(r'"(?:\\.|[^"\\\n])*"?|`[^`\n]*`?|[^\s,:=()\[\]]+|[:=(]')


def parse_file(source: Source) -> File:
    """Reads the text of a rules file (LANGUAGE sections 1 to 8). Never raises for what a user wrote."""
    cut = outline(source)
    diagnostics = list(cut.diagnostics)
    statements = tuple(_statement(piece, cut, source, diagnostics) for piece in cut.pieces)
    diagnostics.sort(key=lambda d: (d.span.start, d.span.end))
    return File(source, statements, tuple(cut.comments), tuple(diagnostics), cut.masked)


def parse_text(text: str) -> Node:
    """The node of one good statement. Raises ValueError with the message if it is broken."""
    file = parse_file(Source(text))
    if file.diagnostics:
        raise ValueError(file.diagnostics[0].message)
    (statement,) = file.statements
    assert statement.node is not None
    return statement.node


def _statement(
    piece: Piece, cut: Outline, source: Source, diagnostics: list[Diagnostic], header: str = ""
) -> Statement:
    text = cut.masked[piece.start : piece.end]
    span = Span(piece.start, piece.end, source.path)
    node: Node | None = None
    try:
        tree = parser().parse(text)
        node = build_statement(tree, piece.start, source.path)
    except UnexpectedInput as problem:
        if not piece.broken:
            diagnostics.append(explain(problem, text, span, piece.keyword, _setting(piece, source, header)))
    except (LarkError, RecursionError):
        if not piece.broken:
            message = "This statement is nested too deeply to be read."
            diagnostics.append(Diagnostic("syntax", "error", message, span, "Split it with define."))
    words = () if node is not None else tuple(_WORD.findall(source.text[piece.start : piece.end])[:6])
    children = tuple(_statement(child, cut, source, diagnostics, piece.keyword) for child in piece.children)
    return Statement(node, piece.keyword, span, words, children)


def _setting(piece: Piece, source: Source, header: str) -> Setting:
    """Where a broken statement stands, for the message."""
    written = source.text[piece.start : piece.end]
    following = source.text[piece.end : piece.end + 200].split("\n", 1)[0]
    below = piece.children[0].indent if piece.children else piece.indent + 2
    return Setting(header, written, following, piece.indent, below)
