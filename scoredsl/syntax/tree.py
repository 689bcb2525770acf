"""A file read: its statements as a tree with holes where one is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.nodes import Node
from scoredsl.syntax.outline import Comment
from scoredsl.syntax.shift import shifted
from scoredsl.text import Source, Span


class Statement:
    """One statement. `node` is None for a hole: a broken statement, whose first words still say what it declares.

    `raw` is the node as if the statement stood at the begin of the file: the same object as long as the text of the
    statement is the same, wherever it stands. `node` has the places that are true; it is made when it is asked for,
    for most statements of a file are only looked at where they have changed.
    """

    __slots__ = ("_node", "_span", "children", "end", "file", "keyword", "raw", "start", "words")

    def __init__(
        self,
        raw: Node | None,
        keyword: str,
        start: int,
        end: int,
        file: str,
        words: tuple[str, ...] = (),
        children: tuple[Statement, ...] = (),
    ) -> None:
        self.raw = raw
        self.keyword = keyword
        self.start = start
        self.end = end
        self.file = file
        self.words = words
        """The first words of a hole, as written."""
        self.children = children
        self._node: Node | None = None
        self._span: Span | None = None

    @property
    def node(self) -> Node | None:
        found = self._node
        if found is None and self.raw is not None:
            found = self._node = self.raw if self.start == 0 else shifted(self.raw, self.start)
        return found

    @property
    def span(self) -> Span:
        found = self._span
        if found is None:
            found = self._span = Span(self.start, self.end, self.file)
        return found

    def __eq__(self, other: object) -> bool:
        """Whether both say the same at the same place."""
        return isinstance(other, Statement) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.start, self.end, self.file))

    def _key(self) -> tuple[object, ...]:
        return self.raw, self.keyword, self.span, self.words, self.children

    def __repr__(self) -> str:
        return f"Statement({self.keyword!r}, {self.span!r}, {self.node!r}, {self.words!r}, {self.children!r})"

    def walk(self) -> Iterator[Statement]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class File:
    """A rules file read: never fails, what is wrong is in the diagnostics."""

    source: Source
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]
    masked: str

    def walk(self) -> Iterator[Statement]:
        for statement in self.statements:
            yield from statement.walk()
