"""Small logs that show what can happen.

They are made of values that satisfy the conditions, and believed only once the reference interpreter, which defines
what a score is, has run them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from scoredsl.reasoning.models import models
from scoredsl.reasoning.normal import ANY, conjunction, where_parts
from scoredsl.reasoning.suppose import CLOCK
from scoredsl.reference import LeadRun, Log
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import leaves
from scoredsl.semantics.log import Event, ProfileRow, Value
from scoredsl.semantics.values import instant_text, shortest

LEAD = "eva"
MINUTE = 60_000_000
_TRIED = 6
"""Models that are tried for one event."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An event that patterns take: its name, its properties, and the fields that the lead's profile must have."""

    name: str
    properties: Mapping[str, str]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Witness:
    """A log of one lead, its profile (None: none), and the instant to look at."""

    events: tuple[tuple[int, str, Mapping[str, str]], ...]
    """(time, name, properties)."""
    fields: Mapping[str, str] | None
    instant: int

    def log(self) -> tuple[list[Event], list[ProfileRow]]:
        """Its events and profile rows, as they are read from CSV."""
        events = [Event(LEAD, name, time, None, i, dict(found)) for i, (time, name, found) in enumerate(self.events)]
        return events, [] if self.fields is None else [ProfileRow(LEAD, None, 0, dict(self.fields))]

    def run(self, program: p.Program, instant: int | None = None) -> LeadRun | None:
        """The lead as the reference sees it; None where the lead is not there or excluded."""
        run = Log.of(program, *self.log()).run(LEAD, self.instant if instant is None else instant)
        return None if not run.exists or run.excluded else run

    @property
    def events_csv(self) -> str:
        """The log as CSV, empty where there is no event."""
        if not self.events:
            return ""
        names = list(dict.fromkeys(name for _, _, found in self.events for name in found))
        rows = [[LEAD, name, instant_text(time), *(found.get(each, "") for each in names)]
                for time, name, found in self.events]
        return _csv([["lead", "event", "time", *names], *rows])

    @property
    def profiles_csv(self) -> str:
        """The profile as CSV, empty where there is none."""
        if self.fields is None:
            return ""
        return _csv([["lead", *self.fields], [LEAD, *self.fields.values()]])

    @property
    def text(self) -> str:
        """Both, for people: the log, then, where there is one, the profile."""
        parts = [part for part in (self.events_csv, self.profiles_csv) if part]
        if self.events and self.fields is not None:
            return f"{parts[0]}\nand in the profiles:\n{parts[1]}"
        return parts[0] if self.events else f"a lead without any event, in the profiles:\n{parts[0]}"


def _csv(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(",".join(_cell(cell) for cell in row) for row in rows)


def _cell(text: str) -> str:
    quoted = any(sign in text for sign in ',"\r\n')
    return '"' + text.replace('"', '""') + '"' if quoted else text


# ---- events


def drawn(*patterns: e.Pattern, numbers: Iterable[e.Value] = ()) -> Iterator[Drawn]:
    """Events that all of the patterns take. `numbers` are computed from their properties, which must be numbers."""
    needed = {leaf for value in numbers for leaf in leaves(value) if isinstance(leaf, e.Property | e.Field)}
    for alternatives in _combined([pattern.matcher.alternatives for pattern in patterns]):
        names = _names(alternatives)
        if names is not None and not names:
            continue
        name = min(names) if names else "visit"
        wheres = [where_parts(pattern, each) for pattern, each in zip(patterns, alternatives, strict=True)]
        for one in _modelled(name, conjunction(e.Always(True), *wheres)):
            yield _filled(one, needed)


def _filled(one: Drawn, needed: Iterable[e.Property | e.Field]) -> Drawn:
    """The event with numbers where its points need them and nothing else is asked."""
    properties = {each.name: "10" for each in needed if isinstance(each, e.Property)}
    fields = {each.name: "10" for each in needed if isinstance(each, e.Field)}
    return Drawn(one.name, {**properties, **one.properties}, {**fields, **one.fields}) if properties or fields else one


def _combined(options: Sequence[tuple[e.Alternative, ...]]) -> Iterator[tuple[e.Alternative, ...]]:
    if not options:
        yield ()
        return
    for one in options[0]:
        for rest in _combined(options[1:]):
            yield (one, *rest)


def _names(alternatives: Iterable[e.Alternative]) -> frozenset[str] | None:
    """The names that all of them take; None: any."""
    found: frozenset[str] | None = None
    for each in alternatives:
        if each.names is not None:
            found = each.names if found is None else found & each.names
    return found


def _modelled(name: str, condition: e.Condition) -> Iterator[Drawn]:
    for given in islice(models(condition), _TRIED):
        values = cells(given)
        if values is not None:
            yield Drawn(name, *values)


def cells(given: Mapping[e.Value, Value]) -> tuple[dict[str, str], dict[str, str]] | None:
    """Values as the cells of a CSV file, properties and fields; None where one of them cannot be such a cell."""
    properties: dict[str, str] = {}
    fields: dict[str, str] = {}
    for subject, value in given.items():
        if isinstance(value, list | dict):
            return None
        cell = "" if value is None else shortest(value) if isinstance(value, float) else str(value)
        if isinstance(value, bool):
            cell = "true" if value else "false"
        match subject:
            case e.Property(prop) if cell:
                properties[prop] = cell
            case e.Field(field) if cell:
                fields[field] = cell
            case e.Property() | e.Field() | e.ScoreValue() | e.Fact():
                pass
            case _:
                return None
    return properties, fields


# ---- occurrences


@dataclass(frozen=True, slots=True)
class Occurring:
    """Events that make one occurrence of a trigger, by their time before it, and the fields that they need."""

    events: tuple[tuple[int, Drawn], ...]

    def at(self, instant: int) -> tuple[tuple[int, str, Mapping[str, str]], ...]:
        """The events of an occurrence at an instant."""
        return tuple((instant - before, each.name, each.properties) for before, each in self.events)

    @property
    def fields(self) -> dict[str, str]:
        return {name: value for _, each in self.events for name, value in each.fields.items()}


def occurring(rule: p.OnRule) -> Iterator[Occurring]:
    """Ways in which a rule's trigger can occur."""
    numbers = (rule.effect.amount,) if isinstance(rule.effect, p.Points) else ()
    match rule.trigger:
        case p.Occurs(pattern):
            for one in drawn(pattern, numbers=numbers):
                yield Occurring(((0, one),))
        case p.Count(count, pattern, same, within):
            gap = max(pattern.apart or 0, 1 if within is not None and within < count * MINUTE else MINUTE)
            for one in drawn(pattern, numbers=numbers):
                steps = [(gap * i, _same(one, same)) for i in reversed(range(min(count, 50)))]
                yield Occurring(tuple(steps))
        case p.Chain(steps_, same, within):
            gap = MINUTE if within > len(steps_) * MINUTE else 1
            for found in islice(_each(steps_, numbers), _TRIED):
                last = len(found) - 1
                yield Occurring(tuple((gap * (last - i), _same(one, same)) for i, one in enumerate(found)))
        case p.Absence(opening, _, same, within):
            for one in drawn(opening, numbers=numbers):
                yield Occurring(((within, _same(one, same)),))
        case p.Inactivity(watched, duration, _, after):
            for one in drawn(ANY if watched is None else watched):
                yield Occurring(((duration + after, one),))


def _each(patterns: Sequence[e.Pattern], numbers: Sequence[e.Value]) -> Iterator[tuple[Drawn, ...]]:
    for one in islice(drawn(patterns[0], numbers=numbers), 2):
        if len(patterns) == 1:
            yield (one,)
        else:
            for rest in _each(patterns[1:], numbers):
                yield (one, *rest)


def _same(one: Drawn, prop: str | None) -> Drawn:
    """The event with a value that others have as well (`with same PROP`)."""
    return one if prop is None else replace(one, properties={prop: "x1", **one.properties})


def at_ease(rule: p.OnRule) -> int:
    """An instant at which the rule may occur: an ordinary one, within its campaign."""
    lasts = rule.trigger.within if isinstance(rule.trigger, p.Absence) else 0
    if rule.start is not None and CLOCK - lasts < rule.start:
        return rule.start + lasts
    if rule.stop is not None and CLOCK - lasts >= rule.stop:
        return rule.stop + lasts - max(1, min(MINUTE, rule.stop - (rule.start or rule.stop - MINUTE)))
    return CLOCK
