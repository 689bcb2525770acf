"""One finding: a diagnostic with its places as lines and columns, so that a format needs no text of any file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from scoredsl.diagnostics import Diagnostic, Severity, Tag
from scoredsl.text import Source, Span


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file: its path as it was named, 1-based lines and columns (code points), the end exclusive.

    `text` is the whole of its first line, without the line end; None where the file cannot be read.
    """

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Another place that a finding is about."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands at a place by `text`."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What would repair it; `sure` as in `Fix`."""

    title: str
    sure: bool
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a place, and what to do; the fields are those of a `Diagnostic`."""

    code: str
    severity: Severity
    message: str
    place: Place
    help: str = ""
    related: tuple[Note, ...] = ()
    repair: Repair | None = None
    args: Mapping[str, str | int | float] = field(default_factory=dict)
    detail: str = ""
    tags: tuple[Tag, ...] = ()

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    @property
    def sentences(self) -> str:
        """The message, then what to do."""
        return f"{self.message} {self.help}".rstrip()


class Texts(Protocol):
    """Where the texts of files come from."""

    def of(self, path: str) -> Source: ...


def finding(diagnostic: Diagnostic, texts: Texts) -> Finding:
    """A diagnostic as a finding."""
    fix = diagnostic.fix
    return Finding(
        diagnostic.code,
        diagnostic.severity,
        diagnostic.message,
        place(diagnostic.span, texts),
        diagnostic.help,
        tuple(Note(place(each.span, texts), each.message) for each in diagnostic.related),
        None
        if fix is None
        else Repair(fix.title, fix.sure, tuple(Edit(place(edit.span, texts), edit.text) for edit in fix.edits)),
        diagnostic.args,
        diagnostic.detail,
        diagnostic.tags,
    )


def place(span: Span, texts: Texts) -> Place:
    """A span as lines and columns."""
    source = texts.of(span.file)
    start, end = source.position(span.start), source.position(span.end)
    text = source.line_text(start.line) if source.text else None
    return Place(span.file, start.line, start.column, end.line, end.column, text)


# ---- sameness by content


def content_key(found: Finding, file: str) -> tuple[str, str, str]:
    """What stays the same when lines move: the file, the code, and the line's words, however they are spaced."""
    return file, found.code, " ".join((found.place.text or "").split())


def fingerprints(findings: Sequence[Finding], files: Iterable[str]) -> list[str]:
    """A fingerprint of each finding by its content; of equal ones the second, third, ... are told apart by number.

    `files` are the files of the findings as they are to be known, one for each.
    """
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for each, file in zip(findings, files, strict=True):
        key = content_key(each, file)
        number = seen[key] = seen.get(key, 0) + 1
        found.append(sha256("\n".join((*key, str(number))).encode()).hexdigest()[:32])
    return found


# ---- in words


def counted(number: int, what: str) -> str:
    """`1 warning`, `3 warnings`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def summary(severities: Sequence[Severity], files: int) -> str:
    """`2 errors and 1 warning in 3 files.`"""
    checked = counted(files, "file")
    kinds: tuple[Severity, ...] = ("error", "warning", "note")
    parts = [counted(severities.count(kind), kind) for kind in kinds if kind in severities]
    if not parts:
        return f"{checked} checked: no errors."
    said = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"{said} in {checked}."
