"""What every report can be asked for, and what a format is told beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from scoredsl.report.document import Document
from scoredsl.report.findings import Finding
from scoredsl.report.suites import Suite

Detail: TypeAlias = Literal["full", "concise"]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a report is rendered.

    `root` is the folder of the repository (else the current folder) and `folder` the current one, both absolute:
    what is shown on a forge names its files from the root. `colour`: for a terminal.
    """

    version: str = ""
    root: str = "/"
    folder: str = "/"
    colour: bool = False

    def located(self, file: str) -> str:
        """A file as its path from the root; one that lies outside of it as its absolute path."""
        absolute = posixpath.normpath(posixpath.join(self.folder, file))
        return absolute.removeprefix(self.root.rstrip("/") + "/")


class Report(Protocol):
    """What a command has to say. Each format renders one of these views."""

    @property
    def verb(self) -> str:
        """`check`, `test`, `diff`."""
        ...

    @property
    def summary(self) -> str:
        """The whole in one sentence."""
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong, each with a place and a code that has a page."""
        ...

    def text(self, detail: Detail, *, colour: bool) -> str:
        """For a terminal, without the summary; `concise` is one line a finding."""
        ...

    def objects(self) -> Any:
        """The whole as what JSON can hold."""
        ...

    def suites(self) -> Sequence[Suite]:
        """What passed and what failed."""
        ...

    def document(self) -> Document:
        """A page for people."""
        ...


def shown_percent(percent: float) -> str:
    """`98.1%`; 100% only where it is all."""
    return f"{min(percent, 99.9) if percent < 100 else 100:.1f}".removesuffix(".0") + "%"


class Tabular(Report, Protocol):
    """A report that is a table as well."""

    def rows(self) -> Sequence[Sequence[str]]:
        """The rows of the table as texts, first its header."""
        ...
