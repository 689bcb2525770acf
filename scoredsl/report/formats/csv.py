"""CSV, for a spreadsheet: the rows of a report that is a table."""

from __future__ import annotations

import csv
from types import SimpleNamespace
from typing import cast

from scoredsl.report.model import Report, Setting, Tabular


def render(report: Report, setting: Setting) -> str:
    lines: list[str] = []
    csv.writer(SimpleNamespace(write=lines.append), lineterminator="\n").writerows(cast(Tabular, report).rows())
    return "".join(lines).removesuffix("\n")
