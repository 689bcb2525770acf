"""Findings that are known already and not shown: those of a baseline file, and those from before a branch."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from scoredsl.diagnostics import Severity
from scoredsl.report import Finding
from scoredsl.report import baseline as baselines
from scoredsl.report.findings import counted

DEFAULT = "scoredsl-baseline.json"


@dataclass(frozen=True, slots=True)
class Known:
    """Known findings; files are named as seen from `folder`. `path` and `text` are those of a baseline file."""

    findings: Counter[baselines.Key]
    folder: Path
    since: str
    """Where they are known from, as the end of a sentence: `in baseline.json`."""
    path: str | None = None
    text: str = ""

    def compare(self, findings: Sequence[Finding]) -> baselines.Comparison:
        return baselines.compare(keys(findings, self.folder), self.findings)

    def said(self, hidden: Sequence[Severity]) -> str:
        """How many are not shown, and that there are errors among them."""
        errors = sum(severity == "error" for severity in hidden)
        among = f", {counted(errors, 'error')} among them" if errors else ""
        return f"{counted(len(hidden), 'finding')} {'is' if len(hidden) == 1 else 'are'} known {self.since}{among}."

    def stale(self, comparison: baselines.Comparison, looked_at: Iterable[str]) -> list[Finding]:
        """What a baseline file knows of the files that were looked at, or are gone, and is no longer found."""
        if self.path is None:
            return []
        files = {_named(file, self.folder) for file in looked_at}
        gone = [each for each in comparison.stale if each[0][0] in files or not (self.folder / each[0][0]).exists()]
        return baselines.stale_findings(gone, self.path, self.text)


def keys(findings: Sequence[Finding], folder: Path) -> list[baselines.Key]:
    """What findings are known by, their files as seen from a folder."""
    return baselines.keys(findings, [_named(found.place.file, folder) for found in findings])


def read_baseline(path: str) -> Known:
    """The findings of a baseline file. Raises an error for the user."""
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8")
        return Known(baselines.read(text), file.resolve().parent, f"in {path}", path, text)
    except FileNotFoundError:
        raise click.ClickException(f"There is no baseline {path}. Write it with --write-baseline.") from None
    except UnicodeDecodeError:
        why = "it is not UTF-8 text"
    except OSError as problem:
        why = f"{problem.strerror}"
    except baselines.BaselineError as problem:
        why = str(problem)
    raise click.ClickException(f"The baseline {path} cannot be used: {why}. Write it anew with --write-baseline.")


def _named(file: str, folder: Path) -> str:
    return Path(os.path.relpath(Path(file).resolve(), folder)).as_posix()
