"""What names mean in a program: declarations, defines, sets of events, scores; and how names are used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scoredsl.diagnostics import Related, closest
from scoredsl.semantics.imports import Loaded, LoadedFile
from scoredsl.semantics.program import EventType, PropertyType
from scoredsl.semantics.report import Problems, replace
from scoredsl.semantics.zones import Zone
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span


@dataclass(frozen=True, slots=True)
class DefineEntry:
    """A define; `node` is None where its statement is broken: its name counts, its value is unknown."""

    name: str
    span: Span
    file: LoadedFile
    node: n.Define | None


@dataclass(frozen=True, slots=True)
class SetEntry:
    """A set of events; `node` is None where its statement is broken."""

    name: str
    span: Span
    file: LoadedFile
    node: n.EventsDef | None


class Stamp:
    """A statement that declares a name, and the file that it stands in: equal for the same statement elsewhere."""

    __slots__ = ("file", "raw")

    def __init__(self, raw: n.Node | None, file: str) -> None:
        self.raw = raw
        self.file = file

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stamp) and self.raw is other.raw and self.file == other.file

    def __hash__(self) -> int:
        return hash((id(self.raw), self.file))


@dataclass(slots=True)
class Usage:
    """Which names the program uses as events, as properties of events, and as fields in a `when`."""

    events: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    fields_in_when: set[str] = field(default_factory=set)
    defines: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Scope:
    """The names of a program."""

    loaded: Loaded
    problems: Problems
    zone: Zone
    events: dict[str, EventType] = field(default_factory=dict)
    open_events: set[str] = field(default_factory=set)
    """Events whose declaration is broken: their properties are unknown."""
    fields: dict[str, PropertyType] = field(default_factory=dict)
    open_fields: set[str] = field(default_factory=set)
    """Fields whose declaration is broken: their type is unknown."""
    defines: dict[str, DefineEntry] = field(default_factory=dict)
    sets: dict[str, SetEntry] = field(default_factory=dict)
    scores: dict[str, Span] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    stamps: dict[tuple[str, str], object] = field(default_factory=dict)
    """By kind and name what declares it: the same object as long as its statement is the same."""
    _visible: dict[str, set[str]] = field(default_factory=dict)

    def visible(self, file: LoadedFile) -> set[str]:
        found = self._visible.get(file.key)
        if found is None:
            found = self._visible[file.key] = self.loaded.visible(file.key)
        return found

    def define(self, name: str, file: LoadedFile) -> DefineEntry | None:
        """The define of this name that a file sees."""
        entry = self.defines.get(name)
        return entry if entry is not None and entry.file.key in self.visible(file) else None

    def event_set(self, name: str, file: LoadedFile) -> SetEntry | None:
        entry = self.sets.get(name)
        return entry if entry is not None and entry.file.key in self.visible(file) else None

    def knows_events(self) -> bool:
        return bool(self.events)

    def knows_fields(self) -> bool:
        return bool(self.fields)

    def property_type(self, name: str, events: frozenset[str] | None) -> tuple[bool, PropertyType | None]:
        """(may an event of these names have this property, its declared type if they agree on one)."""
        if not self.events:
            return True, None
        names = self.events.keys() if events is None else events
        types: list[PropertyType | None] = []
        for event in names:
            declared = self.events.get(event)
            if declared is None or not declared.properties or event in self.open_events:
                types.append(None)
            else:
                found = _declared(name, declared.properties)
                if found is not _UNKNOWN:
                    types.append(found)
        if not types:
            return not names, None
        first = types[0]
        return True, first if all(t == first for t in types) else None

    def field_type(self, name: str) -> tuple[bool, PropertyType | None]:
        """(is this field known, its declared type)."""
        if not self.fields:
            return True, None
        if name in self.open_fields:
            return True, None
        found = _declared(name, self.fields)
        return (False, None) if found is _UNKNOWN else (True, found)


_UNKNOWN = PropertyType("text", ("unknown",))


def _declared(name: str, declared: dict[str, PropertyType] | object) -> PropertyType | None:
    """The declared type of a name; None for what is reached inside a declared one; _UNKNOWN if there is none."""
    assert isinstance(declared, dict)
    found = declared.get(name)
    if found is not None:
        return found
    parts = name.split(".")
    if any(".".join(parts[:i]) in declared for i in range(1, len(parts))):
        return None
    return _UNKNOWN


_PLAIN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


def suggestion(
    word: str, candidates: Iterable[str], span: Span, quote: str = "", prefix: str = ""
) -> dict[str, object]:
    """Keyword arguments for a diagnostic: help and fix, where something is close.

    `quote` is what a name stands in that is no plain name; `prefix` is written before the name (`lead.`).
    """
    found = closest(word, candidates)
    if found is None:
        return {}
    plain = _PLAIN.fullmatch(found) is not None or not quote
    written = prefix + (found if plain else f"{quote}{found}{quote}")
    return {"help": f"Did you mean {written}?", "fix": replace(span, written, sure=False)}


def listed(names: Iterable[str], otherwise: str, most: int = 6) -> str:
    """`There is: a, b, c.`, for a message about a name that is not there; `otherwise` where there is none."""
    found = list(dict.fromkeys(names))
    if not found:
        return otherwise
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return f"There is: {', '.join(found[:most])}{more}."


def collect(loaded: Loaded, problems: Problems, zone: Zone) -> Scope:
    """Declarations, defines, sets and score names of all files, each duplicate reported at the later place."""
    scope = Scope(loaded, problems, zone)
    collector = _Collector(scope)
    for file, statement in loaded.statements():
        if statement.raw is None or isinstance(statement.raw, _DECLARING):
            collector.take(file, statement)
    collector.collisions()
    return scope


_DECLARING = (n.EventDecl, n.ProfileDecl, n.Define, n.EventsDef)


class _Collector:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.problems = scope.problems
        self.places: dict[tuple[str, str], Span] = {}
        """In program order: the first place of each name of a kind."""

    def first(self, kind: str, name: str, span: Span) -> bool:
        """True for the first of its name; else the collision is reported."""
        before = self.places.get((kind, name))
        if before is None:
            self.places[kind, name] = span
            return True
        self.problems.error(
            "duplicate-name",
            f"The {kind} {name} is there already.",
            span,
            "Give one of the two another name, or delete one of them.",
            related=(Related(before, f"{name} stands here first"),),
            name=name,
        )
        return False

    def take(self, file: LoadedFile, statement: Statement) -> None:
        match statement.node:
            case n.EventDecl() as node:
                if self.first("event", node.name.text, node.name.span):
                    properties: dict[str, PropertyType] = {}
                    places: dict[str, Span] = {}
                    for declared in node.properties:
                        name = declared.name.text
                        if name in properties:
                            self.problems.error(
                                "duplicate-name",
                                f"The property {name} is listed twice.",
                                declared.name.span,
                                "Delete one of the two.",
                                related=(Related(places[name], "the first one"),),
                                name=name,
                            )
                            continue
                        properties[name] = property_type(declared)
                        places[name] = declared.name.span
                    self.scope.events[node.name.text] = EventType(node.name.text, node.title, properties)
                    self.scope.stamps["event", node.name.text] = properties
            case n.ProfileDecl() as node:
                field_name = node.field.name
                if self.first("profile field", field_name.text, field_name.span):
                    self.scope.fields[field_name.text] = property_type(node.field)
                    self.scope.stamps["field", field_name.text] = self.scope.fields[field_name.text]
            case n.Define() as node:
                if self.first("define", node.name.text, node.name.span):
                    self.scope.defines[node.name.text] = DefineEntry(node.name.text, node.name.span, file, node)
                    self.scope.stamps["define", node.name.text] = Stamp(statement.raw, file.key)
            case n.EventsDef() as node:
                if self.first("set of events", node.name.text, node.name.span):
                    self.scope.sets[node.name.text] = SetEntry(node.name.text, node.name.span, file, node)
                    self.scope.stamps["set", node.name.text] = Stamp(statement.raw, file.key)
            case None:
                self.hole(file, statement)
            case _:
                pass

    def hole(self, file: LoadedFile, statement: Statement) -> None:
        """What a broken statement seems to declare counts as declared."""
        if len(statement.words) < 2:
            return
        name = statement.words[1].strip('"`')
        scope, span = self.scope, statement.span
        match statement.keyword:
            case "event" if name not in scope.events:
                scope.events[name] = EventType(name, None, {})
                scope.open_events.add(name)
                scope.stamps["event", name] = "broken"
                self.places.setdefault(("event", name), span)
            case "profile" if name not in scope.fields:
                scope.fields[name] = PropertyType("text")
                scope.open_fields.add(name)
                scope.stamps["field", name] = "broken"
                self.places.setdefault(("profile field", name), span)
            case "define" if name not in scope.defines:
                scope.defines[name] = DefineEntry(name, span, file, None)
                scope.stamps["define", name] = Stamp(None, file.key)
                self.places.setdefault(("define", name), span)
            case "events" if name not in scope.sets:
                scope.sets[name] = SetEntry(name, span, file, None)
                scope.stamps["set", name] = Stamp(None, file.key)
                self.places.setdefault(("set of events", name), span)

    def collisions(self) -> None:
        """A set of events may not be named like a declared event; the later of the two has the message."""
        order = {key: i for i, key in enumerate(self.places)}
        for name, entry in self.scope.sets.items():
            if name not in self.scope.events:
                continue
            event, place = self.places["event", name], f"the event {name}"
            if order["event", name] < order["set of events", name]:
                message, span = f"The set of events {name} has the name of a declared event.", entry.span
            else:
                message, span = f"The event {name} has the name of a set of events.", event
                event, place = entry.span, f"the set of events {name}"
            self.problems.error("duplicate-name", message, span, "Give the set another name.",
                                related=(Related(event, place),), name=name)


def property_type(declared: n.Declared) -> PropertyType:
    choices = None if declared.choices is None else tuple(choice.value for choice in declared.choices)
    return PropertyType(declared.type, choices)
