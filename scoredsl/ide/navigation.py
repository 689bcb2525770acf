"""From a name to where it is declared, to all places where it stands; and the links of imports."""

from __future__ import annotations

from collections.abc import Iterable

from scoredsl.ide.names import Mention, Symbol
from scoredsl.ide.project import Analysis, Project
from scoredsl.syntax import nodes as n
from scoredsl.text import Span


def import_links(analysis: Analysis) -> list[tuple[Span, str]]:
    """(place of the path, the file that it means) of the imports that can be read."""
    main = analysis.loaded.main
    found = []
    for statement in main.file.statements:
        key = main.imports.get(statement.span)
        if isinstance(statement.node, n.Import) and key is not None:
            found.append((statement.node.path.span, analysis.loaded.files[key].path))
    return found


def definition(project: Project, path: str, offset: int) -> list[Span]:
    """Where the name at an offset is declared; what nothing declares, such as most events, where it stands first."""
    analysis = project.analysis(path)
    for span, target in import_links(analysis):
        if span.start <= offset <= span.end:
            return [Span(0, 0, target)]
    mention = analysis.names.at(path, offset)
    if mention is None:
        return []
    found = _unique(
        each
        for around in project.around(path, mention.symbol)
        for each in around.names.declarations(mention.symbol)
    )
    if found:
        return [each.span for each in found]
    first = analysis.names.by_symbol[mention.symbol][0]
    return [first.span]


def references(project: Project, path: str, offset: int, with_declarations: bool = True) -> list[Mention]:
    """All places of the workspace where the thing at an offset is named."""
    mention = project.analysis(path).names.at(path, offset)
    if mention is None:
        return []
    found = mentions_of(project, path, mention.symbol)
    return [each for each in found if with_declarations or not each.declares]


def mentions_of(project: Project, path: str, symbol: Symbol) -> list[Mention]:
    """All places where a symbol of a file is named, in the programs around it."""
    return _unique(
        each for around in project.around(path, symbol) for each in around.names.by_symbol.get(symbol, [])
    )


def highlights(analysis: Analysis, offset: int) -> list[Mention]:
    """The places in the same file."""
    mention = analysis.names.at(analysis.path, offset)
    if mention is None:
        return []
    return [each for each in analysis.names.by_symbol[mention.symbol] if each.span.file == analysis.path]


def _unique(mentions: Iterable[Mention]) -> list[Mention]:
    """Each place once, in the order of files and places."""
    found = {(each.span.file, each.span.start, each.span.end): each for each in mentions}
    return [each for _, each in sorted(found.items())]
