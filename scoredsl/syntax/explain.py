"""What a marketer reads when a statement cannot be read: what stands there, what was expected, and the repair."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedInput

from scoredsl.diagnostics import Diagnostic
from scoredsl.text import Span


def explain(problem: UnexpectedInput, text: str, span: Span, keyword: str) -> Diagnostic:
    """The message for a broken statement; `text` is its masked text, `span` its place in the file."""
    at = problem.pos_in_stream
    at = len(text) if at is None or at < 0 or problem.__class__.__name__ == "UnexpectedEOF" else at
    token = getattr(problem, "token", None)
    if token is not None and token.type == "$END":
        at = len(text)
    start = at
    while start > 0 and re.match(r"[\w.]", text[start - 1]):
        start -= 1
    match = re.compile(r'"(?:\\.|[^"\\\n])*"|[\w.]+|\S').match(text, start)
    if match is None:
        place = Span(span.end - 1, span.end, span.file)
        return Diagnostic("syntax", "error", f"This statement is not complete: add is missing.", place)
    word = match.group()
    place = Span(span.start + start, span.start + match.end(), span.file)
    return Diagnostic("syntax", "error", f'"{word}" does not fit here.', place, "", (), None, {"word": word})
