"""One Diagnostic type: code, severity, span, message, related places, fix, machine-readable arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from scoredsl.text import Span

Severity = Literal["error", "warning", "note"]
Tag = Literal["unnecessary", "deprecated"]
"""`unnecessary`: what stands there could as well be left out; `deprecated`: its time has passed. Editors show the one
faded, the other struck through."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands in `span` by `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One repair, in words and as edits. `sure` fixes are what `check --fix` applies; others are only offered."""

    title: str
    edits: tuple[Edit, ...]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a message is about."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What is wrong at a place, and what to do.

    `code` is stable (see `scoredsl code CODE`); `help` says the repair where the message does not; `args` are the
    values in the message, for programs. `detail` is more to look at, such as a small log that shows what is meant: a
    few lines.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    help: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    args: Mapping[str, str | int | float] = field(default_factory=dict)
    detail: str = ""
    tags: tuple[Tag, ...] = ()

    def moved(self, by: int) -> Diagnostic:
        """The same, with all its places so many characters further on."""
        if by == 0:
            return self
        related = tuple(Related(each.span.moved(by), each.message) for each in self.related)
        fix = self.fix
        if fix is not None:
            fix = Fix(fix.title, tuple(Edit(edit.span.moved(by), edit.text) for edit in fix.edits), fix.sure)
        return Diagnostic(
            self.code, self.severity, self.message, self.span.moved(by), self.help, related, fix, self.args,
            self.detail, self.tags,
        )  # fmt: skip

    def spans(self) -> Iterator[Span]:
        """All its places."""
        yield self.span
        for each in self.related:
            yield each.span
        for edit in self.fix.edits if self.fix is not None else ():
            yield edit.span

    @property
    def is_error(self) -> bool:
        return self.severity == "error"
