"""Code actions: repairs of diagnostics, declarations that are missing, conditions that get a name or lose it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scoredsl.diagnostics import Diagnostic, Edit
from scoredsl.ide.project import Analysis, Project
from scoredsl.ide.trial import same_programs
from scoredsl.semantics.resolve import walk
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Source, Span

ActionKind = Literal["quickfix", "fix all", "extract", "inline", "rewrite"]


@dataclass(frozen=True, slots=True)
class Action:
    """What the user may choose. `about` is the diagnostic that it repairs; `sure` repairs are preferred."""

    title: str
    kind: ActionKind
    edits: tuple[Edit, ...]
    about: Diagnostic | None = None
    sure: bool = False


def actions(project: Project, path: str, start: int, end: int, said: Sequence[Diagnostic]) -> list[Action]:
    """What can be done between two offsets of a file about which `said` is said."""
    analysis = project.analysis(path)
    found: list[Action] = []
    for each in said:
        if each.span.start <= end and start <= each.span.end:
            found += _repairs(each, analysis)
    found += fix_all(said)
    found += _extract(project, analysis, start, end)
    found += _inline(project, analysis, start)
    return found


# ---- repairs


def _repairs(said: Diagnostic, analysis: Analysis) -> Iterator[Action]:
    if said.fix is not None:
        yield Action(said.fix.title, "quickfix", said.fix.edits, said, said.fix.sure)
    yield from _declare(said, analysis)
    if said.severity == "warning" and said.code != "unused-ignore":
        yield _silence(said, analysis.source)


def _silence(said: Diagnostic, source: Source) -> Action:
    """A comment on the line above, with a place for the reason."""
    start, end = source.line_bounds(source.position(said.span.start).line)
    indent = re.match(r"[ \t]*", source.text[start:end])
    written = f"{indent.group() if indent else ''}# scoredsl: ignore[{said.code}] reason\n"
    edit = Edit(Span(start, start, source.path), written)
    return Action(f"Silence {said.code} here, with a reason", "quickfix", (edit,), said)


def fix_all(said: Iterable[Diagnostic]) -> list[Action]:
    """All sure repairs that do not touch each other, as one."""
    edits: list[Edit] = []
    count = 0
    for each in said:
        fix = each.fix
        if fix is None or not fix.sure or any(edit.span.file != each.span.file for edit in fix.edits):
            continue
        if not any(_touch(edit.span, other.span) for edit in fix.edits for other in edits):
            edits += fix.edits
            count += 1
    if not count:
        return []
    return [Action(f"Make all {count} sure repairs of this file", "fix all", tuple(edits), None, True)]


def _touch(one: Span, other: Span) -> bool:
    return (one.start < other.end and other.start < one.end) or one == other


# ---- declarations


def _declare(said: Diagnostic, analysis: Analysis) -> Iterator[Action]:
    """The declaration that a name lacks, below those that are there."""
    name = str(said.args.get("name", ""))
    if not name:
        return
    match said.code:
        case "unknown-event":
            written = f"event {_written(name, chr(34))}"
            yield Action(f"Declare it: {written}", "quickfix", (_below("event", written, analysis),), said)
        case "unknown-field":
            written = f"profile {_written(name, '`')} {_type(name, analysis)}"
            yield Action(f"Declare it: {written}", "quickfix", (_below("profile", written, analysis),), said)
        case "unknown-property":
            for node in _events_at(said.span, analysis):
                if node.properties and all(each.name.text != name for each in node.properties):
                    at = node.properties[-1].span.end
                    written = f", {_written(name, '`')} {_type(name, analysis)}"
                    edit = Edit(Span(at, at, node.span.file), written)
                    yield Action(f"Declare {name} as a property of {node.name.text}", "quickfix", (edit,), said)
        case _:
            pass


def _written(name: str, quote: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name, re.ASCII) else f"{quote}{name}{quote}"


def _below(keyword: str, written: str, analysis: Analysis) -> Edit:
    """A line below the last declaration of this kind, in whichever file of the program that stands."""
    last: tuple[Source, Statement] | None = None
    for file, statement in analysis.loaded.statements():
        if statement.keyword == keyword:
            last = file.file.source, statement
    if last is None:
        return Edit(Span(0, 0, analysis.path), f"{written}\n")
    source, statement = last
    _, end = source.line_bounds(source.position(statement.span.end).line)
    return Edit(Span(end, end, source.path), f"\n{written}")


def _type(name: str, analysis: Analysis) -> str:
    """The type that the program's comparisons of a name ask for; text where none tells."""
    for _, statement in analysis.loaded.statements():
        for each in statement.walk():
            for part in walk(each.node) if each.node is not None else ():
                match part:
                    case n.Compare(_, n.Ref(found), n.Number()) | n.Between(n.Ref(found), n.Number()) if found == name:
                        return "number"
                    case n.Compare(_, n.Ref(found), n.Date()) | n.InWindow(n.Ref(found)) if found == name:
                        return "time"
                    case n.DaysField(_, n.Ref(found)) if found == name:
                        return "time"
                    case n.Compare(_, n.Ref(found), n.Boolean()) if found == name:
                        return "boolean"
                    case n.Award(_, amount) if any(isinstance(r, n.Ref) and r.name == name for r in walk(amount)):
                        return "number"
                    case _:
                        pass
    return "text"


def _events_at(span: Span, analysis: Analysis) -> list[n.EventDecl]:
    """The declarations of the events that the statement around a place names."""
    names: set[str] = set()
    for around in analysis.statement_at(span.start):
        names |= {
            each.symbol.name
            for each in analysis.names.inside(around.span)
            if each.symbol.kind == "event" and around.keyword not in ("score", "group", "test")
        }
    nodes = (statement.node for _, statement in analysis.loaded.statements())
    return [node for node in nodes if isinstance(node, n.EventDecl) and node.name.text in names]


# ---- defines

_CONDITIONS = (
    n.Compare, n.Between, n.InList, n.TextTest, n.InWindow, n.Matches, n.Known, n.Has, n.Inactive, n.Not, n.And, n.Or
)


def _extract(project: Project, analysis: Analysis, start: int, end: int) -> Iterator[Action]:
    """The selected condition as a define above the statement, if all programs mean the same then."""
    text = analysis.source.text[start:end]
    selected = text.strip()
    if not selected or "\n" in selected:
        return
    begin = start + len(text) - len(text.lstrip())
    span = Span(begin, begin + len(selected), analysis.path)
    around = analysis.statement_at(begin)
    if not around or around[-1].node is None:
        return
    if not any(isinstance(part, _CONDITIONS) and part.span == span for part in walk(around[-1].node)):
        return
    taken = {symbol.name for symbol in analysis.names.symbols}
    name = next(name for i in range(1, 10_000) if (name := "condition" if i == 1 else f"condition_{i}") not in taken)
    top = analysis.source.line_bounds(analysis.source.position(around[0].span.start).line)[0]
    edits = (Edit(Span(top, top, analysis.path), f"define {name}: {selected}\n\n"), Edit(span, name))
    if same_programs(project, edits, _programs(project, analysis)):
        yield Action(f"Give this condition a name: define {name}", "extract", edits)


def _inline(project: Project, analysis: Analysis, offset: int) -> Iterator[Action]:
    """Each use of the define at an offset as what it stands for, if all programs mean the same then."""
    mention = analysis.names.at(analysis.path, offset)
    if mention is None or mention.symbol.kind != "define":
        return
    declared = next(
        (
            (file.file.source, statement, statement.node)
            for file, statement in analysis.loaded.statements()
            if isinstance(statement.node, n.Define) and statement.node.name.text == mention.symbol.name
        ),
        None,
    )
    if declared is None:
        return
    source, statement, node = declared
    written = source.slice(node.value.span)
    places = {
        (each.span.file, each.span.start): each.span
        for around in project.around(analysis.path, mention.symbol)
        for each in around.names.by_symbol.get(mention.symbol, [])
        if not each.declares
    }
    first, _ = source.line_bounds(source.position(statement.span.start).line)
    _, last = source.line_bounds(source.position(statement.span.end).line)
    if source.text[first : statement.span.start].strip() or source.text[statement.span.end : last].strip():
        return  # something else stands on its line
    last += len(re.match(r"\r\n|\r|\n|", source.text[last:]).group())  # type: ignore[union-attr]
    deletion = Edit(Span(first, last, source.path), "")
    paths = [each.path for each in project.around(analysis.path, mention.symbol)]
    for form in (written, f"({written})"):
        edits = (deletion, *(Edit(span, form) for span in places.values()))
        if places and same_programs(project, edits, paths):
            yield Action(f"Write {mention.symbol.name} out where it is used, and delete it", "inline", edits)
            return


def _programs(project: Project, analysis: Analysis) -> list[str]:
    return [each.path for each in project.programs_with(analysis.path)]
