"""Collects diagnostics while a program is checked: one mistake, one message."""

from __future__ import annotations

from scoredsl.diagnostics import Diagnostic, Edit, Fix, Related, Severity
from scoredsl.text import Span


class Problems:
    """The diagnostics of a check. The same code at the same place is said once."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self._said: set[tuple[str, Span]] = set()

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        help: str = "",
        *,
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
        severity: Severity = "error",
        **args: str | int | float,
    ) -> None:
        self.add(Diagnostic(code, severity, message, span, help, related, fix, args))

    def add(self, found: Diagnostic) -> None:
        key = (found.code, found.span)
        if key not in self._said:
            self._said.add(key)
            self.found.append(found)

    def warning(self, code: str, message: str, span: Span, help: str = "", *, fix: Fix | None = None) -> None:
        self.error(code, message, span, help, fix=fix, severity="warning")


def replace(span: Span, text: str, title: str | None = None, *, sure: bool = True) -> Fix:
    """A fix of one edit."""
    return Fix(title or f"Write {text}", (Edit(span, text),), sure)
