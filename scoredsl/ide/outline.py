"""The symbols of a file as a tree, and of all files by a query; what can be folded; what a selection grows to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scoredsl.ide.project import Analysis, block_end
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tokens import words_of
from scoredsl.syntax.tree import File, Statement
from scoredsl.text import Span

ItemKind = Literal[
    "score", "group", "test", "rule", "tier", "define", "set", "event", "field", "grid", "label", "setting"
]
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the outline: its name, more in short, the stretch of the whole and that of its name."""

    kind: ItemKind
    name: str
    detail: str
    span: Span
    name_span: Span
    children: tuple[Item, ...] = ()

    def walk(self) -> Iterator[Item]:
        yield self
        for child in self.children:
            yield from child.walk()


def document_symbols(file: File) -> list[Item]:
    """What a file holds, a broken statement included where it seems to declare something."""
    return [item for statement in file.statements for item in _items(statement, file)]


_KINDS: dict[str, ItemKind] = {
    "score": "score", "group": "group", "test": "test", "tier": "tier", "threshold": "tier", "define": "define",
    "events": "set", "event": "event", "profile": "field", "grid": "grid", "label": "label", "on": "rule",
    "when": "rule", "timezone": "setting", "import": "setting", "ignore": "setting", "exclude": "setting",
}


def _items(statement: Statement, file: File) -> Iterator[Item]:
    kind = _KINDS.get(statement.keyword)
    children = tuple(item for child in statement.children for item in _items(child, file))
    if kind is None:
        yield from children
        return
    text = _short(file.source.slice(statement.span))
    name, detail, name_span = _named(statement, text)
    span = Span(statement.span.start, block_end(statement), statement.span.file)
    yield Item(kind, name or text or statement.keyword, detail, span, name_span, children)


def _short(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _named(statement: Statement, text: str) -> tuple[str, str, Span]:
    """(name, detail, place of the name)."""
    whole = statement.span
    match statement.node:
        case n.Score(name, title) | n.Group(name, title) | n.EventDecl(name, title):
            return name.text, title or "", name.span
        case n.Test(name):
            return name.value, "", name.span
        case n.Define(name) | n.EventsDef(name) | n.Label(name) | n.Grid(name):
            return name.text, _short(text.partition(name.text)[2].lstrip(' ":=')), name.span
        case n.ProfileDecl(field):
            return field.name.text, field.type, field.name.span
        case n.Tier() as node:
            named = node.name or next((c.text for c in node.clauses if c.kind == "as" and c.text is not None), None)
            return (named.text if named else "qualified"), text, (named.span if named else whole)
        case n.OnRule() as rule:
            title = next((clause.text for clause in rule.clauses if isinstance(clause, n.Title)), None)
            return (title, text, whole) if title else (text, "", whole)
        case n.WhenRule() as rule:
            clauses = (clause for branch in rule.branches for clause in branch.clauses)
            title = next((clause.text for clause in clauses if isinstance(clause, n.Title)), None)
            return (title, text, whole) if title else (text, "", whole)
        case None if len(statement.words) > 1 and _KINDS[statement.keyword] not in ("rule", "setting"):
            return statement.words[1].strip('"`'), "cannot be read", whole
        case _:
            return text, "", whole


def workspace_symbols(files: Iterable[File], query: str) -> list[tuple[Item, str]]:
    """(item, its header) of all files that a query means, ignoring case.

    A name means it if it holds the letters of the query in order; a rule, which has no name, if it holds the query.
    """
    found: list[tuple[Item, str]] = []
    for file in files:
        for item in document_symbols(file):
            if item.kind != "setting" and _matches(query, item):
                found.append((item, ""))
            for child in item.children:
                found += [(each, item.name) for each in child.walk() if _matches(query, each)]
    return found


def _matches(query: str, item: Item) -> bool:
    if item.kind in ("rule", "test"):
        return query.lower() in item.name.lower()
    letters = iter(item.name.lower())
    return all(letter in letters for letter in query.lower() if not letter.isspace())


# ---- folding


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines that fold into the first of them: offsets of the first and of the last character."""

    start: int
    end: int
    kind: Literal["region", "comment", "imports"]


def folds(file: File) -> list[Fold]:
    """Blocks, statements of several lines, runs of comments and of imports."""
    source = file.source
    found: list[Fold] = []

    def add(start: int, end: int, kind: Literal["region", "comment", "imports"]) -> None:
        if end > start and source.position(end).line > source.position(start).line:
            found.append(Fold(start, end, kind))

    for statement in file.walk():
        add(statement.span.start, block_end(statement), "region")
    for run in _runs([(c.start, c.end) for c in file.comments if _alone(file, c.start)], file):
        add(run[0], run[1], "comment")
    imports = [(s.span.start, s.span.end) for s in file.statements if s.keyword == "import"]
    for run in _runs(imports, file):
        add(run[0], run[1], "imports")
    return sorted(set(found), key=lambda fold: (fold.start, -fold.end))


def _alone(file: File, offset: int) -> bool:
    """Whether nothing but blanks stands before an offset on its line."""
    start, _ = file.source.line_bounds(file.source.position(offset).line)
    return not file.source.text[start:offset].strip()


def _runs(places: Sequence[tuple[int, int]], file: File) -> Iterator[tuple[int, int]]:
    """Stretches on lines that follow each other."""
    start: int | None = None
    end = line = 0
    for first, last in places:
        at = file.source.position(first).line
        if start is not None and at != line + 1:
            yield start, end
            start = None
        start = first if start is None else start
        end, line = last, file.source.position(last).line
    if start is not None:
        yield start, end


# ---- selections


def selection(analysis: Analysis, offset: int) -> list[Span]:
    """What a selection grows to, the smallest first: a word, brackets, a statement, its block, the file."""
    file = analysis.file
    path = file.source.path
    around: list[Span] = []
    for statement in analysis.statement_at(offset):
        start, end = statement.span.start, statement.span.end
        around += [Span(start, block_end(statement), path), Span(start, end, path)]
        text = file.masked[start:end]
        words = words_of(text)
        opened: list[int] = []
        for word in words:
            at = Span(start + word.start, start + word.end, path)
            if word.terminal in ("LPAR", "LSQB"):
                opened.append(at.start)
            elif word.terminal in ("RPAR", "RSQB") and opened:
                begin = opened.pop()
                around += [Span(begin, at.end, path), Span(begin + 1, at.start, path)]
            around.append(at)
            if word.terminal == "STRING":
                around.append(Span(at.start + 1, at.end - 1, path))
    around.append(Span(0, len(file.source.text), path))
    inside = {span for span in around if span.start <= offset <= span.end and span.start < span.end}
    chain: list[Span] = []
    for span in sorted(inside, key=lambda span: span.end - span.start):
        if not chain or (span.start <= chain[-1].start and span.end >= chain[-1].end and span != chain[-1]):
            chain.append(span)
    return chain or [Span(offset, offset, path)]
