"""Semantic tokens: what each word of a file is."""

from __future__ import annotations

from dataclasses import dataclass

from scoredsl.ide.mentions import Kind
from scoredsl.ide.project import Analysis
from scoredsl.syntax.tokens import words_of

TYPES = (
    "keyword", "event", "property", "variable", "macro", "class", "namespace", "enumMember", "enum", "type", "number",
    "string", "regexp", "operator", "comment",
)
"""The types of the protocol that are used, in the order of the legend."""
MODIFIERS = ("declaration",)

_KINDS: dict[Kind, str] = {
    "event": "event", "set": "type", "property": "property", "field": "variable", "define": "macro", "score": "class",
    "group": "namespace", "tier": "enumMember", "grid": "enum", "label": "enumMember",
}
_TERMINALS = {
    "NUMBER": "number", "DURATION": "number", "PERCENT": "number", "DATE": "number", "STRING": "string",
    "REGEX": "regexp", "TYPE": "type", "TEXT_ONE_OF": "type", "BAND": "enumMember", "NAME": "variable",
    "BACKQUOTED": "variable", "LEAD_BACKQUOTED": "variable",
    **dict.fromkeys(["EQ", "NE", "GE", "LE", "GT", "LT", "PLUS", "MINUS", "STAR", "SLASH"], "operator"),
}
_SILENT = frozenset({"LPAR", "RPAR", "LSQB", "RSQB", "COMMA", "COLON", "$END"})


@dataclass(frozen=True, slots=True)
class Colour:
    """A stretch of the file, what it is, and whether it is declared there."""

    start: int
    end: int
    type: str
    declares: bool = False


def colours(analysis: Analysis, start: int = 0, end: int | None = None) -> list[Colour]:
    """The coloured stretches between two offsets, in order; none overlap."""
    file = analysis.file
    last = len(file.source.text) if end is None else end
    found: dict[int, Colour] = {}
    for comment in file.comments:
        found[comment.start] = Colour(comment.start, comment.end, "comment")
    for statement in file.walk():
        base = statement.span.start
        if statement.span.end < start or base > last:
            continue
        for word in words_of(file.masked[base : statement.span.end]):
            if word.terminal not in _SILENT:
                type_ = _TERMINALS.get(word.terminal, "keyword")
                found[base + word.start] = Colour(base + word.start, base + word.end, type_)
    for mention in analysis.names.by_file.get(analysis.path, []):
        span = mention.span
        found[span.start] = Colour(span.start, span.end, _KINDS[mention.symbol.kind], mention.declares)
    ordered = [c for _, c in sorted(found.items()) if c.end > start and c.start < last]
    return [c for i, c in enumerate(ordered) if i == 0 or c.start >= ordered[i - 1].end]
