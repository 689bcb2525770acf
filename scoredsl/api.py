"""The public face: check, score, explain. Imports downwards only; reads rules files from disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scoredsl.diagnostics import Diagnostic
from scoredsl.lint.codes import CODES, WITH_A_CLOCK, WITH_A_LOG
from scoredsl.lint.log import LogNames
from scoredsl.semantics.check import Checked, check_files
from scoredsl.semantics.imports import Reader, Unreadable
from scoredsl.semantics.program import Program

LARGEST_FILE = 20_000_000
"""Bytes of the largest rules file that is read."""


class DiskReader:
    """Reads rules files from disk; texts given (open in an editor, say) are taken instead of the files.

    `opened` are the paths that were read from disk so far.
    """

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.texts = {self.same(path): text for path, text in (texts or {}).items()}
        self.opened: list[str] = []

    def same(self, path: str) -> str:
        return str(Path(path).resolve())

    def read(self, path: str) -> str:
        """The text of a rules file. Raises Unreadable, saying why."""
        given = self.texts.get(self.same(path))
        if given is not None:
            return given
        self.opened.append(path)
        return read_rules(path)


def read_rules(path: str) -> str:
    """The text of a rules file. Raises Unreadable with a message for the user."""
    file = Path(path)
    try:
        if file.is_dir():
            raise Unreadable(f"{path} is a folder, not a rules file.")
        data = file.read_bytes()
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise Unreadable(f"{path} cannot be read: {reason}.") from None
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"{path} has {len(data):,} bytes: that is no rules file (at most {LARGEST_FILE:,}).")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(not_utf8(data, path)) from None
    if "\x00" in text:
        raise Unreadable(f"{path} is no text file.")
    return text


def not_utf8(data: bytes, name: str) -> str:
    """What is wrong with a text file that is not UTF-8, and what to do, in sentences."""
    from scoredsl.engine.sources.encodings import repair, trouble, wide

    encoding = wide(data)
    if encoding is not None:
        return f"{name} is {encoding} text, not UTF-8. {repair(name, encoding)}"
    return trouble(data.splitlines(keepends=True), name) or f"{name} is not UTF-8 text."


def load(
    path: str, texts: Mapping[str, str] | None = None, *, reader: Reader | None = None
) -> tuple[Program | None, list[Diagnostic]]:
    """A program to be run: as `check`, without the warnings that take reasoning about it."""
    reader = reader or DiskReader(texts)
    checked = check_files(path, reader.read(path), reader)
    return checked.program, checked.said(unasked=CODES)


def check(
    path: str,
    texts: Mapping[str, str] | None = None,
    *,
    reader: Reader | None = None,
    now: int | None = None,
    log: LogNames | None = None,
) -> tuple[Program | None, list[Diagnostic]]:
    """Checks a rules file with its imports: the program (None where there is an error) and what there is to say.

    `texts` are texts by path that are taken instead of the files on disk; a `reader` has its own. `now` (microseconds)
    is the clock that tells which campaigns are over, `log` what is known of a log; without them nothing is said about
    either. Raises Unreadable for the file itself.
    """
    reader = reader or DiskReader(texts)
    return check_read(path, reader.read(path), reader, now=now, log=log)


def check_read(
    path: str, text: str, reader: Reader, *, now: int | None = None, log: LogNames | None = None
) -> tuple[Program | None, list[Diagnostic]]:
    """As `check`, for a file whose text is at hand; what it imports is read through the reader."""
    checked = check_files(path, text, reader)
    return checked.program, said_of(checked, now=now, log=log)


def said_of(checked: Checked, *, now: int | None = None, log: LogNames | None = None) -> list[Diagnostic]:
    """What there is to say of a checked program, `now` and `log` as for `check`; of one with errors no warnings that
    take reasoning."""
    if checked.program is None:
        return checked.said(unasked=CODES)
    from scoredsl.lint.run import warnings

    return checked.said(warnings(checked, now, log), unasked(now, log))


def unasked(now: int | None, log: LogNames | None) -> set[str]:
    """The warnings that are not looked for without a clock, or without a log."""
    return {*(WITH_A_CLOCK if now is None else ()), *(WITH_A_LOG if log is None else ())}


def check_text(
    text: str, path: str = "rules.score", *, now: int | None = None, log: LogNames | None = None
) -> tuple[Program | None, list[Diagnostic]]:
    """Checks a program given as text."""
    return check(path, {path: text}, now=now, log=log)
