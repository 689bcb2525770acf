"""The formats, one file each. A format is loaded when it is asked for, so that `check` starts quickly."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from scoredsl.report.model import Report, Setting

FORMATS: Mapping[str, str] = {
    "text": "for a terminal, with the lines and what to do",
    "concise": "one line a finding",
    "json": "for programs",
    "sarif": "SARIF 2.1.0, for GitHub code scanning and many other tools",
    "github": "annotations of GitHub Actions",
    "gitlab": "GitLab's code quality report",
    "junit": "JUnit's XML, for the test reports of most CI systems",
    "markdown": "a page that fits a comment on a pull request",
    "html": "a page that stands alone",
}
"""Every format and what it is for."""

TABULAR: Mapping[str, str] = {"csv": "rows for a spreadsheet"}
"""Formats of the reports that are a table (`model.Tabular`)."""

ALIASES = {"full": "text"}
"""Other words for a format."""


def render(report: Report, format_: str, setting: Setting) -> str:
    """A report in a format (one of FORMATS), without a line end at its end. Raises KeyError for another."""
    name = ALIASES.get(format_, format_)
    if name not in FORMATS and name not in TABULAR:
        raise KeyError(format_)
    module = importlib.import_module(f"scoredsl.report.formats.{name}")
    text: str = module.render(report, setting)
    return text
