"""What a query is planned from and made of: tables, columns, steps; and what is not in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoredsl.semantics import program as p
from scoredsl.targets.sql.columns import Columns


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Something of the program that the query does not hold: where, what, and why."""

    place: p.Place
    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.reason}."


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables as SQL names; `ids`: events have a column id, each event its own; `versions`: profiles have a time."""

    events: str = "events"
    profiles: str | None = None
    ids: bool = False
    versions: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """`sql` is None where nothing can be written; `columns` are those of the result after the lead."""

    sql: str | None
    columns: tuple[str, ...]
    unwritten: tuple[Unwritten, ...]
    read: Columns


@dataclass(slots=True)
class Step:
    """A WITH step: its name, what it is for, its lines."""

    name: str
    note: str
    lines: list[str]


@dataclass(slots=True)
class State:
    """What has been planned so far; a score that cannot be written leaves no trace."""

    totals: list[tuple[str, str, str]] = field(default_factory=list)
    """Columns of the one pass: name, expression, note."""
    steps: list[Step] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    """Steps that have a row for some of the leads."""
    worths: list[tuple[str, str, str]] = field(default_factory=list)
    """What rules are worth: column, expression, note."""
    amounts: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Points that are computed for each event: the column of the number, the number, the column of the points, and
    the sign."""
    worn: list[tuple[str, str]] = field(default_factory=list)
    """Points that fade: the column of what they are worth now, as a double, and its expression."""
    properties: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    needs_last: bool = False

    def copy(self) -> State:
        return State(
            list(self.totals), list(self.steps), list(self.joined), list(self.worths), list(self.amounts),
            list(self.worn), set(self.properties), set(self.fields), self.needs_last,
        )  # fmt: skip
