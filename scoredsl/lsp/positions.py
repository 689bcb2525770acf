"""Positions of the protocol and offsets: in UTF-16, UTF-8 or UTF-32 code units, as the client counts.

A line ends at `\\n`, `\\r\\n` or a lone `\\r`, as in `text.Source`; nothing else ends one.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal, TypeAlias

from lsprotocol import types as t

from scoredsl.text import Source, Span

Encoding: TypeAlias = Literal["utf-16", "utf-8", "utf-32"]


def encoding_of(name: str) -> Encoding:
    """The encoding that was agreed on; UTF-16 is what all clients know."""
    match name:
        case "utf-8" | "utf-32":
            return name
        case _:
            return "utf-16"


class Lines:
    """The lines of a text, as one client counts their columns."""

    def __init__(self, source: Source, encoding: Encoding) -> None:
        self.source = source
        self.encoding = encoding
        self._plain = encoding == "utf-32" or source.text.isascii()

    def position(self, offset: int) -> t.Position:
        """The position of an offset; one beyond the text is its end."""
        offset = max(0, min(offset, len(self.source.text)))
        starts = self.source.line_starts
        line = bisect_right(starts, offset) - 1
        before = offset - starts[line]
        return t.Position(line, before if self._plain else self._units(self.source.text[starts[line] : offset]))

    def offset(self, position: t.Position) -> int:
        """The offset of a position. One beyond its line is the line's end, one inside a character the character's
        beginning, one below the text the text's end."""
        if position.line >= self.source.line_count():
            return len(self.source.text)
        start, end = self.source.line_bounds(max(position.line, 0) + 1)
        wanted = max(position.character, 0)
        if self._plain:
            return min(start + wanted, end)
        at = 0
        for i in range(start, end):
            size = self._units(self.source.text[i])
            if at + size > wanted:
                return i
            at += size
        return end

    def range(self, span: Span) -> t.Range:
        return t.Range(self.position(span.start), self.position(span.end))

    def offsets(self, range_: t.Range) -> tuple[int, int]:
        start, end = self.offset(range_.start), self.offset(range_.end)
        return min(start, end), max(start, end)

    def _units(self, text: str) -> int:
        match self.encoding:
            case "utf-8":
                return len(text.encode("utf-8", "surrogatepass"))
            case "utf-16":
                return len(text) + sum(character > "\uffff" for character in text)
            case _:
                return len(text)


def changed(text: str, changes: list[t.TextDocumentContentChangeEvent], encoding: Encoding) -> str:
    """The text after the changes of one notification, in their order."""
    for change in changes:
        if isinstance(change, t.TextDocumentContentChangePartial):
            start, end = Lines(Source(text), encoding).offsets(change.range)
            text = text[:start] + change.text + text[end:]
        else:
            text = change.text
    return text
