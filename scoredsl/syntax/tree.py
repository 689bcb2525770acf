"""A file read: its statements as a tree with holes where one is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.nodes import Node
from scoredsl.syntax.outline import Comment
from scoredsl.text import Source, Span


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `node` is None for a hole: a broken statement, whose first words still say what it declares."""

    node: Node | None
    keyword: str
    span: Span
    words: tuple[str, ...]
    """The first words of a hole, as written."""
    children: tuple[Statement, ...] = ()

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
