"""The statements of a rules file as a tree that can be edited: read from text, changed part by part, written again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.syntax import nodes as n
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.printer import print_statement
from scoredsl.syntax.tree import Statement
from scoredsl.text import Source

Path = tuple[Any, ...]
"""Where something stands: the places of statements from the margin inwards, or fields and places within a node."""


@dataclass(frozen=True, slots=True)
class Line:
    """A statement, with those that are indented under it."""

    node: n.Node
    children: tuple[Line, ...] = ()


Lines = tuple[Line, ...]


def read(text: str) -> Lines:
    """The statements of a text without errors."""
    return tuple(map(_line, parse_file(Source(text)).statements))


def _line(statement: Statement) -> Line:
    assert statement.node is not None
    return Line(statement.node, tuple(map(_line, statement.children)))


def written(lines: Lines, indent: str = "") -> str:
    """The text, without comments. Raises ValueError if no text says it."""
    return "".join(
        f"{indent}{print_statement(line.node)}\n{written(line.children, indent + '  ')}" for line in lines
    )


def written_if_possible(lines: Lines | None) -> str | None:
    """The text; None where there are no lines, or no text says it."""
    try:
        return None if lines is None else written(lines)
    except ValueError:
        return None


# ---- statements


def walk(lines: Lines, at: Path = ()) -> Iterator[tuple[Path, Line]]:
    """Every statement with its path."""
    for i, line in enumerate(lines):
        yield (*at, i), line
        yield from walk(line.children, (*at, i))


def found(lines: Lines, *types: type) -> list[tuple[Path, Line]]:
    """The statements whose nodes are of these types."""
    return [(path, line) for path, line in walk(lines) if isinstance(line.node, types)]


def replaced(lines: Lines, path: Path, *instead: Line) -> Lines:
    """The statements with others in the place of one."""
    first, *rest = path
    if not rest:
        return (*lines[:first], *instead, *lines[first + 1 :])
    line = lines[first]
    inside = Line(line.node, replaced(line.children, tuple(rest), *instead))
    return (*lines[:first], inside, *lines[first + 1 :])


def block(lines: Lines, path: Path) -> Lines:
    """The statements among which one stands."""
    for i in path[:-1]:
        lines = lines[i].children
    return lines


def with_block(lines: Lines, path: Path, instead: Sequence[Line]) -> Lines:
    """The statements with others in the place of all among which one stands."""
    if len(path) == 1:
        return tuple(instead)
    first, *rest = path
    inside = Line(lines[first].node, with_block(lines[first].children, tuple(rest), instead))
    return (*lines[:first], inside, *lines[first + 1 :])


# ---- within a node


def parts(node: Any, *types: type) -> list[tuple[Path, Any]]:
    """The parts of a node that are of these types, with their paths; the node itself too."""
    return [(path, part) for path, part in _parts(node, ()) if isinstance(part, types)]


def _parts(node: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(node, tuple):
        for i, each in enumerate(node):
            yield from _parts(each, (*at, i))
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        yield at, node
        for each in dataclasses.fields(node):
            if each.compare:
                yield from _parts(getattr(node, each.name), (*at, each.name))


def put(node: Any, path: Path, part: Any) -> Any:
    """The node with another part at a path."""
    if not path:
        return part
    first, *rest = path
    if isinstance(node, tuple):
        return (*node[:first], put(node[first], tuple(rest), part), *node[first + 1 :])
    return dataclasses.replace(node, **{first: put(getattr(node, first), tuple(rest), part)})
