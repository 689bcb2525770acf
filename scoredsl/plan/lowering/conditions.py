"""Conditions, values, patterns and facts as nodes over channels.

What looks at one event alone becomes a bit of that event, what looks at the profile alone a bit of the profile row: the
matching stage computes them. The rest (facts, the clock, an event against the profile) is left to the walk.
"""

from __future__ import annotations

from typing import assert_never

from scoredsl.plan import physical as ph
from scoredsl.plan.channels import Bit
from scoredsl.plan.lowering.builder import Builder, Scope
from scoredsl.semantics import expressions as e
from scoredsl.semantics import inspect


class Lowering:
    """Lowers conditions and values; `scope` takes the facts, None where facts cannot stand (`where`, `if`)."""

    def __init__(self, builder: Builder, scope: Scope | None) -> None:
        self.b = builder
        self.scope = scope

    # ---- conditions

    def condition(self, condition: e.Condition) -> int:
        if inspect.about_event_alone(condition):
            if isinstance(condition, e.Always):
                return self.b.condition("always", int(condition.holds))
            return self.b.condition("event bit", self.b.events.bits.of(Bit(None, condition)))
        if inspect.about_profile_alone(condition):
            bit = self.b.profiles.bits.of(Bit(None, condition))
            return self.b.condition("profile bit", bit, int(inspect.holds_without_data(condition)))
        match condition:
            case e.And(parts):
                return self.b.condition("and", children=tuple(self.condition(part) for part in parts))
            case e.Or(parts):
                return self.b.condition("or", children=tuple(self.condition(part) for part in parts))
            case e.Not(inner):
                return self.b.condition("not", self.condition(inner))
            case e.CompareNumbers(op, left, right):
                return self.b.condition("numbers", self.value(left), self.value(right), op=op)
            case e.CompareNames(op, left, right):
                return self.b.condition("names", op=op, left=self.raw(left), right=self.raw(right))
            case e.InWindow(value, direction, duration):
                raw = self.raw(value, numbers=False)
                return self.b.condition("window", int(direction == "next"), duration, left=raw)
            case e.Has(pattern, last, some):
                fact = self.fact_of("has", pattern, last, None)
                return self.b.condition("has", fact, int(some))
            case e.Inactive(duration):
                return self.b.condition("inactive", duration)
            case e.Known(value, known) if not isinstance(value, e.Property | e.Field) and not _picks(value):
                return self.b.condition("known", self.value(value), int(known))
            case (
                e.CompareText(_, value, _)
                | e.CompareInstant(_, value, _)
                | e.CompareBoolean(_, value, _)
                | e.TextTest(_, value, _)
                | e.Matches(value, _)
                | e.Known(value, _)
                | e.IsTrue(value)
                | e.NotIn(value, _)
            ):
                return self.picked_bit(condition, value)
            case e.Always():
                raise AssertionError(condition)
            case _:
                assert_never(condition)

    def picked_bit(self, condition: e.Condition, value: e.Value) -> int:
        """Something about `latest PROP` or `first PROP`: a bit of the event that the fact picks."""
        assert isinstance(value, e.Fact), condition
        bit = self.b.events.bits.of(Bit(None, _about_property(condition, value)))
        default = int(inspect.holds_without_data(condition))
        return self.b.condition("picked bit", bit, default, fact=self.fact(value))

    def raw(self, value: e.Value, *, numbers: bool = True) -> ph.RawRef:
        """A name with its channels: all three for a comparison of two names, the instant alone for a window."""
        match value:
            case e.Property(name):
                channels, source, fact = self.b.events, "event", None
            case e.Field(name):
                channels, source, fact = self.b.profiles, "profile", None
            case e.Fact("latest" | "first", prop, _, _):
                channels, source, fact, name = self.b.events, "picked", self.fact(value), prop or ""
            case _:
                raise AssertionError(value)
        instant = channels.instants.of(name)
        if not numbers:
            return ph.RawRef(source, fact, None, instant, None)  # type: ignore[arg-type]
        return ph.RawRef(source, fact, channels.numbers.of(name), instant, channels.keys.of(name))  # type: ignore[arg-type]

    # ---- values

    def value(self, value: e.Value) -> int:
        match value:
            case e.Constant(number):
                return self.b.value("constant", number=number)
            case e.Property(name):
                return self.b.value("event", self.b.events.numbers.of(name))
            case e.Field(name):
                return self.b.value("profile", self.b.profiles.numbers.of(name))
            case e.ScoreValue(name):
                return self.b.value("score", None if name is None else self.b.score_numbers[name])
            case e.Fact("latest" | "first", prop, _, _):
                return self.b.value("picked", self.fact(value), self.b.events.numbers.of(prop or ""))
            case e.Fact():
                return self.b.value("fact", self.fact(value))
            case e.DaysSince(field):
                return self.b.value("days since", self.b.profiles.instants.of(field))
            case e.DaysUntil(field):
                return self.b.value("days until", self.b.profiles.instants.of(field))
            case e.Negative(operand):
                return self.b.value("negative", self.value(operand))
            case e.Arithmetic(op, left, right):
                return self.b.value(op, self.value(left), self.value(right))
            case e.Call("round", arguments):
                return self.b.value("round", self.value(arguments[0]))
            case e.Call(function, arguments):
                return self.b.value(function, children=tuple(self.value(argument) for argument in arguments))
            case _:
                assert_never(value)

    # ---- facts and patterns

    def fact(self, fact: e.Fact) -> int:
        return self.fact_of(fact.kind, fact.pattern, fact.last, fact.prop)

    def fact_of(self, kind: ph.FactKind, pattern: e.Pattern, last: int | None, prop: str | None) -> int:
        assert self.scope is not None
        channel: int | None = None
        match kind:
            case "sum" | "average" | "lowest" | "highest":
                channel = self.b.events.numbers.of(prop or "")
            case "distinct":
                channel = self.b.events.keys.of(prop or "")
            case "latest" | "first":
                channel = self.b.events.bits.of(Bit(None, e.Known(e.Property(prop or ""), True)))
            case _:
                pass
        return self.scope.facts.of(ph.FactNode(kind, self.pattern(pattern), last, channel))

    def pattern(self, pattern: e.Pattern) -> int:
        return self.b.patterns.of(ph.PatternNode(*self.matching(pattern), pattern.apart))

    def matching(self, pattern: e.Pattern) -> tuple[int, int | None]:
        """The bit that must be set, and the condition that must hold beside it, None where the bit says all."""
        about = Lowering(self.b, None)
        alternatives = pattern.matcher.alternatives
        simple = all(not alternative.where for alternative in alternatives)
        if simple or len(alternatives) == 1:
            wanted = _names(alternatives)
            conditions = [*(alternatives[0].where if not simple else ())]
            if pattern.where is not None:
                conditions.append(pattern.where)
            alone = [condition for condition in conditions if inspect.about_event_alone(condition)]
            rest = [condition for condition in conditions if not inspect.about_event_alone(condition)]
            bit = self.b.events.bits.of(Bit(wanted, _all(alone)))
            if not rest:
                return bit, None
            return bit, about.condition(e.And(tuple(rest)) if len(rest) > 1 else rest[0])
        either: list[int] = []
        for alternative in alternatives:
            bit, code = about.matching(e.Pattern(e.Matcher((alternative,))))
            of_event = self.b.condition("event bit", bit)
            either.append(of_event if code is None else self.b.condition("and", children=(of_event, code)))
        code = self.b.condition("or", children=tuple(either))
        alone_where: e.Condition | None = None
        if pattern.where is not None:
            if inspect.about_event_alone(pattern.where):
                alone_where = pattern.where
            else:
                code = self.b.condition("and", children=(code, about.condition(pattern.where)))
        return self.b.events.bits.of(Bit(_names(alternatives), alone_where)), code


def _names(alternatives: tuple[e.Alternative, ...]) -> frozenset[str] | None:
    """The names that any of the alternatives takes; None for any name."""
    found: set[str] = set()
    for alternative in alternatives:
        if alternative.names is None:
            return None
        found |= alternative.names
    return frozenset(found)


def _all(conditions: list[e.Condition]) -> e.Condition | None:
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else e.And(tuple(conditions))


def _picks(value: e.Value) -> bool:
    return isinstance(value, e.Fact) and value.kind in ("latest", "first")


def _about_property(condition: e.Condition, fact: e.Fact) -> e.Condition:
    """The condition with the property in the place of `latest PROP` (`first PROP`)."""
    from dataclasses import replace

    prop = e.Property(fact.prop or "")
    match condition:
        case e.NotIn(_, comparisons):
            return e.NotIn(prop, tuple(_about_property(part, fact) for part in comparisons))
        case e.CompareNumbers(op, left, right):
            return e.CompareNumbers(op, prop if left == fact else left, prop if right == fact else right)
        case (
            e.CompareText()
            | e.CompareInstant()
            | e.CompareBoolean()
            | e.TextTest()
            | e.Matches()
            | e.Known()
            | e.IsTrue()
        ):
            return replace(condition, value=prop)
        case _:
            raise AssertionError(condition)
