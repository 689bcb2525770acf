"""How diagnostics are shown: full (with the source line), concise (one line each), JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from scoredsl.diagnostics import Diagnostic
from scoredsl.text import Source, Span


class Sources:
    """The texts that diagnostics point into: given ones, else read from disk once."""

    def __init__(self, known: Mapping[str, Source] | None = None) -> None:
        self.known = dict(known or {})

    def of(self, path: str) -> Source:
        found = self.known.get(path)
        if found is None:
            try:
                text = Path(path).read_text(encoding="utf-8", errors="replace")
            except OSError:
                text = ""
            found = self.known[path] = Source(text, path)
        return found


def as_json(diagnostics: Sequence[Diagnostic], sources: Sources) -> str:
    """An array of diagnostics; lines and columns 1-based, columns in code points."""
    return json.dumps([as_object(diagnostic, sources) for diagnostic in diagnostics], ensure_ascii=False, indent=2)


def as_object(diagnostic: Diagnostic, sources: Sources) -> dict[str, Any]:
    """A diagnostic as `check --format json` shows it."""
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.span, sources),
        "help": diagnostic.help,
        "related": [{"message": each.message, **_place(each.span, sources)} for each in diagnostic.related],
        "fix": None
        if fix is None
        else {
            "title": fix.title,
            "sure": fix.sure,
            "edits": [{**_place(edit.span, sources), "text": edit.text} for edit in fix.edits],
        },
        "args": dict(diagnostic.args),
    }


def _place(span: Span, sources: Sources) -> dict[str, Any]:
    source = sources.of(span.file)
    start, end = source.position(span.start), source.position(span.end)
    return {
        "file": span.file,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }


def as_text(diagnostics: Sequence[Diagnostic], sources: Sources, *, full: bool, stream: TextIO | None = None) -> str:
    """The diagnostics for people; colours only where the stream is a terminal."""
    stream = stream or sys.stdout
    paint = _paint if stream.isatty() else _plain
    show = _full if full else _concise
    return "\n".join(show(diagnostic, sources, paint) for diagnostic in diagnostics)


def summary(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """`2 errors and 1 warning in 3 files.`"""
    errors = sum(d.is_error for d in diagnostics)
    warnings = sum(d.severity == "warning" for d in diagnostics)
    checked = f"{files} file{'s' if files != 1 else ''}"
    if not errors and not warnings:
        return f"{checked} checked: no errors."
    parts = []
    if errors:
        parts.append(f"{errors} error{'s' if errors != 1 else ''}")
    if warnings:
        parts.append(f"{warnings} warning{'s' if warnings != 1 else ''}")
    return f"{' and '.join(parts)} in {checked}."


_COLOURS = {"error": "31", "warning": "33", "note": "36", "bold": "1", "faint": "2"}


def _paint(text: str, style: str) -> str:
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


def _plain(text: str, style: str) -> str:
    return text


def _concise(diagnostic: Diagnostic, sources: Sources, paint: Any) -> str:
    place = sources.of(diagnostic.span.file).position(diagnostic.span.start)
    help_ = f" {diagnostic.help}" if diagnostic.help else ""
    severity = paint(diagnostic.severity, diagnostic.severity)
    where = f"{diagnostic.span.file}:{place.line}:{place.column}"
    return f"{where}: {severity}: {diagnostic.message}{help_} [{diagnostic.code}]"


def _full(diagnostic: Diagnostic, sources: Sources, paint: Any) -> str:
    source = sources.of(diagnostic.span.file)
    start = source.position(diagnostic.span.start)
    severity = paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    lines = [f"{severity}: {paint(diagnostic.message, 'bold')}"]
    margin = len(str(start.line))
    arrow = paint("-->", "faint")
    lines.append(f"{' ' * margin} {arrow} {diagnostic.span.file}:{start.line}:{start.column}")
    lines.extend(_excerpt(source, diagnostic.span, margin, paint, diagnostic.severity))
    for related in diagnostic.related:
        other = sources.of(related.span.file)
        place = other.position(related.span.start)
        lines.append(f"{' ' * margin} = see {related.span.file}:{place.line}:{place.column}: {related.message}")
    if diagnostic.help:
        lines.append(f"{' ' * margin} = {diagnostic.help}")
    if diagnostic.fix is not None and diagnostic.fix.sure:
        lines.append(f"{' ' * margin} = {paint('check --fix does this.', 'faint')}")
    return "\n".join(lines) + "\n"


_WIDEST = 160


def _excerpt(source: Source, span: Span, margin: int, paint: Any, severity: str) -> list[str]:
    """The line with the place marked; a very long line is cut around it."""
    if not source.text:
        return []
    start = source.position(span.start)
    begin, end = source.line_bounds(start.line)
    text = source.text[begin:end].replace("\t", " ")
    first = min(span.start, end) - begin
    size = max(1, min(span.end, end) - begin - first)
    cut = max(0, first - 60) if len(text) > _WIDEST else 0
    shown = text[cut : cut + _WIDEST]
    lead = "…" if cut else ""
    tail = "…" if cut + _WIDEST < len(text) else ""
    mark = paint("^" * min(size, _WIDEST - (first - cut)), severity)
    bar = paint("|", "faint")
    pad = " " * (_width(shown[: first - cut]) + len(lead))
    return [
        f"{' ' * margin} {bar}",
        f"{paint(str(start.line), 'faint')} {bar} {lead}{shown}{tail}",
        f"{' ' * margin} {bar} {pad}{mark}",
    ]


def _width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    import unicodedata

    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
