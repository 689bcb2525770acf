"""A file's text with its index of lines; lines end at \\n, \\r\\n or a lone \\r."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from scoredsl.text.span import Span

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Position:
    """A place for people: 1-based line and column, the column in code points."""

    line: int
    column: int


class Source:
    """A rules file: its path as it was named, and its text."""

    def __init__(self, text: str, path: str = "") -> None:
        self.text = text
        self.path = path

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.text)} characters)"

    @cached_property
    def line_starts(self) -> list[int]:
        if "\r" not in self.text:  # as most are: this is several times as fast
            starts = list(accumulate([len(line) + 1 for line in self.text.split("\n")], initial=0))
            starts.pop()
            return starts
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> Position:
        """Line and column of an offset; one past the end of the text is allowed."""
        line = bisect_right(self.line_starts, offset) - 1
        return Position(line + 1, offset - self.line_starts[line] + 1)

    def offset(self, position: Position) -> int:
        """The offset of a position; a column beyond the line's end is the line's end."""
        start, end = self.line_bounds(position.line)
        return min(start + position.column - 1, end)

    def line_bounds(self, line: int) -> tuple[int, int]:
        """Offsets of a 1-based line, without its line end."""
        starts = self.line_starts
        start = starts[line - 1]
        end = starts[line] if line < len(starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return start, end

    def line_text(self, line: int) -> str:
        start, end = self.line_bounds(line)
        return self.text[start:end]

    def line_count(self) -> int:
        return len(self.line_starts)

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]
