"""A report that is a page: it finds nothing wrong and has no cases."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from scoredsl.report.document import Document
from scoredsl.report.findings import Finding
from scoredsl.report.model import Detail
from scoredsl.report.plain import page
from scoredsl.report.suites import Suite


class PageReport(ABC):
    """What `Report` asks for besides `verb`, `summary` and `objects`."""

    __slots__ = ()

    @abstractmethod
    def document(self) -> Document:
        """The page."""

    @property
    def findings(self) -> Sequence[Finding]:
        return ()

    def suites(self) -> Sequence[Suite]:
        return ()

    def text(self, detail: Detail, *, colour: bool) -> str:
        return page(self.document(), colour=colour)
