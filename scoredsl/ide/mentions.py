"""Every place at which a statement names something, as the statement alone tells it.

What a bare name in a condition means (a property, a field, a define, a score) depends on the whole program: such a
mention is a `value`, and `names.py` says what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span

Kind: TypeAlias = Literal["event", "set", "property", "field", "define", "score", "group", "tier", "grid", "label"]
RawKind: TypeAlias = Kind | Literal["events", "value"]
"""`events`: an event or a set of events; `value`: what the place `where` decides."""
Where: TypeAlias = Literal["event", "profile", "label", "formula", "define", ""]
"""event: about an event (`where`, points of an `on` rule); profile: about the lead (`when`, `if`, `exclude`)."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A mention before it is known what it names. `owner`: the score of a tier or group, the define of a value."""

    kind: RawKind
    name: str
    span: Span
    """With its quotes, without `lead.`."""
    declares: bool = False
    where: Where = ""
    owner: str = ""
    quoted: bool = False


IMPLICIT = "score"
"""The name of the score of a file without a score header."""


def mentions(statement: Statement, text: str, score: str = IMPLICIT) -> Iterator[Raw]:
    """The mentions in a statement and in its block; `score` is the one that it stands in."""
    for each, inside in with_score(statement, score):
        yield from own_mentions(each, text, inside)


def with_score(statement: Statement, score: str = IMPLICIT) -> Iterator[tuple[Statement, str]]:
    """A statement and all in its block, each with the score that it stands in."""
    yield statement, score
    if not statement.children:
        return
    inside = score
    if statement.keyword == "score":
        inside = statement.raw.name.text if isinstance(statement.raw, n.Score) else _second_word(statement)
    for child in statement.children:
        if child.children:
            yield from with_score(child, inside)
        else:
            yield child, inside


def own_mentions(statement: Statement, text: str, score: str) -> Iterator[Raw]:
    """The mentions in a statement, without its block."""
    if statement.raw is None:
        return _of_hole(statement, text, score)
    assert statement.node is not None
    return node_mentions(statement.node, score)


def _second_word(statement: Statement) -> str:
    return statement.words[1].strip('"`') if len(statement.words) > 1 else ""


_DECLARED: dict[str, RawKind] = {
    "event": "event",
    "events": "set",
    "profile": "field",
    "define": "define",
    "score": "score",
    "grid": "grid",
    "label": "label",
    "group": "group",
    "tier": "tier",
}


def _of_hole(statement: Statement, text: str, score: str) -> Iterator[Raw]:
    """What a broken statement seems to declare."""
    kind = _DECLARED.get(statement.keyword)
    name = _second_word(statement)
    if kind is None or not name or name in ("=", ":", "("):
        return
    word = statement.words[1]
    at = text.find(word, statement.span.start + len(statement.words[0]), statement.span.end)
    if at < 0:
        return
    owner = score if kind in ("group", "tier") else ""
    yield Raw(kind, name, Span(at, at + len(word), statement.span.file), True, "", owner)


def node_mentions(node: n.Node, score: str = IMPLICIT) -> Iterator[Raw]:
    """The mentions in one statement, without its block."""
    match node:
        case n.OnRule():
            yield from _trigger(node.trigger)
            if node.state is not None:
                yield from _condition(node.state, "profile")
            if isinstance(node.effect, n.Award):
                yield from _value(node.effect.amount, "event")
            for clause in node.clauses:
                yield from _clause(clause)
        case n.WhenRule():
            for branch in node.branches:
                if branch.condition is not None:
                    yield from _condition(branch.condition, "profile")
                yield from _value(branch.award.amount, "profile")
        case n.Bound(_, _, when) if when is not None:
            yield from _condition(when, "profile")
        case n.Tier():
            if node.name is not None:
                yield _named("tier", node.name, declares=True, owner=score)
            for tier_clause in node.clauses:
                if tier_clause.kind == "as" and tier_clause.text is not None and node.name is None:
                    yield _named("tier", tier_clause.text, declares=True, owner=score)
        case n.Score():
            yield _named("score", node.name, declares=True)
            if node.formula is not None:
                yield from _value(node.formula, "formula")
        case n.Group():
            yield _named("group", node.name, declares=True, owner=score)
        case n.Define():
            yield _named("define", node.name, declares=True)
            yield from _any(node.value, "define", node.name.text)
        case n.EventsDef():
            yield _named("set", node.name, declares=True)
            yield from _step(node.step)
        case n.Ignore():
            yield from _step(node.step)
        case n.Exclude():
            yield from _condition(node.condition, "profile")
        case n.Label():
            yield _named("label", node.name, declares=True)
            yield from _condition(node.condition, "label")
        case n.Grid():
            yield _named("grid", node.name, declares=True)
            for axis in node.axes:
                yield _named("score", axis.score)
        case n.EventDecl():
            yield _named("event", node.name, declares=True)
            for declared in node.properties:
                yield _named("property", declared.name, declares=True, owner=node.name.text)
        case n.ProfileDecl():
            yield _named("field", node.field.name, declares=True)
        case n.Given():
            yield _named("event", node.event)
            for assign in node.properties:
                yield _named("property", assign.name, owner=node.event.text)
        case n.GivenProfile():
            for assign in node.fields:
                yield _named("field", assign.name)
        case n.ExpectValue():
            yield _named("score", node.score)
        case n.ExpectTier():
            yield _named("score", node.score)
            if node.tier is not None:
                yield _named("tier", node.tier, owner=node.score.text)
        case n.ExpectCell():
            yield _named("grid", node.grid)
        case n.ExpectLabel():
            yield _named("label", node.label)
        case _:
            pass


def _named(kind: RawKind, name: n.Name, *, declares: bool = False, owner: str = "") -> Raw:
    return Raw(kind, name.text, name.span, declares, "", owner, name.quoted)


def _trigger(trigger: n.Trigger) -> Iterator[Raw]:
    match trigger:
        case n.Occurs(step) | n.Count(_, step):
            yield from _step(step)
        case n.Chain(steps):
            for step in steps:
                yield from _step(step)
        case n.Absence(step, missing):
            yield from _step(step)
            yield from _step(missing)
        case n.Inactivity():
            if trigger.step is not None:
                yield from _step(trigger.step)
            return
    if trigger.same is not None:
        yield _named("property", trigger.same.prop)


def _clause(clause: n.Clause) -> Iterator[Raw]:
    match clause:
        case n.Limit(per=per) | n.UpTo(per=per) if per is not None:
            yield _named("property", per)
        case n.EndsOn():
            yield from _step(clause.step)
            if clause.same is not None:
                yield _named("property", clause.same.prop)
        case _:
            pass


def _step(step: n.Step) -> Iterator[Raw]:
    yield from _events(step.events)
    if step.where is not None:
        yield from _condition(step.where, "event")


def _events(events: n.Events) -> Iterator[Raw]:
    for name in events.names:
        if isinstance(name, n.Events):
            yield from _events(name)
        else:
            yield _named("events", name)
    if events.where is not None:
        yield from _condition(events.where, "event")


def _source(source: n.FactSource) -> Iterator[Raw]:
    yield from _events(source.events)
    if source.where is not None:
        yield from _condition(source.where, "event")


def _any(node: n.Value | n.Condition, where: Where, owner: str = "") -> Iterator[Raw]:
    match node:
        case (
            n.Compare() | n.Between() | n.InList() | n.TextTest() | n.InWindow() | n.Matches() | n.Known() | n.Has()
            | n.Inactive() | n.IsTrue() | n.Not() | n.And() | n.Or()
        ):
            yield from _condition(node, where, owner)
        case _:
            yield from _value(node, where, owner)


def _condition(node: n.Condition, where: Where, owner: str = "") -> Iterator[Raw]:
    match node:
        case n.And(conditions) | n.Or(conditions):
            for part in conditions:
                yield from _condition(part, where, owner)
        case n.Not(inner):
            yield from _condition(inner, where, owner)
        case n.Has(source):
            yield from _source(source)
        case n.Compare(_, left, right):
            yield from _value(left, where, owner)
            yield from _value(right, where, owner)
        case n.Between(value, low, high):
            for each in (value, low, high):
                yield from _value(each, where, owner)
        case n.InList(value, items):
            yield from _value(value, where, owner)
            yield from _constant(items)
        case n.TextTest(_, value, wanted):
            yield from _value(value, where, owner)
            yield from _constant(wanted)
        case n.InWindow(value) | n.Matches(value) | n.Known(value) | n.IsTrue(value):
            yield from _value(value, where, owner)
        case n.Inactive():
            pass


def _constant(node: n.Value) -> Iterator[Raw]:
    """What stands in a list, or after `contains`: a literal, or the name of a define."""
    match node:
        case n.ListOf(items):
            for item in items:
                yield from _constant(item)
        case n.Ref():
            yield Raw("define", node.name, node.span)
        case _:
            pass


def _value(node: n.Value, where: Where, owner: str = "") -> Iterator[Raw]:
    match node:
        case n.Ref():
            yield from _ref(node, where, owner)
        case n.ListOf():
            yield from _constant(node)
        case n.Negate(operand):
            yield from _value(operand, where, owner)
        case n.Arithmetic(_, left, right):
            yield from _value(left, where, owner)
            yield from _value(right, where, owner)
        case n.Call(_, arguments):
            for argument in arguments:
                yield from _value(argument, where, owner)
        case n.Fact():
            if node.prop is not None:
                yield _named("property", node.prop)
            yield from _source(node.source)
        case n.DaysField():
            yield from _ref(node.field, "profile" if where != "event" else where, "")
        case _:
            pass


def _ref(ref: n.Ref, where: Where, owner: str) -> Iterator[Raw]:
    if ref.lead:
        span = Span(ref.span.start + len("lead."), ref.span.end, ref.span.file)
        yield Raw("field", ref.name, span, quoted=ref.quoted)
    elif ref.name == "score" and not ref.quoted and where in ("profile", "event"):
        return  # the word, not a name: the score that the rule stands in
    else:
        yield Raw("value", ref.name, ref.span, False, where, owner, ref.quoted)
