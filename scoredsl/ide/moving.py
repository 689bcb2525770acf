"""Imports that stay right when a rules file gets another name or place."""

from __future__ import annotations

import posixpath

from scoredsl.diagnostics import Edit
from scoredsl.ide.project import Project
from scoredsl.syntax import nodes as n


def moved(project: Project, old: str, new: str) -> list[Edit]:
    """The edits of imports before a file is moved: in the files that import it, and in itself."""
    edits: dict[tuple[str, int], Edit] = {}
    key = project.same(old)
    for analysis in project.analyses():
        main = analysis.loaded.main
        for statement in main.file.statements:
            node, target = statement.node, main.imports.get(statement.span)
            if not isinstance(node, n.Import) or target is None:
                continue
            imported = analysis.loaded.files[target].path
            goal = new if target == key else imported
            place = new if main.key == key else main.path
            written = posixpath.relpath(goal, posixpath.dirname(place) or ".")
            if posixpath.normpath(node.path.value.replace("\\", "/")) != written:
                span = node.path.span
                edits[span.file, span.start] = Edit(span, f'"{written}"')
    return [edit for _, edit in sorted(edits.items())]


