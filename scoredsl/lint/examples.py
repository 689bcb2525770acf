"""Small logs that show what a warning says, each confirmed by the reference interpreter before it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from scoredsl.lint.context import Context
from scoredsl.reasoning.models import models
from scoredsl.reasoning.normal import conjunction
from scoredsl.reasoning.suppose import CLOCK
from scoredsl.reasoning.witness import Witness, at_ease, cells, drawn, occurring
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import instant_text, millionths_text


@dataclass(frozen=True, slots=True)
class Paid:
    """A log for which two rules both give points, in millionths."""

    witness: Witness
    score: str
    value: int
    first: int
    second: int

    @property
    def text(self) -> str:
        both = f"{signed(self.first)} and {signed(self.second)}"
        return f"For example:\n{indented(self.witness.text)}\n{scored(self.witness, self.score, self.value)}, " \
               f"with {both} by these two rules."

    @property
    def args(self) -> Mapping[str, str | int | float]:
        return shown(self.witness, self.score, self.value)


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def signed(points: int) -> str:
    return f"{'+' if points >= 0 else ''}{millionths_text(points)}"


def scored(witness: Witness, score: str, value: int) -> str:
    return f"{score} = {millionths_text(value)} at {instant_text(witness.instant)}"


def shown(witness: Witness, score: str, value: int) -> Mapping[str, str | int | float]:
    """The example for programs: files, and what is to be seen when they are scored."""
    return {
        "events": witness.events_csv,
        "profiles": witness.profiles_csv,
        "as_of": instant_text(witness.instant),
        "score": score,
        "value": millionths_text(value),
    }


def paid_by_both(context: Context, score: p.Score, first: p.Rule, second: p.Rule) -> Paid | None:
    """A log for which both rules give points: by one event, where they are about events."""
    witnesses: Iterable[Witness]
    match first, second:
        case p.OnRule(trigger=p.Occurs(one)), p.OnRule(trigger=p.Occurs(two)):
            numbers = [each.effect.amount for each in (first, second) if isinstance(each.effect, p.Points)]
            witnesses = _by_event(one, two, {at_ease(first), at_ease(second)}, numbers, context)
        case p.OnRule(), p.OnRule():
            witnesses = _by_occurrence(second, context)
        case p.WhenRule(), p.WhenRule():
            witnesses = _by_profile(first.branches[0], second.branches[0], context)
        case _:
            return None
    for witness in islice(witnesses, 12):
        outcome = context.outcome(witness, score)
        if outcome is None:
            continue
        one_, two_ = outcome.worths.get(first.index, 0), outcome.worths.get(second.index, 0)
        if one_ and two_:
            return Paid(witness, score.name, outcome.value, one_, two_)
    return None


def _by_event(
    one: e.Pattern, two: e.Pattern, instants: Iterable[int], numbers: Sequence[e.Value], context: Context
) -> Iterator[Witness]:
    for event in drawn(one, two, numbers=numbers):
        for at in sorted(instants):
            yield Witness(((at, event.name, event.properties),), context.profile(event.fields), at)


def _by_occurrence(rule: p.OnRule, context: Context) -> Iterator[Witness]:
    for found in occurring(rule):
        at = at_ease(rule)
        yield Witness(found.at(at), context.profile(found.fields), at)


def _by_profile(one: p.Branch, two: p.Branch, context: Context) -> Iterator[Witness]:
    conditions = [branch.condition for branch in (one, two) if branch.condition is not None]
    for given in models(conjunction(e.Always(True), *conditions)):
        found = cells(given)
        if found is not None:
            yield Witness((), context.profile(found[1]) or {"email": "eva@example.com"}, CLOCK)
