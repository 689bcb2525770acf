"""Markdown as GitHub and GitLab render it, short enough for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoredsl.report.document import (
    Badge,
    Block,
    Bullets,
    Code,
    Details,
    Document,
    Heading,
    Inline,
    Line,
    Mono,
    Paragraph,
    Strong,
    Table,
    parts,
)
from scoredsl.report.model import Report, Setting

LONGEST_COMMENT = 60_000
"""Characters; GitHub takes 65,536 in a comment, and a workflow may want to add something."""

_SIGNS = {"error": "❌", "warning": "⚠️", "note": "ℹ️", "good": "✅"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$])")
_AT_LINE_START = re.compile(r"^(\s*(?:[0-9]+(?=[.)]\s))?)(?=[-+=#]|(?<=[0-9])[.)])")
_MENTION = re.compile(r"([@#!])(?=\w)")


def render(report: Report, setting: Setting) -> str:
    return page(report.document(), longest=LONGEST_COMMENT)


def page(document: Document, *, longest: int | None = None) -> str:
    """A document as Markdown; what would make it longer than `longest` characters is left out, and that is said."""
    head = [f"# {inline(document.title)}", inline(document.lead)]
    if longest is None:
        return "\n\n".join([*head, *(_block(block) for block in document.blocks)])
    return _Shortened(longest - sum(len(each) + 2 for each in head)).page(head, document)


class _Shortened:
    """Takes blocks, and rows of a table, as long as there is room."""

    def __init__(self, room: int) -> None:
        self.room = room - 200  # for the sentence about what is left out
        self.left_out = 0

    def page(self, head: list[str], document: Document) -> str:
        shown = [text for block in document.blocks for text in self.taken(block)]
        if self.left_out:
            shown.append(
                f"_{self.left_out} more parts of this page are left out: it would be too long for a comment. "
                "The other formats have them all._"
            )
        return "\n\n".join([*head, *shown])

    def taken(self, block: Block) -> Iterator[str]:
        text = _block(block)
        if not self.left_out and len(text) + 2 <= self.room:
            self.room -= len(text) + 2
            yield text
        elif isinstance(block, Table):
            fitting = self.rows(block)
            self.left_out += len(block.rows) - fitting
            if fitting:
                yield _block(Table(block.header, block.rows[:fitting], block.numbers))
                self.room = 0
        else:
            self.left_out += 1

    def rows(self, table: Table) -> int:
        """How many of its rows there is room for."""
        if self.left_out:
            return 0
        *_, size = (len(_block(Table(table.header, (), table.numbers))),)
        for i, row in enumerate(table.rows):
            size += len(_row(row)) + 1
            if size + 2 > self.room:
                return i
        return len(table.rows)


# ---- blocks


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {inline(text)}"
        case Paragraph(text):
            return inline(text)
        case Bullets(items):
            return "\n".join(f"- {inline(item)}" for item in items)
        case Table(header, rows, numbers):
            rules = ["---:" if i in numbers else "---" for i in range(len(header))]
            return "\n".join([_row(header), f"| {' | '.join(rules)} |", *(_row(row) for row in rows)])
        case Code(text, language):
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
            return f"{fence}{language}\n{text}\n{fence}"
        case Details(summary, blocks):
            inner = "\n\n".join(_block(each) for each in blocks)
            return f"<details>\n<summary>{_tagged(summary)}</summary>\n\n{inner}\n\n</details>"


def _row(cells: tuple[Line, ...]) -> str:
    return f"| {' | '.join(inline(cell) for cell in cells)} |"


def _tagged(line: Line) -> str:
    """A line inside of an HTML element, where Markdown does not reach."""
    escaped = [
        (part, (part if isinstance(part, str) else part.text).replace("&", "&amp;").replace("<", "&lt;"))
        for part in parts(line)
    ]
    return "".join(
        f"<code>{text}</code>"
        if isinstance(part, Mono)
        else f"<strong>{text}</strong>"
        if isinstance(part, Strong)
        else f"{_SIGNS[part.tone]} {text}"
        if isinstance(part, Badge)
        else text
        for part, text in escaped
    )


# ---- lines


def inline(line: Line) -> str:
    """A line of text; nothing in it is taken for Markdown, for a person or for a number of an issue."""
    text = "".join(_inline(part) for part in parts(line))
    return _AT_LINE_START.sub(r"\1\\", text)


def _inline(part: Inline) -> str:
    match part:
        case str():
            return _escaped(part)
        case Strong(text):
            return f"**{_escaped(text)}**"
        case Mono(text):
            return _mono(text)
        case Badge(text, tone):
            return f"{_SIGNS[tone]} {_escaped(text)}"


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;"))
    return _MENTION.sub(r"\1<!-- -->", escaped).replace("\n", " ")


def _mono(text: str) -> str:
    """In backquotes, with more of them where the text has some; a table's `|` is escaped even there."""
    text = text.replace("\n", " ").replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    space = " " if "`" in text[:1] + text[-1:] else ""
    return f"{fence}{space}{text}{space}{fence}"
