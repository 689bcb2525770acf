"""Finds the files of a program: the file that is run, and what it imports (LANGUAGE section 7).

Reading is done by a reader that is handed in: nothing here touches a disk.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.syntax import nodes as n
from scoredsl.syntax.keywords import STATEMENTS
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.tree import File, Statement
from scoredsl.text import Source, Span


class Unreadable(Exception):  # noqa: N818 - raised with a reason for people
    """A rules file that cannot be read; the text says why, in words for the user."""


class Reader(Protocol):
    """Gives the text of a rules file."""

    def read(self, path: str) -> str:
        """The text. Raises Unreadable."""
        ...

    def same(self, path: str) -> str:
        """A key that is equal for two ways to name one file."""
        ...


@runtime_checkable
class ParsingReader(Reader, Protocol):
    """A reader that also reads statements, as it remembers what it has read before."""

    def parse(self, source: Source) -> File:
        """As `parse_file`."""
        ...


@dataclass(slots=True)
class LoadedFile:
    """One file of a program and the keys of the files that it imports, in order."""

    key: str
    path: str
    file: File
    imports: dict[Span, str] = field(default_factory=dict)
    """By the span of the import statement: the key of the file, where it could be read."""


@dataclass(slots=True)
class Loaded:
    """All files of a program, by key; `main` is the one that is run."""

    main: LoadedFile
    files: dict[str, LoadedFile]
    diagnostics: list[Diagnostic]

    def statements(self) -> Iterator[tuple[LoadedFile, Statement]]:
        """Top-level statements in program order: what is imported stands at the place of its first import."""
        seen: set[str] = set()

        def visit(loaded: LoadedFile) -> Iterator[tuple[LoadedFile, Statement]]:
            seen.add(loaded.key)
            for statement in loaded.file.statements:
                yield loaded, statement
                target = loaded.imports.get(statement.span) if isinstance(statement.raw, n.Import) else None
                if target is not None and target not in seen:
                    yield from visit(self.files[target])

        yield from visit(self.main)

    def visible(self, key: str) -> set[str]:
        """Keys of the files whose names a file sees: itself and all that it imports, also through others."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                waiting.extend(self.files[at].imports.values())
        return found


def load(path: str, text: str, reader: Reader) -> Loaded:
    """Reads a program: the main file's text is given, what it imports is read through the reader."""
    key = reader.same(path)
    main = LoadedFile(key, path, _parse(reader, Source(text, path)))
    loaded = Loaded(main, {key: main}, [])
    _follow(main, [(main, None)], loaded, reader)
    for each in loaded.files.values():
        loaded.diagnostics.extend(each.file.diagnostics)
    return loaded


def _parse(reader: Reader, source: Source) -> File:
    return reader.parse(source) if isinstance(reader, ParsingReader) else parse_file(source)


def _follow(at: LoadedFile, stack: list[tuple[LoadedFile, Span | None]], loaded: Loaded, reader: Reader) -> None:
    """`stack` holds the files on the way here, each with the import statement by which it was left."""
    for statement in at.file.statements:
        if not isinstance(statement.raw, n.Import):
            continue
        node = statement.node
        assert isinstance(node, n.Import)
        stack[-1] = (at, statement.span)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(at.path), node.path.value.replace("\\", "/")))
        if not node.path.value.strip():
            loaded.diagnostics.append(_error("import-missing", "This import names no file.", node.path.span,
                                             'Write the path of a rules file, such as import "catalog.score".'))
            continue
        key = reader.same(path)
        on_stack = [i for i, (file, _) in enumerate(stack) if file.key == key]
        if on_stack:
            _cycle(stack[on_stack[0] :], loaded)
            continue
        if key not in loaded.files:
            try:
                text = reader.read(path)
            except Unreadable as problem:
                loaded.diagnostics.append(_error("import-missing", str(problem), node.path.span,
                                                 "The path is read from the folder of the file that imports."))
                continue
            imported = LoadedFile(key, path, _parse(reader, Source(text, path)))
            if not looks_like_rules(imported.file):
                message = f"{posixpath.basename(path)} is no rules file: none of its lines begins as a statement does."
                loaded.diagnostics.append(_error("import-missing", message, node.path.span, "Import a .score file."))
                continue
            loaded.files[key] = imported
            _follow(imported, [*stack, (imported, None)], loaded, reader)
        at.imports[statement.span] = key


def looks_like_rules(file: File) -> bool:
    """False for a file of something else: there are lines, and no line begins as a statement does."""
    return not file.statements or any(statement.keyword in STATEMENTS for statement in file.statements)


def _cycle(stack: list[tuple[LoadedFile, Span | None]], loaded: Loaded) -> None:
    first = stack[0][1]
    assert first is not None
    if len(stack) == 1:
        message = f"{posixpath.basename(stack[0][0].path)} imports itself."
    else:
        names = [posixpath.basename(file.path) for file, _ in stack]
        message = f"These files import each other in a cycle: {' -> '.join([*names, names[0]])}."
    related = tuple(Related(span, "imported here") for _, span in stack[1:] if span is not None)
    problem = _error("import-cycle", message, first, "Delete this import.", related)
    if problem not in loaded.diagnostics:
        loaded.diagnostics.append(problem)


def _error(code: str, message: str, span: Span, help: str = "", related: tuple[Related, ...] = ()) -> Diagnostic:
    return Diagnostic(code, "error", message, span, help, related)
