"""JSON: what the report's objects are."""

from __future__ import annotations

import json
from typing import Any

from scoredsl.report.findings import Finding, Place
from scoredsl.report.model import Report, Setting


def render(report: Report, setting: Setting) -> str:
    return json.dumps(report.objects(), ensure_ascii=False, indent=2)


def finding_object(found: Finding) -> dict[str, Any]:
    """A finding; lines and columns are 1-based, columns in code points."""
    repair = found.repair
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        **_place(found.place),
        "help": found.help,
        "related": [{"message": note.message, **_place(note.place)} for note in found.related],
        "fix": None
        if repair is None
        else {
            "title": repair.title,
            "sure": repair.sure,
            "edits": [{**_place(edit.place), "text": edit.text} for edit in repair.edits],
        },
        "args": dict(found.args),
        "detail": found.detail,
        "tags": list(found.tags),
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
