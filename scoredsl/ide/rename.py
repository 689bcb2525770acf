"""Renames a thing in all files that name it, or says why that cannot be done.

A new name is tried before it is given out: afterwards each place must name the renamed thing, every other name must
mean what it meant, and no error may have come.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from scoredsl.diagnostics import Edit
from scoredsl.ide.mentions import Kind
from scoredsl.ide.names import Mention, Names, Symbol
from scoredsl.ide.navigation import mentions_of
from scoredsl.ide.project import Analysis, Project
from scoredsl.ide.trial import after
from scoredsl.semantics.imports import Unreadable

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)
_WORDS: dict[Kind, str] = {
    "event": "event", "set": "set of events", "property": "property", "field": "profile field", "define": "define",
    "score": "score", "group": "group", "tier": "tier", "grid": "grid", "label": "label",
}
_QUOTES: dict[Kind, str] = {"event": '"', "tier": '"', "property": "`", "field": "`"}
"""What a name of a kind stands in that is no plain name; the others have plain names only."""


class CannotRename(Exception):  # noqa: N818 - raised with a reason for people
    """Why a thing cannot be renamed, in words for the user."""


def prepare(project: Project, path: str, offset: int) -> Mention:
    """What would be renamed at an offset. Raises CannotRename."""
    analysis = project.analysis(path)
    mention = analysis.names.at(path, offset)
    if mention is None:
        raise CannotRename("Nothing here has a name: put the cursor on an event, a property, a define, a score, ....")
    symbol = mention.symbol
    declared = any(each.names.declarations(symbol) for each in project.around(path, symbol))
    if symbol.kind == "score" and not declared:
        raise CannotRename("This score has no header: write score NAME above its rules, and name it there.")
    if symbol.kind == "tier" and not declared:
        raise CannotRename(f"This threshold has no name of its own: write threshold N as {symbol.name}.")
    return mention


def rename(project: Project, path: str, offset: int, new: str) -> list[Edit]:
    """The edits that rename what is named at an offset, in all files. Raises CannotRename."""
    mention = prepare(project, path, offset)
    symbol = mention.symbol
    new = new.strip().strip("\"`")
    if new == symbol.name:
        return []
    _refuse_odd(symbol, new)
    renamed = Symbol(symbol.kind, new, symbol.owner)
    around = project.around(path, symbol)
    if any(renamed in each.names.symbols for each in around):
        raise CannotRename(f"There is another {_WORDS[symbol.kind]} {new} already: the two would become one.")
    _refuse_broken(around, symbol)
    places = mentions_of(project, path, symbol)
    for written in _written(symbol.kind, new):
        edits = [Edit(each.span, written) for each in places]
        if _fits(project, around, edits, symbol, renamed):
            return edits
    raise CannotRename(f"With the name {new} some of the {len(places)} places would mean something else.")


def _refuse_odd(symbol: Symbol, new: str) -> None:
    quote = _QUOTES.get(symbol.kind)
    if not new or not new.isprintable():
        raise CannotRename("A name has at least one letter, and no line break.")
    if _PLAIN.fullmatch(new):
        return
    if quote is None:
        raise CannotRename(
            f"The name of a {_WORDS[symbol.kind]} has letters, digits and _, and begins with a letter: {new} has not."
        )
    if quote == "`" and "`" in new:
        raise CannotRename("A name cannot hold a backquote (`).")


def _written(kind: Kind, new: str) -> Iterator[str]:
    """The ways to write a name: plain where it can be, else in quotes."""
    if _PLAIN.fullmatch(new):
        yield new
    match _QUOTES.get(kind):
        case '"':
            yield '"' + new.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case "`":
            yield f"`{new}`"
        case _:
            pass


def _refuse_broken(around: Sequence[Analysis], symbol: Symbol) -> None:
    """A statement that cannot be read may name the thing: it would be left behind."""
    word = re.compile(rf"(?<![\w.]){re.escape(symbol.name)}(?![\w])")
    for analysis in around:
        for loaded in analysis.loaded.files.values():
            source = loaded.file.source
            for statement in loaded.file.walk():
                if statement.node is None and word.search(source.slice(statement.span)):
                    line = source.position(statement.span.start).line
                    raise CannotRename(
                        f"Line {line} of {posixpath.basename(loaded.path)} cannot be read and seems to name "
                        f"{symbol.name}: repair it first."
                    )


def _fits(
    project: Project, around: Sequence[Analysis], edits: Sequence[Edit], symbol: Symbol, renamed: Symbol
) -> bool:
    try:
        tried = after(project, edits)
        for before in around:
            now = tried.analysis(before.path)
            if _meant(before.names, symbol, renamed) != _meant(now.names):
                return False
            if now.errors > before.errors:
                return False
    except Unreadable:
        return False
    return True


def _meant(names: Names, old: Symbol | None = None, new: Symbol | None = None) -> list[tuple[str, list[Symbol]]]:
    """What the names of each file mean, in order, with one symbol taken for another."""

    def taken(symbol: Symbol) -> Symbol:
        if old is None or new is None:
            return symbol
        if symbol == old:
            return new
        if old.kind == "score" and symbol.owner == old.name:
            return Symbol(symbol.kind, symbol.name, new.name)
        return symbol

    return [(path, [taken(each.symbol) for each in found]) for path, found in sorted(names.by_file.items())]
