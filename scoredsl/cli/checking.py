"""Checks several programs and says each thing once, now or as the files were at a commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoredsl import api
from scoredsl.cli import config
from scoredsl.cli.git import OldReader, Repository
from scoredsl.cli.render import Sources, findings_of
from scoredsl.diagnostics import Diagnostic
from scoredsl.report import Finding
from scoredsl.semantics.check import check_program
from scoredsl.semantics.imports import Unreadable
from scoredsl.text import Source, Span


@dataclass(frozen=True, slots=True)
class What:
    """The rules files to check, and scoredsl.toml where it is to be checked."""

    files: list[str]
    toml: Path | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was said, the files that were looked at, and their texts."""

    diagnostics: list[Diagnostic]
    files: tuple[str, ...]
    sources: Sources

    @property
    def findings(self) -> tuple[Finding, ...]:
        return findings_of(self.diagnostics, self.sources)


def check_now(what: What) -> Checked:
    """All files as they are. Raises Unreadable for a file that cannot be read."""
    files: dict[str, None] = {}
    found: list[Diagnostic] = []
    if what.toml is not None:
        files[str(what.toml)] = None
        found.extend(config.check_config(what.toml))
    for file in what.files:
        files[file] = None
        found.extend(api.check(file)[1])
    files.update(dict.fromkeys(diagnostic.span.file for diagnostic in found))
    return Checked(_each_once(found), tuple(files), Sources())


def check_then(files: Sequence[str], repository: Repository, commit: str) -> Checked:
    """The files as they were at a commit; what was not there then says nothing."""
    reader = OldReader(repository, commit)
    found: list[Diagnostic] = []
    for file in files:
        try:
            text = reader.read(file)
        except Unreadable:
            continue
        found.extend(check_program(file, text, reader)[1])
    texts = {path: Source(text, path) for path, text in reader.texts.items()}
    return Checked(_each_once(found), tuple(texts), Sources(texts))


def _each_once(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Two programs that import the same file say the same about it."""
    seen: dict[tuple[str, Span, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        seen.setdefault((diagnostic.code, diagnostic.span, diagnostic.message), diagnostic)
    return list(seen.values())
