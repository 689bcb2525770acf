"""Infers declarations from a log: events, their properties and types, profile fields (LANGUAGE section 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scoredsl.semantics.log import Event, ProfileRow, Value
from scoredsl.semantics.values import as_instant, as_number, instant_text, is_missing, lower
from scoredsl.semantics.zones import zone
from scoredsl.syntax import nodes as n
from scoredsl.syntax.printer import print_statement

FEW_VALUES = 8
"""A text with two to so many different values is written as a closed set ..."""
OFTEN = 5
"""... if it was seen this many times for each of them ..."""
SHORT = 40
"""... and they are words rather than sentences: at most so many characters."""


@dataclass(slots=True)
class Kind:
    """What was seen of one property: how often it is a number, a time, ...."""

    count: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    values: Counter[str] | None = field(default_factory=Counter)
    """Texts and how often; None where there are too many to be a closed set."""
    leading_zero: bool = False

    def see(self, value: Value) -> None:
        self.count += 1
        self.kinds[kind_of(value)] += 1
        if isinstance(value, str):
            self.leading_zero = self.leading_zero or (len(value) > 1 and value[0] == "0" and value.isdigit())
            if self.values is not None:
                self.values[value] += 1
                if len(self.values) > FEW_VALUES:
                    self.values = None

    def declared(self, name: n.Name) -> n.Declared:
        """The type that all values have; text where they differ."""
        kinds = set(self.kinds)
        if kinds == {"number"} and not self.leading_zero:
            return n.Declared(name, "number")
        if len(kinds) == 1 and kinds <= {"boolean", "time", "list"}:
            return n.Declared(name, next(iter(kinds)))  # type: ignore[arg-type]
        choices = self.choices() if kinds <= {"text", "number", "boolean"} else None
        return n.Declared(name, "text", choices)

    def choices(self) -> tuple[n.Text, ...] | None:
        if self.values is None or len(self.values) < 2 or self.kinds.total() != self.values.total():
            return None
        if self.values.total() < OFTEN * len(self.values):
            return None
        if any(len(value) > SHORT or not value.isprintable() for value in self.values):
            return None
        by_lower: dict[str, str] = {}
        for value, _ in self.values.most_common():
            by_lower.setdefault(lower(value), value)
        return tuple(n.Text(value) for value in sorted(by_lower.values()))


_WORDS_FOR_BOOLEAN = frozenset({"true", "false", "yes", "no"})
_UTC = zone("UTC")


def kind_of(value: Value) -> str:
    """`number`, `boolean`, `time`, `list` or `text`."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, list):
        return "list"
    if isinstance(value, str) and lower(value) in _WORDS_FOR_BOOLEAN:
        return "boolean"
    if as_number(value) is not None:
        return "number"
    return "time" if as_instant(value, _UTC) is not None else "text"


@dataclass(slots=True)
class EventKind:
    """What was seen of the events of one name."""

    count: int = 0
    leads: set[str] = field(default_factory=set)
    last: int = 0
    properties: dict[str, Kind] = field(default_factory=dict)


def catalog_text(events: Iterable[Event], rows: Iterable[ProfileRow] = (), described: str = "") -> str:
    """A `.score` file of declarations; what cannot be declared is said in a comment."""
    kinds: dict[str, EventKind] = {}
    for event in events:
        kind = kinds.setdefault(event.name, EventKind())
        kind.count += 1
        kind.leads.add(event.lead)
        kind.last = max(kind.last, event.time)
        see_all(event.properties, kind.properties)
    fields: dict[str, Kind] = {}
    for row in rows:
        see_all(row.fields, fields)
    lines = [f"# The events and profile fields of {described or 'a log'}, as they were found."]
    lines.append("# Correct the types where they are wrong, and give titles: event page_view \"Looked at a page\".")
    for name, kind in sorted(kinds.items(), key=lambda item: (-item[1].count, item[0])):
        leads = f"{len(kind.leads):,} lead{'s' if len(kind.leads) != 1 else ''}"
        times = f"{kind.count:,} time{'s' if kind.count != 1 else ''}"
        lines += ["", f"# {times} for {leads}, last seen {instant_text(kind.last)[:10]}"]
        lines += list(event_lines(name, kind))
    if fields:
        lines.append("")
        for name, found in sorted(fields.items()):
            lines += list(field_lines(name, found))
    return "\n".join(lines) + "\n"


def see_all(properties: Mapping[str, Value], kinds: dict[str, Kind], prefix: str = "") -> None:
    """Notes the values; what lies inside nested data under its dotted name."""
    for name, value in properties.items():
        if isinstance(value, Mapping):
            see_all(value, kinds, f"{prefix}{name}.")
        elif not is_missing(value):
            kinds.setdefault(prefix + name, Kind()).see(value)


def event_lines(name: str, kind: EventKind) -> Iterator[str]:
    declared: list[n.Declared] = []
    for prop, found in sorted(kind.properties.items()):
        if writable(prop, "`"):
            declared.append(found.declared(n.Name(prop)))
        else:
            yield f"# Its property {prop!r} cannot be written as a name."
    if not writable(name, '"') or not name:
        yield f"# The event {name!r} cannot be written as a name."
        return
    statement = print_statement(n.EventDecl(n.Name(name), None, tuple(declared)))
    yield from folded(statement)


def field_lines(name: str, kind: Kind) -> Iterator[str]:
    if not writable(name, "`"):
        yield f"# The field {name!r} cannot be written as a name."
        return
    yield print_statement(n.ProfileDecl(kind.declared(n.Name(name))))


def writable(name: str, quote: str) -> bool:
    """A name can be quoted unless it is empty, holds a line break or another control character, or the backquote."""
    return bool(name) and name.isprintable() and (quote == '"' or quote not in name)


def folded(statement: str, width: int = 100) -> Iterator[str]:
    """A long declaration over several lines, broken after commas outside quotes."""
    if len(statement) <= width:
        yield statement
        return
    parts: list[str] = [""]
    quoted: str | None = None
    escaped = False
    for character in statement:
        parts[-1] += character
        if quoted is not None:
            if not escaped and character == quoted:
                quoted = None
            escaped = quoted == '"' and character == "\\" and not escaped
        elif character in '"`':
            quoted = character
        elif character == ",":
            parts.append("")
    line = parts[0].strip()
    for part in parts[1:]:
        if len(line) + 1 + len(part.strip()) > width:
            yield line
            line = "    " + part.strip()
        else:
            line = f"{line} {part.strip()}"
    yield line
