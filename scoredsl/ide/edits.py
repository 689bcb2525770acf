"""Changes of texts, and the formatter's changes as the smallest that do it."""

from __future__ import annotations

import difflib

from scoredsl.diagnostics import Edit
from scoredsl.syntax.format import format_source
from scoredsl.syntax.keywords import HEADERS
from scoredsl.syntax.tree import File
from scoredsl.text import Source, Span


def applied(text: str, edits: list[Edit]) -> str:
    """The text with edits of one file made, which do not overlap."""
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def typed_line(file: File, offset: int) -> list[Edit]:
    """After a new line was begun at an offset: its indentation is that of the block it is in.

    That is the block of a header above it, else that of the statement above it. A line that holds anything stays.
    """
    source = file.source
    start, end = source.line_bounds(source.position(offset).line)
    if source.text[start:end].strip():
        return []
    above = next((each for each in reversed([*file.walk()]) if each.span.end <= start), None)
    if above is None or source.text[above.span.end : start].strip(" \t\r\n"):
        return []
    first, _ = source.line_bounds(source.position(above.span.start).line)
    indent = len(source.text[first : above.span.start]) if not source.text[first : above.span.start].strip() else 0
    wanted = " " * (indent + 2 * (above.keyword in HEADERS))
    return [] if source.text[start:end] == wanted else [Edit(Span(start, end, source.path), wanted)]


def formatting(source: Source, start: int = 0, end: int | None = None) -> list[Edit]:
    """The edits of whole lines that bring a file, or the lines between two offsets of it, into the canonical layout.

    There are none where a line of the file cannot be read.
    """
    result = format_source(source)
    if result.refused is not None or not result.changed:
        return []
    last = len(source.text) if end is None else end
    before, after = source.text.splitlines(keepends=True), result.text.splitlines(keepends=True)
    offsets = [0]
    for line in before:
        offsets.append(offsets[-1] + len(line))
    edits = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal" and offsets[i1] <= last and offsets[i2] >= start:
            edits.append(Edit(Span(offsets[i1], offsets[i2], source.path), "".join(after[j1:j2])))
    return edits

