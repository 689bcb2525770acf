"""Reads a file: outline, then one statement after the other, so that a broken line hides nothing elsewhere."""

from __future__ import annotations

import re

from lark.exceptions import LarkError, UnexpectedInput

from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.build import build_statement
from scoredsl.syntax.explain import Setting, explain
from scoredsl.syntax.grammar import parser
from scoredsl.syntax.memory import Memory
from scoredsl.syntax.nodes import Node
from scoredsl.syntax.outline import Outline, Piece, outline
from scoredsl.syntax.tree import File, Statement
from scoredsl.text import Source, Span

_WORD = re.compile(r'"(?:\\.|[^"\\\n])*"?|`[^`\n]*`?|[^\s,:=()\[\]]+|[:=(]')


def parse_file(source: Source, memory: Memory | None = None) -> File:
    """Reads the text of a rules file (LANGUAGE sections 1 to 8). Never raises for what a user wrote.

    With a `memory`, which is that of one file, what has not changed since is not read again; the result is the same.
    """
    if memory is not None and memory.file is not None and memory.file.source.text == source.text:
        return memory.file
    before = memory or Memory()
    cut, lines = outline(source, before.lines)
    reading = _Reading(source, cut, before)
    statements = tuple([reading.statement(piece) for piece in cut.pieces])
    diagnostics = sorted(reading.diagnostics, key=lambda d: (d.span.start, d.span.end))
    file = File(source, statements, tuple(reading.cut.comments), tuple(diagnostics), reading.cut.masked)
    if memory is not None:
        now = reading.now
        memory.file, memory.lines, memory.nodes, memory.broken = file, lines, now.nodes, now.broken
    return file


def parse_text(text: str) -> Node:
    """The node of one good statement. Raises ValueError with the message if it is broken."""
    file = parse_file(Source(text))
    if file.diagnostics:
        raise ValueError(file.diagnostics[0].message)
    (statement,) = file.statements
    assert statement.node is not None
    return statement.node


class _Reading:
    """Reads the statements of one file, with what is remembered of it; `now` is what is to be remembered."""

    def __init__(self, source: Source, cut: Outline, before: Memory) -> None:
        self.source = source
        self.cut = cut
        self.before = before
        self.now = Memory()
        self.diagnostics = list(cut.diagnostics)

    def statement(self, piece: Piece, header: str = "") -> Statement:
        text = piece.text
        if text is None:
            text = self.cut.masked[piece.start : piece.end]
        node = self.now.nodes.get(text)
        words: tuple[str, ...] = ()
        if node is None:
            node = self.before.nodes.get(text)
            if node is None:
                node = self.read(text, piece, header)
            if node is not None:
                self.now.nodes[text] = node
            else:
                words = tuple(_WORD.findall(self.source.text[piece.start : piece.end])[:6])
        children = tuple([self.statement(child, piece.keyword) for child in piece.children]) if piece.children else ()
        return Statement(node, piece.keyword, piece.start, piece.end, self.source.path, words, children)

    def read(self, text: str, piece: Piece, header: str) -> Node | None:
        """The node of a statement as if it stood at the begin of the file; None, and said, where it is broken."""
        key = (text, piece.keyword, _setting(piece, self.source, header))
        said = self.now.broken.get(key) or self.before.broken.get(key)
        if said is None or piece.broken:
            said = None
            try:
                return build_statement(parser().parse(text), 0, self.source.path)
            except UnexpectedInput as problem:
                if not piece.broken:
                    span = Span(piece.start, piece.end, self.source.path)
                    said = explain(problem, text, span, piece.keyword, key[2]).moved(-piece.start)
            except (LarkError, RecursionError):
                if not piece.broken:
                    message = "This statement is nested too deeply to be read."
                    span = Span(0, len(text), self.source.path)
                    said = Diagnostic("syntax", "error", message, span, "Split it with define.")
        if said is not None:
            self.now.broken[key] = said
            self.diagnostics.append(said.moved(piece.start))
        return None


def _setting(piece: Piece, source: Source, header: str) -> Setting:
    """Where a broken statement stands, for the message."""
    written = source.text[piece.start : piece.end]
    following = source.text[piece.end : piece.end + 200].split("\n", 1)[0]
    below = piece.children[0].indent if piece.children else piece.indent + 2
    return Setting(header, written, following, piece.indent, below)
