"""What is known of a log that is at hand, and what of it a program asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.reasoning.keys import occurring
from scoredsl.reasoning.normal import names
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import leaves

Asked = tuple[str | None, str]
"""A property of the events of a name; None: of any event."""


@dataclass(frozen=True, slots=True)
class LogNames:
    """What a log has, as far as a program asks for it.

    `events`: how many there are, by name. `properties`: what of the properties that are asked for has a value in some
    event. `fields`: the profile fields that have a value; None where no profiles are at hand. `fired`: by score and
    number, whether the log sets a rule off; a rule of which that is not known is missing. `alike`: names of properties
    to suggest.
    """

    events: Mapping[str, int]
    properties: frozenset[Asked] = frozenset()
    fields: frozenset[str] | None = None
    fired: Mapping[tuple[str, int], bool] = field(default_factory=dict)
    alike: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        return sum(self.events.values())


class _Used(Rewrite):
    """Goes through a program and notes the properties that it asks for."""

    def __init__(self) -> None:
        super().__init__(value=self._fact)
        self.found: set[Asked] = set()

    def pattern(self, pattern: e.Pattern) -> e.Pattern:
        for alternative in pattern.matcher.alternatives:
            parts = alternative.where if pattern.where is None else (*alternative.where, pattern.where)
            for leaf in (leaf for part in parts for leaf in leaves(part)):
                if isinstance(leaf, e.Property):
                    self.add(alternative.names, leaf.name)
        return super().pattern(pattern)

    def add(self, events: Iterable[str] | None, prop: str | None) -> None:
        if prop is not None:
            self.found |= {(None, prop)} if events is None else {(event, prop) for event in events}

    def rule(self, rule: p.Rule) -> p.Rule:
        if isinstance(rule, p.OnRule):
            self.of_rule(rule)
        return super().rule(rule)

    def of_rule(self, rule: p.OnRule) -> None:
        pattern = occurring(rule.trigger)
        if pattern is None:
            return
        events = names(pattern)
        if isinstance(rule.effect, p.Points):
            for leaf in leaves(rule.effect.amount):
                if isinstance(leaf, e.Property):
                    self.add(events, leaf.name)
        for limit in rule.limits:
            self.add(events, limit.per)
        self.add(events, rule.up_to.per if rule.up_to is not None else None)
        if isinstance(rule.trigger, p.Count | p.Chain | p.Absence):
            self.add(events, rule.trigger.same)

    def _fact(self, value: e.Value) -> e.Value:
        if isinstance(value, e.Fact):
            self.add(names(value.pattern), value.prop)
        return value


def asked(program: p.Program) -> frozenset[Asked]:
    """The properties that a program asks for."""
    used = _Used()
    used.parts(Parts(program.scores, program.grids, program.labels, program.ignores, program.excludes))
    return frozenset(used.found)
