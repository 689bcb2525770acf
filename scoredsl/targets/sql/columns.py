"""Which columns a program reads from the tables of events and profiles, and their types.

A column's type is what the rules declare; else how they read it: as a number, text, boolean or time. What is read in
more than one way is text, which can be read as a number or a boolean too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.targets.sql.dialects import UnwritableError

ColumnType = Literal["number", "text", "boolean", "time"]

_KINDS: dict[str, ColumnType] = {"number": "number", "text": "text", "boolean": "boolean", "time": "time"}
_RESERVED = frozenset(
    {
        "all", "and", "any", "array", "as", "asc", "at", "between", "by", "case", "cast", "column", "create",
        "cross", "current", "date", "day", "default", "delete", "desc", "distinct", "drop", "else", "end",
        "escape", "except", "exists", "false", "fetch", "filter", "first", "for", "foreign", "from", "full",
        "global", "grant", "group", "having", "hour", "if", "in", "index", "inner", "insert", "intersect",
        "interval", "into", "is", "join", "key", "last", "lateral", "left", "level", "like", "limit", "local",
        "month", "natural", "not", "null", "offset", "on", "only", "or", "order", "outer", "over", "partition",
        "primary", "range", "references", "right", "row", "rows", "select", "set", "some", "start", "table",
        "tag", "then", "time", "timestamp", "to", "top", "true", "type", "union", "unique", "update", "user",
        "using", "value", "values", "view", "when", "where", "window", "with", "year", "zone",
    }
)  # fmt: skip
"""Words that a warehouse may not take as a name."""


def identifier(name: str) -> str:
    """A name as DuckDB writes it: quoted unless it is plain everywhere."""
    if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Columns:
    """The properties of events and the fields of profiles that are read, with the types of their columns."""

    properties: dict[str, ColumnType]
    fields: dict[str, ColumnType]

    def property_type(self, name: str) -> ColumnType:
        return self.properties.get(name, "text")

    def field_type(self, name: str) -> ColumnType:
        return self.fields.get(name, "text")


def columns_of(program: p.Program) -> Columns:
    uses = _Uses()
    for pattern in program.ignores:
        uses.pattern(pattern)
    for condition in (*program.excludes, *(label.condition for label in program.labels)):
        uses.condition(condition)
    for score in program.scores:
        for bound in (*score.bounds, *(b for group in score.groups for b in group.bounds)):
            if bound.when is not None:
                uses.condition(bound.when)
        for rule in score.rules:
            uses.rule(rule)
    declared: dict[str, set[str]] = {}
    for event in program.events.values():
        for name, kind in event.properties.items():
            declared.setdefault(name, set()).add(kind.type)
    properties = {name: _type(kinds, declared.get(name, set())) for name, kinds in sorted(uses.properties.items())}
    fields = {
        name: _type(kinds, {program.fields[name].type} if name in program.fields else set())
        for name, kinds in sorted(uses.fields.items())
    }
    return Columns(properties, fields)


def _type(used: set[str], declared: set[str]) -> ColumnType:
    if len(declared) == 1:
        kind = _KINDS.get(next(iter(declared)))
        if kind is not None:
            return kind
    read = used - {"known", "key"}
    if read == {"time"} or (len(read) == 1 and "known" not in used):
        return _KINDS[next(iter(read))]
    return "text"


class _Uses:
    def __init__(self) -> None:
        self.properties: dict[str, set[str]] = {}
        self.fields: dict[str, set[str]] = {}

    def rule(self, rule: p.Rule) -> None:
        if isinstance(rule, p.WhenRule):
            for branch in rule.branches:
                if branch.condition is not None:
                    self.condition(branch.condition)
                self.value(branch.points.amount, "number")
            return
        match rule.trigger:
            case p.Occurs(pattern) | p.Count(pattern=pattern):
                self.pattern(pattern)
            case _:
                pass
        if isinstance(rule.effect, p.Points):
            self.value(rule.effect.amount, "number")
        for prop in (*(limit.per for limit in rule.limits), rule.up_to.per if rule.up_to else None):
            if prop is not None:
                self.value(e.Property(prop), "key")
        if rule.ends_on is not None:
            self.pattern(rule.ends_on.pattern)
            if rule.ends_on.same is not None:
                self.value(e.Property(rule.ends_on.same), "key")

    def pattern(self, pattern: e.Pattern) -> None:
        for alternative in pattern.matcher.alternatives:
            for condition in alternative.where:
                self.condition(condition)
        if pattern.where is not None:
            self.condition(pattern.where)

    def value(self, value: e.Value, kind: str) -> None:
        match value:
            case e.Property(name):
                self.properties.setdefault(name, set()).add(kind)
            case e.Field(name):
                self.fields.setdefault(name, set()).add(kind)
            case e.DaysSince(name) | e.DaysUntil(name):
                self.fields.setdefault(name, set()).add("time")
            case e.Negative(operand):
                self.value(operand, "number")
            case e.Arithmetic(_, left, right):
                self.value(left, "number")
                self.value(right, "number")
            case e.Call(_, arguments):
                for argument in arguments:
                    self.value(argument, "number")
            case e.Fact():
                self.pattern(value.pattern)
                if value.prop is not None:
                    numbers = value.kind in ("sum", "average", "lowest", "highest")
                    self.value(e.Property(value.prop), "number" if numbers else "key")
            case _:
                pass

    def condition(self, condition: e.Condition) -> None:
        for value, kind in _read(condition):
            self.value(value, kind)
        match condition:
            case e.Not(inner):
                self.condition(inner)
            case e.And(parts) | e.Or(parts) | e.NotIn(_, parts):
                for part in parts:
                    self.condition(part)
            case e.Has(pattern, _, _):
                self.pattern(pattern)
            case _:
                pass


def _read(condition: e.Condition) -> Iterator[tuple[e.Value, str]]:
    match condition:
        case e.CompareNumbers(_, left, right):
            yield left, "number"
            yield right, "number"
        case e.CompareText(_, value, _) | e.TextTest(_, value, _) | e.Matches(value, _):
            yield value, "text"
        case e.CompareInstant(_, value, _) | e.InWindow(value, _, _):
            yield value, "time"
        case e.CompareBoolean(_, value, _) | e.IsTrue(value):
            yield value, "boolean"
        case e.Known(value, _) | e.NotIn(value, _):
            yield value, "known"
        case e.CompareNames(_, left, right):
            yield left, "known"
            yield right, "known"
        case _:
            pass


def require(kind: ColumnType, *wanted: ColumnType, name: str, reading: str) -> None:
    """Raises UnwritableError where a column of this type cannot be read so."""
    if kind not in wanted:
        raise UnwritableError(f"{name} is a column of type {kind} and is read as {reading}")
