"""What tests can reach in a program: rules that fire, limits that are hit, both sides of every condition.

A goal stands at the statement that it belongs to, and says as a sentence what no test does while it is not reached.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scoredsl.prose.conditions import Conditions
from scoredsl.prose.rules import limit_words
from scoredsl.prose.words import Words, duration, spaced
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text
from scoredsl.text import Span

Kind: TypeAlias = Literal["rule", "limit", "lifetime", "bound", "tier", "condition", "band", "label"]


@dataclass(frozen=True, slots=True)
class Goal:
    """`key` names what is to be reached, for whoever looks whether it is."""

    kind: Kind
    span: Span
    missing: str
    key: tuple[object, ...]

    @property
    def identity(self) -> tuple[Kind, Span, str]:
        """Equal for the same goal in two programs that share a file."""
        return self.kind, self.span, self.missing


def goals(program: p.Program) -> list[Goal]:
    """All goals of a program, in the order of its parts."""
    return list(_Goals(program).all())


class _Goals:
    def __init__(self, program: p.Program) -> None:
        self.program = program
        self.words = Words.of(program)
        self.conditions = Conditions(self.words)

    def all(self) -> Iterator[Goal]:
        here = Span(0, 0, self.program.path)
        for pattern in self.program.ignores:
            yield from self.pattern(pattern, here)
        for condition in self.program.excludes:
            yield from self.condition(condition, here, about_event=False)
        for score in self.program.scores:
            yield from self.score(score)
        for grid in self.program.grids:
            for axis in grid.axes:
                for band, _ in axis.bands:
                    missing = f"No test has {spaced(axis.score)} in the band {band} of {spaced(grid.name)}."
                    yield Goal("band", grid.place.span, missing, ("band", grid.name, axis.score, band))
        for label in self.program.labels:
            for holds, word in ((True, "with"), (False, "without")):
                missing = f"No test has a lead {word} the label {spaced(label.name)}."
                yield Goal("label", label.place.span, missing, ("label", label.name, holds))
            yield from self.condition(label.condition, label.place.span, about_event=False)

    def score(self, score: p.Score) -> Iterator[Goal]:
        name = score.name
        for tier in score.tiers:
            yield from self.tier(score, tier)
        for group, bounds in ((-1, score.bounds), *((i, group.bounds) for i, group in enumerate(score.groups))):
            for bound in bounds:
                yield from self.bound(name, group, bound)
        for rule in score.rules:
            if isinstance(rule, p.WhenRule):
                yield from self.when(name, rule)
            else:
                yield from self.on(name, rule)

    def tier(self, score: p.Score, tier: p.Tier) -> Iterator[Goal]:
        number = millionths_text(tier.number)
        said = {
            "in": f"No test has a lead in the tier {tier.name}.",
            "out": f"No test has a lead who is not in the tier {tier.name}, with less than {number} points.",
        }
        if tier.until_below is not None:
            said["kept"] = f"No test has a lead who stays in the tier {tier.name} with less than {number} points."
            said["left"] = f"No test has a lead who falls out of the tier {tier.name}."
        if tier.for_good:
            said["kept"] = f"No test has a lead who stays in the tier {tier.name} with less than {number} points."
        for what, missing in said.items():
            yield Goal("tier", tier.place.span, missing, ("tier", score.name, tier.name, what))

    def bound(self, score: str, group: int, bound: p.Bound) -> Iterator[Goal]:
        number = millionths_text(bound.number)
        for hit, missing in (
            (True, f"No test reaches the {bound.kind} of {number}."),
            (False, f"No test stays within the {bound.kind} of {number}."),
        ):
            yield Goal("bound", bound.place.span, missing, ("bound", score, group, bound.place.span, hit))
        if bound.when is not None:
            yield from self.condition(bound.when, bound.place.span, about_event=False)

    # ---- rules

    def when(self, score: str, rule: p.WhenRule) -> Iterator[Goal]:
        span = rule.place.span
        for i, branch in enumerate(rule.branches):
            who = "for whom nothing above holds (else)"
            if branch.condition is not None:
                who = f"for whom this counts: {self.conditions.condition(branch.condition)}"
            yield Goal("rule", span, f"No test has a lead {who}.", ("branch", score, rule.index, i))
            if branch.condition is not None:
                yield from self.condition(branch.condition, span, about_event=False)
        if rule.up_to is not None:
            yield from self.cap(score, rule.index, span, rule.up_to)

    def on(self, score: str, rule: p.OnRule) -> Iterator[Goal]:
        span, index = rule.place.span, rule.index
        does = "give points" if isinstance(rule.effect, p.Points) else "reset the score"
        yield Goal("rule", span, f"No test makes this rule {does}.", ("fired", score, index))
        for pattern in patterns(rule):
            yield from self.pattern(pattern, span)
        if rule.state is not None:
            yield from self.condition(rule.state, span, about_event=False)
        for clause, missing in self.clauses(rule):
            yield Goal("limit", span, missing, ("clause", score, index, clause))
        if rule.up_to is not None:
            yield from self.cap(score, index, span, rule.up_to.number)
        for what, missing in self.lifetime(rule) if isinstance(rule.effect, p.Points) else ():
            yield Goal("lifetime", span, missing, ("lifetime", score, index, what))

    def clauses(self, rule: p.OnRule) -> Iterator[tuple[object, str]]:
        """What keeps an occurrence from its award: (clause, what no test does)."""
        match rule.trigger:
            case p.Count(_, _, _, int(within)) | p.Chain(_, _, within):
                yield "within", f"No test is too slow for the window of {duration(within)}."
            case p.Absence(_, missing, _, within):
                event = self.conditions.pattern(missing)
                yield "within", f"No test has the {event} come within {duration(within)}."
            case _:
                pass
        for i, limit in enumerate(rule.limits):
            yield i, f"No test reaches the limit: {limit_words(limit)}."
        if rule.but_not is not None:
            number = millionths_text(rule.but_not.number)
            yield "but not", f"No test is stopped by: but not {rule.but_not.direction} {number}."
        if rule.start is not None:
            yield "start", f"No test has it happen before {self.words.instant(rule.start)}."
        if rule.stop is not None:
            yield "stop", f"No test has it happen after its end ({self.words.before(rule.stop)})."

    def cap(self, score: str, index: int, span: Span, number: int) -> Iterator[Goal]:
        points = millionths_text(number)
        for hit, missing in (
            (True, f"No test reaches the cap of {points} points."),
            (False, f"No test stays below the cap of {points} points."),
        ):
            yield Goal("limit", span, missing, ("cap", score, index, hit))

    def lifetime(self, rule: p.OnRule) -> Iterator[tuple[str, str]]:
        if rule.expiry is not None:
            after = duration(rule.expiry.duration)
            yield "alive", f"No test looks before the points expire (after {after})."
            yield "expired", f"No test looks after the points have expired (after {after})."
        if rule.decay is not None:
            yield "faded", "No test looks at the points when they have begun to fade."
        if rule.ends_on is not None:
            yield "ended", f"No test ends the points with a {self.conditions.pattern(rule.ends_on.pattern)}."

    # ---- conditions

    def pattern(self, pattern: e.Pattern, span: Span) -> Iterator[Goal]:
        for condition in conditions_of(pattern):
            yield from self.condition(condition, span, about_event=True)

    def condition(self, condition: e.Condition, span: Span, about_event: bool) -> Iterator[Goal]:
        """Both sides of each comparison in a condition; of its facts' conditions too."""
        for leaf, inside in leaves(condition, about_event):
            so = self.conditions.condition(leaf, inside)
            otherwise = self.conditions.opposite(leaf, inside)
            yield Goal("condition", span, f"No test has a case in which {so}.", ("condition", id(leaf), True))
            yield Goal("condition", span, f"No test has a case in which {otherwise}.", ("condition", id(leaf), False))


def patterns(rule: p.OnRule) -> list[e.Pattern]:
    """The patterns of a rule: those of its trigger, and the one that ends its points."""
    match rule.trigger:
        case p.Occurs(pattern) | p.Count(_, pattern, _, _):
            found = [pattern]
        case p.Chain(steps, _, _):
            found = list(steps)
        case p.Absence(opening, missing, _, _):
            found = [opening, missing]
        case p.Inactivity(watched, _, _, _):
            found = [] if watched is None else [watched]
    return found if rule.ends_on is None else [*found, rule.ends_on.pattern]


def conditions_of(pattern: e.Pattern) -> list[e.Condition]:
    """The conditions of a pattern, those of its events' sets too."""
    found = [condition for each in pattern.matcher.alternatives for condition in each.where]
    return found if pattern.where is None else [*found, pattern.where]


def leaves(condition: e.Condition, about_event: bool) -> Iterator[tuple[e.Condition, bool]]:
    """(comparison, is it about an event) of all in a condition that is not made of other conditions."""
    match condition:
        case e.And(parts) | e.Or(parts):
            for part in parts:
                yield from leaves(part, about_event)
        case e.Not(inner):
            yield from leaves(inner, about_event)
        case e.Always():
            return
        case _:
            yield condition, about_event
            for pattern in _patterns_in(condition):
                for each in conditions_of(pattern):
                    yield from leaves(each, True)


def _patterns_in(value: object) -> Iterator[e.Pattern]:
    """The patterns of the facts of a comparison."""
    if isinstance(value, e.Pattern):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _patterns_in(each)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _patterns_in(getattr(value, field.name))
