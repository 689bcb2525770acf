"""A plan for people: for each rule the way it takes and why (docs/plan.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoredsl.plan import physical as ph
from scoredsl.plan.channels import ChannelSet
from scoredsl.plan.logical import LogicalPlan
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import uses_before


@dataclass(frozen=True, slots=True)
class RulePath:
    """How a rule is computed. `path`: `sum` (its events are added up), `walk` (in order, a lead at a time), `at T`."""

    rule: str
    place: str
    path: str
    why: str


def paths(score: p.Score) -> Iterator[RulePath]:
    """The path of each rule of a score, in file order."""
    for rule in score.rules:
        if isinstance(rule, p.WhenRule):
            yield RulePath(rule.name, str(rule.place), "at T", "a condition about the lead, asked when the score is")
            continue
        reasons = list(reasons_to_walk(rule))
        path = "walk" if reasons else "sum"
        why = "; ".join(reasons) if reasons else "single events, each for itself: the order does not matter"
        yield RulePath(rule.name, str(rule.place), path, why)


def reasons_to_walk(rule: p.OnRule) -> Iterator[str]:
    """What in a rule depends on the order of events or on what was awarded before."""
    match rule.trigger:
        case p.Count():
            yield "it counts events"
        case p.Chain():
            yield "it waits for one event after another"
        case p.Absence():
            yield "it waits for an event that does not come"
        case p.Inactivity():
            yield "it waits for silence"
        case p.Occurs(pattern):
            if pattern.apart is not None:
                yield "its events must lie apart"
    if rule.state is not None and uses_before(rule.state):
        yield "if looks at the score just before"
    if isinstance(rule.effect, p.Reset):
        yield "it forgets what came before"
    if rule.but_not is not None:
        yield f"but not {rule.but_not.direction} looks at the score just before"
    if any(limit != p.Limit(1) for limit in rule.limits):
        yield "its limit counts earlier awards"
    if rule.expiry is not None and rule.expiry.unless_repeated:
        yield "a repetition moves its expiry"
    if rule.ends_on is not None:
        yield "a later event ends it"
    if rule.decay is not None:
        yield "it fades day by day"
    if rule.up_to is not None and (rule.up_to.per is not None or rule.up_to.period is not None):
        yield "its cap is for each value or period"


def summary(plan: LogicalPlan, physical: ph.PhysicalPlan) -> list[str]:
    """What the matching stage delivers and what the walk keeps, in sentences."""
    sentences = [_channels(physical.events, "event"), _channels(physical.profiles, "profile row")]
    memory = [score.name for score, node in zip(plan.scores, physical.scores, strict=True) if node.remembers]
    if memory:
        sentences.append(f"Walked change by change, because tiers remember: {', '.join(memory)}.")
    return [sentence for sentence in sentences if sentence]


def _channels(channels: ChannelSet, what: str) -> str:
    counts = (
        (len(channels.bits), "condition"), (len(channels.numbers), "number"), (len(channels.instants), "time"),
        (len(channels.keys), "value"),
    )  # fmt: skip
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts if count]
    return f"Of each {what} the matching stage computes {', '.join(parts)}." if parts else ""
