"""The frozen nodes that statements are read into; one type a statement. Spans are outside equality.

Durations are whole microseconds; numbers are doubles as written; dates keep their text until a timezone is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from scoredsl.text import Span

NOWHERE = Span(0, 0)


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared; `quoted` where it was written in quotes or backquotes."""

    text: str
    quoted: bool = False
    span: Span = _span()


# ---- values and conditions (section 4)


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Date:
    """A date as written: `2026-03-01`, `2026-03-01 09:30`, `2026-03-01T09:30:00Z`."""

    text: str
    span: Span = _span()

    @property
    def has_time(self) -> bool:
        return len(self.text) > 10


@dataclass(frozen=True, slots=True)
class Duration:
    """A count of a unit (`s m h d w`), and what it is in microseconds."""

    count: int
    unit: str
    span: Span = _span()

    @property
    def micros(self) -> int:
        return self.count * MICROS[self.unit]

    @property
    def days(self) -> int | None:
        """Whole days, for a duration written in days or weeks."""
        return {"d": self.count, "w": self.count * 7}.get(self.unit)


MICROS = {"s": 10**6, "m": 60 * 10**6, "h": 3600 * 10**6, "d": 86400 * 10**6, "w": 7 * 86400 * 10**6}


@dataclass(frozen=True, slots=True)
class Ref:
    """A name that stands for a value: a property, a field, a define, a score; `lead` where `lead.` was written."""

    name: str
    lead: bool = False
    quoted: bool = False
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Value, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: Literal["+", "-", "*", "/"]
    left: Value
    right: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Call:
    function: Literal["min", "max", "round"]
    arguments: tuple[Value, ...]
    span: Span = _span()


FactKind: TypeAlias = Literal[
    "count", "sum", "average", "lowest", "highest", "distinct", "days since last", "latest", "first"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value computed from the lead's events: `sum of amount of order where ... in last 7d`."""

    kind: FactKind
    prop: Name | None
    source: FactSource
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class FactSource:
    """Which events a fact looks at."""

    events: Events
    where: Condition | None = None
    apart: Duration | None = None
    last: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DaysField:
    """`days since FIELD` and `days until FIELD`."""

    direction: Literal["since", "until"]
    field: Ref
    span: Span = _span()


Value: TypeAlias = (
    "Number | Text | Boolean | Date | Ref | ListOf | Negate | Arithmetic | Call | Fact | DaysField"
)


@dataclass(frozen=True, slots=True)
class Compare:
    op: Literal["=", "!=", ">", ">=", "<", "<="]
    left: Value
    right: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Between:
    value: Value
    low: Value
    high: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InList:
    """`x in [a, b]`, `x not in [a, b]`; the list may be the name of a define."""

    value: Value
    items: ListOf | Ref
    negated: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TextTest:
    """`contains`, `starts with`, `ends with`, `contains word`; with a list for `any of`."""

    op: Literal["contains", "contains word", "starts with", "ends with"]
    value: Value
    wanted: Text | Ref | ListOf
    any_of: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InWindow:
    """`x in last D`, `x in next D`."""

    value: Value
    direction: Literal["last", "next"]
    duration: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Matches:
    """`x matches /pattern/`; the pattern in RE2 syntax, `\\/` already a slash."""

    value: Value
    pattern: str
    span: Span = _span()
    pattern_span: Span = _span()


@dataclass(frozen=True, slots=True)
class Known:
    """`x is known` and `x is missing`."""

    value: Value
    known: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Has:
    """`has EVENTS ...` and `no EVENTS ...`."""

    source: FactSource
    some: bool
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Inactive:
    """`inactive for D`."""

    duration: Duration
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class IsTrue:
    """A value that stands alone: true where it is a boolean that is true, or a defined condition that holds."""

    value: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class And:
    conditions: tuple[Condition, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Or:
    conditions: tuple[Condition, ...]
    span: Span = _span()


Condition: TypeAlias = (
    "Compare | Between | InList | TextTest | InWindow | Matches | Known | Has | Inactive | IsTrue | Not | And | Or"
)
Literal_: TypeAlias = "Number | Text | Boolean | Date | ListOf"


# ---- events, steps, triggers (section 5.1)


@dataclass(frozen=True, slots=True)
class Events:
    """EVENTS: `any`, or one or several names; a nested Events stood in parentheses with a `where` of its own."""

    any: bool
    names: tuple[Name | Events, ...] = ()
    where: Condition | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Step:
    events: Events
    where: Condition | None = None
    apart: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Same:
    """`with same PROP`."""

    prop: Name
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Occurs:
    """`EVENTS [where C]`; `same` and `within` are errors that the checks report."""

    step: Step
    same: Same | None = None
    within: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Count:
    """`N EVENTS [where C] [within D]`."""

    count: Number
    step: Step
    same: Same | None = None
    within: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Chain:
    """`A then B [then ...] within D`."""

    steps: tuple[Step, ...]
    same: Same | None = None
    within: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Absence:
    """`A without B within D`."""

    step: Step
    missing: Step
    same: Same | None = None
    within: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Inactivity:
    """`inactivity of D` (any event), `D without EVENTS` (these events); `every` with or without `after D0`."""

    duration: Duration
    every: bool
    step: Step | None = None
    after: Duration | None = None
    span: Span = _span()


Trigger: TypeAlias = Occurs | Count | Chain | Absence | Inactivity


# ---- clauses of rules


@dataclass(frozen=True, slots=True)
class Award:
    """`add E` (sign 1), `subtract E` (sign -1)."""

    sign: Literal[1, -1]
    amount: Value
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Reset:
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class SetTo:
    number: Number
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ButNot:
    direction: Literal["below", "above"]
    number: Number
    span: Span = _span()


Period: TypeAlias = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Limit:
    """`once ...` and `at most N times ...`, alone or `per PROP`, `per day`, `every D`, PROP first."""

    once: bool
    count: Number
    per: Name | None = None
    period: Period | None = None
    every: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class UpTo:
    number: Number
    per: Name | None = None
    period: Period | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Expire:
    duration: Duration
    unless_repeated: bool = False
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Never:
    """`never expire`, `never decay`."""

    what: Literal["expire", "decay"]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Decay:
    """`decay to zero over D`, `decay by half every D`, `decay P% every D` (percent is P)."""

    kind: Literal["zero", "half", "percent"]
    duration: Duration
    percent: float | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EndsOn:
    step: Step
    same: Same | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class FromDate:
    date: Date
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class UntilDate:
    date: Date
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    span: Span = _span()


Clause: TypeAlias = ButNot | Limit | UpTo | Expire | Never | Decay | EndsOn | FromDate | UntilDate | Title
Effect: TypeAlias = Award | Reset | SetTo


# ---- statements


@dataclass(frozen=True, slots=True)
class OnRule:
    trigger: Trigger
    state: Condition | None
    effect: Effect
    clauses: tuple[Clause, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a `when` rule; `condition` is None for the last `else`."""

    condition: Condition | None
    award: Award
    clauses: tuple[Clause, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class WhenRule:
    branches: tuple[Branch, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Default:
    """`expire after ...`, `decay ...`, `never expire`, `never decay` as a statement."""

    clause: Expire | Decay | Never
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Bound:
    kind: Literal["maximum", "minimum"]
    number: Number
    when: Condition | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Tier:
    """`tier NAME from N ...` and `threshold N [as NAME] ...`; clauses as they were written, in order."""

    keyword: Literal["tier", "threshold"]
    name: Name | None
    clauses: tuple[TierClause, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TierClause:
    kind: Literal["from", "above", "until below", "for good", "title", "as"]
    number: Number | None = None
    text: Name | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class StartAt:
    number: Number
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Score:
    """A header: `score NAME ["Title"] [= FORMULA]`."""

    name: Name
    title: str | None = None
    formula: Value | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Group:
    name: Name
    title: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Test:
    name: Text
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Timezone:
    name: Text
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Import:
    path: Text
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Define:
    """A name for a condition or a value; a bare value is `IsTrue(value)` only where it is used as a condition."""

    name: Name
    value: Value | Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EventsDef:
    name: Name
    step: Step
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Ignore:
    step: Step
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Exclude:
    condition: Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Label:
    name: Name
    condition: Condition
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Band:
    name: Name
    number: Number | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Axis:
    score: Name
    bands: tuple[Band, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Grid:
    name: Name
    axes: tuple[Axis, ...]
    span: Span = _span()


TypeName: TypeAlias = Literal["number", "text", "boolean", "time", "list"]


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared property or profile field; `choices` closes the set of a text."""

    name: Name
    type: TypeName
    choices: tuple[Text, ...] | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EventDecl:
    name: Name
    title: str | None = None
    properties: tuple[Declared, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ProfileDecl:
    field: Declared
    title: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Assign:
    name: Name
    value: Literal_
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Given:
    count: Number | None
    event: Name
    properties: tuple[Assign, ...]
    at: Date
    every: Duration | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class GivenProfile:
    fields: tuple[Assign, ...]
    at: Date | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectValue:
    score: Name
    op: Literal["=", "!=", ">", ">=", "<", "<=", "between"]
    number: Number
    high: Number | None = None
    at: Date | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectTier:
    """`expect SCORE tier NAME|none`; with `becomes` an alert to that tier; `tier` is None for none."""

    score: Name
    tier: Name | None
    becomes: bool
    at: Date | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectCell:
    grid: Name
    cell: Name
    at: Date | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectLabel:
    label: Name
    holds: bool
    at: Date | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ExpectExcluded:
    at: Date | None = None
    span: Span = _span()


Expect: TypeAlias = ExpectValue | ExpectTier | ExpectCell | ExpectLabel | ExpectExcluded

Node: TypeAlias = (
    OnRule | WhenRule | Default | Bound | Tier | StartAt | Score | Group | Test | Timezone | Import | Define
    | EventsDef | Ignore | Exclude | Label | Grid | EventDecl | ProfileDecl | Given | GivenProfile
    | ExpectValue | ExpectTier | ExpectCell | ExpectLabel | ExpectExcluded
)
