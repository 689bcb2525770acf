"""The rules files of a workspace and what is known of them; what no change has touched is not worked out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from scoredsl.diagnostics import Diagnostic
from scoredsl.ide.names import Mentioned, Names, Symbol, names_of
from scoredsl.semantics.check import Checked, check_loaded
from scoredsl.semantics.imports import Loaded, Reader, Unreadable, load
from scoredsl.semantics.memory import CheckMemory
from scoredsl.semantics.program import Program
from scoredsl.syntax.memory import Memory
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.tree import File, Statement
from scoredsl.text import Source

Say: TypeAlias = Callable[[Checked], list[Diagnostic]]
"""All that there is to say of a checked program."""


class Analysis:
    """One file as the file that is run, with all that it imports; worked out when it is asked for."""

    def __init__(
        self, path: str, text: str, reader: Reader, say: Say, memory: CheckMemory | None = None,
        mentioned: Mentioned | None = None,
    ) -> None:  # fmt: skip
        self.path = path
        self.reader = reader
        self._text = text
        self._say = say
        self._memory = memory
        self._mentioned = mentioned or Mentioned()
        self.compared = self._mentioned.compared

    @cached_property
    def loaded(self) -> Loaded:
        return load(self.path, self._text, self.reader)

    @cached_property
    def checked(self) -> Checked:
        return check_loaded(self.loaded, self._memory)

    @property
    def program(self) -> Program | None:
        """The checked program; None while there is an error."""
        return self.checked.program

    @cached_property
    def errors(self) -> int:
        """How many errors there are in all files of the program."""
        return sum(each.is_error for each in self.checked.found)

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """What is said of all files of the program; by reasoning too, which may take long: only this waits for it."""
        return self._say(self.checked)

    @cached_property
    def names(self) -> Names:
        return names_of(self.loaded, self._mentioned)

    @property
    def file(self) -> File:
        return self.loaded.main.file

    @property
    def source(self) -> Source:
        return self.file.source

    @property
    def paths(self) -> list[str]:
        return [file.path for file in self.loaded.files.values()]

    def source_of(self, path: str) -> Source:
        return next(file.file.source for file in self.loaded.files.values() if file.path == path)

    def statement_at(self, offset: int) -> tuple[Statement, ...]:
        """The statements around an offset, the outermost first; a header holds what is in its block."""
        found: list[Statement] = []
        statements: Iterable[Statement] = self.file.statements
        while True:
            inside = next((each for each in statements if each.start <= offset <= block_end(each)), None)
            if inside is None:
                return tuple(found)
            found.append(inside)
            if offset <= inside.end:
                return tuple(found)
            statements = inside.children


def block_end(statement: Statement) -> int:
    """Where a statement ends with its block."""
    return block_end(statement.children[-1]) if statement.children else statement.end


@dataclass(slots=True)
class _Recording:
    """A reader that notes which files an analysis asked for."""

    project: Project
    asked: set[str] = field(default_factory=set)

    def same(self, path: str) -> str:
        return self.project.same(path)

    def read(self, path: str) -> str:
        self.asked.add(self.same(path))
        return self.project.read(path)

    def parse(self, source: Source) -> File:
        return self.project.parse(source)


class Project:
    """The texts of a workspace. `reader` reads what is not open; `texts` are those of open documents, by path."""

    def __init__(self, reader: Reader, say: Say) -> None:
        self.reader = reader
        self.say = say
        self.texts: dict[str, str] = {}
        self.known: dict[str, None] = {}
        """Paths of all rules files of the workspace, open or not."""
        self._by_key: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._read: dict[str, str] = {}
        self._memories: dict[str, Memory] = {}
        self._checks: dict[str, tuple[CheckMemory, Mentioned]] = {}
        self._analyses: dict[str, tuple[Analysis, _Recording]] = {}
        self._good: dict[str, Program] = {}

    # ---- texts

    def same(self, path: str) -> str:
        found = self._keys.get(path)
        if found is None:
            found = self._keys[path] = self.reader.same(path)
        return found

    def read(self, path: str) -> str:
        """The text of a file, as it is open or as it was read. Raises Unreadable."""
        key = self.same(path)
        open_as = self._by_key.get(key)
        if open_as is not None:
            return self.texts[open_as]
        text = self._read.get(key)
        if text is None:
            text = self._read[key] = self.reader.read(path)
        return text

    def parse(self, source: Source) -> File:
        return parse_file(source, self._memories.setdefault(source.path, Memory()))

    def open(self, path: str, text: str) -> None:
        """A document is open, or has changed."""
        self.texts[path] = text
        self._by_key[self.same(path)] = path
        self._forget(self.same(path))

    def close(self, path: str) -> None:
        """A document is open no more: its file is read again."""
        if self.texts.pop(path, None) is not None:
            self._by_key.pop(self.same(path), None)
        self.touch(path)

    def touch(self, path: str) -> None:
        """A file may have changed on disk."""
        self._read.pop(self.same(path), None)
        if path not in self.texts:
            self._memories.pop(path, None)
            self._checks.pop(path, None)
        self._forget(self.same(path))

    def _forget(self, key: str) -> None:
        for path in [p for p, (_, recording) in self._analyses.items() if key in recording.asked]:
            del self._analyses[path]

    # ---- analyses

    def analysis(self, path: str) -> Analysis:
        """What is known of a file as the file that is run. Raises Unreadable."""
        found = self._analyses.get(path)
        if found is None:
            recording = _Recording(self)
            text = recording.read(path)
            # only in open files is there anything to be gained by remembering: they change again and again
            if path in self.texts and path not in self._checks:
                self._checks[path] = (CheckMemory(), Mentioned())
            memory, mentioned = self._checks.get(path, (None, None))
            found = self._analyses[path] = (Analysis(path, text, recording, self.say, memory, mentioned), recording)
        return found[0]

    def program(self, path: str) -> Program | None:
        """The newest program of a file that had no error."""
        program = self.analysis(path).program
        if program is not None:
            self._good[path] = program
        return program or self._good.get(path)

    def analyses(self) -> list[Analysis]:
        """Those of all files of the workspace that can be read, the open ones first."""
        return [found for path in self.paths() if (found := self.readable(path)) is not None]

    def paths(self) -> list[str]:
        """The paths of all files of the workspace, the open ones first."""
        return list(dict.fromkeys([*self.texts, *self.known]))

    def readable(self, path: str) -> Analysis | None:
        """As `analysis`; None for a file that cannot be read."""
        try:
            return self.analysis(path)
        except Unreadable:
            return None

    def programs_with(self, path: str) -> list[Analysis]:
        """The file's own program first, then all those of the workspace that import it."""
        key = self.same(path)
        own = self.analysis(path)
        return [own, *(each for each in self.analyses() if each is not own and key in each.loaded.files)]

    def around(self, path: str, symbol: Symbol | None = None) -> list[Analysis]:
        """The programs in which a symbol of a file may be named.

        Those with the file, and those with the files that declare the symbol.
        """
        found = {each.path: each for each in self.programs_with(path)}
        if symbol is not None:
            places = {
                mention.span.file for each in found.values() for mention in each.names.declarations(symbol)
            }
            for place in sorted(places - {path}):
                for each in self.programs_with(place):
                    found.setdefault(each.path, each)
        return list(found.values())
