"""A document for a terminal: headings, tables with aligned columns, no more than text."""

from __future__ import annotations

from collections.abc import Iterator

from scoredsl.report.document import (
    Badge,
    Block,
    Bullets,
    Code,
    Details,
    Document,
    Heading,
    Line,
    Paragraph,
    Strong,
    Table,
    parts,
)
from scoredsl.report.formats.text import width

_BOLD, _END = "\x1b[1m", "\x1b[0m"
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m", "good": "\x1b[32m"}
_WORDS = {"error": "FAILED ", "warning": "", "note": "", "good": "ok "}
_WIDEST_CELL = 72


def page(document: Document, *, colour: bool = False) -> str:
    """The whole page; what other formats fold away is there too."""
    writer = _Writer(colour)
    blocks = [f"{writer.bold(document.title)}\n{writer.line(document.lead)}"]
    blocks += [text for block in document.blocks if (text := writer.block(block))]
    return "\n\n".join(blocks)


class _Writer:
    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_END}" if self.colour else text

    def line(self, line: Line) -> str:
        return "".join(self.part(part) for part in parts(line))

    def part(self, part: object) -> str:
        match part:
            case Strong(text):
                return self.bold(text)
            case Badge(text, tone):
                said = f"{_WORDS[tone]}{text}"
                return f"{_COLOURS[tone]}{said}{_END}" if self.colour else said
            case str():
                return part
            case _:
                return str(getattr(part, "text", ""))

    def block(self, block: Block) -> str:
        match block:
            case Heading(level, text):
                said = self.line(text)
                return f"{self.bold(said)}\n{'=' * width(said)}" if level == 2 else self.bold(said)
            case Paragraph(text):
                return self.line(text)
            case Bullets(items):
                return "\n".join(f"- {self.line(item)}" for item in items)
            case Code(text):
                return "\n".join(f"  {each}" for each in text.splitlines())
            case Details(summary, blocks):
                return "\n\n".join([self.bold(self.line(summary)), *(self.block(each) for each in blocks)])
            case Table():
                return "\n".join(self.table(block))

    def table(self, table: Table) -> Iterator[str]:
        last = len(table.header) - 1
        rows = [
            [self.cell(cell, cut=i < last) for i, cell in enumerate(row)] for row in (table.header, *table.rows)
        ]
        widths = [max(size for _, size in column) for column in zip(*rows, strict=True)]
        for number, row in enumerate(rows):
            cells = []
            for i, (cell, size) in enumerate(row):
                room = " " * (widths[i] - size)
                cells.append(room + cell if i in table.numbers else cell + room)
            text = f"  {'  '.join(cells)}".rstrip()
            yield self.bold(text) if number == 0 else text
            if number == 0:
                yield f"  {'  '.join('-' * each for each in widths)}"

    def cell(self, line: Line, *, cut: bool) -> tuple[str, int]:
        """A cell and how many columns it takes."""
        if cut and isinstance(line, str) and width(line) > _WIDEST_CELL:
            line = line[: _WIDEST_CELL - 1] + "…"
        return self.line(line), width(_Writer(colour=False).line(line))
