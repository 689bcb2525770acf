"""All conditions of a program where they are written, with what they are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from scoredsl.lint.context import Context, Written
from scoredsl.semantics import expressions as e
from scoredsl.semantics import resolve
from scoredsl.semantics.resolve import Resolver
from scoredsl.syntax import nodes as n

Condition: TypeAlias = n.Condition


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition as it is written. `about` says what its names are; `score` the score that `score` after `if` is."""

    written: Written
    node: n.Condition
    about: resolve.Context
    resolver: Resolver
    score: str | None = None

    def resolved(self, node: n.Condition) -> e.Condition:
        """A part of it as it is checked."""
        return self.resolver.condition(node, self.about)


@dataclass(frozen=True, slots=True)
class Taken:
    """Events as they are written: their names, each with a condition of its own maybe, and the condition on all."""

    written: Written
    events: n.Events
    where: n.Condition | None
    resolver: Resolver

    @property
    def pattern(self) -> e.Pattern:
        return self.resolver.pattern(n.Step(self.events, self.where))


def all_asked(context: Context) -> Iterator[Asked]:
    """The conditions of a program; those in the `where` of a fact by themselves, too."""
    score_of = {place: score for score, place in _rules(context)}
    for span, written in context.written.items():
        resolver = context.resolver(written.file)
        for node, where in _conditions(written.statement.node):
            yield Asked(written, node, resolve.Context(where), resolver, score_of.get(span))
    for taken in all_taken(context):
        yield from _wheres(taken)


def _rules(context: Context) -> Iterator[tuple[str, Any]]:
    for score, rule in context.program.rules():
        yield score.name, rule.place.span


def _conditions(node: n.Node | None) -> Iterator[tuple[n.Condition, resolve.Where]]:
    """The conditions of a statement that are no `where`."""
    match node:
        case n.OnRule(_, state) if state is not None:
            yield state, "if"
        case n.WhenRule(branches):
            for branch in branches:
                if branch.condition is not None:
                    yield branch.condition, "when"
        case n.Bound(_, _, when) if when is not None:
            yield when, "when"
        case n.Exclude(condition):
            yield condition, "exclude"
        case n.Label(_, condition):
            yield condition, "label"
        case n.Define(_, value) if isinstance(value, resolve._CONDITIONS):
            yield value, "define"
        case _:
            pass


def all_taken(context: Context) -> Iterator[Taken]:
    """The events that triggers, `ends on`, `ignore`, sets of events and facts take."""
    for written in context.written.values():
        resolver = context.resolver(written.file)
        for events, where in _taken(written.statement.node):
            yield Taken(written, events, where, resolver)


def _taken(node: n.Node | None) -> Iterator[tuple[n.Events, n.Condition | None]]:
    match node:
        case n.OnRule(trigger, _, _, clauses):
            steps = list(_steps(trigger))
            steps += [clause.step for clause in clauses if isinstance(clause, n.EndsOn)]
            for step in steps:
                yield step.events, step.where
        case n.Ignore(step) | n.EventsDef(_, step):
            yield step.events, step.where
        case n.WhenRule(branches):
            for branch in branches:
                yield from _facts(branch.condition)
                yield from _facts(branch.award.amount)
        case n.Bound(_, _, when):
            yield from _facts(when)
        case n.Exclude(condition) | n.Label(_, condition):
            yield from _facts(condition)
        case n.Define(_, value):
            yield from _facts(value)
        case _:
            pass


def _steps(trigger: n.Trigger) -> Iterator[n.Step]:
    match trigger:
        case n.Occurs(step) | n.Count(_, step):
            yield step
        case n.Chain(steps):
            yield from steps
        case n.Absence(step, missing):
            yield step
            yield missing
        case n.Inactivity(_, _, step) if step is not None:
            yield step
        case _:
            pass


def _facts(node: object) -> Iterator[tuple[n.Events, n.Condition | None]]:
    """The events of the facts in a condition or a value."""
    match node:
        case n.FactSource(events, where):
            yield events, where
        case n.Has(source) | n.Fact(_, _, source):
            yield source.events, source.where
        case n.And(parts) | n.Or(parts):
            for part in parts:
                yield from _facts(part)
        case n.Not(inner) | n.Negate(inner) | n.Known(inner) | n.IsTrue(inner):
            yield from _facts(inner)
        case n.Compare(_, left, right) | n.Arithmetic(_, left, right):
            yield from _facts(left)
            yield from _facts(right)
        case n.Between(value, low, high):
            for side in (value, low, high):
                yield from _facts(side)
        case n.InList(value) | n.TextTest(_, value) | n.InWindow(value) | n.Matches(value):
            yield from _facts(value)
        case n.Call(_, arguments):
            for argument in arguments:
                yield from _facts(argument)
        case _:
            pass


def _wheres(taken: Taken) -> Iterator[Asked]:
    """The `where` of events, and those of single names among them."""
    if taken.where is not None:
        yield _where(taken, taken.events, taken.where)
    for events in _nested(taken.events):
        if events.where is not None:
            yield _where(taken, events, events.where)


def _nested(events: n.Events) -> Iterator[n.Events]:
    yield events
    for name in events.names:
        if isinstance(name, n.Events):
            yield from _nested(name)


def _where(taken: Taken, events: n.Events, node: n.Condition) -> Asked:
    names = taken.resolver.names_of(taken.resolver.matcher(n.Events(events.any, events.names)))
    return Asked(taken.written, node, resolve.Context("where", names), taken.resolver)
