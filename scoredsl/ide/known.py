"""What a program knows of names and values, for what may be written at a place."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from scoredsl.ide.compared import Compared
from scoredsl.ide.mentions import Raw, node_mentions
from scoredsl.ide.names import Names
from scoredsl.ide.project import Analysis
from scoredsl.semantics.imports import Loaded
from scoredsl.semantics.resolve import walk
from scoredsl.syntax import nodes as n

_DURATION = re.compile(r"(?<![\w.\"-])[0-9][0-9_]*[smhdw](?![\w.\"])")


def statements(loaded: Loaded, word: str = "") -> Iterator[n.Node]:
    """The nodes of all statements of a program that can be read, and in whose text a word stands; without places."""
    for file, statement in loaded.statements():
        text = file.file.source.text
        for each in statement.walk():
            if each.raw is not None and (not word or text.find(word, each.start, each.end) >= 0):
                yield each.raw


def event_names(names: Names) -> list[str]:
    return names.of_kind("event")


def properties_of(loaded: Loaded, names: Names, events: set[str]) -> dict[str, str]:
    """(property, its type as declared): those of these events first, then all others of the program."""
    own: dict[str, str] = {}
    others: dict[str, str] = {}
    for node in statements(loaded):
        if isinstance(node, n.EventDecl):
            for declared in node.properties:
                (own if node.name.text in events else others).setdefault(declared.name.text, declared.type)
    return own | {
        name: type_
        for name, type_ in {**dict.fromkeys(names.of_kind("property"), ""), **others}.items()
        if name not in own
    }


def fields_of(loaded: Loaded, names: Names) -> dict[str, str]:
    """(profile field, its type as declared)."""
    fields = (node.field for node in statements(loaded) if isinstance(node, n.ProfileDecl))
    return dict.fromkeys(names.of_kind("field"), "") | {field.name.text: str(field.type) for field in fields}


def asked(node: n.Node, text: str) -> tuple[str, str] | None:
    """(`property` or `field`, its name) that a text of a statement is compared with or given for."""
    for part in walk(node):
        ref: n.Ref | None = None
        match part:
            case n.Compare(_, n.Ref() as left, n.Text(found)) if found == text:
                ref = left
            case n.Compare(_, n.Text(found), n.Ref() as right) if found == text:
                ref = right
            case n.InList(n.Ref() as value, n.ListOf(items)) if n.Text(text) in items:
                ref = value
            case n.TextTest(_, n.Ref() as value, n.Text(found)) if found == text:
                ref = value
            case n.TextTest(_, n.Ref() as value, n.ListOf(items)) if n.Text(text) in items:
                ref = value
            case n.Given(_, _, assigns) | n.GivenProfile(assigns):
                for assign in assigns:
                    if assign.value == n.Text(text):
                        return ("field" if isinstance(part, n.GivenProfile) else "property"), assign.name.text
            case _:
                pass
        if ref is not None:
            return _kind_of(ref, list(node_mentions(node))), ref.name
    return None


def _kind_of(ref: n.Ref, raws: list[Raw]) -> str:
    for raw in raws:
        if raw.span.end == ref.span.end and raw.kind in ("value", "property", "field"):
            return "property" if raw.kind == "property" or raw.where == "event" else "field"
    return "property"


def values_of(loaded: Loaded, kind: str, name: str, compared: Compared | None = None) -> Counter[str]:
    """Texts that the program knows for a property or field, the declared ones above those that it uses."""
    found: Counter[str] = Counter()
    texts = Compared() if compared is None else compared
    for node in statements(loaded, name):
        match node:
            case n.EventDecl() if kind == "property":
                for declared in node.properties:
                    if declared.name.text == name:
                        found.update({choice.value: 1_000_000 for choice in declared.choices or ()})
            case n.ProfileDecl() if kind == "field" and node.field.name.text == name:
                found.update({choice.value: 1_000_000 for choice in node.field.choices or ()})
            case _:
                found.update([text for other, text in texts.of(node) if other == name])
    texts.forget_the_others()
    return found


def durations(loaded: Loaded) -> list[str]:
    """The durations that the program uses, the most frequent first."""
    found = Counter(text for file in loaded.files.values() for text in _DURATION.findall(file.file.masked))
    return [text for text, _ in found.most_common(6)]


def tiers_of(names: Names, score: str) -> list[str]:
    return names.of_kind("tier", score)


def cells_of(loaded: Loaded, grid: str) -> list[str]:
    """The cells of a grid: its bands, joined."""
    for node in statements(loaded):
        if isinstance(node, n.Grid) and node.name.text == grid:
            cells = [""]
            for axis in node.axes:
                cells = [cell + band.name.text for cell in cells for band in axis.bands]
            return cells
    return []


def undeclared(names: Names, kind: str) -> list[str]:
    """Names of a kind that are used and not declared."""
    return [symbol.name for symbol, declared in names.symbols.items() if symbol.kind == kind and not declared]


def import_paths(analysis: Analysis, known: list[str]) -> list[str]:
    """Other rules files, as this one would import them."""
    folder = posixpath.dirname(analysis.path) or "."
    return [posixpath.relpath(path, folder) for path in known if path != analysis.path]


