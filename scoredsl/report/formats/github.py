"""Workflow commands of GitHub Actions: one line a finding, shown at its line in the pull request.

The syntax and its escapes are those of `actions/toolkit`, packages/core/src/command.ts.
"""

from __future__ import annotations

from scoredsl.report.findings import Finding
from scoredsl.report.model import Report, Setting

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report, setting: Setting) -> str:
    return "\n".join(_command(found, setting) for found in report.findings)


def _command(found: Finding, setting: Setting) -> str:
    place = found.place
    properties = {
        "file": setting.located(place.file),
        "line": str(place.line),
        "endLine": str(place.end_line),
        "title": f"scoredsl {found.code}",
    }
    if place.end_line == place.line:  # GitHub refuses columns of more than one line
        properties["col"] = str(place.column)
        properties["endColumn"] = str(max(place.column, place.end_column - 1))
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    see = "".join(
        f"\nSee {setting.located(note.place.file)}:{note.place.line}: {note.message}" for note in found.related
    )
    return f"::{_COMMANDS[found.severity]} {said}::{_data(found.sentences + see)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
