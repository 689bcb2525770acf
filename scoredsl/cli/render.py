"""Diagnostics on a terminal, and the texts that they point into."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from scoredsl.diagnostics import Diagnostic
from scoredsl.report import Finding, finding
from scoredsl.report import findings as words
from scoredsl.report.formats.concise import findings_lines
from scoredsl.report.formats.text import findings_text
from scoredsl.text import Source


class Sources:
    """The texts that diagnostics point into: given ones, else read from disk once."""

    def __init__(self, known: Mapping[str, Source] | None = None) -> None:
        self.known = dict(known or {})

    def of(self, path: str) -> Source:
        found = self.known.get(path)
        if found is None:
            try:
                text = Path(path).read_bytes().decode("utf-8", errors="replace")
            except OSError:
                text = ""
            found = self.known[path] = Source(text, path)
        return found


def findings_of(diagnostics: Sequence[Diagnostic], sources: Sources) -> tuple[Finding, ...]:
    """Diagnostics with their places as lines and columns."""
    return tuple(finding(diagnostic, sources) for diagnostic in diagnostics)


def as_text(diagnostics: Sequence[Diagnostic], sources: Sources, *, full: bool, stream: TextIO | None = None) -> str:
    """The diagnostics for people; colours only where the stream is a terminal."""
    show = findings_text if full else findings_lines
    return show(findings_of(diagnostics, sources), colour=(stream or sys.stdout).isatty())


def summary(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """`2 errors and 1 warning in 3 files.`"""
    return words.summary([diagnostic.severity for diagnostic in diagnostics], files)
