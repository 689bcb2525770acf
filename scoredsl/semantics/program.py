"""A checked program: what the interpreter runs and the plans are lowered from.

Points, bounds and tiers are whole millionths; durations and instants microseconds. Everything is plain frozen data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scoredsl.semantics.expressions import Condition, Pattern, Value
from scoredsl.semantics.log import Value as DataValue
from scoredsl.text import Source, Span

Period: TypeAlias = Literal["day", "week", "month", "year"]


# ---- triggers


@dataclass(frozen=True, slots=True)
class Occurs:
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Count:
    count: int
    pattern: Pattern
    same: str | None
    within: int | None


@dataclass(frozen=True, slots=True)
class Chain:
    steps: tuple[Pattern, ...]
    same: str | None
    within: int


@dataclass(frozen=True, slots=True)
class Absence:
    opening: Pattern
    missing: Pattern
    same: str | None
    within: int


@dataclass(frozen=True, slots=True)
class Inactivity:
    """`pattern` None: any event."""

    pattern: Pattern | None
    duration: int
    every: bool
    after: int


Trigger: TypeAlias = Occurs | Count | Chain | Absence | Inactivity


# ---- rules


@dataclass(frozen=True, slots=True)
class Points:
    """`add E` (sign 1) or `subtract E` (sign -1)."""

    sign: Literal[1, -1]
    amount: Value


@dataclass(frozen=True, slots=True)
class Reset:
    """`reset` (points None) or `set to N`."""

    points: int | None


@dataclass(frozen=True, slots=True)
class ButNot:
    direction: Literal["below", "above"]
    number: int


@dataclass(frozen=True, slots=True)
class Limit:
    """Fewer than `count` earlier awards that are equal in `per`, in the same `period`, within `every`."""

    count: int
    per: str | None = None
    period: Period | None = None
    every: int | None = None


@dataclass(frozen=True, slots=True)
class UpTo:
    number: int
    per: str | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Expiry:
    duration: int
    unless_repeated: bool


@dataclass(frozen=True, slots=True)
class Decay:
    """`days` is D; `percent` is P of `decay P% every D`."""

    kind: Literal["zero", "half", "percent"]
    days: int
    percent: float = 0.0


@dataclass(frozen=True, slots=True)
class EndsOn:
    pattern: Pattern
    same: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule stands, for people: file relative to the file that is run, 1-based line."""

    file: str
    line: int
    span: Span

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class OnRule:
    index: int
    """Its number among the rules of the score, in file order."""
    group: int | None
    """The group's number in the score, None where the rule stands in none."""
    place: Place
    title: str | None
    trigger: Trigger
    state: Condition | None
    effect: Points | Reset
    but_not: ButNot | None = None
    limits: tuple[Limit, ...] = ()
    up_to: UpTo | None = None
    expiry: Expiry | None = None
    decay: Decay | None = None
    ends_on: EndsOn | None = None
    start: int | None = None
    """`from`: only occurrences at or after."""
    stop: int | None = None
    """`until`: only occurrences before."""

    @property
    def name(self) -> str:
        return self.title if self.title is not None else str(self.place)


@dataclass(frozen=True, slots=True)
class Branch:
    condition: Condition | None
    points: Points


@dataclass(frozen=True, slots=True)
class WhenRule:
    index: int
    group: int | None
    place: Place
    title: str | None
    branches: tuple[Branch, ...]
    up_to: int | None

    @property
    def name(self) -> str:
        return self.title if self.title is not None else str(self.place)


Rule: TypeAlias = OnRule | WhenRule


# ---- scores


@dataclass(frozen=True, slots=True)
class Bound:
    kind: Literal["maximum", "minimum"]
    number: int
    when: Condition | None
    place: Place


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: str | None
    bounds: tuple[Bound, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    number: int
    above: bool
    until_below: int | None
    for_good: bool
    title: str | None
    place: Place

    @property
    def follows_the_course(self) -> bool:
        """Whether being in it depends on the past, not on the value alone."""
        return self.until_below is not None or self.for_good


@dataclass(frozen=True, slots=True)
class Score:
    """A score made of rules, or, with a `formula`, of other scores."""

    name: str
    title: str | None
    place: Place
    rules: tuple[Rule, ...] = ()
    groups: tuple[Group, ...] = ()
    bounds: tuple[Bound, ...] = ()
    tiers: tuple[Tier, ...] = ()
    """Highest first."""
    start: int | None = None
    formula: Value | None = None

    def tier(self, name: str) -> Tier | None:
        return next((tier for tier in self.tiers if tier.name == name), None)


@dataclass(frozen=True, slots=True)
class Axis:
    score: str
    bands: tuple[tuple[str, int | None], ...]
    """(name, the number it is from), highest first, the last without a number."""


@dataclass(frozen=True, slots=True)
class Grid:
    name: str
    axes: tuple[Axis, ...]
    place: Place

    @property
    def cells(self) -> tuple[str, ...]:
        names = [""]
        for axis in self.axes:
            names = [name + band for name in names for band, _ in axis.bands]
        return tuple(names)


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    condition: Condition
    place: Place


# ---- tests (LANGUAGE section 8)


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """An event of a test: the events of one `given` share a line."""

    name: str
    time: int
    properties: Mapping[str, DataValue]
    place: Place


@dataclass(frozen=True, slots=True)
class GivenFields:
    time: int | None
    fields: Mapping[str, DataValue]
    place: Place


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected at `at`. `kind` says which of the rest is meant.

    value: score, op, number, high (`between`), in millionths; tier, becomes: score, tier (None is none);
    cell: grid in `score`, `text`; label: label in `score`, `holds`; excluded: nothing.
    """

    kind: Literal["value", "tier", "becomes", "cell", "label", "excluded"]
    at: int
    place: Place
    score: str = ""
    op: str = ""
    number: int = 0
    high: int = 0
    tier: str | None = None
    text: str = ""
    holds: bool = True


@dataclass(frozen=True, slots=True)
class TestCase:
    __test__ = False
    name: str
    place: Place
    events: tuple[GivenEvent, ...]
    fields: tuple[GivenFields, ...]
    expectations: tuple[Expectation, ...]


# ---- the whole


@dataclass(frozen=True, slots=True)
class PropertyType:
    """A declared property or field: its type, and its closed set where it has one."""

    type: Literal["number", "text", "boolean", "time", "list"]
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class EventType:
    """A declared event; no properties listed means any."""

    name: str
    title: str | None
    properties: Mapping[str, PropertyType]


@dataclass(frozen=True, slots=True)
class Program:
    """A checked program. `path` is the file that is run; `timezone` its IANA name."""

    path: str
    timezone: str
    scores: tuple[Score, ...]
    grids: tuple[Grid, ...]
    labels: tuple[Label, ...]
    ignores: tuple[Pattern, ...]
    excludes: tuple[Condition, ...]
    tests: tuple[TestCase, ...]
    events: Mapping[str, EventType]
    fields: Mapping[str, PropertyType]
    sources: Mapping[str, Source]

    def score(self, name: str) -> Score:
        return next(score for score in self.scores if score.name == name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of scores at T after `lead`, in order (LANGUAGE section 10)."""
        names: list[str] = []
        for score in self.scores:
            names.append(score.name)
            if score.tiers:
                names.append(f"{score.name}_tier")
        return (*names, *(grid.name for grid in self.grids), *(label.name for label in self.labels))

    @property
    def list_columns(self) -> frozenset[str]:
        """Names declared as lists: such a CSV cell is a JSON array (LANGUAGE section 7)."""
        declared = [(name, t.type) for e in self.events.values() for name, t in e.properties.items()]
        declared += [(name, t.type) for name, t in self.fields.items()]
        return frozenset(name for name, type_ in declared if type_ == "list")

    def rules(self) -> Iterator[tuple[Score, Rule]]:
        for score in self.scores:
            for rule in score.rules:
                yield score, rule
