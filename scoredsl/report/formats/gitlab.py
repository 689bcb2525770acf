"""GitLab's code quality report: a JSON array of findings, shown in the merge request (docs.gitlab.com)."""

from __future__ import annotations

import json

from scoredsl.report.findings import fingerprints
from scoredsl.report.model import Report, Setting

_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def render(report: Report, setting: Setting) -> str:
    findings = report.findings
    files = [setting.located(found.place.file) for found in findings]
    return json.dumps(
        [
            {
                "description": found.sentences,
                "check_name": found.code,
                "fingerprint": fingerprint,
                "severity": _SEVERITIES[found.severity],
                "location": {"path": file, "lines": {"begin": found.place.line, "end": found.place.end_line}},
            }
            for found, file, fingerprint in zip(findings, files, fingerprints(findings, files), strict=True)
        ],
        ensure_ascii=False,
        indent=2,
    )
