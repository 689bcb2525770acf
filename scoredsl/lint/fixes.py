"""Repairs that several checks offer."""

from __future__ import annotations

from scoredsl.diagnostics import Edit, Fix
from scoredsl.lint.context import Context
from scoredsl.text import Span


def without(span: Span, words: str, context: Context) -> Fix:
    """Deletes a clause, with the space and the comma before it. Offered: which of two things is meant is not known."""
    text = context.program.sources[span.file].text
    start = _back(text, span.start)
    if text[:start].endswith(","):
        start = _back(text, start - 1)
    return Fix(f"Delete {words}", (Edit(Span(start, span.end, span.file), ""),), sure=False)


def _back(text: str, offset: int) -> int:
    while offset > 0 and text[offset - 1] in " \n\r":
        offset -= 1
    return offset


def without_line(span: Span, title: str, context: Context) -> Fix | None:
    """Deletes a statement with its line, where it stands there alone."""
    text = context.program.sources[span.file].text
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end + 1
    if text[start : span.start].strip() or text[span.end : end].strip():
        return None
    return Fix(title, (Edit(Span(start, end, span.file), ""),), sure=False)
