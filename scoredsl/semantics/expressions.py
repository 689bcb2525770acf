"""Checked conditions and values: names are resolved, defines substituted, dates are instants, comparisons typed.

This is what the interpreter and the plans read. Durations and instants are microseconds; numbers are doubles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

# ---- values


@dataclass(frozen=True, slots=True)
class Constant:
    value: float


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the event; dots reach into nested data, a property of the whole name is preferred."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A profile field, as known at the clock of the condition (for `lead.NAME` in `where`: at the event's time)."""

    name: str


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """The reported value of a score: in a formula and a label by its name; None is `score` after `if`."""

    name: str | None


FactKind: TypeAlias = Literal[
    "count", "sum", "average", "lowest", "highest", "distinct", "days since last", "latest", "first"
]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which events: any of the alternatives."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Events of these names (None: of any name) for which all conditions hold."""

    names: frozenset[str] | None
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """EVENTS [where C] [D apart]: the events of a step or a fact."""

    matcher: Matcher
    where: Condition | None = None
    apart: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    kind: FactKind
    prop: str | None
    pattern: Pattern
    last: int | None


@dataclass(frozen=True, slots=True)
class DaysSince:
    field: str


@dataclass(frozen=True, slots=True)
class DaysUntil:
    field: str


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Value


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: Literal["+", "-", "*", "/"]
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Call:
    function: Literal["min", "max", "round"]
    arguments: tuple[Value, ...]


Value: TypeAlias = (
    "Constant | Property | Field | ScoreValue | Fact | DaysSince | DaysUntil | Negative | Arithmetic | Call"
)

# ---- conditions

Operator: TypeAlias = Literal["=", "!=", ">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class CompareNumbers:
    """Both sides read as numbers."""

    op: Operator
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class CompareText:
    """A value read as text against text already in lower case."""

    equal: bool
    value: Value
    text: str


@dataclass(frozen=True, slots=True)
class CompareInstant:
    """A value read as a timestamp against an instant."""

    op: Operator
    value: Value
    instant: int


@dataclass(frozen=True, slots=True)
class CompareBoolean:
    """A value read as a boolean."""

    equal: bool
    value: Value
    wanted: bool


@dataclass(frozen=True, slots=True)
class CompareNames:
    """Two names: as numbers if both are, else as timestamps if both are, else as text, which only knows = and !=."""

    op: Operator
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class NotIn:
    """`x not in [...]`: x is known and every comparison (`x != e`) holds."""

    value: Value
    comparisons: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class TextTest:
    """One of the texts (in lower case) is contained in, begins, ends, or is a word of the value."""

    op: Literal["contains", "contains word", "starts with", "ends with"]
    value: Value
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InWindow:
    """The value is a timestamp in (clock - D, clock] (last) or (clock, clock + D] (next)."""

    value: Value
    direction: Literal["last", "next"]
    duration: int


@dataclass(frozen=True, slots=True)
class Matches:
    value: Value
    pattern: str


@dataclass(frozen=True, slots=True)
class Known:
    value: Value
    known: bool


@dataclass(frozen=True, slots=True)
class Has:
    """`has`: count >= 1; `no` (some = False): count = 0."""

    pattern: Pattern
    last: int | None
    some: bool


@dataclass(frozen=True, slots=True)
class Inactive:
    duration: int


@dataclass(frozen=True, slots=True)
class IsTrue:
    value: Value


@dataclass(frozen=True, slots=True)
class Always:
    """A comparison of constants, already decided."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition


@dataclass(frozen=True, slots=True)
class And:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    conditions: tuple[Condition, ...]


Condition: TypeAlias = (
    "CompareNumbers | CompareText | CompareInstant | CompareBoolean | CompareNames | NotIn | TextTest | InWindow"
    " | Matches | Known | Has | Inactive | IsTrue | Always | Not | And | Or"
)
