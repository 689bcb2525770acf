"""Tries edits before they are offered: what the programs would be afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scoredsl.diagnostics import Edit
from scoredsl.ide.edits import applied
from scoredsl.ide.project import Project
from scoredsl.semantics.imports import Unreadable
from scoredsl.semantics.program import Place, Program
from scoredsl.text import Source, Span


def after(project: Project, edits: Sequence[Edit]) -> Project:
    """A project of its own in which the edits are made. Raises Unreadable for a file that cannot be read."""
    tried = Project(project.reader, project.say)
    tried.known = dict(project.known)
    for path, text in project.texts.items():
        tried.open(path, text)
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.span.file, []).append(edit)
    for path, changes in by_file.items():
        tried.open(path, applied(project.read(path), changes))
    return tried


def same_programs(
    project: Project, edits: Sequence[Edit], paths: Iterable[str], essence: Callable[[Program], Program] = lambda it: it
) -> bool:
    """Whether the programs of these files mean the same after the edits; False where one has an error.

    `essence`: a program without what does not matter.
    """
    try:
        tried = after(project, edits)
        for path in paths:
            before, now = project.analysis(path).program, tried.analysis(path).program
            if before is None or now is None or _meaning(essence(before)) != _meaning(essence(now)):
                return False
    except Unreadable:
        return False
    return True


def _meaning(node: Any) -> Any:
    """A program as plain data, without the places in the text."""
    match node:
        case Program():
            names = [name for name in node.__dataclass_fields__ if name not in ("path", "sources")]
            return tuple(_meaning(getattr(node, name)) for name in names)
        case Place() | Span() | Source():
            return None
        case tuple() | list():
            return tuple(_meaning(part) for part in node)
        case dict():
            return tuple((key, _meaning(value)) for key, value in node.items())
        case frozenset():
            return node
        case _:
            fields = getattr(node, "__dataclass_fields__", None)
            if fields is None:
                return node
            return (type(node).__name__, *(_meaning(getattr(node, name)) for name in fields))
