"""Checks several programs and says each thing once, now or as the files were at a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from scoredsl import api
from scoredsl.cli import config
from scoredsl.cli.git import OldReader, Repository
from scoredsl.cli.render import Sources, findings_of
from scoredsl.diagnostics import Diagnostic
from scoredsl.lint.codes import OF_ONE_PROGRAM
from scoredsl.lint.log import LogNames
from scoredsl.report import Finding
from scoredsl.semantics.imports import Unreadable
from scoredsl.semantics.program import Program
from scoredsl.text import Source, Span


@dataclass(frozen=True, slots=True)
class What:
    """The rules files to check, and scoredsl.toml where it is to be checked.

    `now` is the clock that campaigns are compared with; `log` tells what is known of the log that is at hand.
    """

    files: list[str]
    toml: Path | None
    now: int | None = None
    log: Callable[[Program], LogNames] | None = None


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
    programs: list[Program] = []
    for file in what.files:
        files[file] = None
        program, said = api.check(file, now=what.now, log=_log(file, what))
        found.extend(said)
        programs += [] if program is None else [program]
    files.update(dict.fromkeys(diagnostic.span.file for diagnostic in found))
    return Checked(_each_once(_of_all(found, programs)), tuple(files), Sources())


def _log(file: str, what: What) -> LogNames | None:
    """What is known of the log, for the program of a file."""
    program = None if what.log is None else api.load(file)[0]
    return None if what.log is None or program is None else what.log(program)


def check_then(what: What, repository: Repository, commit: str) -> Checked:
    """The files as they were at a commit; what was not there then says nothing."""
    reader = OldReader(repository, commit)
    found: list[Diagnostic] = []
    programs: list[Program] = []
    for file in what.files:
        try:
            text = reader.read(file)
        except Unreadable:
            continue
        program, said = api.check_read(file, text, reader, now=what.now)
        found.extend(said)
        programs += [] if program is None else [program]
    texts = {path: Source(text, path) for path, text in reader.texts.items()}
    return Checked(_each_once(_of_all(found, programs)), tuple(texts), Sources(texts))


def _of_all(diagnostics: Iterable[Diagnostic], programs: Iterable[Program]) -> Iterable[Diagnostic]:
    """What a file that others import leaves unused may be used there."""
    imported = {path for program in programs for path in program.sources if path != program.path}
    return (each for each in diagnostics if each.code not in OF_ONE_PROGRAM or each.span.file not in imported)


def _each_once(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Two programs that import the same file say the same about it."""
    seen: dict[tuple[str, Span, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        seen.setdefault((diagnostic.code, diagnostic.span, diagnostic.message), diagnostic)
    return list(seen.values())
