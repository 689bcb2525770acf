"""The tests of a file, for a list of them: they are there while a rule is broken, too."""

from __future__ import annotations

from dataclasses import dataclass

from scoredsl.ide.project import block_end
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import File
from scoredsl.text import Span


@dataclass(frozen=True, slots=True)
class ListedTest:
    """A `test` with its name and the stretch from its header to the end of its block."""

    name: str
    span: Span


def listed_tests(file: File) -> list[ListedTest]:
    """The tests of a file, in its order."""
    return [
        ListedTest(statement.node.name.value, Span(statement.span.start, block_end(statement), statement.span.file))
        for statement in file.statements
        if isinstance(statement.node, n.Test)
    ]

