"""One line a finding: `rules.score:3:5: warning: message [code]`."""

from __future__ import annotations

from collections.abc import Sequence

from scoredsl.report.findings import Finding
from scoredsl.report.formats.text import Paint, painter, where
from scoredsl.report.model import Report, Setting


def render(report: Report, setting: Setting) -> str:
    return report.text("concise", colour=setting.colour)


def findings_lines(findings: Sequence[Finding], *, colour: bool = False) -> str:
    """All findings, a line each."""
    paint = painter(colour)
    return "\n".join(_line(found, paint) for found in findings)


def _line(found: Finding, paint: Paint) -> str:
    severity = paint(found.severity, found.severity)
    return f"{where(found.place)}: {severity}: {found.sentences} [{found.code}]"
