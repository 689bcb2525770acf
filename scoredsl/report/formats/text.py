"""Text for people: each finding with its line, the place marked, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeAlias

from scoredsl.report.findings import Finding, Place
from scoredsl.report.model import Report, Setting

Paint: TypeAlias = Callable[[str, str], str]
"""(text, style) to what is written: with colours on a terminal, else as it is."""

_COLOURS = {"error": "31", "warning": "33", "note": "36", "good": "32", "bold": "1", "faint": "2"}
_WIDEST = 160


def render(report: Report, setting: Setting) -> str:
    return report.text("full", colour=setting.colour)


def painter(colour: bool) -> Paint:
    return _paint if colour else _plain


def _paint(text: str, style: str) -> str:
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


def _plain(text: str, style: str) -> str:
    return text


def findings_text(findings: Sequence[Finding], *, colour: bool = False) -> str:
    """All findings, an empty line after each."""
    paint = painter(colour)
    return "\n".join(_full(found, paint) for found in findings)


def _full(found: Finding, paint: Paint) -> str:
    severity = paint(f"{found.severity}[{found.code}]", found.severity)
    lines = [f"{severity}: {paint(found.message, 'bold')}"]
    margin = " " * len(str(found.place.line))
    lines.append(f"{margin} {paint('-->', 'faint')} {where(found.place)}")
    lines.extend(_excerpt(found.place, margin, paint, found.severity))
    lines.extend(f"{margin} = see {where(note.place)}: {note.message}" for note in found.related)
    if found.help:
        lines.append(f"{margin} = {found.help}")
    lines.extend(f"{margin}   {line}" for line in found.detail.splitlines())
    if found.repair is not None and found.repair.sure:
        lines.append(f"{margin} = {paint('check --fix does this.', 'faint')}")
    return "\n".join(lines) + "\n"


def where(place: Place) -> str:
    """`rules.score:3:5`"""
    return f"{place.file}:{place.line}:{place.column}"


def _excerpt(place: Place, margin: str, paint: Paint, severity: str) -> list[str]:
    """The line with the place marked; a very long line is cut around it."""
    if place.text is None:
        return []
    text = place.text.replace("\t", " ")
    first = min(place.column - 1, len(text))
    last = min(place.end_column - 1, len(text)) if place.end_line == place.line else len(text)
    size = max(1, last - first)
    cut = max(0, first - 60) if len(text) > _WIDEST else 0
    shown = text[cut : cut + _WIDEST]
    lead = "…" if cut else ""
    tail = "…" if cut + _WIDEST < len(text) else ""
    mark = paint("^" * min(size, _WIDEST - (first - cut)), severity)
    bar = paint("|", "faint")
    pad = " " * (width(shown[: first - cut]) + len(lead))
    return [
        f"{margin} {bar}",
        f"{paint(str(place.line), 'faint')} {bar} {lead}{shown}{tail}",
        f"{margin} {bar} {pad}{mark}",
    ]


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
